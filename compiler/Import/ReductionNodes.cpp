//===- ReductionNodes.cpp - ReduceMean, Softmax, LogSoftmax, ArgMax and LRN ----===//
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

void GraphImporter::importReduceMean(NodeReader &node) {
  bool keepDims = node.getInt("keepdims", 1) != 0, present = false;
  bool noAxesNoOp = opset >= 18 && node.getInt("noop_with_empty_axes", 0) != 0;
  auto axes = getList(node, "axes", 1, /*isInput=*/opset >= 18, present);
  node.refuseOtherAttributes();
  Value input = getFloats(node, 0);
  if (node.hasErrors() || !input || !axes)
    return;
  ArrayRef<int64_t> shape = shapeOf(input);
  if (axes->empty() && noAxesNoOp)
    return defineValue(node, onnxir::IdentityOp::create(builder, node.getLoc(), input));
  if (axes->empty()) {
    axes->resize(shape.size());
    std::iota(axes->begin(), axes->end(), 0);
  }
  auto resolved = resolveAxes(node, *axes, shape.size());
  if (!resolved)
    return;
  llvm::sort(*resolved);
  auto result = check(node, onnxir::inferReduction(shape, *resolved, keepDims));
  if (!result)
    return;
  // The mean over all of space is the pool that every level knows.
  bool isPool = shape.size() >= 3 && shape.size() <= 5 && resolved->size() == shape.size() - 2 &&
                resolved->front() == 2 && !llvm::is_contained(shape.drop_front(2), 0);
  Value mean;
  if (isPool) {
    auto pooled = onnxir::inferReduction(shape, *resolved, /*keepDims=*/true);
    SmallVector<int64_t> ones(resolved->size(), 1), zeros(2 * resolved->size(), 0);
    mean = onnxir::AveragePoolOp::create(builder, node.getLoc(), getType(*pooled), input,
                                         builder.getDenseI64ArrayAttr(shape.drop_front(2)),
                                         builder.getDenseI64ArrayAttr(ones), builder.getDenseI64ArrayAttr(zeros),
                                         UnitAttr(), DenseI64ArrayAttr(), DenseI64ArrayAttr());
    mean = reshape(node, mean, *result);
  } else {
    mean = onnxir::ReduceMeanOp::create(builder, node.getLoc(), getType(*result), input, *resolved, keepDims);
  }
  defineValue(node, mean);
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
