//===- FoldAffine.cpp - scales and offsets into the layers around them ----------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// The layer just before takes them first, since that is exact to a rounding of float32 whatever stands behind; then all layers
// behind; then a layer further before, through operations that let them pass.
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatTransforms/ForwardFactors.h"
#include "compiler/FloatTransforms/Passes.h"

#define DEBUG_TYPE "onnx-fold-affine"

using namespace mlir;

namespace wage::onnxir {

#define GEN_PASS_DEF_FOLDAFFINE
#include "compiler/FloatTransforms/Passes.h.inc"

namespace {

/// What an `onnx.binary` multiplies by or adds, if it does no more than that.
struct Affine {
  BinaryKind kind;
  FloatTensor factors;

  static std::optional<Affine> of(Operation *op, Constants &constants) {
    auto binary = dyn_cast_or_null<BinaryOp>(op);
    if (!binary || (binary.getKind() != BinaryKind::Mul && binary.getKind() != BinaryKind::Add) ||
        binary.getType() != binary.getLhs().getType())
      return std::nullopt;
    std::optional<FloatTensor> factors = readFactors(constants, binary.getRhs(), binary.getLhs());
    return factors ? std::optional(Affine{binary.getKind(), *factors}) : std::nullopt;
  }
};

class AffinePattern : public Pattern<BinaryOp> {
public:
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(BinaryOp op, PatternRewriter &rewriter) const final {
    std::optional<Affine> affine = Affine::of(op, constants);
    if (!affine)
      return rewriter.notifyMatchFailure(op, "no product with or sum with a constant");
    return rewrite(op, *affine, rewriter);
  }

private:
  virtual LogicalResult rewrite(BinaryOp op, const Affine &affine, PatternRewriter &rewriter) const = 0;
};

/// Two of them become one; of a sum and a product the product comes first.
struct MergeAffine : AffinePattern {
  using AffinePattern::AffinePattern;
  LogicalResult rewrite(BinaryOp op, const Affine &outer, PatternRewriter &rewriter) const override {
    auto before = op.getLhs().getDefiningOp<BinaryOp>();
    const std::optional<Affine> inner = Affine::of(before, constants);
    if (!inner || !before->hasOneUse())
      return rewriter.notifyMatchFailure(op, "none before it");
    const std::string name = constants.nameOf(op.getRhs()), innerName = constants.nameOf(before.getRhs());
    const auto apply = [&](BinaryKind kind, Value value, const FloatTensor &factors, StringRef name) {
      return applyFactors(rewriter, op.getLoc(), kind, value, factors, name);
    };
    const bool scales = outer.kind == BinaryKind::Mul;
    const FloatTensor both = combine(scales ? Combination::Product : Combination::Sum, outer.factors, inner->factors);
    if (inner->kind == outer.kind) {
      rewriter.replaceOp(op, apply(outer.kind, before.getLhs(), both, name));
      return success();
    }
    if (!scales)
      return rewriter.notifyMatchFailure(op, "a sum behind a product stays");
    Value product = apply(BinaryKind::Mul, before.getLhs(), outer.factors, name);
    rewriter.replaceOp(op, apply(BinaryKind::Add, product, both, innerName));
    return success();
  }
};

struct FoldIntoLayerBefore : AffinePattern {
  using AffinePattern::AffinePattern;
  LogicalResult rewrite(BinaryOp op, const Affine &affine, PatternRewriter &rewriter) const override {
    std::optional<Layer> layer = Layer::of(op.getLhs().getDefiningOp(), constants);
    if (!layer || !op.getLhs().hasOneUse() || !layer->takesOutputFactors(affine.factors))
      return rewriter.notifyMatchFailure(op, "no layer before it that it could change");
    if (affine.kind == BinaryKind::Mul)
      layer->scaleOutputs(rewriter, affine.factors);
    else
      layer->offsetOutputs(rewriter, affine.factors, constants.nameOf(op.getRhs()));
    rewriter.replaceOp(op, op.getLhs());
    return success();
  }
};

struct FoldIntoLayersBehind : AffinePattern {
  using AffinePattern::AffinePattern;
  LogicalResult rewrite(BinaryOp op, const Affine &affine, PatternRewriter &rewriter) const override {
    if (isInput(op.getLhs()) || failed(foldForward(op, affine.factors, constants, rewriter)))
      return rewriter.notifyMatchFailure(op, "not all that is behind it can take it");
    rewriter.replaceOp(op, op.getLhs());
    return success();
  }
};

/// The factors of `op`'s input that become `factors` at its result.
std::optional<FloatTensor> handBack(Operation *op, BinaryKind kind, const FloatTensor &factors) {
  if (!isa_and_nonnull<OnnxDialect>(op->getDialect()) || !isWithinReach(op->getResult(0)))
    return std::nullopt;
  if (auto reshape = dyn_cast<ReshapeOp>(op))
    return compress(expand(factors, reshape.getResult()).withShape(sampleShape(reshape.getInput())));
  // What is the same for a whole channel is the same before these.
  const bool keepsChannels = isa<ReluOp, MaxPoolOp, AveragePoolOp, UnaryOp>(op) && isPerChannel(factors);
  return keepsChannels ? handOn(op, 0, kind, factors) : std::nullopt;
}

struct FoldIntoLayerFarBefore : AffinePattern {
  using AffinePattern::AffinePattern;
  LogicalResult rewrite(BinaryOp op, const Affine &affine, PatternRewriter &rewriter) const override {
    FloatTensor factors = affine.factors;
    for (Value value = op.getLhs(); value.hasOneUse() && value.getDefiningOp();) {
      Operation *before = value.getDefiningOp();
      if (std::optional<Layer> layer = Layer::of(before, constants)) {
        if (!layer->takesOutputFactors(factors))
          break;
        if (affine.kind == BinaryKind::Mul)
          layer->scaleOutputs(rewriter, factors);
        else
          layer->offsetOutputs(rewriter, factors, constants.nameOf(op.getRhs()));
        rewriter.replaceOp(op, op.getLhs());
        return success();
      }
      std::optional<FloatTensor> earlier = handBack(before, affine.kind, factors);
      if (!earlier)
        break;
      factors = std::move(*earlier);
      value = before->getOperand(0);
    }
    return rewriter.notifyMatchFailure(op, "no layer before it that it could change");
  }
};

//===----------------------------------------------------------------------===//
// Where the network is to be trained: only what an exporter would have folded
//===----------------------------------------------------------------------===//

struct AddIntoBias : Pattern<AddOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(AddOp op, PatternRewriter &rewriter) const override {
    std::optional<Layer> layer = Layer::of(op.getLhs().getDefiningOp(), constants);
    if (!layer || !op.getLhs().hasOneUse() || !isConstant(op.getRhs()))
      return rewriter.notifyMatchFailure(op, "no constant behind a layer");
    std::optional<FloatTensor> offsets = readFactors(constants, op.getRhs(), op.getLhs());
    if (!offsets)
      return rewriter.notifyMatchFailure(op, "its numbers are not there");
    layer->offsetOutputs(rewriter, *offsets, constants.nameOf(op.getRhs()));
    rewriter.replaceOp(op, op.getLhs());
    return success();
  }
};

struct NormalizationIntoLayer : Pattern<BatchNormalizationOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(BatchNormalizationOp op, PatternRewriter &rewriter) const override {
    std::optional<Layer> layer = Layer::of(op.getInput().getDefiningOp(), constants);
    const auto factors = readBatchNormalization(constants, op);
    if (!layer || !op.getInput().hasOneUse() || !factors)
      return rewriter.notifyMatchFailure(op, "no layer before it that it could change");
    layer->scaleOutputs(rewriter, factors->first);
    layer->offsetOutputs(rewriter, factors->second, nameBehind(op.getLoc(), ".offset"));
    rewriter.replaceOp(op, op.getInput());
    return success();
  }
};

struct FoldAffinePass : impl::FoldAffineBase<FoldAffinePass> {
  using FoldAffineBase::FoldAffineBase;
  void runOnOperation() override {
    Constants constants;
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    addShapePatterns(patterns, constants);
    patterns.add<AddIntoBias, NormalizationIntoLayer>(context, constants);
    if (!training) {
      patterns.add<MergeAffine>(context, constants, /*benefit=*/4);
      patterns.add<FoldIntoLayerBefore>(context, constants, /*benefit=*/3);
      patterns.add<FoldIntoLayersBehind>(context, constants, /*benefit=*/2);
      patterns.add<FoldIntoLayerFarBefore>(context, constants, /*benefit=*/1);
    }
    rewriteGreedily(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace wage::onnxir
