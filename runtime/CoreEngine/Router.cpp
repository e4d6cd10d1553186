//===- Router.cpp - packets between cores and the host ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/CoreEngine/Router.h"

#include "runtime/Kernels/EventProduct.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace wage::rt {

Router::Router(const Program &program, const PhaseChunks &chunks)
    : program(program), states(new State[program.routes.size()]) {
  size_t bytes = 0;
  for (size_t i = 0; i < program.routes.size(); ++i) {
    const Route &route = program.routes[i];
    states[i].path = routePath(program, route);
    states[i].offset = bytes;
    if (route.carriesEvents()) {
      states[i].events.resize(chunks.ofRoute(static_cast<uint32_t>(i)));
      eventRoutes.push_back(i);
    }
    bytes += (size_t(route.elements) * hostBytes(route.type) * chunks.ofRoute(static_cast<uint32_t>(i)) + 63) / 64 * 64;
  }
  storage.resize(bytes);
}

void Router::announce(uint32_t route, BufferView view, int64_t offset, uint32_t samples) {
  State &state = states[route];
  const Route &r = program.routes[route];
  if (!r.carriesEvents())
    return;
  view.data = static_cast<uint8_t *>(view.data) + offset * int64_t(hostBytes(r.type));
  for (uint32_t s = 0; s < samples; ++s) {
    state.events[s] = countEvents(r.code, view, r.elements, s);
    state.phaseEvents += state.events[s];
    if (!state.hasSentFirst)
      state.firstEvents = state.events[s], state.hasSentFirst = true;
  }
}

void Router::send(uint32_t route, BufferView view, int64_t offset, uint32_t samples, uint64_t clock) {
  State &state = states[route];
  state.sent = true;
  state.sendCycle = clock;
  if (route == dropped)
    return;
  const Route &r = program.routes[route];
  assert(view.type == r.type && "the verifier has proved that types agree");
  const size_t bytes = r.elements * hostBytes(r.type);
  for (uint32_t s = 0; s < samples; ++s)
    std::memcpy(&storage[state.offset + s * bytes],
                static_cast<const uint8_t *>(view.data) + (s * view.sampleStride + offset) * hostBytes(r.type), bytes);
  state.arrived.store(true, std::memory_order_release);
}

std::vector<uint64_t> Router::eventsOfTicks(uint32_t route, uint32_t sample) const {
  const Route &r = program.routes[route];
  return r.carriesEvents()
             ? countEventsOfTicks(r.code, static_cast<int>(program.eventBits(r)), payload(route), r.elements, sample)
             : std::vector<uint64_t>();
}

BufferView Router::payload(uint32_t route) const {
  const Route &r = program.routes[route];
  return {const_cast<uint8_t *>(&storage[states[route].offset]), r.type, r.elements};
}

uint64_t Router::cyclesTo(uint32_t route, uint32_t core) const {
  const State &state = states[route];
  const Route &r = program.routes[route];
  const auto found = std::find(r.destinations.begin(), r.destinations.end(), core);
  const size_t i = static_cast<size_t>(found - r.destinations.begin());
  const NocDescription &noc = program.chip.noc;
  return serializationCycles(route) + uint64_t(state.path.hops[i]) * noc.hopCycles +
         uint64_t(state.path.chipCrossings[i]) * noc.interChipCycles;
}

void Router::beginPhase() {
  for (const size_t i : eventRoutes) {
    states[i].phaseEvents = states[i].firstEvents = 0;
    states[i].hasSentFirst = false;
  }
}

void Router::beginChunk() {
  for (size_t i = 0; i < program.routes.size(); ++i) {
    states[i].arrived.store(false, std::memory_order_relaxed);
    states[i].sent = false;
  }
}

} // namespace wage::rt
