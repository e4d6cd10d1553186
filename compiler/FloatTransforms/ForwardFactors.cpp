//===- ForwardFactors.cpp - factors on their way to the layers behind ------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// First all uses are followed, and what would change is noted; only if each ends in a layer is anything changed. No operation
// on the way has to move: they compute the same function of other numbers.
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatTransforms/ForwardFactors.h"

#include "compiler/FloatEvaluator/Semantics.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;

namespace wage::onnxir {

namespace {

/// Through an operation that only moves numbers.
template <typename Op> FloatTensor move(Op op, const FloatTensor &factors) {
  if (isUniform(factors))
    return uniform(op.getResult(), factors.data()[0]);
  return compress(floats::evaluate(op, {expand(factors, op.getInput())}, sampleShape(op.getResult())));
}

FloatTensor moveThroughReshape(ReshapeOp op, const FloatTensor &factors) {
  if (isUniform(factors))
    return uniform(op.getResult(), factors.data()[0]);
  return compress(expand(factors, op.getInput()).withShape(sampleShape(op.getResult())));
}

/// The other operands have no factors.
FloatTensor moveThroughConcat(ConcatOp op, unsigned operand, BinaryKind kind, const FloatTensor &factors) {
  SmallVector<FloatTensor> parts;
  for (auto [i, input] : llvm::enumerate(op.getInputs()))
    parts.push_back(expand(i == operand ? factors : uniform(input, kind == BinaryKind::Mul ? 1 : 0), input));
  return compress(floats::evaluate(op, parts, sampleShape(op.getResult())));
}

/// Whether `factors` of an operand are factors of `result`, whose shape it may be broadcast to.
bool broadcasts(const FloatTensor &factors, Value result) {
  if (static_cast<int64_t>(factors.shape.size()) != rankOf(result) || !isPerSample(result))
    return false;
  for (auto [dim, most] : llvm::zip(ArrayRef(factors.shape).drop_front(), shapeOf(result).drop_front()))
    if (dim != 1 && dim != most)
      return false;
  return true;
}

bool varies(const FloatTensor &factors, size_t dimension) { return factors.shape[dimension] != 1; }

/// Functions with f(s x) = s f(x) for each s > 0.
bool isHomogeneous(Operation *op) {
  auto unary = dyn_cast<UnaryOp>(op);
  return isa<ReluOp>(op) || (unary && llvm::is_contained({UnaryKind::Abs, UnaryKind::LeakyRelu}, unary.getKind()));
}

std::optional<FloatTensor> handOnThroughPad(PadOp op, const FloatTensor &factors) {
  if (op.getMode() == PadMode::Constant && !op.getValue().isZero())
    return std::nullopt;
  for (size_t d = 0; d < factors.shape.size(); ++d)
    if ((op.getBefore()[d] || op.getAfter()[d]) && varies(factors, d))
      return std::nullopt;
  return factors;
}

/// Sums and products of two values, and p_relu with a constant slope.
std::optional<FloatTensor> handOnThroughBinary(Operation *op, BinaryKind what, unsigned operand, BinaryKind kind,
                                               const FloatTensor &factors) {
  const bool isOwnKind = what == kind;
  const bool isSlope = what == BinaryKind::PRelu && kind == BinaryKind::Mul && operand == 0 && allPositive(factors) &&
                       isConstant(op->getOperand(1));
  if ((isOwnKind || isSlope) && broadcasts(factors, op->getResult(0)))
    return factors;
  return std::nullopt;
}

} // namespace

std::optional<FloatTensor> handOn(Operation *op, unsigned operand, BinaryKind kind, const FloatTensor &factors) {
  using Result = std::optional<FloatTensor>;
  const bool isScale = kind == BinaryKind::Mul;
  if (!isa_and_nonnull<OnnxDialect>(op->getDialect()) || !isWithinReach(op->getOperand(operand)) ||
      !isWithinReach(op->getResult(0)))
    return std::nullopt;
  if (isHomogeneous(op))
    return isScale && allPositive(factors) ? Result(factors) : std::nullopt;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case<TransposeOp, SliceOp, GatherOp>([&](auto moving) { return Result(move(moving, factors)); })
      .Case([&](ReshapeOp reshape) { return Result(moveThroughReshape(reshape, factors)); })
      .Case([&](ConcatOp concat) { return Result(moveThroughConcat(concat, operand, kind, factors)); })
      .Case([&](MaxPoolOp) {
        return isPerChannel(factors) && (!isScale || allPositive(factors)) ? Result(factors) : std::nullopt;
      })
      .Case([&](AveragePoolOp pool) {
        return isPerChannel(factors) && (isScale || !pool.getCountIncludePad()) ? Result(factors) : std::nullopt;
      })
      .Case([&](PadOp pad) { return isScale ? handOnThroughPad(pad, factors) : std::nullopt; })
      .Case([&](AddOp) { return handOnThroughBinary(op, BinaryKind::Add, operand, kind, factors); })
      .Case([&](BinaryOp binary) { return handOnThroughBinary(op, binary.getKind(), operand, kind, factors); })
      .Default([](Operation *) { return Result(); });
}

namespace {

/// Whether numbers can be divided by `factors` and stay of about one size, so that they still have one grid when rounded.
bool areClose(const FloatTensor &factors) {
  constexpr float mostRatio = 4096;
  float least = std::abs(factors.data()[0]), most = least;
  for (int64_t i = 0; i < factors.size(); ++i) {
    least = std::min(least, std::abs(factors.data()[i]));
    most = std::max(most, std::abs(factors.data()[i]));
  }
  return least * mostRatio >= most && std::isnormal(least) && std::isfinite(most);
}

class ForwardFold {
public:
  ForwardFold(BinaryKind kind, Constants &constants, std::string name)
      : kind(kind), constants(constants), name(std::move(name)) {}

