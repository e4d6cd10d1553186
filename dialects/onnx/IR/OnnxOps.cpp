//===- OnnxOps.cpp - verifiers of the onnx level --------------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// One line per labelled constraint of OnnxOps.td.
//
//===---------------------------------------------------------------------------===//

#include "dialects/onnx/IR/OnnxOps.h"

#include "dialects/onnx/IR/OnnxShapes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

#include "dialects/onnx/IR/OnnxDialect.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/onnx/IR/OnnxOps.cpp.inc"

namespace wage::onnxir {

void OnnxDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/onnx/IR/OnnxOps.cpp.inc"
      >();
}

std::optional<ConstantTensor> getConstantTensor(Value value, SymbolTableCollection &symbols) {
  if (auto constant = value.getDefiningOp<ConstantOp>())
    return ConstantTensor{constant.getNameAttr(), constant.getValue()};
  auto load = value.getDefiningOp<ml_program::GlobalLoadConstOp>();
  ml_program::GlobalOp global = load ? load.getGlobalOp(symbols) : nullptr;
  if (!global || global.getIsMutable())
    return std::nullopt;
  auto elements = dyn_cast_or_null<ElementsAttr>(global.getValueAttr());
  if (!elements)
    return std::nullopt;
  return ConstantTensor{global.getSymNameAttr(), elements};
}

namespace {

ArrayRef<int64_t> shapeOf(Value value) { return cast<ShapedType>(value.getType()).getShape(); }

/// Whether `value` has exactly the shape `needed`.
LogicalResult verifyShape(Operation *op, StringRef name, Value value, ArrayRef<int64_t> needed) {
  if (shapeOf(value) == needed)
    return success();
  auto type = RankedTensorType::get(needed, cast<ShapedType>(value.getType()).getElementType());
  return op->emitOpError() << name << " must be " << type << ", got " << value.getType();
}

/// Only the batch of a value may be dynamic: all else is laid out when compiling.
LogicalResult verifyStaticPerSample(Operation *op, StringRef name, Value value) {
  ArrayRef<int64_t> shape = shapeOf(value);
  if (!shape.empty() && llvm::none_of(shape.drop_front(), ShapedType::isDynamic))
    return success();
  return op->emitOpError() << name << " must have a batch and no other dynamic dimension, got " << value.getType();
}

LogicalResult verifyStatic(Operation *op, StringRef name, Value value) {
  if (cast<ShapedType>(value.getType()).hasStaticShape())
    return success();
  return op->emitOpError() << name << " must have a static shape, got " << value.getType();
}

LogicalResult verifyNumbers(Operation *op, StringRef name, ArrayRef<int64_t> numbers, size_t count, int64_t least) {
  if (numbers.size() != count)
    return op->emitOpError() << name << " must have " << count << " entries, got " << numbers.size();
  for (int64_t number : numbers)
    if (number < least)
      return op->emitOpError() << name << " must be at least " << least << ", got " << number;
  return success();
}

LogicalResult verifyBias(Operation *op, Value bias, int64_t neurons) {
  if (!bias || shapeOf(bias) == ArrayRef<int64_t>{neurons} || shapeOf(bias) == ArrayRef<int64_t>{1, neurons})
    return success();
  return op->emitOpError() << "bias must have shape [" << neurons << "] or [1, " << neurons << "], got "
                           << bias.getType();
}

/// Shape of what windows over `input` give, `channels` at each position.
FailureOr<SmallVector<int64_t>> windowedShape(Operation *op, Value input, int64_t channels, ArrayRef<int64_t> kernel,
                                              ArrayRef<int64_t> strides, ArrayRef<int64_t> pads) {
  ArrayRef<int64_t> in = shapeOf(input);
  auto height = countWindows(in[2], kernel[0], strides[0], pads[0], pads[2]);
  auto width = countWindows(in[3], kernel[1], strides[1], pads[1], pads[3]);
  if (!height || !width)
    return op->emitOpError() << "kernel " << kernel[0] << "x" << kernel[1] << " is larger than the padded input "
                             << input.getType();
  return SmallVector<int64_t>{in[0], channels, *height, *width};
}

/// (C1) and (C2) of a pool.
template <typename Pool> LogicalResult verifyPool(Pool op) {
  if (failed(verifyNumbers(op, "kernel", op.getKernel(), 2, 1)) ||
      failed(verifyNumbers(op, "strides", op.getStrides(), 2, 1)) ||
      failed(verifyNumbers(op, "pads", op.getPads(), 4, 0)) ||
      failed(verifyStaticPerSample(op, "input", op.getInput())))
    return failure();
  for (int side = 0; side < 4; ++side)
    if (op.getPads()[side] >= op.getKernel()[side % 2])
      return op.emitOpError() << "pads must be smaller than the kernel, got pad " << op.getPads()[side]
                              << " with kernel size " << op.getKernel()[side % 2];
  auto shape =
      windowedShape(op, op.getInput(), shapeOf(op.getInput())[1], op.getKernel(), op.getStrides(), op.getPads());
  return failed(shape) ? failure() : verifyShape(op, "result", op.getResult(), *shape);
}

} // namespace

