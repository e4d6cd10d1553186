//===- Passes.td - from a file's float graph to a canonical one -*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_FLOATTRANSFORMS_PASSES_TD
#define WAGE_COMPILER_FLOATTRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

class FloatPass<string flag, string text> : Pass<flag, "::mlir::ModuleOp"> {
  let summary = text;
  let dependentDialects = ["::wage::onnxir::OnnxDialect"];
}

class TrainingOption<string what>
    : Option<"training", "training", "bool", "false", "For a network to be trained: " # what>;

def StripQuantization
    : FloatPass<"onnx-strip-quantization", "Give a quantised network the real numbers that its integers stand for"> {
  let description = [{
    Takes `onnx.quantize_linear` away, and with it the integers behind it: `onnx.dequantize_linear` becomes the value that was
    quantised, and what only moves integers or takes their maximum moves the real numbers. What the quantisation does beside
    rounding stays where it matters:

    - A range that ends at 0 is an activation function that the exporter has merged into it: it becomes `onnx.relu` or
      `onnx.unary clip`, unless the value is known to lie in it. Other ranges are dropped: they were chosen to hold
      what occurs.
    - A grid of fewer than 64 numbers is a step function that the network was trained with: it stays, as the functions that
      make it up (division, clip, rounding, product).
    - Integers that nothing has quantised, such as bytes of a picture, are cast, and scale and zero point become arithmetic.
    - An integer that is returned, or meets an operation not known here, keeps its `onnx.quantize_linear`.

    Weights are constants of real numbers already. If `onnx.quantized` of the module says that a scale is no power of two or
    a zero point is not 0, there is one warning for all; the attribute goes.

    Before:
    ```mlir
    module attributes {onnx.quantized = {not_power_of_two = 0 : i64, scales = 1 : i64, zero_points = 0 : i64}} {
      func.func @main(%x: tensor<?x4x8x8xf32>) -> tensor<?x4x4x4xf32> {
        %q = onnx.quantize_linear %x, scales = [0.0625], zero_points = [0], range = [0, 255]
             : tensor<?x4x8x8xf32> -> tensor<?x4x8x8xui8>
        %p = onnx.max_pool %q, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
             : tensor<?x4x8x8xui8> -> tensor<?x4x4x4xui8>
        %y = onnx.dequantize_linear %p, scales = [0.0625], zero_points = [0] : tensor<?x4x4x4xui8> -> tensor<?x4x4x4xf32>
        return %y : tensor<?x4x4x4xf32>
      }
    }
    ```
    After:
    ```after
    %0 = onnx.unary clip %x, alpha = 0.000000e+00, beta = 1.593750e+01 : tensor<?x4x8x8xf32>
    %1 = onnx.max_pool %0, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
    return %1
    ```
  }];
}

def SimplifyShapes : FloatPass<"onnx-simplify-shapes", "Drop and merge what only moves numbers"> {
  let description = [{
    Leaves no Identity, Dropout, Flatten, ReduceMean, nor a Reshape, Transpose, Slice, Gather, Pad, Concat, Cast or pool that
    gives back what it takes. Two reshapes, transposes, slices or concats behind one another become one; a transpose that
    only moves dimensions of 1 is a reshape; a Gather of equally spaced indices is a slice; a mean over any dimensions is an
    average pool between transpose and reshape. What it has no rule for stays. All other passes on float graphs do the same.

    Before:
    ```mlir
    func.func @main(%x: tensor<?x3x1x1xf32>) -> tensor<?x3xf32> {
      %0 = onnx.transpose %x, permutation = [0, 2, 3, 1] : tensor<?x3x1x1xf32> -> tensor<?x1x1x3xf32>
      %1 = onnx.dropout %0 : tensor<?x1x1x3xf32>
      %2 = onnx.flatten %1 : tensor<?x1x1x3xf32> -> tensor<?x3xf32>
      return %2 : tensor<?x3xf32>
    }
    ```
    After:
    ```after
    %0 = onnx.reshape %x : tensor<?x3x1x1xf32> -> tensor<?x3xf32>
    return %0
    ```
  }];
}

def FoldConstants : FloatPass<"onnx-fold-constants", "Compute what depends on constants alone"> {
  let description = [{
    The float evaluator computes it. What only moves the numbers of a constant keeps its name; other results are named after
    their node. Constants whose numbers are not there, and results of integers, stay.

    Before:
    ```mlir
    func.func @main(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
      %a = onnx.constant "a", value = dense<[1.0, 4.0]> : tensor<2xf32>
      %b = onnx.unary sqrt %a : tensor<2xf32> loc("b")
      %y = onnx.binary mul %x, %b : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
      return %y : tensor<?x2xf32>
    }
    ```
    After:
    ```after
    %b = onnx.constant "b", value = dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
    %y = onnx.binary mul %x, %b
    ```
  }];
}

