//===- IntegerOps.td - operations of the integer level ----------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_INTEGER_IR_INTEGEROPS_TD
#define WAGE_DIALECTS_INTEGER_IR_INTEGEROPS_TD

include "dialects/integer/IR/IntegerDialect.td"
include "dialects/integer/IR/IntegerInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Integer_Tensor : RankedTensorOf<[I1, I8, I16, I32, I64]>;
def Integer_Bytes : RankedTensorOf<[UI8]>;
def Integer_Mask : RankedTensorOf<[I1]>;
def Integer_Scalar64 : 0DTensorOf<[I64]>,
    BuildableType<"::mlir::RankedTensorType::get({}, $_builder.getI64Type())">;
def Integer_Scalar32 : 0DTensorOf<[I32]>,
    BuildableType<"::mlir::RankedTensorType::get({}, $_builder.getI32Type())">;

class Integer_PureOp<string mnemonic, list<Trait> traits = []>
    : Integer_Op<mnemonic, !listconcat(traits, [Pure, DeclareOpInterfaceMethods<Integer_BoundOpInterface>])>;

//===----------------------------------------------------------------------===//
// Input
//===----------------------------------------------------------------------===//

def Integer_TableOp : Integer_PureOp<"table", [SameOperandsAndResultShape]> {
  let summary = "Look each byte up in a table of 256 entries";
  let description = [{
    `result[i] = table[input[i]]`. The input encoder of arithmetic.md section 2.

    (C1) `table` has shape 256 and the element type of the result.

    Example:
    ```mlir
    func.func @table(%x: tensor<?x1x8x8xui8>, %n: index) -> tensor<?x1x8x8xi8> {
      %y = integer.table %x, table = dense<0> : tensor<256xi8> : tensor<?x1x8x8xui8> -> tensor<?x1x8x8xi8>
      return %y : tensor<?x1x8x8xi8>
    }
    ```
  }];
  let arguments = (ins Integer_Bytes:$input, ElementsAttr:$table);
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
    `input` is [batch, C, H, W], `weights` [N, C, k_h, k_w], the result [batch, N, OH, OW] with
    OH = (H + top + bottom - k_h) / stride_h + 1. `pads` is [top, left, bottom, right] as in ONNX; padding is 0.
    Spec: section 4.

    (C1) shapes agree. (C2) strides are positive and pads not negative.

    Example:
    ```mlir
    func.func @conv2d(%x: tensor<?x1x8x8xi8>, %w: tensor<4x1x3x3xi8>) -> tensor<?x4x8x8xi32> {
      %z = integer.conv2d %x, %w, strides = [1, 1], pads = [1, 1, 1, 1]
           : tensor<?x1x8x8xi8>, tensor<4x1x3x3xi8> -> tensor<?x4x8x8xi32>
      return %z : tensor<?x4x8x8xi32>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$input, Integer_Tensor:$weights, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = [{ $input `,` $weights `,` `strides` `=` $strides `,` `pads` `=` $pads attr-dict
                          `:` type($input) `,` type($weights) `->` type($result) }];
  let hasVerifier = 1; // conv2d_c1, conv2d_c2
}

def Integer_Conv2DTransposedOp : Integer_PureOp<"conv2d_transposed"> {
  let summary = "Error of a convolution's input: the transposed product, exact";
  let description = [{
    `error` is [batch, N, OH, OW], `weights` [N, C, k_h, k_w], the result [batch, C, H, W]: every error times every
    weight goes to the input position it came from. Spec: section 6.

    (C1) shapes agree. (C2) strides are positive and pads not negative.

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

    (C1) shapes agree. (C2) strides are positive and pads not negative.

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

    (C1) shapes agree. (C2) kernel and strides are positive; each pad is smaller than the kernel.
    (C3) `positions` can hold k_h * k_w - 1.

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

    (C1) shapes agree. (C2) kernel and strides are positive; each pad is smaller than the kernel.

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

//===----------------------------------------------------------------------===//
// Shift, clip, compare
//===----------------------------------------------------------------------===//

def Integer_ShiftClipOp : Integer_PureOp<"shift_clip", [SameOperandsAndResultShape]> {
  let summary = "Shift with rounding, then clip to k bits";
  let description = [{
    Each element becomes `clip(round_shift(x, shift), bits)`: ties go to even, or away from zero with `half_away`; the
    range is symmetric (-128 never occurs at 8 bits); a negative `shift` is an exact left shift. Spec: section 1.

    (C1) `|shift|` < 64. (C2) `bits` <= width of the result's elements.

    Example:
    ```mlir
    func.func @shift_clip(%z: tensor<?x16xi32>) -> tensor<?x16xi8> {
      %y = integer.shift_clip %z, shift = 5, bits = 8 : tensor<?x16xi32> -> tensor<?x16xi8>
      return %y : tensor<?x16xi8>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$input, SI32Attr:$shift, ConfinedAttr<I32Attr, [IntMinValue<1>]>:$bits,
                       UnitAttr:$half_away);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = [{ $input `,` `shift` `=` $shift `,` `bits` `=` $bits (`half_away` $half_away^)? attr-dict
                          `:` type($input) `->` type($result) }];
  let hasVerifier = 1; // shift_clip_c1, shift_clip_c2
}

