//===- NumberRanges.cpp - between which numbers values of a float graph lie ----===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatTransforms/NumberRanges.h"

#include "dialects/onnx/IR/OnnxOps.h"

#include <algorithm>

using namespace mlir;

namespace wage::onnxir {

namespace {

NumberRange clip(NumberRange range, double low, double high) {
  return {std::min(std::max(range.low, low), high), std::min(std::max(range.high, low), high)};
}

NumberRange with(NumberRange range, double number) {
  return {std::min(range.low, number), std::max(range.high, number)};
}

NumberRange inferUnary(UnaryOp op, NumberRange input) {
  const NumberRange nothing;
  switch (op.getKind()) {
  case UnaryKind::Clip: return clip(input, op.getAlpha()->convertToFloat(), op.getBeta()->convertToFloat());
  case UnaryKind::Abs:
  case UnaryKind::Exp:
  case UnaryKind::Softplus:
  case UnaryKind::Sqrt: return {0, nothing.high};
  case UnaryKind::HardSigmoid:
  case UnaryKind::Sigmoid: return {0, 1};
  case UnaryKind::Erf:
  case UnaryKind::Sign:
  case UnaryKind::Softsign:
  case UnaryKind::Tanh: return {-1, 1};
  default: return nothing;
  }
}

} // namespace

/// The numbers of all operands together.
NumberRange NumberRanges::unite(Operation *op) {
  NumberRange range = get(op->getOperand(0));
  for (Value operand : op->getOperands().drop_front()) {
    const NumberRange other = get(operand);
    range = {std::min(range.low, other.low), std::max(range.high, other.high)};
  }
  return range;
}

NumberRange NumberRanges::infer(Value value) {
  Operation *op = value.getDefiningOp();
  if (isa_and_nonnull<MaxPoolOp, FlattenOp, ReshapeOp, IdentityOp, DropoutOp, TransposeOp, SliceOp, GatherOp, ConcatOp,
                      ReduceMeanOp>(op) &&
      op->getNumOperands() > 0)
    return unite(op);
  if (isa_and_nonnull<ReluOp>(op))
    return clip(get(op->getOperand(0)), 0, NumberRange().high);
  if (auto unary = dyn_cast_or_null<UnaryOp>(op))
    return inferUnary(unary, get(unary.getInput()));
  if (isa_and_nonnull<AveragePoolOp>(op)) // padding may count
    return with(get(op->getOperand(0)), 0);
  if (auto pad = dyn_cast_or_null<PadOp>(op))
    return with(get(pad.getInput()), pad.getValue().convertToFloat());
  if (auto softmax = dyn_cast_or_null<SoftmaxOp>(op))
    return softmax.getLog() ? NumberRange{NumberRange().low, 0} : NumberRange{0, 1};
  if (auto add = dyn_cast_or_null<AddOp>(op)) {
    const NumberRange lhs = get(add.getLhs()), rhs = get(add.getRhs());
    return {lhs.low + rhs.low, lhs.high + rhs.high};
  }
  return {};
}

NumberRange NumberRanges::get(Value value) {
  if (const auto found = known.find(value); found != known.end())
    return found->second;
  const NumberRange range = infer(value);
  known[value] = range;
  return range;
}

} // namespace wage::onnxir
