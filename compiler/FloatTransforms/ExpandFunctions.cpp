//===- ExpandFunctions.cpp - functions in terms of fewer ones ------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Afterwards a constant stands on the right of a sum or a product, differences and quotients by constants are gone, and what
// is a function of one number is an `onnx.unary`. What would be another layer (LRN) or other weights is left where the
// network is to be trained.
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatTransforms/Graph.h"
#include "compiler/FloatTransforms/Passes.h"

#include <cmath>
#include <limits>

#define DEBUG_TYPE "onnx-expand-functions"

using namespace mlir;

namespace wage::onnxir {

#define GEN_PASS_DEF_EXPANDFUNCTIONS
#include "compiler/FloatTransforms/Passes.h.inc"

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

Value makeUnary(OpBuilder &builder, Location loc, UnaryKind kind, Value input, std::optional<float> alpha = {},
                std::optional<float> beta = {}) {
  return UnaryOp::create(builder, loc, kind, input, alpha ? builder.getF32FloatAttr(*alpha) : FloatAttr(),
                         beta ? builder.getF32FloatAttr(*beta) : FloatAttr());
}

Value makeBinary(OpBuilder &builder, Location loc, BinaryKind kind, Value lhs, Value rhs) {
  return BinaryOp::create(builder, loc, lhs.getType(), kind, lhs, rhs);
}

/// min(max(x, least), most) in the shortest form.
Value makeClip(OpBuilder &builder, Location loc, Value input, float least, float most) {
  if (least == 0 && most == infinity)
    return ReluOp::create(builder, loc, input);
  return makeUnary(builder, loc, UnaryKind::Clip, input, least, most);
}

FloatTensor filled(ArrayRef<int64_t> shape, float number) {
  FloatTensor tensor(shape);
  std::fill_n(tensor.mutableData(), tensor.size(), number);
  return tensor;
}

//===----------------------------------------------------------------------===//
// Sums, products and their opposites
//===----------------------------------------------------------------------===//

/// `onnx.add` is for two values; with a constant it is `onnx.binary`.
struct AddOfConstant : Pattern<AddOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(AddOp op, PatternRewriter &rewriter) const override {
    std::optional<FloatTensor> factors = readFactors(constants, op.getRhs(), op.getLhs());
    if (!factors)
      return rewriter.notifyMatchFailure(op, "adds no constant");
    rewriter.replaceOp(
        op, applyFactors(rewriter, op.getLoc(), BinaryKind::Add, op.getLhs(), *factors, constants.nameOf(op.getRhs())));
    return success();
  }
};

/// A function of a value and a constant that has the value's shape.
class ConstantPattern : public Pattern<BinaryOp> {
public:
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(BinaryOp op, PatternRewriter &rewriter) const final {
    const bool isRight = isConstant(op.getRhs());
    Value value = isRight ? op.getLhs() : op.getRhs(), constant = isRight ? op.getRhs() : op.getLhs();
    if (value.getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "has another shape than its operand");
    std::optional<FloatTensor> factors = readFactors(constants, constant, value);
    if (!factors)
      return rewriter.notifyMatchFailure(op, "has no constant operand");
    Value result = rewrite(op, value, constant, *factors, isRight, rewriter);
    if (!result)
      return rewriter.notifyMatchFailure(op, "has its shortest form");
    rewriter.replaceOp(op, result);
    return success();
  }

private:
  /// What `op` is else; null if it stays.
  virtual Value rewrite(BinaryOp op, Value value, Value constant, const FloatTensor &factors, bool isRight,
                        PatternRewriter &rewriter) const = 0;
};

/// x + c, c + x, x - c, c - x, x * c, c * x, x / c and c / x as `x * s` and `x + t`.
struct AffineOfConstant : ConstantPattern {
  using ConstantPattern::ConstantPattern;
  Value rewrite(BinaryOp op, Value value, Value constant, const FloatTensor &factors, bool isRight,
                PatternRewriter &rewriter) const override {
    const Location loc = op.getLoc();
    const std::string name = constants.nameOf(constant);
    const auto apply = [&](BinaryKind kind, Value input, const FloatTensor &numbers) {
      return applyFactors(rewriter, loc, kind, input, numbers, name);
    };
    const FloatTensor minus = uniform(value, -1), one = uniform(value, 1);
    switch (op.getKind()) {
    case BinaryKind::Add:
    case BinaryKind::Mul: {
      const ArrayRef<int64_t> shape = isUniform(factors) ? ArrayRef<int64_t>() : ArrayRef(factors.shape);
      const bool isNothing = allAre(factors, op.getKind() == BinaryKind::Mul ? 1 : 0);
      return isRight && shapeOf(constant) == shape && !isNothing ? Value() : apply(op.getKind(), value, factors);
    }
    case BinaryKind::Sub:
      if (isRight)
        return apply(BinaryKind::Add, value, combine(Combination::Product, factors, minus));
      return apply(BinaryKind::Add, apply(BinaryKind::Mul, value, minus), factors);
    case BinaryKind::Div:
      if (isRight)
        return apply(BinaryKind::Mul, value, combine(Combination::Quotient, one, factors));
      return apply(BinaryKind::Mul, makeUnary(rewriter, loc, UnaryKind::Reciprocal, value), factors);
    default: return {};
    }
  }
};

