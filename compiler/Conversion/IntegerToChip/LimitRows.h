//===- LimitRows.h - single limits of a chip, and what a network takes of them -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_LIMITROWS_H
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_LIMITROWS_H

#include "compiler/Conversion/IntegerToChip/LayerGroups.h"
#include "compiler/Conversion/IntegerToChip/Limits.h"
#include "compiler/Conversion/IntegerToChip/Packing.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace wage::chip {

/// Adds the limit of what a chip either has enough of or not.
void addHard(std::vector<Limit> &limits, const char *name, const char *unit, std::string layer, uint64_t need,
             uint64_t supply);

/// Adds what the update and the backward pass ask of a core.
void addLearning(std::vector<Limit> &limits, const rt::CoreGroup &group, const rt::Config &config);

/// Adds axons, neurons and synapse memory, in this order: each of the layer whose matrix takes most of its group's crossbar.
void addCrossbar(std::vector<Limit> &limits, const LayerGroups &groups, const rt::Config &config,
                 const rt::ChipDescription &chip, mlir::func::FuncOp function, rt::SpikeCode code);

/// Adds the widest sum of a core.
void addAccumulator(std::vector<Limit> &limits, const LayerGroups &groups, const rt::Program &program);

/// Adds the cores that are needed, of the layer that takes most.
void addCores(std::vector<Limit> &limits, const rt::Program &program, const CoreCount &count);

/// Adds data and off-chip memory. Buffers get addresses.
void addMemory(std::vector<Limit> &limits, rt::Program &program);

/// Bits of one stored number of the layer that multiplies by `weights`.
unsigned storedBits(mlir::Value weights, const rt::ChipDescription &chip, const rt::Config &config);

/// The name of a core's layer; empty if it has none.
std::string layerOfCore(const rt::Program &program, uint32_t core);

} // namespace wage::chip

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_LIMITROWS_H
