//===- IntegerLayerOps.td - input, linear layers, shapes, pools -*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_INTEGER_IR_INTEGERLAYEROPS_TD
#define WAGE_DIALECTS_INTEGER_IR_INTEGERLAYEROPS_TD

include "dialects/integer/IR/IntegerBase.td"

//===----------------------------------------------------------------------===//
// Input
//===----------------------------------------------------------------------===//

def Integer_TableOp : Integer_PureOp<"table", [SameOperandsAndResultShape]> {
  let summary = "Look each byte up in a table of 256 entries";
  let description = [{
    `result[b, c, ...] = table[input[b, c, ...]]`, or `table[c][...]` where each channel (dimension 1) has a table of its
    own. The input encoder; arithmetic.md section 2 is one such table.

    (C1) `table` has shape 256, or C x 256 for C channels, and the element type of the result.

    Example:
    ```mlir
    func.func @table(%x: tensor<?x1x8x8xui8>) -> tensor<?x1x8x8xi8> {
      %y = integer.table %x, table = dense<0> : tensor<256xi8> : tensor<?x1x8x8xui8> -> tensor<?x1x8x8xi8>
      return %y : tensor<?x1x8x8xi8>
    }
    ```
  }];
  let arguments = (ins Integer_Bytes:$input, AnyIntElementsAttr:$table);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = "$input `,` `table` `=` $table attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1; // table_c1
}

//===----------------------------------------------------------------------===//
// Linear layers: forward, transposed and outer products
//===----------------------------------------------------------------------===//

