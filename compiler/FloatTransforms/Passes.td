//===- Passes.td - passes on float graphs ------------------------*- tablegen -*-===//
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

def StripQuantization : FloatPass<"onnx-strip-quantization",
                                  "Give a quantised network the real numbers that its integers stand for"> {
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

#endif // WAGE_COMPILER_FLOATTRANSFORMS_PASSES_TD
