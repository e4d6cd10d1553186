//===- PlanValues.cpp - plan tables, sums, products and concatenations -------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/OnnxToWage/Parameters.h"
#include "compiler/Conversion/OnnxToWage/Planner.h"

#include <cmath>

using namespace mlir;

namespace wage {

namespace {

/// Entries of all tables of one value: 4 MiB of 8 bits.
constexpr int64_t mostEntries = int64_t(1) << 22;

ArrayRef<int64_t> shapeOf(Value value) { return cast<ShapedType>(value.getType()).getShape(); }

/// `real` on a grid, the nearest integer. An infinite one saturates.
int16_t roundTo(double real, double step, GridType grid) {
  const auto limit = static_cast<double>(grid.getLimit());
  return static_cast<int16_t>(roundHalfEven(std::clamp(real / step, -limit, limit)));
}

} // namespace

std::optional<ValueState> Planner::require(Value value) {
  if (!takesError(value) && functions.isFunction(value) && !plan.tables.contains(value))
    planTable(value);
  const auto found = states.find(value);
  return found == states.end() ? std::nullopt : std::optional(found->second);
}

/// The table of a function: each entry the nearest number of its grid. Source: arithmetic.md section 9.
void Planner::planTable(Value value) {
  const Value base = functions.getBase(value);
  const std::optional<ValueState> state = require(base);
  if (!state)
    return;
  const GridType input = plan.quantized.contains(base) ? plan.quantized.lookup(base)
                         : base == plan.input.value    ? plan.encoding.grid
                                                       : gridOf(base);
  const GridType grid = gridOf(value);
  const int64_t channels = functions.countChannels(value), half = int64_t(1) << (input.getBits() - 1);
  Operation *op = value.getDefiningOp();
  states[value] = {false, {grid.getExponent(), 1}, nullptr, false};
  if (channels * 2 * half > mostEntries) {
    refuse(op) << "needs " << channels << " tables of " << 2 * half << " entries, at most " << mostEntries
               << " entries in all are supported";
    return;
  }
  TablePlan table{base, input, grid, {}};
  bool hasGap = false;
  for (int64_t channel = 0; channel < channels; ++channel)
    for (int64_t n = -half; n < half; ++n) {
      const double real = functions.evaluate(value, channel, static_cast<double>(n) * state->worth.step());
      hasGap |= std::isnan(real) && n > -half;
      table.entries.push_back(std::isnan(real) ? 0 : roundTo(real, std::ldexp(1.0, grid.getExponent()), grid));
    }
  if (hasGap)
    emitWarning(op->getLoc()) << getNodeName(op->getLoc()) << " (" << op->getName()
                              << "): is no number for some inputs of its grid, and 0 there";
  plan.tables[value] = std::move(table);
}

/// Changes an operand so that its integers are worth `wanted`.
void Planner::rescale(OpOperand &operand, const ValueState &state, Worth wanted) {
  const GridType chosen =
      plan.quantized.contains(operand.get()) ? plan.quantized.lookup(operand.get()) : gridOf(operand.get());
  MLIRContext *context = plan.main.getContext();
  const GridType result = GridType::get(context, Role::A, chosen.getBits(), wanted.exponent);
  const Worth own = state.accumulator ? Worth{chosen.getExponent(), state.worth.factor} : state.worth;
  OperandPlan change{operand.get(), GridType::get(context, Role::A, chosen.getBits(), own.exponent), result, {}};
  if (own.factor != wanted.factor) {
    const int64_t half = int64_t(1) << (chosen.getBits() - 1);
    for (int64_t n = -half; n < half; ++n)
      change.entries.push_back(roundTo(static_cast<double>(n) * own.step(), wanted.step(), result));
  } else if (!state.accumulator) {
    change.input = result; // rounded once, to the other grid
  }
  plan.operands[&operand] = std::move(change);
}

/// Whether an operand of another shape than the result is repeated along the missing dimensions.
bool Planner::planBroadcast(OpOperand &operand) {
  const ArrayRef<int64_t> own = shapeOf(operand.get()), whole = shapeOf(operand.getOwner()->getResult(0));
  if (own == whole)
    return true;
  if (own.size() != whole.size()) {
    refuse(operand.getOwner()) << "takes values of " << own.size() << " and " << whole.size()
                               << " dimensions, which is not supported";
    return false;
  }
  plan.broadcasts[&operand] = describeBroadcast(own, whole);
  return true;
}

/// A factor changes what a step is worth; else values are added or multiplied.
void Planner::visitBinary(Operation *op) {
  auto binary = dyn_cast<onnxir::BinaryOp>(op);
  if (!binary || binary.getKind() == onnxir::BinaryKind::Add)
    return visitAdd(op);
  const auto factor = functions.getFactor(op);
  if (!factor || takesError(op->getResult(0)))
    return visitMultiply(binary);
  if (std::optional<ValueState> state = require(op->getOperand(0))) {
    plan.factors.insert(op);
    setResult(op, {state->accumulator, state->worth.scaled(*factor), nullptr, false});
  }
}

/// A constant is a bias, of a layer that comes just before.
void Planner::addConstant(Operation *op) {
  const std::optional<ValueState> state = require(op->getOperand(0));
  if (!state || !state->biasable)
    refuse(op) << "a constant can be added to a linear layer's result only";
  else
    planBias(op, op->getOperand(1), shapeOf(op->getResult(0))[1], state->worth.exponent, plan.outputFactor, {});
  setResult(op, {true, state ? state->worth : Worth(), nullptr, true});
}

/// What a step of the sum of two values is worth, of which one is counted in the other's steps where their factors differ: where
/// possible one that is rounded already.
Worth Planner::alignFactors(Operation *op, const ValueState &left, const ValueState &right) {
  if (left.worth.factor == right.worth.factor)
    return {std::min(left.worth.exponent, right.worth.exponent), left.worth.factor};
  const bool changesLeft = right.accumulator && !left.accumulator;
  OpOperand &changed = op->getOpOperand(changesLeft ? 0 : 1);
  const ValueState &own = changesLeft ? left : right, &other = changesLeft ? right : left;
  const GridType chosen = gridOf(changed.get());
  // As coarse as it takes for the largest number not to be clipped.
  const int exponent =
      (own.accumulator ? chosen.getExponent() : own.worth.exponent) + (other.worth.factor < own.worth.factor ? 1 : 0);
  const Worth wanted{exponent, other.worth.factor};
  rescale(changed, own, wanted);
  return {std::min(wanted.exponent, other.worth.exponent), wanted.factor};
}

/// Two values make an accumulator on the finer of their grids.
void Planner::visitAdd(Operation *op) {
  if (onnxir::getConstantTensor(op->getOperand(1), symbols))
    return addConstant(op);
  const std::optional<ValueState> left = require(op->getOperand(0)), right = require(op->getOperand(1));
  if (!left || !right)
    return; // reported where the value should have been made
  if (planBroadcast(op->getOpOperand(0)) && planBroadcast(op->getOpOperand(1)))
    setResult(op, {true, alignFactors(op, *left, *right), nullptr, false});
}

void Planner::visitMultiply(onnxir::BinaryOp op) {
  const bool isConstant =
      onnxir::getConstantTensor(op.getRhs(), symbols) || onnxir::getConstantTensor(op.getLhs(), symbols);
  const StringRef name = onnxir::stringifyBinaryKind(op.getKind());
  if (isConstant) {
    refuse(op) << name << " with a constant of another shape than one number, or one per channel, is not supported";
    return;
  }
  if (op.getKind() != onnxir::BinaryKind::Mul) {
    refuse(op) << name << " of two values has no form on the wage level";
    return;
  }
  if (takesError(op.getResult()))
    refuse(op) << "a product of two values has no backward rule: a network with it can only infer";
  const std::optional<ValueState> left = require(op.getLhs()), right = require(op.getRhs());
  if (!left || !right || !planBroadcast(op.getLhsMutable()) || !planBroadcast(op.getRhsMutable()))
    return;
  Worth worth = left->worth.scaled(right->worth.factor);
  worth.exponent += right->worth.exponent;
  setResult(op, {true, worth, nullptr, false});
}

/// The operands come to the coarsest grid among them. Source: arithmetic.md section 9.
void Planner::visitConcat(onnxir::ConcatOp op) {
  if (takesError(op.getResult()))
    refuse(op) << "has no backward rule: a network with it can only infer";
  if (!getElementTypeOrSelf(op.getResult()).isF32()) {
    refuse(op) << "of " << op.getResult().getType() << " has no form on the wage level";
    return;
  }
  SmallVector<ValueState> operands;
  for (Value operand : op.getInputs()) {
    const std::optional<ValueState> state = require(operand);
    if (!state)
      return;
    operands.push_back(*state);
  }
  Worth common = operands.front().worth;
  for (const ValueState &state : operands)
    common.exponent = std::max(common.exponent, state.worth.exponent + (state.worth.factor > common.factor ? 1 : 0));
  for (auto [operand, state] : llvm::zip(op.getInputsMutable(), operands))
    if (state.worth.exponent != common.exponent || state.worth.factor != common.factor)
      rescale(operand, state, common);
  setResult(op, {false, common, nullptr, false});
}

} // namespace wage
