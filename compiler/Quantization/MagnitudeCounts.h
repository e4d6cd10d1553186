//===- MagnitudeCounts.h - how large numbers are ------------- -*- C++ -*- ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_QUANTIZATION_MAGNITUDECOUNTS_H
#define WAGE_COMPILER_QUANTIZATION_MAGNITUDECOUNTS_H

#include "compiler/Quantization/GridChoice.h"

#include <cstdint>
#include <vector>

namespace wage {

/// Counts magnitudes in bins of an eighth of an octave: a small histogram, of which a network can have one per channel. The
/// counts do not depend on the order in which numbers are added.
class MagnitudeCounts {
public:
  /// Counts `size` numbers. What is no number or infinite is left out.
  void add(const float *numbers, int64_t size);

  /// The mean of the squared numbers, to an eighth of an octave.
  double meanSquare() const;
  /// The magnitude at which integers of +-`limit` should end, by `method`; 0 where nothing but zeros was seen.
  double chooseRange(double limit, GridMethod method) const;

private:
  double rangeOfPercentile() const;
  double squaredError(double range, double limit) const;

  int firstBin = 0; ///< bin b holds the magnitudes from 2^(b / 8) on; see binOf
  std::vector<uint64_t> counts;
  uint64_t total = 0;
  double largest = 0;
};

} // namespace wage

#endif // WAGE_COMPILER_QUANTIZATION_MAGNITUDECOUNTS_H
