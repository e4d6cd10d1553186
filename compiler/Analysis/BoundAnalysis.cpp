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
#include "dialects/wage/IR/WageTypes.h"

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

std::string describeBound(uint64_t magnitude) {
  return magnitude == UINT64_MAX ? "2^64 or more" : std::to_string(magnitude);
}

FailureOr<BoundAnalysis> analyzeBounds(ModuleOp module) {
  const ConfigAttr config = getConfig(module);
  if (!config)
    return module.emitError() << "has no wage.config, whose batch bounds the sums over a batch";
  return BoundAnalysis(module, config.getBatch());
}

BoundAnalysis::BoundAnalysis(ModuleOp module, uint64_t batch) : batch(batch) {
  for (auto global : module.getOps<ml_program::GlobalOp>())
    analyzeGlobal(global);
  module.walk([&](ml_program::GlobalStoreOp store) { analyzeStore(store); });
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

void BoundAnalysis::analyzeConstant(Value value, Attribute elements) {
  const std::optional<std::vector<int64_t>> known = readIntegers(elements);
  bounds[value] = known ? Bound(largestMagnitude(*known)) : boundOfType(value.getType());
  if (known)
    constants[value] = elements;
}

void BoundAnalysis::analyzeGlobal(ml_program::GlobalOp global) {
  const Attribute value = global.getValue().value_or(Attribute());
  const std::optional<std::vector<int64_t>> known = readIntegers(value);
  const Bound bound = known ? Bound(largestMagnitude(*known)) : boundOfType(global.getType());
  globals[global.getSymName()] = {bound, known && !global.getIsMutable() ? value : Attribute()};
}

void BoundAnalysis::analyzeStore(ml_program::GlobalStoreOp store) {
  const auto found = globals.find(store.getGlobal().getRootReference().getValue());
  if (found != globals.end())
    found->second.bound.magnitude = std::max(found->second.bound.magnitude, storedMagnitude(store));
}

void BoundAnalysis::analyzeOperation(Operation *op) {
  SymbolRefAttr loaded;
  if (auto load = dyn_cast<ml_program::GlobalLoadOp>(op))
    loaded = load.getGlobal();
  else if (auto load = dyn_cast<ml_program::GlobalLoadConstOp>(op))
    loaded = load.getGlobal();
  if (loaded) {
    const auto found = globals.find(loaded.getRootReference().getValue());
    bounds[op->getResult(0)] = found != globals.end() ? found->second.bound : boundOfType(op->getResult(0).getType());
    if (found != globals.end() && found->second.elements)
      constants[op->getResult(0)] = found->second.elements;
  } else if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    analyzeConstant(constant.getResult(), constant.getValue());
  } else if (auto bounded = dyn_cast<integer::BoundOpInterface>(op)) {
    inferBounds(bounded);
  } else {
    for (Value result : op->getResults())
      bounds[result] = boundOfType(result.getType());
  }
}

void BoundAnalysis::inferBounds(integer::BoundOpInterface op) {
  std::vector<std::vector<int64_t>> elements;
  SmallVector<Bound, 4> operands;
  for (Value operand : op->getOperands()) {
    operands.push_back(getBound(operand));
    if (Attribute known = constants.lookup(operand))
      operands.back().elements = elements.emplace_back(*readIntegers(known));
  }
  SmallVector<Bound, 2> results = op.inferBounds(operands, batch);
  for (auto [result, bound] : llvm::zip_equal(op->getResults(), results)) {
    for (auto [operand, of] : llvm::zip_equal(op->getOperands(), operands))
      if (!bound.elements.empty() && bound.elements.data() == of.elements.data())
        constants[result] = constants.lookup(operand); // the same elements under another name
    bound.elements = {};
    bounds[result] = std::move(bound);
  }
}

} // namespace wage
