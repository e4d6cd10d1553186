//===- Encoder.cpp - chip IR to bytes and back ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "targets/Binary/Encoder.h"

#include "dialects/chip/Program/ProgramIR.h"
#include "runtime/Format/Container.h"
#include "runtime/Format/Verifier.h"
#include "runtime/FusedEngine/LiftProof.h"

using namespace mlir;

namespace wage {

LogicalResult encodeProgram(ModuleOp module, std::vector<uint8_t> &bytes) {
  FailureOr<rt::Program> program = chip::readProgramIR(module, /*withImages=*/true);
  if (failed(program))
    return failure();
  rt::Status status = rt::verifyProgram(*program);
  if (status.ok())
    status = rt::proveLift(*program, rt::StreamIndex(*program));
  if (status.ok())
    status = rt::checkFileSize(*program);
  if (!status.ok())
    return module.emitError() << status.text();
  bytes = rt::writeProgram(*program);
  return success();
}

OwningOpRef<ModuleOp> decodeProgram(const std::vector<uint8_t> &bytes, Location location) {
  rt::Expected<rt::Program> program = rt::readProgram(bytes);
  if (!program) {
    emitError(location) << program.status().text();
    return nullptr;
  }
  OwningOpRef<ModuleOp> module = ModuleOp::create(location);
  chip::writeProgramIR(*program, *module);
  return module;
}

} // namespace wage
