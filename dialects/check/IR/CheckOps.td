//===- CheckOps.td - operations of the check dialect ------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_CHECK_IR_CHECKOPS_TD
#define WAGE_DIALECTS_CHECK_IR_CHECKOPS_TD

include "dialects/check/IR/CheckDialect.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"

def Check_ExpectEqOp : Check_Op<"expect_eq"> {
  let summary = "Fail unless the value equals a constant, element for element";
  let description = [{
    Integers are compared by value: equal bits or wrong.

    (C1) `expected` has the value's element type and a compatible shape.

    Example:
    ```mlir
    func.func @expect_eq() {
      %x = arith.constant dense<[1, -1]> : tensor<2xi8>
      check.expect_eq %x, dense<[1, -1]> : tensor<2xi8> : tensor<2xi8>
      return
    }
    ```
  }];
  let arguments = (ins AnyRankedTensor:$value, ElementsAttr:$expected);
  let assemblyFormat = "$value `,` $expected attr-dict `:` type($value)";
  let hasVerifier = 1; // expect_eq_c1
}

#endif // WAGE_DIALECTS_CHECK_IR_CHECKOPS_TD
