//===- AssignWidths.cpp - the narrowest types that are proved to hold --------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Bounds do not depend on types, so one walk proves them all and a second one assigns. Results follow their operand's
// type where the op demands it, so the walk goes in program order.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Analysis/BoundAnalysis.h"
#include "compiler/Conversion/WageToInteger/Passes.h"
#include "dialects/integer/IR/IntegerOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/TypeUtilities.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

#define DEBUG_TYPE "integer-assign-widths"

using namespace mlir;

namespace wage {

#define GEN_PASS_DEF_INTEGERASSIGNWIDTHS
#include "compiler/Conversion/WageToInteger/Passes.h.inc"

namespace {

using namespace wage::integer;

unsigned widthOf(Value value) { return getElementTypeOrSelf(value).getIntOrFloatBitWidth(); }

/// i8, i16, i32 or i64, whichever is the first to have `bits`.
unsigned storageWidth(unsigned bits) { return std::max<unsigned>(8, llvm::PowerOf2Ceil(bits)); }

/// The width of result `index`, whose magnitude is at most `magnitude`. Types that the op itself fixes stay.
unsigned chooseWidth(Operation *op, unsigned index, uint64_t magnitude) {
  return llvm::TypeSwitch<Operation *, unsigned>(op)
      .Case<Conv2DOp, Conv2DTransposedOp, Conv2DOuterOp, MatmulOp, MatmulTransposedOp, MatmulOuterOp, AddBiasOp,
            SubtractOneHotOp>([&](Operation *) { return std::max(32u, storageWidth(signedBits(magnitude))); })
      .Case<ReluOp, ApplyMaskOp, ReshapeOp, RearrangeOp>([](Operation *same) { return widthOf(same->getOperand(0)); })
      .Case([&](MaxPoolOp pool) { return index == 0 ? widthOf(pool.getInput()) : storageWidth(signedBits(magnitude)); })
      .Case<ShiftClipOp, ShiftClipByOp, StochasticStepOp>(
          [](auto quantizer) { return storageWidth(quantizer.getBits()); })
      .Case([](ClipOp clip) { return storageWidth(signedBits(clip.getLimit())); })
      .Case<AlignChannelsOp, AddOp, SumPoolOp, MultiplyOp>([&](Operation *sum) {
        // Never narrower than an operand, even where the result is known to be small: so it can stand where the operand stood.
        unsigned width = storageWidth(signedBits(magnitude));
        for (Value operand : sum->getOperands())
          width = std::max(width, widthOf(operand));
        return width;
      })
      .Case([](ConcatOp concat) {
        unsigned width = 0;
        for (Value input : concat.getInputs())
          width = std::max(width, widthOf(input));
        return width;
      })
      .Case<SignOp, MaxPoolScatterOp, SumPoolSpreadOp, SubOp>(
          [&](Operation *) { return storageWidth(signedBits(magnitude)); })
      .Default([&](Operation *) { return widthOf(op->getResult(index)); });
}

/// `value` in elements of `width` bits: sums over windows of one element.
Value widen(OpBuilder &builder, Value value, unsigned width) {
  auto type = cast<RankedTensorType>(value.getType());
  const ArrayRef<int64_t> shape = type.getShape();
  const int64_t plane = ShapedType::getNumElements(shape.drop_front(2));
  auto planes = RankedTensorType::get({shape[0], shape[1], plane, 1}, type.getElementType());
  const Type wide = builder.getIntegerType(width);
  const Value reshaped = ReshapeOp::create(builder, value.getLoc(), planes, value);
  const Value sums = SumPoolOp::create(builder, value.getLoc(), planes.clone(wide), reshaped, ArrayRef<int64_t>{1, 1},
                                       ArrayRef<int64_t>{1, 1}, ArrayRef<int64_t>{0, 0, 0, 0});
  return ReshapeOp::create(builder, value.getLoc(), type.clone(wide), sums);
}

/// What is put together has one width: the widest of the operands'.
void widenOperands(ConcatOp concat) {
  const unsigned width = chooseWidth(concat, 0, 0);
  OpBuilder builder(concat);
  for (OpOperand &operand : concat->getOpOperands())
    if (widthOf(operand.get()) != width)
      operand.set(widen(builder, operand.get(), width));
}

/// What a global or an assertion takes has a type that is not ours to choose.
bool mayRetype(Value value) {
  return llvm::all_of(value.getUsers(), [](Operation *user) { return isa<BoundOpInterface, func::ReturnOp>(user); });
}

LogicalResult verifyAdmitted(Operation *op, uint64_t magnitude) {
  if (magnitude <= largestAdmittedBound)
    return success();
  InFlightDiagnostic diagnostic = op->emitOpError();
  if (const StringRef layer = nodeName(op); !layer.empty())
    diagnostic << "of layer '" << layer << "' ";
  return diagnostic << "can reach " << describeBound(magnitude) << ", needs at most 2^62 - 1";
}

struct IntegerAssignWidthsPass : impl::IntegerAssignWidthsBase<IntegerAssignWidthsPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    const FailureOr<BoundAnalysis> analysis = analyzeBounds(module);
    if (failed(analysis) || failed(verifyBounds(*analysis)))
      return signalPassFailure();
    module.walk<WalkOrder::PreOrder>([&](BoundOpInterface op) { assignWidths(op, *analysis); });
    for (auto function : module.getOps<func::FuncOp>())
      updateSignature(function);
  }

private:
  /// Reports every layer that is too large before anything is changed.
  LogicalResult verifyBounds(const BoundAnalysis &analysis) {
    LogicalResult result = success();
    getOperation().walk([&](BoundOpInterface op) {
      for (Value value : op->getResults())
        if (failed(verifyAdmitted(op, analysis.getBound(value).magnitude)))
          result = failure();
    });
    return result;
  }

  void assignWidths(Operation *op, const BoundAnalysis &analysis) {
    if (auto concat = dyn_cast<ConcatOp>(op))
      widenOperands(concat);
    for (OpResult result : op->getResults()) {
      auto type = cast<RankedTensorType>(result.getType());
      if (!mayRetype(result))
        continue;
      const unsigned width = chooseWidth(op, result.getResultNumber(), analysis.getBound(result).magnitude);
      result.setType(type.clone(IntegerType::get(op->getContext(), width)));
    }
  }

  void updateSignature(func::FuncOp function) {
    if (function.isExternal())
      return;
    const auto results = function.front().getTerminator()->getOperandTypes();
    function.setFunctionType(FunctionType::get(&getContext(), function.getArgumentTypes(), results));
  }
};

} // namespace
} // namespace wage
