//===- IntegerDialect.td - the integer level --------------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_INTEGER_IR_INTEGERDIALECT_TD
#define WAGE_DIALECTS_INTEGER_IR_INTEGERDIALECT_TD

include "mlir/IR/OpBase.td"

def Integer_Dialect : Dialect {
  let name = "integer";
  let cppNamespace = "::wage::integer";
  let summary = "Multiply-accumulate, shift, clip, compare, table, maximum and counted random bits";
  let description = [{
    The level on which no float and no grid is left: every tensor is `tensor<...xiN>`, an image's bytes `tensor<...xui8>`;
    every rounding is an explicit shift, every saturation an explicit clip. The first dimension of activations and errors
    is the batch and may be dynamic. Nothing wraps: `integer-assign-widths` makes the types wide enough for the bounds that
    it proves, and `integer-verify-level` proves them again. `Spec` is `docs/arithmetic.md`.
  }];
}

class Integer_Op<string mnemonic, list<Trait> traits = []> : Op<Integer_Dialect, mnemonic, traits>;

#endif // WAGE_DIALECTS_INTEGER_IR_INTEGERDIALECT_TD
