//===- VerifyLevel.cpp - what may stand at the wage level ----------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// The rules that look beyond one op; what an op can check by itself is in its verifier.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Analysis/LevelTypes.h"
#include "compiler/Transforms/Passes.h"
#include "dialects/wage/IR/WageOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/TypeUtilities.h"

#define DEBUG_TYPE "wage-verify-level"

using namespace mlir;

namespace wage {

#define GEN_PASS_DEF_WAGEVERIFYLEVEL
#include "compiler/Transforms/Passes.h.inc"

namespace {

LogicalResult verifyDialect(Operation *op) {
  if (isa<ModuleOp, func::FuncOp, func::ReturnOp, ml_program::GlobalOp, ml_program::GlobalLoadOp,
          ml_program::GlobalLoadConstOp, ml_program::GlobalStoreOp>(op) ||
      isa_and_nonnull<WageDialect>(op->getDialect()))
    return success();
  return op->emitOpError() << "does not belong to the wage level";
}

bool isAdmitted(Type type) {
  return isa<RankedTensorType>(type) && isa<GridType, IntegerType>(getElementTypeOrSelf(type));
}

/// The width that `config` gives to values of `role`.
int getWidth(ConfigAttr config, Role role) {
  switch (role) {
  case Role::W: return config.getWeights();
  case Role::A: return config.getActivations();
  case Role::G: return config.getGradients();
  case Role::E: return config.getErrors();
  case Role::Z: return 0;
  }
  llvm_unreachable("unknown role");
}

LogicalResult verifyQuantizer(QuantizerOpInterface op, ConfigAttr config) {
  const int needed = getWidth(config, getGrid(op->getResult(0)).getRole());
  if (op.getResultBits() != needed)
    return op->emitOpError() << "result has " << op.getResultBits() << " bits, wage.config says " << needed;
  auto rounding = op->getAttrOfType<RoundingAttr>("rounding");
  if (rounding && rounding.getValue() != config.getRounding())
    return op->emitOpError() << "rounding is " << stringifyRounding(rounding.getValue()) << ", wage.config says "
                             << stringifyRounding(config.getRounding());
  return success();
}

/// What comes out of a Relu is not a value for others, but what its Q_A rounds. Source: arithmetic.md section 4.
LogicalResult verifyRelu(ReluOp relu) {
  for (Operation *user : relu->getUsers())
    if (!isa<QuantizeActivationOp, WithinOp>(user)) {
      InFlightDiagnostic diagnostic = relu.emitOpError() << "must be followed by wage.quantize_activation";
      diagnostic.attachNote(user->getLoc()) << "but is used here";
      return diagnostic;
    }
  return success();
}

struct WageVerifyLevelPass : impl::WageVerifyLevelBase<WageVerifyLevelPass> {
  void runOnOperation() override {
    markAllAnalysesPreserved();
    ModuleOp module = getOperation();
    const ConfigAttr config = getConfig(module);
    bool good = true;
    if (!config) {
      emitError(module.getLoc()) << "has no wage.config, the wage level needs one";
      good = false;
    }
    module.walk([&](Operation *op) {
      good &= succeeded(verifyDialect(op)) &&
              succeeded(verifyLevelTypes(op, isAdmitted, "the wage level needs tensors of integers or on a grid"));
      if (auto quantizer = dyn_cast<QuantizerOpInterface>(op); quantizer && config)
        good &= succeeded(verifyQuantizer(quantizer, config));
      if (auto relu = dyn_cast<ReluOp>(op))
        good &= succeeded(verifyRelu(relu));
    });
    if (!good)
      signalPassFailure();
  }
};

} // namespace
} // namespace wage