  /// Notes what changes if `value` comes without `factors`.
  LogicalResult follow(Value value, const FloatTensor &factors);
  void apply(PatternRewriter &rewriter);

private:
  LogicalResult followUse(OpOperand &use, const FloatTensor &factors);
  /// A constant added on the way is smaller or larger when the factors come behind it.
  LogicalResult followThroughOther(BinaryOp op, const FloatTensor &factors);

  struct LayerChange {
    Layer layer;
    FloatTensor factors;
  };
  struct ConstantChange {
    BinaryOp op;
    FloatTensor factors; ///< to divide by
  };
  BinaryKind kind;
  Constants &constants;
  std::string name;
  SmallVector<LayerChange> layers;
  SmallVector<ConstantChange> sums;
  /// More uses than any network has on purpose: a graph that doubles its paths at each of many joins is left alone.
  int usesLeft = 1024;
};

LogicalResult ForwardFold::follow(Value value, const FloatTensor &factors) {
  for (OpOperand &use : value.getUses())
    if (--usesLeft < 0 || failed(followUse(use, factors)))
      return failure();
  return success(!value.use_empty());
}

LogicalResult ForwardFold::followUse(OpOperand &use, const FloatTensor &factors) {
  Operation *op = use.getOwner();
  if (op->getNumResults() != 1)
    return failure(); // the network's output
  if (std::optional<Layer> layer = use.getOperandNumber() == 0 ? Layer::of(op, constants) : std::nullopt) {
    const bool takes = kind == BinaryKind::Mul ? layer->takesInputFactors(factors) : layer->takesInputOffsets(factors);
    if (takes)
      layers.push_back({*layer, factors});
    return success(takes);
  }
  if (auto binary = dyn_cast<BinaryOp>(op); binary && use.getOperandNumber() == 0 && isConstant(binary.getRhs()) &&
                                            binary.getKind() != kind && binary.getKind() != BinaryKind::PRelu)
    return followThroughOther(binary, factors);
  std::optional<FloatTensor> behind = handOn(op, use.getOperandNumber(), kind, factors);
  return behind ? follow(op->getResult(0), *behind) : failure();
}

LogicalResult ForwardFold::followThroughOther(BinaryOp op, const FloatTensor &factors) {
  std::optional<FloatTensor> constant = readFactors(constants, op.getRhs(), op.getLhs());
  if (!constant || op.getType() != op.getLhs().getType())
    return failure();
  if (op.getKind() == BinaryKind::Mul) // (x + t) s = x s + t s
    return follow(op, combine(Combination::Product, factors, *constant));
  if (op.getKind() != BinaryKind::Add || !areClose(factors))
    return failure();
  sums.push_back({op, factors}); // x s + t = (x + t / s) s
  return follow(op, factors);
}

void ForwardFold::apply(PatternRewriter &rewriter) {
  for (auto &[op, factors] : sums) {
    const std::optional<FloatTensor> constant = readFactors(constants, op.getRhs(), op.getLhs());
    const FloatTensor quotient = combine(Combination::Quotient, *constant, factors);
    rewriter.setInsertionPoint(op);
    Value changed = makeFactors(rewriter, constants.nameOf(op.getRhs()), quotient);
    rewriter.modifyOpInPlace(op, [op = op, changed]() mutable { op.getRhsMutable().assign(changed); });
  }
  for (auto &[layer, factors] : layers) {
    if (kind == BinaryKind::Mul)
      layer.scaleInputs(rewriter, factors);
    else
      layer.offsetInputs(rewriter, factors, name);
  }
}

} // namespace

LogicalResult foldForward(BinaryOp op, const FloatTensor &factors, Constants &constants, PatternRewriter &rewriter) {
  ForwardFold fold(op.getKind(), constants, constants.nameOf(op.getRhs()));
  if (failed(fold.follow(op, factors)))
    return failure();
  fold.apply(rewriter);
  return success();
}

} // namespace wage::onnxir
