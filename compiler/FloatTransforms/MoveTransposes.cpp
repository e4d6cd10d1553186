//===- MoveTransposes.cpp - other orders of dimensions, out of the way -----------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// An exporter of networks in NHWC writes a transpose before and behind each convolution. Here they move down, through all that
// does not care, until they meet their opposite or the end; those of the input move up to it. The same is done with reshapes
// that only add or drop dimensions of 1.
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatEvaluator/Semantics.h"
#include "compiler/FloatTransforms/ForwardFactors.h"
#include "compiler/FloatTransforms/Passes.h"

#include "llvm/ADT/TypeSwitch.h"

#define DEBUG_TYPE "onnx-move-transposes"

using namespace mlir;

namespace wage::onnxir {

#define GEN_PASS_DEF_MOVETRANSPOSES
#include "compiler/FloatTransforms/Passes.h.inc"

namespace {

/// A transpose, or a reshape that only adds and drops dimensions of 1.
class Movement {
public:
  /// The movement that makes `value`.
  ///
  /// Errors: nothing if something else makes it.
  static std::optional<Movement> of(Value value);

  Value getSource() const { return op->getOperand(0); }
  /// The dimension of the source that dimension `d` of the result is; -1 for one of 1 that was added.
  int64_t toSource(int64_t d) const { return dimensions[d]; }
  /// Whether both do the same with values of any size.
  bool operator==(const Movement &other) const {
    return op->getName() == other.op->getName() && dimensions == other.dimensions &&
           rankOf(getSource()) == rankOf(other.getSource());
  }
  /// A list with a number per dimension of the result as one of the source, whose other dimensions have `number`.
  SmallVector<int64_t> toSource(ArrayRef<int64_t> list, int64_t number) const;
  /// A list with a number per dimension of the source as one of the result, whose added dimensions have `number`.
  SmallVector<int64_t> toResult(ArrayRef<int64_t> list, int64_t number) const;
  /// Factors of the result as factors of the source.
  FloatTensor toSource(const FloatTensor &factors) const;
  /// The same movement of another value, to `type`.
  Value repeat(OpBuilder &builder, Location loc, Value source, Type type) const;

private:
  Operation *op;
  SmallVector<int64_t> dimensions;
};

std::optional<Movement> Movement::of(Value value) {
  Movement movement;
  movement.op = value.getDefiningOp();
  if (!isPerSample(value))
    return std::nullopt;
  if (auto transpose = value.getDefiningOp<TransposeOp>()) {
    movement.dimensions.assign(transpose.getPermutation().begin(), transpose.getPermutation().end());
    return movement;
  }
  auto reshape = value.getDefiningOp<ReshapeOp>();
  if (!reshape)
    return std::nullopt;
  const ArrayRef<int64_t> from = shapeOf(reshape.getInput());
  size_t next = 0;
  for (int64_t dim : shapeOf(value)) {
    if (dim == 1) {
      movement.dimensions.push_back(-1);
      continue;
    }
    while (next < from.size() && from[next] == 1)
      ++next;
    if (next == from.size() || from[next] != dim)
      return std::nullopt;
    movement.dimensions.push_back(static_cast<int64_t>(next++));
  }
  return movement;
}

SmallVector<int64_t> Movement::toSource(ArrayRef<int64_t> list, int64_t number) const {
  SmallVector<int64_t> result(rankOf(getSource()), number);
  for (auto [d, dimension] : llvm::enumerate(dimensions))
    if (dimension >= 0)
      result[dimension] = list[d];
  return result;
}

SmallVector<int64_t> Movement::toResult(ArrayRef<int64_t> list, int64_t number) const {
  SmallVector<int64_t> result;
  for (int64_t dimension : dimensions)
    result.push_back(dimension >= 0 ? list[dimension] : number);
  return result;
}

FloatTensor Movement::toSource(const FloatTensor &factors) const {
  const SmallVector<int64_t> shape = toSource(factors.shape, 1);
  return floats::copyStrided(factors, shape, 0, toSource(floats::stridesOf(factors.shape), 0));
}

Value Movement::repeat(OpBuilder &builder, Location loc, Value source, Type type) const {
  if (auto transpose = dyn_cast<TransposeOp>(op))
    return TransposeOp::create(builder, loc, type, source, transpose.getPermutation());
  return ReshapeOp::create(builder, loc, type, source);
}

/// An operation one of whose operands is moved, on the source of it instead, unless it cares where numbers stand.
class SinkMovement : public RewritePattern {
public:
  SinkMovement(MLIRContext *context, Constants &constants)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context), constants(constants) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isa_and_nonnull<OnnxDialect>(op->getDialect()))
      return failure();
    for (Value operand : op->getOperands()) {
      const std::optional<Movement> movement = Movement::of(operand);
      if (!movement || isInput(movement->getSource()))
        continue;
      Value before = rebuild(op, operand, *movement, rewriter);
      if (!before)
        continue;
      rewriter.replaceOp(op, movement->repeat(rewriter, op->getLoc(), before, op->getResult(0).getType()));
      return success();
    }
    return rewriter.notifyMatchFailure(op, "has no moved operand, or cares");
  }

