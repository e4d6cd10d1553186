//===- OnnxVerifiers.cpp - verifiers of the onnx level --------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// One line per labelled constraint of the .td files.
//
//===---------------------------------------------------------------------------===//

#include "dialects/onnx/IR/OnnxOps.h"
#include "dialects/onnx/IR/OnnxShapes.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace wage::onnxir {

namespace {

ArrayRef<int64_t> shapeOf(Value value) { return cast<ShapedType>(value.getType()).getShape(); }

ArrayRef<int64_t> orEmpty(std::optional<ArrayRef<int64_t>> list) { return list.value_or(ArrayRef<int64_t>()); }

/// Whether `value` has exactly the shape `needed`.
LogicalResult verifyShape(Operation *op, StringRef name, Value value, ArrayRef<int64_t> needed) {
  if (shapeOf(value) == needed)
    return success();
  auto type = RankedTensorType::get(needed, cast<ShapedType>(value.getType()).getElementType());
  return op->emitOpError() << name << " must be " << type << ", got " << value.getType();
}

/// Whether the result has the shape that was inferred.
LogicalResult verifyResult(Operation *op, llvm::Expected<Shape> needed) {
  if (needed)
    return verifyShape(op, "result", op->getResult(0), *needed);
  return op->emitOpError() << toString(needed.takeError());
}

/// Only the batch of a value may be dynamic: all else is laid out when compiling.
LogicalResult verifyOpenBatchOnly(Operation *op) {
  for (Value value : llvm::concat<Value>(op->getOperands(), op->getResults()))
    if (ArrayRef<int64_t> shape = shapeOf(value);
        !shape.empty() && llvm::any_of(shape.drop_front(), ShapedType::isDynamic))
      return op->emitOpError() << "only the first dimension, the batch, may be dynamic, got " << value.getType();
  return success();
}

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

/// Strides, pads and dilations of windows over `input`.
template <typename Windowed> LogicalResult verifyLists(Windowed op, size_t space) {
  if (failed(verifyNumbers(op, "strides", op.getStrides(), space, 1)) ||
      failed(verifyNumbers(op, "pads", op.getPads(), 2 * space, 0)))
    return failure();
  return op.getDilations() ? verifyNumbers(op, "dilations", *op.getDilations(), space, 1) : success();
}

/// (C1) and (C2) of a pool.
template <typename Pool> LogicalResult verifyPool(Pool op) {
  ArrayRef<int64_t> images = shapeOf(op.getInput());
  size_t space = images.size() - 2;
  if (failed(verifyNumbers(op, "kernel", op.getKernel(), space, 1)) || failed(verifyLists(op, space)) ||
      failed(verifyStaticPerSample(op, "input", op.getInput())))
    return failure();
  WindowShape window{op.getKernel(), op.getStrides(), op.getPads(), orEmpty(op.getDilations())};
  for (size_t side = 0; side < 2 * space; ++side) {
    // What ceil_mode adds behind is less than a stride, which may be any number here.
    int64_t kernel = dilatedKernel(window.kernel[side % space], window.getDilation(side % space));
    if (window.pads[side] - kernel >= (side < space ? 0 : window.strides[side % space] - 1))
      return op.emitOpError() << "pads must be smaller than the kernel, got pad " << window.pads[side]
                              << " with kernel size " << kernel;
  }
  return verifyResult(op, inferWindows(images, images[1], window));
}

/// Whether `axis` is a dimension of `value` and not the open batch.
LogicalResult verifyAxis(Operation *op, int64_t axis, Value value) {
  ArrayRef<int64_t> shape = shapeOf(value);
  if (axis >= 0 && axis < static_cast<int64_t>(shape.size()) && !ShapedType::isDynamic(shape[axis]))
    return success();
  return op->emitOpError() << "axis must be a dimension of " << value.getType() << " other than an open batch, got "
                           << axis;
}

/// Which parameters a function has.
std::pair<bool, bool> parametersOf(UnaryKind kind) {
  switch (kind) {
  case UnaryKind::Celu:
  case UnaryKind::Elu:
  case UnaryKind::LeakyRelu:
  case UnaryKind::ThresholdedRelu: return {true, false};
  case UnaryKind::Clip:
  case UnaryKind::HardSigmoid:
  case UnaryKind::Selu: return {true, true};
  default: return {false, false};
  }
}

} // namespace

//===----------------------------------------------------------------------===//
// Linear layers
//===----------------------------------------------------------------------===//

