//===- PoolNodes.cpp - pools over windows and over whole planes ---------------===//
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

namespace wage {

/// Input 0 as a value of shape [batch, channels, space...]; null if it is not (reported) or unknown. The larger of two may
/// also be an integer.
Value GraphImporter::getImages(NodeReader &node) {
  Value input = node.getOpType() == "MaxPool" && getSmallInteger(node, 0) ? getOperand(node, 0) : getFloats(node, 0);
  if (!input || (shapeOf(input).size() >= 3 && shapeOf(input).size() <= 5))
    return input;
  node.error("input has shape " + printShape(shapeOf(input)) +
             ", needed [batch, channels] and one to three dimensions of space");
  return {};
}

/// A pool whose input, windows and result have been found to agree.
std::optional<GraphImporter::Pool> GraphImporter::readPool(NodeReader &node) {
  Value input = getImages(node);
  Window window = readWindow(node, input ? shapeOf(input).size() - 2 : 0, /*isPool=*/true);
  node.refuseOtherAttributes();
  if (!node.hasAttribute("kernel_shape"))
    node.error("attribute 'kernel_shape' is missing");
  if (node.hasErrors() || !input)
    return std::nullopt;
  ArrayRef<int64_t> images = shapeOf(input);
  SmallVector<int64_t> pads = resolvePads(window, images);
  size_t space = window.kernel.size();
  for (size_t side = 0; side < 2 * space; ++side) {
    if (pads[side] < onnxir::dilatedKernel(window.kernel[side % space], window.dilations[side % space]))
      continue;
    node.error("pads = " + printShape(pads) + " are not supported, only pads smaller than the kernel " +
               printShape(window.kernel));
    return std::nullopt;
  }
  SmallVector<int64_t> overhang = resolveOverhang(window, pads, images);
  for (size_t i = 0; i < space; ++i)
    pads[i + space] += overhang[i];
  auto shape =
      check(node, onnxir::inferWindows(images, images[1], {window.kernel, window.strides, pads, window.dilations}));
  if (!shape)
    return std::nullopt;
  bool hangsOver = llvm::any_of(overhang, [](int64_t n) { return n != 0; });
  return Pool{input,
              getType(*shape, getElementTypeOrSelf(input.getType())),
              window.kernel,
              window.strides,
              pads,
              window.dilations,
              overhang,
              window.getDilationsAttr(builder.getContext()),
              hangsOver ? builder.getDenseI64ArrayAttr(overhang) : DenseI64ArrayAttr()};
}

/// A pool with one window over each plane.
std::optional<GraphImporter::Pool> GraphImporter::readGlobalPool(NodeReader &node) {
  node.refuseOtherAttributes();
  Value input = getImages(node);
  if (node.hasErrors() || !input)
    return std::nullopt;
  ArrayRef<int64_t> images = shapeOf(input);
  if (llvm::is_contained(images.drop_front(2), 0)) {
    node.error("input has shape " + printShape(images) + ", needed images of one pixel at least");
    return std::nullopt;
  }
  size_t space = images.size() - 2;
  SmallVector<int64_t> shape(images.take_front(2));
  shape.append(space, 1);
  Pool pool{input, getType(shape), SmallVector<int64_t>(images.drop_front(2))};
  pool.strides.assign(space, 1);
  pool.pads.assign(2 * space, 0);
  return pool;
}

void GraphImporter::importMaxPool(NodeReader &node) {
  node.ignore("storage_order"); // the order of the second output's indices
  refuseOtherOutputs(node, "Indices");
  if (auto pool = readPool(node))
    defineValue(node, onnxir::MaxPoolOp::create(builder, node.getLoc(), pool->type, pool->input,
                                                builder.getDenseI64ArrayAttr(pool->kernel),
                                                builder.getDenseI64ArrayAttr(pool->strides),
                                                builder.getDenseI64ArrayAttr(pool->pads), pool->dilationsAttr));
}

void GraphImporter::importAveragePool(NodeReader &node) {
  bool countIncludePad = node.getInt("count_include_pad", 0) != 0;
  auto pool = readPool(node);
  if (!pool)
    return;
  bool pads = countIncludePad && llvm::any_of(pool->pads, [](int64_t n) { return n != 0; });
  defineValue(node, onnxir::AveragePoolOp::create(
                        builder, node.getLoc(), pool->type, pool->input, builder.getDenseI64ArrayAttr(pool->kernel),
                        builder.getDenseI64ArrayAttr(pool->strides), builder.getDenseI64ArrayAttr(pool->pads),
                        pads ? builder.getUnitAttr() : UnitAttr(), pool->dilationsAttr,
                        pads ? pool->overhangAttr : DenseI64ArrayAttr()));
}

void GraphImporter::importGlobalMaxPool(NodeReader &node) {
  if (auto pool = readGlobalPool(node))
    defineValue(node, onnxir::MaxPoolOp::create(builder, node.getLoc(), pool->type, pool->input,
                                                builder.getDenseI64ArrayAttr(pool->kernel),
                                                builder.getDenseI64ArrayAttr(pool->strides),
                                                builder.getDenseI64ArrayAttr(pool->pads), DenseI64ArrayAttr()));
}

void GraphImporter::importGlobalAveragePool(NodeReader &node) {
  if (auto pool = readGlobalPool(node))
    defineValue(node, onnxir::AveragePoolOp::create(
                          builder, node.getLoc(), pool->type, pool->input, builder.getDenseI64ArrayAttr(pool->kernel),
                          builder.getDenseI64ArrayAttr(pool->strides), builder.getDenseI64ArrayAttr(pool->pads),
                          UnitAttr(), DenseI64ArrayAttr(), DenseI64ArrayAttr()));
}

} // namespace wage
