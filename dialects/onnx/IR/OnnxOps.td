//===- OnnxOps.td - operations of the onnx level ----------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_ONNX_IR_ONNXOPS_TD
#define WAGE_DIALECTS_ONNX_IR_ONNXOPS_TD

include "dialects/onnx/IR/OnnxDialect.td"
include "mlir/Interfaces/InferTypeOpInterface.td"

def Onnx_Tensor : RankedTensorOf<[F32]>;
def Onnx_Matrix : TensorRankOf<[F32], [2]>;
def Onnx_Images : TensorRankOf<[F32], [4]>;
/// [N], or [1, N] as ONNX's one-directional broadcast allows.
def Onnx_Bias : TensorRankOf<[F32], [1, 2]>;

//===----------------------------------------------------------------------===//
// Linear layers
//===----------------------------------------------------------------------===//

def Onnx_ConvOp : Onnx_Op<"conv"> {
  let summary = "Cross-correlation of images with weights, and an optional bias";
  let description = [{
    ONNX Conv with group 1 and dilations 1. `input` is [batch, C, H, W], `weights` [N, C, k_h, k_w], `bias` [N], the
    result [batch, N, OH, OW] with OH = floor((H + top + bottom - k_h) / stride_h) + 1. `strides` is [h, w] and `pads`
    [top, left, bottom, right]; padding is 0.

    (C1) shapes agree. (C2) two strides, positive; four pads, not negative.

    Example:
    ```mlir
    func.func @conv(%x: tensor<?x1x28x28xf32>, %w: tensor<4x1x5x5xf32>, %b: tensor<4xf32>) -> tensor<?x4x28x28xf32> {
      %y = onnx.conv %x, %w bias %b, strides = [1, 1], pads = [2, 2, 2, 2]
           : (tensor<?x1x28x28xf32>, tensor<4x1x5x5xf32>, tensor<4xf32>) -> tensor<?x4x28x28xf32>
      return %y : tensor<?x4x28x28xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Images:$input, Onnx_Images:$weights, Optional<TensorRankOf<[F32], [1]>>:$bias,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads);
  let results = (outs Onnx_Images:$result);
  let assemblyFormat = [{ $input `,` $weights (`bias` $bias^)? `,` `strides` `=` $strides `,` `pads` `=` $pads
                          attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1; // conv_c1, conv_c2
}

def Onnx_GemmOp : Onnx_Op<"gemm"> {
  let summary = "Matrix product with a weight matrix, and an optional bias";
  let description = [{
    ONNX Gemm with transA = 0 and alpha = beta = 1. `input` is [batch, K]; `weights` is [K, N], or [N, K] with
    `trans_b`; `bias` is [N] or [1, N]; the result is [batch, N].

    (C1) shapes agree.

    Example:
    ```mlir
    func.func @gemm(%x: tensor<?x64xf32>, %w: tensor<10x64xf32>, %b: tensor<10xf32>) -> tensor<?x10xf32> {
      %y = onnx.gemm %x, %w trans_b bias %b
           : (tensor<?x64xf32>, tensor<10x64xf32>, tensor<10xf32>) -> tensor<?x10xf32>
      return %y : tensor<?x10xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Matrix:$input, Onnx_Matrix:$weights, Optional<Onnx_Bias>:$bias, UnitAttr:$trans_b);
  let results = (outs Onnx_Matrix:$result);
  let assemblyFormat = [{ $input `,` $weights (`trans_b` $trans_b^)? (`bias` $bias^)? attr-dict
                          `:` functional-type(operands, results) }];
  let hasVerifier = 1; // gemm_c1
}

def Onnx_MatMulOp : Onnx_Op<"mat_mul"> {
  let summary = "Matrix product with a weight matrix";
  let description = [{
    ONNX MatMul of an activation [batch, K] with a constant [K, N]; the result is [batch, N].

    (C1) shapes agree.

    Example:
    ```mlir
    func.func @mat_mul(%x: tensor<?x64xf32>, %w: tensor<64x10xf32>) -> tensor<?x10xf32> {
      %y = onnx.mat_mul %x, %w : (tensor<?x64xf32>, tensor<64x10xf32>) -> tensor<?x10xf32>
      return %y : tensor<?x10xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Matrix:$input, Onnx_Matrix:$weights);
  let results = (outs Onnx_Matrix:$result);
  let assemblyFormat = "$input `,` $weights attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1; // mat_mul_c1
}

def Onnx_AddOp : Onnx_Op<"add", [AllTypesMatch<["lhs", "result"]>]> {
  let summary = "Sum of a value and a constant per channel, or of two values";
  let description = [{
    ONNX Add. `lhs` depends on the input. `rhs` has the type of `lhs`, or holds one number per channel (dimension 1 of
    `lhs`): [N] or [1, N] for a matrix, [C, 1, 1] or [1, C, 1, 1] for images. The importer puts a constant on the right.

    (C1) `rhs` has the type of `lhs` or one number per channel in such a shape.

    Example:
    ```mlir
    func.func @add(%x: tensor<?x4x8x8xf32>, %b: tensor<4x1x1xf32>) -> tensor<?x4x8x8xf32> {
      %y = onnx.add %x, %b : tensor<?x4x8x8xf32>, tensor<4x1x1xf32>
      return %y : tensor<?x4x8x8xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Tensor:$lhs, Onnx_Tensor:$rhs);
  let results = (outs Onnx_Tensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs)";
  let hasVerifier = 1; // add_c1
}

//===----------------------------------------------------------------------===//
// Activation and pooling
//===----------------------------------------------------------------------===//

def Onnx_ReluOp : Onnx_Op<"relu", [SameOperandsAndResultType]> {
  let summary = "The larger of the element and zero";
  let description = [{
    ONNX Relu.

    Example:
    ```mlir
    func.func @relu(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
      %y = onnx.relu %x : tensor<?x10xf32>
      return %y : tensor<?x10xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Tensor:$input);
  let results = (outs Onnx_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

def Onnx_MaxPoolOp : Onnx_Op<"max_pool"> {
  let summary = "Maximum of each window";
  let description = [{
    ONNX MaxPool over the two image dimensions, without ceil_mode and dilations. `input` is [batch, C, H, W], the
    result [batch, C, OH, OW] with OH = floor((H + top + bottom - k_h) / stride_h) + 1. `pads` is [top, left, bottom,
    right]; padding never wins.

    (C1) shapes agree. (C2) two kernel sizes and strides, positive; four pads, not negative and smaller than the kernel.

    Example:
    ```mlir
    func.func @max_pool(%x: tensor<?x4x8x8xf32>) -> tensor<?x4x4x4xf32> {
      %y = onnx.max_pool %x, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
           : tensor<?x4x8x8xf32> -> tensor<?x4x4x4xf32>
      return %y : tensor<?x4x4x4xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Images:$input, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads);
  let results = (outs Onnx_Images:$result);
  let assemblyFormat = [{ $input `,` `kernel` `=` $kernel `,` `strides` `=` $strides `,` `pads` `=` $pads attr-dict
                          `:` type($input) `->` type($result) }];
  let hasVerifier = 1; // max_pool_c1, max_pool_c2
}

def Onnx_AveragePoolOp : Onnx_Op<"average_pool"> {
  let summary = "Mean of each window";
  let description = [{
    ONNX AveragePool over the two image dimensions, without ceil_mode; GlobalAveragePool is the same with a window over
    the whole plane. Shapes and attributes are those of `onnx.max_pool`. The sum over a window is divided by the number
    of its elements that lie inside the image, with `count_include_pad` by k_h * k_w; padding adds 0.

    (C1) shapes agree. (C2) two kernel sizes and strides, positive; four pads, not negative and smaller than the kernel.

    Example:
    ```mlir
    func.func @average_pool(%x: tensor<?x4x8x8xf32>) -> tensor<?x4x1x1xf32> {
      %y = onnx.average_pool %x, kernel = [8, 8], strides = [1, 1], pads = [0, 0, 0, 0]
           : tensor<?x4x8x8xf32> -> tensor<?x4x1x1xf32>
      return %y : tensor<?x4x1x1xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Images:$input, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads, UnitAttr:$count_include_pad);
  let results = (outs Onnx_Images:$result);
  let assemblyFormat = [{ $input `,` `kernel` `=` $kernel `,` `strides` `=` $strides `,` `pads` `=` $pads
                          (`count_include_pad` $count_include_pad^)? attr-dict `:` type($input) `->` type($result) }];
  let hasVerifier = 1; // average_pool_c1, average_pool_c2
}

//===----------------------------------------------------------------------===//
// Shape and pass-through
//===----------------------------------------------------------------------===//

def Onnx_FlattenOp : Onnx_Op<"flatten"> {
  let summary = "All elements of a sample in one row";
  let description = [{
    ONNX Flatten with axis = 1: [batch, d1, d2, ...] becomes [batch, d1 * d2 * ...], row-major.

    (C1) the result is [batch, elements per sample].

    Example:
    ```mlir
    func.func @flatten(%x: tensor<?x4x4x4xf32>) -> tensor<?x64xf32> {
      %y = onnx.flatten %x : tensor<?x4x4x4xf32> -> tensor<?x64xf32>
      return %y : tensor<?x64xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Tensor:$input);
  let results = (outs Onnx_Matrix:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1; // flatten_c1
}

def Onnx_ReshapeOp : Onnx_Op<"reshape"> {
  let summary = "The same elements of each sample in row-major order under another shape";
  let description = [{
    ONNX Reshape whose shape is a constant and keeps the batch in front; the shape has become the result type.

    (C1) the batch stays first and the elements per sample agree.

    Example:
    ```mlir
    func.func @reshape(%x: tensor<?x784xf32>) -> tensor<?x1x28x28xf32> {
      %y = onnx.reshape %x : tensor<?x784xf32> -> tensor<?x1x28x28xf32>
      return %y : tensor<?x1x28x28xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Tensor:$input);
  let results = (outs Onnx_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1; // reshape_c1
}

def Onnx_IdentityOp : Onnx_Op<"identity", [SameOperandsAndResultType]> {
  let summary = "The value itself";
  let description = [{
    ONNX Identity.

    Example:
    ```mlir
    func.func @identity(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
      %y = onnx.identity %x : tensor<?x10xf32>
      return %y : tensor<?x10xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Tensor:$input);
  let results = (outs Onnx_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

def Onnx_DropoutOp : Onnx_Op<"dropout", [SameOperandsAndResultType]> {
  let summary = "The value itself: nothing is dropped outside the exporter's own training";
  let description = [{
    ONNX Dropout in inference mode, mask not used.

    Example:
    ```mlir
    func.func @dropout(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
      %y = onnx.dropout %x : tensor<?x10xf32>
      return %y : tensor<?x10xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Tensor:$input);
  let results = (outs Onnx_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

def Onnx_ConstantOp : Onnx_Op<"constant", [AllTypesMatch<["value", "result"]>]> {
  let summary = "A tensor that stands in the graph";
  let description = [{
    ONNX Constant. `name` is the name the file gives the tensor (the node's output), by which later levels name the
    parameter made from it.

    Example:
    ```mlir
    func.func @constant() -> tensor<2xf32> {
      %b = onnx.constant "fc.bias", value = dense<[1.0, -0.5]> : tensor<2xf32>
      return %b : tensor<2xf32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$name, ElementsAttr:$value);
  let results = (outs Onnx_Tensor:$result);
  let assemblyFormat = "$name `,` `value` `=` $value attr-dict";
}

#endif // WAGE_DIALECTS_ONNX_IR_ONNXOPS_TD
