//===- KnownIntegers.cpp - integers that are known when compiling ------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Export/KnownIntegers.h"

#include "compiler/Analysis/IntegerConstants.h"
#include "dialects/integer/IR/IntegerOps.h"
#include "runtime/Numerics/Rounding.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/SymbolTable.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace wage {

namespace {

Attribute initialValue(Operation *op, SymbolRefAttr name) {
  auto global = SymbolTable::lookupNearestSymbolFrom<ml_program::GlobalOp>(op, name);
  return global ? global.getValue().value_or(Attribute()) : Attribute();
}

/// The attribute that an op without operands makes its result of, or null.
Attribute sourceOf(Operation *op) {
  return llvm::TypeSwitch<Operation *, Attribute>(op)
      .Case<ml_program::GlobalLoadOp, ml_program::GlobalLoadConstOp>(
          [](auto load) { return initialValue(load, load.getGlobal()); })
      .Case([](arith::ConstantOp constant) { return Attribute(constant.getValue()); })
      .Default(Attribute());
}

/// What Q_W makes of one master weight. Requires one of the two ops it consists of.
int64_t quantize(Operation *op, int64_t master) {
  if (isa<integer::SignOp>(op))
    return master < 0 ? -1 : 1;
  auto shiftClip = cast<integer::ShiftClipOp>(op);
  return rt::shiftClip(master, static_cast<int32_t>(shiftClip.getShift()), shiftClip.getBits(),
                       shiftClip.getHalfAway() ? rt::Rounding::HalfAway : rt::Rounding::HalfEven);
}

} // namespace

KnownIntegers::KnownIntegers(func::FuncOp function) {
  function.walk([&](Operation *op) { evaluate(op); });
}

const std::vector<int64_t> *KnownIntegers::find(Value value) const {
  const auto found = elements.find(value);
  return found == elements.end() ? nullptr : &found->second;
}

void KnownIntegers::evaluate(Operation *op) {
  if (std::optional<std::vector<int64_t>> read = readIntegers(sourceOf(op))) {
    elements[op->getResult(0)] = std::move(*read);
    return;
  }
  const std::vector<int64_t> *masters = op->getNumOperands() == 1 ? find(op->getOperand(0)) : nullptr;
  if (!masters || !isa<integer::ShiftClipOp, integer::SignOp>(op))
    return;
  std::vector<int64_t> quantized;
  quantized.reserve(masters->size());
  for (int64_t master : *masters)
    quantized.push_back(quantize(op, master));
  elements[op->getResult(0)] = std::move(quantized);
}

} // namespace wage
