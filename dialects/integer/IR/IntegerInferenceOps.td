//===- IntegerInferenceOps.td - tables, products, movement ------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// What networks that only infer are made of beside layers and pools: no error passes through these.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_INTEGER_IR_INTEGERINFERENCEOPS_TD
#define WAGE_DIALECTS_INTEGER_IR_INTEGERINFERENCEOPS_TD

include "dialects/integer/IR/IntegerBase.td"

def Integer_Codes : RankedTensorOf<[I8, I16]>;

def Integer_LookupOp : Integer_PureOp<"lookup", [SameOperandsAndResultShape]> {
  let summary = "Look each activation up in a table, one for all or one per channel";
  let description = [{
    `result[b, c, ...] = tables[T == 1 ? 0 : c, x + 2^(k-1)]` with x = `input[b, c, ...]`, `tables` of shape [T, 2^k]: any
    unary function of a k-bit activation. x lies in -2^(k-1)...2^(k-1)-1, which `integer-verify-level` proves. Spec:
    section 9.

    (C1) `tables` has shape [T, 2^k], T is 1 or the channels (dimension 1 of the input), k is 2 to 16. (C2) k is at most
    the width of the input's elements. (C3) `tables` has the element type of the result.

    Example:
    ```mlir
    func.func @lookup(%x: tensor<?x16xi8>) -> tensor<?x16xi8> {
      %y = integer.lookup %x, tables = dense<[[1, 1, 0, 1]]> : tensor<1x4xi8> : tensor<?x16xi8> -> tensor<?x16xi8>
      return %y : tensor<?x16xi8>
    }
    ```
  }];
  let arguments = (ins Integer_Codes:$input, AnyIntElementsAttr:$tables);
  let results = (outs Integer_Codes:$result);
  let assemblyFormat = "$input `,` `tables` `=` $tables attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1; // lookup_c1, lookup_c2, lookup_c3
}

def Integer_MultiplyOp : Integer_PureOp<"multiply", [SameOperandsAndResultShape]> {
  let summary = "Product of two tensors, element by element, exact";
  let description = [{
    `result = lhs * rhs`.

    Example:
    ```mlir
    func.func @multiply(%a: tensor<?x3xi8>, %b: tensor<?x3xi8>) -> tensor<?x3xi16> {
      %y = integer.multiply %a, %b : tensor<?x3xi8>, tensor<?x3xi8> -> tensor<?x3xi16>
      return %y : tensor<?x3xi16>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$lhs, Integer_Tensor:$rhs);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
}

def Integer_ConcatOp : Integer_PureOp<"concat"> {
  let summary = "Channels of several tensors, one behind the other";
  let description = [{
    The operands along dimension 1, in their order. Spec: section 9.

    (C1) there is an operand, and all have a dimension 1. (C2) all other dimensions agree, and the result has as many
    channels as the operands together. (C3) operands and result have one element type.

    Example:
    ```mlir
    func.func @concat(%a: tensor<?x3x4x4xi8>, %b: tensor<?x5x4x4xi8>) -> tensor<?x8x4x4xi8> {
      %y = integer.concat %a, %b : tensor<?x3x4x4xi8>, tensor<?x5x4x4xi8> -> tensor<?x8x4x4xi8>
      return %y : tensor<?x8x4x4xi8>
    }
    ```
  }];
  let arguments = (ins Variadic<Integer_Tensor>:$inputs);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = "$inputs attr-dict `:` type($inputs) `->` type($result)";
  let hasVerifier = 1; // concat_c1, concat_c2, concat_c3
}

def Integer_RearrangeOp : Integer_PureOp<"rearrange", [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "Copy elements along strides, the rest is zero";
  let description = [{
    Per sample, for every index i of the box `sizes`:
    `result[to[0] + sum i_d * to[d+1]] = input[from[0] + sum i_d * from[d+1]]`, elements counted in row-major order;
    what is not written is 0. Slices, transposes, padding by zeros, repetition and broadcasts are of this form.

    (C1) the batch is kept, and is the only dimension that may be dynamic. (C2) `sizes` has 1 to 8 entries, `from` and
    `to` one more. (C3) sizes are positive. (C4) `from` stays within the input. (C5) `to` stays within the result.
    (C6) `to` writes no element twice: each of its strides is larger than all that the smaller ones reach together.

    Example:
    ```mlir
    func.func @transpose(%x: tensor<?x3x4xi8>) -> tensor<?x4x3xi8> {
      %y = integer.rearrange %x, sizes = [4, 3], from = [0, 1, 4], to = [0, 3, 1]
           : tensor<?x3x4xi8> -> tensor<?x4x3xi8>
      return %y : tensor<?x4x3xi8>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$input, DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$from,
                       DenseI64ArrayAttr:$to);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = [{ $input `,` `sizes` `=` $sizes `,` `from` `=` $from `,` `to` `=` $to attr-dict
                          `:` type($input) `->` type($result) }];
  let hasVerifier = 1; // rearrange_c1, rearrange_c2, rearrange_c3, rearrange_c4, rearrange_c5, rearrange_c6
}

#endif // WAGE_DIALECTS_INTEGER_IR_INTEGERINFERENCEOPS_TD