/// max(x, c), min(x, c), pow(x, c) and p_relu(x, c) for one number c.
struct UnaryOfConstant : ConstantPattern {
  using ConstantPattern::ConstantPattern;
  Value rewrite(BinaryOp op, Value value, Value, const FloatTensor &factors, bool isRight,
                PatternRewriter &rewriter) const override {
    const float number = factors.data()[0];
    if (!isUniform(factors) || std::isnan(number))
      return {};
    const Location loc = op.getLoc();
    switch (op.getKind()) {
    case BinaryKind::Max: return makeClip(rewriter, loc, value, number, infinity);
    case BinaryKind::Min: return makeClip(rewriter, loc, value, -infinity, number);
    case BinaryKind::PRelu: return isRight ? makeUnary(rewriter, loc, UnaryKind::LeakyRelu, value, number) : Value();
    case BinaryKind::Pow:
      if (isRight && number == 2)
        return makeBinary(rewriter, loc, BinaryKind::Mul, value, value);
      return isRight && number == 1 ? value : Value();
    default: return {};
    }
  }
};

/// x - y of two values: the sum with y times -1, which may go into the layer that makes y.
struct DifferenceToSum : Pattern<BinaryOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(BinaryOp op, PatternRewriter &rewriter) const override {
    if (op.getKind() != BinaryKind::Sub || isConstant(op.getLhs()) || isConstant(op.getRhs()))
      return rewriter.notifyMatchFailure(op, "no difference of two values");
    Value minus = applyFactors(rewriter, op.getLoc(), BinaryKind::Mul, op.getRhs(), uniform(op.getRhs(), -1),
                               nameBehind(op.getLoc(), ".sign"));
    rewriter.replaceOpWithNewOp<BinaryOp>(op, op.getType(), BinaryKind::Add, op.getLhs(), minus);
    return success();
  }
};

struct SumOfValues : Pattern<BinaryOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(BinaryOp op, PatternRewriter &rewriter) const override {
    if (op.getKind() != BinaryKind::Add || op.getLhs().getType() != op.getRhs().getType() || isConstant(op.getLhs()) ||
        isConstant(op.getRhs()))
      return rewriter.notifyMatchFailure(op, "no sum of two values of one shape");
    rewriter.replaceOpWithNewOp<AddOp>(op, op.getLhs(), op.getRhs());
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Functions of one number
//===----------------------------------------------------------------------===//

/// The range that `op` clips to.
std::optional<std::pair<float, float>> clipRange(Operation *op) {
  if (isa_and_nonnull<ReluOp>(op))
    return std::pair(0.0f, infinity);
  auto unary = dyn_cast_or_null<UnaryOp>(op);
  if (!unary || unary.getKind() != UnaryKind::Clip)
    return std::nullopt;
  return std::pair(unary.getAlpha()->convertToFloat(), unary.getBeta()->convertToFloat());
}

/// Clips behind one another, Relu among them. Where a range is empty its upper end wins, as in ONNX.
struct MergeClips : RewritePattern {
  MergeClips(MLIRContext *context, Constants &) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}
  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    const auto outer = clipRange(op);
    const auto inner = outer ? clipRange(op->getOperand(0).getDefiningOp()) : std::nullopt;
    if (!inner)
      return rewriter.notifyMatchFailure(op, "no clip behind a clip");
    const auto clip = [&](float x) { return std::min(std::max(x, outer->first), outer->second); };
    const float least = clip(std::min(inner->first, inner->second)), most = clip(inner->second);
    Value input = op->getOperand(0).getDefiningOp()->getOperand(0);
    rewriter.replaceOp(op, makeClip(rewriter, op->getLoc(), input, least, most));
    return success();
  }
};

