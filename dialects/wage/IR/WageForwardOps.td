//===- WageForwardOps.td - operations of the forward graph ------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_WAGE_IR_WAGEFORWARDOPS_TD
#define WAGE_DIALECTS_WAGE_IR_WAGEFORWARDOPS_TD

include "dialects/wage/IR/WageBase.td"

//===----------------------------------------------------------------------===//
// Input and parameters
//===----------------------------------------------------------------------===//

def Wage_EncodeInputOp : Wage_Op<"encode_input", [Wage_Quantizer, SameOperandsAndResultShape]> {
  let summary = "Bytes of an image to activations";
  let description = [{
    A byte p of channel c (dimension 1) becomes `table[c][p]`, or `table[p]` where all channels share one table: integers
    on the grid of the result. Without `table` it becomes clip(round((2p - 255) * 2^(k_A-1) / 255), k_A): p / 127.5 - 1 on
    that grid; a tie cannot happen. Spec: section 2.

    (C1) without `table` the result's exponent is 1 - bits. (C2) `table` has shape 256, or C x 256 for C channels, and
    signless elements of at most 64 bits. (C3) no entry of `table` is larger than 2^(k_A-1) - 1 in magnitude.

    Example:
    ```mlir
    func.func @encode_input(%p: tensor<?x1x8x8xui8>) -> tensor<?x1x8x8x!wage.grid<A, 8, -7>> {
      %x = wage.encode_input %p : tensor<?x1x8x8xui8> -> tensor<?x1x8x8x!wage.grid<A, 8, -7>>
      return %x : tensor<?x1x8x8x!wage.grid<A, 8, -7>>
    }
    func.func @constant(%p: tensor<?x3xui8>) -> tensor<?x3x!wage.grid<A, 8, -5>> {
      %x = wage.encode_input %p, table = dense<7> : tensor<3x256xi8> : tensor<?x3xui8> -> tensor<?x3x!wage.grid<A, 8, -5>>
      return %x : tensor<?x3x!wage.grid<A, 8, -5>>
    }
    ```
  }];
  let arguments = (ins RankedTensorOf<[UI8]>:$input, OptionalAttr<AnyIntElementsAttr>:$table);
  let results = (outs Wage_Activations:$result);
  let assemblyFormat = "$input (`,` `table` `=` $table^)? attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1; // encode_input_c1, encode_input_c2, encode_input_c3
}

