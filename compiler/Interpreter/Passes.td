//===- Passes.td - running IR without a chip --------------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_INTERPRETER_PASSES_TD
#define WAGE_COMPILER_INTERPRETER_PASSES_TD

include "mlir/Pass/PassBase.td"

def WageInterpret : Pass<"wage-interpret", "::mlir::ModuleOp"> {
  let summary = "Evaluate functions of the wage or integer level, op by op";
  let description = [{
    Needs a module of the wage or the integer level, or functions made of constants and assertions. Changes nothing.

    Without `entry` every function that takes no arguments is evaluated, for its `check.expect_eq`s. With
    `entry=infer` the images run through `@infer` in batches, and `logits.npy` is written. With `entry=train` the images
    train the network for as many steps as there are learning rates, in file order and beginning again at the end; the
    arrays of the golden model are written under its names: `scale_log2.I`, `initial.I`, `final.I`,
    `exponents_and_wrong`, `logits` (of the first min(samples, 4 batch) images), and, for the steps in `trace-steps`,
    every tensor that carries `wage.trace`.

    Refuses, at the op: a value that its type cannot hold, an op of another level, a failed assertion. Refuses images
    that are not the shape of `@infer`'s, labels that are no class, and a batch larger than the module was compiled for.

    ```mlir
    func.func @sign() {
      %x = arith.constant dense<[-3, 0, 3]> : tensor<3xi8>
      %y = integer.sign %x : tensor<3xi8> -> tensor<3xi8>
      check.expect_eq %y, dense<[-1, 1, 1]> : tensor<3xi8> : tensor<3xi8>
      return
    }
    ```
  }];
  let options = [
    Option<"entry", "entry", "std::string", /*default=*/"\"\"", "infer, train, or empty for argument-less functions">,
    Option<"images", "images", "std::string", "\"\"", "uint8 .npy, [samples, channels, height, width]">,
    Option<"labels", "labels", "std::string", "\"\"", "integer .npy, [samples]">,
    Option<"batch", "batch", "int64_t", "1", "samples per step">,
    ListOption<"lrLog2", "lr-log2", "int64_t", "base-two logarithm of the learning rate, one per step">,
    Option<"seed", "seed", "uint64_t", "0", "seed of the gradient rounding">,
    Option<"traceDir", "trace-dir", "std::string", "\"\"", "existing folder that takes the .npy files">,
    ListOption<"traceSteps", "trace-steps", "int64_t", "steps whose traced tensors are written">
  ];
}

#endif // WAGE_COMPILER_INTERPRETER_PASSES_TD