def ExpandFunctions : FloatPass<"onnx-expand-functions", "Write functions in terms of fewer ones"> {
  let description = [{
    Afterwards `onnx.add` adds two values of one shape, and products and sums with constants are `onnx.binary` with the
    constant on the right: a scalar, or of the value's rank with 1 wherever it does not vary. Differences, and quotients with a
    constant, are gone; so are BatchNormalization (a product and a sum), LRN (squares, a convolution with a band of weights, a
    power and a product), maxima and minima with one number (`onnx.unary clip`), p_relu with one slope (leaky_relu) and
    squares by pow; clips behind clips, Relu among them, are merged.

    With `training`, what would be another layer or change what a layer computes is left.

    Before:
    ```mlir
    func.func @main(%x: tensor<?x3x4x4xf32>) -> tensor<?x3x4x4xf32> {
      %c = onnx.constant "mean", value = dense<[[[1.0]], [[2.0]], [[3.0]]]> : tensor<3x1x1xf32>
      %s = onnx.constant "six", value = dense<6.0> : tensor<f32>
      %0 = onnx.binary sub %x, %c : (tensor<?x3x4x4xf32>, tensor<3x1x1xf32>) -> tensor<?x3x4x4xf32>
      %1 = onnx.relu %0 : tensor<?x3x4x4xf32>
      %2 = onnx.binary min %1, %s : (tensor<?x3x4x4xf32>, tensor<f32>) -> tensor<?x3x4x4xf32>
      return %2 : tensor<?x3x4x4xf32>
    }
    ```
    After:
    ```after
    %c = onnx.constant "mean", value = dense<...> : tensor<1x3x1x1xf32>
    %0 = onnx.binary add %x, %c
    %2 = onnx.unary clip %0, alpha = 0.000000e+00, beta = 6.000000e+00
    ```
  }];
  let options = [TrainingOption<"BatchNormalization, LRN and sums stay">];
}

def FormLayers : FloatPass<"onnx-form-layers", "Write products with constants as Gemm or two-dimensional Conv"> {
  let description = [{
    Rows times a constant matrix become `onnx.gemm`, whose weights keep the initializer's layout and name. Stacks of matrices
    times a constant, and a constant times stacks, become a convolution of one position between transposes. Convolutions
    and pools over one dimension of space get a height of 1. Three dimensions and products of two values stay.

    With `training`, products whose weights would have to be turned stay.

    Before:
    ```mlir
    func.func @main(%x: tensor<?x3xf32>) -> tensor<?x2xf32> {
      %w = onnx.constant "w", value = dense<1.0> : tensor<3x2xf32>
      %y = onnx.mat_mul %x, %w : (tensor<?x3xf32>, tensor<3x2xf32>) -> tensor<?x2xf32>
      return %y : tensor<?x2xf32>
    }
    ```
    After:
    ```after
    %w = onnx.constant "w", value = dense<1.000000e+00> : tensor<3x2xf32>
    %y = onnx.gemm %x, %w
    ```
  }];
  let options = [TrainingOption<"weights keep the order of their numbers">];
}

def MoveTransposes : FloatPass<"onnx-move-transposes", "Move transposes to where they cancel, or to the ends"> {
  let description = [{
    Transposes, and reshapes that only add or drop dimensions of 1, move down through elementwise operations, concats, slices,
    pads and gathers until they meet their opposite or an operation that cares. Those of the network's input move up to it,
    through what is done to each number of it. A Gemm of a transposed and flattened image takes the image instead, and its
    weights in another order; with `training` it stays.

    Before:
    ```mlir
    func.func @main(%x: tensor<?x2x4x4xf32>) -> tensor<?x2x2x2xf32> {
      %0 = onnx.max_pool %x, kernel = [3, 3], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<?x2x4x4xf32> -> tensor<?x2x2x2xf32>
      %1 = onnx.transpose %0, permutation = [0, 2, 3, 1] : tensor<?x2x2x2xf32> -> tensor<?x2x2x2xf32>
      %2 = onnx.relu %1 : tensor<?x2x2x2xf32>
      %3 = onnx.transpose %2, permutation = [0, 3, 1, 2] : tensor<?x2x2x2xf32> -> tensor<?x2x2x2xf32>
      return %3 : tensor<?x2x2x2xf32>
    }
    ```
    After:
    ```after
    %0 = onnx.max_pool %x, kernel = [3, 3], strides = [1, 1], pads = [0, 0, 0, 0]
    %2 = onnx.relu %0
    return %2
    ```
  }];
  let options = [TrainingOption<"weights keep the order of their numbers">];
}

