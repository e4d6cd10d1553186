//===- WindowNodes.cpp - pools and shapes in ONNX ----------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Export/GraphExporter.h"

#include "llvm/Support/MathExtras.h"

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

/// For every element of a sample of the result, which one of the input it is; `outside` where it is none.
std::vector<int64_t> listSources(integer::RearrangeOp op, int64_t elements, int64_t outside) {
  std::vector<int64_t> sources(elements, outside);
  const ArrayRef<int64_t> sizes = op.getSizes(), from = op.getFrom(), to = op.getTo();
  SmallVector<int64_t> index(sizes.size(), 0);
  int64_t source = from[0], target = to[0];
  for (size_t moved = 0; moved <= sizes.size();) {
    sources[target] = source;
    // Counts on: the last index first, and each that is full goes back to 0.
    for (moved = 1; moved <= sizes.size(); ++moved) {
      const size_t d = sizes.size() - moved;
      if (++index[d] < sizes[d]) {
        source += from[d + 1];
        target += to[d + 1];
        break;
      }
      index[d] = 0;
      source -= (sizes[d] - 1) * from[d + 1];
      target -= (sizes[d] - 1) * to[d + 1];
    }
  }
  return sources;
}

/// The product of `extents`, which a list of indices is to count.
FailureOr<int64_t> checkGathered(Operation *op, ArrayRef<int64_t> extents) {
  uint64_t count = 1;
  for (int64_t extent : extents)
    count = llvm::SaturatingMultiply(count, static_cast<uint64_t>(extent));
  if (count >= INT32_MAX)
    return op->emitOpError() << "gathers " << count << " elements or from so many, needed less than 2^31 - 1";
  return static_cast<int64_t>(count);
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

/// Adds one zero to the last of `rank` dimensions.
std::string GraphExporter::appendZero(Operation *op, const std::string &input, TensorType type, int64_t rank) {
  std::vector<int64_t> extents(2 * rank, 0);
  extents.back() = 1;
  return emit(op, "Pad", {input, model.addConstant("", TensorType::Int64, {2 * rank}, extents), scalar(type, 0)});
}

/// ONNX has no pool of sums. Windows are gathered and reduced; one more element, a zero, is what all padding points to.
LogicalResult GraphExporter::visit(integer::SumPoolOp op) {
  const ArrayRef<int64_t> plane = shapeOf(op.getInput()), windows = shapeOf(op.getResult());
  const ArrayRef<int64_t> kernel = op.getKernel();
  if (failed(checkGathered(op, {plane[2], plane[3]})) ||
      failed(checkGathered(op, {windows[2], windows[3], kernel[0], kernel[1]})))
    return failure();
  const int64_t positions = plane[2] * plane[3], covered = kernel[0] * kernel[1];
  const TensorType type = wideType(op);
  std::string value = reshape(op, get(op.getInput(), type), {plane[1], positions});
  const std::vector<int64_t> elements = listWindows(op, positions);
  if (llvm::is_contained(elements, positions))
    value = appendZero(op, value, type, 3);
  const std::string indices =
      model.addConstant(nodeName(op), TensorType::Int32, {windows[2] * windows[3], covered}, elements);
  value = emit(op, "Gather", {value, indices}, {{"axis", int64_t(2)}});
  const std::string axis = model.addConstant("", TensorType::Int64, {1}, {3});
  value = emit(op, "ReduceSum", {value, axis}, {{"keepdims", int64_t(0)}});
  set(op.getResult(), reshape(op, value, windows.drop_front()), type);
  return success();
}

LogicalResult GraphExporter::visit(integer::ConcatOp op) {
  const TensorType type = magnitude(op.getResult()) <= largestByte ? TensorType::Int8 : wideType(op);
  SmallVector<std::string> inputs;
  for (Value input : op.getInputs())
    inputs.push_back(get(input, type));
  set(op.getResult(), emit(op, "Concat", inputs, {{"axis", int64_t(1)}}), type);
  return success();
}

/// A sample is a row; each of its elements is gathered from where it comes from, or from one more, which is zero.
LogicalResult GraphExporter::visit(integer::RearrangeOp op) {
  const FailureOr<int64_t> available = checkGathered(op, shapeOf(op.getInput()).drop_front());
  const FailureOr<int64_t> needed = checkGathered(op, shapeOf(op.getResult()).drop_front());
  if (failed(available) || failed(needed))
    return failure();
  const std::vector<int64_t> sources = listSources(op, *needed, *available);
  const TensorType type = tensors[op.getInput()].type;
  std::string value = reshape(op, get(op.getInput(), type), {*available});
  if (llvm::is_contained(sources, *available))
    value = appendZero(op, value, type, 2);
  const std::string indices = model.addConstant(nodeName(op), TensorType::Int32, {*needed}, sources);
  value = emit(op, "Gather", {value, indices}, {{"axis", int64_t(1)}});
  set(op.getResult(), reshape(op, value, shapeOf(op.getResult()).drop_front()), type);
  return success();
}

} // namespace wage
