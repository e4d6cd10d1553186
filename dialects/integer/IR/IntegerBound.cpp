//===- IntegerBound.cpp - how far each integer op can reach ------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// The rules of arithmetic.md section 1, last bullet: a sum is bounded by the sum of its terms' bounds; known weights
// (inference) give a bound per neuron, trained ones count as the largest weight.
//
//===---------------------------------------------------------------------------===//

#include "dialects/integer/IR/IntegerBound.h"
#include "dialects/integer/IR/IntegerOps.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using llvm::ArrayRef;
using llvm::SmallVector;

namespace wage::integer {

Bound::Bound(SmallVector<uint64_t, 0> perChannel) : channels(std::move(perChannel)) {
  magnitude = channels.empty() ? 0 : *llvm::max_element(channels);
}

unsigned signedBits(uint64_t magnitude) { return 65 - llvm::countl_zero(magnitude); }

llvm::LogicalResult verifyCountable(mlir::Operation *op) {
  const auto isCountable = [](mlir::Type type) {
    const auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
    int64_t elements = 1;
    // An extent of 0 hides no product of the others.
    return !tensor || llvm::none_of(tensor.getShape(), [&](int64_t extent) {
      return extent > 0 && llvm::MulOverflow(elements, extent, elements);
    });
  };
  for (mlir::TypeRange types : {mlir::TypeRange(op->getOperandTypes()), mlir::TypeRange(op->getResultTypes())})
    for (mlir::Type type : types)
      if (!isCountable(type))
        return op->emitOpError() << "tensors must have less than 2^63 elements per sample, got " << type;
  return mlir::success();
}

namespace {

using Bounds = SmallVector<Bound, 2>;

uint64_t add(uint64_t lhs, uint64_t rhs) { return llvm::SaturatingAdd(lhs, rhs); }
uint64_t multiply(uint64_t lhs, uint64_t rhs) { return llvm::SaturatingMultiply(lhs, rhs); }
uint64_t magnitudeOf(int64_t element) { return element < 0 ? -static_cast<uint64_t>(element) : element; }

/// The largest `bits`-bit WAGE integer.
uint64_t largestOfBits(uint32_t bits) { return (uint64_t(1) << (bits - 1)) - 1; }

uint64_t largestOf(ArrayRef<Bound> operands) {
  uint64_t largest = 0;
  for (const Bound &bound : operands)
    largest = std::max(largest, bound.magnitude);
  return largest;
}

uint64_t sumOf(ArrayRef<Bound> operands) {
  uint64_t sum = 0;
  for (const Bound &bound : operands)
    sum = add(sum, bound.magnitude);
  return sum;
}

uint64_t ceilDivide(int64_t numerator, int64_t denominator) { return llvm::divideCeil(numerator, denominator); }

ArrayRef<int64_t> shapeOf(mlir::Value value) { return mlir::cast<mlir::ShapedType>(value.getType()).getShape(); }

uint64_t samplesOf(mlir::Value value, uint64_t batch) {
  const int64_t samples = shapeOf(value)[0];
  return mlir::ShapedType::isDynamic(samples) ? batch : samples;
}

/// Sum of |w| over each neuron's weights; weight (n, k) is element n * neuronStep + k * axonStep.
SmallVector<uint64_t, 0> weightSums(ArrayRef<int64_t> weights, int64_t neurons, int64_t neuronStep, int64_t axonStep) {
  SmallVector<uint64_t, 0> sums(neurons, 0);
  const int64_t axons = neurons == 0 ? 0 : weights.size() / neurons;
  for (int64_t n = 0; n < neurons; ++n)
    for (int64_t k = 0; k < axons; ++k)
      sums[n] = add(sums[n], magnitudeOf(weights[n * neuronStep + k * axonStep]));
  return sums;
}

/// Forward: sum |w| * largest activation per neuron, or fan-in * largest weight * largest activation.
Bound forwardBound(const Bound &input, const Bound &weights, int64_t neurons, int64_t fanIn, int64_t neuronStep,
                   int64_t axonStep) {
  if (weights.elements.empty())
    return Bound(multiply(multiply(input.magnitude, weights.magnitude), fanIn));
  SmallVector<uint64_t, 0> sums = weightSums(weights.elements, neurons, neuronStep, axonStep);
  for (uint64_t &sum : sums)
    sum = multiply(sum, input.magnitude);
  return Bound(std::move(sums));
}

/// round_shift is monotone, so the largest magnitude goes to the largest; half a step up covers both rules for ties.
uint64_t shiftedBound(uint64_t magnitude, int32_t shift) {
  if (shift <= 0)
    return multiply(magnitude, uint64_t(1) << -shift);
  return add(magnitude, uint64_t(1) << (shift - 1)) >> shift;
}

/// The most windows that share a position: ceil(kernel / stride) along each axis.
uint64_t windowOverlap(ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides) {
  uint64_t overlap = 1;
  for (auto [extent, stride] : llvm::zip_equal(kernel, strides))
    overlap = multiply(overlap, ceilDivide(extent, stride));
  return overlap;
}

/// The same bound without what holds for its elements or channels one by one.
Bounds wholeTensor(uint64_t magnitude) { return {Bound(magnitude)}; }

/// An op that changes no element's place and enlarges none.
Bounds keptChannels(const Bound &operand) {
  return {operand.channels.empty() ? Bound(operand.magnitude) : Bound(operand.channels)};
}

} // namespace

Bounds TableOp::inferBounds(ArrayRef<Bound>, uint64_t) {
  SmallVector<uint64_t, 0> largest(getTable().getNumElements() / 256, 0);
  for (auto [index, entry] : llvm::enumerate(getTable().getValues<llvm::APInt>()))
    largest[index / 256] = std::max(largest[index / 256], magnitudeOf(entry.getSExtValue()));
  return {largest.size() == 1 ? Bound(largest.front()) : Bound(std::move(largest))};
}

Bounds Conv2DOp::inferBounds(ArrayRef<Bound> operands, uint64_t) {
  const ArrayRef<int64_t> weights = shapeOf(getWeights());
  const int64_t fanIn = weights[1] * weights[2] * weights[3];
  return {forwardBound(operands[0], operands[1], weights[0], fanIn, fanIn, 1)};
}

Bounds MatmulOp::inferBounds(ArrayRef<Bound> operands, uint64_t) {
  const int64_t fanIn = shapeOf(getInput())[1], neurons = shapeOf(getResult())[1];
  return {getAxonsFirst() ? forwardBound(operands[0], operands[1], neurons, fanIn, 1, neurons)
                          : forwardBound(operands[0], operands[1], neurons, fanIn, fanIn, 1)};
}

/// Errors: e * w_max * C_out * k_h * k_w.
Bounds Conv2DTransposedOp::inferBounds(ArrayRef<Bound> operands, uint64_t) {
  const ArrayRef<int64_t> weights = shapeOf(getWeights());
  return wholeTensor(
      multiply(multiply(operands[0].magnitude, operands[1].magnitude), weights[0] * weights[2] * weights[3]));
}

Bounds MatmulTransposedOp::inferBounds(ArrayRef<Bound> operands, uint64_t) {
  return wholeTensor(multiply(multiply(operands[0].magnitude, operands[1].magnitude), shapeOf(getError())[1]));
}

/// Weight gradients: e * a * batch * positions.
Bounds Conv2DOuterOp::inferBounds(ArrayRef<Bound> operands, uint64_t batch) {
  const ArrayRef<int64_t> error = shapeOf(getError());
  const uint64_t terms = multiply(samplesOf(getError(), batch), error[2] * error[3]);
  return wholeTensor(multiply(multiply(operands[0].magnitude, operands[1].magnitude), terms));
}

Bounds MatmulOuterOp::inferBounds(ArrayRef<Bound> operands, uint64_t batch) {
  return wholeTensor(multiply(multiply(operands[0].magnitude, operands[1].magnitude), samplesOf(getError(), batch)));
}

Bounds AddBiasOp::inferBounds(ArrayRef<Bound> operands, uint64_t) {
  const Bound &input = operands[0], &bias = operands[1];
  if (input.channels.empty() || bias.elements.size() != input.channels.size())
    return wholeTensor(add(input.magnitude, bias.magnitude));
  SmallVector<uint64_t, 0> sums = input.channels;
  for (auto [sum, element] : llvm::zip_equal(sums, bias.elements))
    sum = add(sum, magnitudeOf(element));
  return {Bound(std::move(sums))};
}

Bounds AlignChannelsOp::inferBounds(ArrayRef<Bound> operands, uint64_t) {
  const Bound &input = operands[0];
  SmallVector<uint64_t, 0> shifted;
  for (auto [channel, shift] : llvm::enumerate(getShifts()))
    shifted.push_back(
        multiply(input.channels.empty() ? input.magnitude : input.channels[channel], uint64_t(1) << shift));
  return {Bound(std::move(shifted))};
}

Bounds AddOp::inferBounds(ArrayRef<Bound> operands, uint64_t) {
  auto shifted = [&](int i, uint64_t magnitude) { return multiply(magnitude, uint64_t(1) << getShifts()[i]); };
  const Bound &lhs = operands[0], &rhs = operands[1];
  return wholeTensor(add(shifted(0, lhs.magnitude), shifted(1, rhs.magnitude)));
}

Bounds SumPoolOp::inferBounds(ArrayRef<Bound> operands, uint64_t) {
  const uint64_t window = getKernel()[0] * getKernel()[1];
  if (operands[0].channels.empty())
    return wholeTensor(multiply(operands[0].magnitude, window));
  SmallVector<uint64_t, 0> sums = operands[0].channels;
  for (uint64_t &sum : sums)
    sum = multiply(sum, window);
  return {Bound(std::move(sums))};
}

Bounds SumPoolSpreadOp::inferBounds(ArrayRef<Bound> operands, uint64_t) {
  return wholeTensor(multiply(operands[0].magnitude, windowOverlap(getKernel(), getStrides())));
}

Bounds ReshapeOp::inferBounds(ArrayRef<Bound> operands, uint64_t) { return wholeTensor(operands[0].magnitude); }

Bounds MaxPoolOp::inferBounds(ArrayRef<Bound> operands, uint64_t) {
  Bounds bounds = keptChannels(operands[0]);
  bounds.push_back(Bound(getKernel()[0] * getKernel()[1] - 1));
  return bounds;
}

Bounds MaxPoolScatterOp::inferBounds(ArrayRef<Bound> operands, uint64_t) {
  return wholeTensor(multiply(operands[0].magnitude, windowOverlap(getKernel(), getStrides())));
}

Bounds ShiftClipOp::inferBounds(ArrayRef<Bound> operands, uint64_t) {
  return wholeTensor(
      std::min(shiftedBound(operands[0].magnitude, static_cast<int32_t>(getShift())), largestOfBits(getBits())));
}

Bounds ShiftClipByOp::inferBounds(ArrayRef<Bound>, uint64_t) { return wholeTensor(largestOfBits(getBits())); }

Bounds ClipOp::inferBounds(ArrayRef<Bound> operands, uint64_t) {
  return wholeTensor(std::min<uint64_t>(operands[0].magnitude, getLimit()));
}

Bounds SignOp::inferBounds(ArrayRef<Bound>, uint64_t) { return wholeTensor(1); }

Bounds ReluOp::inferBounds(ArrayRef<Bound> operands, uint64_t) { return keptChannels(operands[0]); }

/// The largest entry, table by table.
Bounds LookupOp::inferBounds(ArrayRef<Bound>, uint64_t) {
  const int64_t count = getTables().getType().getDimSize(0), entries = getTables().getType().getDimSize(1);
  SmallVector<uint64_t, 0> largest(count, 0);
  for (auto [index, entry] : llvm::enumerate(getTables().getValues<llvm::APInt>()))
    largest[index / entries] = std::max(largest[index / entries], magnitudeOf(entry.getSExtValue()));
  return count == 1 ? wholeTensor(largest[0]) : Bounds{Bound(std::move(largest))};
}

Bounds MultiplyOp::inferBounds(ArrayRef<Bound> operands, uint64_t) {
  return wholeTensor(multiply(operands[0].magnitude, operands[1].magnitude));
}

Bounds ConcatOp::inferBounds(ArrayRef<Bound> operands, uint64_t) {
  SmallVector<uint64_t, 0> channels;
  for (auto [bound, input] : llvm::zip_equal(operands, getInputs()))
    if (bound.channels.empty())
      channels.append(shapeOf(input)[1], bound.magnitude);
    else
      channels.append(bound.channels);
  return {Bound(std::move(channels))};
}

Bounds RearrangeOp::inferBounds(ArrayRef<Bound> operands, uint64_t) { return wholeTensor(operands[0].magnitude); }

Bounds JoinRowsOp::inferBounds(ArrayRef<Bound> operands, uint64_t) { return wholeTensor(largestOf(operands)); }

Bounds AddRowsOp::inferBounds(ArrayRef<Bound> operands, uint64_t) { return wholeTensor(sumOf(operands.drop_front())); }

Bounds SumOp::inferBounds(ArrayRef<Bound> operands, uint64_t) { return wholeTensor(sumOf(operands)); }

Bounds WithinOp::inferBounds(ArrayRef<Bound>, uint64_t) { return wholeTensor(1); }

Bounds PositiveOp::inferBounds(ArrayRef<Bound>, uint64_t) { return wholeTensor(1); }

Bounds ApplyMaskOp::inferBounds(ArrayRef<Bound> operands, uint64_t) { return keptChannels(operands[0]); }

Bounds SubtractOneHotOp::inferBounds(ArrayRef<Bound> operands, uint64_t) {
  return wholeTensor(add(operands[0].magnitude, uint64_t(1) << getShift()));
}

Bounds MaxAbsOp::inferBounds(ArrayRef<Bound> operands, uint64_t) { return wholeTensor(largestOf(operands)); }

/// Shift(m) rounds log2 m, so the exponent is at most one above the floor.
Bounds ShiftExponentOp::inferBounds(ArrayRef<Bound> operands, uint64_t) {
  return wholeTensor(signedBits(operands[0].magnitude) - 1);
}

Bounds RandomBitsOp::inferBounds(ArrayRef<Bound>, uint64_t) { return wholeTensor((uint64_t(1) << getBits()) - 1); }

Bounds StochasticStepOp::inferBounds(ArrayRef<Bound>, uint64_t) { return wholeTensor(largestOfBits(getBits())); }

Bounds SubOp::inferBounds(ArrayRef<Bound> operands, uint64_t) {
  return wholeTensor(add(operands[0].magnitude, operands[1].magnitude));
}

} // namespace wage::integer
