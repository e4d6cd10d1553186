//===- ChannelClasses.cpp - channels that must be scaled alike ---------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Quantization/ChannelClasses.h"

#include <algorithm>
#include <numeric>

using namespace mlir;

namespace wage {

using namespace onnxir;

namespace {

/// f(s x) = s f(x) for every s > 0, in each channel by itself.
bool isHomogeneous(Operation *op) {
  if (auto unary = dyn_cast<UnaryOp>(op))
    return unary.getKind() == UnaryKind::Abs || unary.getKind() == UnaryKind::LeakyRelu;
  return isa<ReluOp, MaxPoolOp, AveragePoolOp, IdentityOp, DropoutOp>(op);
}

bool isSumOfTwo(Operation *op) {
  auto binary = dyn_cast<BinaryOp>(op);
  return (isa<AddOp>(op) || (binary && binary.getKind() == BinaryKind::Add)) &&
         op->getOperand(0).getType() == op->getOperand(1).getType();
}

} // namespace

ChannelClasses::ChannelClasses(func::FuncOp main, Constants &constants) {
  Block &body = main.getBody().front();
  for (Value argument : body.getArguments()) {
    enter(argument);
    fix(argument);
  }
  for (Operation &op : body)
    for (Value result : op.getResults())
      enter(result);
  for (Operation &op : body)
    visit(op, constants);
  number();
}

/// Only real values of each sample have channels.
void ChannelClasses::enter(Value value) {
  if (!getElementTypeOrSelf(value).isF32() || !isPerSample(value) || rankOf(value) < 2 || !hasNumbers(value))
    return;
  first[value] = static_cast<int64_t>(parents.size());
  for (int64_t c = 0; c < channels(value); ++c)
    parents.push_back(static_cast<int64_t>(parents.size()));
}

void ChannelClasses::visit(Operation &op, Constants &constants) {
  if (op.getNumResults() == 1 && isKnown(op.getResult(0))) {
    Value input = op.getOperand(0), result = op.getResult(0);
    if (rankOf(result) == rankOf(input) && Layer::of(&op, constants))
      return;
    if (isHomogeneous(&op))
      return tie(input, result);
    if (isSumOfTwo(&op)) {
      tie(op.getOperand(0), result);
      return tie(op.getOperand(1), result);
    }
    if (auto concat = dyn_cast<ConcatOp>(op); concat && concat.getAxis() == 1)
      return tieConcat(concat);
    if (isa<FlattenOp, ReshapeOp>(op))
      return tieReshaped(input, result);
  }
  for (Value value : op.getOperands())
    fix(value);
  for (Value value : op.getResults())
    fix(value);
}

void ChannelClasses::fix(Value value) {
  if (!isKnown(value))
    return;
  for (int64_t c = 0; c < channels(value); ++c)
    unite(0, first[value] + c);
}

void ChannelClasses::tie(Value lhs, Value rhs) {
  if (!isKnown(lhs) || !isKnown(rhs) || channels(lhs) != channels(rhs)) {
    fix(lhs);
    return fix(rhs);
  }
  for (int64_t c = 0; c < channels(lhs); ++c)
    unite(first[lhs] + c, first[rhs] + c);
}

void ChannelClasses::tieConcat(ConcatOp concat) {
  int64_t at = first[concat.getResult()];
  for (Value operand : concat.getInputs())
    for (int64_t c = 0; c < channels(operand); ++c, ++at)
      unite(isKnown(operand) ? first[operand] + c : 0, at);
}

/// Elements keep their order: those of a channel here are spread over channels there, or share one with others.
void ChannelClasses::tieReshaped(Value input, Value result) {
  if (!isKnown(input))
    return fix(result);
  const int64_t total = *countPerSample(shapeOf(input));
  const int64_t here = total / channels(input), there = total / channels(result), step = std::gcd(here, there);
  for (int64_t element = 0; element < total; element += step)
    unite(first[input] + element / here, first[result] + element / there);
}

int64_t ChannelClasses::find(int64_t slot) {
  while (parents[slot] != slot)
    slot = parents[slot] = parents[parents[slot]];
  return slot;
}

/// The smaller slot stands for both, so that slot 0 stays the fixed class's.
void ChannelClasses::unite(int64_t lhs, int64_t rhs) {
  const int64_t left = find(lhs), right = find(rhs);
  parents[std::max(left, right)] = std::min(left, right);
}

void ChannelClasses::number() {
  classes.resize(parents.size(), 0);
  for (int64_t slot = 1; slot < static_cast<int64_t>(parents.size()); ++slot) {
    const int64_t root = find(slot); // numbered before: it is the smallest
    classes[slot] = root == slot ? count++ : classes[root];
  }
}

} // namespace wage
