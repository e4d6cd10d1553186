//===- WageInferenceOps.td - ops that no error passes -----------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Ops of the forward graph without a backward rule: a network that needs an error to pass one of them can only infer.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_WAGE_IR_WAGEINFERENCEOPS_TD
#define WAGE_DIALECTS_WAGE_IR_WAGEINFERENCEOPS_TD

include "dialects/wage/IR/WageBase.td"

def Wage_LookupOp : Wage_Op<"lookup", [SameOperandsAndResultShape]> {
  let summary = "A unary function of an activation, as a table";
  let description = [{
    `result[b, c, ...] = tables[T == 1 ? 0 : c, x + 2^(k-1)]` with x = `input[b, c, ...]` and k the bits of the input; the
    entries are integers on the result's grid, each the correctly rounded value of the function. The entry of the code
    -2^(k-1), which never occurs, is not used. Spec: section 9.

    (C1) `tables` has shape [T, 2^k], T is 1 or the channels (dimension 1 of the input), and signless elements of at most
    64 bits. (C2) every entry is at most the result's largest integer in magnitude, that of -2^(k-1) too.

    Example:
    ```mlir
    func.func @lookup(%x: tensor<?x16x!wage.grid<A, 2, -1>>) -> tensor<?x16x!wage.grid<A, 8, -9>> {
      %y = wage.lookup %x, tables = dense<[[0, 68, 127, 93]]> : tensor<1x4xi8>
           : tensor<?x16x!wage.grid<A, 2, -1>> -> tensor<?x16x!wage.grid<A, 8, -9>>
      return %y : tensor<?x16x!wage.grid<A, 8, -9>>
    }
    ```
  }];
  let arguments = (ins Wage_Activations:$input, AnyIntElementsAttr:$tables);
  let results = (outs Wage_Activations:$result);
  let assemblyFormat = "$input `,` `tables` `=` $tables attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1; // lookup_c1, lookup_c2
}

def Wage_MultiplyOp : Wage_Op<"multiply", [SameOperandsAndResultShape]> {
  let summary = "Product of two values, element by element, exact";
  let description = [{
    `result = lhs * rhs`: an accumulator.

    (C1) the result's exponent is the sum of the operands'.

    Example:
    ```mlir
    func.func @multiply(%a: tensor<?x4x!wage.grid<A, 8, -7>>, %b: tensor<?x4x!wage.grid<A, 8, -9>>)
        -> tensor<?x4x!wage.grid<Z, 0, -16>> {
      %y = wage.multiply %a, %b : tensor<?x4x!wage.grid<A, 8, -7>>, tensor<?x4x!wage.grid<A, 8, -9>>
                                  -> tensor<?x4x!wage.grid<Z, 0, -16>>
      return %y : tensor<?x4x!wage.grid<Z, 0, -16>>
    }
    ```
  }];
  let arguments = (ins Wage_Values:$lhs, Wage_Values:$rhs);
  let results = (outs Wage_Accumulators:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
  let hasVerifier = 1; // multiply_c1
}

def Wage_ConcatOp : Wage_Op<"concat"> {
  let summary = "Channels of several values, one behind the other";
  let description = [{
    The operands along dimension 1, in their order. Spec: section 9.

    (C1) there is an operand, and all have a dimension 1. (C2) all other dimensions agree, and the result has as many
    channels as the operands together. (C3) operands and result are on one grid.

    Example:
    ```mlir
    func.func @concat(%a: tensor<?x3x4x4x!wage.grid<A, 8, -7>>, %b: tensor<?x5x4x4x!wage.grid<A, 8, -7>>)
        -> tensor<?x8x4x4x!wage.grid<A, 8, -7>> {
      %y = wage.concat %a, %b : tensor<?x3x4x4x!wage.grid<A, 8, -7>>, tensor<?x5x4x4x!wage.grid<A, 8, -7>>
                                -> tensor<?x8x4x4x!wage.grid<A, 8, -7>>
      return %y : tensor<?x8x4x4x!wage.grid<A, 8, -7>>
    }
    ```
  }];
  let arguments = (ins Variadic<Wage_Values>:$inputs);
  let results = (outs Wage_Values:$result);
  let assemblyFormat = "$inputs attr-dict `:` type($inputs) `->` type($result)";
  let hasVerifier = 1; // concat_c1, concat_c2, concat_c3
}

def Wage_RearrangeOp : Wage_Op<"rearrange", [AllElementTypesMatch<["input", "result"]>]> {
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
    func.func @nearest_upsampling(%x: tensor<?x3x2x!wage.grid<A, 8, -7>>) -> tensor<?x3x4x!wage.grid<A, 8, -7>> {
      %y = wage.rearrange %x, sizes = [6, 2], from = [0, 1, 0], to = [0, 2, 1]
           : tensor<?x3x2x!wage.grid<A, 8, -7>> -> tensor<?x3x4x!wage.grid<A, 8, -7>>
      return %y : tensor<?x3x4x!wage.grid<A, 8, -7>>
    }
    ```
  }];
  let arguments = (ins Wage_Values:$input, DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$from, DenseI64ArrayAttr:$to);
  let results = (outs Wage_Values:$result);
  let assemblyFormat = [{ $input `,` `sizes` `=` $sizes `,` `from` `=` $from `,` `to` `=` $to attr-dict
                          `:` type($input) `->` type($result) }];
  let hasVerifier = 1; // rearrange_c1, rearrange_c2, rearrange_c3, rearrange_c4, rearrange_c5, rearrange_c6
}

#endif // WAGE_DIALECTS_WAGE_IR_WAGEINFERENCEOPS_TD