LogicalResult ConvOp::verify() {
  if (failed(verifyNumbers(*this, "strides", getStrides(), 2, 1)) || // conv_c2
      failed(verifyNumbers(*this, "pads", getPads(), 4, 0)))
    return failure();
  if (failed(verifyStaticPerSample(*this, "input", getInput())) || failed(verifyStatic(*this, "weights", getWeights())))
    return failure();
  ArrayRef<int64_t> weights = shapeOf(getWeights());
  if (weights[1] != shapeOf(getInput())[1]) // conv_c1
    return emitOpError() << "weights " << getWeights().getType() << " need " << weights[1] << " input channels, got "
                         << getInput().getType();
  if (getBias() && failed(verifyShape(*this, "bias", getBias(), weights[0])))
    return failure();
  auto shape = windowedShape(*this, getInput(), weights[0], weights.drop_front(2), getStrides(), getPads());
  return failed(shape) ? failure() : verifyShape(*this, "result", getResult(), *shape);
}

LogicalResult GemmOp::verify() {
  ArrayRef<int64_t> input = shapeOf(getInput()), weights = shapeOf(getWeights());
  int64_t axons = weights[getTransB() ? 1 : 0], neurons = weights[getTransB() ? 0 : 1];
  if (failed(verifyStatic(*this, "weights", getWeights())) || // gemm_c1
      failed(verifyShape(*this, "input", getInput(), {input[0], axons})) ||
      failed(verifyBias(*this, getBias(), neurons)))
    return failure();
  return verifyShape(*this, "result", getResult(), {input[0], neurons});
}

LogicalResult MatMulOp::verify() {
  ArrayRef<int64_t> input = shapeOf(getInput()), weights = shapeOf(getWeights());
  if (failed(verifyStatic(*this, "weights", getWeights())) || // mat_mul_c1
      failed(verifyShape(*this, "input", getInput(), {input[0], weights[0]})))
    return failure();
  return verifyShape(*this, "result", getResult(), {input[0], weights[1]});
}

LogicalResult AddOp::verify() {
  ArrayRef<int64_t> lhs = shapeOf(getLhs()), rhs = shapeOf(getRhs());
  if (lhs == rhs || isPerChannel(rhs, lhs)) // add_c1
    return success();
  return emitOpError() << "right side must be " << getLhs().getType() << " or hold one number per channel, got "
                       << getRhs().getType();
}

LogicalResult MaxPoolOp::verify() { return verifyPool(*this); } // max_pool_c1, max_pool_c2

LogicalResult AveragePoolOp::verify() { return verifyPool(*this); } // average_pool_c1, average_pool_c2

LogicalResult FlattenOp::verify() {
  if (failed(verifyStaticPerSample(*this, "input", getInput())))
    return failure();
  auto count = countElements(shapeOf(getInput()).drop_front());
  if (!count)
    return emitOpError() << "has too many elements per sample: " << getInput().getType();
  return verifyShape(*this, "result", getResult(), {shapeOf(getInput())[0], *count}); // flatten_c1
}

LogicalResult ReshapeOp::verify() {
  if (failed(verifyStaticPerSample(*this, "input", getInput())) ||
      failed(verifyStaticPerSample(*this, "result", getResult())))
    return failure();
  ArrayRef<int64_t> from = shapeOf(getInput()), to = shapeOf(getResult());
  auto count = countElements(from.drop_front());
  if (from[0] == to[0] && count && count == countElements(to.drop_front())) // reshape_c1
    return success();
  return emitOpError() << "must keep the batch and the elements per sample, got " << getInput().getType() << " -> "
                       << getResult().getType();
}

} // namespace wage::onnxir
