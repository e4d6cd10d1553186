//===- FinerCuts.h - smaller blocks where a core's data memory is short -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_FINERCUTS_H
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_FINERCUTS_H

#include "compiler/Conversion/IntegerToChip/Partition.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <optional>

namespace wage::chip {

/// Bytes that each core's buffers take.
using MeasureBytes = llvm::function_ref<std::vector<uint64_t>(const rt::Program &)>;

/// Lowers a network with limits on the blocks of each layer, in the order of the layers; none for layers beyond the list.
using LowerWithLimits = llvm::function_ref<std::optional<rt::Program>(llvm::ArrayRef<BlockLimit>)>;

/// Returns limits with which the buffers of each core fit its data memory, so that nothing is left for an off-chip memory that
/// is absent or too small. `coarse` is the program without limits.
///
/// A core's buffers grow with its rows (the layer's input) and its neurons (sums, activations, errors): two more programs with
/// rows and with neurons halved give both slopes of what `measure` says, from which the fewest cores that fit follow. No limits
/// if no cut of some layer fits, since cutting the others would not help. Nothing if a lowering fails.
std::optional<std::vector<BlockLimit>> findFinerCuts(const rt::Program &coarse, const rt::CoreGroup &group,
                                                     LowerWithLimits lower, MeasureBytes measure);

} // namespace wage::chip

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_FINERCUTS_H