def Integer_Conv2DOp : Integer_PureOp<"conv2d"> {
  let summary = "Cross-correlation of activations with weights, exact";
  let description = [{
    `input` is [batch, C, H, W], `weights` [N, C / groups, k_h, k_w], the result [batch, N, OH, OW] with
    OH = floor((H + top + bottom - dilation_h * (k_h - 1) - 1) / stride_h) + 1. `pads` is [top, left, bottom, right] as
    in ONNX; padding is 0. Neuron n sees the channels of group n / (N / groups) only. Row i and column j of the kernel
    stand `dilations` [dilation_h, dilation_w] apart. Spec: section 4.

    (C1) shapes agree. (C2) two positive strides, four pads, not negative, all less than 2^31. (C3) two positive
    dilations, less than 2^31. (C4) `groups` is positive and divides C and N.

    Example:
    ```mlir
    func.func @conv2d(%x: tensor<?x1x8x8xi8>, %w: tensor<4x1x3x3xi8>) -> tensor<?x4x8x8xi32> {
      %z = integer.conv2d %x, %w, strides = [1, 1], pads = [1, 1, 1, 1]
           : tensor<?x1x8x8xi8>, tensor<4x1x3x3xi8> -> tensor<?x4x8x8xi32>
      return %z : tensor<?x4x8x8xi32>
    }
    func.func @depthwise(%x: tensor<?x4x8x8xi8>, %w: tensor<4x1x3x3xi8>) -> tensor<?x4x8x8xi32> {
      %z = integer.conv2d %x, %w, strides = [1, 1], pads = [2, 2, 2, 2] dilations = [2, 2] groups = 4
           : tensor<?x4x8x8xi8>, tensor<4x1x3x3xi8> -> tensor<?x4x8x8xi32>
      return %z : tensor<?x4x8x8xi32>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$input, Integer_Tensor:$weights, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads, DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$dilations,
                       DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = [{ $input `,` $weights `,` `strides` `=` $strides `,` `pads` `=` $pads
                          (`dilations` `=` $dilations^)? (`groups` `=` $groups^)? attr-dict
                          `:` type($input) `,` type($weights) `->` type($result) }];
  let hasVerifier = 1; // conv2d_c1, conv2d_c2, conv2d_c3, conv2d_c4
}

def Integer_Conv2DTransposedOp : Integer_PureOp<"conv2d_transposed"> {
  let summary = "Error of a convolution's input: the transposed product, exact";
  let description = [{
    `error` is [batch, N, OH, OW], `weights` [N, C, k_h, k_w], the result [batch, C, H, W]: every error times every
    weight goes to the input position it came from. Spec: section 6.

    (C1) shapes agree. (C2) strides and pads as for `integer.conv2d`.

    Example:
    ```mlir
    func.func @conv2d_transposed(%e: tensor<?x4x8x8xi8>, %w: tensor<4x1x3x3xi8>) -> tensor<?x1x8x8xi32> {
      %d = integer.conv2d_transposed %e, %w, strides = [1, 1], pads = [1, 1, 1, 1]
           : tensor<?x4x8x8xi8>, tensor<4x1x3x3xi8> -> tensor<?x1x8x8xi32>
      return %d : tensor<?x1x8x8xi32>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$error, Integer_Tensor:$weights, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = [{ $error `,` $weights `,` `strides` `=` $strides `,` `pads` `=` $pads attr-dict
                          `:` type($error) `,` type($weights) `->` type($result) }];
  let hasVerifier = 1; // conv2d_transposed_c1, conv2d_transposed_c2
}

def Integer_Conv2DOuterOp : Integer_PureOp<"conv2d_outer"> {
  let summary = "Weight gradient of a convolution: the outer product summed over batch and positions, exact";
  let description = [{
    `error` is [batch, N, OH, OW], `input` [batch, C, H, W], the result [N, C, k_h, k_w]. Spec: section 6.

    (C1) shapes agree. (C2) strides and pads as for `integer.conv2d`.

    Example:
    ```mlir
    func.func @conv2d_outer(%e: tensor<?x4x8x8xi8>, %x: tensor<?x1x8x8xi8>) -> tensor<4x1x3x3xi32> {
      %g = integer.conv2d_outer %e, %x, strides = [1, 1], pads = [1, 1, 1, 1]
           : tensor<?x4x8x8xi8>, tensor<?x1x8x8xi8> -> tensor<4x1x3x3xi32>
      return %g : tensor<4x1x3x3xi32>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$error, Integer_Tensor:$input, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = [{ $error `,` $input `,` `strides` `=` $strides `,` `pads` `=` $pads attr-dict
                          `:` type($error) `,` type($input) `->` type($result) }];
  let hasVerifier = 1; // conv2d_outer_c1, conv2d_outer_c2
}

def Integer_MatmulOp : Integer_PureOp<"matmul"> {
  let summary = "Product of activations with a weight matrix, exact";
  let description = [{
    `input` is [batch, K], the result [batch, N]. `weights` is [N, K] (ONNX Gemm with transB = 1), or [K, N] with
    `axons_first` (MatMul, Gemm with transB = 0): the initializer's own layout is kept, because the update's random
    bits are counted in it. Spec: sections 4 and 8.

    (C1) shapes agree.

    Example:
    ```mlir
    func.func @matmul(%x: tensor<?x64xi8>, %w: tensor<5x64xi8>) -> tensor<?x5xi32> {
      %z = integer.matmul %x, %w : tensor<?x64xi8>, tensor<5x64xi8> -> tensor<?x5xi32>
      return %z : tensor<?x5xi32>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$input, Integer_Tensor:$weights, UnitAttr:$axons_first);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = [{ $input `,` $weights (`axons_first` $axons_first^)? attr-dict
                          `:` type($input) `,` type($weights) `->` type($result) }];
  let hasVerifier = 1; // matmul_c1
}

def Integer_MatmulTransposedOp : Integer_PureOp<"matmul_transposed"> {
  let summary = "Error of a matrix product's input: the transposed product, exact";
  let description = [{
    `error` is [batch, N], the result [batch, K]; `weights` as in `integer.matmul`. Spec: section 6.

    (C1) shapes agree.

    Example:
    ```mlir
    func.func @matmul_transposed(%e: tensor<?x5xi8>, %w: tensor<5x64xi8>) -> tensor<?x64xi32> {
      %d = integer.matmul_transposed %e, %w : tensor<?x5xi8>, tensor<5x64xi8> -> tensor<?x64xi32>
      return %d : tensor<?x64xi32>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$error, Integer_Tensor:$weights, UnitAttr:$axons_first);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = [{ $error `,` $weights (`axons_first` $axons_first^)? attr-dict
                          `:` type($error) `,` type($weights) `->` type($result) }];
  let hasVerifier = 1; // matmul_transposed_c1
}

def Integer_MatmulOuterOp : Integer_PureOp<"matmul_outer"> {
  let summary = "Weight gradient of a matrix product: the outer product summed over the batch, exact";
  let description = [{
    `error` is [batch, N], `input` [batch, K], the result [N, K], or [K, N] with `axons_first`. Spec: section 6.

    (C1) shapes agree.

    Example:
    ```mlir
    func.func @matmul_outer(%e: tensor<?x5xi8>, %x: tensor<?x64xi8>) -> tensor<5x64xi32> {
      %g = integer.matmul_outer %e, %x : tensor<?x5xi8>, tensor<?x64xi8> -> tensor<5x64xi32>
      return %g : tensor<5x64xi32>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$error, Integer_Tensor:$input, UnitAttr:$axons_first);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = [{ $error `,` $input (`axons_first` $axons_first^)? attr-dict
                          `:` type($error) `,` type($input) `->` type($result) }];
  let hasVerifier = 1; // matmul_outer_c1
}

def Integer_AddBiasOp : Integer_PureOp<"add_bias"> {
  let summary = "Add one constant per channel";
  let description = [{
    `result[b, c, ...] = input[b, c, ...] + bias[c]`; the bias stands on the accumulator's grid. Spec: section 3.

    (C1) `bias` has one element per channel (dimension 1 of the input). (C2) input and result shapes agree.

    Example:
    ```mlir
    func.func @add_bias(%z: tensor<?x5xi32>, %b: tensor<5xi64>) -> tensor<?x5xi32> {
      %y = integer.add_bias %z, %b : tensor<?x5xi32>, tensor<5xi64> -> tensor<?x5xi32>
      return %y : tensor<?x5xi32>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$input, 1DTensorOf<[I64]>:$bias);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = "$input `,` $bias attr-dict `:` type($input) `,` type($bias) `->` type($result)";
  let hasVerifier = 1; // add_bias_c1, add_bias_c2
}

def Integer_AlignChannelsOp : Integer_PureOp<"align_channels"> {
  let summary = "Shift each channel left by its own amount, exact";
  let description = [{
    `result[b, c, ...] = input[b, c, ...] * 2^shifts[c]`: the channels of a layer whose weights have scales of their own,
    brought to the finest grid among them. Spec: sections 4 and 6.

    (C1) `shifts` has one entry per channel (dimension 1 of the input), in 0...40. (C2) input and result shapes agree.

    Example:
    ```mlir
    func.func @align_channels(%z: tensor<?x3xi32>) -> tensor<?x3xi32> {
      %y = integer.align_channels %z, shifts = [0, 2, 1] : tensor<?x3xi32> -> tensor<?x3xi32>
      return %y : tensor<?x3xi32>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$input, DenseI32ArrayAttr:$shifts);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = "$input `,` `shifts` `=` $shifts attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1; // align_channels_c1, align_channels_c2
}

def Integer_AddOp : Integer_PureOp<"add"> {
  let summary = "Sum of two tensors on one grid, exact";
  let description = [{
    `result = lhs * 2^lhs_shift + rhs * 2^rhs_shift`: two values, or two errors that meet, brought to the finer of their
    grids. Spec: sections 4 and 6.

    (C1) the shapes agree. (C2) both shifts are in 0...63, and one of them is 0.

    Example:
    ```mlir
    func.func @add(%a: tensor<?x3xi32>, %b: tensor<?x3xi8>) -> tensor<?x3xi32> {
      %y = integer.add %a, %b, shifts = [0, 5] : tensor<?x3xi32>, tensor<?x3xi8> -> tensor<?x3xi32>
      return %y : tensor<?x3xi32>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$lhs, Integer_Tensor:$rhs, DenseI32ArrayAttr:$shifts);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = [{ $lhs `,` $rhs `,` `shifts` `=` $shifts attr-dict
                          `:` type($lhs) `,` type($rhs) `->` type($result) }];
  let hasVerifier = 1; // add_c1, add_c2
}

//===----------------------------------------------------------------------===//
// Shape
//===----------------------------------------------------------------------===//

def Integer_ReshapeOp : Integer_PureOp<"reshape"> {
  let summary = "The same elements in row-major order under another shape";
  let description = [{
    The batch dimension stays first and is kept. Spec: section 4 (Flatten hands on what it gets).

    (C1) elements per sample agree. (C2) the batch dimension and the element type agree.

    Example:
    ```mlir
    func.func @reshape(%x: tensor<?x4x4x4xi8>) -> tensor<?x64xi8> {
      %y = integer.reshape %x : tensor<?x4x4x4xi8> -> tensor<?x64xi8>
      return %y : tensor<?x64xi8>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$input);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1; // reshape_c1, reshape_c2
}

//===----------------------------------------------------------------------===//
// Pooling
//===----------------------------------------------------------------------===//

def Integer_MaxPoolOp : Integer_PureOp<"max_pool"> {
  let summary = "Maximum of each window and where it stood";
  let description = [{
    `input` is [batch, C, H, W]. `values` holds the maximum of each window, `positions` the index i * k_w + j of the
    first maximum in row-major order of the window. Padding (`pads` = [top, left, bottom, right]) never wins.
    Spec: section 4.

    (C1) shapes agree. (C2) two kernel sizes and strides, positive; four pads, not negative, those in front smaller than
    the kernel; every window begins before the plane ends, so that those behind are smaller than kernel and stride together;
    strides and pads are less than 2^31. (C3) `positions` can hold k_h * k_w - 1.

    Example:
    ```mlir
    func.func @max_pool(%x: tensor<?x4x8x8xi32>) -> (tensor<?x4x4x4xi32>, tensor<?x4x4x4xi8>) {
      %y, %p = integer.max_pool %x, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
               : tensor<?x4x8x8xi32> -> tensor<?x4x4x4xi32>, tensor<?x4x4x4xi8>
      return %y, %p : tensor<?x4x4x4xi32>, tensor<?x4x4x4xi8>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$input, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads);
  let results = (outs Integer_Tensor:$values, Integer_Tensor:$positions);
  let assemblyFormat = [{ $input `,` `kernel` `=` $kernel `,` `strides` `=` $strides `,` `pads` `=` $pads attr-dict
                          `:` type($input) `->` type($values) `,` type($positions) }];
  let hasVerifier = 1; // max_pool_c1, max_pool_c2, max_pool_c3
}

def Integer_MaxPoolScatterOp : Integer_PureOp<"max_pool_scatter"> {
  let summary = "Send each window's error to the position that won";
  let description = [{
    `error` and `positions` are [batch, C, OH, OW], the result [batch, C, H, W]; errors of overlapping windows add.
    Spec: section 6.

    (C1) shapes agree. (C2) kernel, strides and pads as for `integer.max_pool`.

    Example:
    ```mlir
    func.func @max_pool_scatter(%e: tensor<?x4x4x4xi8>, %p: tensor<?x4x4x4xi8>) -> tensor<?x4x8x8xi8> {
      %d = integer.max_pool_scatter %e, %p, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
           : tensor<?x4x4x4xi8>, tensor<?x4x4x4xi8> -> tensor<?x4x8x8xi8>
      return %d : tensor<?x4x8x8xi8>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$error, Integer_Tensor:$positions, DenseI64ArrayAttr:$kernel,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = [{ $error `,` $positions `,` `kernel` `=` $kernel `,` `strides` `=` $strides `,`
                          `pads` `=` $pads attr-dict
                          `:` type($error) `,` type($positions) `->` type($result) }];
  let hasVerifier = 1; // max_pool_scatter_c1, max_pool_scatter_c2
}

def Integer_SumPoolOp : Integer_PureOp<"sum_pool"> {
  let summary = "Sum of each window, exact";
  let description = [{
    `input` is [batch, C, H, W]; padding (`pads` = [top, left, bottom, right]) counts as zeros. Spec: section 4 (average
    pooling).

    (C1) kernel, strides and pads as for `integer.max_pool`. (C2) shapes agree.

    Example:
    ```mlir
    func.func @sum_pool(%x: tensor<?x4x8x8xi8>) -> tensor<?x4x4x4xi16> {
      %y = integer.sum_pool %x, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
           : tensor<?x4x8x8xi8> -> tensor<?x4x4x4xi16>
      return %y : tensor<?x4x4x4xi16>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$input, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = [{ $input `,` `kernel` `=` $kernel `,` `strides` `=` $strides `,` `pads` `=` $pads attr-dict
                          `:` type($input) `->` type($result) }];
  let hasVerifier = 1; // sum_pool_c1, sum_pool_c2
}

def Integer_SumPoolSpreadOp : Integer_PureOp<"sum_pool_spread"> {
  let summary = "Copy each window's error to all its positions";
  let description = [{
    `error` is [batch, C, OH, OW], the result [batch, C, H, W]; errors of overlapping windows add, those in the padding are
    dropped. Spec: section 6 (average pooling).

    (C1) kernel, strides and pads as for `integer.max_pool`. (C2) shapes agree.

    Example:
    ```mlir
    func.func @sum_pool_spread(%e: tensor<?x4x4x4xi8>) -> tensor<?x4x8x8xi8> {
      %d = integer.sum_pool_spread %e, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
           : tensor<?x4x4x4xi8> -> tensor<?x4x8x8xi8>
      return %d : tensor<?x4x8x8xi8>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$error, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = [{ $error `,` `kernel` `=` $kernel `,` `strides` `=` $strides `,` `pads` `=` $pads attr-dict
                          `:` type($error) `->` type($result) }];
  let hasVerifier = 1; // sum_pool_spread_c1, sum_pool_spread_c2
}

#endif // WAGE_DIALECTS_INTEGER_IR_INTEGERLAYEROPS_TD
