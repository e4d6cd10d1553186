//===- Histogram.h - how often a value takes which number ------ -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_QUANTIZATION_HISTOGRAM_H
#define WAGE_COMPILER_QUANTIZATION_HISTOGRAM_H

#include <cstdint>
#include <vector>

namespace wage {

/// Counts numbers in bins of equal width, a power of two that grows with the largest magnitude seen. Two bins merge into
/// one when it doubles, so that the counts do not depend on the order in which numbers or histograms are added.
class Histogram {
public:
  Histogram() : counts(2 * binsPerSide, 0) {}

  /// Counts `size` numbers. What is no number or infinite is counted apart.
  void add(const float *numbers, int64_t size);
  /// Adds the counts of another.
  void add(const Histogram &other);

  uint64_t getTotal() const { return total; }
  uint64_t getStrange() const { return strange; }
  /// The largest magnitude seen.
  double getLargest() const { return largest; }
  double getBinWidth() const;

  /// Calls `visit(center, count)` for every bin that is not empty; of a bin that holds only zeros the centre is 0.
  template <typename Visitor> void forEach(Visitor visit) const {
    for (int64_t bin = 0; bin < 2 * binsPerSide; ++bin)
      if (counts[bin])
        visit((static_cast<double>(bin - binsPerSide) + 0.5) * getBinWidth(), counts[bin]);
    if (zeros)
      visit(0.0, zeros);
  }

private:
  void widenTo(int exponent);

  /// Fine enough for a step of the widest range that is 8 bits wide to span 32 bins.
  static constexpr int64_t binsPerSide = 4096;
  static constexpr int narrowest = -160; ///< below the smallest float32
  std::vector<uint64_t> counts;          ///< bin i holds [i - binsPerSide, i + 1 - binsPerSide) * width
  uint64_t total = 0, zeros = 0, strange = 0;
  int exponent = narrowest; ///< width = 2^exponent
  double largest = 0;
};

} // namespace wage

#endif // WAGE_COMPILER_QUANTIZATION_HISTOGRAM_H
