//===- PlacementNets.cpp - what a program's cores send each other ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/PlacementNets.h"

#include "compiler/Conversion/IntegerToChip/Limits.h"
#include "compiler/Conversion/IntegerToChip/Packing.h"
#include "runtime/Format/Cost.h"

#include <algorithm>

namespace wage::chip {

namespace {

/// By phase, how often it runs.
using Runs = std::vector<uint64_t>;

/// In a training step of the largest batch, or for one sample.
Runs runsOfStep(const rt::Program &program) {
  Runs runs;
  for (const rt::PhaseDecl &phase : program.phases)
    runs.push_back(phase.perSample && program.config.mode == rt::Mode::Train ? program.config.maxBatch : 1);
  return runs;
}

/// Calls visit(core, instruction, how often it runs) for every instruction of every core.
template <typename F> void forEachInstruction(const rt::Program &program, const Runs &runs, F visit) {
  std::vector<std::vector<rt::Instruction>> instructions(program.templates.size());
  for (size_t t = 0; t < program.templates.size(); ++t)
    for (uint32_t i = 0; i < program.templates[t].phaseBegin.back(); ++i)
      instructions[t].push_back(rt::decodeInstruction(program.templates[t].words, i));
  for (size_t c = 0; c < program.cores.size(); ++c) {
    const rt::Template &t = program.templates[program.cores[c].templateIndex];
    for (size_t phase = 0; phase < program.phases.size(); ++phase)
      for (uint32_t i = t.phaseBegin[phase]; i < t.phaseBegin[phase + 1]; ++i)
        visit(c, instructions[program.cores[c].templateIndex][i], runs[phase]);
  }
}

/// By route, how often it is sent: as often as an instruction that has it at one of its ends runs.
std::vector<uint64_t> timesSent(const rt::Program &program, const Runs &runsOfPhase) {
  std::vector<uint64_t> times(program.routes.size(), 0);
  forEachInstruction(program, runsOfPhase, [&](size_t c, const rt::Instruction &in, uint64_t runs) {
    if (in.opcode != rt::Opcode::Receive && in.opcode != rt::Opcode::Send)
      return;
    const rt::Core &core = program.cores[c];
    const int64_t first = rt::operandValue(in.operands[1], core), count = rt::operandValue(in.operands[2], core);
    for (int64_t k = std::max<int64_t>(first, 0); k < first + count && k < int64_t(core.links.size()); ++k)
      if (core.links[k].route < times.size())
        times[core.links[k].route] = std::max(times[core.links[k].route], runs);
  });
  return times;
}

/// Whether an instruction's cost can be asked for: its messages are the core's, its layer is there. (chip-verify names what is
/// wrong with others.)
bool hasCost(const rt::Program &program, const rt::Core &core, const rt::Instruction &in) {
  const rt::WorkKind work = rt::findOpcode(static_cast<uint16_t>(in.opcode))->work;
  if (work == rt::WorkKind::Mac || work == rt::WorkKind::Update || rt::isOfBatch(in.opcode))
    return core.layer != rt::noIndex;
  if (work != rt::WorkKind::Message)
    return true;
  const int64_t first = rt::operandValue(in.operands[1], core), count = rt::operandValue(in.operands[2], core);
  const auto links = static_cast<int64_t>(core.links.size());
  return first >= 0 && count >= 0 && first <= links && count <= links - first &&
         std::all_of(core.links.begin() + first, core.links.begin() + first + count,
                     [&](const rt::Link &link) { return link.route < program.routes.size(); });
}

/// By core, the bytes that it moves to and from off-chip memory.
std::vector<uint64_t> offChipBytes(rt::Program &program, const Runs &runsOfPhase) {
  std::vector<uint64_t> bytes(program.cores.size(), 0);
  if (allocate(program).offChipBytes == 0)
    return bytes;
  forEachInstruction(program, runsOfPhase, [&](size_t c, const rt::Instruction &in, uint64_t runs) {
    if (hasCost(program, program.cores[c], in))
      bytes[c] += runs * rt::costOf(program, program.cores[c], in).offChipBytes;
  });
  return bytes;
}

/// A net for every route that is sent. The host comes after the cores, then the port.
placement::Problem collectRoutes(const rt::Program &program, const Runs &runs) {
  placement::Problem problem = gridOf(program);
  const rt::OffChipDescription &offChip = program.chip.offChip;
  problem.terminals = {{0, 0}, {static_cast<int32_t>(offChip.portX), static_cast<int32_t>(offChip.portY)}};
  auto nodeOf = [&](uint32_t core) { return core == rt::hostNode ? problem.cores : core; };
  const std::vector<uint64_t> times = timesSent(program, runs);
  for (size_t r = 0; r < program.routes.size(); ++r) {
    const rt::Route &route = program.routes[r];
    std::vector<uint32_t> to;
    for (uint32_t destination : route.destinations)
      to.push_back(nodeOf(destination));
    if (times[r])
      problem.addNet(nodeOf(route.source), std::move(to), times[r] * rt::mostRouteBytes(program, route));
  }
  return problem;
}

} // namespace

placement::Problem collectNets(rt::Program &program) {
  const Runs runs = runsOfStep(program);
  placement::Problem problem = collectRoutes(program, runs);
  const uint32_t port = problem.cores + 1;
  const std::vector<uint64_t> spilled = offChipBytes(program, runs);
  for (uint32_t core = 0; core < problem.cores; ++core)
    if (spilled[core])
      problem.addNet(core, {port}, spilled[core], /*loadsLinks=*/false);
  return problem;
}

placement::Problem collectNetsOfPhase(const rt::Program &program, uint32_t phase) {
  Runs runs(program.phases.size(), 0);
  runs[phase] = 1;
  return collectRoutes(program, runs);
}

} // namespace wage::chip