private:
  /// `op` on the sources of its operands; null if it cares.
  Value rebuild(Operation *op, Value operand, const Movement &movement, PatternRewriter &rewriter) const;
  Value rebuildPointwise(Operation *op, ValueRange operands, Value like, PatternRewriter &rewriter) const;
  Value rebuildTwoOperands(Operation *op, Value operand, const Movement &movement, PatternRewriter &rewriter) const;
  Value sourceOf(Operation *op, Value other, Value operand, const Movement &movement, PatternRewriter &rewriter) const;
  Value rebuildConcat(ConcatOp op, const Movement &movement, PatternRewriter &rewriter) const;
  Value rebuildSlice(SliceOp op, const Movement &movement, PatternRewriter &rewriter) const;
  Value rebuildPad(PadOp op, const Movement &movement, PatternRewriter &rewriter) const;
  Value rebuildGather(GatherOp op, const Movement &movement, PatternRewriter &rewriter) const;

  Constants &constants;
};

Value SinkMovement::rebuild(Operation *op, Value operand, const Movement &movement, PatternRewriter &rewriter) const {
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case<ReluOp, UnaryOp, CastOp>(
          [&](Operation *same) { return rebuildPointwise(same, movement.getSource(), movement.getSource(), rewriter); })
      .Case<AddOp, BinaryOp>([&](Operation *two) { return rebuildTwoOperands(two, operand, movement, rewriter); })
      .Case([&](ConcatOp concat) { return rebuildConcat(concat, movement, rewriter); })
      .Case([&](SliceOp slice) { return rebuildSlice(slice, movement, rewriter); })
      .Case([&](PadOp pad) { return rebuildPad(pad, movement, rewriter); })
      .Case([&](GatherOp gather) { return rebuildGather(gather, movement, rewriter); })
      .Default([](Operation *) { return Value(); });
}

/// `op` with other operands and a result of the shape of `like`.
Value SinkMovement::rebuildPointwise(Operation *op, ValueRange operands, Value like, PatternRewriter &rewriter) const {
  auto type = RankedTensorType::get(shapeOf(like), getElementTypeOrSelf(op->getResult(0).getType()));
  OperationState state(op->getLoc(), op->getName(), operands, type, op->getAttrs());
  state.propertiesAttr = op->getPropertiesAsAttribute();
  return rewriter.create(state)->getResult(0);
}

Value SinkMovement::rebuildTwoOperands(Operation *op, Value operand, const Movement &movement,
                                       PatternRewriter &rewriter) const {
  if (op->getResult(0).getType() != operand.getType())
    return {};
  SmallVector<Value> sources;
  for (Value other : op->getOperands()) {
    sources.push_back(other == operand ? movement.getSource() : sourceOf(op, other, operand, movement, rewriter));
    if (!sources.back())
      return {};
  }
  // A constant's shape must be one that the operation itself takes.
  if (isa<AddOp>(op) && sources[0].getType() != sources[1].getType())
    return BinaryOp::create(rewriter, op->getLoc(), sources[0].getType(), BinaryKind::Add, sources[0], sources[1]);
  return rebuildPointwise(op, sources, movement.getSource(), rewriter);
}

/// What goes with the source of `operand` as `other` goes with `operand`; null if there is none without another movement.
Value SinkMovement::sourceOf(Operation *op, Value other, Value operand, const Movement &movement,
                             PatternRewriter &rewriter) const {
  if (std::optional<FloatTensor> factors = readFactors(constants, other, operand))
    return makeFactors(rewriter, constants.nameOf(other), movement.toSource(*factors));
  if (!isPerSample(other) || rankOf(other) != rankOf(operand))
    return {};
  const std::optional<Movement> own = Movement::of(other);
  if (own && *own == movement && own->getSource().getType() == movement.getSource().getType())
    return own->getSource();
  // Fewer numbers, whose dimensions keep their order, are only named otherwise. With as many, the other value would come out as
  // the moved one, without an end.
  if (other.getType() == operand.getType())
    return {};
  int64_t last = -1;
  for (auto [d, dim] : llvm::enumerate(shapeOf(other))) {
    if (dim == 1)
      continue;
    if (movement.toSource(d) <= last)
      return {};
    last = movement.toSource(d);
  }
  return reshape(rewriter, op->getLoc(), other, movement.toSource(shapeOf(other), 1));
}