LogicalResult ConvOp::verify() {
  ArrayRef<int64_t> images = shapeOf(getInput()), weights = shapeOf(getWeights());
  if (failed(verifyLists(*this, images.size() - 2))) // conv_c2
    return failure();
  if (failed(verifyStaticPerSample(*this, "input", getInput())) || failed(verifyStatic(*this, "weights", getWeights())))
    return failure();
  int64_t group = static_cast<int64_t>(getGroup());
  if (weights.size() != images.size())
    return emitOpError() << "weights " << getWeights().getType() << " and input " << getInput().getType()
                         << " must have as many dimensions";
  if (images[1] % group != 0 || weights[0] % group != 0) // conv_c3
    return emitOpError() << "group must divide the channels of " << getInput().getType() << " and the neurons of "
                         << getWeights().getType() << ", got " << group;
  if (weights[1] != images[1] / group) // conv_c1
    return emitOpError() << "weights " << getWeights().getType() << " need " << weights[1] * group
                         << " input channels, got " << getInput().getType();
  if (getBias() && failed(verifyShape(*this, "bias", getBias(), weights[0])))
    return failure();
  WindowShape window{weights.drop_front(2), getStrides(), getPads(), orEmpty(getDilations())};
  return verifyResult(*this, inferWindows(images, weights[0], window));
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
  if (failed(verifyOpenBatchOnly(*this)))
    return failure();
  return verifyResult(*this, inferMatMul(shapeOf(getInput()), shapeOf(getWeights()))); // mat_mul_c1
}

//===----------------------------------------------------------------------===//
// Number by number
//===----------------------------------------------------------------------===//

LogicalResult AddOp::verify() {
  ArrayRef<int64_t> lhs = shapeOf(getLhs()), rhs = shapeOf(getRhs());
  if (lhs == rhs || isPerChannel(rhs, lhs)) // add_c1
    return success();
  return emitOpError() << "right side must be " << getLhs().getType() << " or hold one number per channel, got "
                       << getRhs().getType();
}

LogicalResult UnaryOp::verify() {
  auto [alpha, beta] = parametersOf(getKind());
  if (getAlpha().has_value() == alpha && getBeta().has_value() == beta) // unary_c1
    return success();
  return emitOpError() << stringifyUnaryKind(getKind()) << " must have "
                       << (beta    ? "alpha and beta"
                           : alpha ? "alpha and no beta"
                                   : "neither alpha nor beta");
}

LogicalResult BinaryOp::verify() {
  if (failed(verifyOpenBatchOnly(*this)))
    return failure();
  return verifyResult(*this, inferBroadcast(shapeOf(getLhs()), shapeOf(getRhs()))); // binary_c1
}

LogicalResult CastOp::verify() {
  return verifyShape(*this, "result", getResult(), shapeOf(getInput())); // cast_c1
}

LogicalResult BatchNormalizationOp::verify() {
  ArrayRef<int64_t> input = shapeOf(getInput());
  if (input.size() < 2)
    return emitOpError() << "input must have channels in dimension 1, got " << getInput().getType();
  return verifyShape(*this, "scale", getScale(), input[1]); // batch_normalization_c1
}

//===----------------------------------------------------------------------===//
// Windows, means and other looks at several numbers
//===----------------------------------------------------------------------===//

LogicalResult MaxPoolOp::verify() { return verifyPool(*this); } // max_pool_c1, max_pool_c2

LogicalResult AveragePoolOp::verify() {
  if (failed(verifyPool(*this))) // average_pool_c1, average_pool_c2
    return failure();
  if (!getOverhang())
    return success();
  ArrayRef<int64_t> overhang = *getOverhang(), behind = getPads().drop_front(getKernel().size()); // average_pool_c3
  if (!getCountIncludePad())
    return emitOpError() << "overhang must come with count_include_pad";
  if (failed(verifyNumbers(*this, "overhang", overhang, behind.size(), 0)))
    return failure();
  for (auto [number, most] : llvm::zip(overhang, behind))
    if (number > most)
      return emitOpError() << "overhang must be at most the padding behind, got " << number << " of " << most;
  return success();
}

LogicalResult LrnOp::verify() {
  if (shapeOf(getInput()).size() >= 2 && getSize() >= 1 && getSize() <= maxElements) // lrn_c1
    return success();
  return emitOpError() << "needs channels in dimension 1 and a positive size, got " << getInput().getType()
                       << " and size " << static_cast<int64_t>(getSize());
}

LogicalResult ReduceMeanOp::verify() {
  return verifyResult(*this, inferReduction(shapeOf(getInput()), getAxes(), getKeepDims())); // reduce_mean_c1, _c2
}

LogicalResult SoftmaxOp::verify() { return verifyAxis(*this, getAxis(), getInput()); } // softmax_c1

