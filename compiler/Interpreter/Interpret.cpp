//===- Interpret.cpp - the pass that evaluates a module ----------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Interpreter/Evaluator.h"
#include "compiler/Interpreter/GoldenRun.h"
#include "compiler/Interpreter/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#define DEBUG_TYPE "wage-interpret"

namespace wage {

#define GEN_PASS_DEF_WAGEINTERPRET
#include "compiler/Interpreter/Passes.h.inc"

namespace {

using namespace mlir;

struct WageInterpretPass : impl::WageInterpretBase<WageInterpretPass> {
  using WageInterpretBase::WageInterpretBase;

  void runOnOperation() override {
    if (failed(run()))
      signalPassFailure();
    markAllAnalysesPreserved();
  }

private:
  LogicalResult run() {
    if (entry.empty())
      return evaluateAssertions();
    interpreter::RunOptions options{
        images, labels, traceDir, batch, {lrLog2.begin(), lrLog2.end()}, {traceSteps.begin(), traceSteps.end()}, seed};
    if (entry == "infer")
      return interpreter::runInference(getOperation(), options);
    if (entry == "train")
      return interpreter::runTraining(getOperation(), options);
    return getOperation().emitError() << "entry is '" << entry << "', needs infer or train";
  }

  /// Goes on behind a failed assertion, so that one run shows them all.
  LogicalResult evaluateAssertions() {
    interpreter::Evaluator evaluator(getOperation());
    if (failed(evaluator.initialize()))
      return failure(); // a function that loads the global would find nothing
    LogicalResult result = success();
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (function.getNumArguments() == 0 && failed(evaluator.call(function, {})))
        result = failure();
    return result;
  }
};

} // namespace
} // namespace wage
