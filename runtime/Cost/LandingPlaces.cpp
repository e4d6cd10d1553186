//===- LandingPlaces.cpp - places that a sample's packets take up ----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Cost/LandingPlaces.h"

#include "runtime/Format/Streams.h"

#include <algorithm>

namespace wage::rt {

LandingPlaces::LandingPlaces(const Program &program, const std::vector<StreamParts> &streams)
    : program(program), templates(program.templates.size()), firstOf(program.cores.size(), 0) {
  for (size_t i = 0; i < templates.size(); ++i) {
    const Template &t = program.templates[i];
    const std::vector<Instruction> &list = streams[i].instructions;
    templates[i].phases.resize(program.phases.size());
    for (uint32_t p = 0; p < program.phases.size(); ++p) {
      std::vector<Landing> &found = templates[i].phases[p];
      for (uint32_t k = t.phaseBegin[p]; k < t.phaseBegin[p + 1]; ++k) {
        const auto buffer = static_cast<uint32_t>(list[k].operands.empty() ? 0 : list[k].operands[0].value);
        const bool copies = copiesPackets(list[k]) && t.buffers[buffer].lifetime == Lifetime::Sample;
        const bool isKnown =
            std::any_of(found.begin(), found.end(), [&](const Landing &one) { return one.buffer == buffer; });
        if (copies && !isKnown)
          found.push_back({buffer, k});
      }
      for (Landing &one : found)
        for (uint32_t k = one.lastUse; k < t.phaseBegin[p + 1]; ++k)
          if (usesBuffer(list[k], static_cast<int32_t>(one.buffer)))
            one.lastUse = k;
    }
  }
}

const std::vector<LandingPlaces::Landing> &LandingPlaces::landings(uint32_t core) const {
  return templates[program.cores[core].templateIndex].phases[phase];
}

void LandingPlaces::beginPhase(uint32_t index) {
  phase = index;
  times.clear();
  for (OfTemplate &t : templates) {
    t.longest.clear();
    for (const Landing &landing : t.phases[phase])
      t.longest.push_back({static_cast<uint32_t>(&t - templates.data()), landing.buffer});
  }
}

void LandingPlaces::startCore(uint32_t core) {
  firstOf[core] = times.size();
  times.resize(times.size() + landings(core).size());
}

void LandingPlaces::arrive(uint32_t core, uint32_t buffer, uint64_t cycle) {
  const std::vector<Landing> &list = landings(core);
  for (size_t i = 0; i < list.size(); ++i)
    if (list[i].buffer == buffer)
      times[firstOf[core] + i].begin = std::min(times[firstOf[core] + i].begin, cycle);
}

void LandingPlaces::finish(uint32_t core, uint32_t index, uint64_t cycle) {
  const std::vector<Landing> &list = landings(core);
  for (size_t i = 0; i < list.size(); ++i)
    if (list[i].lastUse == index)
      times[firstOf[core] + i].end = cycle;
}

void LandingPlaces::finishCore(uint32_t core, uint64_t cycle) {
  std::vector<LandingPlace> &longest = templates[program.cores[core].templateIndex].longest;
  for (size_t i = 0; i < longest.size(); ++i) {
    const Times &own = times[firstOf[core] + i];
    if (own.begin > own.end)
      continue; // no packet comes: this core has no links there
    longest[i].toLastUse = std::max(longest[i].toLastUse, own.end - own.begin);
    longest[i].toEnd = std::max(longest[i].toEnd, cycle - own.begin);
  }
}

std::vector<LandingPlace> LandingPlaces::take() const {
  std::vector<LandingPlace> all;
  for (const OfTemplate &t : templates)
    all.insert(all.end(), t.longest.begin(), t.longest.end());
  return all;
}

} // namespace wage::rt
