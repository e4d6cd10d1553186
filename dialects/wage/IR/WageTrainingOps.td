//===- WageTrainingOps.td - loss, errors, gradients, update -----*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// What `wage-build-training-step` writes. An error is worth n * 2^exponent relative to the last Q_E: the E grid has
// exponent 0, and -exponent is the t of arithmetic.md section 6.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_WAGE_IR_WAGETRAININGOPS_TD
#define WAGE_DIALECTS_WAGE_IR_WAGETRAININGOPS_TD

include "dialects/wage/IR/WageBase.td"

//===----------------------------------------------------------------------===//
// Loss and the quantisation of errors
//===----------------------------------------------------------------------===//

def Wage_OutputErrorOp : Wage_Op<"output_error", [AllTypesMatch<["logits", "result"]>]> {
  let summary = "Error at the output: the logits less their one-hot target";
  let description = [{
    `result[b, c] = logits[b, c] - (c == labels[b] ? 2^-exponent : 0)`: the target is 1 at the label's class, 0 at all
    others, on the grid of the logits. That is the derivative of half the squared error. A label that is no class, 0 to
    classes - 1, is refused when the step runs. Spec: section 5.

    (C1) `logits` is [batch, classes] and `labels` [batch]. (C2) the exponent is in -61...0.

    Example:
    ```mlir
    func.func @output_error(%z: tensor<?x3x!wage.grid<Z, 0, -10>>, %l: tensor<?xi32>)
        -> tensor<?x3x!wage.grid<Z, 0, -10>> {
      %e = wage.output_error %z, %l : tensor<?x3x!wage.grid<Z, 0, -10>>, tensor<?xi32>
      return %e : tensor<?x3x!wage.grid<Z, 0, -10>>
    }
    ```
  }];
  let arguments = (ins Wage_Accumulators:$logits, RankedTensorOf<[I32]>:$labels);
  let results = (outs Wage_Accumulators:$result);
  let assemblyFormat = "$logits `,` $labels attr-dict `:` type($logits) `,` type($labels)";
  let hasVerifier = 1; // output_error_c1, output_error_c2
}

def Wage_QuantizeErrorOp : Wage_Op<"quantize_error", [Wage_Quantizer]> {
  let summary = "Q_E: scale errors by their largest and round to k_E bits";
  let description = [{
    With m = max|e| over the whole tensor, batch included, and k the exponent of Shift(m), the result is
    clip(round_shift(e, k - (k_E - 1)), k_E), k_E the bits of its type; m = 0: all 0, and k = 0. Spec: section 6.

    (C1) shapes agree. (C2) the result's exponent is 0.

    Example:
    ```mlir
    func.func @quantize_error(%e: tensor<?x3x!wage.grid<Z, 0, -10>>) -> (tensor<?x3x!wage.grid<E, 8, 0>>, tensor<i32>) {
      %q, %k = wage.quantize_error %e, rounding = half_even
               : tensor<?x3x!wage.grid<Z, 0, -10>> -> tensor<?x3x!wage.grid<E, 8, 0>>
      return %q, %k : tensor<?x3x!wage.grid<E, 8, 0>>, tensor<i32>
    }
    ```
  }];
  let arguments = (ins Wage_AnyErrors:$input, Wage_Rounding:$rounding);
  let results = (outs Wage_Errors:$result, Wage_Scalar32:$exponent);
  let assemblyFormat = [{ $input `,` `rounding` `=` $rounding attr-dict `:` type($input) `->` type($result) }];
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "int":$bits, "::wage::Rounding":$rounding)>];
  let hasVerifier = 1; // quantize_error_c1, quantize_error_c2
}

//===----------------------------------------------------------------------===//
// Masks
//===----------------------------------------------------------------------===//

