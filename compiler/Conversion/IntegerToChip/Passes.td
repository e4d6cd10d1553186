//===- Passes.td - integer IR to the chip level ------------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PASSES_TD
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertIntegerToChipPass : Pass<"convert-integer-to-chip", "::mlir::ModuleOp"> {
  let summary = "Partition an integer network onto cores and write their instruction streams";
  let description = [{
    Needs a module of the integer level with `wage.config`. Takes `@train` (or `@infer`, by the configured mode), cuts every
    layer's matrix into blocks of the chip's crossbars, and replaces the functions by a `chip.program`: templates, a row
    of parameters per core, routes. Weights stay in their `ml_program.global`s. Positions and addresses are left to `chip-place` and
    `chip-allocate`.

    Refuses, with limit, layer, need and supply: a chip whose cores cannot learn, widths it lacks, more cores than it has.

    Before: `func.func @train(...)` of `integer` ops. After: `chip.program @network ... { chip.layer ... chip.core ... }`.
  }];
  let options = [
    Option<"chip", "chip", "std::string", "\"\"", "name of a listed chip, or path of a chip description (.yaml)">
  ];
  let dependentDialects = ["::wage::chip::ChipDialect"];
  let statistics = [
    Statistic<"coreCount", "cores", "cores used">,
    Statistic<"routeCount", "routes", "packet streams">
  ];
}

def ChipAllocatePass : Pass<"chip-allocate", "::mlir::ModuleOp"> {
  let summary = "Give every buffer of every core an address";
  let description = [{
    Needs a `chip.program`. Fills the address columns of the cores' rows: what is used within a sample first, then what is kept
    for the step, then what is kept for the batch, small before large; what does not fit a core's data memory goes to
    off-chip memory.

    Refuses a program that does not fit either, with core, layer, need and supply.
  }];
  let statistics = [Statistic<"spilledBytes", "spilled-bytes", "bytes placed in off-chip memory">];
}

def ChipPlacePass : Pass<"chip-place", "::mlir::ModuleOp"> {
  let summary = "Give every core a position, in raster order";
  let description = [{
    Needs a `chip.program`. Cores take the working positions of the grid in their order in the program, every other row
    backwards, so that neighbours in the program are neighbours on the chip.

    Refuses a program with more cores than there are working positions able to run it.
  }];
}

def ChipVerifyPass : Pass<"chip-verify", "::mlir::ModuleOp"> {
  let summary = "Prove that a chip program may run";
  let description = [{
    Needs a placed and allocated `chip.program`. Proves everything that the runtime's loader proves (see
    `runtime/Format/Verifier.h`) and changes nothing.
  }];
}

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PASSES_TD
