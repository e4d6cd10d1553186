//===- PoolNodes.cpp - MaxPool, AveragePool and GlobalAveragePool ------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Import/GraphImporter.h"
#include "compiler/Import/WindowReader.h"

#include "dialects/onnx/IR/OnnxOps.h"

using namespace mlir;
using llvm::Twine;

namespace wage {

Value GraphImporter::getImages(NodeReader &node) {
  Value input = getValue(node, 0);
  auto type = input ? cast<RankedTensorType>(input.getType()) : RankedTensorType();
  if (input && type.getRank() != 4)
    node.error("input has shape " + printShape(type.getShape()) + ", needed [batch, channels, height, width]");
  return input;
}

std::optional<GraphImporter::Pool> GraphImporter::readPool(NodeReader &node) {
  Window window = readWindow(node);
  node.requireInt("ceil_mode", 0, 0);
  node.refuseOtherAttributes();
  if (!node.hasAttribute("kernel_shape"))
    node.error("attribute 'kernel_shape' is missing");
  Value input = getImages(node);
  if (node.hasErrors() || !input)
    return std::nullopt;
  ArrayRef<int64_t> image = cast<RankedTensorType>(input.getType()).getShape();
  SmallVector<int64_t> pads = resolvePads(window, image[2], image[3]);
  for (int side = 0; side < 4; ++side) {
    if (pads[side] < window.kernel[side % 2])
      continue;
    node.error("pads = " + printShape(pads) + " are not supported, only pads smaller than the kernel " +
               printShape(window.kernel));
    return std::nullopt;
  }
  auto shape = inferWindowedShape(node, window, pads, image, image[1]);
  if (!shape)
    return std::nullopt;
  return Pool{input, getType(*shape), window.kernel, window.strides, pads};
}

void GraphImporter::importMaxPool(NodeReader &node) {
  node.ignore("storage_order"); // the order of the second output's indices
  refuseSecondOutput(node, "Indices");
  if (auto pool = readPool(node))
    defineValue(node, onnxir::MaxPoolOp::create(builder, node.getLoc(), pool->type, pool->input, pool->kernel,
                                                pool->strides, pool->pads));
}

void GraphImporter::importAveragePool(NodeReader &node) {
  bool countIncludePad = node.getInt("count_include_pad", 0) != 0;
  if (auto pool = readPool(node))
    defineValue(node, onnxir::AveragePoolOp::create(builder, node.getLoc(), pool->type, pool->input, pool->kernel,
                                                    pool->strides, pool->pads, countIncludePad));
}

void GraphImporter::importGlobalAveragePool(NodeReader &node) {
  node.refuseOtherAttributes();
  Value input = getImages(node);
  if (node.hasErrors() || !input)
    return;
  ArrayRef<int64_t> image = cast<RankedTensorType>(input.getType()).getShape();
  if (image[2] == 0 || image[3] == 0)
    return node.error("input has shape " + printShape(image) + ", needed images of one pixel at least");
  ArrayRef<int64_t> plane = image.drop_front(2);
  SmallVector<int64_t> ones(2, 1), zeros(4, 0);
  defineValue(node, onnxir::AveragePoolOp::create(builder, node.getLoc(), getType({image[0], image[1], 1, 1}), input,
                                                  plane, ones, zeros, /*count_include_pad=*/false));
}

} // namespace wage
