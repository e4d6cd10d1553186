//===- WindowNodes.cpp - pools and shapes in ONNX ----------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Export/GraphExporter.h"

using namespace mlir;

namespace wage {

namespace {

ArrayRef<int64_t> shapeOf(Value value) { return cast<ShapedType>(value.getType()).getShape(); }

/// For every window of a pool over a plane, the elements it covers, row-major; `outside` stands for the padding.
template <typename Pool> std::vector<int64_t> listWindows(Pool op, int64_t outside) {
  const ArrayRef<int64_t> plane = shapeOf(op.getInput()), windows = shapeOf(op->getResult(0));
  std::vector<int64_t> elements;
  for (int64_t row = 0; row < windows[2]; ++row)
    for (int64_t column = 0; column < windows[3]; ++column)
      for (int64_t i = 0; i < op.getKernel()[0]; ++i)
        for (int64_t j = 0; j < op.getKernel()[1]; ++j) {
          const int64_t y = row * op.getStrides()[0] - op.getPads()[0] + i;
          const int64_t x = column * op.getStrides()[1] - op.getPads()[1] + j;
          const bool inside = y >= 0 && y < plane[2] && x >= 0 && x < plane[3];
          elements.push_back(inside ? y * plane[3] + x : outside);
        }
  return elements;
}

} // namespace

std::string GraphExporter::reshape(Operation *op, const std::string &input, ArrayRef<int64_t> perSample) {
  SmallVector<int64_t> shape = {0}; // the batch, as it is
  shape.append(perSample.begin(), perSample.end());
  const int64_t rank = shape.size();
  return emit(op, "Reshape", {input, model.addConstant("", TensorType::Int64, {rank}, shape)});
}

LogicalResult GraphExporter::visit(integer::ReshapeOp op) {
  const Tensor tensor = tensors[op.getInput()];
  set(op.getResult(), reshape(op, tensor.name, shapeOf(op.getResult()).drop_front()), tensor.type);
  return success();
}

std::string GraphExporter::maxPoolBytes(integer::MaxPoolOp op, const std::string &input) {
  return emit(op, "MaxPool", {input},
              {{"kernel_shape", op.getKernel()}, {"strides", op.getStrides()}, {"pads", op.getPads()}});
}

/// ONNX pools floats and bytes only. Wider integers are gathered, window by window, and reduced.
template <typename Pool> std::string GraphExporter::reduceWindows(Pool op, StringRef reduction, int64_t padding) {
  const ArrayRef<int64_t> plane = shapeOf(op.getInput()), windows = shapeOf(op->getResult(0));
  const int64_t positions = plane[2] * plane[3], covered = op.getKernel()[0] * op.getKernel()[1];
  const TensorType type = wideType(op);
  std::string value = reshape(op, get(op.getInput(), type), {plane[1], positions});
  const std::vector<int64_t> elements = listWindows(op, positions);
  if (llvm::is_contained(elements, positions)) // one more element, which all padding points to
    value = emit(op, "Pad",
                 {value, model.addConstant("", TensorType::Int64, {6}, {0, 0, 0, 0, 0, 1}), scalar(type, padding)});
  const std::string indices =
      model.addConstant(nodeName(op), TensorType::Int32, {windows[2] * windows[3], covered}, elements);
  value = emit(op, "Gather", {value, indices}, {{"axis", int64_t(2)}});
  if (reduction == "ReduceSum")
    value =
        emit(op, reduction, {value, model.addConstant("", TensorType::Int64, {1}, {3})}, {{"keepdims", int64_t(0)}});
  else
    value = emit(op, reduction, {value}, {{"axes", ArrayRef<int64_t>{3}}, {"keepdims", int64_t(0)}});
  return reshape(op, value, windows.drop_front());
}

LogicalResult GraphExporter::visit(integer::MaxPoolOp op) {
  if (magnitude(op.getInput()) <= largestByte) {
    set(op.getValues(), maxPoolBytes(op, get(op.getInput(), TensorType::Int8)), TensorType::Int8);
    return success();
  }
  const TensorType type = wideType(op);
  set(op.getValues(), reduceWindows(op, "ReduceMax", type == TensorType::Int32 ? INT32_MIN : INT64_MIN), type);
  return success();
}

LogicalResult GraphExporter::visit(integer::SumPoolOp op) {
  set(op.getResult(), reduceWindows(op, "ReduceSum", 0), wideType(op));
  return success();
}

} // namespace wage
