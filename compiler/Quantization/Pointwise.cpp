//===- Pointwise.cpp - values that are functions of one other value -------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Quantization/Pointwise.h"

#include "compiler/FloatEvaluator/FloatEvaluator.h"
#include "compiler/FloatEvaluator/ScalarFunctions.h"
#include "compiler/Quantization/LayerBits.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;

namespace wage {

namespace {

ArrayRef<int64_t> shapeOf(Value value) { return cast<ShapedType>(value.getType()).getShape(); }

bool isElementwise(Operation *op) { return isa<onnxir::UnaryOp, onnxir::ReluOp, onnxir::AddOp, onnxir::BinaryOp>(op); }

} // namespace

std::optional<ChannelNumbers> readChannelNumbers(Value constant, Value result, SymbolTableCollection &symbols) {
  const auto tensor = onnxir::getConstantTensor(constant, symbols);
  if (!tensor || !tensor->value.getElementType().isF32())
    return std::nullopt;
  const ArrayRef<int64_t> shape = tensor->value.getShapedType().getShape(), whole = shapeOf(result);
  if (shape.size() > whole.size())
    return std::nullopt;
  // [C] on a matrix is a number per channel by the rule of broadcasting too, dimensions counted from the end.
  const int64_t missing = static_cast<int64_t>(whole.size() - shape.size());
  for (int64_t d = 0; d < static_cast<int64_t>(shape.size()); ++d)
    if (shape[d] != 1 && (d + missing != 1 || shape[d] != whole[1]))
      return std::nullopt;
  const std::optional<floats::FloatTensor> numbers = floats::readElements(tensor->value);
  if (!numbers || numbers->size() == 0)
    return std::nullopt;
  return ChannelNumbers(numbers->data(), numbers->data() + numbers->size());
}

Pointwise::Pointwise(func::FuncOp main) {
  SymbolTableCollection symbols;
  for (Operation &op : main.getBody().front().without_terminator()) {
    if (isElementwise(&op))
      for (OpOperand &operand : op.getOpOperands())
        if (auto numbers = readChannelNumbers(operand.get(), op.getResult(0), symbols))
          constants[&operand] = std::move(*numbers);
    visit(&op);
  }
}

Value Pointwise::getBase(Value value) const {
  const auto found = bases.find(value);
  return found == bases.end() ? value : found->second;
}

/// The one value that all operands that are no constants are functions of.
std::optional<Value> Pointwise::commonBase(Operation *op) const {
  std::optional<Value> base;
  for (OpOperand &operand : op->getOpOperands()) {
    if (constants.contains(&operand))
      continue;
    const Value own = getBase(operand.get());
    if ((base && *base != own) || shapeOf(operand.get()) != shapeOf(op->getResult(0)))
      return std::nullopt;
    base = own;
  }
  return base;
}

void Pointwise::visit(Operation *op) {
  if (isLinear(op) || isBias(op)) {
    sums.insert(op->getResult(0));
    return;
  }
  if (isa<onnxir::IdentityOp, onnxir::DropoutOp>(op)) {
    if (sums.contains(op->getOperand(0)))
      sums.insert(op->getResult(0));
    if (const Value base = getBase(op->getOperand(0)); base != op->getOperand(0))
      bases[op->getResult(0)] = base;
    return;
  }
  if (!isElementwise(op) || getFactor(op))
    return;
  const std::optional<Value> base = commonBase(op);
  // A Relu of a value that is made otherwise is exact on its accumulator.
  if (base && !(isa<onnxir::ReluOp>(op) && *base == op->getOperand(0)))
    bases[op->getResult(0)] = *base;
}

int64_t Pointwise::countChannels(Value value) const {
  Operation *op = value.getDefiningOp();
  int64_t channels = 1;
  for (OpOperand &operand : op->getOpOperands()) {
    if (const auto numbers = constants.find(&operand); numbers != constants.end())
      channels = std::max<int64_t>(channels, static_cast<int64_t>(numbers->second.size()));
    else if (isFunction(operand.get()))
      channels = std::max(channels, countChannels(operand.get()));
  }
  return channels;
}

double Pointwise::evaluateOperand(OpOperand &operand, int64_t channel, double x) const {
  if (const auto numbers = constants.find(&operand); numbers != constants.end())
    return numbers->second[numbers->second.size() == 1 ? 0 : channel];
  return isFunction(operand.get()) ? evaluate(operand.get(), channel, x) : x;
}

double Pointwise::evaluate(Value value, int64_t channel, double x) const {
  Operation *op = value.getDefiningOp();
  const double lhs = evaluateOperand(op->getOpOperand(0), channel, x);
  return llvm::TypeSwitch<Operation *, double>(op)
      .Case([&](onnxir::UnaryOp unary) { return floats::applyUnary(unary, lhs); })
      .Case([&](onnxir::ReluOp) { return lhs < 0 ? 0 : lhs; })
      .Case([&](onnxir::AddOp add) { return lhs + evaluateOperand(add.getRhsMutable(), channel, x); })
      .Case([&](onnxir::BinaryOp binary) {
        return floats::applyBinary(binary.getKind(), lhs, evaluateOperand(binary.getRhsMutable(), channel, x));
      })
      .Default([&](Operation *) { return lhs; }); // Identity, Dropout
}

std::optional<double> Pointwise::getFactor(Operation *op) const {
  auto binary = dyn_cast<onnxir::BinaryOp>(op);
  if (!binary || binary.getKind() != onnxir::BinaryKind::Mul || isFunction(binary.getLhs()))
    return std::nullopt;
  const auto numbers = constants.find(&binary.getRhsMutable());
  const bool positive = numbers != constants.end() && !constants.contains(&binary.getLhsMutable()) &&
                        llvm::all_equal(numbers->second) && numbers->second.front() > 0 &&
                        std::isfinite(numbers->second.front());
  return positive ? std::optional(numbers->second.front()) : std::nullopt;
}

bool Pointwise::isBias(Operation *op) const {
  auto add = dyn_cast<onnxir::AddOp>(op);
  return add && sums.contains(add.getLhs()) && constants.contains(&add.getRhsMutable());
}

} // namespace wage
