//===- LinearNodes.cpp - Conv, Gemm and MatMul --------------------------------===//
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

void GraphImporter::importConv(NodeReader &node) {
  bool hasBias = has(node, 2);
  Value input = getFloats(node, 0), weights = getFloats(node, 1);
  Value bias = hasBias ? getFloats(node, 2) : Value();
  size_t rank = input ? shapeOf(input).size() : weights ? shapeOf(weights).size() : 0;
  if (input && (rank < 3 || rank > 5))
    node.error("input has shape " + printShape(shapeOf(input)) +
               ", needed [batch, channels] and one to three dimensions of space");
  Window window = readWindow(node, rank >= 3 && rank <= 5 ? rank - 2 : 0, /*isPool=*/false);
  int64_t group = node.getInt("group", 1);
  node.refuseOtherAttributes();
  if (weights && input && shapeOf(weights).size() != rank)
    node.error("weights have shape " + printShape(shapeOf(weights)) + ", needed " + Twine(rank) + " dimensions");
  if (node.hasErrors() || !input || !weights || (hasBias && !bias))
    return;

  ArrayRef<int64_t> images = shapeOf(input), shape = shapeOf(weights), kernel = shape.drop_front(2);
  if (llvm::any_of(shape, [](int64_t dim) { return dim < 1; }))
    return node.error("weights have shape " + printShape(shape) + ", needed known dimensions of one at least");
  if (!window.kernel.empty() && ArrayRef(window.kernel) != kernel)
    node.error("kernel_shape = " + printShape(window.kernel) + " disagrees with the weights " + printShape(shape));
  window.kernel.assign(kernel.begin(), kernel.end());
  if (bias && shapeOf(bias) != ArrayRef<int64_t>{shape[0]})
    node.error("bias has shape " + printShape(shapeOf(bias)) + ", needed " + printShape({shape[0]}));
  if (group < 1 || shape[0] % group != 0)
    node.error("group = " + Twine(group) + " does not divide the " + Twine(shape[0]) + " neurons of the weights");
  else if (shape[1] * group != images[1])
    node.error("weights " + printShape(shape) + " need " + Twine(shape[1] * group) + " input channels, the input has " +
               Twine(images[1]));
  if (node.hasErrors())
    return;
  SmallVector<int64_t> pads = resolvePads(window, images);
  auto result =
      check(node, onnxir::inferWindows(images, shape[0], {window.kernel, window.strides, pads, window.dilations}));
  if (result)
    defineValue(
        node, onnxir::ConvOp::create(builder, node.getLoc(), getType(*result), input, weights, bias,
                                     builder.getDenseI64ArrayAttr(window.strides), builder.getDenseI64ArrayAttr(pads),
                                     window.getDilationsAttr(builder.getContext()), builder.getI64IntegerAttr(group)));
}

/// `value` with its two dimensions exchanged; null, reported, if the batch would not stay in front.
Value GraphImporter::transposeMatrix(NodeReader &node, Value value) {
  ArrayRef<int64_t> shape = shapeOf(value);
  if (onnxir::hasOpenBatch(shape)) {
    node.error("a transposed value of shape " + printShape(shape) + " would not keep the batch in front");
    return {};
  }
  return onnxir::TransposeOp::create(builder, node.getLoc(), getType({shape[1], shape[0]}), value,
                                     ArrayRef<int64_t>{1, 0});
}

Value GraphImporter::scale(NodeReader &node, Value value, double factor) {
  if (factor == 1)
    return value;
  Constant *constant = addConstant({node.getName().str() + ".factor", onnx::TensorProto::FLOAT, {}});
  constant->floats = {static_cast<float>(factor)};
  return binary(node, onnxir::BinaryKind::Mul, value, load(node, *constant));
}

