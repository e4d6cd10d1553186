//===- Passes.td - what is proved about integers, printed -------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_ANALYSIS_PASSES_TD
#define WAGE_COMPILER_ANALYSIS_PASSES_TD

include "mlir/Pass/PassBase.td"

def IntegerPrintBounds : Pass<"integer-print-bounds", "::mlir::ModuleOp"> {
  let summary = "Print, per layer, how large its accumulators can become";
  let description = [{
    Needs the integer level and `wage.config`, whose batch bounds the sums over a batch. Changes nothing. Prints a table
    per function to standard output, a row per layer and accumulator in program order: the proved bound, the bits of the
    narrowest signed integer that holds it, and the bits of the type it has. Roles are `forward` (weighted sum, then
    again with the bias), `loss` (error at the output), `error` (transposed product), `pool` (errors added by
    overlapping windows), `gradient` (outer product) and `update` (master weights less step).

    ```mlir
    module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                                  random = 16, rounding = half_even, batch = 128>} {
      func.func @train(%e: tensor<?x5xi8>, %x: tensor<?x64xi8>, %w: tensor<5x64xi8>) -> (tensor<?x5xi32>, tensor<5x64xi32>) {
        %z = integer.matmul %x, %w : tensor<?x64xi8>, tensor<5x64xi8> -> tensor<?x5xi32> loc("fc")
        %g = integer.matmul_outer %e, %x : tensor<?x5xi8>, tensor<?x64xi8> -> tensor<5x64xi32> loc("fc")
        return %z, %g : tensor<?x5xi32>, tensor<5x64xi32>
      }
    }
    ```
    It prints
    ```after
    @train, batch 128
      layer  role      bound    bits  type
      fc     forward   1048576  22    i32
      fc     gradient  2097152  23    i32
    ```
  }];
}

#endif // WAGE_COMPILER_ANALYSIS_PASSES_TD