def Wage_WithinOp : Wage_Op<"within", [SameOperandsAndResultShape]> {
  let summary = "Where Q_A does not clip";
  let description = [{
    Whether the unrounded value lies within the range of k_A = `bits`: |x| * 2^exponent <= 1 - 2^(1-k_A); equality
    passes. On integers of a finer grid that is |x| <= (2^(k_A-1) - 1) * 2^s with s = 1 - k_A - exponent.
    Spec: section 6.

    (C1) s is smaller than 48 in magnitude.

    Example:
    ```mlir
    func.func @within(%z: tensor<?x16x!wage.grid<Z, 0, -9>>) -> tensor<?x16xi1> {
      %m = wage.within %z, bits = 8 : tensor<?x16x!wage.grid<Z, 0, -9>> -> tensor<?x16xi1>
      return %m : tensor<?x16xi1>
    }
    ```
  }];
  let arguments = (ins Wage_Values:$input,
                       ConfinedAttr<I32Attr, [IntMinValue<2>, IntMaxValue<16>]>:$bits);
  let results = (outs Wage_Mask:$result);
  let assemblyFormat = "$input `,` `bits` `=` $bits attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1; // within_c1
  let extraClassDeclaration = [{
    /// The largest integer on the input's grid that is within: (2^(k_A-1) - 1) * 2^s, rounded down where s < 0.
    int64_t getLimit();
  }];
}

