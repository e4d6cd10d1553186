//===- IntegerElementOps.td - shift, clip, compare --------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_INTEGER_IR_INTEGERELEMENTOPS_TD
#define WAGE_DIALECTS_INTEGER_IR_INTEGERELEMENTOPS_TD

include "dialects/integer/IR/IntegerBase.td"

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

#endif // WAGE_DIALECTS_INTEGER_IR_INTEGERELEMENTOPS_TD
