//===- Passes.td - passes that stay on one level ----------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_TRANSFORMS_PASSES_TD
#define WAGE_COMPILER_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def BuildTrainingStep : Pass<"wage-build-training-step", "::mlir::ModuleOp"> {
  let summary = "Differentiate @infer and write one training step as @train";
  let description = [{
    Needs a module of the wage level with `mode = train` in its `wage.config` and the graph in `@infer`. Leaves `@infer`
    as it was and adds `@train(images, labels, learning rate, step, seed)`: the forward graph with the masks that the
    backward pass needs, the error at the output and its Q_E, the backward rule of every op in reverse order
    (`DifferentiableOpInterface`), and at the end Q_G and the update of every weight tensor, by ordinal. Its results are
    the logits, the exponent of each Q_E (the output's first, then in the order they are formed), and the exponent of
    each Q_G (by ordinal). `wage.trace` names the golden model's `error.J`, `grad.I`, `delta.I` and `master.I`.

    Weights that are constants (`wage.as_grid` of an immutable global to role W) are of frozen layers: errors pass through them
    to trained weights before them, and no error is formed for values that depend on no trained weights.

    Errors that meet at a value are summed. Refuses a value that takes an error and is not used, an op without a backward rule
    behind a value that needs one, and an output that is not accumulators of shape [batch, classes].

    Before:
    ```mlir
    module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                                  random = 16, rounding = half_even, batch = 4>} {
      ml_program.global private mutable @fc(dense<32> : tensor<3x4xi8>) : tensor<3x4xi8> {wage.ordinal = 0 : i32}
      func.func @infer(%p: tensor<?x4xui8>) -> tensor<?x3x!wage.grid<Z, 0, -8>> {
        %0 = ml_program.global_load @fc : tensor<3x4xi8>
        %m = wage.as_grid %0 : tensor<3x4xi8> -> tensor<3x4x!wage.grid<G, 8, -7>>
        %w = wage.quantize_weight %m, rounding = half_even
             : tensor<3x4x!wage.grid<G, 8, -7>> -> tensor<3x4x!wage.grid<W, 2, -1>>
        %x = wage.encode_input %p : tensor<?x4xui8> -> tensor<?x4x!wage.grid<A, 8, -7>>
        %z = wage.matmul %x, %w, scale_log2 = [0, 0, 0]
             : tensor<?x4x!wage.grid<A, 8, -7>>, tensor<3x4x!wage.grid<W, 2, -1>> -> tensor<?x3x!wage.grid<Z, 0, -8>>
        return %z : tensor<?x3x!wage.grid<Z, 0, -8>>
      }
    }
    ```
    After, behind the forward part of `@train`:
    ```after
    %e = wage.output_error %z, %labels
    %q, %k = wage.quantize_error %e, rounding = half_even {wage.trace = "error.0"}
    %g = wage.matmul_outer %q, %x {wage.trace = "grad.0"}
    %d, %kg = wage.quantize_gradient %g, %lr, %step, %seed, ordinal = 0, random_bits = 16 {wage.trace = "delta.0"}
    %n = wage.update %m, %d, weight_bits = 2 {wage.trace = "master.0"}
    %i = wage.as_integers %n
    ml_program.global_store @fc = %i
    return %z, %k, %kg
    ```
  }];
  let dependentDialects = ["::wage::WageDialect"];
}

def WageVerifyLevel : Pass<"wage-verify-level", "::mlir::ModuleOp"> {
  let summary = "Check that a module is at the wage level";
  let description = [{
    Changes nothing. Refuses a module without `wage.config`, ops outside wage, func and ml_program, values and globals
    that are neither on a grid nor integers, quantisers whose bits or rounding are not those of `wage.config`, and a
    Relu that no Q_A follows.

    Example:
    ```mlir
    module attributes {wage.config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8,
                                                  random = 16, rounding = half_even, batch = 4>} {
      func.func @infer(%p: tensor<?x4xui8>) -> tensor<?x4x!wage.grid<A, 8, -7>> {
        %x = wage.encode_input %p : tensor<?x4xui8> -> tensor<?x4x!wage.grid<A, 8, -7>>
        return %x : tensor<?x4x!wage.grid<A, 8, -7>>
      }
    }
    ```
  }];
}

#endif // WAGE_COMPILER_TRANSFORMS_PASSES_TD
