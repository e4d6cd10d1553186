//===- BoundAnalysis.cpp - how large every integer can become ----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Analysis/BoundAnalysis.h"

#include "compiler/Analysis/IntegerConstants.h"
#include "dialects/integer/IR/IntegerOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using wage::integer::Bound;

namespace wage {
namespace {

/// What a type admits, for values nothing more is known of.
Bound boundOfType(Type type) {
  const auto element = dyn_cast<IntegerType>(getElementTypeOrSelf(type));
  if (!element || element.getWidth() > 64)
    return Bound(UINT64_MAX);
  if (element.isUnsigned() || element.getWidth() == 1)
    return Bound(element.getWidth() == 64 ? UINT64_MAX : (uint64_t(1) << element.getWidth()) - 1);
  return Bound(uint64_t(1) << (element.getWidth() - 1));
}

uint64_t largestMagnitude(ArrayRef<int64_t> elements) {
  uint64_t largest = 0;
  for (int64_t element : elements)
    largest = std::max(largest, element < 0 ? -static_cast<uint64_t>(element) : static_cast<uint64_t>(element));
  return largest;
}

/// What a store may leave in a global. Only a clip says it without knowing the global itself, which the update reads.
uint64_t storedMagnitude(ml_program::GlobalStoreOp store) {
  if (auto clip = store.getValue().getDefiningOp<integer::ClipOp>())
    return clip.getLimit();
  return boundOfType(store.getValue().getType()).magnitude;
}

} // namespace

StringRef nodeName(Operation *op) {
  StringRef name;
  op->getLoc()->walk([&](Location location) {
    if (const auto named = dyn_cast<NameLoc>(location))
      name = named.getName();
    return WalkResult::advance();
  });
  return name;
}

BoundAnalysis::BoundAnalysis(ModuleOp module, uint64_t batch) : batch(batch) {
  for (auto global : module.getOps<ml_program::GlobalOp>())
    analyzeGlobal(global, module);
  for (auto function : module.getOps<func::FuncOp>()) {
    for (BlockArgument argument : function.getArguments())
      bounds[argument] = boundOfType(argument.getType());
    function.walk([&](Operation *op) { analyzeOperation(op); });
  }
}

const Bound &BoundAnalysis::getBound(Value value) const {
  const auto found = bounds.find(value);
  assert(found != bounds.end() && "value outside the analysed functions");
  return found->second;
}

ArrayRef<int64_t> BoundAnalysis::own(std::vector<int64_t> elements) {
  constants.push_back(std::make_unique<std::vector<int64_t>>(std::move(elements)));
  return *constants.back();
}

Bound BoundAnalysis::boundOfConstant(Attribute attribute, Type type, bool keepElements) {
  std::optional<std::vector<int64_t>> elements = readIntegers(attribute);
  if (!elements)
    return boundOfType(type);
  Bound bound(largestMagnitude(*elements));
  if (keepElements)
    bound.elements = own(std::move(*elements));
  return bound;
}

void BoundAnalysis::analyzeGlobal(ml_program::GlobalOp global, ModuleOp module) {
  Bound bound = boundOfConstant(global.getValue().value_or(Attribute()), global.getType(), !global.getIsMutable());
  module.walk([&](ml_program::GlobalStoreOp store) {
    if (store.getGlobal().getRootReference() == global.getSymName())
      bound.magnitude = std::max(bound.magnitude, storedMagnitude(store));
  });
  globals[global.getSymName()] = std::move(bound);
}

void BoundAnalysis::analyzeOperation(Operation *op) {
  SymbolRefAttr loaded;
  if (auto load = dyn_cast<ml_program::GlobalLoadOp>(op))
    loaded = load.getGlobal();
  else if (auto load = dyn_cast<ml_program::GlobalLoadConstOp>(op))
    loaded = load.getGlobal();
  if (loaded) {
    const auto found = globals.find(loaded.getRootReference().getValue());
    bounds[op->getResult(0)] = found != globals.end() ? found->second : boundOfType(op->getResult(0).getType());
    return;
  }
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    bounds[constant.getResult()] = boundOfConstant(constant.getValue(), constant.getType(), true);
    return;
  }
  SmallVector<Bound, 2> results;
  if (auto bounded = dyn_cast<integer::BoundOpInterface>(op)) {
    SmallVector<Bound, 4> operands;
    for (Value operand : op->getOperands())
      operands.push_back(getBound(operand));
    results = bounded.inferBounds(operands, batch);
  } else {
    for (Type type : op->getResultTypes())
      results.push_back(boundOfType(type));
  }
  for (auto [result, bound] : llvm::zip_equal(op->getResults(), results))
    bounds[result] = std::move(bound);
}

} // namespace wage
