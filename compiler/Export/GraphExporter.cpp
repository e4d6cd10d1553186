//===- GraphExporter.cpp - the ops of @infer as nodes of ONNX ----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Export/GraphExporter.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace wage {

GraphExporter::GraphExporter(func::FuncOp function, const BoundAnalysis &bounds, ModelBuilder &model)
    : function(function), bounds(bounds), model(model), known(function) {}

void GraphExporter::planRequantizedLayers() {
  function.walk([&](integer::ShiftClipOp op) {
    std::optional<RequantizedLayer> plan = matchRequantizedLayer(op, bounds, known);
    if (!plan)
      return;
    absorbed.insert(plan->absorbed.begin(), plan->absorbed.end());
    requantized.try_emplace(op, std::move(*plan));
  });
}

LogicalResult GraphExporter::run() {
  if (function.getNumArguments() != 1 || !function.getBody().hasOneBlock())
    return function.emitOpError() << "has " << function.getNumArguments() << " arguments, needed one, the image";
  const Value image = function.getArgument(0);
  const auto type = cast<RankedTensorType>(image.getType());
  if (!type.getElementType().isUnsignedInteger(8))
    return function.emitOpError() << "takes " << type << ", needed bytes";
  model.addInput("input", TensorType::Uint8, type.getShape());
  set(image, "input", TensorType::Uint8);
  planRequantizedLayers();
  LogicalResult result = success();
  for (Operation &op : function.getBody().front())
    if (failed(visitAny(&op)))
      result = failure();
  return result;
}

bool GraphExporter::isKnown(Operation *op) const {
  return op->getNumResults() > 0 && llvm::all_of(op->getResults(), [&](Value value) { return known.find(value); });
}

/// Whether all that `op` reads has been written.
bool GraphExporter::hasOperands(Operation *op) const {
  return llvm::all_of(op->getOperands(), [&](Value operand) {
    return known.find(operand) || tensors.contains(operand) || absorbed.contains(operand.getDefiningOp());
  });
}

LogicalResult GraphExporter::visitAny(Operation *op) {
  if (absorbed.contains(op) || isKnown(op))
    return success();
  if (!hasOperands(op))
    return failure(); // the op that was to make it has been reported
  if (const auto plan = requantized.find(op); plan != requantized.end())
    return visit(plan->second);
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case<integer::TableOp, integer::LookupOp, integer::Conv2DOp, integer::MatmulOp, integer::AlignChannelsOp,
            integer::AddBiasOp, integer::AddOp, integer::MultiplyOp, integer::ReluOp, integer::ShiftClipOp,
            integer::MaxPoolOp, integer::SumPoolOp, integer::ReshapeOp, integer::ConcatOp, integer::RearrangeOp>(
          [&](auto known) { return visit(known); })
      .Case([&](func::ReturnOp output) { return writeOutput(output); })
      .Default([](Operation *other) { return other->emitOpError() << "has no form in ONNX that wage writes"; });
}

LogicalResult GraphExporter::writeOutput(func::ReturnOp op) {
  if (op.getNumOperands() != 1)
    return op.emitOpError() << "has " << op.getNumOperands() << " results, needed one, the logits";
  const Value logits = op.getOperand(0);
  const TensorType type = wideType(op);
  model.addOutput("logits", get(logits, type), type, cast<RankedTensorType>(logits.getType()).getShape());
  return success();
}

std::string GraphExporter::get(Value value, TensorType type) {
  const Tensor &tensor = tensors[value];
  if (tensor.type == type)
    return tensor.name;
  std::string &cast = casts[{value, static_cast<int>(type)}];
  if (cast.empty())
    cast = emitCast(value.getDefiningOp(), tensor.name, type);
  return cast;
}

/// The type that holds all operands and results of `op` and whatever lies between them.
TensorType GraphExporter::wideType(Operation *op) const {
  uint64_t largest = 0;
  for (Value value : op->getOperands())
    largest = std::max(largest, magnitude(value));
  for (Value value : op->getResults())
    largest = std::max(largest, magnitude(value));
  return largest <= INT32_MAX ? TensorType::Int32 : TensorType::Int64;
}

std::string GraphExporter::scalar(TensorType type, int64_t element) {
  return model.addConstant("", type, {}, {element});
}

std::string GraphExporter::perChannel(Operation *op, TensorType type, ArrayRef<int64_t> elements) {
  SmallVector<int64_t> shape(cast<RankedTensorType>(op->getResult(0).getType()).getRank() - 1, 1);
  shape[0] = elements.size();
  return model.addConstant(nodeName(op), type, shape, elements);
}

std::string GraphExporter::emit(Operation *op, StringRef operation, ArrayRef<std::string> inputs,
                                ArrayRef<NodeAttribute> attributes) {
  return model.addNode(operation, op ? nodeName(op) : StringRef(), inputs, attributes);
}

std::string GraphExporter::emitCast(Operation *op, const std::string &input, TensorType type) {
  return emit(op, "Cast", {input}, {{"to", protoType(type)}});
}

} // namespace wage
