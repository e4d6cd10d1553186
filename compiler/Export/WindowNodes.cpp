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
std::vector<int64_t> listWindows(integer::SumPoolOp op, int64_t outside) {
  const ArrayRef<int64_t> plane = shapeOf(op.getInput()), windows = shapeOf(op.getResult());
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

/// Where the padding is as large as the kernel, as behind a pool that rounds its size up, runtimes want it as a node of its
/// own. Its elements are less than any other, and no window is without others.
std::string GraphExporter::maxPool(integer::MaxPoolOp op, const std::string &input, TensorType type) {
  const ArrayRef<int64_t> kernel = op.getKernel(), pads = op.getPads();
  std::string value = input;
  SmallVector<int64_t> kept(pads);
  if (pads[2] >= kernel[0] || pads[3] >= kernel[1]) {
    const std::string extents =
        model.addConstant("", TensorType::Int64, {8}, {0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]});
    const int64_t least = type == TensorType::Int8 ? INT8_MIN : -static_cast<int64_t>(2 * largestExactDouble);
    value = emit(op, "Pad", {value, extents, scalar(type, least)});
    kept.assign(4, 0);
  }
  return emit(op, "MaxPool", {value},
              {{"kernel_shape", kernel}, {"strides", op.getStrides()}, {"pads", ArrayRef<int64_t>(kept)}});
}

/// ONNX pools bytes and floats.
LogicalResult GraphExporter::visit(integer::MaxPoolOp op) {
  const uint64_t largest = magnitude(op.getInput());
  if (largest > largestExactDouble)
    return op.emitOpError() << "compares sums of up to " << largest << ", needed at most 2^53, which float64 holds";
  const TensorType type = largest <= largestByte ? TensorType::Int8 : TensorType::Double;
  set(op.getValues(), maxPool(op, get(op.getInput(), type), type), type);
  return success();
}

/// ONNX has no pool of sums. Windows are gathered and reduced; one more element, a zero, is what all padding points to.
LogicalResult GraphExporter::visit(integer::SumPoolOp op) {
  const ArrayRef<int64_t> plane = shapeOf(op.getInput()), windows = shapeOf(op.getResult());
  const int64_t positions = plane[2] * plane[3], covered = op.getKernel()[0] * op.getKernel()[1];
  const TensorType type = wideType(op);
  std::string value = reshape(op, get(op.getInput(), type), {plane[1], positions});
  const std::vector<int64_t> elements = listWindows(op, positions);
  if (llvm::is_contained(elements, positions))
    value =
        emit(op, "Pad", {value, model.addConstant("", TensorType::Int64, {6}, {0, 0, 0, 0, 0, 1}), scalar(type, 0)});
  const std::string indices =
      model.addConstant(nodeName(op), TensorType::Int32, {windows[2] * windows[3], covered}, elements);
  value = emit(op, "Gather", {value, indices}, {{"axis", int64_t(2)}});
  const std::string axis = model.addConstant("", TensorType::Int64, {1}, {3});
  value = emit(op, "ReduceSum", {value, axis}, {{"keepdims", int64_t(0)}});
  set(op.getResult(), reshape(op, value, windows.drop_front()), type);
  return success();
}

} // namespace wage
