//===- WageInferenceOps.cpp - verifiers of ops that no error passes ----------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// One line per labelled constraint of WageInferenceOps.td.
//
//===---------------------------------------------------------------------------===//

#include "dialects/integer/IR/InferenceRules.h"
#include "dialects/wage/IR/WageOps.h"
#include "runtime/Numerics/Rounding.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace wage {

LogicalResult LookupOp::verify() {
  const ShapedType tables = getTables().getType();
  if (failed(integer::verifyTables(*this, getInput(), tables))) // lookup_c1
    return failure();
  const GridType input = getGrid(getInput()), result = getGrid(getResult());
  const int64_t limit = rt::largestInteger(result.getBits());
  if (tables.getDimSize(1) != int64_t(1) << input.getBits()) // lookup_c1
    return emitOpError() << "tables must have 2^" << input.getBits() << " entries for " << input << ", got " << tables;
  for (const APInt &entry : getTables().getValues<APInt>())
    if (entry.abs().ugt(limit)) // lookup_c2
      return emitOpError() << "entries must be at most " << limit << " in magnitude for " << result << ", got "
                           << entry.getSExtValue();
  return success();
}

LogicalResult MultiplyOp::verify() {
  const int needed = getGrid(getLhs()).getExponent() + getGrid(getRhs()).getExponent();
  if (getGrid(getResult()).getExponent() == needed) // multiply_c1
    return success();
  return emitOpError() << "result must have exponent " << needed << ", got " << getGrid(getResult());
}

LogicalResult ConcatOp::verify() {
  for (Value input : getInputs())
    if (getGrid(input) != getGrid(getResult())) // concat_c3
      return emitOpError() << "operands must be on the result's grid " << getGrid(getResult()) << ", got "
                           << getGrid(input);
  return integer::verifyConcatenation(*this, getInputs(), getResult()); // concat_c1, concat_c2
}

LogicalResult
RearrangeOp::verify() { // rearrange_c1, rearrange_c2, rearrange_c3, rearrange_c4, rearrange_c5, rearrange_c6
  return integer::verifyRearrangement(*this, getInput(), getResult(), getSizes(), getFrom(), getTo());
}

} // namespace wage
