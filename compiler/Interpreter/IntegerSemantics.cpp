//===- IntegerSemantics.cpp - what each integer op computes ------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Analysis/IntegerConstants.h"
#include "compiler/Interpreter/Arithmetic.h"
#include "compiler/Interpreter/Evaluator.h"
#include "compiler/Interpreter/SharedSemantics.h"
#include "compiler/Interpreter/TensorOperations.h"
#include "dialects/integer/IR/IntegerOps.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace wage::interpreter {
namespace {

using namespace wage::integer;

LogicalResult evaluate(TableOp op, Frame &frame) {
  const std::optional<std::vector<int64_t>> table = readIntegers(op.getTable());
  if (!table)
    return op.emitOpError() << "cannot be evaluated, its table cannot be read";
  return frame.set(op.getResult(), lookUpBytes(frame.get(op.getInput()), *table));
}

LogicalResult evaluate(Conv2DOp op, Frame &frame) {
  const Windows windows{kernelOf(op.getWeights()), op.getStrides(), op.getPads(), op.getDilations()};
  return frame.set(op.getResult(), convolve(frame.get(op.getInput()), frame.get(op.getWeights()), windows));
}

LogicalResult evaluate(Conv2DTransposedOp op, Frame &frame) {
  const Windows windows{kernelOf(op.getWeights()), op.getStrides(), op.getPads()};
  const auto [height, width] = planeOf(op.getResult());
  return frame.set(op.getResult(),
                   convolveTransposed(frame.get(op.getError()), frame.get(op.getWeights()), windows, height, width));
}

LogicalResult evaluate(Conv2DOuterOp op, Frame &frame) { return evaluateConv2DOuter(op, frame); }

LogicalResult evaluate(MatmulOp op, Frame &frame) {
  return frame.set(op.getResult(), multiply(frame.get(op.getInput()), frame.get(op.getWeights()), op.getAxonsFirst()));
}

LogicalResult evaluate(MatmulTransposedOp op, Frame &frame) {
  return frame.set(op.getResult(),
                   multiplyTransposed(frame.get(op.getError()), frame.get(op.getWeights()), op.getAxonsFirst()));
}

LogicalResult evaluate(MatmulOuterOp op, Frame &frame) { return evaluateMatmulOuter(op, frame); }

LogicalResult evaluate(AddBiasOp op, Frame &frame) { return evaluateAddBias(op, frame); }

LogicalResult evaluate(ReshapeOp op, Frame &frame) { return evaluateReshape(op, frame); }

LogicalResult evaluate(MaxPoolOp op, Frame &frame) { return evaluateMaxPool(op, frame); }

LogicalResult evaluate(MaxPoolScatterOp op, Frame &frame) { return evaluateMaxPoolScatter(op, frame); }

LogicalResult evaluate(SumPoolOp op, Frame &frame) { return evaluateSumPool(op, frame); }

LogicalResult evaluate(SumPoolSpreadOp op, Frame &frame) { return evaluateSumPoolSpread(op, frame); }

LogicalResult evaluate(AlignChannelsOp op, Frame &frame) {
  return frame.set(op.getResult(), alignChannels(frame.get(op.getInput()), op.getShifts()));
}

LogicalResult evaluate(AddOp op, Frame &frame) {
  const int64_t lhsUnit = int64_t(1) << op.getShifts()[0], rhsUnit = int64_t(1) << op.getShifts()[1];
  return frame.set(op.getResult(), map(frame.get(op.getLhs()), frame.get(op.getRhs()),
                                       [&](int64_t lhs, int64_t rhs) { return lhs * lhsUnit + rhs * rhsUnit; }));
}

LogicalResult evaluate(LookupOp op, Frame &frame) { return evaluateLookup(op, frame); }

LogicalResult evaluate(MultiplyOp op, Frame &frame) { return evaluateMultiply(op, frame); }

LogicalResult evaluate(ConcatOp op, Frame &frame) { return evaluateConcat(op, frame); }

LogicalResult evaluate(RearrangeOp op, Frame &frame) { return evaluateRearrange(op, frame); }

/// Adds each band's rows to those of a tensor whose row 0 is row `first`.
Tensor sumRows(Frame &frame, OperandRange bands, ArrayRef<int64_t> begins, int64_t first, ArrayRef<int64_t> shape) {
  std::vector<int64_t> extents = shape.vec();
  extents[0] = frame.get(bands.front()).shape[0];
  Tensor sum(extents);
  for (auto [band, begin] : llvm::zip_equal(bands, begins)) {
    const Tensor &input = frame.get(band);
    for (int64_t b = 0; b < extents[0]; ++b)
      for (int64_t c = 0; c < extents[1]; ++c)
        for (int64_t y = std::max(begin, first); y < std::min(begin + input.shape[2], first + extents[2]); ++y)
          for (int64_t x = 0; x < extents[3]; ++x)
            sum.at(b, c, y - first, x) += input.at(b, c, y - begin, x);
  }
  return sum;
}

LogicalResult evaluate(JoinRowsOp op, Frame &frame) {
  return frame.set(op.getResult(),
                   sumRows(frame, op.getInputs(), op.getBegins(), op.getFirst(), op.getResult().getType().getShape()));
}

LogicalResult evaluate(AddRowsOp op, Frame &frame) {
  return frame.set(op.getResult(), sumRows(frame, op.getProducts(), op.getBegins(), op.getFirst(),
                                           op.getResult().getType().getShape()));
}

LogicalResult evaluate(SumOp op, Frame &frame) {
  Tensor sum = frame.get(op.getInputs().front());
  for (Value input : op.getInputs().drop_front())
    sum = map(sum, frame.get(input), [](int64_t lhs, int64_t rhs) { return lhs + rhs; });
  return frame.set(op.getResult(), std::move(sum));
}

LogicalResult evaluate(ShiftClipOp op, Frame &frame) {
  const int64_t shift = static_cast<int32_t>(op.getShift());
  return frame.set(op.getResult(), map(frame.get(op.getInput()),
                                       [&](int64_t x) { return shiftClip(x, shift, op.getBits(), op.getHalfAway()); }));
}

LogicalResult evaluate(ShiftClipByOp op, Frame &frame) {
  const int64_t shift = frame.getScalar(op.getExponent()) + static_cast<int32_t>(op.getOffset());
  return frame.set(op.getResult(), map(frame.get(op.getInput()),
                                       [&](int64_t x) { return shiftClip(x, shift, op.getBits(), op.getHalfAway()); }));
}

LogicalResult evaluate(ClipOp op, Frame &frame) {
  return frame.set(op.getResult(), map(frame.get(op.getInput()), [&](int64_t x) { return clip(x, op.getLimit()); }));
}

LogicalResult evaluate(SignOp op, Frame &frame) {
  return frame.set(op.getResult(), map(frame.get(op.getInput()), [](int64_t x) { return x < 0 ? -1 : 1; }));
}

LogicalResult evaluate(ReluOp op, Frame &frame) { return evaluateRelu(op, frame); }

LogicalResult evaluate(WithinOp op, Frame &frame) {
  const int64_t limit = op.getLimit();
  return frame.set(op.getResult(), map(frame.get(op.getInput()), [&](int64_t x) { return x >= -limit && x <= limit; }));
}

LogicalResult evaluate(PositiveOp op, Frame &frame) { return evaluatePositive(op, frame); }

LogicalResult evaluate(ApplyMaskOp op, Frame &frame) { return evaluateApplyMask(op, frame); }

LogicalResult evaluate(SubtractOneHotOp op, Frame &frame) {
  const Tensor &input = frame.get(op.getInput()), &labels = frame.get(op.getLabels());
  if (failed(checkLabels(op, labels, input.shape[1])))
    return failure();
  return frame.set(op.getResult(), subtractOneHot(input, labels, op.getShift()));
}

LogicalResult evaluate(MaxAbsOp op, Frame &frame) {
  uint64_t largest = 0;
  for (Value input : op.getInputs())
    largest = std::max<uint64_t>(largest, largestMagnitude(frame.get(input)));
  return frame.set(op.getResult(), Tensor::scalar(static_cast<int64_t>(largest)));
}

LogicalResult evaluate(ShiftExponentOp op, Frame &frame) {
  return frame.set(op.getResult(), Tensor::scalar(shiftExponent(frame.getScalar(op.getInput()))));
}

LogicalResult evaluate(RandomBitsOp op, Frame &frame) {
  return frame.set(op.getResult(),
                   drawRandomBits(op.getResult().getType().getShape().vec(), op.getOrdinal(),
                                  frame.getScalar(op.getStep()), frame.getScalar(op.getSeed()), op.getBits()));
}

LogicalResult evaluate(StochasticStepOp op, Frame &frame) {
  const int64_t exponent = frame.getScalar(op.getExponent()), lrLog2 = frame.getScalar(op.getLearningRateLog2());
  if (failed(checkLearningRate(op, lrLog2)))
    return failure();
  if (exponent < 0 || exponent > 63)
    return op.emitOpError() << "exponent is " << exponent << ", needs 0 to 63";
  return frame.set(op.getResult(),
                   map(frame.get(op.getGradient()), frame.get(op.getRandom()), [&](int64_t g, int64_t random) {
                     return stochasticStep(g, exponent, lrLog2, random, op.getRandomBits(), op.getBits());
                   }));
}

LogicalResult evaluate(SubOp op, Frame &frame) {
  return frame.set(op.getResult(), map(frame.get(op.getLhs()), frame.get(op.getRhs()),
                                       [](int64_t lhs, int64_t rhs) { return lhs - rhs; }));
}

} // namespace

LogicalResult evaluateInteger(Operation *op, Frame &frame) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case<TableOp, Conv2DOp, Conv2DTransposedOp, Conv2DOuterOp, MatmulOp, MatmulTransposedOp, MatmulOuterOp,
            AddBiasOp, AlignChannelsOp, AddOp, LookupOp, MultiplyOp, ConcatOp, RearrangeOp, JoinRowsOp, AddRowsOp,
            SumOp, ReshapeOp, MaxPoolOp, MaxPoolScatterOp, SumPoolOp, SumPoolSpreadOp, ShiftClipOp, ShiftClipByOp,
            ClipOp, SignOp, ReluOp, WithinOp, PositiveOp, ApplyMaskOp, SubtractOneHotOp, MaxAbsOp, ShiftExponentOp,
            RandomBitsOp, StochasticStepOp, SubOp>([&](auto known) { return evaluate(known, frame); })
      .Default([](Operation *other) { return other->emitOpError() << "has no meaning in the interpreter"; });
}

} // namespace wage::interpreter
