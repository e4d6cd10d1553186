//===- PrintConnections.cpp - which cores send to which -------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/Passes.h"
#include "compiler/Conversion/IntegerToChip/PlacementNets.h"
#include "dialects/chip/Program/ProgramIR.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <map>

using namespace mlir;

namespace wage::chip {

#define GEN_PASS_DEF_CHIPPRINTCONNECTIONSPASS
#include "compiler/Conversion/IntegerToChip/Passes.h.inc"

namespace {

/// Of each core its stage, counted in the order of the program: a layer, or, of cores without weights, a template.
std::vector<uint32_t> stagesOf(const rt::Program &program) {
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> numbers;
  std::vector<uint32_t> stages;
  for (const rt::Core &core : program.cores) {
    const std::pair key{core.layer, core.layer == rt::noIndex ? core.templateIndex : 0};
    stages.push_back(numbers.try_emplace(key, numbers.size()).first->second);
  }
  return stages;
}

/// Pairs of a core and one of another stage that it sends to while the network infers, each once and in order.
std::vector<std::pair<uint32_t, uint32_t>> connectionsOf(const rt::Program &program,
                                                         const std::vector<uint32_t> &stages) {
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  for (uint32_t phase = 0; phase < program.inferPhases; ++phase) {
    const placement::Problem problem = collectNetsOfPhase(program, phase);
    for (const placement::Net &net : problem.nets)
      for (uint32_t i = net.firstDestination; i < net.endDestination; ++i)
        if (const uint32_t to = problem.destinations[i];
            net.source < problem.cores && to < problem.cores && stages[net.source] != stages[to])
          pairs.push_back({net.source, to});
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

struct ChipPrintConnections : impl::ChipPrintConnectionsPassBase<ChipPrintConnections> {
  void runOnOperation() override {
    markAllAnalysesPreserved();
    FailureOr<rt::Program> program = readProgramIR(getOperation(), /*withImages=*/false);
    if (failed(program))
      return signalPassFailure();
    const std::vector<uint32_t> stages = stagesOf(*program);
    const auto pairs = connectionsOf(*program, stages);
    size_t senders = 0, isLong = 0;
    for (size_t i = 0; i < pairs.size(); ++i) {
      const auto [from, to] = pairs[i];
      senders += i == 0 || pairs[i - 1].first != from;
      isLong += std::max(stages[from], stages[to]) - std::min(stages[from], stages[to]) > 1;
    }
    const double fanOut = senders ? double(pairs.size()) / double(senders) : 0;
    const double share = pairs.empty() ? 0 : 100 * double(isLong) / double(pairs.size());
    llvm::outs() << llvm::formatv("@{0}: {1} cores, {2} connections from {3} cores to cores of other stages: "
                                  "{4:F1} from each, {5:F1} % long\n",
                                  program->name, program->cores.size(), pairs.size(), senders, fanOut, share);
  }
};

} // namespace

} // namespace wage::chip
