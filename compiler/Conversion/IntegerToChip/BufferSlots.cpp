//===- BufferSlots.cpp - places for the samples that follow ------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

//
// A pipeline's next sample can only come when its packets find a place (runtime/Cost/LandingPlaces.h). Buffers get as many places
// as cores, links and the off-chip port would let samples follow, but none that core memory does not hold beside what it held
// before.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/Limits.h"
#include "dialects/chip/Program/ProgramIR.h"
#include "runtime/Cost/StaticCost.h"
#include "runtime/Format/Positions.h"

#include <algorithm>
#include <limits>

namespace wage::chip {

namespace {

class SlotGiver {
public:
  SlotGiver(rt::Program &program, uint64_t most, Allocation base)
      : program(program), base(std::move(base)), most(program.templates.size(), most) {}

  Allocation give(const rt::StaticCost &cost) {
    std::vector<uint64_t> paces;
    for (const rt::PhaseCost &phase : cost.phases)
      paces.push_back(phase.resourceCycles);
    setFor(cost, paces);
    Allocation allocation = allocate(program);
    while (lowerWhereTight(allocation)) {
      setFor(cost, paces);
      allocation = allocate(program);
    }
    // The slowest place sets the pace: the others need no more than it.
    for (size_t i = 0; i < paces.size(); ++i)
      for (const rt::LandingPlace &place : cost.phases[i].landingPlaces)
        paces[i] = std::max(paces[i], place.interval(bufferOf(place).slots));
    const std::vector<rt::Template> given = program.templates;
    setFor(cost, paces);
    Allocation fewer = allocate(program);
    if (fewer.offChipBytes <= base.offChipBytes)
      return fewer;
    program.templates = given; // fewer places may leave worse gaps
    return allocate(program);
  }

private:
  rt::BufferDecl &bufferOf(const rt::LandingPlace &place) const {
    return program.templates[place.templateIndex].buffers[place.buffer];
  }

  /// The fewest places with which samples can follow every `paces`[phase] cycles, or as many as there may be.
  void setFor(const rt::StaticCost &cost, const std::vector<uint64_t> &paces) {
    for (size_t i = 0; i < paces.size(); ++i)
      for (const rt::LandingPlace &place : cost.phases[i].landingPlaces) {
        const uint64_t pace = std::max<uint64_t>(paces[i], 1), limit = most[place.templateIndex];
        const uint64_t wanted = std::max<uint64_t>((place.toLastUse + pace - 1) / pace, 2);
        const bool isOne = !program.phases[i].perSample || place.toEnd <= pace || limit < 2;
        bufferOf(place).slots = isOne ? 1 : static_cast<uint32_t>(std::min(wanted, limit));
      }
  }

  /// Halves the places of templates, some core of which has to put more off chip than before; whether there were any. Blocks that
  /// share a core push each other's buffers out.
  bool lowerWhereTight(const Allocation &allocation) {
    if (allocation.offChipBytes <= base.offChipBytes)
      return false;
    const rt::Positions positions(program);
    std::vector<bool> isTight(positions.size(), false), lowers(program.templates.size(), false);
    for (size_t c = 0; c < program.cores.size(); ++c)
      if (allocation.offChipOfCore[c] > base.offChipOfCore[c])
        isTight[positions.of(static_cast<uint32_t>(c))] = true;
    for (size_t c = 0; c < program.cores.size(); ++c)
      if (isTight[positions.of(static_cast<uint32_t>(c))])
        lowers[program.cores[c].templateIndex] = true;
    bool any = false;
    for (size_t t = 0; t < lowers.size(); ++t) {
      uint32_t largest = 1;
      for (const rt::BufferDecl &buffer : program.templates[t].buffers)
        largest = std::max(largest, buffer.slots);
      if (!lowers[t] || largest == 1)
        continue;
      most[t] = largest > 2 ? std::max<uint64_t>(largest / 2, 2) : 1;
      any = true;
    }
    return any;
  }

  rt::Program &program;
  const Allocation base;
  std::vector<uint64_t> most; ///< by template
};

} // namespace

void resetSlots(rt::Program &program) {
  for (rt::Template &t : program.templates)
    for (rt::BufferDecl &buffer : t.buffers)
      buffer.slots = 1;
}

Allocation allocateForPipeline(rt::Program &program, uint64_t mostSlots) {
  resetSlots(program);
  Allocation base = allocate(program);
  const uint64_t most =
      std::min<uint64_t>(mostSlots ? mostSlots : std::numeric_limits<uint32_t>::max(), program.config.maxBatch);
  const bool isPlaced = llvm::none_of(program.cores, [](const rt::Core &core) { return core.x == unplaced; });
  if (most < 2 || !base.fits() || !isPlaced)
    return base;
  const rt::Expected<rt::StaticCost> cost = rt::staticCost(program, 1);
  if (!cost)
    return base; // cores wait for each other: chip-verify says which
  return SlotGiver(program, most, std::move(base)).give(*cost);
}

} // namespace wage::chip
