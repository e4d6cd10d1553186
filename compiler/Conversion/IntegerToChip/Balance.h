//===- Balance.h - smaller blocks where a layer takes too long --------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_BALANCE_H
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_BALANCE_H

#include "compiler/Conversion/IntegerToChip/FinerCuts.h"
#include "compiler/Conversion/IntegerToChip/MappingOptions.h"

namespace wage::chip {

/// What an objective counts of a program, the less the better: cores, cycles from a sample's pixels to its logits, or cycles
/// between two samples; of a program that trains, the step's. Requires positions and addresses.
uint64_t measure(const rt::Program &program, Objective objective);

/// Returns limits with which the layers of `program` take less of what the objective counts, on `options.budget` cores at most; none
/// where no cut is finer. Layers keep at least the cuts that they have; rows are cut only where cores add each other's partial sums.
///
/// The time of a finer block is estimated from what each instruction takes now: products become shorter with the block, the rest
/// with the rows or neurons that it works on. Whether the whole is better is for the caller to measure.
std::vector<BlockLimit> balanceLayers(const rt::Program &program, const MappingOptions &options, bool addsPartialSums);

} // namespace wage::chip

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_BALANCE_H
