//===- WageOps.td - operations of the wage level ----------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_WAGE_IR_WAGEOPS_TD
#define WAGE_DIALECTS_WAGE_IR_WAGEOPS_TD

include "dialects/wage/IR/WageForwardOps.td"
include "dialects/wage/IR/WageInferenceOps.td"
include "dialects/wage/IR/WageTrainingOps.td"

#endif // WAGE_DIALECTS_WAGE_IR_WAGEOPS_TD
