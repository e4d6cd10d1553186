//===- LayerNodes.cpp - linear layers in ONNX --------------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Export/GraphExporter.h"

#include "runtime/Numerics/Rounding.h"

using namespace mlir;

namespace wage {

namespace {

/// [N, K] as [K, N].
std::vector<int64_t> transpose(const std::vector<int64_t> &elements, int64_t rows, int64_t columns) {
  std::vector<int64_t> transposed(elements.size());
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column)
      transposed[column * rows + row] = elements[row * columns + column];
  return transposed;
}

/// How ONNX's convolutions place their windows; nothing for a matrix product.
SmallVector<NodeAttribute> windowAttributes(Operation *op) {
  auto convolution = dyn_cast<integer::Conv2DOp>(op);
  if (!convolution)
    return {};
  return {{"strides", convolution.getStrides()},
          {"pads", convolution.getPads()},
          {"dilations", convolution.getDilations()},
          {"group", static_cast<int64_t>(convolution.getGroups())}};
}

} // namespace

GraphExporter::Weights GraphExporter::readWeights(Operation *op) const {
  Weights weights;
  weights.elements = *known.find(op->getOperand(1));
  weights.shape.assign(cast<ShapedType>(op->getOperand(1).getType()).getShape());
  weights.isConvolution = isa<integer::Conv2DOp>(op);
  auto product = dyn_cast<integer::MatmulOp>(op);
  if (!product || product.getAxonsFirst())
    return weights;
  weights.elements = transpose(weights.elements, weights.shape[0], weights.shape[1]);
  std::swap(weights.shape[0], weights.shape[1]);
  return weights;
}

LogicalResult GraphExporter::visit(integer::Conv2DOp op) { return writeLayer(op); }
LogicalResult GraphExporter::visit(integer::MatmulOp op) { return writeLayer(op); }

/// Bytes times bytes where the sums fit the int32 that ConvInteger and MatMulInteger give; else a product of wider integers,
/// which ONNX has for matrices alone.
LogicalResult GraphExporter::writeLayer(Operation *op) {
  const Value input = op->getOperand(0), result = op->getResult(0);
  if (!known.find(op->getOperand(1)))
    return op->emitOpError() << "has weights that are not known when compiling";
  if (magnitude(op->getOperand(1)) > largestByte)
    return op->emitOpError() << "has weights of up to " << magnitude(op->getOperand(1)) << ", needed at most 127";
  const Weights weights = readWeights(op);
  if (magnitude(input) <= largestByte && magnitude(result) <= INT32_MAX) {
    const std::string bytes = model.addConstant(nodeName(op), TensorType::Int8, weights.shape, weights.elements);
    const StringRef operation = weights.isConvolution ? "ConvInteger" : "MatMulInteger";
    set(result, emit(op, operation, {get(input, TensorType::Int8), bytes}, windowAttributes(op)), TensorType::Int32);
    return success();
  }
  if (weights.isConvolution)
    return writeBytePlanes(op, weights);
  const TensorType type = wideType(op);
  const std::string matrix = model.addConstant(nodeName(op), type, weights.shape, weights.elements);
  set(result, emit(op, "MatMul", {get(input, type), matrix}), type);
  return success();
}

/// ONNX convolves bytes only. With x + 2^15 = 256 h + l, both bytes, the sum over x is 256 times that over h - 128, of which
/// 128 is the zero point, plus that over l. Weights with a zero point of their own: signed ones times unsigned bytes is what
/// some processors saturate at 16 bits.
LogicalResult GraphExporter::writeBytePlanes(Operation *op, const Weights &weights) {
  constexpr int64_t planes = 256, offset = 1 << 15;
  const uint64_t largest = magnitude(op->getOperand(0)), sum = magnitude(op->getResult(0));
  const uint64_t weightSum = largest == 0 ? 0 : sum / largest;
  if (largest >= offset || weightSum > INT32_MAX / (planes - 1))
    return op->emitOpError() << "sums activations of up to " << largest << " to " << sum
                             << ", needed 16 bits and weights that sum to at most " << INT32_MAX / (planes - 1);
  std::vector<int64_t> raised = weights.elements;
  for (int64_t &weight : raised)
    weight += 128;
  const std::string bytes = model.addConstant(nodeName(op), TensorType::Uint8, weights.shape, raised);
  const std::string shifted =
      emit(op, "Add", {get(op->getOperand(0), TensorType::Int32), scalar(TensorType::Int32, offset)});
  const std::string base = scalar(TensorType::Int32, planes);
  const TensorType type = sum + (planes - 1) * weightSum <= INT32_MAX ? TensorType::Int32 : TensorType::Int64;
  const auto convolve = [&](StringRef part, int64_t zeroPoint) {
    const std::string plane = emitCast(op, emit(op, part, {shifted, base}), TensorType::Uint8);
    const std::string product =
        emit(op, "ConvInteger", {plane, bytes, scalar(TensorType::Uint8, zeroPoint), scalar(TensorType::Uint8, 128)},
             windowAttributes(op));
    return type == TensorType::Int32 ? product : emitCast(op, product, type);
  };
  const std::string high = emit(op, "Mul", {convolve("Div", 128), scalar(type, planes)});
  set(op->getResult(0), emit(op, "Add", {high, convolve("Mod", 0)}), type);
  return success();
}

LogicalResult GraphExporter::visit(const RequantizedLayer &plan) {
  Operation *layer = plan.layer;
  const Weights weights = readWeights(layer);
  const std::string one = model.addPowers("", TensorType::Float, {0}), zero = scalar(TensorType::Int8, 0);
  SmallVector<std::string> inputs = {get(layer->getOperand(0), TensorType::Int8), one, zero};
  inputs.push_back(model.addConstant(nodeName(layer), TensorType::Int8, weights.shape, weights.elements));
  inputs.push_back(model.addPowers(nodeName(layer), TensorType::Float, plan.exponents));
  const SmallVector<int64_t> zeros(plan.exponents.size(), 0);
  inputs.push_back(
      zeros.size() == 1 ? zero : model.addConstant("", TensorType::Int8, {static_cast<int64_t>(zeros.size())}, zeros));
  inputs.append({one, zero});
  if (!plan.bias.empty())
    inputs.push_back(
        model.addConstant(nodeName(layer), TensorType::Int32, {static_cast<int64_t>(plan.bias.size())}, plan.bias));
  std::string value =
      emit(layer, weights.isConvolution ? "QLinearConv" : "QLinearMatMul", inputs, windowAttributes(layer));
  integer::ShiftClipOp rounding = plan.shiftClip;
  const int64_t limit = rt::largestInteger(rounding.getBits());
  value = clip(layer, value, TensorType::Int8, plan.hasRelu ? 0 : -limit, limit);
  for (Operation *movement : plan.movements) {
    if (auto pool = dyn_cast<integer::MaxPoolOp>(movement))
      value = maxPool(pool, value, TensorType::Int8);
    else
      value = reshape(movement, value, cast<ShapedType>(movement->getResult(0).getType()).getShape().drop_front());
  }
  set(rounding.getResult(), value, TensorType::Int8);
  return success();
}

} // namespace wage
