//===- TickLoads.cpp - whether a tick holds the events that may fall into it --------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Cost/TickLoads.h"

#include "runtime/Format/Cost.h"
#include "runtime/Format/Mesh.h"
#include "runtime/Format/Streams.h"

namespace wage::rt {

namespace {

/// Keeps the larger part of what is there.
void raise(std::optional<TickLoad> &most, const TickLoad &load) {
  if (load.need && (!most || double(load.need) * double(most->supply) > double(most->need) * double(load.supply)))
    most = load;
}

bool integratesIn(const Program &program, const Core &core, uint32_t phases) {
  const Template &t = program.templates[core.templateIndex];
  for (uint32_t i = t.phaseBegin[0]; i < t.phaseBegin[phases]; ++i)
    if (decodeInstruction(t.words, i).opcode == Opcode::Integrate)
      return true;
  return false;
}

/// By route, whether it is received in a phase that infers.
std::vector<bool> routesOfInference(const Program &program) {
  std::vector<bool> found(program.routes.size(), false);
  for (const Core &core : program.cores) {
    const Template &t = program.templates[core.templateIndex];
    for (uint32_t i = t.phaseBegin[0]; i < t.phaseBegin[program.inferPhases]; ++i)
      if (const Instruction in = decodeInstruction(t.words, i); in.opcode == Opcode::Receive)
        for (const Link &link : linksOf(in, core))
          found[link.route] = true;
  }
  return found;
}

} // namespace

TickLoads tickLoadsOf(const Program &program) {
  TickLoads loads;
  const uint64_t cycles = program.chip.spikes.tickCycles;
  for (uint32_t c = 0; c < program.cores.size(); ++c) {
    const Core &core = program.cores[c];
    if (core.layer == noIndex || !integratesIn(program, core, program.inferPhases))
      continue;
    TickLoad load;
    load.core = c;
    load.need = blockOf(program, core).weights() * program.layers[core.layer].geometry.positions();
    load.supply = cycles * groupOf(program, core).macsPerCycle;
    raise(loads.core, load);
  }
  LinkLoads links(program);
  const std::vector<bool> isOfInference = routesOfInference(program);
  for (size_t r = 0; r < program.routes.size(); ++r)
    if (const Route &route = program.routes[r]; isOfInference[r] && route.carriesEvents())
      links.add(route, uint64_t(route.elements) * program.chip.spikes.eventBytes);
  links.drain([&](LinkPosition position, size_t, uint64_t bytes) {
    TickLoad load;
    load.link = position;
    load.need = bytes;
    load.supply = cycles * linkBytesPerCycle(program, position.x, position.y, position.direction);
    raise(loads.link, load);
  });
  return loads;
}

std::string describeTickOverload(const Program &program) {
  if (!program.chip.spikes.fixedTicks || !program.hasEvents())
    return "";
  const TickLoads loads = tickLoadsOf(program);
  auto place = [](uint32_t x, uint32_t y) { return "(" + std::to_string(x) + ", " + std::to_string(y) + ")"; };
  if (loads.core && loads.core->isOver()) {
    const Core &core = program.cores[loads.core->core];
    return "core " + place(core.x, core.y) + " of layer '" + program.layers[core.layer].name + "': up to " +
           std::to_string(loads.core->need) + " synaptic events in a tick, which holds " +
           std::to_string(loads.core->supply);
  }
  if (loads.link && loads.link->isOver())
    return "link " + std::string(linkDirectionNames[loads.link->link.direction]) + " of core " +
           place(loads.link->link.x, loads.link->link.y) + ": up to " + std::to_string(loads.link->need) +
           " bytes of events in a tick, which holds " + std::to_string(loads.link->supply);
  return "";
}

} // namespace wage::rt
