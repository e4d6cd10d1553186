//===- IntegerBandOps.td - layers computed in bands of rows -----*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// A layer with position copies computes its output in bands: stretches of rows, each by a copy of its own. These ops take a
// plane apart and put it together again.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_INTEGER_IR_INTEGERBANDOPS_TD
#define WAGE_DIALECTS_INTEGER_IR_INTEGERBANDOPS_TD

include "dialects/integer/IR/IntegerBase.td"

def Integer_JoinRowsOp : Integer_PureOp<"join_rows"> {
  let summary = "A stretch of rows of a tensor that is there in bands";
  let description = [{
    Operand i is [batch, C, h_i, W] and holds the rows [begins_i, begins_i + h_i) of one tensor; the result has its rows
    [first, first + H).

    (C1) there is an operand, with four dimensions, and all agree with the result in batch, channels and columns.
    (C2) `begins` has an entry for each operand; they, `first` and all rows are 0 to 2^31 - 1. (C3) the bands stand one
    behind the other, and each has a row of the result, which they fill. (C4) operands and result have one element type.

    Example:
    ```mlir
    func.func @join_rows(%a: tensor<?x4x3x8xi8>, %b: tensor<?x4x5x8xi8>) -> tensor<?x4x4x8xi8> {
      %y = integer.join_rows %a, %b begins = [0, 3] first = 2
           : tensor<?x4x3x8xi8>, tensor<?x4x5x8xi8> -> tensor<?x4x4x8xi8>
      return %y : tensor<?x4x4x8xi8>
    }
    ```
  }];
  let arguments = (ins Variadic<Integer_Tensor>:$inputs, DenseI64ArrayAttr:$begins, I64Attr:$first);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = [{ $inputs `begins` `=` $begins `first` `=` $first attr-dict
                          `:` type($inputs) `->` type($result) }];
  let hasVerifier = 1; // join_rows_c1, join_rows_c2, join_rows_c3, join_rows_c4
}

def Integer_AddRowsOp : Integer_PureOp<"add_rows"> {
  let summary = "Sum of bands that overlap: the errors of a tensor's rows";
  let description = [{
    Product i is [batch, C, h_i, W] and belongs to the rows [begins_i, begins_i + h_i) of one tensor; row r of the result,
    row first + r of that tensor, is the sum of the products' rows there, and 0 where none has it. What `join_rows` takes
    apart, its errors are put together by this: they are those of `value`, and stand where it does.

    (C1) there is a product, with four dimensions, and all agree with the result in batch, channels and columns.
    (C2) `begins` has an entry for each product; they, `first` and all rows are 0 to 2^31 - 1. (C3) products and result
    have one element type.
    (C4) `value` has the result's shape.

    Example:
    ```mlir
    func.func @add_rows(%x: tensor<?x4x4x8xi8>, %a: tensor<?x4x3x8xi32>, %b: tensor<?x4x5x8xi32>) -> tensor<?x4x4x8xi32> {
      %y = integer.add_rows of %x : tensor<?x4x4x8xi8> from %a, %b begins = [0, 2] first = 1
           : tensor<?x4x3x8xi32>, tensor<?x4x5x8xi32> -> tensor<?x4x4x8xi32>
      return %y : tensor<?x4x4x8xi32>
    }
    ```
  }];
  let arguments = (ins Integer_Tensor:$value, Variadic<Integer_Tensor>:$products, DenseI64ArrayAttr:$begins,
                       I64Attr:$first);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = [{ `of` $value `:` type($value) `from` $products `begins` `=` $begins `first` `=` $first
                          attr-dict `:` type($products) `->` type($result) }];
  let hasVerifier = 1; // add_rows_c1, add_rows_c2, add_rows_c3, add_rows_c4
}

def Integer_SumOp : Integer_PureOp<"sum", [SameOperandsAndResultType]> {
  let summary = "Sum of several tensors: the gradients of a layer's copies";
  let description = [{
    The elements at each place are added, exactly: each copy of a layer has seen some of its positions, so that the
    layer's gradient is the sum of theirs. Spec: section 6.

    (C1) there is an operand.

    Example:
    ```mlir
    func.func @sum(%a: tensor<4x1x3x3xi32>, %b: tensor<4x1x3x3xi32>) -> tensor<4x1x3x3xi32> {
      %g = integer.sum %a, %b : tensor<4x1x3x3xi32>
      return %g : tensor<4x1x3x3xi32>
    }
    ```
  }];
  let arguments = (ins Variadic<Integer_Tensor>:$inputs);
  let results = (outs Integer_Tensor:$result);
  let assemblyFormat = "$inputs attr-dict `:` type($result)"; // sum_c1: by the trait
}

#endif // WAGE_DIALECTS_INTEGER_IR_INTEGERBANDOPS_TD
