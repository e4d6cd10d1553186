//===- IntegerOps.cpp - verifiers of the integer level -----------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// One line per labelled constraint of the `.td` files here. The batch, dimension 0 of activations and errors, may be dynamic
// and is then only known when running; every other dimension is static.
//
//===---------------------------------------------------------------------------===//

#include "dialects/integer/IR/IntegerOps.h"

#include "dialects/integer/IR/InferenceRules.h"

#include "mlir/IR/TypeUtilities.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

#define GET_OP_CLASSES
#include "dialects/integer/IR/IntegerOps.cpp.inc"

namespace wage::integer {

int64_t countWindows(int64_t extent, int64_t padBefore, int64_t padAfter, int64_t kernel, int64_t stride) {
  const int64_t room = extent + padBefore + padAfter - kernel;
  return room < 0 ? 0 : room / stride + 1;
}

namespace {

/// A shape as the verifiers compare it: the batch, when there is one, first.
using Shape = SmallVector<int64_t, 4>;

ArrayRef<int64_t> shapeOf(Value value) { return cast<ShapedType>(value.getType()).getShape(); }

unsigned widthOf(Value value) { return cast<ShapedType>(value.getType()).getElementTypeBitWidth(); }

LogicalResult verifyRank(Operation *op, StringRef name, Value value, size_t rank) {
  if (shapeOf(value).size() == rank)
    return success();
  return op->emitOpError() << name << " must have " << rank << " dimensions, got " << value.getType();
}

/// Only the batch may be dynamic: everything else is laid out when compiling.
LogicalResult verifyStaticPerSample(Operation *op, StringRef name, Value value) {
  if (llvm::none_of(shapeOf(value).drop_front(), ShapedType::isDynamic))
    return success();
  return op->emitOpError() << name << " may be dynamic in its batch dimension only, got " << value.getType();
}

/// Equal dimensions, or one of them known only when running.
bool agree(ArrayRef<int64_t> lhs, ArrayRef<int64_t> rhs) {
  return lhs.size() == rhs.size() && llvm::all_of(llvm::zip(lhs, rhs), [](auto pair) {
           auto [left, right] = pair;
           return left == right || ShapedType::isDynamic(left) || ShapedType::isDynamic(right);
         });
}

LogicalResult verifyShape(Operation *op, StringRef name, Value value, ArrayRef<int64_t> needed) {
  if (agree(shapeOf(value), needed))
    return success();
  InFlightDiagnostic diagnostic = op->emitOpError() << name << " must have shape [";
  llvm::interleaveComma(needed, diagnostic, [&](int64_t extent) {
    if (ShapedType::isDynamic(extent))
      diagnostic << "?";
    else
      diagnostic << extent;
  });
  return diagnostic << "], got " << value.getType();
}

LogicalResult verifyListLength(Operation *op, StringRef name, ArrayRef<int64_t> list, size_t length) {
  if (list.size() == length)
    return success();
  return op->emitOpError() << name << " must have " << length << " entries, got " << list.size();
}

LogicalResult verifyPositive(Operation *op, StringRef name, ArrayRef<int64_t> list) {
  for (int64_t entry : list)
    if (entry < 1)
      return op->emitOpError() << name << " must be positive, got " << entry;
  return success();
}

/// Numbers beyond this fit no chip; below it no extent of a padded plane runs over 64 bits.
constexpr int64_t largestExtent = int64_t(1) << 31;

LogicalResult verifyBounded(Operation *op, StringRef name, ArrayRef<int64_t> list) {
  for (int64_t entry : list)
    if (entry >= largestExtent)
      return op->emitOpError() << name << " must be less than 2^31, got " << entry;
  return success();
}

/// (C2) of the convolutions.
LogicalResult verifyStridesAndPads(Operation *op, ArrayRef<int64_t> strides, ArrayRef<int64_t> pads) {
  if (failed(verifyListLength(op, "strides", strides, 2)) || failed(verifyListLength(op, "pads", pads, 4)) ||
      failed(verifyPositive(op, "strides", strides)))
    return failure();
  for (int64_t pad : pads)
    if (pad < 0)
      return op->emitOpError() << "pads must not be negative, got " << pad;
  return success(succeeded(verifyBounded(op, "strides", strides)) && succeeded(verifyBounded(op, "pads", pads)));
}

/// [batch, channels, OH, OW] of windows of `kernel` over `plane` = [batch, C, H, W]; no `dilations` are all 1.
Shape windowedShape(ArrayRef<int64_t> plane, int64_t channels, ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides,
                    ArrayRef<int64_t> pads, ArrayRef<int64_t> dilations = {}) {
  auto count = [&](int axis) -> int64_t {
    if (plane[2 + axis] >= largestExtent || kernel[axis] >= largestExtent)
      return 0;
    const int64_t window = (kernel[axis] - 1) * (dilations.empty() ? 1 : dilations[axis]) + 1;
    return countWindows(plane[2 + axis], pads[axis], pads[axis + 2], window, strides[axis]);
  };
  return {plane[0], channels, count(0), count(1)};
}

/// (C1) and (C2) of the three convolution products: `plane` is the side of the input, `windowed` of the output.
LogicalResult verifyConvolution(Operation *op, StringRef planeName, Value plane, Value weights, StringRef windowedName,
                                Value windowed, ArrayRef<int64_t> strides, ArrayRef<int64_t> pads,
                                ArrayRef<int64_t> dilations = {}, int64_t groups = 1) {
  if (failed(verifyStridesAndPads(op, strides, pads)) || failed(verifyRank(op, planeName, plane, 4)) ||
      failed(verifyRank(op, "weights", weights, 4)) || failed(verifyRank(op, windowedName, windowed, 4)) ||
      failed(verifyStaticPerSample(op, planeName, plane)) || failed(verifyStaticPerSample(op, windowedName, windowed)))
    return failure();
  const ArrayRef<int64_t> kernel = shapeOf(weights);
  if (llvm::any_of(kernel, ShapedType::isDynamic))
    return op->emitOpError() << "weights must have a static shape, got " << weights.getType();
  if (shapeOf(plane)[1] / groups != kernel[1])
    return op->emitOpError() << planeName << " has " << shapeOf(plane)[1] << " channels"
                             << (groups == 1 ? "" : " in " + std::to_string(groups) + " groups")
                             << " but the weights take " << kernel[1];
  const Shape needed = windowedShape(shapeOf(plane), kernel[0], kernel.drop_front(2), strides, pads, dilations);
  if (needed[2] < 1 || needed[3] < 1)
    return op->emitOpError() << "a kernel of " << kernel[2] << "x" << kernel[3] << " does not fit " << planeName << " "
                             << plane.getType() << " with pads " << pads;
  return verifyShape(op, windowedName, windowed, needed);
}

/// (C1) of the three matrix products.
LogicalResult verifyMatrixProduct(Operation *op, StringRef axonsName, Value axons, Value weights, bool axonsFirst,
                                  StringRef neuronsName, Value neurons) {
  if (failed(verifyRank(op, axonsName, axons, 2)) || failed(verifyRank(op, "weights", weights, 2)) ||
      failed(verifyRank(op, neuronsName, neurons, 2)) || failed(verifyStaticPerSample(op, axonsName, axons)) ||
      failed(verifyStaticPerSample(op, neuronsName, neurons)))
    return failure();
  if (!agree({shapeOf(axons)[0]}, {shapeOf(neurons)[0]}))
    return op->emitOpError() << axonsName << " and " << neuronsName << " must have one batch size, got "
                             << axons.getType() << " and " << neurons.getType();
  const int64_t axonCount = shapeOf(axons)[1], neuronCount = shapeOf(neurons)[1];
  const Shape needed = axonsFirst ? Shape{axonCount, neuronCount} : Shape{neuronCount, axonCount};
  if (shapeOf(weights) == ArrayRef(needed))
    return success();
  return op->emitOpError() << "weights must have shape [" << needed[0] << ", " << needed[1] << "]"
                           << (axonsFirst ? " (axons first)" : "") << ", got " << weights.getType();
}

/// Padding that leaves an element of the plane to every window: what is behind may be up to a stride more than the kernel
/// (ceil_mode adds it), as long as no window begins there.
LogicalResult verifyPoolPads(Operation *op, ArrayRef<int64_t> windowed, ArrayRef<int64_t> plane,
                             ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides, ArrayRef<int64_t> pads) {
  for (auto [axis, size] : llvm::enumerate(kernel)) {
    if (pads[axis] >= size)
      return op->emitOpError() << "pads in front must be smaller than the kernel, got pad " << pads[axis]
                               << " with kernel " << size;
    const int64_t last = (windowed[2 + axis] - 1) * strides[axis] - pads[axis];
    if (pads[axis + 2] >= size + strides[axis] || last >= plane[2 + axis])
      return op->emitOpError() << "pads behind must be smaller than kernel and stride and leave no window outside the "
                               << "plane, got pad " << pads[axis + 2] << " with kernel " << size << " and stride "
                               << strides[axis];
  }
  return success();
}

/// (C1) and (C2) of the pooling ops.
LogicalResult verifyPool(Operation *op, StringRef planeName, Value plane, StringRef windowedName, Value windowed,
                         ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides, ArrayRef<int64_t> pads) {
  if (failed(verifyListLength(op, "kernel", kernel, 2)) || failed(verifyPositive(op, "kernel", kernel)) ||
      failed(verifyStridesAndPads(op, strides, pads)))
    return failure();
  if (failed(verifyRank(op, planeName, plane, 4)) || failed(verifyRank(op, windowedName, windowed, 4)) ||
      failed(verifyStaticPerSample(op, planeName, plane)) || failed(verifyStaticPerSample(op, windowedName, windowed)))
    return failure();
  const Shape needed = windowedShape(shapeOf(plane), shapeOf(plane)[1], kernel, strides, pads);
  const bool isEmpty =
      ShapedType::getNumElements(shapeOf(plane).drop_front()) == 0; // a window of padding has no maximum
  if (needed[2] < 1 || needed[3] < 1 || isEmpty)
    return op->emitOpError() << "a window of " << kernel[0] << "x" << kernel[1] << " does not fit " << planeName << " "
                             << plane.getType();
  if (failed(verifyPoolPads(op, needed, shapeOf(plane), kernel, strides, pads)))
    return failure();
  return verifyShape(op, windowedName, windowed, needed);
}

/// (C2) of the clipping ops: a `bits`-bit result needs elements of `bits` bits.
LogicalResult verifyResultHoldsBits(Operation *op, uint32_t bits, Value result) {
  if (bits <= widthOf(result))
    return success();
  return op->emitOpError() << "bits must be at most the width of the result's elements, got bits = " << bits << " with "
                           << widthOf(result) << "-bit elements";
}

} // namespace

//===----------------------------------------------------------------------===//
// Input and linear layers
//===----------------------------------------------------------------------===//

LogicalResult TableOp::verify() {
  const ArrayRef<int64_t> input = cast<ShapedType>(getInput().getType()).getShape(),
                          table = getTable().getType().getShape();
  const bool perChannel = input.size() > 1 && table == ArrayRef<int64_t>{input[1], 256};
  if ((perChannel || table == ArrayRef<int64_t>{256}) &&
      getTable().getElementType() == getElementTypeOrSelf(getResult()))
    return success();
  return emitOpError() << "table must have 256 elements, or 256 for each channel, of the result's type "
                       << getElementTypeOrSelf(getResult()) << ", got " << getTable().getType();
}

LogicalResult Conv2DOp::verify() {
  const ArrayRef<int64_t> dilations = getDilations();
  if (failed(verifyListLength(*this, "dilations", dilations, 2)) ||
      failed(verifyPositive(*this, "dilations", dilations)) || failed(verifyBounded(*this, "dilations", dilations)) ||
      failed(verifyRank(*this, "input", getInput(), 4)) || failed(verifyRank(*this, "weights", getWeights(), 4)))
    return failure();
  const int64_t groups = getGroups(), channels = shapeOf(getInput())[1], neurons = shapeOf(getWeights())[0];
  if (groups < 1 || channels % groups != 0 || neurons % groups != 0)
    return emitOpError() << "groups must divide the " << channels << " channels and the " << neurons << " neurons, got "
                         << groups;
  return verifyConvolution(*this, "input", getInput(), getWeights(), "result", getResult(), getStrides(), getPads(),
                           dilations, groups);
}

LogicalResult Conv2DTransposedOp::verify() {
  return verifyConvolution(*this, "result", getResult(), getWeights(), "error", getError(), getStrides(), getPads());
}

LogicalResult Conv2DOuterOp::verify() {
  return verifyConvolution(*this, "input", getInput(), getResult(), "error", getError(), getStrides(), getPads());
}

LogicalResult MatmulOp::verify() {
  return verifyMatrixProduct(*this, "input", getInput(), getWeights(), getAxonsFirst(), "result", getResult());
}

LogicalResult MatmulTransposedOp::verify() {
  return verifyMatrixProduct(*this, "result", getResult(), getWeights(), getAxonsFirst(), "error", getError());
}

LogicalResult MatmulOuterOp::verify() {
  return verifyMatrixProduct(*this, "input", getInput(), getResult(), getAxonsFirst(), "error", getError());
}

LogicalResult AddBiasOp::verify() {
  const ArrayRef<int64_t> input = shapeOf(getInput());
  if (input.size() < 2 || shapeOf(getBias())[0] != input[1])
    return emitOpError() << "bias must have one element per channel of the input, got " << getBias().getType()
                         << " for " << getInput().getType();
  return verifyShape(*this, "result", getResult(), input);
}

LogicalResult AlignChannelsOp::verify() {
  const ArrayRef<int64_t> input = shapeOf(getInput());
  if (input.size() < 2 || static_cast<int64_t>(getShifts().size()) != input[1])
    return emitOpError() << "shifts must have one entry per channel of the input, got " << getShifts().size() << " for "
                         << getInput().getType();
  for (int32_t shift : getShifts())
    if (shift < 0 || shift > 40)
      return emitOpError() << "shifts must be 0 to 40, got " << shift;
  return verifyShape(*this, "result", getResult(), input);
}

LogicalResult AddOp::verify() {
  if (failed(verifyShape(*this, "rhs", getRhs(), shapeOf(getLhs()))) ||
      failed(verifyShape(*this, "result", getResult(), shapeOf(getLhs()))))
    return failure();
  const ArrayRef<int32_t> shifts = getShifts();
  if (shifts.size() != 2 || std::min(shifts[0], shifts[1]) != 0 || std::max(shifts[0], shifts[1]) > 63)
    return emitOpError() << "shifts must be two numbers of 0 to 63, one of them 0, got [" << shifts << "]";
  return success();
}

//===----------------------------------------------------------------------===//
// Shape and pooling
//===----------------------------------------------------------------------===//

LogicalResult ReshapeOp::verify() {
  const ArrayRef<int64_t> input = shapeOf(getInput()), result = shapeOf(getResult());
  if (input.empty() || result.empty() || input[0] != result[0])
    return emitOpError() << "batch dimension must be kept, got " << getInput().getType() << " and "
                         << getResult().getType();
  if (getElementTypeOrSelf(getInput()) != getElementTypeOrSelf(getResult()))
    return emitOpError() << "element type must be kept, got " << getInput().getType() << " and "
                         << getResult().getType();
  if (failed(verifyStaticPerSample(*this, "input", getInput())) ||
      failed(verifyStaticPerSample(*this, "result", getResult())))
    return failure();
  const int64_t found = ShapedType::getNumElements(result.drop_front());
  const int64_t needed = ShapedType::getNumElements(input.drop_front());
  if (found != needed)
    return emitOpError() << "result must have " << needed << " elements per sample, got " << found;
  return success();
}

LogicalResult MaxPoolOp::verify() {
  if (failed(verifyPool(*this, "input", getInput(), "values", getValues(), getKernel(), getStrides(), getPads())) ||
      failed(verifyShape(*this, "positions", getPositions(), shapeOf(getValues()))))
    return failure();
  const int64_t last = getKernel()[0] * getKernel()[1] - 1;
  if (!llvm::isIntN(widthOf(getPositions()), last))
    return emitOpError() << "positions must hold " << last << ", got " << widthOf(getPositions()) << "-bit elements";
  return success();
}

LogicalResult MaxPoolScatterOp::verify() {
  if (failed(verifyPool(*this, "result", getResult(), "error", getError(), getKernel(), getStrides(), getPads())))
    return failure();
  return verifyShape(*this, "positions", getPositions(), shapeOf(getError()));
}

LogicalResult SumPoolOp::verify() {
  return verifyPool(*this, "input", getInput(), "result", getResult(), getKernel(), getStrides(), getPads());
}

LogicalResult SumPoolSpreadOp::verify() {
  return verifyPool(*this, "result", getResult(), "error", getError(), getKernel(), getStrides(), getPads());
}

//===----------------------------------------------------------------------===//
// Shift, clip, compare
//===----------------------------------------------------------------------===//

LogicalResult ShiftClipOp::verify() {
  if (std::abs(int64_t(getShift())) >= 64)
    return emitOpError() << "shift must be smaller than 64 in magnitude, got " << getShift();
  return verifyResultHoldsBits(*this, getBits(), getResult());
}

LogicalResult ShiftClipByOp::verify() {
  if (failed(verifyShape(*this, "result", getResult(), shapeOf(getInput()))))
    return failure();
  return verifyResultHoldsBits(*this, getBits(), getResult());
}

LogicalResult ClipOp::verify() {
  const int64_t limit = getLimit();
  if (limit < 1)
    return emitOpError() << "limit must be at least 1, got " << limit;
  if (!llvm::isIntN(widthOf(getResult()), limit))
    return emitOpError() << "limit must fit the result's elements, got limit " << limit << " with "
                         << widthOf(getResult()) << "-bit elements";
  return success();
}

LogicalResult WithinOp::verify() {
  if (int64_t(getLimit()) < 0)
    return emitOpError() << "limit must not be negative, got " << int64_t(getLimit());
  return success();
}

LogicalResult ApplyMaskOp::verify() { return verifyShape(*this, "mask", getMask(), shapeOf(getInput())); }

//===----------------------------------------------------------------------===//
// Tables, movement
//===----------------------------------------------------------------------===//

LogicalResult LookupOp::verify() {
  const ShapedType tables = getTables().getType();
  if (failed(verifyTables(*this, getInput(), tables)))
    return failure();
  if (tables.getDimSize(1) > int64_t(1) << widthOf(getInput()))
    return emitOpError() << "tables must have at most 2^" << widthOf(getInput())
                         << " entries for the input's elements, got " << tables;
  if (tables.getElementType() == getElementTypeOrSelf(getResult()))
    return success();
  return emitOpError() << "tables must have the result's element type " << getElementTypeOrSelf(getResult()) << ", got "
                       << tables;
}

LogicalResult ConcatOp::verify() {
  if (failed(verifyConcatenation(*this, getInputs(), getResult())))
    return failure();
  for (Value input : getInputs())
    if (getElementTypeOrSelf(input) != getElementTypeOrSelf(getResult()))
      return emitOpError() << "operands must have the result's element type " << getElementTypeOrSelf(getResult())
                           << ", got " << input.getType();
  return success();
}

LogicalResult RearrangeOp::verify() {
  return verifyRearrangement(*this, getInput(), getResult(), getSizes(), getFrom(), getTo());
}

//===----------------------------------------------------------------------===//
// Bands of rows
//===----------------------------------------------------------------------===//

/// Tensors of any number of rows that otherwise agree with the result.
static LogicalResult verifyBands(Operation *op, ValueRange inputs, Value result, ArrayRef<int64_t> begins,
                                 int64_t first) {
  if (inputs.empty())
    return op->emitOpError() << "must have an operand, got none";
  if (failed(verifyRank(op, "result", result, 4)) || failed(verifyStaticPerSample(op, "result", result)))
    return failure();
  for (Value input : inputs) {
    if (failed(verifyRank(op, "operand", input, 4)) || failed(verifyStaticPerSample(op, "operand", input)))
      return failure();
    Shape needed(shapeOf(result));
    needed[2] = shapeOf(input)[2];
    if (failed(verifyShape(op, "operand", input, needed)) || failed(verifyBounded(op, "rows", needed[2])))
      return failure();
    if (getElementTypeOrSelf(input) != getElementTypeOrSelf(result))
      return op->emitOpError() << "operands must have the result's element type " << getElementTypeOrSelf(result)
                               << ", got " << input.getType();
  }
  if (failed(verifyListLength(op, "begins", begins, inputs.size())))
    return failure();
  for (int64_t begin : begins)
    if (begin < 0)
      return op->emitOpError() << "begins must not be negative, got " << begin;
  if (first < 0)
    return op->emitOpError() << "first must not be negative, got " << first;
  return success(succeeded(verifyBounded(op, "begins", begins)) && succeeded(verifyBounded(op, "first", first)) &&
                 succeeded(verifyBounded(op, "rows", shapeOf(result)[2])));
}

LogicalResult JoinRowsOp::verify() {
  if (failed(verifyBands(*this, getInputs(), getResult(), getBegins(), getFirst())))
    return failure();
  const int64_t first = getFirst(), rows = shapeOf(getResult())[2];
  int64_t next = getBegins().front(), last = 0;
  for (auto [begin, input] : llvm::zip_equal(getBegins(), getInputs())) {
    const bool follows = begin == next && begin < first + rows && begin + shapeOf(input)[2] > first;
    last = next = begin + shapeOf(input)[2];
    if (!follows)
      return emitOpError() << "bands must stand one behind the other, each with a row of [" << first << ", "
                           << first + rows << "), got rows [" << begin << ", " << last << ")";
  }
  if (getBegins().front() > first || last < first + rows)
    return emitOpError() << "bands must fill the rows [" << first << ", " << first + rows << "), got ["
                         << getBegins().front() << ", " << last << ")";
  return success();
}

LogicalResult AddRowsOp::verify() {
  if (failed(verifyBands(*this, getProducts(), getResult(), getBegins(), getFirst())))
    return failure();
  return verifyShape(*this, "value", getValue(), shapeOf(getResult()));
}

//===----------------------------------------------------------------------===//
// Loss and update
//===----------------------------------------------------------------------===//

LogicalResult MaxAbsOp::verify() {
  return getInputs().empty() ? emitOpError() << "must have an operand, got none" : success();
}

LogicalResult SubtractOneHotOp::verify() {
  if (failed(verifyRank(*this, "input", getInput(), 2)) ||
      failed(verifyShape(*this, "labels", getLabels(), {shapeOf(getInput())[0]})) ||
      failed(verifyShape(*this, "result", getResult(), shapeOf(getInput()))))
    return failure();
  if (getShift() >= 62)
    return emitOpError() << "shift must be 0 to 61, got " << int32_t(getShift());
  return success();
}

LogicalResult RandomBitsOp::verify() {
  if (getBits() < 1 || getBits() > 16)
    return emitOpError() << "bits must be 1 to 16, got " << int32_t(getBits());
  return success();
}

LogicalResult StochasticStepOp::verify() {
  if (failed(verifyShape(*this, "random", getRandom(), shapeOf(getGradient()))) ||
      failed(verifyShape(*this, "result", getResult(), shapeOf(getGradient()))) ||
      failed(verifyResultHoldsBits(*this, getBits(), getResult())))
    return failure();
  if (getRandomBits() < 1 || getRandomBits() > 16)
    return emitOpError() << "random_bits must be 1 to 16, got " << int32_t(getRandomBits());
  return success();
}

LogicalResult SubOp::verify() {
  if (failed(verifyShape(*this, "rhs", getRhs(), shapeOf(getLhs()))))
    return failure();
  return verifyShape(*this, "result", getResult(), shapeOf(getLhs()));
}

} // namespace wage::integer
