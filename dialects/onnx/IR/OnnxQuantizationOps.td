//===- OnnxQuantizationOps.td - numbers as integers with a scale *- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_ONNX_IR_ONNXQUANTIZATIONOPS_TD
#define WAGE_DIALECTS_ONNX_IR_ONNXQUANTIZATIONOPS_TD

include "dialects/onnx/IR/OnnxTensors.td"
include "mlir/IR/EnumAttr.td"

def Onnx_RoundingMode : I32EnumAttr<"RoundingMode", "how a number becomes an integer", [
  I32EnumAttrCase<"HalfEven", 0, "half_even">, I32EnumAttrCase<"Floor", 1, "floor">, I32EnumAttrCase<"Ceil", 2, "ceil">
]> { let cppNamespace = "::wage::onnxir"; }

def Onnx_QuantizeLinearOp : Onnx_Op<"quantize_linear"> {
  let summary = "Each number as the nearest integer on a grid";
  let description = [{
    ONNX QuantizeLinear, and the first half of QONNX's Quant: min(max(round(x / scale) + zero point, low), high), `range`
    being [low, high]; NaN counts as 0. Division and rounding are those of float32; ties go to even, with `rounding` numbers
    go to the integer below or above. There is one scale and one zero point, or with `axis` one of each per element of that
    dimension.

    (C1) shapes are equal. (C2) one scale, or one per element of `axis`, which is no open batch; as many zero points; scales
    are positive and finite. (C3) the result has integers of at most 32 bits, which hold zero points and range; low < high.

    Example:
    ```mlir
    func.func @quantize_linear(%x: tensor<?x4x8x8xf32>) -> tensor<?x4x8x8xui8> {
      %y = onnx.quantize_linear %x, scales = [0.1], zero_points = [3], range = [0, 255]
           : tensor<?x4x8x8xf32> -> tensor<?x4x8x8xui8>
      return %y : tensor<?x4x8x8xui8>
    }
    ```
  }];
  let arguments = (ins Onnx_Tensor:$input, DenseF32ArrayAttr:$scales, DenseI64ArrayAttr:$zero_points,
                       OptionalAttr<I64Attr>:$axis, I64Attr:$low, I64Attr:$high,
                       DefaultValuedAttr<Onnx_RoundingMode, "::wage::onnxir::RoundingMode::HalfEven">:$rounding);
  let results = (outs RankedTensorOf<[AnyInteger]>:$result);
  let assemblyFormat = [{ $input `,` `scales` `=` $scales `,` `zero_points` `=` $zero_points
                          `,` `range` `=` `[` $low `,` $high `]` (`,` `axis` `=` $axis^)? (`rounding` `=` $rounding^)? attr-dict
                          `:` type($input) `->` type($result) }];
  let hasVerifier = 1; // quantize_linear_c1, quantize_linear_c2, quantize_linear_c3
}

def Onnx_DequantizeLinearOp : Onnx_Op<"dequantize_linear"> {
  let summary = "The numbers that integers on a grid stand for";
  let description = [{
    ONNX DequantizeLinear: (x - zero point) * scale, with scales and zero points as for `onnx.quantize_linear`. Constants
    are dequantised by the importer.

    (C1) shapes are equal. (C2) one scale, or one per element of `axis`, which is no open batch; as many zero points; scales
    are finite. (C3) the input has integers of at most 32 bits, which hold the zero points.

    Example:
    ```mlir
    func.func @dequantize_linear(%x: tensor<?x2x8xi8>) -> tensor<?x2x8xf32> {
      %y = onnx.dequantize_linear %x, scales = [0.1, 0.5], zero_points = [0, 3], axis = 1
           : tensor<?x2x8xi8> -> tensor<?x2x8xf32>
      return %y : tensor<?x2x8xf32>
    }
    ```
  }];
  let arguments = (ins RankedTensorOf<[AnyInteger]>:$input, DenseF32ArrayAttr:$scales, DenseI64ArrayAttr:$zero_points,
                       OptionalAttr<I64Attr>:$axis);
  let results = (outs Onnx_Tensor:$result);
  let assemblyFormat = [{ $input `,` `scales` `=` $scales `,` `zero_points` `=` $zero_points (`,` `axis` `=` $axis^)?
                          attr-dict `:` type($input) `->` type($result) }];
  let hasVerifier = 1; // dequantize_linear_c1, dequantize_linear_c2, dequantize_linear_c3
}

#endif // WAGE_DIALECTS_ONNX_IR_ONNXQUANTIZATIONOPS_TD
