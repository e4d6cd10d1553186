//===- SimplifyShapes.cpp - what only moves numbers, or not even that ----------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// One rule each. Every other pass on float graphs applies them as well, so that what one rewrite leaves over is gone before the
// next looks.
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatTransforms/Graph.h"
#include "compiler/FloatTransforms/Passes.h"

#include "llvm/ADT/TypeSwitch.h"

#define DEBUG_TYPE "onnx-simplify-shapes"

using namespace mlir;

namespace wage::onnxir {

#define GEN_PASS_DEF_SIMPLIFYSHAPES
#include "compiler/FloatTransforms/Passes.h.inc"

namespace {

bool allZero(ArrayRef<int64_t> numbers) {
  return llvm::all_of(numbers, [](int64_t n) { return n == 0; });
}
bool allOne(ArrayRef<int64_t> numbers) {
  return llvm::all_of(numbers, [](int64_t n) { return n == 1; });
}

/// Whether `op` gives back what it takes.
bool isNothing(Operation *op) {
  return llvm::TypeSwitch<Operation *, bool>(op)
      .Case<IdentityOp, DropoutOp>([](Operation *) { return true; })
      .Case<ReshapeOp, CastOp>([](auto same) { return same.getInput().getType() == same.getResult().getType(); })
      .Case([](TransposeOp op) { return llvm::equal(op.getPermutation(), llvm::seq<int64_t>(rankOf(op.getInput()))); })
      .Case([](PadOp op) { return allZero(op.getBefore()) && allZero(op.getAfter()); })
      .Case([](SliceOp op) {
        return op.getInput().getType() == op.getResult().getType() && allZero(op.getStarts()) && allOne(op.getSteps());
      })
      .Case([](GatherOp op) {
        return op.getInput().getType() == op.getResult().getType() &&
               llvm::equal(op.getIndices(), llvm::seq<int64_t>(op.getIndices().size()));
      })
      .Case<MaxPoolOp, AveragePoolOp>(
          [](auto pool) { return allOne(pool.getKernel()) && allOne(pool.getStrides()) && allZero(pool.getPads()); })
      .Case([](ConcatOp op) { return op.getInputs().size() == 1; })
      .Case([](ReduceMeanOp op) { return op.getAxes().empty(); })
      .Default([](Operation *) { return false; });
}

struct DropNothing : RewritePattern {
  DropNothing(MLIRContext *context, Constants &) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}
  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isNothing(op))
      return rewriter.notifyMatchFailure(op, "does something");
    rewriter.replaceOp(op, op->getOperand(0));
    return success();
  }
};

struct FlattenToReshape : Pattern<FlattenOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(FlattenOp op, PatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), op.getInput());
    return success();
  }
};

struct MergeReshapes : Pattern<ReshapeOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    auto before = op.getInput().getDefiningOp<ReshapeOp>();
    if (!before)
      return rewriter.notifyMatchFailure(op, "no reshape before it");
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), before.getInput());
    return success();
  }
};

struct MergeTransposes : Pattern<TransposeOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    auto before = op.getInput().getDefiningOp<TransposeOp>();
    if (!before)
      return rewriter.notifyMatchFailure(op, "no transpose before it");
    SmallVector<int64_t> both;
    for (int64_t axis : op.getPermutation())
      both.push_back(before.getPermutation()[axis]);
    rewriter.replaceOpWithNewOp<TransposeOp>(op, op.getType(), before.getInput(), both);
    return success();
  }
};

/// Dimensions of 1 may stand anywhere without a number moving.
struct TransposeToReshape : Pattern<TransposeOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    int64_t last = -1;
    for (int64_t axis : op.getPermutation()) {
      if (shapeOf(op.getInput())[axis] == 1)
        continue;
      if (axis < last)
        return rewriter.notifyMatchFailure(op, "moves numbers");
      last = axis;
    }
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), op.getInput());
    return success();
  }
};

struct MergeSlices : Pattern<SliceOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(SliceOp op, PatternRewriter &rewriter) const override {
    auto before = op.getInput().getDefiningOp<SliceOp>();
    if (!before)
      return rewriter.notifyMatchFailure(op, "no slice before it");
    SmallVector<int64_t> starts, steps;
    for (size_t d = 0; d < op.getStarts().size(); ++d) {
      // A start of an empty dimension is any number: there may be none in range.
      const bool isEmpty = shapeOf(op.getResult())[d] == 0;
      starts.push_back(isEmpty ? 0 : before.getStarts()[d] + op.getStarts()[d] * before.getSteps()[d]);
      steps.push_back(isEmpty ? 1 : op.getSteps()[d] * before.getSteps()[d]);
      // A step that takes one number says nothing, and is not to grow without an end.
      if (shapeOf(op.getResult())[d] == 1)
        steps.back() = 1;
    }
    rewriter.replaceOpWithNewOp<SliceOp>(op, op.getType(), before.getInput(), starts, steps);
    return success();
  }
};

