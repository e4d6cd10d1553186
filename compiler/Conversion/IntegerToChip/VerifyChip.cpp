//===- VerifyChip.cpp - the loader's proof, before there is a file ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/Passes.h"
#include "compiler/Conversion/IntegerToChip/PlacementNets.h"
#include "dialects/chip/Program/ProgramIR.h"
#include "runtime/Cost/TickLoads.h"
#include "runtime/Format/Verifier.h"
#include "runtime/FusedEngine/LiftProof.h"

using namespace mlir;

namespace wage::chip {

#define GEN_PASS_DEF_CHIPVERIFYPASS
#include "compiler/Conversion/IntegerToChip/Passes.h.inc"

namespace {

/// A link that would carry more than it can at a sample every `cycles` cycles: the first in the order of phases and links.
///
/// Links and their loads are derived from the positions here, apart from the paths that the engine's router takes, so that
/// either finds the other's mistakes (compiler/Placement/Problem.cpp, runtime/Format/Mesh.cpp). Links between chips have
/// their own bandwidth.
rt::Status checkLinks(const rt::Program &program, uint64_t cycles) {
  const rt::ChipDescription &chip = program.chip;
  placement::Placement at;
  for (const rt::Core &core : program.cores)
    at.push_back({static_cast<int32_t>(core.x), static_cast<int32_t>(core.y)});
  auto crosses = [&](placement::Point a, placement::Point b) {
    return a.x / int32_t(chip.gridColumns) != b.x / int32_t(chip.gridColumns) ||
           a.y / int32_t(chip.gridRows) != b.y / int32_t(chip.gridRows);
  };
  auto text = [](placement::Point p) { return "(" + std::to_string(p.x) + ", " + std::to_string(p.y) + ")"; };
  rt::Status status;
  for (uint32_t phase = 0; phase < program.phases.size() && status.ok(); ++phase) {
    if (!program.phases[phase].perSample)
      continue;
    forEachLink(
        collectNetsOfPhase(program, phase), at, [&](placement::Point from, placement::Point to, uint64_t bytes) {
          const uint64_t perCycle = crosses(from, to) ? chip.noc.interChipBytesPerCycle : chip.noc.linkBytesPerCycle;
          if (status.ok() && bytes > perCycle * cycles)
            status =
                rt::Status::error("link from core " + text(from) + " to " + text(to) + ": " + std::to_string(bytes) +
                                  " bytes per sample in phase '" + program.phases[phase].name + "', in " +
                                  std::to_string(cycles) + " cycles it carries " + std::to_string(perCycle * cycles));
        });
  }
  return status;
}

/// Of a sound program, whether ticks that come at a fixed time hold what may fall into them.
rt::Status checkTicks(const rt::Program &program) {
  const std::string overload = rt::describeTickOverload(program);
  if (overload.empty())
    return rt::Status();
  return rt::Status::error("ticks of chip '" + program.chip.name + "' come at a fixed time: " + overload +
                           " (--watch-ticks leaves it to the run, which stops at the first tick that is too full)");
}

struct ChipVerify : impl::ChipVerifyPassBase<ChipVerify> {
  using ChipVerifyPassBase::ChipVerifyPassBase;

  void runOnOperation() override {
    FailureOr<rt::Program> program = readProgramIR(getOperation(), /*withImages=*/true);
    if (failed(program))
      return signalPassFailure();
    rt::Status status = rt::verifyProgram(*program);
    if (status.ok())
      status = rt::proveLift(*program, rt::StreamIndex(*program));
    if (status.ok() && !watchTicks)
      status = checkTicks(*program);
    if (status.ok() && sampleCycles)
      status = checkLinks(*program, sampleCycles);
    if (!status.ok()) {
      getOperation().emitError() << status.text();
      signalPassFailure();
    }
  }
};

} // namespace

} // namespace wage::chip
