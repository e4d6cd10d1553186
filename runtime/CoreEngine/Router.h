//===- Router.h - packets between cores and the host ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_COREENGINE_ROUTER_H
#define WAGE_RUNTIME_COREENGINE_ROUTER_H

#include "runtime/CoreEngine/PhaseChunks.h"
#include "runtime/Format/Cost.h"
#include "runtime/Format/Mesh.h"

#include <atomic>
#include <memory>

namespace wage::rt {

/// The network on chip as cores see it: packets go in on a route and come out at its destinations. A chunk of samples
/// crosses as one copy of memory and counts as one packet per sample, or as one for each of its events.
class Router {
public:
  Router(const Program &program, const PhaseChunks &chunks);

  /// Counts the events that the same call of `send` will put on a route of them.
  void announce(uint32_t route, BufferView view, int64_t offset, uint32_t samples);

  /// Takes the link's range out of `view` for `samples` samples. `clock` is the sender's, cycles.
  void send(uint32_t route, BufferView view, int64_t offset, uint32_t samples, uint64_t clock);

  /// Whether the route's packets of this chunk have come.
  bool hasArrived(uint32_t route) const { return states[route].arrived.load(std::memory_order_acquire); }

  /// Whether the route's packets of this chunk were sent, but lost on the way.
  bool wasLost(uint32_t route) const { return states[route].sent && !hasArrived(route); }

  /// The packets' contents: `elements` per sample, dense.
  BufferView payload(uint32_t route) const;

  /// Cycles from the end of the send to where a packet is complete at a destination, and the cycle of the first sample's.
  uint64_t cyclesTo(uint32_t route, uint32_t core) const;
  uint64_t arrivalCycle(uint32_t route, uint32_t core) const { return states[route].sendCycle + cyclesTo(route, core); }
  /// Cycles between the first and the last byte of what the route carries, of the first sample.
  uint64_t serializationCycles(uint32_t route) const {
    return (firstBytes(route) + program.chip.noc.linkBytesPerCycle - 1) / program.chip.noc.linkBytesPerCycle;
  }

  /// Forgets what has arrived, before the next chunk.
  void beginChunk();

  /// Makes the route lose its packets, for tests of the detection.
  void dropPacketsOf(uint32_t route) { dropped = route; }

  /// Of a route of events: those of one sample of the chunk.
  uint64_t eventsOf(uint32_t route, uint32_t sample) const { return states[route].events[sample]; }
  /// The same by tick of the window, from what the packets hold.
  std::vector<uint64_t> eventsOfTicks(uint32_t route, uint32_t sample) const;
  /// Events of all samples since the phase began.
  uint64_t eventsOfPhase(uint32_t route) const { return states[route].phaseEvents; }
  /// Starts counting them.
  void beginPhase();
  const RoutePath &path(uint32_t route) const { return states[route].path; }
  /// Bytes on a link, of the first sample of the phase.
  uint64_t firstBytes(uint32_t route) const {
    return routeBytes(program, program.routes[route], states[route].firstEvents);
  }
  uint64_t hostMemory() const { return storage.size(); }

private:
  struct State {
    RoutePath path;
    size_t offset = 0; ///< of the payload in `storage`
    std::atomic<bool> arrived{false};
    bool sent = false; ///< read only while no core runs
    uint64_t sendCycle = 0;
    std::vector<uint64_t> events; ///< by sample of the chunk; empty where the route is dense
    uint64_t phaseEvents = 0, firstEvents = 0;
    bool hasSentFirst = false; ///< since the phase began
  };

  const Program &program;
  std::unique_ptr<State[]> states;
  std::vector<uint8_t> storage;
  std::vector<size_t> eventRoutes; ///< routes that carry events
  uint32_t dropped = noIndex;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_COREENGINE_ROUTER_H
