//===- MergePads.cpp - borders of zeros as padding of windows ------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatTransforms/Graph.h"
#include "compiler/FloatTransforms/Passes.h"

#include "llvm/ADT/TypeSwitch.h"

#define DEBUG_TYPE "onnx-merge-pads"

using namespace mlir;

namespace wage::onnxir {

#define GEN_PASS_DEF_MERGEPADS
#include "compiler/FloatTransforms/Passes.h.inc"

namespace {

/// The pad of zeros around the dimensions of space that makes `images`, if one does.
PadOp zerosBefore(Value images) {
  auto pad = images.getDefiningOp<PadOp>();
  if (!pad || pad.getMode() != PadMode::Constant || !pad.getValue().isZero())
    return {};
  for (int d : {0, 1})
    if (pad.getBefore()[d] || pad.getAfter()[d])
      return {};
  return pad;
}

/// `pads` of windows and those of `pad` as one list.
SmallVector<int64_t> addPads(ArrayRef<int64_t> pads, PadOp pad) {
  SmallVector<int64_t> sum(pads);
  const size_t space = pads.size() / 2;
  for (size_t i = 0; i < space; ++i) {
    sum[i] += pad.getBefore()[i + 2];
    sum[i + space] += pad.getAfter()[i + 2];
  }
  return sum;
}

/// Whether a pool may have `pads`: each window reaches into the image.
template <typename Pool> bool mayHavePads(Pool op, ArrayRef<int64_t> pads) {
  const size_t space = op.getKernel().size();
  for (size_t side = 0; side < 2 * space; ++side) {
    const int64_t dilation = op.getDilations() ? (*op.getDilations())[side % space] : 1;
    if (pads[side] >= dilatedKernel(op.getKernel()[side % space], dilation))
      return false;
  }
  return true;
}

/// Whether no number of `value` is below 0.
bool isNeverNegative(Value value) {
  Operation *op = value.getDefiningOp();
  return op && llvm::TypeSwitch<Operation *, bool>(op)
                   .Case<ReluOp>([](Operation *) { return true; })
                   .Case([](UnaryOp unary) {
                     const bool clips = unary.getKind() == UnaryKind::Clip && !unary.getAlpha()->isNegative() &&
                                        !unary.getBeta()->isNegative();
                     return clips || llvm::is_contained({UnaryKind::Abs, UnaryKind::Exp, UnaryKind::Sigmoid,
                                                         UnaryKind::HardSigmoid, UnaryKind::Softplus, UnaryKind::Sqrt},
                                                        unary.getKind());
                   })
                   .Case<ReshapeOp, TransposeOp, SliceOp, MaxPoolOp, AveragePoolOp>(
                       [](auto moving) { return isNeverNegative(moving.getInput()); })
                   .Default([](Operation *) { return false; });
}

struct PadIntoConv : Pattern<ConvOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(ConvOp op, PatternRewriter &rewriter) const override {
    PadOp pad = zerosBefore(op.getInput());
    if (!pad)
      return rewriter.notifyMatchFailure(op, "no zeros before it");
    const SmallVector<int64_t> pads = addPads(op.getPads(), pad);
    if (llvm::any_of(pads, [](int64_t n) { return n > maxElements; }))
      return rewriter.notifyMatchFailure(op, "pads would be out of range");
    rewriter.modifyOpInPlace(op, [&] {
      op.setPads(pads);
      op.getInputMutable().assign(pad.getInput());
    });
    return success();
  }
};

struct PadIntoAveragePool : Pattern<AveragePoolOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(AveragePoolOp op, PatternRewriter &rewriter) const override {
    PadOp pad = zerosBefore(op.getInput());
    const bool countsAll = op.getCountIncludePad() || llvm::all_of(op.getPads(), [](int64_t n) { return n == 0; });
    if (!pad || !countsAll)
      return rewriter.notifyMatchFailure(op, "no zeros before it that it may count as its own");
    const SmallVector<int64_t> pads = addPads(op.getPads(), pad);
    if (!mayHavePads(op, pads))
      return rewriter.notifyMatchFailure(op, "windows would lie in the padding");
    rewriter.modifyOpInPlace(op, [&] {
      op.setPads(pads);
      op.setCountIncludePad(true);
      op.getInputMutable().assign(pad.getInput());
    });
    return success();
  }
};

/// What a maximum ignores is as good as a zero that never wins.
struct PadIntoMaxPool : Pattern<MaxPoolOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(MaxPoolOp op, PatternRewriter &rewriter) const override {
    PadOp pad = zerosBefore(op.getInput());
    const bool isDilated =
        op.getDilations() && llvm::any_of(*op.getDilations(), [](int64_t dilation) { return dilation != 1; });
    if (!pad || isDilated || !isNeverNegative(pad.getInput()))
      return rewriter.notifyMatchFailure(op, "no zeros before it that never win");
    const SmallVector<int64_t> pads = addPads(op.getPads(), pad);
    if (!mayHavePads(op, pads))
      return rewriter.notifyMatchFailure(op, "windows would lie in the padding");
    rewriter.modifyOpInPlace(op, [&] {
      op.setPads(pads);
      op.getInputMutable().assign(pad.getInput());
    });
    return success();
  }
};

struct MergePadsPass : impl::MergePadsBase<MergePadsPass> {
  void runOnOperation() override {
    Constants constants;
    RewritePatternSet patterns(&getContext());
    addShapePatterns(patterns, constants);
    patterns.add<PadIntoConv, PadIntoAveragePool, PadIntoMaxPool>(&getContext(), constants);
    rewriteGreedily(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace wage::onnxir
