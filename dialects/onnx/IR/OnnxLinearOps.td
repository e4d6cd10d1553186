//===- OnnxLinearOps.td - layers with weights ------------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_ONNX_IR_ONNXLINEAROPS_TD
#define WAGE_DIALECTS_ONNX_IR_ONNXLINEAROPS_TD

include "dialects/onnx/IR/OnnxTensors.td"

def Onnx_ConvOp : Onnx_Op<"conv"> {
  let summary = "Cross-correlation of images with weights, and an optional bias";
  let description = [{
    ONNX Conv. For images, `input` is [batch, C, H, W], `weights` [N, C / group, k_h, k_w], `bias` [N], the result
    [batch, N, OH, OW] with OH = floor((H + top + bottom - dilation_h * (k_h - 1) - 1) / stride_h) + 1. `strides` and
    `dilations` are [h, w] and `pads` [top, left, bottom, right]; padding is 0. With one or three dimensions of space the
    lists are shorter or longer by the same rule. Neuron n sees the channels of group n / (N / group).

    (C1) shapes agree. (C2) a stride and a dilation per dimension of space, positive; two pads each, not negative.
    (C3) `group` divides C and N.

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
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
                       OptionalAttr<DenseI64ArrayAttr>:$dilations,
                       DefaultValuedAttr<ConfinedAttr<I64Attr, [IntPositive]>, "1">:$group);
  let results = (outs Onnx_Images:$result);
  let assemblyFormat = [{ $input `,` $weights (`bias` $bias^)? `,` `strides` `=` $strides `,` `pads` `=` $pads
                          (`dilations` `=` $dilations^)? (`group` `=` $group^)? attr-dict
                          `:` functional-type(operands, results) }];
  let hasVerifier = 1; // conv_c1, conv_c2, conv_c3
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
  let summary = "Matrix product, for stacks of matrices one by one";
  let description = [{
    ONNX MatMul: [..., M, K] times [..., K, N] is [..., M, N]; the dimensions in front are broadcast as NumPy has it. A
    layer is [batch, K] times a constant [K, N]. Other forms of Gemm (a transposed input, a computed matrix) are this op
    behind `onnx.transpose`.

    (C1) shapes agree, and both sides have two dimensions at least.

    Example:
    ```mlir
    func.func @mat_mul(%x: tensor<?x64xf32>, %w: tensor<64x10xf32>) -> tensor<?x10xf32> {
      %y = onnx.mat_mul %x, %w : (tensor<?x64xf32>, tensor<64x10xf32>) -> tensor<?x10xf32>
      return %y : tensor<?x10xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Tensor:$input, Onnx_Tensor:$weights);
  let results = (outs Onnx_Tensor:$result);
  let assemblyFormat = "$input `,` $weights attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1; // mat_mul_c1
}

#endif // WAGE_DIALECTS_ONNX_IR_ONNXLINEAROPS_TD