def FoldAffine : FloatPass<"onnx-fold-affine", "Fold scales and offsets into the layers around them"> {
  let description = [{
    Needs the forms of `onnx-expand-functions`. A product or a sum with a constant goes into the weights and the bias of the
    layer that makes its value, if nothing else uses it; else into all layers behind it, through operations that let it
    pass: Relu, leaky_relu, abs and max pools where it is a product with positive numbers, sums only where no padding of zeros
    and no function stands between; else into a layer further before. What is left is one product and one sum. Those of the
    network's input stay: they belong to its reading. A changed layer keeps its name and those of its constants.

    With `training`, BatchNormalization and `onnx.add` of a constant go into the layer that makes their value, and nothing else
    happens.

    Before:
    ```mlir
    func.func @main(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
      %w = onnx.constant "w", value = dense<[[1.0, 0.5], [0.25, 2.0]]> : tensor<2x2xf32>
      %s = onnx.constant "s", value = dense<2.0> : tensor<f32>
      %b = onnx.constant "b", value = dense<[[1.0, -1.0]]> : tensor<1x2xf32>
      %0 = onnx.gemm %x, %w : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
      %1 = onnx.binary mul %0, %s : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
      %2 = onnx.binary add %1, %b : (tensor<?x2xf32>, tensor<1x2xf32>) -> tensor<?x2xf32>
      return %2 : tensor<?x2xf32>
    }
    ```
    After:
    ```after
    %w = onnx.constant "w", value = dense<[[2.000000e+00, 1.000000e+00], [5.000000e-01, 4.000000e+00]]> : tensor<2x2xf32>
    %b = onnx.constant "b", value = dense<[1.000000e+00, -1.000000e+00]> : tensor<2xf32>
    %0 = onnx.gemm %x, %w bias %b
    ```
  }];
  let options = [TrainingOption<"only BatchNormalization and biases are folded">];
}

def MergePads : FloatPass<"onnx-merge-pads", "Make borders of zeros the padding of the windows behind them"> {
  let description = [{
    A Pad of zeros over the dimensions of space goes into the convolution behind it; into an average pool that has no padding or
    counts it; and into a max pool if no number of the padded value is negative. Other pads stay.

    Before:
    ```mlir
    func.func @main(%x: tensor<?x1x4x4xf32>) -> tensor<?x1x3x3xf32> {
      %0 = onnx.pad constant %x, before = [0, 0, 1, 1], after = [0, 0, 1, 1], value = 0.0
           : tensor<?x1x4x4xf32> -> tensor<?x1x6x6xf32>
      %1 = onnx.average_pool %0, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
           : tensor<?x1x6x6xf32> -> tensor<?x1x3x3xf32>
      return %1 : tensor<?x1x3x3xf32>
    }
    ```
    After:
    ```after
    %1 = onnx.average_pool %x, kernel = [2, 2], strides = [2, 2], pads = [1, 1, 1, 1] count_include_pad
    ```
  }];
}

def NameConstants : FloatPass<"onnx-name-constants", "Give each constant a name of its own, and drop unused initializers"> {
  let description = [{
    Other passes name what they make of an initializer after it. Where the initializer is still used as well, or two were made
    of one, the name gets a number behind it.

    Before:
    ```mlir
    ml_program.global private @unused(dense<1.0> : tensor<2xf32>) : tensor<2xf32>
    ml_program.global private @w(dense<1.0> : tensor<2xf32>) : tensor<2xf32>
    func.func @main(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
      %0 = ml_program.global_load_const @w : tensor<2xf32>
      %1 = onnx.constant "w", value = dense<2.0> : tensor<2xf32>
      %2 = onnx.add %x, %0 : tensor<?x2xf32>, tensor<2xf32>
      %3 = onnx.add %2, %1 : tensor<?x2xf32>, tensor<2xf32>
      return %3 : tensor<?x2xf32>
    }
    ```
    After:
    ```after
    ml_program.global private @w(dense<1.000000e+00> : tensor<2xf32>) : tensor<2xf32>
    %1 = onnx.constant "w_1", value = dense<2.000000e+00> : tensor<2xf32>
    ```
  }];
}

#endif // WAGE_COMPILER_FLOATTRANSFORMS_PASSES_TD