def Integer_ShiftClipByOp : Integer_PureOp<"shift_clip_by"> {
  let summary = "Shift by an amount known only when running, then clip to k bits";
  let description = [{
    As `integer.shift_clip` with the shift `exponent + offset`: Q_E with the exponent of Shift(max|e|). Spec: section 6.

    (C1) input and result shapes agree. (C2) `bits` <= width of the result's elements.

    Example:
    ```mlir
    func.func @shift_clip_by(%e: tensor<?x16xi32>, %k: tensor<i32>) -> tensor<?x16xi8> {
      %y = integer.shift_clip_by %e, %k, offset = -7, bits = 8 : tensor<?x16xi32>, tensor<i32> -> tensor<?x16xi8>
      return %y : tensor<?x16xi8>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$input, Integer_Scalar32:$exponent, SI32Attr:$offset,
                       ConfinedAttr<I32Attr, [IntMinValue<2>]>:$bits, UnitAttr:$half_away);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = [{ $input `,` $exponent `,` `offset` `=` $offset `,` `bits` `=` $bits
                          (`half_away` $half_away^)? attr-dict
                          `:` type($input) `,` type($exponent) `->` type($result) }];
  let hasVerifier = 1; // shift_clip_by_c1, shift_clip_by_c2
}

def Integer_ClipOp : Integer_PureOp<"clip", [SameOperandsAndResultShape]> {
  let summary = "Saturate to a symmetric limit";
  let description = [{
    `result = min(max(x, -limit), limit)`. The update keeps master weights inside it. Spec: section 7.

    (C1) `limit` is at least 1 and fits the result's element type.

    Example:
    ```mlir
    func.func @clip(%w: tensor<5x64xi16>) -> tensor<5x64xi8> {
      %y = integer.clip %w, limit = 64 : tensor<5x64xi16> -> tensor<5x64xi8>
      return %y : tensor<5x64xi8>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$input, I64Attr:$limit);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = "$input `,` `limit` `=` $limit attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1; // clip_c1
}

def Integer_SignOp : Integer_PureOp<"sign", [SameOperandsAndResultShape]> {
  let summary = "-1 below zero, +1 elsewhere";
  let description = [{
    Q_W of one bit; the sign of 0 is +1. Spec: section 3.

    Example:
    ```mlir
    func.func @sign(%w: tensor<5x64xi8>) -> tensor<5x64xi8> {
      %y = integer.sign %w : tensor<5x64xi8> -> tensor<5x64xi8>
      return %y : tensor<5x64xi8>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$input);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def Integer_ReluOp : Integer_PureOp<"relu", [SameOperandsAndResultType]> {
  let summary = "The larger of the element and zero";
  let description = [{
    Spec: section 4.

    Example:
    ```mlir
    func.func @relu(%z: tensor<?x16xi32>) -> tensor<?x16xi32> {
      %y = integer.relu %z : tensor<?x16xi32>
      return %y : tensor<?x16xi32>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$input);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

def Integer_WithinOp : Integer_PureOp<"within", [SameOperandsAndResultShape]> {
  let summary = "Whether the magnitude is at most a limit";
  let description = [{
    `result = |x| <= limit`: the mask of Q_A's clip, on the unrounded value; equality passes. Spec: section 6.

    (C1) `limit` is not negative.

    Example:
    ```mlir
    func.func @within(%z: tensor<?x16xi32>) -> tensor<?x16xi1> {
      %m = integer.within %z, limit = 4064 : tensor<?x16xi32> -> tensor<?x16xi1>
      return %m : tensor<?x16xi1>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$input, I64Attr:$limit);
  let results = (outs Integer_Mask:$result);
  let assemblyFormat = "$input `,` `limit` `=` $limit attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1; // within_c1
}

def Integer_PositiveOp : Integer_PureOp<"positive", [SameOperandsAndResultShape]> {
  let summary = "Whether the element is above zero";
  let description = [{
    The mask of Relu, on the value before it. Spec: section 6.

    Example:
    ```mlir
    func.func @positive(%z: tensor<?x16xi32>) -> tensor<?x16xi1> {
      %m = integer.positive %z : tensor<?x16xi32> -> tensor<?x16xi1>
      return %m : tensor<?x16xi1>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$input);
  let results = (outs Integer_Mask:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def Integer_ApplyMaskOp : Integer_PureOp<"apply_mask", [AllTypesMatch<["input", "result"]>]> {
  let summary = "Keep the element where the mask is set, else zero";
  let description = [{
    Spec: section 6.

    (C1) mask and input shapes agree.

    Example:
    ```mlir
    func.func @apply_mask(%e: tensor<?x16xi32>, %m: tensor<?x16xi1>) -> tensor<?x16xi32> {
      %y = integer.apply_mask %e, %m : tensor<?x16xi32>, tensor<?x16xi1>
      return %y : tensor<?x16xi32>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$input, Integer_Mask:$mask);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = "$input `,` $mask attr-dict `:` type($input) `,` type($mask)";
  let hasVerifier = 1; // apply_mask_c1
}

//===----------------------------------------------------------------------===//
// Loss, maxima, update
//===----------------------------------------------------------------------===//

def Integer_SubtractOneHotOp : Integer_PureOp<"subtract_one_hot"> {
  let summary = "Error at the output: subtract 2^shift at the label's class";
  let description = [{
    `result[b, c] = input[b, c] - (c == labels[b] ? 2^shift : 0)`. Spec: section 5.

    (C1) shapes agree. (C2) 0 <= `shift` < 62.

    Example:
    ```mlir
    func.func @subtract_one_hot(%z: tensor<?x5xi32>, %l: tensor<?xi32>) -> tensor<?x5xi32> {
      %e = integer.subtract_one_hot %z, %l, shift = 10 : tensor<?x5xi32>, tensor<?xi32> -> tensor<?x5xi32>
      return %e : tensor<?x5xi32>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$input, 1DTensorOf<[I32]>:$labels, I32Attr:$shift);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = [{ $input `,` $labels `,` `shift` `=` $shift attr-dict
                          `:` type($input) `,` type($labels) `->` type($result) }];
  let hasVerifier = 1; // subtract_one_hot_c1, subtract_one_hot_c2
}

def Integer_MaxAbsOp : Integer_PureOp<"max_abs"> {
  let summary = "Largest magnitude of a whole tensor, batch included";
  let description = [{
    The maximum of nothing is 0. Spec: sections 6 and 7.

    Example:
    ```mlir
    func.func @max_abs(%e: tensor<?x16xi32>) -> tensor<i64> {
      %m = integer.max_abs %e : tensor<?x16xi32>
      return %m : tensor<i64>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$input);
  let results = (outs Integer_Scalar64:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

def Integer_ShiftExponentOp : Integer_PureOp<"shift_exponent"> {
  let summary = "k with 2^k = Shift(m), by integers only; 0 for m = 0";
  let description = [{
    With f = floor(log2 m): f + 1 if m^2 >= 2^(2f+1), else f. Spec: section 1.

    Example:
    ```mlir
    func.func @shift_exponent(%m: tensor<i64>) -> tensor<i32> {
      %k = integer.shift_exponent %m
      return %k : tensor<i32>
    }
    ```
  }];
  let arguments = (ins Integer_Scalar64:$input);
  let results = (outs Integer_Scalar32:$result);
  let assemblyFormat = "$input attr-dict";
}

def Integer_RandomBitsOp : Integer_PureOp<"random_bits"> {
  let summary = "Counted random numbers, one per weight";
  let description = [{
    Element i (row-major) is the `bits` high bits of 16-bit lane i mod 8 of the Philox4x32-10 block with counter
    (i / 8, ordinal, step mod 2^32, step / 2^32) and key (seed mod 2^32, seed / 2^32). Spec: section 8.

    (C1) 1 <= `bits` <= 16.

    Example:
    ```mlir
    func.func @random_bits(%seed: tensor<i64>, %step: tensor<i64>) -> tensor<5x64xi32> {
      %r = integer.random_bits %seed, %step, ordinal = 1, bits = 16 : tensor<5x64xi32>
      return %r : tensor<5x64xi32>
    }
    ```
  }];
  let arguments = (ins Integer_Scalar64:$seed, Integer_Scalar64:$step, I32Attr:$ordinal, I32Attr:$bits);
  let results = (outs StaticShapeTensorOf<[I32]>:$result);
  let assemblyFormat = "$seed `,` $step `,` `ordinal` `=` $ordinal `,` `bits` `=` $bits attr-dict `:` type($result)";
  let hasVerifier = 1; // random_bits_c1
}

def Integer_StochasticStepOp : Integer_PureOp<"stochastic_step"> {
  let summary = "Q_G: scale a gradient by its Shift exponent and the learning rate, round by chance";
  let description = [{
    N = |g| * 2^(lr - k); the result is sign(g) * min(floor(N) + [F > r], 2^(bits-1) - 1), F the first `random_bits` bits
    of N's fraction and r the element's random number. Where g = 0 it is 0. Spec: section 7.

    (C1) gradient, random and result shapes agree. (C2) `bits` <= width of the result; 1 <= `random_bits` <= 16.

    Example:
    ```mlir
    func.func @stochastic_step(%g: tensor<5x64xi32>, %k: tensor<i32>, %lr: tensor<i32>, %r: tensor<5x64xi32>)
        -> tensor<5x64xi8> {
      %d = integer.stochastic_step %g, %k, %lr, %r, bits = 8, random_bits = 16
           : tensor<5x64xi32>, tensor<5x64xi32> -> tensor<5x64xi8>
      return %d : tensor<5x64xi8>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$gradient, Integer_Scalar32:$exponent, Integer_Scalar32:$learning_rate_log2,
                       StaticShapeTensorOf<[I32]>:$random, I32Attr:$bits, I32Attr:$random_bits);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = [{ $gradient `,` $exponent `,` $learning_rate_log2 `,` $random `,` `bits` `=` $bits `,`
                          `random_bits` `=` $random_bits attr-dict
                          `:` type($gradient) `,` type($random) `->` type($result) }];
  let hasVerifier = 1; // stochastic_step_c1, stochastic_step_c2
}

def Integer_SubOp : Integer_PureOp<"sub"> {
  let summary = "Difference of two tensors of one shape, exact";
  let description = [{
    The result type must hold the difference; `integer-assign-widths` proves it. Spec: section 7.

    (C1) shapes agree.

    Example:
    ```mlir
    func.func @sub(%w: tensor<5x64xi8>, %d: tensor<5x64xi8>) -> tensor<5x64xi16> {
      %y = integer.sub %w, %d : tensor<5x64xi8>, tensor<5x64xi8> -> tensor<5x64xi16>
      return %y : tensor<5x64xi16>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$lhs, Integer_Tensor:$rhs);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
  let hasVerifier = 1; // sub_c1
}

#endif // WAGE_DIALECTS_INTEGER_IR_INTEGEROPS_TD
