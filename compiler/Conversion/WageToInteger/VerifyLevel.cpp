//===- VerifyLevel.cpp - what may stand at the integer level -----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Analysis/BoundAnalysis.h"
#include "compiler/Analysis/LevelTypes.h"
#include "compiler/Conversion/WageToInteger/Passes.h"
#include "dialects/integer/IR/IntegerOps.h"
#include "dialects/wage/IR/WageTypes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/TypeUtilities.h"

#define DEBUG_TYPE "integer-verify-level"

using namespace mlir;

namespace wage {

#define GEN_PASS_DEF_INTEGERVERIFYLEVEL
#include "compiler/Conversion/WageToInteger/Passes.h.inc"

namespace {

bool isIntegerTensor(Type type) { return isa<RankedTensorType>(type) && isa<IntegerType>(getElementTypeOrSelf(type)); }

LogicalResult verifyDialect(Operation *op) {
  if (isa<ModuleOp, func::FuncOp, func::ReturnOp, arith::ConstantOp, ml_program::GlobalOp, ml_program::GlobalLoadOp,
          ml_program::GlobalLoadConstOp, ml_program::GlobalStoreOp>(op) ||
      isa_and_nonnull<integer::IntegerDialect>(op->getDialect()))
    return success();
  return op->emitOpError() << "does not belong to the integer level";
}

/// A lookup reads the entry x + 2^(k-1): x must have one. All codes of a type of k bits have.
LogicalResult verifyTableRange(integer::LookupOp op, const BoundAnalysis &analysis) {
  const unsigned bits = llvm::Log2_64(op.getTables().getType().getDimSize(1));
  const uint64_t magnitude = analysis.getBound(op.getInput()).magnitude;
  if (getElementTypeOrSelf(op.getInput()).getIntOrFloatBitWidth() == bits || integer::signedBits(magnitude) <= bits)
    return success();
  return op.emitOpError() << "has an input that can reach " << describeBound(magnitude) << ", its tables are of "
                          << (uint64_t(1) << bits) << " entries for " << bits << " bits";
}

/// A bound that the type cannot hold means that a sum could wrap.
LogicalResult verifyBounds(Operation *op, const BoundAnalysis &analysis) {
  for (Value result : op->getResults()) {
    const uint64_t magnitude = analysis.getBound(result).magnitude;
    const unsigned width = getElementTypeOrSelf(result).getIntOrFloatBitWidth();
    if (width != 1 && integer::signedBits(magnitude) > width)
      return op->emitOpError() << "can reach " << describeBound(magnitude) << ", which needs "
                               << integer::signedBits(magnitude) << " bits, its result has " << width;
  }
  return success();
}

struct IntegerVerifyLevelPass : impl::IntegerVerifyLevelBase<IntegerVerifyLevelPass> {
  void runOnOperation() override {
    markAllAnalysesPreserved();
    ModuleOp module = getOperation();
    bool isLegal = true;
    module.walk([&](Operation *op) {
      if (failed(verifyDialect(op)) ||
          failed(verifyLevelTypes(op, isIntegerTensor, "the integer level needs tensors of integers")))
        isLegal = false;
    });
    const ConfigAttr config = getConfig(module);
    if (!config) {
      module.emitError() << "has no wage.config, the integer level needs one";
      isLegal = false;
    }
    if (!isLegal)
      return signalPassFailure();
    const BoundAnalysis analysis(module, config.getBatch());
    module.walk([&](integer::BoundOpInterface op) {
      if (failed(verifyBounds(op, analysis)))
        signalPassFailure();
      if (auto lookup = dyn_cast<integer::LookupOp>(*op); lookup && failed(verifyTableRange(lookup, analysis)))
        signalPassFailure();
    });
  }
};

} // namespace
} // namespace wage
