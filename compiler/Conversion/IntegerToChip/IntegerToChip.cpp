//===- IntegerToChip.cpp - the conversion, and what a chip lacks for it ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/Limits.h"
#include "compiler/Conversion/IntegerToChip/Passes.h"
#include "dialects/chip/Program/ProgramIR.h"
#include "dialects/wage/IR/WageTypes.h"
#include "targets/ChipModel/ChipReader.h"

#define DEBUG_TYPE "convert-integer-to-chip"

using namespace mlir;

namespace wage::chip {

#define GEN_PASS_DEF_CONVERTINTEGERTOCHIPPASS
#include "compiler/Conversion/IntegerToChip/Passes.h.inc"

namespace {

struct ConvertIntegerToChip : impl::ConvertIntegerToChipPassBase<ConvertIntegerToChip> {
  using ConvertIntegerToChipPassBase::ConvertIntegerToChipPassBase;

  /// Every limit exceeded, with layer, need and supply: the lines that the fit report has.
  void refuse(const Assessment &assessment, const rt::ChipDescription &description) {
    const ConfigAttr config = getConfig(getOperation());
    auto diagnostic = getOperation().emitError()
                      << "chip '" << description.name << "' cannot "
                      << (config.getMode() == Mode::Train ? "train" : "run") << " this network at batch "
                      << config.getBatch() << " on cores '" << assessment.group << "'";
    for (const Limit &limit : assessment.limits)
      if (limit.state == Limit::Exceeded)
        diagnostic.attachNote() << describe(limit);
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    llvm::Expected<rt::ChipDescription> description = loadChip(chip);
    if (!description) {
      module.emitError() << llvm::toString(description.takeError());
      return signalPassFailure();
    }
    FailureOr<Assessment> assessment = assess(module, *description,
                                              {objective,
                                               cores,
                                               {copies.begin(), copies.end()},
                                               pack,
                                               bufferSlots,
                                               {recomputeGradients.begin(), recomputeGradients.end()},
                                               watchTicks,
                                               spikeCode,
                                               {faultyCores.begin(), faultyCores.end()}});
    if (failed(assessment))
      return signalPassFailure();
    if (!assessment->fits()) {
      refuse(*assessment, *description);
      return signalPassFailure();
    }
    rt::Program &program = assessment->program;
    program.name = module.getSymName().value_or("network").str();
    program.producer = "wage";
    for (auto old : llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
      old.erase();
    writeProgramIR(program, module);
  }
};

} // namespace

} // namespace wage::chip
