//===- ReductionNodes.cpp - means, sums, maxima, Softmax, ArgMax and LRN -------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Import/GraphImporter.h"

#include "dialects/onnx/IR/OnnxShapes.h"

#include <numeric>

using namespace mlir;
using llvm::Twine;

namespace wage {

/// The input and the dimensions, ascending, that a node reduces; nothing, reported, if they are unknown. No dimensions: the
/// value itself. `axesInput` is the first opset that has them as an input.
std::optional<GraphImporter::Reduction> GraphImporter::readReduction(NodeReader &node, int axesInput) {
  const bool isInput = opset >= axesInput;
  bool keepDims = node.getInt("keepdims", 1) != 0, present = false;
  bool noAxesNoOp = isInput && node.getInt("noop_with_empty_axes", 0) != 0;
  auto axes = getList(node, "axes", 1, isInput, present);
  node.refuseOtherAttributes();
  Value input = getFloats(node, 0);
  if (node.hasErrors() || !input || !axes)
    return std::nullopt;
  ArrayRef<int64_t> shape = shapeOf(input);
  if (axes->empty() && !noAxesNoOp) {
    axes->resize(shape.size());
    std::iota(axes->begin(), axes->end(), 0);
  }
  auto resolved = resolveAxes(node, *axes, shape.size());
  if (!resolved)
    return std::nullopt;
  llvm::sort(*resolved);
  auto result = check(node, onnxir::inferReduction(shape, *resolved, keepDims));
  if (!result)
    return std::nullopt;
  return Reduction{input, *resolved, *result, keepDims};
}

Value GraphImporter::mean(NodeReader &node, const Reduction &reduction) {
  ArrayRef<int64_t> shape = shapeOf(reduction.input);
  if (reduction.axes.empty())
    return onnxir::IdentityOp::create(builder, node.getLoc(), reduction.input);
  // The mean over all of space is the pool that every level knows.
  bool isPool = shape.size() >= 3 && shape.size() <= 5 && reduction.axes.size() == shape.size() - 2 &&
                reduction.axes.front() == 2 && !llvm::is_contained(shape.drop_front(2), 0);
  if (!isPool)
    return onnxir::ReduceMeanOp::create(builder, node.getLoc(), getType(reduction.shape), reduction.input,
                                        reduction.axes, reduction.keepDims);
  const onnxir::Shape pooled = llvm::cantFail(onnxir::inferReduction(shape, reduction.axes, /*keepDims=*/true));
  SmallVector<int64_t> ones(reduction.axes.size(), 1), zeros(2 * reduction.axes.size(), 0);
  Value result = onnxir::AveragePoolOp::create(builder, node.getLoc(), getType(pooled), reduction.input,
                                               builder.getDenseI64ArrayAttr(shape.drop_front(2)),
                                               builder.getDenseI64ArrayAttr(ones), builder.getDenseI64ArrayAttr(zeros),
                                               UnitAttr(), DenseI64ArrayAttr(), DenseI64ArrayAttr());
  return reshape(node, result, reduction.shape);
}

void GraphImporter::importReduceMean(NodeReader &node) {
  if (auto reduction = readReduction(node, 18))
    defineValue(node, mean(node, *reduction));
}

/// The mean times how many numbers it is over.
void GraphImporter::importReduceSum(NodeReader &node) {
  auto reduction = readReduction(node, 13);
  if (!reduction)
    return;
  double count = 1;
  for (int64_t axis : reduction->axes)
    count *= static_cast<double>(shapeOf(reduction->input)[axis]);
  if (count == 0)
    return node.error("a sum of no numbers, of " + printShape(shapeOf(reduction->input)) + ", is not supported");
  defineValue(node, binary(node, onnxir::BinaryKind::Mul, mean(node, *reduction), makeScalar(node, count)));
}

/// A pool over one dimension of space, to which all others are moved.
void GraphImporter::importReduceMax(NodeReader &node) {
  auto reduction = readReduction(node, 18);
  if (!reduction)
    return;
  ArrayRef<int64_t> shape = shapeOf(reduction->input);
  if (reduction->axes.empty())
    return defineValue(node, onnxir::IdentityOp::create(builder, node.getLoc(), reduction->input));
  SmallVector<int64_t> order;
  int64_t count = 1, kept = 1;
  for (int64_t axis = 0; axis < static_cast<int64_t>(shape.size()); ++axis)
    if (!llvm::is_contained(reduction->axes, axis)) {
      order.push_back(axis);
      kept *= ShapedType::isDynamic(shape[axis]) ? 1 : shape[axis];
    }
  for (int64_t axis : reduction->axes) {
    order.push_back(axis);
    count *= shape[axis];
  }
  if (count == 0)
    return node.error("a maximum of no numbers, of " + printShape(shape) + ", is not supported");
  const int64_t batch = onnxir::hasOpenBatch(shape) ? ShapedType::kDynamic : 1;
  Value value = transpose(node, reduction->input, order);
  value = reshape(node, value, {batch, kept, count});
  value = onnxir::MaxPoolOp::create(builder, node.getLoc(), getType({batch, kept, 1}), value,
                                    builder.getDenseI64ArrayAttr({count}), builder.getDenseI64ArrayAttr({1}),
                                    builder.getDenseI64ArrayAttr({0, 0}), DenseI64ArrayAttr());
  defineValue(node, reshape(node, value, reduction->shape));
}

void GraphImporter::importSoftmax(NodeReader &node) {
  bool isOld = opset < 13, isLog = node.getOpType() == "LogSoftmax";
  int64_t axis = node.getInt("axis", isOld ? 1 : -1);
  node.refuseOtherAttributes();
  Value input = getFloats(node, 0);
  if (node.hasErrors() || !input)
    return;
  SmallVector<int64_t> shape(shapeOf(input));
  auto resolved = resolveAxis(node, axis, shape.size());
  if (!resolved)
    return;
  if (shape[*resolved] == ShapedType::kDynamic)
    return node.error("axis = " + Twine(axis) + " is the batch, which is left open");
  // Up to opset 12 all dimensions from the axis on count as one.
  Value result = input;
  if (isOld) {
    SmallVector<int64_t> flat(shape.begin(), shape.begin() + *resolved);
    flat.push_back(*onnxir::countElements(ArrayRef(shape).drop_front(*resolved)));
    if (flat.back() != shape[*resolved])
      result = reshape(node, input, flat);
  }
  result = onnxir::SoftmaxOp::create(builder, node.getLoc(), result, *resolved, isLog);
  defineValue(node, reshape(node, result, shape));
}

void GraphImporter::importArgMax(NodeReader &node) {
  int64_t axis = node.getInt("axis", 0);
  bool keepDims = node.getInt("keepdims", 1) != 0, last = opset >= 12 && node.getInt("select_last_index", 0) != 0;
  node.refuseOtherAttributes();
  Value input = getFloats(node, 0);
  if (node.hasErrors() || !input)
    return;
  auto resolved = resolveAxis(node, axis, shapeOf(input).size());
  if (!resolved)
    return;
  if (shapeOf(input)[*resolved] == 0)
    return node.error("axis = " + Twine(axis) + " of " + printShape(shapeOf(input)) + " is empty");
  auto shape = check(node, onnxir::inferReduction(shapeOf(input), *resolved, keepDims));
  if (shape)
    defineValue(node, onnxir::ArgMaxOp::create(builder, node.getLoc(), getType(*shape, builder.getI64Type()), input,
                                               *resolved, keepDims, last));
}

void GraphImporter::importLrn(NodeReader &node) {
  int64_t size = node.getInt("size", 0);
  llvm::APFloat alpha(static_cast<float>(node.getFloat("alpha", 1e-4)));
  llvm::APFloat beta(static_cast<float>(node.getFloat("beta", 0.75)));
  llvm::APFloat bias(static_cast<float>(node.getFloat("bias", 1)));
  node.refuseOtherAttributes();
  if (size < 1 || size > onnxir::maxElements)
    node.error("size = " + Twine(size) + " is not supported, only positive ones");
  Value input = getFloats(node, 0);
  if (input && shapeOf(input).size() < 2)
    node.error("input has shape " + printShape(shapeOf(input)) + ", needed channels in dimension 1");
  if (input && !node.hasErrors())
    defineValue(node, onnxir::LrnOp::create(builder, node.getLoc(), input, size, alpha, beta, bias));
}

} // namespace wage
