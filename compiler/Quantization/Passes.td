//===- Passes.td - grids from samples ---------------------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_QUANTIZATION_PASSES_TD
#define WAGE_COMPILER_QUANTIZATION_PASSES_TD

include "mlir/Pass/PassBase.td"

// What both passes need to know of the samples and of the integers to come.
defvar sampleOptions = [
  Option<"images", "images", "std::string", "", "Images to calibrate with">,
  Option<"input", "input", "std::string", "", "Real-valued samples to calibrate with, .npy">,
  Option<"limit", "limit", "int64_t", "256", "Most samples used, the first ones">,
  Option<"method", "method", "::wage::GridMethod", "::wage::GridMethod::Mse", "How a grid is chosen",
         [{::llvm::cl::values(clEnumValN(::wage::GridMethod::Max, "max", "the finest that clips nothing"),
                              clEnumValN(::wage::GridMethod::Percentile, "percentile",
                                         "the finest that clips one number in 10,000 at most"),
                              clEnumValN(::wage::GridMethod::Mse, "mse", "the one of least squared error"))}]>,
  Option<"activations", "a", "int", "8", "k_A, bits of the activations (2 to 16)">,
  Option<"weights", "w", "int", "8", "k_W, bits of the weights (1 to 8)">,
  ListOption<"layerBits", "layer-bits", "std::string", "Widths of single layers, NODE:W-A">,
  ListOption<"pixelScale", "pixel-scale", "double", "What a step of a byte is worth, for all channels or each">,
  ListOption<"pixelOffset", "pixel-offset", "double", "What the byte 0 is worth, for all channels or each">
];

def OnnxEqualize : Pass<"onnx-equalize", "::mlir::ModuleOp"> {
  let summary = "Bring the channels of each activation to sizes that rounding changes least";
  let description = [{
    Needs a module of the onnx level with one graph in `@main`, in canonical form, and samples as `onnx-calibrate` takes them.
    Multiplies each channel of a value by a positive number, in the constant weights of the layers before it, and divides the
    weights of the layers behind it by the same: Relu, LeakyRelu, pools, sums, Concat and Reshape let such a number pass,
    channels that meet in a sum share theirs, and every other operation keeps those that it takes or makes as they are. A
    larger channel loses less to the rounding of activations, and its smaller weights lose more to that of the weights: the
    numbers are those of the least sum of both. The network computes the same, up to the rounding of float32.
  }];
  let options = sampleOptions;
  let dependentDialects = ["::wage::WageDialect"];
}

def OnnxCalibrate : Pass<"onnx-calibrate", "::mlir::ModuleOp"> {
  let summary = "Choose the grid of every value from samples";
  let description = [{
    Needs a module of the onnx level with one graph in `@main`, in canonical form for good results, and samples: images
    (bytes; idx, .npy or CIFAR-10 files) or real numbers (.npy, float). Evaluates the float graph on them and leaves
    `wage.grid` on every operation whose result an activation may be made of (and on the argument): the power-of-two grid
    that suits its numbers by `method`, which `convert-onnx-to-wage` takes instead of the unit grid. Linear layers get
    `onnx.input_mean`, the mean of each channel of their input, and with `layer-bits` `wage.weight_bits`. The layer whose
    sums the output is made of (by biases, means and reshapes alone) gets `onnx.output_peak`, the mean of the samples' largest outputs.

    With `mse`, the grid of a value that only feeds functions (tables: arithmetic.md section 9) is the one of least error
    behind them: what saturates may be clipped. Values of which the output is made without another layer are not clipped. Operands of a Concat get one grid where they can, the coarsest.

    Then, with `round`, the weights of linear layers are replaced by numbers of their own grids: one weight of each neuron is
    rounded after the other, and what that changes in the neuron's sum on the samples is made up for by the weights still to be
    rounded. Layers of more than 2048 axons per neuron, and weights of 1 bit, stay as they are and are rounded to the
    nearest later. Source: Frantar et al., GPTQ, ICLR 2023.

    Refuses samples of another shape than the argument's, numbers that are not finite, names in `layer-bits` that no linear
    layer has.

    Example: `onnx-calibrate{images=t10k-images-idx3-ubyte limit=200 pixel-scale=0.00392157 pixel-offset=0}` gives
    ```text
    %1 = onnx.relu %0 {wage.grid = !wage.grid<A, 8, -5>} : tensor<?x8x14x14xf32>
    ```
  }];
  let options = sampleOptions # [
    Option<"round", "round", "bool", "true", "Round the weights with the inputs in view">
  ];
  let dependentDialects = ["::wage::WageDialect"];
}

#endif // WAGE_COMPILER_QUANTIZATION_PASSES_TD