LogicalResult ArgMaxOp::verify() {
  int64_t axis = getAxis();
  if (failed(verifyAxis(*this, axis, getInput()))) // arg_max_c2
    return failure();
  if (shapeOf(getInput())[axis] == 0)
    return emitOpError() << "axis must not be empty, got " << getInput().getType();
  return verifyResult(*this, inferReduction(shapeOf(getInput()), axis, getKeepDims())); // arg_max_c1
}

//===----------------------------------------------------------------------===//
// Where numbers stand
//===----------------------------------------------------------------------===//

LogicalResult FlattenOp::verify() {
  if (failed(verifyStaticPerSample(*this, "input", getInput())))
    return failure();
  auto count = countElements(shapeOf(getInput()).drop_front());
  if (!count)
    return emitOpError() << "has too many elements per sample: " << getInput().getType();
  return verifyShape(*this, "result", getResult(), {shapeOf(getInput())[0], *count}); // flatten_c1
}

LogicalResult ReshapeOp::verify() {
  if (failed(verifyOpenBatchOnly(*this)))
    return failure();
  ArrayRef<int64_t> from = shapeOf(getInput()), to = shapeOf(getResult());
  auto count = countPerSample(from);
  if (hasOpenBatch(from) == hasOpenBatch(to) && count && count == countPerSample(to)) // reshape_c1
    return success();
  return emitOpError() << "must keep the batch and the elements per sample, got " << getInput().getType() << " -> "
                       << getResult().getType();
}

LogicalResult TransposeOp::verify() {
  return verifyResult(*this, inferTranspose(shapeOf(getInput()), getPermutation())); // transpose_c1, transpose_c2
}

LogicalResult SliceOp::verify() {
  ArrayRef<int64_t> from = shapeOf(getInput()), to = shapeOf(getResult());
  if (from.size() != to.size() || getStarts().size() != from.size() || getSteps().size() != from.size())
    return emitOpError() << "must have a start and a step per dimension of " << getInput().getType(); // slice_c1
  for (size_t i = 0; i < from.size(); ++i) {
    int64_t start = getStarts()[i], step = getSteps()[i];
    if (ShapedType::isDynamic(from[i]) || ShapedType::isDynamic(to[i])) {
      if (i != 0 || from[i] != to[i] || start != 0 || step != 1)
        return emitOpError() << "must take an open batch whole, got " << getInput().getType() << " -> "
                             << getResult().getType();
      continue;
    }
    if (to[i] == 0)
      continue;
    bool inRange = start >= 0 && start < from[i] && step >= -maxElements && step <= maxElements && to[i] <= maxElements;
    int64_t last = inRange ? start + (to[i] - 1) * step : -1;
    if (last < 0 || last >= from[i]) // slice_c2
      return emitOpError() << "must take what is there, got " << to[i] << " elements from " << start << " by " << step
                           << " of " << from[i];
  }
  return success();
}

LogicalResult ConcatOp::verify() {
  SmallVector<Shape> shapes;
  for (Value input : getInputs()) {
    shapes.push_back(Shape(shapeOf(input)));
    if (getElementTypeOrSelf(input.getType()) != getElementTypeOrSelf(getResult().getType()))
      return emitOpError() << "inputs must have the result's element type, got " << input.getType();
  }
  return verifyResult(*this, inferConcat(shapes, getAxis())); // concat_c1, concat_c2
}

LogicalResult PadOp::verify() {
  ArrayRef<int64_t> input = shapeOf(getInput());
  if (failed(verifyResult(*this, inferPad(input, getBefore(), getAfter())))) // pad_c1, pad_c2
    return failure();
  for (size_t i = 0; i < input.size() && getMode() != PadMode::Constant; ++i) {
    int64_t most = std::max(getBefore()[i], getAfter()[i]);
    bool hasSource = input[i] > (getMode() == PadMode::Reflect ? most : 0);
    if (most > 0 && !hasSource)
      return emitOpError() << "needs more elements in dimension " << i << " to pad " << most << ", got "
                           << getInput().getType();
  }
  return success();
}

LogicalResult GatherOp::verify() {
  int64_t axis = getAxis();
  if (failed(verifyAxis(*this, axis, getInput()))) // gather_c2
    return failure();
  Shape shape(shapeOf(getInput()));
  for (int64_t index : getIndices())
    if (index < 0 || index >= shape[axis]) // gather_c3
      return emitOpError() << "indices must be from 0 to " << shape[axis] - 1 << ", got " << index;
  shape[axis] = getIndices().size();
  return verifyShape(*this, "result", getResult(), shape); // gather_c1
}

} // namespace wage::onnxir
