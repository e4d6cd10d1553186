//===- LoweringHelpers.cpp - questions about integer values ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/LoweringHelpers.h"

#include "compiler/Analysis/BoundAnalysis.h" // nodeName
#include "dialects/wage/IR/WageTypes.h"

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"

using namespace mlir;

namespace wage::chip {

std::vector<int64_t> sampleShape(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  ArrayRef<int64_t> shape = type.getShape();
  if (type.getRank() > 0 && type.isDynamicDim(0))
    shape = shape.drop_front();
  return shape.vec();
}

int64_t elementsPerSample(Value value) {
  int64_t product = 1;
  for (int64_t extent : sampleShape(value))
    product *= extent;
  return product;
}

rt::ElementType elementType(Value value) {
  Type type = cast<RankedTensorType>(value.getType()).getElementType();
  switch (type.getIntOrFloatBitWidth()) {
  case 1: return rt::ElementType::Mask;
  case 8: return rt::ElementType::Int8;
  case 16: return rt::ElementType::Int16;
  case 32: return rt::ElementType::Int32;
  default: return rt::ElementType::Int64;
  }
}

std::string valueName(Value value) {
  Operation *op = value.getDefiningOp();
  std::string name = nodeName(op).str();
  if (!name.empty())
    name += ".";
  name += op->getName().stripDialect().str();
  if (op->getNumResults() > 1 && value != op->getResult(0))
    name += "." + std::to_string(cast<OpResult>(value).getResultNumber());
  return name;
}

Operation *originOf(Value value) {
  Operation *origin = value.getDefiningOp();
  while (auto reshape = dyn_cast_or_null<integer::ReshapeOp>(origin))
    origin = reshape.getInput().getDefiningOp();
  return origin;
}

/// What loads the numbers that weights in use are made of.
static Operation *loadOf(Value weights) {
  Operation *op = weights.getDefiningOp();
  while (op && isa<integer::ShiftClipOp, integer::SignOp>(op))
    op = op->getOperand(0).getDefiningOp();
  return op;
}

bool isLearned(Value weights) { return isa_and_nonnull<ml_program::GlobalLoadOp>(loadOf(weights)); }

StringRef globalName(Value weights) {
  Operation *op = loadOf(weights);
  if (auto load = dyn_cast_or_null<ml_program::GlobalLoadOp>(op))
    return load.getGlobal().getLeafReference();
  if (auto load = dyn_cast_or_null<ml_program::GlobalLoadConstOp>(op))
    return load.getGlobal().getLeafReference();
  return StringRef();
}

FailureOr<func::FuncOp> entryFunction(ModuleOp module) {
  const ConfigAttr config = getConfig(module);
  if (!config)
    return module.emitError("needs the attribute wage.config");
  const char *entry = config.getMode() == Mode::Train ? "train" : "infer";
  auto function = module.lookupSymbol<func::FuncOp>(entry);
  if (!function || !function.getBody().hasOneBlock())
    return module.emitError() << "needs a function @" << entry << " of one block";
  return function;
}

std::string layerName(Operation *layer) {
  const StringRef name = globalName(layer->getOperand(1));
  auto global = name.empty() ? nullptr : layer->getParentOfType<ModuleOp>().lookupSymbol<ml_program::GlobalOp>(name);
  auto label = global ? global->getAttrOfType<StringAttr>(WageDialect::layerAttr) : nullptr;
  return label ? label.str() : nodeName(layer).str();
}

StringRef alignedFor(integer::AlignChannelsOp op) {
  StringRef name;
  for (Operation *user : op->getUsers())
    if (isa<integer::Conv2DTransposedOp, integer::MatmulTransposedOp>(user))
      name = globalName(user->getOperand(1));
  return name;
}

StringRef updatedWeights(Value gradient) {
  StringRef name;
  for (Operation *user : gradient.getUsers()) {
    if (auto sum = dyn_cast<integer::SumOp>(user))
      return updatedWeights(sum.getResult());
    if (auto step = dyn_cast<integer::StochasticStepOp>(user))
      for (Operation *sub : step->getUsers())
        for (Operation *clip : sub->getUsers())
          for (Operation *store : clip->getUsers())
            if (auto global = dyn_cast<ml_program::GlobalStoreOp>(store))
              name = name.empty() ? global.getGlobal().getLeafReference().getValue() : StringRef();
  }
  return name;
}

int64_t copyOf(Operation *op) {
  auto copy = op->getAttrOfType<IntegerAttr>(WageDialect::copyAttr);
  return copy ? copy.getInt() : 0;
}

void setCopy(Operation *op, int64_t copy) {
  if (copy > 0)
    op->setAttr(WageDialect::copyAttr, Builder(op).getI32IntegerAttr(static_cast<int32_t>(copy)));
}

void setTracedRows(Operation *op, int64_t first, int64_t rows) {
  if (op->hasAttr(WageDialect::traceAttr))
    op->setAttr(WageDialect::tracedRowsAttr, Builder(op).getDenseI64ArrayAttr({first, rows}));
}

void moveTrace(Operation *from, Operation *to) {
  if (Attribute trace = from->removeAttr(WageDialect::traceAttr))
    to->setAttr(WageDialect::traceAttr, trace);
}

bool isLayerInput(OpOperand &use) {
  Operation *user = use.getOwner();
  if (isa<integer::Conv2DOp, integer::MatmulOp>(user))
    return use.getOperandNumber() == 0;
  return isa<integer::Conv2DOuterOp, integer::MatmulOuterOp>(user) && use.getOperandNumber() == 1;
}

rt::Rearrangement movementOf(integer::RearrangeOp op) {
  return rt::normalized({op.getSizes().vec(), op.getFrom().vec(), op.getTo().vec()});
}

} // namespace wage::chip
