//===- IntegerTrainingOps.td - loss, maxima, update -------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_INTEGER_IR_INTEGERTRAININGOPS_TD
#define WAGE_DIALECTS_INTEGER_IR_INTEGERTRAININGOPS_TD

include "dialects/integer/IR/IntegerBase.td"

//===----------------------------------------------------------------------===//
// Loss, maxima, update
//===----------------------------------------------------------------------===//

def Integer_SubtractOneHotOp : Integer_PureOp<"subtract_one_hot"> {
  let summary = "Error at the output: subtract 2^shift at the label's class";
  let description = [{
    `result[b, c] = input[b, c] - (c == labels[b] ? 2^shift : 0)`. A label that is no class, 0 to classes - 1, is refused
    when the step runs. Spec: section 5.

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
    Of several operands, bands of one tensor, the largest of all. The maximum of nothing is 0. Spec: sections 6 and 7.

    (C1) there is an operand.

    Example:
    ```mlir
    func.func @max_abs(%e: tensor<?x16xi32>) -> tensor<i64> {
      %m = integer.max_abs %e : tensor<?x16xi32>
      return %m : tensor<i64>
    }
    ```
  }];
  let arguments = (ins Variadic<Integer_Tensor>:$inputs);
  let results = (outs Integer_Scalar64:$result);
  let assemblyFormat = "$inputs attr-dict `:` type($inputs)";
  let hasVerifier = 1; // max_abs_c1
}

def Integer_ShiftExponentOp : Integer_PureOp<"shift_exponent"> {
  let summary = "k with 2^k = Shift(m), by integers only; 0 for m = 0";
  let description = [{
    Of m >= 1, with f = floor(log2 m): f + 1 if m^2 >= 2^(2f+1), else f. Spec: section 1.

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
    (i / 8, ordinal, step mod 2^32, step / 2^32) and key (seed mod 2^32, seed / 2^32); `ordinal` is the weight tensor's.
    Spec: section 8.

    (C1) 1 <= `bits` <= 16. `ordinal` is not negative.

    Example:
    ```mlir
    func.func @random_bits(%seed: tensor<i64>, %step: tensor<i64>) -> tensor<5x64xi32> {
      %r = integer.random_bits %seed, %step, ordinal = 1, bits = 16 : tensor<5x64xi32>
      return %r : tensor<5x64xi32>
    }
    ```
  }];
  let arguments = (ins Integer_Scalar64:$seed, Integer_Scalar64:$step,
                       ConfinedAttr<I32Attr, [IntNonNegative]>:$ordinal, I32Attr:$bits);
  let results = (outs StaticShapeTensorOf<[I32]>:$result);
  let assemblyFormat = "$seed `,` $step `,` `ordinal` `=` $ordinal `,` `bits` `=` $bits attr-dict `:` type($result)";
  let hasVerifier = 1; // random_bits_c1
}

def Integer_StochasticStepOp : Integer_PureOp<"stochastic_step"> {
  let summary = "Q_G: scale a gradient by its Shift exponent and the learning rate, round by chance";
  let description = [{
    N = |g| * 2^(learning_rate_log2 - exponent); the result is sign(g) * min(floor(N) + [F > r], 2^(bits-1) - 1), F the
    first `random_bits` bits of N's fraction and r the element's random number. Where g = 0 it is 0. A learning rate
    outside 2^-32...2^15 is refused when the step runs. Spec: section 7.

    (C1) gradient, random and result shapes agree. (C2) 2 <= `bits` <= width of the result;
    1 <= `random_bits` <= 16.

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
                       StaticShapeTensorOf<[I32]>:$random,
                       ConfinedAttr<I32Attr, [IntMinValue<2>]>:$bits, I32Attr:$random_bits);
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

#endif // WAGE_DIALECTS_INTEGER_IR_INTEGERTRAININGOPS_TD