/// Indices with one distance between neighbours.
struct GatherToSlice : Pattern<GatherOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(GatherOp op, PatternRewriter &rewriter) const override {
    const ArrayRef<int64_t> indices = op.getIndices();
    if (indices.empty())
      return rewriter.notifyMatchFailure(op, "takes nothing");
    const int64_t step = indices.size() > 1 ? indices[1] - indices[0] : 1;
    for (size_t i = 1; i < indices.size(); ++i)
      if (indices[i] - indices[i - 1] != step || step == 0)
        return rewriter.notifyMatchFailure(op, "indices are no range");
    SmallVector<int64_t> starts(rankOf(op.getInput()), 0), steps(rankOf(op.getInput()), 1);
    starts[op.getAxis()] = indices.front();
    steps[op.getAxis()] = step;
    rewriter.replaceOpWithNewOp<SliceOp>(op, op.getType(), op.getInput(), starts, steps);
    return success();
  }
};

/// A concat among the operands of another along the same dimension.
struct MergeConcats : Pattern<ConcatOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(ConcatOp op, PatternRewriter &rewriter) const override {
    SmallVector<Value> inputs;
    for (Value input : op.getInputs()) {
      auto inner = input.getDefiningOp<ConcatOp>();
      if (inner && inner.getAxis() == op.getAxis() && inner->hasOneUse())
        inputs.append(inner.getInputs().begin(), inner.getInputs().end());
      else
        inputs.push_back(input);
    }
    if (inputs.size() == op.getInputs().size())
      return rewriter.notifyMatchFailure(op, "no concat before it");
    rewriter.replaceOpWithNewOp<ConcatOp>(op, op.getType(), inputs, op.getAxis());
    return success();
  }
};

/// The mean over any dimensions is a pool over the last ones of another order: [batch, kept, 1, averaged].
struct MeanToPool : Pattern<ReduceMeanOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(ReduceMeanOp op, PatternRewriter &rewriter) const override {
    const ArrayRef<int64_t> shape = shapeOf(op.getInput()), axes = op.getAxes();
    if (!isPerSample(op.getInput()) || axes.empty() || !hasNumbers(op.getInput()))
      return rewriter.notifyMatchFailure(op, "no batch, or nothing to average");
    SmallVector<int64_t> order, window;
    for (int64_t d = 0; d < rankOf(op.getInput()); ++d)
      if (!llvm::is_contained(axes, d))
        order.push_back(d);
    int64_t kept = 1;
    for (int64_t d : ArrayRef(order).drop_front())
      kept *= shape[d];
    for (int64_t d : axes) {
      order.push_back(d);
      window.push_back(shape[d]);
    }
    // Two dimensions of space stay what they are.
    if (window.size() != 2)
      window = {1, floats::product(window)};
    Value planes = transpose(rewriter, op.getLoc(), op.getInput(), order);
    planes = reshape(rewriter, op.getLoc(), planes, {shape[0], kept, window[0], window[1]});
    Value means = AveragePoolOp::create(rewriter, op.getLoc(), typeLike(planes, {shape[0], kept, 1, 1}), planes,
                                        rewriter.getDenseI64ArrayAttr(window), rewriter.getDenseI64ArrayAttr({1, 1}),
                                        rewriter.getDenseI64ArrayAttr({0, 0, 0, 0}), UnitAttr(), DenseI64ArrayAttr(),
                                        DenseI64ArrayAttr());
    rewriter.replaceOp(op, reshape(rewriter, op.getLoc(), means, shapeOf(op.getResult())));
    return success();
  }
};

struct SimplifyShapesPass : impl::SimplifyShapesBase<SimplifyShapesPass> {
  void runOnOperation() override {
    Constants constants;
    RewritePatternSet patterns(&getContext());
    addShapePatterns(patterns, constants);
    rewriteGreedily(getOperation(), std::move(patterns));
  }
};

} // namespace

void addShapePatterns(RewritePatternSet &patterns, Constants &constants) {
  patterns.add<DropNothing, FlattenToReshape, MergeReshapes, MergeTransposes, TransposeToReshape, MergeSlices,
               GatherToSlice, MergeConcats, MeanToPool>(patterns.getContext(), constants);
}

} // namespace wage::onnxir
