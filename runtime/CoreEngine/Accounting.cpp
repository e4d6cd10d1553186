//===- Accounting.cpp - cycles, traffic and energy of a phase ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/CoreEngine/CoreEngine.h"
#include "runtime/CoreEngine/TurnClock.h"

#include <algorithm>

namespace wage::rt {

static uint64_t ceilDivide(uint64_t a, uint64_t b) { return (a + b - 1) / b; }

uint64_t CoreEngine::account(uint32_t phase, uint32_t samples, uint32_t batch) {
  const ChipDescription &chip = program.chip;
  uint64_t latency = 0, interval = 0, offChipBytes = 0, offChipHops = 0;
  std::vector<uint64_t> busyOfPosition(positions.size(), 0);
  for (uint32_t c : phaseCores[phase]) {
    const WorkCount &work = cores[c]->work();
    latency = std::max(latency, cores[c]->clock());
    interval = std::max(interval, ceilDivide(busyOfPosition[positions.of(c)] += work.busyCycles, samples));
    offChipBytes += work.offChipBytes;
    offChipHops +=
        work.offChipBytes * hopDistance(program.cores[c].x, program.cores[c].y, chip.offChip.portX, chip.offChip.portY);
    totals.macs += work.macs;
    totals.memoryBytes += work.memoryBytes;
    totals.synapticEvents += work.synapticEvents;
  }
  const Pace pace = positions.anyShared() ? paceInTurns(phase, batch) : Pace{latency, intervalOfBuffers(phase)};
  latency = pace.latency;
  interval = std::max(interval, pace.intervalOfBuffers);
  // Links: every route of the phase has carried one packet per sample, or one for each event.
  uint64_t byteHops = 0;
  std::vector<uint64_t> &load = linkLoad;
  std::fill(load.begin(), load.end(), 0);
  for (uint32_t r : phaseRoutes[phase]) {
    const Route &route = program.routes[r];
    const uint64_t events = route.carriesEvents() ? router.eventsOfPhase(r) : 0;
    const uint64_t bytes = routeBytes(program, route, events) * (route.carriesEvents() ? 1 : samples);
    const RoutePath &path = router.path(r);
    for (uint32_t link : path.links)
      interval = std::max(interval, ceilDivide(load[link] += bytes, uint64_t(samples) * chip.noc.linkBytesPerCycle));
    byteHops += bytes * path.links.size();
    totals.packets += route.carriesEvents() ? events : samples;
    totals.packetBytes += bytes;
    totals.spikes += events;
    if (route.carriesEvents()) {
      LayerSpikes &of = totals.layers[spikesOfRoute[r]];
      of.values += uint64_t(route.elements) * samples;
      of.spikes += events;
    }
  }
  if (chip.offChip.bytesPerCycle)
    interval = std::max(interval, ceilDivide(offChipBytes / samples, chip.offChip.bytesPerCycle));
  if (!program.phases[phase].perSample)
    latency = std::max(latency, interval);
  totals.cycles += latency + (samples - 1) * interval;
  totals.byteHops += byteHops + offChipHops;
  totals.ticks += samples * ticksOfPhase[phase];
  totals.offChipBytes += offChipBytes;
  return latency;
}

void CoreEngine::record(uint32_t phase, uint64_t latency, SpikeRecorder &spikes) const {
  spikes.addLatency(latency);
  for (uint32_t c : phaseCores[phase])
    if (const uint32_t layer = program.cores[c].layer; layer != noIndex)
      spikes.addSynapticEvents(program.originalOf(layer), cores[c]->work().synapticEvents);
}

uint64_t CoreEngine::intervalOfBuffers(uint32_t phase) const {
  uint64_t interval = 0;
  for (uint32_t c : phaseCores[phase])
    interval = std::max(interval, cores[c]->heldBuffers().interval());
  return interval;
}

/// Where blocks share cores: the same for every batch, but in a phase that runs once for each size of batch.
CoreEngine::Pace CoreEngine::paceInTurns(uint32_t phase, uint32_t batch) {
  const uint32_t samples = program.phases[phase].perSample ? 1 : batch;
  const auto [entry, isNew] = turnPace.try_emplace({phase, samples});
  if (isNew) {
    TurnClock clock(program, positions, router, phase, phaseCores[phase], samples);
    entry->second.latency = clock.run();
    entry->second.intervalOfBuffers = clock.intervalOfBuffers();
  }
  return entry->second;
}

Counters CoreEngine::counters() const {
  Counters counters = totals;
  // Of the integers, so that it does not depend on the order of cores and batches.
  counters.energyPj =
      energyOf(program.chip.energy, totals.macs, totals.memoryBytes, totals.byteHops, totals.offChipBytes).total();
  return counters;
}

} // namespace wage::rt