def Wage_AsGridOp : Wage_Op<"as_grid", [SameOperandsAndResultShape]> {
  let summary = "Stored integers as weights on a grid";
  let description = [{
    The same integers, whose role and worth the result type states: what a global holds becomes master weights (role G)
    or weights in use (role W). No number changes.

    (C1) the result has role W or G. (C2) the result's bits are at most the width of the input's elements.

    Example:
    ```mlir
    func.func @as_grid(%i: tensor<5x64xi8>) -> tensor<5x64x!wage.grid<G, 8, -7>> {
      %m = wage.as_grid %i : tensor<5x64xi8> -> tensor<5x64x!wage.grid<G, 8, -7>>
      return %m : tensor<5x64x!wage.grid<G, 8, -7>>
    }
    ```
  }];
  let arguments = (ins Wage_Integers:$input);
  let results = (outs Wage_AnyTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1; // as_grid_c1, as_grid_c2
}

def Wage_AsIntegersOp : Wage_Op<"as_integers", [SameOperandsAndResultShape]> {
  let summary = "Weights on a grid as the integers to store";
  let description = [{
    The inverse of `wage.as_grid`. No number changes.

    (C1) the input has role W or G. (C2) the input's bits are at most the width of the result's elements.

    Example:
    ```mlir
    func.func @as_integers(%m: tensor<5x64x!wage.grid<G, 8, -7>>) -> tensor<5x64xi8> {
      %i = wage.as_integers %m : tensor<5x64x!wage.grid<G, 8, -7>> -> tensor<5x64xi8>
      return %i : tensor<5x64xi8>
    }
    ```
  }];
  let arguments = (ins Wage_AnyTensor:$input);
  let results = (outs Wage_Integers:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1; // as_integers_c1, as_integers_c2
}

def Wage_QuantizeWeightOp
    : Wage_Op<"quantize_weight", [Wage_Quantizer, Wage_Differentiable, SameOperandsAndResultShape]> {
  let summary = "Q_W: master weights to the weights in use";
  let description = [{
    clip(round_shift(master, k_G - k_W), k_W), k_G and k_W the bits of the types; k_W = 1: the sign, with sign(0) = +1.
    Its gradient passes unchanged. Spec: section 3.

    (C1) both exponents are 1 - bits. (C2) the master has at least as many bits as the result.

    Example:
    ```mlir
    func.func @quantize_weight(%m: tensor<5x64x!wage.grid<G, 8, -7>>) -> tensor<5x64x!wage.grid<W, 2, -1>> {
      %w = wage.quantize_weight %m, rounding = half_even
           : tensor<5x64x!wage.grid<G, 8, -7>> -> tensor<5x64x!wage.grid<W, 2, -1>>
      return %w : tensor<5x64x!wage.grid<W, 2, -1>>
    }
    ```
  }];
  let arguments = (ins Wage_Masters:$input, Wage_Rounding:$rounding);
  let results = (outs Wage_Weights:$result);
  let assemblyFormat = [{ $input `,` `rounding` `=` $rounding attr-dict `:` type($input) `->` type($result) }];
  let hasVerifier = 1; // quantize_weight_c1, quantize_weight_c2
  let extraClassDeclaration = [{
    /// k_G - k_W, the shift of the rounding; not used where k_W = 1.
    int getShift() { return getGrid(getResult()).getExponent() - getGrid(getInput()).getExponent(); }
  }];
}

//===----------------------------------------------------------------------===//
// Linear layers
//===----------------------------------------------------------------------===//

def Wage_Conv2DOp : Wage_Op<"conv2d", [Wage_PartlyDifferentiable]> {
  let summary = "Convolution layer: cross-correlation with quantised weights, and the constant scaling layer";
  let description = [{
    `input` is [batch, C, H, W], `weights` [N, C / groups, k_h, k_w], the result [batch, N, OH, OW] with
    OH = floor((H + top + bottom - dilation_h * (k_h - 1) - 1) / stride_h) + 1; `pads` is [top, left, bottom, right],
    padding is 0. Neuron n sees the channels of group n / (N / groups) only; row i and column j of the kernel stand
    `dilations` [dilation_h, dilation_w] apart. With groups or dilations other than 1 there is no backward rule.
    Output channel c is scaled by 2^-x_c, x = `scale_log2` (the paper's 1 / alpha): its exact sum, shifted left by
    max x - x_c, stands on the result's grid. Spec: sections 3 and 4.

    (C1) shapes agree. (C2) two positive strides, four pads, not negative. (C3) `scale_log2` has an entry per output
    channel, in -8...32. (C4) the result's exponent is that of the input plus that of the weights less max x. (C5) two
    positive dilations. (C6) `groups` is positive and divides C and N.

    Example:
    ```mlir
    func.func @conv2d(%x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>)
        -> tensor<?x2x8x8x!wage.grid<Z, 0, -9>> {
      %z = wage.conv2d %x, %w, scale_log2 = [1, 1], strides = [1, 1], pads = [1, 1, 1, 1]
           : tensor<?x1x8x8x!wage.grid<A, 8, -7>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>>
             -> tensor<?x2x8x8x!wage.grid<Z, 0, -9>>
      return %z : tensor<?x2x8x8x!wage.grid<Z, 0, -9>>
    }
    func.func @depthwise(%x: tensor<?x2x8x8x!wage.grid<A, 8, -7>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>)
        -> tensor<?x2x8x8x!wage.grid<Z, 0, -9>> {
      %z = wage.conv2d %x, %w, scale_log2 = [1, 1], strides = [1, 1], pads = [2, 2, 2, 2] dilations = [2, 2]
                       groups = 2
           : tensor<?x2x8x8x!wage.grid<A, 8, -7>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>>
             -> tensor<?x2x8x8x!wage.grid<Z, 0, -9>>
      return %z : tensor<?x2x8x8x!wage.grid<Z, 0, -9>>
    }
    ```
  }];
  let arguments = (ins Wage_Activations:$input, Wage_Weights:$weights, DenseI32ArrayAttr:$scale_log2,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$dilations,
                       DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs Wage_Accumulators:$result);
  let assemblyFormat = [{ $input `,` $weights `,` `scale_log2` `=` $scale_log2 `,` `strides` `=` $strides `,`
                          `pads` `=` $pads (`dilations` `=` $dilations^)? (`groups` `=` $groups^)? attr-dict
                          `:` type($input) `,` type($weights) `->` type($result) }];
  let hasVerifier = 1; // conv2d_c1, conv2d_c2, conv2d_c3, conv2d_c4, conv2d_c5, conv2d_c6
}

def Wage_MatmulOp : Wage_Op<"matmul", [Wage_Differentiable]> {
  let summary = "Fully connected layer: product with quantised weights, and the constant scaling layer";
  let description = [{
    `input` is [batch, K], the result [batch, N], `weights` [N, K], or [K, N] with `axons_first` (MatMul, Gemm with
    transB = 0): the layout of the initializer is kept, because the random bits of the update are counted in it.
    `scale_log2` as in `wage.conv2d`. Spec: sections 3, 4 and 8.

    (C1) shapes agree. (C2) `scale_log2` has an entry per output channel, in -8...32. (C3) the result's exponent is
    that of the input plus that of the weights less max x.

    Example:
    ```mlir
    func.func @matmul(%x: tensor<?x64x!wage.grid<A, 8, -7>>, %w: tensor<3x64x!wage.grid<W, 2, -1>>)
        -> tensor<?x3x!wage.grid<Z, 0, -10>> {
      %z = wage.matmul %x, %w, scale_log2 = [2, 2, 2]
           : tensor<?x64x!wage.grid<A, 8, -7>>, tensor<3x64x!wage.grid<W, 2, -1>> -> tensor<?x3x!wage.grid<Z, 0, -10>>
      return %z : tensor<?x3x!wage.grid<Z, 0, -10>>
    }
    ```
  }];
  let arguments = (ins Wage_Activations:$input, Wage_Weights:$weights, DenseI32ArrayAttr:$scale_log2,
                       UnitAttr:$axons_first);
  let results = (outs Wage_Accumulators:$result);
  let assemblyFormat = [{ $input `,` $weights `,` `scale_log2` `=` $scale_log2 (`axons_first` $axons_first^)? attr-dict
                          `:` type($input) `,` type($weights) `->` type($result) }];
  let hasVerifier = 1; // matmul_c1, matmul_c2, matmul_c3
}

def Wage_AddBiasOp : Wage_Op<"add_bias", [Wage_Differentiable, AllTypesMatch<["input", "result"]>]> {
  let summary = "Add one constant per channel";
  let description = [{
    `result[b, c, ...] = input[b, c, ...] + bias[c]`; the bias counts steps of the input's grid. It is constant in
    training. Spec: section 3.

    (C1) `bias` has one element per channel (dimension 1 of the input).

    Example:
    ```mlir
    func.func @add_bias(%z: tensor<?x3x!wage.grid<Z, 0, -10>>, %b: tensor<3xi64>)
        -> tensor<?x3x!wage.grid<Z, 0, -10>> {
      %y = wage.add_bias %z, %b : tensor<?x3x!wage.grid<Z, 0, -10>>, tensor<3xi64>
      return %y : tensor<?x3x!wage.grid<Z, 0, -10>>
    }
    ```
  }];
  let arguments = (ins Wage_Accumulators:$input, StaticShapeTensorOf<[I64]>:$bias);
  let results = (outs Wage_Accumulators:$result);
  let assemblyFormat = "$input `,` $bias attr-dict `:` type($input) `,` type($bias)";
  let hasVerifier = 1; // add_bias_c1
}

//===----------------------------------------------------------------------===//
// Activation, pooling, shape
//===----------------------------------------------------------------------===//

def Wage_ReluOp : Wage_Op<"relu", [Wage_ErrorUser, SameOperandsAndResultType]> {
  let summary = "The larger of the element and zero";
  let description = [{
    A `wage.quantize_activation` follows every one. Spec: section 4.

    Example:
    ```mlir
    func.func @relu(%z: tensor<?x16x!wage.grid<Z, 0, -9>>) -> tensor<?x16x!wage.grid<Z, 0, -9>> {
      %y = wage.relu %z : tensor<?x16x!wage.grid<Z, 0, -9>>
      return %y : tensor<?x16x!wage.grid<Z, 0, -9>>
    }
    ```
  }];
  let arguments = (ins Wage_Values:$input);
  let results = (outs Wage_Values:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

def Wage_QuantizeActivationOp
    : Wage_Op<"quantize_activation", [Wage_Quantizer, Wage_ErrorUser, SameOperandsAndResultShape]> {
  let summary = "Q_A: round to the grid of activations and clip";
  let description = [{
    clip(round_shift(x, s), k_A), k_A the bits of the result and s how much coarser its grid is. Q_E stands at the same
    value and acts on errors only: the backward rule writes both. Spec: sections 4 and 6.

    (C1) the difference of the exponents is smaller than 64 in magnitude.

    Example:
    ```mlir
    func.func @quantize_activation(%z: tensor<?x16x!wage.grid<Z, 0, -9>>) -> tensor<?x16x!wage.grid<A, 8, -7>> {
      %x = wage.quantize_activation %z, rounding = half_even
           : tensor<?x16x!wage.grid<Z, 0, -9>> -> tensor<?x16x!wage.grid<A, 8, -7>>
      return %x : tensor<?x16x!wage.grid<A, 8, -7>>
    }
    ```
  }];
  let arguments = (ins Wage_Values:$input, Wage_Rounding:$rounding);
  let results = (outs Wage_Activations:$result);
  let assemblyFormat = [{ $input `,` `rounding` `=` $rounding attr-dict `:` type($input) `->` type($result) }];
  let hasVerifier = 1; // quantize_activation_c1
  let extraClassDeclaration = [{
    /// s, the shift of the rounding; negative is an exact left shift.
    int getShift() { return getGrid(getResult()).getExponent() - getGrid(getInput()).getExponent(); }
  }];
}

def Wage_MaxPoolOp : Wage_Op<"max_pool", [Wage_Differentiable, AllElementTypesMatch<["input", "values"]>]> {
  let summary = "Maximum of each window and where it stood";
  let description = [{
    `input` is [batch, C, H, W]. `values` holds the maximum of each window, `positions` the index i * k_w + j of the
    first maximum in row-major order of the window. Padding (`pads` = [top, left, bottom, right]) never wins.
    Spec: section 4.

    (C1) shapes agree. (C2) two kernel sizes and strides, positive; four pads, not negative, those in front smaller than
    the kernel; every window begins before the plane ends, so that those behind are smaller than kernel and stride together.
    (C3) `positions` can hold k_h * k_w - 1.

    Example:
    ```mlir
    func.func @max_pool(%x: tensor<?x4x8x8x!wage.grid<Z, 0, -9>>)
        -> (tensor<?x4x4x4x!wage.grid<Z, 0, -9>>, tensor<?x4x4x4xi8>) {
      %y, %p = wage.max_pool %x, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
               : tensor<?x4x8x8x!wage.grid<Z, 0, -9>> -> tensor<?x4x4x4x!wage.grid<Z, 0, -9>>, tensor<?x4x4x4xi8>
      return %y, %p : tensor<?x4x4x4x!wage.grid<Z, 0, -9>>, tensor<?x4x4x4xi8>
    }
    ```
  }];
  let arguments = (ins Wage_Values:$input, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads);
  let results = (outs Wage_Values:$values, Wage_Integers:$positions);
  let assemblyFormat = [{ $input `,` `kernel` `=` $kernel `,` `strides` `=` $strides `,` `pads` `=` $pads attr-dict
                          `:` type($input) `->` type($values) `,` type($positions) }];
  let hasVerifier = 1; // max_pool_c1, max_pool_c2, max_pool_c3
}

def Wage_AddOp : Wage_Op<"add", [Wage_Differentiable, SameOperandsAndResultShape]> {
  let summary = "Sum of two values, or of two errors that meet";
  let description = [{
    Both operands shifted left to the finer of their grids, then summed: an accumulator. Of errors: those that meet at a
    value. Spec: sections 4 and 6.

    (C1) the result's exponent is the smaller one of the operands. (C2) they are less than 62 apart: sums have 64 bits.

    Example:
    ```mlir
    func.func @add(%a: tensor<?x4x8x8x!wage.grid<Z, 0, -9>>, %b: tensor<?x4x8x8x!wage.grid<A, 8, -7>>)
        -> tensor<?x4x8x8x!wage.grid<Z, 0, -9>> {
      %y = wage.add %a, %b : tensor<?x4x8x8x!wage.grid<Z, 0, -9>>, tensor<?x4x8x8x!wage.grid<A, 8, -7>>
                             -> tensor<?x4x8x8x!wage.grid<Z, 0, -9>>
      return %y : tensor<?x4x8x8x!wage.grid<Z, 0, -9>>
    }
    ```
  }];
  let arguments = (ins Wage_Summands:$lhs, Wage_Summands:$rhs);
  let results = (outs Wage_Accumulators:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$lhs, "::mlir::Value":$rhs)>];
  let hasVerifier = 1; // add_c1, add_c2
}

def Wage_AveragePoolOp : Wage_Op<"average_pool", [Wage_Differentiable]> {
  let summary = "Sum of each window, worth its average over a power of two";
  let description = [{
    `input` is [batch, C, H, W]. The exact sum of each window of n = k_h * k_w elements, padding (`pads` = [top, left,
    bottom, right]) counted as zeros, on a grid 2^ceil(log2 n) times finer: the sum divided by 2^ceil(log2 n) instead
    of n. Spec: section 4.

    (C1) shapes agree. (C2) kernel, strides and pads as for `wage.max_pool`. (C3) the result's exponent is that of the
    input less ceil(log2 n).

    Example:
    ```mlir
    func.func @average_pool(%x: tensor<?x4x8x8x!wage.grid<A, 8, -7>>) -> tensor<?x4x4x4x!wage.grid<Z, 0, -9>> {
      %y = wage.average_pool %x, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
           : tensor<?x4x8x8x!wage.grid<A, 8, -7>> -> tensor<?x4x4x4x!wage.grid<Z, 0, -9>>
      return %y : tensor<?x4x4x4x!wage.grid<Z, 0, -9>>
    }
    ```
  }];
  let arguments = (ins Wage_Values:$input, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads);
  let results = (outs Wage_Accumulators:$result);
  let assemblyFormat = [{ $input `,` `kernel` `=` $kernel `,` `strides` `=` $strides `,` `pads` `=` $pads attr-dict
                          `:` type($input) `->` type($result) }];
  let hasVerifier = 1; // average_pool_c1, average_pool_c2, average_pool_c3
}

def Wage_ReshapeOp : Wage_Op<"reshape", [Wage_Differentiable, AllElementTypesMatch<["input", "result"]>]> {
  let summary = "The same elements of each sample in row-major order under another shape";
  let description = [{
    Flatten and Reshape: the batch stays first. Errors pass through it as well. Spec: section 4.

    (C1) the batch is kept and the elements per sample agree.

    Example:
    ```mlir
    func.func @reshape(%x: tensor<?x4x4x4x!wage.grid<A, 8, -7>>) -> tensor<?x64x!wage.grid<A, 8, -7>> {
      %y = wage.reshape %x : tensor<?x4x4x4x!wage.grid<A, 8, -7>> -> tensor<?x64x!wage.grid<A, 8, -7>>
      return %y : tensor<?x64x!wage.grid<A, 8, -7>>
    }
    ```
  }];
  let arguments = (ins Wage_AnyTensor:$input);
  let results = (outs Wage_AnyTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1; // reshape_c1
}

#endif // WAGE_DIALECTS_WAGE_IR_WAGEFORWARDOPS_TD
