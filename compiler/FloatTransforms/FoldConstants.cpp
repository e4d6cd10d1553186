//===- FoldConstants.cpp - what depends on constants alone ----------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatEvaluator/FloatEvaluator.h"
#include "compiler/FloatTransforms/Graph.h"
#include "compiler/FloatTransforms/Passes.h"

#define DEBUG_TYPE "onnx-fold-constants"

using namespace mlir;

namespace wage::onnxir {

#define GEN_PASS_DEF_FOLDCONSTANTS
#include "compiler/FloatTransforms/Passes.h.inc"

namespace {

/// A constant that is only moved about keeps the name by which the file knows its numbers.
struct FoldReshape : Pattern<ReshapeOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    if (!isConstant(op.getInput()))
      return rewriter.notifyMatchFailure(op, "takes no constant");
    Value constant = constants.reshape(rewriter, op.getInput(), shapeOf(op.getResult()));
    if (constant.getDefiningOp<ReshapeOp>()) {
      rewriter.eraseOp(constant.getDefiningOp());
      return rewriter.notifyMatchFailure(op, "its numbers are not there");
    }
    rewriter.replaceOp(op, constant);
    return success();
  }
};

struct Evaluate : RewritePattern {
  Evaluate(MLIRContext *context, Constants &constants)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context), constants(constants) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isa_and_nonnull<OnnxDialect>(op->getDialect()) || op->getNumOperands() == 0 || isa<ReshapeOp>(op) ||
        !llvm::all_of(op->getOperands(), [&](Value operand) { return isConstant(operand); }))
      return rewriter.notifyMatchFailure(op, "depends on more than constants");
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    // Above, the graph itself says it shorter.
    constexpr int64_t mostNumbers = int64_t{1} << 27;
    if (!type.getElementType().isF32() || countElements(type.getShape()).value_or(mostNumbers + 1) > mostNumbers ||
        !llvm::all_of(op->getOperands(), [&](Value operand) { return constants.read(operand).has_value(); }))
      return rewriter.notifyMatchFailure(op, "no numbers that can be read and held");
    FailureOr<FloatTensor> result = floats::evaluateConstant(op->getResult(0));
    if (failed(result))
      return failure();
    const std::string name =
        isa<TransposeOp, SliceOp, PadOp>(op) ? constants.nameOf(op->getOperand(0)) : nameBehind(op->getLoc(), "");
    rewriter.replaceOp(op, makeConstant(rewriter, name, *result));
    return success();
  }

  Constants &constants;
};

struct FoldConstantsPass : impl::FoldConstantsBase<FoldConstantsPass> {
  void runOnOperation() override {
    Constants constants;
    RewritePatternSet patterns(&getContext());
    addShapePatterns(patterns, constants);
    patterns.add<FoldReshape, Evaluate>(&getContext(), constants);
    rewriteGreedily(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace wage::onnxir
