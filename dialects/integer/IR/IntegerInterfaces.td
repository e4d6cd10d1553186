//===- IntegerInterfaces.td - what is asked of integer ops ------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_INTEGER_IR_INTEGERINTERFACES_TD
#define WAGE_DIALECTS_INTEGER_IR_INTEGERINTERFACES_TD

include "mlir/IR/OpBase.td"

def Integer_BoundOpInterface : OpInterface<"BoundOpInterface"> {
  let cppNamespace = "::wage::integer";
  let description = [{
    The largest magnitude that the elements of a result can have, given the bounds of the operands. The bound analysis
    asks every op and proves by the answers which widths hold; nothing else knows an op's arithmetic.

    Bounds are products of extents: each operand and result has less than 2^63 elements per sample.
  }];
  let verify = "return ::wage::integer::verifyCountable($_op);";
  let methods = [InterfaceMethod<[{
      Returns one bound per result. `batch` is the largest batch size, for operands whose first dimension is dynamic.
      Source: arithmetic.md section 1.
    }],
    "::llvm::SmallVector<::wage::integer::Bound, 2>", "inferBounds",
    (ins "::llvm::ArrayRef<::wage::integer::Bound>":$operands, "uint64_t":$batch)>];
}

#endif // WAGE_DIALECTS_INTEGER_IR_INTEGERINTERFACES_TD
