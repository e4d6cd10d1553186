//===- Cost.h - what an instruction costs on a core ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FORMAT_COST_H
#define WAGE_RUNTIME_FORMAT_COST_H

#include "runtime/Format/Program.h"

#include <functional>

namespace wage::rt {

/// Cost of one execution (for one sample, in a per-sample phase).
///
/// The model, from the chip's numbers alone: an instruction streams its operand buffers once through the core, so
///   cycles = max(1, work cycles, ceil(memoryBytes / dataBytesPerCycle), ceil(offChipBytes / offChip.bytesPerCycle))
/// with work cycles = ceil(macs / macsPerCycle) for products and ceil(weights / macsPerCycle) for updates. A read-and-write
/// buffer counts twice; a message counts the bytes its links carry (twice where a receive adds or compares), and costs nothing
/// where it has no links. Weights are read inside the crossbar and cost no data memory traffic, but in an update, which
/// reads and writes each master once. An instruction that forms a gradient from the whole batch reads the errors of all samples
/// once, their axons once for each group of neurons that its sums hold, and reads and writes every sum once per sample.
///
/// Events: a window takes its ticks one after the other, each max(tick_cycles, ceil(synaptic events / macsPerCycle)) cycles; each
/// synaptic event is a mac; the axons' memory is read once per event and potentials are written once, at the window's end.
/// Messages of events have event_bytes for each. What has not run yet is counted at its most: an event per axon and tick.
struct InstructionCost {
  uint64_t macs = 0;
  uint64_t memoryBytes = 0;  ///< core data memory (and masters, in an update)
  uint64_t offChipBytes = 0; ///< operands that live off chip
  uint64_t cycles = 0;
};

/// Picojoule, by what spends them.
struct EnergySplit {
  double mac = 0, memory = 0, noc = 0, offChip = 0;
  /// Added in this order everywhere, so that equal counts are equal energies to the last bit.
  double total() const { return mac + memory + noc + offChip; }
};

/// Energy of what was counted; `byteHops` has the way of off-chip bytes to the port in it. Source: docs/mapping.md, "Traffic and
/// energy".
EnergySplit energyOf(const EnergyDescription &energy, uint64_t macs, uint64_t memoryBytes, uint64_t byteHops,
                     uint64_t offChipBytes);

/// The group of a core's position; the verifier has proved that there is one.
const CoreGroup &groupOf(const Program &program, const Core &core);

/// `samples`: of the batch, for what goes through it at once. Of events, the most that there can be.
InstructionCost costOf(const Program &program, const Core &core, const Instruction &instruction, uint64_t samples = 1);

/// Of a `receive` or `send`: `eventsOf` says how many events each route of events carries.
InstructionCost costOfMessage(const Program &program, const Core &core, const Instruction &instruction,
                              const std::function<uint64_t(uint32_t route)> &eventsOf);

/// Of an `integrate`: `events` came in, and each tick had so many synaptic events.
InstructionCost costOfWindow(const Program &program, const Core &core, const Instruction &instruction, uint64_t events,
                             const std::vector<uint64_t> &synapticEventsOfTick);

/// Events that one packet stream has per sample at most: each element one in every tick. 0 of what is dense.
uint64_t mostEventsOf(const Program &program, const Route &route);
/// Packets of a route per sample (or step), of `events` events if it carries such.
inline uint64_t routePackets(const Route &route, uint64_t events) { return route.carriesEvents() ? events : 1; }
/// Bytes that these put on each link.
uint64_t routeBytes(const Program &program, const Route &route, uint64_t events);
/// The bytes of the most events that there can be.
inline uint64_t mostRouteBytes(const Program &program, const Route &route) {
  return routeBytes(program, route, mostEventsOf(program, route));
}

/// Ticks of all windows of a phase, one layer after the other (its copies and blocks share theirs).
uint64_t ticksOf(const Program &program, uint32_t phase);

} // namespace wage::rt

#endif // WAGE_RUNTIME_FORMAT_COST_H
