//===- WageSemantics.cpp - what each wage op computes ------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Straight from arithmetic.md, not by way of the integer level, so that the two levels check each other.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Analysis/IntegerConstants.h"
#include "compiler/Interpreter/Arithmetic.h"
#include "compiler/Interpreter/Evaluator.h"
#include "compiler/Interpreter/SharedSemantics.h"
#include "compiler/Interpreter/TensorOperations.h"
#include "dialects/wage/IR/WageOps.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace wage::interpreter {
namespace {

bool isHalfAway(Rounding rounding) { return rounding == Rounding::HalfAway; }

/// Channel c shifted left by max x - x_c: every channel on the layer's finest grid. Section 4.
Tensor alignToFinest(const Tensor &input, ArrayRef<int32_t> scaleLog2) {
  const int32_t finest = *llvm::max_element(scaleLog2);
  return alignChannels(input, llvm::map_to_vector(scaleLog2, [&](int32_t scale) { return finest - scale; }));
}

/// p / 127.5 - 1 on the grid of `bits` bits. 255 is odd: a tie cannot happen. Section 2.
int64_t encodePixel(int64_t pixel, int64_t bits) {
  const int64_t numerator = (2 * pixel - 255) * (largestInteger(bits) + 1);
  const int64_t size = numerator < 0 ? -numerator : numerator;
  const int64_t rounded = size / 255 + (2 * (size % 255) > 255 ? 1 : 0);
  return clip(numerator < 0 ? -rounded : rounded, largestInteger(bits));
}

LogicalResult evaluate(EncodeInputOp op, Frame &frame) {
  if (op.getTable()) {
    const std::optional<std::vector<int64_t>> table = readIntegers(*op.getTable());
    if (!table)
      return op.emitOpError() << "cannot be evaluated, its table cannot be read";
    return frame.set(op.getResult(), lookUpBytes(frame.get(op.getInput()), *table));
  }
  const int64_t bits = getGrid(op.getResult()).getBits();
  return frame.set(op.getResult(),
                   map(frame.get(op.getInput()), [&](int64_t pixel) { return encodePixel(pixel, bits); }));
}

LogicalResult evaluate(AsGridOp op, Frame &frame) { return frame.set(op.getResult(), frame.get(op.getInput())); }

LogicalResult evaluate(AsIntegersOp op, Frame &frame) { return frame.set(op.getResult(), frame.get(op.getInput())); }

LogicalResult evaluate(QuantizeWeightOp op, Frame &frame) {
  const int64_t weightBits = getGrid(op.getResult()).getBits(), masterBits = getGrid(op.getInput()).getBits();
  const bool halfAway = isHalfAway(op.getRounding());
  return frame.set(op.getResult(), map(frame.get(op.getInput()), [&](int64_t master) -> int64_t {
                     if (weightBits == 1)
                       return master < 0 ? -1 : 1;
                     return shiftClip(master, masterBits - weightBits, weightBits, halfAway);
                   }));
}

LogicalResult evaluate(Conv2DOp op, Frame &frame) {
  const Windows windows{kernelOf(op.getWeights()), op.getStrides(), op.getPads(), op.getDilations()};
  return frame.set(
      op.getResult(),
      alignToFinest(convolve(frame.get(op.getInput()), frame.get(op.getWeights()), windows), op.getScaleLog2()));
}

LogicalResult evaluate(MatmulOp op, Frame &frame) {
  return frame.set(op.getResult(),
                   alignToFinest(multiply(frame.get(op.getInput()), frame.get(op.getWeights()), op.getAxonsFirst()),
                                 op.getScaleLog2()));
}

LogicalResult evaluate(AddBiasOp op, Frame &frame) { return evaluateAddBias(op, frame); }

LogicalResult evaluate(ReluOp op, Frame &frame) { return evaluateRelu(op, frame); }

LogicalResult evaluate(QuantizeActivationOp op, Frame &frame) {
  const GridType grid = getGrid(op.getResult());
  const int64_t shift = grid.getExponent() - getGrid(op.getInput()).getExponent();
  return frame.set(op.getResult(), map(frame.get(op.getInput()), [&](int64_t x) {
                     return shiftClip(x, shift, grid.getBits(), isHalfAway(op.getRounding()));
                   }));
}

LogicalResult evaluate(MaxPoolOp op, Frame &frame) { return evaluateMaxPool(op, frame); }

LogicalResult evaluate(AveragePoolOp op, Frame &frame) { return evaluateSumPool(op, frame); }

LogicalResult evaluate(AveragePoolSpreadOp op, Frame &frame) { return evaluateSumPoolSpread(op, frame); }

LogicalResult evaluate(AddOp op, Frame &frame) {
  const int finest = getGrid(op.getResult()).getExponent();
  const int64_t lhsUnit = int64_t(1) << (getGrid(op.getLhs()).getExponent() - finest);
  const int64_t rhsUnit = int64_t(1) << (getGrid(op.getRhs()).getExponent() - finest);
  return frame.set(op.getResult(), map(frame.get(op.getLhs()), frame.get(op.getRhs()),
                                       [&](int64_t lhs, int64_t rhs) { return lhs * lhsUnit + rhs * rhsUnit; }));
}

LogicalResult evaluate(LookupOp op, Frame &frame) { return evaluateLookup(op, frame); }

LogicalResult evaluate(MultiplyOp op, Frame &frame) { return evaluateMultiply(op, frame); }

LogicalResult evaluate(ConcatOp op, Frame &frame) { return evaluateConcat(op, frame); }

LogicalResult evaluate(RearrangeOp op, Frame &frame) { return evaluateRearrange(op, frame); }

LogicalResult evaluate(ReshapeOp op, Frame &frame) { return evaluateReshape(op, frame); }

LogicalResult evaluate(OutputErrorOp op, Frame &frame) {
  const Tensor &logits = frame.get(op.getLogits()), &labels = frame.get(op.getLabels());
  if (failed(checkLabels(op, labels, logits.shape[1])))
    return failure();
  return frame.set(op.getResult(), subtractOneHot(logits, labels, -getGrid(op.getLogits()).getExponent()));
}

LogicalResult evaluate(QuantizeErrorOp op, Frame &frame) {
  const Tensor &error = frame.get(op.getInput());
  const int64_t bits = getGrid(op.getResult()).getBits(), exponent = shiftExponent(largestMagnitude(error));
  const bool halfAway = isHalfAway(op.getRounding());
  if (failed(frame.set(op.getResult(),
                       map(error, [&](int64_t e) { return shiftClip(e, exponent - (bits - 1), bits, halfAway); }))))
    return failure();
  return frame.set(op.getExponent(), Tensor::scalar(exponent));
}

/// Compared by values, n * 2^exponent against (2^(k-1) - 1) * 2^(1-k), in 128 bits. Section 6.
LogicalResult evaluate(WithinOp op, Frame &frame) {
  const int64_t bits = op.getBits(), shift = 1 - bits - getGrid(op.getInput()).getExponent();
  const __int128 limit = __int128(largestInteger(bits)) << (shift > 0 ? shift : 0);
  return frame.set(op.getResult(), map(frame.get(op.getInput()), [&](int64_t x) {
                     const __int128 size = __int128(x < 0 ? -x : x) << (shift < 0 ? -shift : 0);
                     return size <= limit;
                   }));
}

LogicalResult evaluate(PositiveOp op, Frame &frame) { return evaluatePositive(op, frame); }

LogicalResult evaluate(ApplyMaskOp op, Frame &frame) { return evaluateApplyMask(op, frame); }

LogicalResult evaluate(Conv2DTransposedOp op, Frame &frame) {
  const Windows windows{kernelOf(op.getWeights()), op.getStrides(), op.getPads()};
  const auto [height, width] = planeOf(op.getResult());
  return frame.set(op.getResult(), convolveTransposed(alignToFinest(frame.get(op.getError()), op.getScaleLog2()),
                                                      frame.get(op.getWeights()), windows, height, width));
}

LogicalResult evaluate(Conv2DOuterOp op, Frame &frame) { return evaluateConv2DOuter(op, frame); }

LogicalResult evaluate(MatmulTransposedOp op, Frame &frame) {
  return frame.set(op.getResult(), multiplyTransposed(alignToFinest(frame.get(op.getError()), op.getScaleLog2()),
                                                      frame.get(op.getWeights()), op.getAxonsFirst()));
}

LogicalResult evaluate(MatmulOuterOp op, Frame &frame) { return evaluateMatmulOuter(op, frame); }

LogicalResult evaluate(MaxPoolScatterOp op, Frame &frame) { return evaluateMaxPoolScatter(op, frame); }

LogicalResult evaluate(QuantizeGradientOp op, Frame &frame) {
  const Tensor &gradient = frame.get(op.getGradient());
  const int64_t lrLog2 = frame.getScalar(op.getLearningRateLog2());
  if (failed(checkLearningRate(op, lrLog2)))
    return failure();
  const int64_t bits = getGrid(op.getResult()).getBits(), exponent = shiftExponent(largestMagnitude(gradient));
  const Tensor random = drawRandomBits(gradient.shape, op.getOrdinal(), frame.getScalar(op.getStep()),
                                       frame.getScalar(op.getSeed()), op.getRandomBits());
  if (failed(frame.set(op.getResult(), map(gradient, random, [&](int64_t g, int64_t r) {
                         return stochasticStep(g, exponent, lrLog2, r, op.getRandomBits(), bits);
                       }))))
    return failure();
  return frame.set(op.getExponent(), Tensor::scalar(exponent));
}

/// Clipped to the range of k_W on the k_G grid; k_W = 1: of k_G. Section 7.
LogicalResult evaluate(UpdateOp op, Frame &frame) {
  const int64_t masterBits = getGrid(op.getResult()).getBits(), weightBits = op.getWeightBits();
  const int64_t limit = weightBits == 1 ? largestInteger(masterBits)
                                        : largestInteger(weightBits) * (int64_t(1) << (masterBits - weightBits));
  return frame.set(op.getResult(), map(frame.get(op.getMaster()), frame.get(op.getStep()),
                                       [&](int64_t master, int64_t step) { return clip(master - step, limit); }));
}

} // namespace

LogicalResult evaluateWage(Operation *op, Frame &frame) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case<EncodeInputOp, AsGridOp, AsIntegersOp, QuantizeWeightOp, Conv2DOp, MatmulOp, AddBiasOp, ReluOp,
            QuantizeActivationOp, MaxPoolOp, AveragePoolOp, AveragePoolSpreadOp, AddOp, LookupOp, MultiplyOp, ConcatOp,
            RearrangeOp, ReshapeOp, OutputErrorOp, QuantizeErrorOp, WithinOp, PositiveOp, ApplyMaskOp,
            Conv2DTransposedOp, Conv2DOuterOp, MatmulTransposedOp, MatmulOuterOp, MaxPoolScatterOp, QuantizeGradientOp,
            UpdateOp>([&](auto known) { return evaluate(known, frame); })
      .Default([](Operation *other) { return other->emitOpError() << "has no meaning in the interpreter"; });
}

} // namespace wage::interpreter
