//===- ShapeNodes.cpp - Relu, shapes, pass-through and Constant ---------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Import/GraphImporter.h"

#include "dialects/onnx/IR/OnnxOps.h"
#include "dialects/onnx/IR/OnnxShapes.h"

using namespace mlir;
using llvm::Twine;
using onnx::AttributeProto;
using onnx::TensorProto;

namespace wage {

namespace {

ArrayRef<int64_t> shapeOf(Value value) { return cast<RankedTensorType>(value.getType()).getShape(); }

/// Replaces one -1 in `shape` by what brings it to `count` elements; nothing if no number does.
std::optional<SmallVector<int64_t>> fillIn(SmallVector<int64_t> shape, int64_t count) {
  auto *open = llvm::find(shape, -1);
  if (open != shape.end()) {
    *open = 1;
    auto others = onnxir::countElements(shape);
    if (!others || *others == 0 || count % *others != 0)
      return std::nullopt;
    *open = count / *others;
  }
  // A second -1 is negative, and refused here.
  if (onnxir::countElements(shape) != std::optional<int64_t>(count))
    return std::nullopt;
  return shape;
}

/// Replaces each 0 in `wanted` by the dimension that stands there in `from`; nothing if none does.
std::optional<SmallVector<int64_t>> copyDims(ArrayRef<int64_t> from, ArrayRef<int64_t> wanted) {
  SmallVector<int64_t> shape(wanted);
  for (auto [i, dim] : llvm::enumerate(shape)) {
    if (dim != 0)
      continue;
    if (i >= from.size())
      return std::nullopt;
    dim = from[i];
  }
  return shape;
}

} // namespace

void GraphImporter::importRelu(NodeReader &node) {
  node.refuseOtherAttributes();
  if (Value input = getValue(node, 0); input && !node.hasErrors())
    defineValue(node, onnxir::ReluOp::create(builder, node.getLoc(), input));
}

void GraphImporter::importFlatten(NodeReader &node) {
  int64_t axis = node.getInt("axis", 1);
  node.refuseOtherAttributes();
  Value input = getValue(node, 0);
  if (input && axis < 0)
    axis += shapeOf(input).size();
  if (axis != 1 && (axis >= 0 || input))
    node.error("axis = " + Twine(axis) + " is not supported, only axis = 1");
  if (node.hasErrors() || !input)
    return;
  int64_t count = *onnxir::countElements(shapeOf(input).drop_front());
  defineValue(node, onnxir::FlattenOp::create(builder, node.getLoc(), getType({ShapedType::kDynamic, count}), input));
}

std::optional<SmallVector<int64_t>> GraphImporter::inferReshape(NodeReader &node, ArrayRef<int64_t> from,
                                                                ArrayRef<int64_t> wanted) {
  int64_t batch = wanted.empty() ? 1 : wanted[0];
  bool keepsBatch = batch == 0 || batch == -1 || batch == fixedBatch;
  int64_t perSample = *onnxir::countElements(from.drop_front());
  std::optional<SmallVector<int64_t>> shape;
  if (wanted.size() >= 2 && keepsBatch)
    shape = copyDims(from, wanted);
  if (shape) {
    bool openBatch = batch == -1;
    // With the batch open, ONNX leaves no second dimension open: the rest must hold a sample exactly.
    SmallVector<int64_t> sample(shape->begin() + 1, shape->end());
    shape = openBatch && llvm::is_contained(sample, -1) ? std::nullopt : fillIn(sample, perSample);
  }
  if (!shape) {
    node.error("shape " + printShape(wanted) + " on a value of shape " + printShape(from) +
               " is not supported, only one that keeps the batch in front and " + Twine(perSample) +
               " elements per sample");
    return std::nullopt;
  }
  shape->insert(shape->begin(), ShapedType::kDynamic);
  return shape;
}

void GraphImporter::importReshape(NodeReader &node) {
  bool allowZero = node.getInt("allowzero", 0) != 0;
  node.refuseOtherAttributes();
  const Entry *data = lookUp(node, 0);
  std::optional<std::vector<int64_t>> wanted = getIntegers(node, 1, "shape");
  if (wanted && allowZero && llvm::is_contained(*wanted, 0))
    node.error("shape " + printShape(*wanted) + " with allowzero = 1 is not supported, no value may be empty");
  if (node.hasErrors() || !data || !wanted)
    return;
  if (data->tensor) {
    // A constant under another shape: row-major order, and with it the count of random bits, stays as it is.
    auto shape = copyDims(data->shape, *wanted);
    if (shape)
      shape = fillIn(*shape, *onnxir::countElements(data->shape));
    if (!shape)
      return node.error("shape " + printShape(*wanted) + " does not fit a constant of shape " +
                        printShape(data->shape));
    return define(node.getOutput(0), {{}, data->tensor, *shape, false});
  }
  if (!data->value)
    return; // unknown
  if (auto shape = inferReshape(node, data->shape, *wanted))
    defineValue(node, onnxir::ReshapeOp::create(builder, node.getLoc(), getType(*shape), data->value));
}

void GraphImporter::importIdentity(NodeReader &node) {
  node.refuseOtherAttributes();
  const Entry *entry = lookUp(node, 0);
  if (node.hasErrors() || !entry)
    return;
  if (entry->value)
    return defineValue(node, onnxir::IdentityOp::create(builder, node.getLoc(), entry->value));
  define(node.getOutput(0), Entry(*entry)); // a constant under another name, or unknown
}

void GraphImporter::importDropout(NodeReader &node) {
  node.ignore("ratio");
  node.ignore("seed");
  node.refuseOtherAttributes();
  refuseSecondOutput(node, "mask");
  if (!node.getInput(1).empty())
    lookUp(node, 1); // the ratio: any, but it must be there
  if (!node.getInput(2).empty()) {
    auto mode = getIntegers(node, 2, "training_mode");
    if (mode && llvm::any_of(*mode, [](int64_t flag) { return flag != 0; }))
      node.error("training_mode = true is not supported, only false");
  }
  if (Value input = getValue(node, 0); input && !node.hasErrors())
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
  fileTensors.push_back({node.getOutput(0).str(), proto, /*isNode=*/true, {}, 1, {}});
  define(node.getOutput(0), {{}, &fileTensors.back(), *shape, false});
}

} // namespace wage
