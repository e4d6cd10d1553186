//===- VerifyChip.cpp - the loader's proof, before there is a file ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/Passes.h"
#include "dialects/chip/Program/ProgramIR.h"
#include "runtime/Format/Verifier.h"
#include "runtime/FusedEngine/LiftProof.h"

using namespace mlir;

namespace wage::chip {

#define GEN_PASS_DEF_CHIPVERIFYPASS
#include "compiler/Conversion/IntegerToChip/Passes.h.inc"

namespace {

struct ChipVerify : impl::ChipVerifyPassBase<ChipVerify> {
  void runOnOperation() override {
    FailureOr<rt::Program> program = readProgramIR(getOperation(), /*withImages=*/true);
    if (failed(program))
      return signalPassFailure();
    rt::Status status = rt::verifyProgram(*program);
    if (status.ok())
      status = rt::proveLift(*program, rt::StreamIndex(*program));
    if (!status.ok()) {
      getOperation().emitError() << status.text();
      signalPassFailure();
    }
  }
};

} // namespace

} // namespace wage::chip