void GraphImporter::importGemm(NodeReader &node) {
  double alpha = node.getFloat("alpha", 1), beta = node.getFloat("beta", 1);
  bool transA = node.getInt("transA", 0) != 0, transB = node.getInt("transB", 0) != 0;
  if (opset < 7)
    node.ignore("broadcast"); // the bias is broadcast wherever it can be
  node.refuseOtherAttributes();
  bool hasBias = has(node, 2);
  const Entry *input = lookUp(node, 0), *weights = lookUp(node, 1), *bias = hasBias ? lookUp(node, 2) : nullptr;
  if (!input || !weights || (hasBias && !bias))
    return;
  // A factor stands at a constant where there is one, so that it is multiplied in once and for all.
  bool scaleInWeights = weights->constant && isFloatType(weights->constant->elementType);
  bool scaleInBias = bias && bias->constant && isFloatType(bias->constant->elementType);
  Value inputValue = getFloats(node, 0);
  Value weightsValue = scaleInWeights ? load(node, *weights->constant, alpha) : getFloats(node, 1);
  Value biasValue = !bias ? Value() : scaleInBias ? load(node, *bias->constant, beta) : getFloats(node, 2);
  if (node.hasErrors() || !inputValue || !weightsValue)
    return;
  for (Value side : {inputValue, weightsValue})
    if (shapeOf(side).size() != 2)
      return node.error("has a matrix of shape " + printShape(shapeOf(side)) + ", needed 2 dimensions");

  if (transA)
    inputValue = transposeMatrix(node, inputValue);
  ArrayRef<int64_t> shape = shapeOf(weightsValue);
  SmallVector<int64_t> matrix(shape);
  if (transB)
    std::swap(matrix[0], matrix[1]);
  if (!inputValue)
    return;
  auto result = check(node, onnxir::inferMatMul(shapeOf(inputValue), matrix));
  if (!result)
    return;
  ArrayRef<int64_t> biasShape = biasValue ? shapeOf(biasValue) : ArrayRef<int64_t>();
  int64_t neurons = matrix[1];
  bool rowBias = !biasValue || biasShape == ArrayRef<int64_t>{neurons} || biasShape == ArrayRef<int64_t>{1, neurons};
  if (scaleInWeights && rowBias && (!bias || scaleInBias))
    return defineValue(node, onnxir::GemmOp::create(builder, node.getLoc(), getType(*result), inputValue, weightsValue,
                                                    biasValue, transB));
  // Anything else in single steps.
  if (transB)
    weightsValue = transposeMatrix(node, weightsValue);
  if (!weightsValue)
    return;
  Value product = onnxir::MatMulOp::create(builder, node.getLoc(), getType(*result), inputValue, weightsValue);
  product = scale(node, product, scaleInWeights ? 1 : alpha);
  if (biasValue) {
    biasValue = scale(node, biasValue, scaleInBias ? 1 : beta);
    product = biasValue ? binary(node, onnxir::BinaryKind::Add, product, biasValue) : Value();
    if (product && shapeOf(product) != ArrayRef<int64_t>(*result))
      return node.error("bias has shape " + printShape(biasShape) + ", needed one that goes with " +
                        printShape(*result));
  }
  if (product)
    defineValue(node, product);
}

void GraphImporter::importMatMul(NodeReader &node) {
  node.refuseOtherAttributes();
  Value lhs = getFloats(node, 0), rhs = getFloats(node, 1);
  if (node.hasErrors() || !lhs || !rhs)
    return;
  // A vector is a row on the left and a column on the right, and what was added vanishes again.
  bool isRow = shapeOf(lhs).size() == 1, isColumn = shapeOf(rhs).size() == 1;
  if ((isRow && onnxir::hasOpenBatch(shapeOf(lhs))) || (isColumn && onnxir::hasOpenBatch(shapeOf(rhs))))
    return node.error("an open batch cannot be summed over");
  if (isRow)
    lhs = reshape(node, lhs, {1, shapeOf(lhs)[0]});
  if (isColumn)
    rhs = reshape(node, rhs, {shapeOf(rhs)[0], 1});
  auto shape = check(node, onnxir::inferMatMul(shapeOf(lhs), shapeOf(rhs)));
  if (!shape)
    return;
  Value product = onnxir::MatMulOp::create(builder, node.getLoc(), getType(*shape), lhs, rhs);
  if (isColumn)
    shape->pop_back();
  if (isRow)
    shape->erase(shape->end() - (isColumn ? 1 : 2));
  defineValue(node, reshape(node, product, *shape));
}

} // namespace wage