Value SinkMovement::rebuildConcat(ConcatOp op, const Movement &movement, PatternRewriter &rewriter) const {
  const int64_t axis = movement.toSource(op.getAxis());
  SmallVector<Value> sources;
  for (Value input : op.getInputs()) {
    const std::optional<Movement> own = Movement::of(input);
    if (!own || !(*own == movement) || axis < 0)
      return {};
    sources.push_back(own->getSource());
  }
  SmallVector<int64_t> shape(shapeOf(movement.getSource()));
  shape[axis] = shapeOf(op.getResult())[op.getAxis()];
  return ConcatOp::create(rewriter, op.getLoc(), typeLike(op, shape), sources, axis);
}

Value SinkMovement::rebuildSlice(SliceOp op, const Movement &movement, PatternRewriter &rewriter) const {
  // Dimensions that the source does not have are taken whole.
  for (int64_t d = 0; d < rankOf(op.getInput()); ++d)
    if (movement.toSource(d) < 0 && shapeOf(op.getResult())[d] != 1)
      return {};
  return SliceOp::create(rewriter, op.getLoc(), typeLike(op, movement.toSource(shapeOf(op.getResult()), 1)),
                         movement.getSource(), movement.toSource(op.getStarts(), 0),
                         movement.toSource(op.getSteps(), 1));
}

Value SinkMovement::rebuildPad(PadOp op, const Movement &movement, PatternRewriter &rewriter) const {
  for (int64_t d = 0; d < rankOf(op.getInput()); ++d)
    if (movement.toSource(d) < 0 && (op.getBefore()[d] || op.getAfter()[d]))
      return {};
  return PadOp::create(rewriter, op.getLoc(), typeLike(op, movement.toSource(shapeOf(op.getResult()), 1)), op.getMode(),
                       movement.getSource(), movement.toSource(op.getBefore(), 0), movement.toSource(op.getAfter(), 0),
                       op.getValue());
}

Value SinkMovement::rebuildGather(GatherOp op, const Movement &movement, PatternRewriter &rewriter) const {
  const int64_t axis = movement.toSource(op.getAxis());
  if (axis < 0)
    return {};
  return GatherOp::create(rewriter, op.getLoc(), typeLike(op, movement.toSource(shapeOf(op.getResult()), 1)),
                          movement.getSource(), axis, op.getIndices());
}

/// What only renames dimensions moves down through a transpose, so that transposes meet.
struct SinkReshape : Pattern<TransposeOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    const std::optional<Movement> movement = Movement::of(op.getInput());
    if (!movement || !op.getInput().getDefiningOp<ReshapeOp>())
      return rewriter.notifyMatchFailure(op, "no dimensions of 1 come or go before it");
    SmallVector<int64_t> order;
    for (int64_t axis : op.getPermutation())
      if (int64_t source = movement->toSource(axis); source >= 0)
        order.push_back(source);
    for (int64_t d = 0; d < rankOf(movement->getSource()); ++d)
      if (!llvm::is_contained(order, d))
        order.push_back(d);
    Value moved = transpose(rewriter, op.getLoc(), movement->getSource(), order);
    rewriter.replaceOp(op, reshape(rewriter, op.getLoc(), moved, shapeOf(op.getResult())));
    return success();
  }
};

/// A movement behind what is done to each number of the input comes first.
template <typename Moving> struct HoistToInput : Pattern<Moving> {
  using Pattern<Moving>::Pattern;
  LogicalResult matchAndRewrite(Moving op, PatternRewriter &rewriter) const override {
    Operation *before = op.getInput().getDefiningOp();
    if (!before || !before->hasOneUse() || !isInput(op.getInput()))
      return rewriter.notifyMatchFailure(op, "not behind a function of the input");
    Value input = before->getOperand(0);
    const auto move = [&] {
      return rewriter.create(op.getLoc(), op->getName().getIdentifier(), input,
                             TypeRange(typeLike(input, shapeOf(op.getResult()))), op->getAttrs());
    };
    if (isa<ReluOp, UnaryOp, CastOp>(before)) {
      Value moved = move()->getResult(0);
      rewriter.modifyOpInPlace(before, [&] {
        before->setOperand(0, moved);
        before->getResult(0).setType(op.getType());
      });
      rewriter.moveOpAfter(before, moved.getDefiningOp());
      rewriter.replaceOp(op, before->getResult(0));
      return success();
    }
    auto binary = dyn_cast<BinaryOp>(before);
    std::optional<FloatTensor> factors = binary && binary.getType() == input.getType()
                                             ? readFactors(this->constants, binary.getRhs(), input)
                                             : std::nullopt;
    std::optional<FloatTensor> moved = factors ? handOn(op, 0, binary.getKind(), *factors) : std::nullopt;
    if (!moved)
      return rewriter.notifyMatchFailure(op, "not behind a function of each number");
    Value constant = makeFactors(rewriter, this->constants.nameOf(binary.getRhs()), *moved);
    Value source = move()->getResult(0);
    rewriter.replaceOp(
        op, BinaryOp::create(rewriter, before->getLoc(), op.getType(), binary.getKind(), source, constant).getResult());
    return success();
  }
};

