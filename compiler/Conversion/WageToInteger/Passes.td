//===- Passes.td - from grids to plain integers -----------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_WAGETOINTEGER_PASSES_TD
#define WAGE_COMPILER_CONVERSION_WAGETOINTEGER_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertWageToInteger : Pass<"convert-wage-to-integer", "::mlir::ModuleOp"> {
  let summary = "Write every quantiser out as shifts, clips and compares; drop the grids";
  let description = [{
    Needs a module of the wage level. Leaves the integer level: tensors of k-bit integers become i8 (k <= 8) or i16,
    accumulators i64, which `integer-assign-widths` then narrows by proof. Q_A and Q_W become `integer.shift_clip` (Q_W
    of one bit `integer.sign`), Q_E becomes `max_abs`, `shift_exponent` and `shift_clip_by`, Q_G `max_abs`,
    `shift_exponent`, `random_bits` and `stochastic_step`, the update `sub` and `clip`, the input encoder a table. Where the
    channels of a layer have different scales, `align_channels` brings its sums, and errors before its transposed product, to one.
    Order, locations and discardable attributes (`wage.trace`) are kept; where one op becomes several, the one that
    makes its first result carries them. Where the module has no `wage.input` or `wage.output`, they are written from the
    shapes and grids of `@infer`.

    ```mlir
    func.func @before(%z: tensor<?x16x!wage.grid<Z, 0, -9>>) -> tensor<?x16x!wage.grid<A, 8, -7>> {
      %x = wage.quantize_activation %z, rounding = half_even
           : tensor<?x16x!wage.grid<Z, 0, -9>> -> tensor<?x16x!wage.grid<A, 8, -7>>
      return %x : tensor<?x16x!wage.grid<A, 8, -7>>
    }
    func.func @after(%z: tensor<?x16xi64>) -> tensor<?x16xi8> {
      %x = integer.shift_clip %z, shift = 2, bits = 8 : tensor<?x16xi64> -> tensor<?x16xi8>
      return %x : tensor<?x16xi8>
    }
    ```
  }];
  let dependentDialects = ["::wage::integer::IntegerDialect"];
}

def IntegerAssignWidths : Pass<"integer-assign-widths", "::mlir::ModuleOp"> {
  let summary = "Give every result the narrowest type that is proved to hold it";
  let description = [{
    Needs the integer level and `wage.config`, whose batch is the largest a sum over the batch can have. Leaves what is
    clipped in i8 or i16, accumulators in i32, or in i64 where the bound of the bound analysis needs it, scattered
    errors, differences and pool positions in the narrowest of i8, i16, i32 and i64. What is stored into a global keeps
    the global's type. Spec: section 1.

    Refuses, by layer, a bound of 2^62 or more: rounding and comparing in 64 bits would not be exact.

    ```mlir
    module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                                  random = 16, rounding = half_even, batch = 128>} {
      func.func @before(%e: tensor<?x5xi8>, %x: tensor<?x64xi8>) -> tensor<5x64xi64> {
        %g = integer.matmul_outer %e, %x : tensor<?x5xi8>, tensor<?x64xi8> -> tensor<5x64xi64>
        return %g : tensor<5x64xi64>
      }
      func.func @after(%e: tensor<?x5xi8>, %x: tensor<?x64xi8>) -> tensor<5x64xi32> {
        %g = integer.matmul_outer %e, %x : tensor<?x5xi8>, tensor<?x64xi8> -> tensor<5x64xi32>
        return %g : tensor<5x64xi32>
      }
    }
    ```
  }];
}

def IntegerVerifyLevel : Pass<"integer-verify-level", "::mlir::ModuleOp"> {
  let summary = "Check that a module is at the integer level";
  let description = [{
    Changes nothing. Refuses a module without `wage.config`, ops outside integer, func, ml_program and `arith.constant`,
    values and globals that are not tensors of integers, and results whose type cannot hold the bound proved for them.

    Of this module it takes the result type for too narrow as soon as it is i8:
    ```mlir
    module attributes {wage.config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8,
                                                  random = 16, rounding = half_even, batch = 4>} {
      func.func @infer(%x: tensor<?x4xi8>) -> tensor<?x4xi16> {
        %y = integer.sub %x, %x : tensor<?x4xi8>, tensor<?x4xi8> -> tensor<?x4xi16>
        return %y : tensor<?x4xi16>
      }
    }
    ```
  }];
}

#endif // WAGE_COMPILER_CONVERSION_WAGETOINTEGER_PASSES_TD
