//===- PlacementNets.cpp - what a program's cores send each other ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/PlacementNets.h"

#include "compiler/Conversion/IntegerToChip/Limits.h"
#include "runtime/Format/Cost.h"

namespace wage::chip {

namespace {

/// Calls visit(core, instruction, how often it runs) for every instruction of every core.
template <typename F> void forEachInstruction(const rt::Program &program, F visit) {
  const uint64_t samples = program.config.mode == rt::Mode::Train ? program.config.maxBatch : 1;
  std::vector<std::vector<rt::Instruction>> instructions(program.templates.size());
  for (size_t t = 0; t < program.templates.size(); ++t)
    for (uint32_t i = 0; i < program.templates[t].phaseBegin.back(); ++i)
      instructions[t].push_back(rt::decodeInstruction(program.templates[t].words, i));
  for (size_t c = 0; c < program.cores.size(); ++c) {
    const rt::Template &t = program.templates[program.cores[c].templateIndex];
    for (size_t phase = 0; phase < program.phases.size(); ++phase)
      for (uint32_t i = t.phaseBegin[phase]; i < t.phaseBegin[phase + 1]; ++i)
        visit(c, instructions[program.cores[c].templateIndex][i], program.phases[phase].perSample ? samples : 1);
  }
}

/// By route, how often it is sent: as often as an instruction that has it at one of its ends runs.
std::vector<uint64_t> timesSent(const rt::Program &program) {
  std::vector<uint64_t> times(program.routes.size(), 0);
  forEachInstruction(program, [&](size_t c, const rt::Instruction &in, uint64_t runs) {
    if (in.opcode != rt::Opcode::Receive && in.opcode != rt::Opcode::Send)
      return;
    const rt::Core &core = program.cores[c];
    const int64_t first = rt::operandValue(in.operands[1], core), count = rt::operandValue(in.operands[2], core);
    for (int64_t k = std::max<int64_t>(first, 0); k < first + count && k < int64_t(core.links.size()); ++k)
      if (core.links[k].route < times.size())
        times[core.links[k].route] = runs;
  });
  return times;
}

/// By core, the bytes that it moves to and from off-chip memory.
std::vector<uint64_t> offChipBytes(rt::Program &program) {
  std::vector<uint64_t> bytes(program.cores.size(), 0);
  if (allocate(program).offChipBytes == 0)
    return bytes;
  forEachInstruction(program, [&](size_t c, const rt::Instruction &in, uint64_t runs) {
    bytes[c] += runs * rt::costOf(program, program.cores[c], in).offChipBytes;
  });
  return bytes;
}

} // namespace

placement::Problem collectNets(rt::Program &program) {
  placement::Problem problem;
  problem.columns = program.systemColumns();
  problem.rows = program.systemRows();
  problem.multicast = program.chip.noc.multicast;
  problem.cores = static_cast<uint32_t>(program.cores.size());
  const uint32_t host = problem.cores, port = host + 1;
  problem.terminals = {
      {0, 0}, {static_cast<int32_t>(program.chip.offChip.portX), static_cast<int32_t>(program.chip.offChip.portY)}};
  auto nodeOf = [&](uint32_t core) { return core == rt::hostNode ? host : core; };
  const std::vector<uint64_t> times = timesSent(program);
  std::vector<uint32_t> to;
  for (size_t r = 0; r < program.routes.size(); ++r) {
    const rt::Route &route = program.routes[r];
    to.clear();
    for (uint32_t destination : route.destinations)
      to.push_back(nodeOf(destination));
    if (times[r])
      problem.addNet(nodeOf(route.source), to, times[r] * rt::slotBytes(route.type, route.elements));
  }
  const std::vector<uint64_t> spilled = offChipBytes(program);
  for (uint32_t core = 0; core < problem.cores; ++core)
    if (spilled[core])
      problem.addNet(core, {port}, spilled[core], /*loadsLinks=*/false);
  return problem;
}

} // namespace wage::chip
