//===- ConstantNodes.cpp - Constant, ConstantOfShape, Shape, Identity, Dropout --===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Import/GraphImporter.h"

#include "dialects/onnx/IR/OnnxShapes.h"

using namespace mlir;
using llvm::Twine;
using onnx::AttributeProto;
using onnx::TensorProto;

namespace wage {

void GraphImporter::importIdentity(NodeReader &node) {
  node.refuseOtherAttributes();
  const Entry *entry = lookUp(node, 0);
  if (!entry || node.hasErrors())
    return;
  if (entry->value && getElementTypeOrSelf(entry->value.getType()).isF32())
    return defineValue(node, onnxir::IdentityOp::create(builder, node.getLoc(), entry->value));
  define(node.getOutput(0), *entry); // a constant under another name
}

void GraphImporter::importDropout(NodeReader &node) {
  node.ignore("ratio");
  node.ignore("seed");
  if (opset < 7)
    node.requireInt("is_test", 0, 1);
  node.refuseOtherAttributes();
  refuseOtherOutputs(node, "mask");
  if (has(node, 1))
    lookUp(node, 1); // the ratio: any, but it must be there
  if (has(node, 2)) {
    auto mode = getIntegers(node, 2, "training_mode");
    if (mode && llvm::any_of(*mode, [](int64_t flag) { return flag != 0; }))
      node.error("training_mode = true is not supported, only false");
  }
  if (Value input = getFloats(node, 0); input && !node.hasErrors())
    defineValue(node, onnxir::DropoutOp::create(builder, node.getLoc(), input));
}

void GraphImporter::importConstant(NodeReader &node) {
  const TensorProto *proto = nullptr;
  if (node.hasAttribute("value")) {
    if (const AttributeProto *value = node.find("value", AttributeProto::TENSOR))
      proto = &value->t();
  } else {
    TensorProto &made = madeTensors.emplace_back();
    bool isFloat = node.hasAttribute("value_float") || node.hasAttribute("value_floats");
    made.set_data_type(isFloat ? TensorProto::FLOAT : TensorProto::INT64);
    if (const AttributeProto *value = node.find("value_float", AttributeProto::FLOAT)) {
      made.add_float_data(value->f());
    } else if (const AttributeProto *value = node.find("value_floats", AttributeProto::FLOATS)) {
      *made.mutable_float_data() = value->floats();
      made.add_dims(value->floats_size());
    } else if (const AttributeProto *value = node.find("value_int", AttributeProto::INT)) {
      made.add_int64_data(value->i());
    } else if (const AttributeProto *value = node.find("value_ints", AttributeProto::INTS)) {
      *made.mutable_int64_data() = value->ints();
      made.add_dims(value->ints_size());
    } else if (!node.hasErrors()) {
      node.error("has no value that is supported, only value, value_float, value_floats, value_int and value_ints");
    }
    proto = &made;
  }
  node.refuseOtherAttributes();
  if (node.hasErrors() || !proto)
    return;
  llvm::Expected<SmallVector<int64_t>> shape = TensorReader::readShape(*proto);
  if (!shape)
    return node.error("value " + toString(shape.takeError()));
  defineConstant(node, {node.getOutput(0).str(), proto->data_type(), *shape, proto});
}

void GraphImporter::importConstantOfShape(NodeReader &node) {
  Constant result{node.getOutput(0).str(), TensorProto::FLOAT, {}};
  bool present = false;
  auto shape = getList(node, "input", 0, /*isInput=*/true, present);
  double number = 0;
  if (const AttributeProto *value = node.find("value", AttributeProto::TENSOR)) {
    result.elementType = value->t().data_type();
    if (isIntegerType(result.elementType)) {
      auto integers = tensors.readIntegers(value->t());
      if (!integers || integers->size() != 1)
        node.error("value " + (integers ? "must be one number" : toString(integers.takeError())));
      else
        result.integers = *integers;
    } else {
      auto floats = tensors.readFloats(value->t(), 1);
      if (!floats || floats->size() != 1)
        node.error("value " + (floats ? "must be one number" : toString(floats.takeError())));
      else
        number = floats->front();
    }
  }
  node.refuseOtherAttributes();
  if (node.hasErrors() || !shape)
    return;
  auto count = onnxir::countElements(*shape);
  // One float stands for all; integers are written out.
  int64_t most = isFloatType(result.elementType) ? onnxir::maxElements : longestList;
  if (!count || *count > most)
    return node.error("its result has the shape " + printShape(*shape) + ", needed at most " + Twine(most) +
                      " elements");
  result.shape = *shape;
  if (isFloatType(result.elementType)) {
    if (*count > 0)
      result.floats = {static_cast<float>(number)};
  } else {
    result.integers.resize(*count, result.integers.front());
  }
  defineConstant(node, std::move(result));
}

void GraphImporter::importShape(NodeReader &node) {
  int64_t start = node.getInt("start", 0), end = node.getInt("end", INT64_MAX);
  node.refuseOtherAttributes();
  const Entry *entry = lookUp(node, 0);
  if (!entry || node.hasErrors())
    return;
  ArrayRef<int64_t> shape = entry->value ? shapeOf(entry->value) : ArrayRef<int64_t>(entry->constant->shape);
  int64_t rank = shape.size();
  start = std::clamp<int64_t>(start < 0 ? start + rank : start, 0, rank);
  end = std::clamp<int64_t>(end < 0 ? end + rank : end, start, rank);
  Constant result{node.getOutput(0).str(), TensorProto::INT64, {end - start}};
  // An open batch stands in it as itself.
  result.integers.assign(shape.begin() + start, shape.begin() + end);
  defineConstant(node, std::move(result));
}

} // namespace wage
