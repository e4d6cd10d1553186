//===- Passes.td - from onnx to wage ----------------------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_ONNXTOWAGE_PASSES_TD
#define WAGE_COMPILER_CONVERSION_ONNXTOWAGE_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertOnnxToWage : Pass<"convert-onnx-to-wage", "::mlir::ModuleOp"> {
  let summary = "Quantise a float network as WAGE has it";
  let description = [{
    Needs a module of the onnx level: one graph in `@main`. Leaves a module of the wage level: `wage.config`, the
    parameters as globals of integers, and the graph in `@infer`. Every value gets its grid, Q_A stands after each Relu
    and at each accumulator that a linear layer takes (arithmetic.md section 4), weights are initialised and scaled as
    in section 3. With `mode=train` the globals hold master weights and `@infer` quantises them first; with `mode=infer`
    they hold the weights in use.

    With `init=wage`, element i of weight tensor `ordinal` is u * max(L, L_min), u = (word + 1/2) * 2^-31 - 1, with word
    i mod 4 of the Philox block of counter (i / 4, 2^32 - 3, ordinal, 0) and key `init-seed`. (Every operation but the
    product is exact in double precision: the draw is the same everywhere.)

    With `train-layers` the linear layers that it does not name are frozen: their globals hold the weights in use, as for
    inference, and what lies in front of the first trained layer needs no backward rule.

    Refuses, all problems of a network at once and by node name: names in `train-layers` that no layer has, widths out
    of range, weights that are no constant or not finite, weights shared by layers, a bias beyond 2^61 steps of its grid,
    a constant added elsewhere than behind a linear layer, a value that no node uses; with `mode=train` also a Relu at the
    output, and an output that is not [batch, classes].

    Before:
    ```mlir
    ml_program.global private @fc.weight(dense<[[0.5, -0.3], [0.1, 2.0]]> : tensor<2x2xf32>) : tensor<2x2xf32>
    func.func @main(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
      %w = ml_program.global_load_const @fc.weight : tensor<2x2xf32>
      %y = onnx.gemm %x, %w trans_b : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32> loc("fc")
      return %y : tensor<?x2xf32>
    }
    ```
    After, with `mode=infer w=2`:
    ```after mode=infer w=2
    ml_program.global private @fc.weight(dense_resource<...>...) : tensor<2x2xi8>       // 1, -1, 0, 1
        {wage.layer = "fc", wage.ordinal = 0 : i32, wage.scale_log2 = array<i32: 0, 0>}
    func.func @infer(%p: tensor<?x2xui8>) -> tensor<?x2x!wage.grid<Z, 0, -8>> {
      %0 = ml_program.global_load_const @fc.weight : tensor<2x2xi8>
      %w = wage.as_grid %0 : tensor<2x2xi8> -> tensor<2x2x!wage.grid<W, 2, -1>>
      %x = wage.encode_input %p : tensor<?x2xui8> -> tensor<?x2x!wage.grid<A, 8, -7>>
      %z = wage.matmul %x, %w, scale_log2 = [0, 0] {wage.trace = "out"} : ...
      return %z : tensor<?x2x!wage.grid<Z, 0, -8>>
    }
    ```
  }];
  let options = [
    Option<"mode", "mode", "::wage::Mode", "::wage::Mode::Train", "What the network is for",
           [{::llvm::cl::values(clEnumValN(::wage::Mode::Train, "train", "keep master weights, to be trained"),
                                clEnumValN(::wage::Mode::Infer, "infer", "keep the weights in use only"))}]>,
    Option<"weights", "w", "int", "2", "k_W, bits of the weights in use (1 to 8)">,
    Option<"activations", "a", "int", "8", "k_A, bits of the activations (2 to 16)">,
    Option<"gradients", "g", "int", "8", "k_G, bits of the master weights (2 to 16)">,
    Option<"errors", "e", "int", "8", "k_E, bits of the errors (2 to 16)">,
    Option<"random", "r", "int", "16", "k_R, bits of the random numbers (1 to 16)">,
    Option<"rounding", "rounding", "::wage::Rounding", "::wage::Rounding::HalfEven", "Where ties go",
           [{::llvm::cl::values(clEnumValN(::wage::Rounding::HalfEven, "half_even", "to the even neighbour"),
                                clEnumValN(::wage::Rounding::HalfAway, "half_away", "away from zero"))}]>,
    Option<"batch", "batch", "int", "128", "Largest batch, samples">,
    Option<"init", "init", "::wage::Initialization", "::wage::Initialization::Model", "Where the weights come from",
           [{::llvm::cl::values(clEnumValN(::wage::Initialization::Model, "model", "the model's own weights, rounded"),
                                clEnumValN(::wage::Initialization::Wage, "wage", "drawn uniformly, rounded"),
                                clEnumValN(::wage::Initialization::Pretrained, "pretrained",
                                           "the model's own weights, each channel on the power-of-two grid of least "
                                           "squared error"))}]>,
    Option<"initSeed", "init-seed", "uint64_t", "0", "Seed of the draw (init=wage)">,
    Option<"initGain", "init-gain", "int", "3", "g of the fan-in limit sqrt(g / fan_in) that sets alpha (3: the "
           "authors' code, 6: the paper)">,
    ListOption<"trainLayers", "train-layers", "std::string",
               "Layers that go on learning, by node or weight tensor; the others are frozen (default: all learn)">,
    ListOption<"pixelScale", "pixel-scale", "double", "What a step of a byte is worth, for all channels or each">,
    ListOption<"pixelOffset", "pixel-offset", "double", "What the byte 0 is worth, for all channels or each">
  ];
  let dependentDialects = ["::wage::WageDialect", "::mlir::func::FuncDialect",
                           "::mlir::ml_program::MLProgramDialect"];
}

#endif // WAGE_COMPILER_CONVERSION_ONNXTOWAGE_PASSES_TD
