//===- CheckDialect.td - assertions for tests -------------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_CHECK_IR_CHECKDIALECT_TD
#define WAGE_DIALECTS_CHECK_IR_CHECKDIALECT_TD

include "mlir/IR/OpBase.td"

def Check_Dialect : Dialect {
  let name = "check";
  let cppNamespace = "::wage::check";
  let summary = "Assertions that tests of the meaning of operations make";
  let description = [{
    Stands in no product pipeline. `wage-interpret` evaluates argument-less functions and reports every assertion that
    does not hold at its source line.
  }];
}

class Check_Op<string mnemonic, list<Trait> traits = []> : Op<Check_Dialect, mnemonic, traits>;

#endif // WAGE_DIALECTS_CHECK_IR_CHECKDIALECT_TD