/// The same in front of a pad or a slice of the input.
struct HoistOverBox : RewritePattern {
  HoistOverBox(MLIRContext *context, Constants &) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}
  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    Operation *before = isa<TransposeOp, ReshapeOp>(op) ? op->getOperand(0).getDefiningOp() : nullptr;
    if (!isa_and_nonnull<PadOp, SliceOp>(before) || !before->hasOneUse() || !isInput(before->getOperand(0)))
      return rewriter.notifyMatchFailure(op, "not behind a pad or a slice of the input");
    Value input = before->getOperand(0);
    const std::optional<Movement> movement = Movement::of(op->getResult(0));
    const SmallVector<int64_t> shape = movement ? movement->toResult(shapeOf(input), 1) : SmallVector<int64_t>();
    // What the movement drops must be of 1 before the pad or slice too.
    if (!movement || countPerSample(shape) != countPerSample(shapeOf(input)) || !hasNumbers(input))
      return rewriter.notifyMatchFailure(op, "no movement, or of dimensions that change");
    Value moved = movement->repeat(rewriter, op->getLoc(), input, typeLike(input, shape));
    const auto list = [&](ArrayRef<int64_t> numbers, int64_t number) { return movement->toResult(numbers, number); };
    Value result;
    if (auto pad = dyn_cast<PadOp>(before))
      result = PadOp::create(rewriter, pad.getLoc(), op->getResult(0).getType(), pad.getMode(), moved,
                             list(pad.getBefore(), 0), list(pad.getAfter(), 0), pad.getValue());
    else if (auto slice = dyn_cast<SliceOp>(before))
      result = SliceOp::create(rewriter, slice.getLoc(), op->getResult(0).getType(), moved, list(slice.getStarts(), 0),
                               list(slice.getSteps(), 1));
    rewriter.replaceOp(op, result);
    return success();
  }
};

/// A Gemm of what was a transposed image takes the image, and its weights in another order.
struct TransposeIntoGemm : Pattern<GemmOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(GemmOp op, PatternRewriter &rewriter) const override {
    auto rows = op.getInput().getDefiningOp<ReshapeOp>();
    auto moving = rows ? rows.getInput().getDefiningOp<TransposeOp>() : TransposeOp();
    if (!moving || !isPerSample(op.getInput()))
      return rewriter.notifyMatchFailure(op, "no transposed image before it");
    std::optional<FloatTensor> weights = constants.read(op.getWeights());
    if (!weights)
      return rewriter.notifyMatchFailure(op, "its weights are computed");
    // The axons under the shape of the image, in the order of the result and then of the source.
    const bool turned = op.getTransB();
    const int64_t neurons = weights->shape[turned ? 0 : 1];
    const ArrayRef<int64_t> image = shapeOf(moving.getResult()).drop_front();
    SmallVector<int64_t> shape(image), order;
    shape.insert(turned ? shape.begin() : shape.end(), neurons);
    const SmallVector<int64_t> strides = floats::stridesOf(shape), inverse = invert(moving.getPermutation());
    SmallVector<int64_t> newShape, newStrides;
    for (int64_t axis : ArrayRef(inverse).drop_front()) {
      newShape.push_back(image[axis - 1]);
      newStrides.push_back(strides[axis - 1 + turned]);
    }
    newShape.insert(turned ? newShape.begin() : newShape.end(), neurons);
    newStrides.insert(turned ? newStrides.begin() : newStrides.end(), turned ? strides.front() : strides.back());
    const FloatTensor moved = floats::copyStrided(*weights, newShape, 0, newStrides).withShape(weights->shape);
    Value input = reshape(rewriter, rows.getLoc(), moving.getInput(), shapeOf(rows.getResult()));
    Value constant = makeConstant(rewriter, constants.nameOf(op.getWeights()), moved);
    rewriter.modifyOpInPlace(op, [&] {
      op.getInputMutable().assign(input);
      op.getWeightsMutable().assign(constant);
    });
    return success();
  }
};

struct MoveTransposesPass : impl::MoveTransposesBase<MoveTransposesPass> {
  using MoveTransposesBase::MoveTransposesBase;
  void runOnOperation() override {
    Constants constants;
    RewritePatternSet patterns(&getContext());
    addShapePatterns(patterns, constants);
    patterns.add<SinkMovement, SinkReshape, HoistToInput<TransposeOp>, HoistToInput<ReshapeOp>, HoistOverBox>(
        &getContext(), constants);
    if (!training)
      patterns.add<TransposeIntoGemm>(&getContext(), constants);
    rewriteGreedily(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace wage::onnxir
