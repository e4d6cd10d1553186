//===- PhaseChunks.cpp - samples that go through a phase together ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/CoreEngine/PhaseChunks.h"

#include "runtime/Format/Streams.h"

#include <algorithm>

namespace wage::rt {

namespace {

/// Host memory that buffers and packets of the samples under way should take, a share of a last-level cache; and what they may
/// take so that at least a few samples share each read of the weights.
constexpr uint64_t wantedBytes = uint64_t(8) << 20, budgetBytes = uint64_t(256) << 20;
constexpr uint64_t few = 4, most = 128;

/// Calls visit(phase, instruction) for each instruction of a template.
template <typename F> void forEachInstruction(const Template &t, F visit) {
  for (uint32_t phase = 0; phase + 1 < t.phaseBegin.size(); ++phase)
    for (uint32_t i = t.phaseBegin[phase]; i < t.phaseBegin[phase + 1]; ++i)
      visit(phase, decodeInstruction(t.words, i));
}

/// By phase and buffer: whether some instruction uses it.
std::vector<std::vector<bool>> usedBuffers(const Template &t) {
  std::vector<std::vector<bool>> used(t.phaseBegin.size() - 1, std::vector<bool>(t.buffers.size(), false));
  forEachInstruction(t, [&](uint32_t phase, const Instruction &in) {
    const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(in.opcode));
    for (size_t i = 0; i < info.fields.size(); ++i)
      if (info.fields[i].isBuffer())
        used[phase][in.operands[i].value] = true;
  });
  return used;
}

} // namespace

PhaseChunks::PhaseChunks(const Program &program) {
  findRoutePhases(program);
  std::vector<uint64_t> bytes(program.phases.size(), 1); ///< of a sample
  for (size_t r = 0; r < program.routes.size(); ++r)
    bytes[routePhase[r]] += uint64_t(program.routes[r].elements) * hostBytes(program.routes[r].type);
  std::vector<std::vector<std::vector<bool>>> used;
  for (const Template &t : program.templates)
    used.push_back(usedBuffers(t));
  for (const Core &core : program.cores) {
    const Template &t = program.templates[core.templateIndex];
    for (size_t phase = 0; phase < bytes.size(); ++phase)
      for (size_t b = 0; b < t.buffers.size(); ++b)
        if (used[core.templateIndex][phase][b] && t.buffers[b].lifetime != Lifetime::Step)
          bytes[phase] +=
              static_cast<uint64_t>(operandValue(t.buffers[b].elements, core)) * hostBytes(t.buffers[b].type);
  }
  const uint64_t limit = std::min<uint64_t>(most, std::max(1u, program.config.maxBatch));
  for (const uint64_t ofSample : bytes) {
    const uint64_t wanted = std::max(wantedBytes / ofSample, std::min(few, budgetBytes / ofSample));
    samples.push_back(static_cast<uint32_t>(std::clamp<uint64_t>(wanted, 1, limit)));
  }
  for (size_t t = 0; t < program.templates.size(); ++t) {
    bufferSamples.emplace_back(program.templates[t].buffers.size(), 1);
    for (size_t phase = 0; phase < samples.size(); ++phase)
      for (size_t b = 0; b < bufferSamples[t].size(); ++b)
        if (used[t][phase][b])
          bufferSamples[t][b] = std::max(bufferSamples[t][b], samples[phase]);
  }
}

uint32_t PhaseChunks::largest() const { return *std::max_element(samples.begin(), samples.end()); }

void PhaseChunks::findRoutePhases(const Program &program) {
  routePhase.assign(program.routes.size(), 0);
  for (const Core &core : program.cores)
    forEachInstruction(program.templates[core.templateIndex], [&](uint32_t phase, const Instruction &in) {
      if (!isMessage(in.opcode))
        return;
      for (const Link &link : linksOf(in, core))
        routePhase[link.route] = phase;
    });
}

} // namespace wage::rt
