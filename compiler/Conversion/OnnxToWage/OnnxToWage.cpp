//===- OnnxToWage.cpp - quantise a float network -----------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Two halves: a GraphPlan decides, and reports all that cannot be done before anything is written; the Emitter writes @infer
// and the globals by that plan, and cannot fail.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/OnnxToWage/Emitter.h"
#include "compiler/Conversion/OnnxToWage/Parameters.h"

#define DEBUG_TYPE "convert-onnx-to-wage"

using namespace mlir;

namespace wage {

#define GEN_PASS_DEF_CONVERTONNXTOWAGE
#include "compiler/Conversion/OnnxToWage/Passes.h.inc"

namespace {

class ConvertOnnxToWagePass : public impl::ConvertOnnxToWageBase<ConvertOnnxToWagePass> {
public:
  using ConvertOnnxToWageBase::ConvertOnnxToWageBase;

private:
  void runOnOperation() override;
};

void ConvertOnnxToWagePass::runOnOperation() {
  ModuleOp module = getOperation();
  auto config = ConfigAttr::getChecked([&] { return emitError(module.getLoc()); }, &getContext(), mode.getValue(),
                                       weights.getValue(), activations.getValue(), gradients.getValue(),
                                       errors.getValue(), random.getValue(), rounding.getValue(), batch.getValue());
  if (initGain < 1)
    emitError(module.getLoc()) << "init-gain must be at least 1, got " << initGain.getValue();
  const bool draws = init == Initialization::Wage, fits = init == Initialization::Pretrained;
  const SmallVector<double> scale(pixelScale.begin(), pixelScale.end()), offset(pixelOffset.begin(), pixelOffset.end());
  const bool infers = mode == Mode::Infer, isNamed = !trainLayers.empty();
  if (infers && isNamed)
    emitError(module.getLoc()) << "train-layers is for mode=train, got mode=infer";
  const std::vector<std::string> names(trainLayers.begin(), trainLayers.end());
  FailureOr<GraphPlan> plan =
      planGraph(module, {config, !draws, fits, infers, infers && fits, initGain.getValue(), {scale, offset}, names});
  if (failed(plan) || !config || initGain < 1 || (infers && isNamed))
    return signalPassFailure();
  Emitter(module, *plan, config, {init.getValue(), initSeed.getValue(), initGain.getValue()}).run();
}

} // namespace
} // namespace wage