struct ShortenUnary : Pattern<UnaryOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(UnaryOp op, PatternRewriter &rewriter) const override {
    Value input = op.getInput(), result;
    if (op.getKind() == UnaryKind::Neg)
      result = applyFactors(rewriter, op.getLoc(), BinaryKind::Mul, input, uniform(input, -1),
                            nameBehind(op.getLoc(), ".sign"));
    else if (op.getKind() == UnaryKind::LeakyRelu && op.getAlpha()->isZero())
      result = ReluOp::create(rewriter, op.getLoc(), input);
    else if (op.getKind() == UnaryKind::LeakyRelu && op.getAlpha()->convertToFloat() == 1)
      result = input;
    else if (const auto range = clipRange(op); range && range->first == -infinity && range->second == infinity)
      result = input;
    else if (range && range->first == 0 && range->second == infinity)
      result = ReluOp::create(rewriter, op.getLoc(), input);
    if (!result)
      return rewriter.notifyMatchFailure(op, "has its shortest form");
    rewriter.replaceOp(op, result);
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Normalisations
//===----------------------------------------------------------------------===//

struct ExpandBatchNormalization : Pattern<BatchNormalizationOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(BatchNormalizationOp op, PatternRewriter &rewriter) const override {
    const auto factors = readBatchNormalization(constants, op);
    if (!factors)
      return rewriter.notifyMatchFailure(op, "its parameters are no constants");
    Value scaled = applyFactors(rewriter, op.getLoc(), BinaryKind::Mul, op.getInput(), factors->first,
                                nameBehind(op.getLoc(), ".scale"));
    rewriter.replaceOp(op, applyFactors(rewriter, op.getLoc(), BinaryKind::Add, scaled, factors->second,
                                        nameBehind(op.getLoc(), ".offset")));
    return success();
  }
};

/// [neurons, channels, 1, 1]: each neuron sums `size` channels around its own, times `number`.
FloatTensor makeBand(int64_t channels, int64_t size, float number) {
  FloatTensor band(ArrayRef<int64_t>{channels, channels, 1, 1});
  const int64_t before = (size - 1) / 2, after = size - 1 - before;
  for (int64_t neuron = 0; neuron < channels; ++neuron)
    for (int64_t c = std::max<int64_t>(neuron - before, 0); c <= std::min(neuron + after, channels - 1); ++c)
      band.mutableData()[neuron * channels + c] = number;
  return band;
}

/// x * (bias + alpha / size * sum of squares)^-beta, the sum being a convolution with a band of weights.
struct ExpandLrn : Pattern<LrnOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(LrnOp op, PatternRewriter &rewriter) const override {
    const ArrayRef<int64_t> shape = shapeOf(op.getInput());
    constexpr int64_t mostChannels = 1 << 12; // of a band of 64 MiB
    if (!isPerSample(op.getInput()) || shape[1] > mostChannels || !hasNumbers(op.getInput()))
      return rewriter.notifyMatchFailure(op, "no batch, or too many channels");
    const Location loc = op.getLoc();
    const int64_t channels = shape[1], size = op.getSize();
    SmallVector<int64_t> planes(shape);
    if (planes.size() != 4)
      planes = {shape[0], channels, 1, floats::product(shape.drop_front(2))};
    Value input = reshape(rewriter, loc, op.getInput(), planes);
    Value squares = makeBinary(rewriter, loc, BinaryKind::Mul, input, input);
    const float weight = op.getAlpha().convertToFloat() / static_cast<float>(size);
    Value band = makeConstant(rewriter, nameBehind(loc, ".band"), makeBand(channels, size, weight));
    Value bias = makeConstant(rewriter, nameBehind(loc, ".bias"), filled({channels}, op.getBias().convertToFloat()));
    Value sum =
        ConvOp::create(rewriter, loc, input.getType(), squares, band, bias, rewriter.getDenseI64ArrayAttr({1, 1}),
                       rewriter.getDenseI64ArrayAttr({0, 0, 0, 0}), DenseI64ArrayAttr(), rewriter.getI64IntegerAttr(1));
    Value exponent = makeConstant(rewriter, nameBehind(loc, ".exponent"), filled({}, -op.getBeta().convertToFloat()));
    Value power = makeBinary(rewriter, loc, BinaryKind::Pow, sum, exponent);
    Value product = makeBinary(rewriter, loc, BinaryKind::Mul, input, power);
    rewriter.replaceOp(op, reshape(rewriter, loc, product, shape));
    return success();
  }
};

struct ExpandFunctionsPass : impl::ExpandFunctionsBase<ExpandFunctionsPass> {
  using ExpandFunctionsBase::ExpandFunctionsBase;
  void runOnOperation() override {
    Constants constants;
    RewritePatternSet patterns(&getContext());
    addShapePatterns(patterns, constants);
    patterns.add<AffineOfConstant, UnaryOfConstant, DifferenceToSum, SumOfValues, ShortenUnary>(&getContext(),
                                                                                                constants);
    if (!training)
      patterns.add<AddOfConstant, MergeClips, ExpandBatchNormalization, ExpandLrn>(&getContext(), constants);
    rewriteGreedily(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace wage::onnxir
