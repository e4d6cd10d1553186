//===- Balance.h - smaller blocks where a layer takes too long --------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_BALANCE_H
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_BALANCE_H

#include "compiler/Conversion/IntegerToChip/CopyPositions.h"
#include "compiler/Conversion/IntegerToChip/FinerCuts.h"
#include "compiler/Conversion/IntegerToChip/MappingOptions.h"

namespace wage::chip {

/// What an objective counts of a program, the less the better: cores, cycles from a sample's pixels to its logits, or cycles
/// between two samples; of a program that trains, the step's. Requires positions and addresses; for throughput buffers get their
/// places, at most `bufferSlots` (Limits.h), and addresses to match.
uint64_t measure(rt::Program &program, Objective objective, uint64_t bufferSlots);

/// One way to cut a layer.
struct LayerCut {
  BlockLimit limit;
  int64_t copies = 1;
  int64_t cores = 0; ///< of all copies
  double cycles = 0; ///< estimated, of the busiest core for one sample
};

/// Finds finer cuts of a program's layers. Layers keep at least the cuts that they have; rows are cut only where cores add each
/// other's partial sums. Requires positions and addresses.
///
/// The time of a finer block is estimated from what each instruction takes now: products become shorter with the block, the rest
/// with the rows or neurons that it works on. Whether the whole is better is for the caller to measure.
class Balancer {
public:
  /// `choices`: of each layer that is no copy, how many copies it may have; a program with copies keeps them.
  Balancer(const rt::Program &program, bool addsPartialSums, llvm::ArrayRef<std::vector<CopyChoice>> choices);

  /// Cuts with which the layers take least by `estimate`, latency or throughput, on `budget` cores at most: no fewer than the
  /// program has.
  std::vector<LayerCut> cut(Objective estimate, uint64_t budget) const;

private:
  std::vector<std::vector<LayerCut>> cuts; ///< by layer, fewest cores first; none has both more cores and more cycles
  uint64_t others = 0;                     ///< cores without a layer
  double longest = 0;                      ///< cycles of the busiest core
};

} // namespace wage::chip

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_BALANCE_H
