//===- IntegerOps.td - operations of the integer level ----------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_INTEGER_IR_INTEGEROPS_TD
#define WAGE_DIALECTS_INTEGER_IR_INTEGEROPS_TD

include "dialects/integer/IR/IntegerLayerOps.td"
include "dialects/integer/IR/IntegerElementOps.td"
include "dialects/integer/IR/IntegerInferenceOps.td"
include "dialects/integer/IR/IntegerBandOps.td"
include "dialects/integer/IR/IntegerTrainingOps.td"

#endif // WAGE_DIALECTS_INTEGER_IR_INTEGEROPS_TD
