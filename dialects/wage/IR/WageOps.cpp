//===- WageOps.cpp - verifiers of the wage level -------------------------------===//
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

#include "dialects/wage/IR/WageOps.h"

#include "dialects/onnx/IR/OnnxShapes.h"
#include "runtime/Numerics/Rounding.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

#define GET_OP_CLASSES
#include "dialects/wage/IR/WageOps.cpp.inc"

namespace wage {

GridType getProductGrid(GridType operand, GridType weights, ArrayRef<int32_t> scaleLog2) {
  const int finest = scaleLog2.empty() ? 0 : *llvm::max_element(scaleLog2);
  return GridType::getAccumulator(operand.getContext(), operand.getExponent() + weights.getExponent() - finest);
}

int getAverageShift(ArrayRef<int64_t> kernel) { return static_cast<int>(llvm::Log2_64_Ceil(kernel[0] * kernel[1])); }

namespace {

using Shape = SmallVector<int64_t, 4>;

ArrayRef<int64_t> shapeOf(Value value) { return cast<ShapedType>(value.getType()).getShape(); }

int widthOf(Value value) { return static_cast<int>(cast<ShapedType>(value.getType()).getElementTypeBitWidth()); }

LogicalResult verifyShape(Operation *op, StringRef name, Value value, ArrayRef<int64_t> needed) {
  if (shapeOf(value) == needed)
    return success();
  auto type = RankedTensorType::get(needed, cast<ShapedType>(value.getType()).getElementType());
  return op->emitOpError() << name << " must be " << type << ", got " << value.getType();
}

LogicalResult verifyRank(Operation *op, StringRef name, Value value, size_t rank) {
  if (shapeOf(value).size() == rank)
    return success();
  return op->emitOpError() << name << " must have " << rank << " dimensions, got " << value.getType();
}

/// Only the batch may be dynamic: everything else is laid out when compiling.
LogicalResult verifyStaticPerSample(Operation *op, StringRef name, Value value) {
  if (!shapeOf(value).empty() && llvm::none_of(shapeOf(value).drop_front(), ShapedType::isDynamic))
    return success();
  return op->emitOpError() << name << " must have a batch and be dynamic there only, got " << value.getType();
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

LogicalResult verifyExponent(Operation *op, StringRef name, GridType grid, int needed) {
  if (grid.getExponent() == needed)
    return success();
  return op->emitOpError() << name << " must have exponent " << needed << ", got " << grid;
}

LogicalResult verifyUnit(Operation *op, StringRef name, GridType grid) {
  return verifyExponent(op, name, grid, 1 - grid.getBits());
}

/// The scale of each output channel. The lower bound is that of a fitted scale, the upper one leaves room for the
/// largest alpha that a fan-in below 2^31 gives. Source: arithmetic.md section 3.
LogicalResult verifyScale(Operation *op, ArrayRef<int32_t> scaleLog2, int64_t channels) {
  if (static_cast<int64_t>(scaleLog2.size()) != channels)
    return op->emitOpError() << "scale_log2 must have an entry for each of the " << channels << " output channels, got "
                             << scaleLog2.size();
  for (int32_t scale : scaleLog2)
    if (scale < -8 || scale > 32)
      return op->emitOpError() << "scale_log2 must be -8 to 32, got " << scale;
  return success();
}

/// What windows over `plane` = [batch, C, H, W] give, `channels` at each position.
FailureOr<Shape> windowedShape(Operation *op, StringRef name, Value plane, int64_t channels, ArrayRef<int64_t> kernel,
                               ArrayRef<int64_t> strides, ArrayRef<int64_t> pads, ArrayRef<int64_t> dilations = {}) {
  const ArrayRef<int64_t> extents = shapeOf(plane);
  auto count = [&](int axis) {
    const int64_t window = onnxir::dilatedKernel(kernel[axis], dilations.empty() ? 1 : dilations[axis]);
    return onnxir::countWindows(extents[2 + axis], window, strides[axis], pads[axis], pads[axis + 2]);
  };
  const auto height = count(0), width = count(1);
  if (!height || !width)
    return op->emitOpError() << "a window of " << kernel[0] << "x" << kernel[1] << " does not fit " << name << " "
                             << plane.getType() << " with pads " << pads;
  return Shape{extents[0], channels, *height, *width};
}

/// The shapes of the three convolution products: `plane` is the side of the layer's input, `windowed` that of its
/// output.
LogicalResult verifyConvolution(Operation *op, StringRef planeName, Value plane, Value weights, StringRef windowedName,
                                Value windowed, ArrayRef<int64_t> strides, ArrayRef<int64_t> pads,
                                ArrayRef<int64_t> dilations = {}, int64_t groups = 1) {
  if (failed(verifyNumbers(op, "strides", strides, 2, 1)) || failed(verifyNumbers(op, "pads", pads, 4, 0)) ||
      failed(verifyRank(op, planeName, plane, 4)) || failed(verifyStaticPerSample(op, planeName, plane)) ||
      failed(verifyRank(op, "weights", weights, 4)) || failed(verifyStatic(op, "weights", weights)))
    return failure();
  const ArrayRef<int64_t> kernel = shapeOf(weights);
  if (shapeOf(plane)[1] / groups != kernel[1])
    return op->emitOpError() << "weights take " << kernel[1] << " channels, got " << planeName << " " << plane.getType()
                             << (groups == 1 ? "" : " in groups");
  auto needed = windowedShape(op, planeName, plane, kernel[0], kernel.drop_front(2), strides, pads, dilations);
  return failed(needed) ? failure() : verifyShape(op, windowedName, windowed, *needed);
}

/// The shapes of the three matrix products.
LogicalResult verifyMatrixProduct(Operation *op, StringRef axonsName, Value axons, Value weights, bool axonsFirst,
                                  StringRef neuronsName, Value neurons) {
  if (failed(verifyRank(op, axonsName, axons, 2)) || failed(verifyRank(op, "weights", weights, 2)) ||
      failed(verifyStatic(op, "weights", weights)))
    return failure();
  const ArrayRef<int64_t> matrix = shapeOf(weights);
  const int64_t axonCount = matrix[axonsFirst ? 0 : 1], neuronCount = matrix[axonsFirst ? 1 : 0];
  if (failed(verifyShape(op, axonsName, axons, {shapeOf(axons)[0], axonCount})))
    return failure();
  return verifyShape(op, neuronsName, neurons, {shapeOf(axons)[0], neuronCount});
}

int64_t neuronsOf(Value weights, bool axonsFirst) { return shapeOf(weights)[axonsFirst ? 1 : 0]; }

/// Padding that leaves an element of the plane to every window: what is behind may be up to a stride more than the kernel
/// (ceil_mode adds it), as long as no window begins there.
LogicalResult verifyPoolPads(Operation *op, ArrayRef<int64_t> windowed, Value plane, ArrayRef<int64_t> kernel,
                             ArrayRef<int64_t> strides, ArrayRef<int64_t> pads) {
  for (auto [axis, size] : llvm::enumerate(kernel)) {
    if (pads[axis] >= size)
      return op->emitOpError() << "pads in front must be smaller than the kernel, got pad " << pads[axis]
                               << " with kernel " << size;
    const int64_t last = (windowed[2 + axis] - 1) * strides[axis] - pads[axis];
    if (pads[axis + 2] >= size + strides[axis] || last >= shapeOf(plane)[2 + axis])
      return op->emitOpError() << "pads behind must be smaller than kernel and stride and leave no window outside the "
                               << "plane, got pad " << pads[axis + 2] << " with kernel " << size << " and stride "
                               << strides[axis];
  }
  return success();
}

/// The shapes of the pooling ops; `positions` is null where a pool has none.
LogicalResult verifyPool(Operation *op, StringRef planeName, Value plane, StringRef windowedName, Value windowed,
                         Value positions, ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides, ArrayRef<int64_t> pads) {
  if (failed(verifyNumbers(op, "kernel", kernel, 2, 1)) || failed(verifyNumbers(op, "strides", strides, 2, 1)) ||
      failed(verifyNumbers(op, "pads", pads, 4, 0)))
    return failure();
  if (failed(verifyRank(op, planeName, plane, 4)) || failed(verifyStaticPerSample(op, planeName, plane)))
    return failure();
  auto needed = windowedShape(op, planeName, plane, shapeOf(plane)[1], kernel, strides, pads);
  if (failed(needed) || failed(verifyPoolPads(op, *needed, plane, kernel, strides, pads)) ||
      failed(verifyShape(op, windowedName, windowed, *needed)))
    return failure();
  if (!positions)
    return success();
  if (failed(verifyShape(op, "positions", positions, *needed)))
    return failure();
  const int64_t last = kernel[0] * kernel[1] - 1;
  if (!llvm::isIntN(widthOf(positions), last))
    return op->emitOpError() << "positions must hold " << last << ", got " << widthOf(positions) << "-bit elements";
  return success();
}

/// A grid that weights have, and integers wide enough for it.
LogicalResult verifyStorage(Operation *op, StringRef gridName, GridType grid, Value integers) {
  if (grid.getRole() != Role::W && grid.getRole() != Role::G)
    return op->emitOpError() << gridName << " must have role W or G, got " << grid;
  if (grid.getBits() > widthOf(integers))
    return op->emitOpError() << gridName << " has " << grid.getBits() << " bits, more than the " << widthOf(integers)
                             << "-bit integers hold";
  return success();
}

} // namespace

//===----------------------------------------------------------------------===//
// Input and parameters
//===----------------------------------------------------------------------===//

LogicalResult EncodeInputOp::verify() {
  GridType grid = getGrid(getResult());
  if (!getTable())
    return verifyUnit(*this, "result", grid); // encode_input_c1
  const int64_t limit = grid.getLimit();
  const ArrayRef<int64_t> input = shapeOf(getInput()), table = getTable()->getType().getShape();
  const bool perChannel = input.size() > 1 && table == ArrayRef<int64_t>{input[1], 256};
  if ((!perChannel && table != ArrayRef<int64_t>{256}) || !getTable()->getElementType().isSignlessInteger() ||
      getTable()->getElementType().getIntOrFloatBitWidth() > 64) // encode_input_c2
    return emitOpError() << "table must have 256 signless integers, or 256 for each channel of " << getInput().getType()
                         << ", got " << getTable()->getType();
  for (const APInt &entry : getTable()->getValues<APInt>())
    if (entry.getSExtValue() < -limit || entry.getSExtValue() > limit) // encode_input_c3
      return emitOpError() << "table entries must be at most " << limit << " in magnitude, got "
                           << entry.getSExtValue();
  return success();
}

LogicalResult AsGridOp::verify() { // as_grid_c1, as_grid_c2
  return verifyStorage(*this, "result", getGrid(getResult()), getInput());
}

LogicalResult AsIntegersOp::verify() { // as_integers_c1, as_integers_c2
  return verifyStorage(*this, "input", getGrid(getInput()), getResult());
}

LogicalResult QuantizeWeightOp::verify() {
  const GridType master = getGrid(getInput()), weight = getGrid(getResult());
  if (failed(verifyUnit(*this, "input", master)) || failed(verifyUnit(*this, "result", weight))) // quantize_weight_c1
    return failure();
  if (master.getBits() < weight.getBits()) // quantize_weight_c2
    return emitOpError() << "input must have at least the " << weight.getBits() << " bits of the result, got "
                         << master.getBits();
  return success();
}

//===----------------------------------------------------------------------===//
// Linear layers
//===----------------------------------------------------------------------===//

/// The groups of a convolution: each takes as many channels and gives as many as any other.
static LogicalResult verifyGroups(Operation *op, int64_t groups, int64_t channels, int64_t neurons) {
  if (groups >= 1 && channels % groups == 0 && neurons % groups == 0)
    return success();
  return op->emitOpError() << "groups must divide the " << channels << " channels and the " << neurons
                           << " neurons, got " << groups;
}

LogicalResult Conv2DOp::verify() {
  if (failed(verifyNumbers(*this, "dilations", getDilations(), 2, 1)) || // conv2d_c5
      failed(verifyRank(*this, "input", getInput(), 4)) || failed(verifyRank(*this, "weights", getWeights(), 4)) ||
      failed(verifyGroups(*this, getGroups(), shapeOf(getInput())[1], shapeOf(getWeights())[0])) || // conv2d_c6
      failed(verifyConvolution(*this, "input", getInput(), getWeights(), "result", getResult(), getStrides(), getPads(),
                               getDilations(), getGroups())) ||                   // conv2d_c1, conv2d_c2
      failed(verifyScale(*this, getScaleLog2(), neuronsOf(getWeights(), false)))) // conv2d_c3
    return failure();
  const GridType needed = getProductGrid(getGrid(getInput()), getGrid(getWeights()), getScaleLog2());
  return verifyExponent(*this, "result", getGrid(getResult()), needed.getExponent()); // conv2d_c4
}

LogicalResult Conv2DTransposedOp::verify() {
  if (failed(verifyConvolution(*this, "result", getResult(), getWeights(), "error", getError(), getStrides(),
                               getPads())) || // conv2d_transposed_c1, conv2d_transposed_c2
      failed(verifyScale(*this, getScaleLog2(), neuronsOf(getWeights(), false)))) // conv2d_transposed_c3
    return failure();
  const GridType needed = getProductGrid(getGrid(getError()), getGrid(getWeights()), getScaleLog2());
  return verifyExponent(*this, "result", getGrid(getResult()), needed.getExponent()); // conv2d_transposed_c4
}

LogicalResult Conv2DOuterOp::verify() {
  if (failed(verifyConvolution(*this, "input", getInput(), getResult(), "error", getError(), getStrides(),
                               getPads()))) // conv2d_outer_c1, conv2d_outer_c2
    return failure();
  return verifyExponent(*this, "result", getGrid(getResult()), 0); // conv2d_outer_c3
}

LogicalResult MatmulOp::verify() {
  if (failed(verifyMatrixProduct(*this, "input", getInput(), getWeights(), getAxonsFirst(), "result",
                                 getResult())) ||                                           // matmul_c1
      failed(verifyScale(*this, getScaleLog2(), neuronsOf(getWeights(), getAxonsFirst())))) // matmul_c2
    return failure();
  const GridType needed = getProductGrid(getGrid(getInput()), getGrid(getWeights()), getScaleLog2());
  return verifyExponent(*this, "result", getGrid(getResult()), needed.getExponent()); // matmul_c3
}

LogicalResult MatmulTransposedOp::verify() {
  if (failed(verifyMatrixProduct(*this, "result", getResult(), getWeights(), getAxonsFirst(), "error",
                                 getError())) ||                                            // matmul_transposed_c1
      failed(verifyScale(*this, getScaleLog2(), neuronsOf(getWeights(), getAxonsFirst())))) // matmul_transposed_c2
    return failure();
  const GridType needed = getProductGrid(getGrid(getError()), getGrid(getWeights()), getScaleLog2());
  return verifyExponent(*this, "result", getGrid(getResult()), needed.getExponent()); // matmul_transposed_c3
}

LogicalResult MatmulOuterOp::verify() {
  if (failed(verifyMatrixProduct(*this, "input", getInput(), getResult(), getAxonsFirst(), "error",
                                 getError()))) // matmul_outer_c1
    return failure();
  return verifyExponent(*this, "result", getGrid(getResult()), 0); // matmul_outer_c2
}

LogicalResult AddBiasOp::verify() {
  const ArrayRef<int64_t> input = shapeOf(getInput());
  if (input.size() >= 2 && shapeOf(getBias()) == input.slice(1, 1)) // add_bias_c1
    return success();
  return emitOpError() << "bias must have one element per channel of the input, got " << getBias().getType() << " for "
                       << getInput().getType();
}

//===----------------------------------------------------------------------===//
// Activation, pooling, shape
//===----------------------------------------------------------------------===//

LogicalResult QuantizeActivationOp::verify() {
  if (std::abs(getShift()) < 64) // quantize_activation_c1
    return success();
  return emitOpError() << "exponents must differ by less than 64, got " << getGrid(getInput()) << " and "
                       << getGrid(getResult());
}

LogicalResult MaxPoolOp::verify() { // max_pool_c1, max_pool_c2, max_pool_c3
  return verifyPool(*this, "input", getInput(), "values", getValues(), getPositions(), getKernel(), getStrides(),
                    getPads());
}

LogicalResult MaxPoolScatterOp::verify() {
  if (failed(verifyPool(*this, "result", getResult(), "error", getError(), getPositions(), getKernel(), getStrides(),
                        getPads()))) // max_pool_scatter_c1, max_pool_scatter_c2
    return failure();
  return verifyExponent(*this, "result", getGrid(getResult()),
                        getGrid(getError()).getExponent()); // max_pool_scatter_c3
}

LogicalResult AveragePoolOp::verify() {
  if (failed(verifyPool(*this, "input", getInput(), "result", getResult(), Value(), getKernel(), getStrides(),
                        getPads()))) // average_pool_c1, average_pool_c2
    return failure();
  const int needed = getGrid(getInput()).getExponent() - getAverageShift(getKernel());
  return verifyExponent(*this, "result", getGrid(getResult()), needed); // average_pool_c3
}

LogicalResult AveragePoolSpreadOp::verify() {
  if (failed(verifyPool(*this, "result", getResult(), "error", getError(), Value(), getKernel(), getStrides(),
                        getPads()))) // average_pool_spread_c1, average_pool_spread_c2
    return failure();
  const int needed = getGrid(getError()).getExponent() - getAverageShift(getKernel());
  return verifyExponent(*this, "result", getGrid(getResult()), needed); // average_pool_spread_c3
}

void AddOp::build(OpBuilder &builder, OperationState &state, Value lhs, Value rhs) {
  const int exponent = std::min(getGrid(lhs).getExponent(), getGrid(rhs).getExponent());
  build(builder, state, withGrid(lhs, GridType::getAccumulator(builder.getContext(), exponent)), lhs, rhs);
}

LogicalResult AddOp::verify() { // add_c1, add_c2
  const int lhs = getGrid(getLhs()).getExponent(), rhs = getGrid(getRhs()).getExponent();
  const int needed = std::min(lhs, rhs);
  if (std::max(lhs, rhs) - int64_t(needed) >= 62)
    return emitOpError() << "operands' exponents must be less than 62 apart, got " << lhs << " and " << rhs;
  return verifyExponent(*this, "result", getGrid(getResult()), needed);
}

LogicalResult ReshapeOp::verify() { // reshape_c1
  if (failed(verifyStaticPerSample(*this, "input", getInput())) ||
      failed(verifyStaticPerSample(*this, "result", getResult())))
    return failure();
  const ArrayRef<int64_t> input = shapeOf(getInput()), result = shapeOf(getResult());
  const auto found = onnxir::countElements(result.drop_front()), needed = onnxir::countElements(input.drop_front());
  if (input[0] == result[0] && found && needed && *found == *needed)
    return success();
  return emitOpError() << "result must keep the batch and the elements per sample, got " << getInput().getType()
                       << " and " << getResult().getType();
}

//===----------------------------------------------------------------------===//
// Loss, masks, update
//===----------------------------------------------------------------------===//

LogicalResult OutputErrorOp::verify() {
  if (failed(verifyRank(*this, "logits", getLogits(), 2)) ||
      failed(verifyShape(*this, "labels", getLabels(), shapeOf(getLogits()).take_front()))) // output_error_c1
    return failure();
  const int exponent = getGrid(getLogits()).getExponent();
  if (exponent <= 0 && exponent >= -61) // output_error_c2
    return success();
  return emitOpError() << "logits must have an exponent of -61 to 0, got " << getGrid(getLogits());
}

void QuantizeErrorOp::build(OpBuilder &builder, OperationState &state, Value input, int bits, Rounding rounding) {
  const GridType errors = GridType::get(builder.getContext(), Role::E, bits, 0);
  build(builder, state, withGrid(input, errors), RankedTensorType::get({}, builder.getI32Type()), input, rounding);
}

LogicalResult QuantizeErrorOp::verify() {
  if (failed(verifyShape(*this, "result", getResult(), shapeOf(getInput())))) // quantize_error_c1
    return failure();
  return verifyExponent(*this, "result", getGrid(getResult()), 0); // quantize_error_c2
}

LogicalResult WithinOp::verify() {
  const int shift = 1 - static_cast<int>(getBits()) - getGrid(getInput()).getExponent();
  if (std::abs(shift) < 48) // within_c1
    return success();
  return emitOpError() << "grids must differ by a shift smaller than 48 in magnitude, got shift " << shift << " from "
                       << getGrid(getInput());
}

int64_t WithinOp::getLimit() {
  const int64_t limit = rt::largestInteger(static_cast<int>(getBits()));
  const int shift = 1 - static_cast<int>(getBits()) - getGrid(getInput()).getExponent();
  return shift >= 0 ? limit << shift : limit >> -shift;
}

LogicalResult ApplyMaskOp::verify() { // apply_mask_c1
  return verifyShape(*this, "mask", getMask(), shapeOf(getInput()));
}

LogicalResult QuantizeGradientOp::verify() {
  if (failed(verifyStatic(*this, "gradient", getGradient())) ||
      failed(verifyShape(*this, "result", getResult(), shapeOf(getGradient())))) // quantize_gradient_c1
    return failure();
  if (getRandomBits() < 1 || getRandomBits() > 16) // quantize_gradient_c2
    return emitOpError() << "random_bits must be 1 to 16, got " << static_cast<int32_t>(getRandomBits());
  return verifyUnit(*this, "result", getGrid(getResult())); // quantize_gradient_c3
}

LogicalResult UpdateOp::verify() {
  const GridType master = getGrid(getMaster());
  const int weightBits = static_cast<int>(getWeightBits());
  if (weightBits < 1 || weightBits > 8 || weightBits > master.getBits()) // update_c1
    return emitOpError() << "weight_bits must be 1 to 8 and at most the " << master.getBits()
                         << " bits of the master, got " << weightBits;
  return verifyUnit(*this, "master", master); // update_c2
}

int64_t UpdateOp::getLimit() {
  return rt::masterLimit(static_cast<int>(getWeightBits()), getGrid(getMaster()).getBits());
}

} // namespace wage
