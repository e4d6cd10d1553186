//===- ChipDialect.td - the chip level --------------------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_CHIP_IR_CHIPDIALECT_TD
#define WAGE_DIALECTS_CHIP_IR_CHIPDIALECT_TD

include "mlir/IR/OpBase.td"

def Chip_Dialect : Dialect {
  let name = "chip";
  let cppNamespace = "::wage::chip";
  let summary = "Cores with weights, buffers with addresses, routes, and instruction streams in phases";
  let description = [{
    The level that a chip binary spells out. A stream is one template for all cores of a role plus a row of parameters
    per core, so that a program does not grow with the number of cores. Which instructions exist and what their fields
    mean stands in `runtime/Format/Opcodes.def`, the one table that this dialect's verifiers read too.
  }];
}

class Chip_Op<string mnemonic, list<Trait> traits = []> : Op<Chip_Dialect, mnemonic, traits>;

#endif // WAGE_DIALECTS_CHIP_IR_CHIPDIALECT_TD