def Wage_PositiveOp : Wage_Op<"positive", [SameOperandsAndResultShape]> {
  let summary = "Where the value is above zero";
  let description = [{
    The mask of Relu, on the value before it. Spec: section 6.

    Example:
    ```mlir
    func.func @positive(%z: tensor<?x16x!wage.grid<Z, 0, -9>>) -> tensor<?x16xi1> {
      %m = wage.positive %z : tensor<?x16x!wage.grid<Z, 0, -9>> -> tensor<?x16xi1>
      return %m : tensor<?x16xi1>
    }
    ```
  }];
  let arguments = (ins Wage_Values:$input);
  let results = (outs Wage_Mask:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def Wage_ApplyMaskOp : Wage_Op<"apply_mask", [AllTypesMatch<["input", "result"]>]> {
  let summary = "Keep the error where the mask is set, else zero";
  let description = [{
    Spec: section 6.

    (C1) mask and input shapes agree.

    Example:
    ```mlir
    func.func @apply_mask(%e: tensor<?x16x!wage.grid<E, 8, 0>>, %m: tensor<?x16xi1>)
        -> tensor<?x16x!wage.grid<E, 8, 0>> {
      %y = wage.apply_mask %e, %m : tensor<?x16x!wage.grid<E, 8, 0>>, tensor<?x16xi1>
      return %y : tensor<?x16x!wage.grid<E, 8, 0>>
    }
    ```
  }];
  let arguments = (ins Wage_AnyErrors:$input, Wage_Mask:$mask);
  let results = (outs Wage_AnyErrors:$result);
  let assemblyFormat = "$input `,` $mask attr-dict `:` type($input) `,` type($mask)";
  let hasVerifier = 1; // apply_mask_c1
}

//===----------------------------------------------------------------------===//
// Backward products and pooling
//===----------------------------------------------------------------------===//

def Wage_Conv2DTransposedOp : Wage_Op<"conv2d_transposed"> {
  let summary = "Error of a convolution's input";
  let description = [{
    `error` is [batch, N, OH, OW], the result [batch, C, H, W]: sum over c of (e_c << (max x - x_c)) times the weights,
    each product sent to the input position it came from; x = `scale_log2`. Spec: section 6.

    (C1) shapes agree. (C2) two positive strides, four pads, not negative. (C3) `scale_log2` has an entry per output
    channel, in -8...32. (C4) the result's exponent is that of the error plus that of the weights less max x.

    Example:
    ```mlir
    func.func @conv2d_transposed(%e: tensor<?x2x8x8x!wage.grid<E, 8, 0>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>)
        -> tensor<?x1x8x8x!wage.grid<Z, 0, -2>> {
      %d = wage.conv2d_transposed %e, %w, scale_log2 = [1, 1], strides = [1, 1], pads = [1, 1, 1, 1]
           : tensor<?x2x8x8x!wage.grid<E, 8, 0>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>>
             -> tensor<?x1x8x8x!wage.grid<Z, 0, -2>>
      return %d : tensor<?x1x8x8x!wage.grid<Z, 0, -2>>
    }
    ```
  }];
  let arguments = (ins Wage_AnyErrors:$error, Wage_Weights:$weights, DenseI32ArrayAttr:$scale_log2,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads);
  let results = (outs Wage_Accumulators:$result);
  let assemblyFormat = [{ $error `,` $weights `,` `scale_log2` `=` $scale_log2 `,` `strides` `=` $strides `,`
                          `pads` `=` $pads attr-dict `:` type($error) `,` type($weights) `->` type($result) }];
  let hasVerifier = 1; // conv2d_transposed_c1 to conv2d_transposed_c4
}

def Wage_Conv2DOuterOp : Wage_Op<"conv2d_outer"> {
  let summary = "Weight gradient of a convolution";
  let description = [{
    `error` is [batch, N, OH, OW], `input` [batch, C, H, W], the result [N, C, k_h, k_w]: the sum of error times
    activation over batch and positions, exact. Only its ratio to its own maximum matters: scales are left out, the
    exponent is 0. Spec: section 6.

    (C1) shapes agree. (C2) two positive strides, four pads, not negative. (C3) the result's exponent is 0.

    Example:
    ```mlir
    func.func @conv2d_outer(%e: tensor<?x2x8x8x!wage.grid<E, 8, 0>>, %x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>)
        -> tensor<2x1x3x3x!wage.grid<Z, 0, 0>> {
      %g = wage.conv2d_outer %e, %x, strides = [1, 1], pads = [1, 1, 1, 1]
           : tensor<?x2x8x8x!wage.grid<E, 8, 0>>, tensor<?x1x8x8x!wage.grid<A, 8, -7>>
             -> tensor<2x1x3x3x!wage.grid<Z, 0, 0>>
      return %g : tensor<2x1x3x3x!wage.grid<Z, 0, 0>>
    }
    ```
  }];
  let arguments = (ins Wage_AnyErrors:$error, Wage_Activations:$input, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads);
  let results = (outs Wage_Accumulators:$result);
  let assemblyFormat = [{ $error `,` $input `,` `strides` `=` $strides `,` `pads` `=` $pads attr-dict
                          `:` type($error) `,` type($input) `->` type($result) }];
  let hasVerifier = 1; // conv2d_outer_c1, conv2d_outer_c2, conv2d_outer_c3
}

def Wage_MatmulTransposedOp : Wage_Op<"matmul_transposed"> {
  let summary = "Error of a fully connected layer's input";
  let description = [{
    `error` is [batch, N], the result [batch, K]: sum over c of (e_c << (max x - x_c)) times the weights of c,
    x = `scale_log2`; `weights` as in `wage.matmul`. Spec: section 6.

    (C1) shapes agree. (C2) `scale_log2` has an entry per output channel, in -8...32. (C3) the result's exponent is
    that of the error plus that of the weights less max x.

    Example:
    ```mlir
    func.func @matmul_transposed(%e: tensor<?x3x!wage.grid<E, 8, 0>>, %w: tensor<3x64x!wage.grid<W, 2, -1>>)
        -> tensor<?x64x!wage.grid<Z, 0, -3>> {
      %d = wage.matmul_transposed %e, %w, scale_log2 = [2, 2, 2]
           : tensor<?x3x!wage.grid<E, 8, 0>>, tensor<3x64x!wage.grid<W, 2, -1>> -> tensor<?x64x!wage.grid<Z, 0, -3>>
      return %d : tensor<?x64x!wage.grid<Z, 0, -3>>
    }
    ```
  }];
  let arguments = (ins Wage_AnyErrors:$error, Wage_Weights:$weights, DenseI32ArrayAttr:$scale_log2,
                       UnitAttr:$axons_first);
  let results = (outs Wage_Accumulators:$result);
  let assemblyFormat = [{ $error `,` $weights `,` `scale_log2` `=` $scale_log2 (`axons_first` $axons_first^)? attr-dict
                          `:` type($error) `,` type($weights) `->` type($result) }];
  let hasVerifier = 1; // matmul_transposed_c1, matmul_transposed_c2, matmul_transposed_c3
}

def Wage_MatmulOuterOp : Wage_Op<"matmul_outer"> {
  let summary = "Weight gradient of a fully connected layer";
  let description = [{
    `error` is [batch, N], `input` [batch, K], the result [N, K], or [K, N] with `axons_first`: the sum of error times
    activation over the batch, exact, without scales as in `wage.conv2d_outer`. Spec: section 6.

    (C1) shapes agree. (C2) the result's exponent is 0.

    Example:
    ```mlir
    func.func @matmul_outer(%e: tensor<?x3x!wage.grid<E, 8, 0>>, %x: tensor<?x64x!wage.grid<A, 8, -7>>)
        -> tensor<3x64x!wage.grid<Z, 0, 0>> {
      %g = wage.matmul_outer %e, %x
           : tensor<?x3x!wage.grid<E, 8, 0>>, tensor<?x64x!wage.grid<A, 8, -7>> -> tensor<3x64x!wage.grid<Z, 0, 0>>
      return %g : tensor<3x64x!wage.grid<Z, 0, 0>>
    }
    ```
  }];
  let arguments = (ins Wage_AnyErrors:$error, Wage_Activations:$input, UnitAttr:$axons_first);
  let results = (outs Wage_Accumulators:$result);
  let assemblyFormat = [{ $error `,` $input (`axons_first` $axons_first^)? attr-dict
                          `:` type($error) `,` type($input) `->` type($result) }];
  let hasVerifier = 1; // matmul_outer_c1, matmul_outer_c2
}

def Wage_MaxPoolScatterOp : Wage_Op<"max_pool_scatter"> {
  let summary = "Send each window's error to the position that won";
  let description = [{
    `error` and `positions` are [batch, C, OH, OW], the result [batch, C, H, W]; errors of overlapping windows add.
    Spec: section 6.

    (C1) shapes agree, and `positions` can hold k_h * k_w - 1. (C2) kernel, strides and pads as for `wage.max_pool`.
    (C3) the result's exponent is that of the error.

    Example:
    ```mlir
    func.func @max_pool_scatter(%e: tensor<?x4x4x4x!wage.grid<E, 8, 0>>, %p: tensor<?x4x4x4xi8>)
        -> tensor<?x4x8x8x!wage.grid<Z, 0, 0>> {
      %d = wage.max_pool_scatter %e, %p, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
           : tensor<?x4x4x4x!wage.grid<E, 8, 0>>, tensor<?x4x4x4xi8> -> tensor<?x4x8x8x!wage.grid<Z, 0, 0>>
      return %d : tensor<?x4x8x8x!wage.grid<Z, 0, 0>>
    }
    ```
  }];
  let arguments = (ins Wage_AnyErrors:$error, Wage_Integers:$positions, DenseI64ArrayAttr:$kernel,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads);
  let results = (outs Wage_Accumulators:$result);
  let assemblyFormat = [{ $error `,` $positions `,` `kernel` `=` $kernel `,` `strides` `=` $strides `,`
                          `pads` `=` $pads attr-dict
                          `:` type($error) `,` type($positions) `->` type($result) }];
  let hasVerifier = 1; // max_pool_scatter_c1, max_pool_scatter_c2, max_pool_scatter_c3
}

def Wage_AveragePoolSpreadOp : Wage_Op<"average_pool_spread"> {
  let summary = "Copy each window's error to all its positions";
  let description = [{
    `error` is [batch, C, OH, OW], the result [batch, C, H, W]; errors of overlapping windows add. The result's grid is
    2^ceil(log2 n) times finer, n = k_h * k_w. Spec: section 6.

    (C1) shapes agree. (C2) kernel, strides and pads as for `wage.max_pool`. (C3) the result's exponent is that of the
    error less ceil(log2 n).

    Example:
    ```mlir
    func.func @average_pool_spread(%e: tensor<?x4x4x4x!wage.grid<E, 8, 0>>) -> tensor<?x4x8x8x!wage.grid<Z, 0, -2>> {
      %d = wage.average_pool_spread %e, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
           : tensor<?x4x4x4x!wage.grid<E, 8, 0>> -> tensor<?x4x8x8x!wage.grid<Z, 0, -2>>
      return %d : tensor<?x4x8x8x!wage.grid<Z, 0, -2>>
    }
    ```
  }];
  let arguments = (ins Wage_AnyErrors:$error, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads);
  let results = (outs Wage_Accumulators:$result);
  let assemblyFormat = [{ $error `,` `kernel` `=` $kernel `,` `strides` `=` $strides `,` `pads` `=` $pads attr-dict
                          `:` type($error) `->` type($result) }];
  let hasVerifier = 1; // average_pool_spread_c1, average_pool_spread_c2, average_pool_spread_c3
}

//===----------------------------------------------------------------------===//
// Update
//===----------------------------------------------------------------------===//

def Wage_QuantizeGradientOp : Wage_Op<"quantize_gradient", [Wage_Quantizer]> {
  let summary = "Q_G: a gradient to the step of the master weights, rounded by chance";
  let description = [{
    With k the exponent of Shift(max|g|) and N = |g| * 2^(learning_rate_log2 - k), the step is
    sign(g) * min(floor(N) + [F > r], 2^(k_G-1) - 1): F the first `random_bits` bits of N's fraction, r the element's
    random number, drawn by (`ordinal`, `step`, `seed`) and the element's row-major index; k_G the bits of the result.
    g = 0 everywhere: no step, and k = 0. Spec: sections 7 and 8.

    (C1) shapes agree, and are static. (C2) 1 <= `random_bits` <= 16. (C3) the result's exponent is 1 - bits.

    Example:
    ```mlir
    func.func @quantize_gradient(%g: tensor<3x64x!wage.grid<Z, 0, 0>>, %lr: tensor<i32>, %step: tensor<i64>,
                                 %seed: tensor<i64>) -> (tensor<3x64x!wage.grid<G, 8, -7>>, tensor<i32>) {
      %d, %k = wage.quantize_gradient %g, %lr, %step, %seed, ordinal = 1, random_bits = 16
               : tensor<3x64x!wage.grid<Z, 0, 0>> -> tensor<3x64x!wage.grid<G, 8, -7>>
      return %d, %k : tensor<3x64x!wage.grid<G, 8, -7>>, tensor<i32>
    }
    ```
  }];
  let arguments = (ins Wage_Accumulators:$gradient, Wage_Scalar32:$learning_rate_log2, Wage_Scalar64:$step,
                       Wage_Scalar64:$seed, ConfinedAttr<I32Attr, [IntNonNegative]>:$ordinal, I32Attr:$random_bits);
  let results = (outs Wage_Masters:$result, Wage_Scalar32:$exponent);
  let assemblyFormat = [{ $gradient `,` $learning_rate_log2 `,` $step `,` $seed `,` `ordinal` `=` $ordinal `,`
                          `random_bits` `=` $random_bits attr-dict `:` type($gradient) `->` type($result) }];
  let hasVerifier = 1; // quantize_gradient_c1, quantize_gradient_c2, quantize_gradient_c3
}

def Wage_UpdateOp : Wage_Op<"update", [SameOperandsAndResultType]> {
  let summary = "Subtract the step from the master weights, within their range";
  let description = [{
    master - step, clipped to the range of k_W = `weight_bits` on the k_G grid, +-(2^(k_W-1) - 1) * 2^(k_G-k_W);
    k_W = 1: to +-(2^(k_G-1) - 1). Spec: section 7.

    (C1) `weight_bits` is 1 to 8 and at most the bits of the master. (C2) the exponent is 1 - bits.

    Example:
    ```mlir
    func.func @update(%m: tensor<3x64x!wage.grid<G, 8, -7>>, %d: tensor<3x64x!wage.grid<G, 8, -7>>)
        -> tensor<3x64x!wage.grid<G, 8, -7>> {
      %n = wage.update %m, %d, weight_bits = 2 : tensor<3x64x!wage.grid<G, 8, -7>>
      return %n : tensor<3x64x!wage.grid<G, 8, -7>>
    }
    ```
  }];
  let arguments = (ins Wage_Masters:$master, Wage_Masters:$step, I32Attr:$weight_bits);
  let results = (outs Wage_Masters:$result);
  let assemblyFormat = "$master `,` $step `,` `weight_bits` `=` $weight_bits attr-dict `:` type($result)";
  let hasVerifier = 1; // update_c1, update_c2
  let extraClassDeclaration = [{
    /// Largest magnitude of an updated master weight.
    int64_t getLimit();
  }];
}

#endif // WAGE_DIALECTS_WAGE_IR_WAGETRAININGOPS_TD
