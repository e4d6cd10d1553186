//===- LinearNodes.cpp - Conv, Gemm, MatMul and Add --------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Import/GraphImporter.h"
#include "compiler/Import/WindowReader.h"

#include "dialects/onnx/IR/OnnxOps.h"
#include "dialects/onnx/IR/OnnxShapes.h"

using namespace mlir;
using llvm::Twine;

namespace wage {

namespace {

/// Reports a tensor that has not `rank` dimensions.
void requireRank(NodeReader &node, StringRef role, ArrayRef<int64_t> shape, size_t rank) {
  if (shape.size() != rank)
    node.error(role + " have shape " + printShape(shape) + ", needed " + Twine(rank) + " dimensions");
}

/// Reports a bias that is neither [neurons] nor, with `allowRow`, [1, neurons].
void requireBias(NodeReader &node, ArrayRef<int64_t> shape, int64_t neurons, bool allowRow) {
  if (shape == ArrayRef<int64_t>{neurons} || (allowRow && shape == ArrayRef<int64_t>{1, neurons}))
    return;
  std::string row = allowRow ? " or " + printShape({1, neurons}) : "";
  node.error("bias has shape " + printShape(shape) + ", needed " + printShape({neurons}) + row);
}

ArrayRef<int64_t> shapeOf(Value value) { return cast<RankedTensorType>(value.getType()).getShape(); }

/// Reports an input of a matrix product that is not [batch, axons].
void requireRows(NodeReader &node, ArrayRef<int64_t> input, int64_t axons) {
  if (input.size() != 2 || input[1] != axons)
    node.error("input has shape " + printShape(input) + ", the weights need " +
               printShape({ShapedType::kDynamic, axons}));
}

} // namespace

void GraphImporter::importConv(NodeReader &node) {
  Window window = readWindow(node);
  node.requireInt("group", 1, 1);
  node.refuseOtherAttributes();
  bool hasBias = !node.getInput(2).empty();
  Value input = getValue(node, 0);
  const Entry *weights = getTensor(node, 1, "weights");
  const Entry *bias = hasBias ? getTensor(node, 2, "bias") : nullptr;
  if (weights)
    requireRank(node, "weights", weights->shape, 4);
  if (input && shapeOf(input).size() != 4)
    node.error("input has shape " + printShape(shapeOf(input)) + ", needed [batch, channels, height, width]");
  Value weightsValue = weights ? load(node, *weights) : Value();
  Value biasValue = bias ? load(node, *bias) : Value();
  if (node.hasErrors() || !input || !weights || (hasBias && !bias))
    return;

  ArrayRef<int64_t> kernel = ArrayRef(weights->shape).drop_front(2);
  if (!window.kernel.empty() && ArrayRef(window.kernel) != kernel)
    node.error("kernel_shape = " + printShape(window.kernel) + " disagrees with the weights " +
               printShape(weights->shape));
  window.kernel.assign(kernel.begin(), kernel.end());
  if (bias)
    requireBias(node, bias->shape, weights->shape[0], /*allowRow=*/false);
  ArrayRef<int64_t> image = shapeOf(input);
  if (weights->shape[1] != image[1])
    node.error("weights " + printShape(weights->shape) + " need " + Twine(weights->shape[1]) +
               " input channels, the input has " + Twine(image[1]));
  SmallVector<int64_t> pads = resolvePads(window, image[2], image[3]);
  auto shape = inferWindowedShape(node, window, pads, image, weights->shape[0]);
  if (node.hasErrors())
    return;
  defineValue(node, onnxir::ConvOp::create(builder, node.getLoc(), getType(*shape), input, weightsValue, biasValue,
                                           window.strides, pads));
}

void GraphImporter::importGemm(NodeReader &node) {
  double alpha = node.getFloat("alpha", 1), beta = node.getFloat("beta", 1);
  node.requireInt("transA", 0, 0);
  bool transB = node.getInt("transB", 0) != 0;
  node.refuseOtherAttributes();
  bool hasBias = !node.getInput(2).empty();
  Value input = getValue(node, 0);
  const Entry *weights = getTensor(node, 1, "weights");
  const Entry *bias = hasBias ? getTensor(node, 2, "bias") : nullptr;
  if (weights)
    requireRank(node, "weights", weights->shape, 2);
  // Both factors stand at constants here, so they are multiplied in once and for all.
  Value weightsValue = weights ? load(node, *weights, alpha) : Value();
  Value biasValue = bias ? load(node, *bias, beta) : Value();
  if (node.hasErrors() || !input || !weights || (hasBias && !bias))
    return;

  int64_t neurons = weights->shape[transB ? 0 : 1], axons = weights->shape[transB ? 1 : 0];
  if (bias)
    requireBias(node, bias->shape, neurons, /*allowRow=*/true);
  requireRows(node, shapeOf(input), axons);
  if (node.hasErrors())
    return;
  defineValue(node, onnxir::GemmOp::create(builder, node.getLoc(), getType({ShapedType::kDynamic, neurons}), input,
                                           weightsValue, biasValue, transB));
}

void GraphImporter::importMatMul(NodeReader &node) {
  node.refuseOtherAttributes();
  Value input = getValue(node, 0);
  const Entry *weights = getTensor(node, 1, "weights");
  if (weights)
    requireRank(node, "weights", weights->shape, 2);
  Value weightsValue = weights ? load(node, *weights) : Value();
  if (node.hasErrors() || !input || !weights)
    return;
  requireRows(node, shapeOf(input), weights->shape[0]);
  if (node.hasErrors())
    return;
  defineValue(node, onnxir::MatMulOp::create(builder, node.getLoc(), getType({ShapedType::kDynamic, weights->shape[1]}),
                                             input, weightsValue));
}

void GraphImporter::importAdd(NodeReader &node) {
  node.refuseOtherAttributes();
  const Entry *lhs = lookUp(node, 0), *rhs = lookUp(node, 1);
  if (!lhs || !rhs)
    return;
  if (lhs->isComputed && rhs->isComputed) {
    if (!lhs->value || !rhs->value)
      return; // unknown
    if (lhs->shape != rhs->shape)
      return node.error("the sum of values of shapes " + printShape(lhs->shape) + " and " + printShape(rhs->shape) +
                        " is not supported, only of equal shapes");
    return defineValue(node, onnxir::AddOp::create(builder, node.getLoc(), lhs->value, rhs->value));
  }
  if (lhs->tensor && rhs->tensor)
    return node.error("the sum of two constants is not supported, only of a computed value and a constant");
  if (lhs->tensor)
    std::swap(lhs, rhs);
  if (!rhs->tensor)
    return; // unknown
  Value bias = load(node, *rhs);
  if (node.hasErrors() || !lhs->value)
    return;
  if (!onnxir::isPerChannel(rhs->shape, lhs->shape))
    return node.error("constant '" + printable(rhs->tensor->name) + "' of shape " + printShape(rhs->shape) +
                      " on a value of shape " + printShape(lhs->shape) +
                      " is not supported, only one number per channel (dimension 1)");
  defineValue(node, onnxir::AddOp::create(builder, node.getLoc(), lhs->value, bias));
}

} // namespace wage
