//===- ShapeNodes.cpp - other shapes, other orders, and blocks -----------------===//
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

namespace {

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

void GraphImporter::importFlatten(NodeReader &node) {
  int64_t axis = node.getInt("axis", 1);
  node.refuseOtherAttributes();
  Value input = getOperand(node, 0);
  if (node.hasErrors() || !input)
    return;
  ArrayRef<int64_t> shape = shapeOf(input);
  int64_t rank = shape.size();
  if (axis < -rank || axis > rank)
    return node.error("axis = " + Twine(axis) + " is none of the " + Twine(rank) + " dimensions");
  axis += axis < 0 ? rank : 0;
  auto front = onnxir::countElements(shape.take_front(axis).drop_front(onnxir::hasOpenBatch(shape) && axis > 0));
  auto back = onnxir::countElements(shape.drop_front(axis));
  if (!front || !back || (onnxir::hasOpenBatch(shape) && *front != 1))
    return node.error("axis = " + Twine(axis) + " is not supported, only axis = 1");
  int64_t first = onnxir::hasOpenBatch(shape) ? ShapedType::kDynamic : *front;
  if (axis == 1 && getElementTypeOrSelf(input.getType()).isF32())
    return defineValue(node, onnxir::FlattenOp::create(builder, node.getLoc(), getType({first, *back}), input));
  defineValue(node, reshape(node, input, {first, *back}));
}

std::optional<SmallVector<int64_t>> GraphImporter::inferReshape(NodeReader &node, ArrayRef<int64_t> from,
                                                                ArrayRef<int64_t> wanted, bool allowZero) {
  std::optional<SmallVector<int64_t>> shape;
  if (!onnxir::hasOpenBatch(from)) {
    shape = allowZero ? SmallVector<int64_t>(wanted) : copyDims(from, wanted);
    if (shape)
      shape = fillIn(*shape, *onnxir::countElements(from));
    if (!shape)
      node.error("shape " + printShape(wanted) + " does not hold the elements of " + printShape(from));
    return shape;
  }
  int64_t batch = wanted.empty() ? 1 : wanted[0];
  bool keepsBatch = batch == openDim || (batch == 0 && !allowZero) || batch == -1 || batch == fixedBatch;
  int64_t perSample = *onnxir::countElements(from.drop_front());
  if (!wanted.empty() && keepsBatch)
    shape = allowZero ? SmallVector<int64_t>(wanted) : copyDims(from, wanted);
  if (shape) {
    // With the batch open, ONNX leaves no second dimension open: the rest must hold a sample exactly.
    SmallVector<int64_t> sample(shape->begin() + 1, shape->end());
    shape = batch == -1 && llvm::is_contained(sample, -1) ? std::nullopt : fillIn(sample, perSample);
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
  bool allowZero = opset >= 14 && node.getInt("allowzero", 0) != 0;
  node.refuseOtherAttributes();
  auto wanted = getIntegers(node, 1, "shape");
  const Entry *input = lookUp(node, 0);
  if (node.hasErrors() || !input || !wanted)
    return;
  auto shape = inferReshape(node, input->value ? shapeOf(input->value) : ArrayRef<int64_t>(input->constant->shape),
                            *wanted, allowZero);
  if (!shape)
    return;
  if (input->constant) {
    // The file's numbers under another shape keep their name.
    Constant renamed = *input->constant;
    renamed.shape = *shape;
    renamed.loaded = {};
    return defineConstant(node, std::move(renamed));
  }
  Type element = getElementTypeOrSelf(input->value.getType());
  defineValue(node, onnxir::ReshapeOp::create(builder, node.getLoc(), getType(*shape, element), input->value));
}

void GraphImporter::importSqueeze(NodeReader &node) {
  bool present = false;
  auto axes = getList(node, "axes", 1, /*isInput=*/opset >= 13, present);
  node.refuseOtherAttributes();
  Value input = getOperand(node, 0);
  if (node.hasErrors() || !input || !axes)
    return;
  ArrayRef<int64_t> from = shapeOf(input);
  auto resolved = resolveAxes(node, *axes, from.size());
  if (!resolved)
    return;
  if (!present && onnxir::hasOpenBatch(from) && fixedBatch == 1)
    return node.error("every dimension of 1 is removed, the batch of 1 too");
  SmallVector<int64_t> shape;
  for (auto [i, dim] : llvm::enumerate(from)) {
    bool removed = present ? llvm::is_contained(*resolved, static_cast<int64_t>(i)) : dim == 1;
    if (removed && dim != 1)
      return node.error("axes = " + printShape(*axes) + " remove dimension " + Twine(i) + " of " + printShape(from) +
                        ", needed dimensions of 1");
    if (!removed)
      shape.push_back(dim);
  }
  defineValue(node, reshape(node, input, shape));
}

void GraphImporter::importUnsqueeze(NodeReader &node) {
  bool present = false;
  auto axes = getList(node, "axes", 1, /*isInput=*/opset >= 13, present);
  node.refuseOtherAttributes();
  Value input = getOperand(node, 0);
  if (!present)
    node.error("the axes are missing");
  if (node.hasErrors() || !input || !axes)
    return;
  ArrayRef<int64_t> from = shapeOf(input);
  auto resolved = resolveAxes(node, *axes, from.size() + axes->size());
  if (!resolved)
    return;
  SmallVector<int64_t> shape;
  for (size_t i = 0, next = 0; i < from.size() + axes->size(); ++i)
    shape.push_back(llvm::is_contained(*resolved, static_cast<int64_t>(i)) ? 1 : from[next++]);
  if (onnxir::hasOpenBatch(from) && shape[0] != ShapedType::kDynamic)
    return node.error("axes = " + printShape(*axes) + " put a dimension before the batch, which is left open");
  defineValue(node, reshape(node, input, shape));
}

void GraphImporter::importTranspose(NodeReader &node) {
  SmallVector<int64_t> permutation = node.getInts("perm", {});
  node.refuseOtherAttributes();
  Value input = getOperand(node, 0);
  if (node.hasErrors() || !input)
    return;
  if (!node.hasAttribute("perm")) {
    permutation.resize(shapeOf(input).size());
    std::iota(permutation.rbegin(), permutation.rend(), 0);
  }
  if (Value result = transpose(node, input, permutation))
    defineValue(node, result);
}

Value GraphImporter::transpose(NodeReader &node, Value value, ArrayRef<int64_t> permutation) {
  auto shape = check(node, onnxir::inferTranspose(shapeOf(value), permutation));
  Type element = getElementTypeOrSelf(value.getType());
  return shape ? onnxir::TransposeOp::create(builder, node.getLoc(), getType(*shape, element), value, permutation)
               : Value();
}

/// DepthToSpace and SpaceToDepth: blocks of channels become blocks of pixels, or the other way.
void GraphImporter::importBlocks(NodeReader &node) {
  const bool toSpace = node.getOpType() == "DepthToSpace";
  const int64_t block = node.getInt("blocksize", 0);
  const StringRef mode = toSpace ? node.getString("mode", "DCR") : "DCR";
  if (mode != "DCR" && mode != "CRD")
    node.error("mode = '" + printable(mode) + "' is not supported, only DCR and CRD");
  node.refuseOtherAttributes();
  Value input = getOperand(node, 0);
  if (node.hasErrors() || !input)
    return;
  ArrayRef<int64_t> shape = shapeOf(input);
  if (shape.size() != 4)
    return node.error("input has shape " + printShape(shape) + ", needed [batch, channels, height, width]");
  const int64_t area = block > 0 && block < INT16_MAX ? block * block : 0;
  const bool fits = area && (toSpace ? shape[1] % area == 0 : shape[2] % block == 0 && shape[3] % block == 0);
  if (!fits)
    return node.error("blocksize = " + Twine(block) + " does not divide " + printShape(shape));
  const int64_t n = shape[0], c = shape[1], h = shape[2], w = shape[3];
  if (!toSpace) {
    Value parts = reshape(node, input, {n, c, h / block, block, w / block, block});
    return defineValue(node,
                       reshape(node, transpose(node, parts, {0, 3, 5, 1, 2, 4}), {n, c * area, h / block, w / block}));
  }
  const bool blocksFirst = mode == "DCR";
  Value parts = reshape(node, input,
                        blocksFirst ? ArrayRef<int64_t>{n, block, block, c / area, h, w}
                                    : ArrayRef<int64_t>{n, c / area, block, block, h, w});
  parts =
      transpose(node, parts, blocksFirst ? ArrayRef<int64_t>{0, 3, 4, 1, 5, 2} : ArrayRef<int64_t>{0, 1, 4, 2, 5, 3});
  defineValue(node, reshape(node, parts, {n, c / area, h * block, w * block}));
}

} // namespace wage
