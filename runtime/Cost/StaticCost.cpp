//===- StaticCost.cpp - what a program costs, without running it ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Cost/StaticCost.h"

#include "runtime/Cost/StreamParts.h"
#include "runtime/Format/Mesh.h"
#include "runtime/Format/Positions.h"
#include "runtime/Format/Streams.h"

#include <queue>

namespace wage::rt {

namespace {

uint64_t ceilDivide(uint64_t a, uint64_t b) { return (a + b - 1) / b; }

/// How far a core has come in the phase's stream.
struct CoreProgress {
  uint32_t next = 0, end = 0;
  uint64_t clock = 0, begin = 0, busy = 0;
  bool hasBegun = false;
  uint32_t nextWaiter = noIndex; ///< behind this core, of those that wait for the same route
};

/// Goes through the phases once. A core runs until a packet is missing, then waits in the list of that packet's route,
/// from which the sender wakes it. Clocks are largest sums over what must come before, so the order of running does not
/// matter, but where blocks share a core: there an instruction begins when nothing that comes earlier is left anywhere, and
/// the core is free; of a core's blocks the first goes first.
class CostBuilder {
public:
  CostBuilder(const Program &program, uint32_t samples)
      : p(program), samples(samples), streams(readStreams(program)), landings(program, streams), loads(program),
        progress(program.cores.size()), positions(program), freeAt(positions.size(), 0), busyOf(positions.size(), 0),
        sentAt(program.routes.size(), 0), firstWaiter(program.routes.size(), noIndex),
        hasCome(program.routes.size(), false) {
    for (size_t r = 0; r < p.routes.size(); ++r)
      hasCome[r] = p.routes[r].source == hostNode;
    nameStages();
    startRun(cost.inference, p.inferPhases);
    if (p.config.mode == Mode::Train)
      startRun(cost.training.emplace_back(), static_cast<uint32_t>(p.phases.size()));
  }

  Expected<StaticCost> build() {
    for (uint32_t i = 0; i < p.phases.size(); ++i)
      if (Status status = runPhase(i); !status.ok())
        return status;
    forEachRun([&](RunCost &run) { finishRun(run); });
    return std::move(cost);
  }

private:
  template <typename F> void forEachRun(F f) {
    f(cost.inference);
    for (RunCost &run : cost.training)
      f(run);
  }

  void startRun(RunCost &run, uint32_t phases) {
    run.samples = samples;
    run.phases = phases;
    run.stages.resize(cost.stages.size());
    run.cores.resize(p.cores.size());
    linkBytes.emplace_back(loads.size(), 0);
  }

  void nameStages() {
    for (uint32_t i = 0; i < p.layers.size(); ++i)
      cost.stages.push_back({p.layers[i].name, i, 0});
    std::vector<uint32_t> ofTemplate(p.templates.size(), noIndex);
    for (const Core &core : p.cores) {
      uint32_t stage = core.layer;
      if (stage == noIndex) {
        uint32_t &own = ofTemplate[core.templateIndex];
        if (own == noIndex) {
          own = static_cast<uint32_t>(cost.stages.size());
          cost.stages.push_back({p.templates[core.templateIndex].name, noIndex, 0});
        }
        stage = own;
      }
      cost.stageOf.push_back(stage);
    }
    for (uint32_t c = 0; c < p.cores.size(); ++c)
      cost.stages[cost.stageOf[c]].cores +=
          positions.isFirst(c, [&](uint32_t other) { return cost.stageOf[other] == cost.stageOf[c]; });
    cost.stages.push_back({"host", noIndex, 0});
  }

  //===--------------------------------------------------------------------===//
  // One phase
  //===--------------------------------------------------------------------===//

  Status runPhase(uint32_t index) {
    phase = index;
    current = &cost.phases.emplace_back();
    current->perSample = p.phases[index].perSample;
    landings.beginPhase(index);
    for (uint32_t c = 0; c < p.cores.size(); ++c)
      startCore(c);
    while (!ready.empty()) {
      const auto [now, core] = ready.top();
      ready.pop();
      runCore(core, now);
    }
    for (const CoreSpan &span : current->spans)
      if (progress[span.core].next != progress[span.core].end)
        return Status::error("cores wait for each other in a circle in phase '" + p.phases[index].name + "'");
    finishCores();
    finishLinks();
    finishLandings();
    return Status();
  }

  void startCore(uint32_t c) {
    const Template &t = p.templates[p.cores[c].templateIndex];
    if (t.phaseBegin[phase] == t.phaseBegin[phase + 1])
      return;
    progress[c] = CoreProgress();
    progress[c].next = t.phaseBegin[phase];
    progress[c].end = t.phaseBegin[phase + 1];
    current->spans.push_back({c, 0, 0, 0});
    landings.startCore(c);
    ready.push({0, c});
    freeAt[positions.of(c)] = busyOf[positions.of(c)] = 0;
  }

  void runCore(uint32_t c, uint64_t now) {
    const Core &core = p.cores[c];
    const StreamParts &stream = streams[core.templateIndex];
    CoreProgress &at = progress[c];
    for (; at.next < at.end; ++at.next) {
      const Instruction &in = stream.instructions[at.next];
      const CostPart part = stream.parts[at.next];
      if (in.opcode == Opcode::Receive && !receive(c, in))
        return;
      const InstructionCost instruction = costOf(p, core, in, samples);
      if (positions.isShared(c) && !takesTurn(c, instruction.cycles, now))
        return;
      if (in.opcode == Opcode::Receive)
        countHostPackets(c, in, part);
      if (instruction.cycles && !at.hasBegun)
        at.begin = at.clock, at.hasBegun = true;
      at.clock += instruction.cycles;
      at.busy += instruction.cycles;
      landings.finish(c, at.next, at.clock);
      countInstruction(c, in, instruction, part);
      if (in.opcode == Opcode::Send)
        send(c, in, part);
    }
  }

  /// Whether a block of a shared core, whose turn it is now, can begin what takes `cycles`; else it comes again when it can.
  bool takesTurn(uint32_t c, uint64_t cycles, uint64_t now) {
    uint64_t &free = freeAt[positions.of(c)], &clock = progress[c].clock;
    const uint64_t begin = std::max(clock, cycles ? free : 0);
    if (begin > now) {
      ready.push({begin, c});
      return false;
    }
    if (cycles)
      clock = now, free = now + cycles;
    return true;
  }

  /// Waits for the packets of a receive; false where one has not been sent yet: then the core is in its list.
  bool receive(uint32_t c, const Instruction &in) {
    const LinkSpan links = linksOf(in, p.cores[c]);
    for (const Link &link : links)
      if (!hasCome[link.route]) {
        progress[c].nextWaiter = firstWaiter[link.route];
        firstWaiter[link.route] = c;
        return false;
      }
    for (const Link &link : links) {
      const uint64_t arrival = arrivalOf(link.route, c);
      progress[c].clock = std::max(progress[c].clock, arrival);
      if (copiesPackets(in))
        landings.arrive(c, static_cast<uint32_t>(in.operands[0].value), arrival - serializationCycles(link.route));
    }
    return true;
  }

  /// The host sends without an instruction; its packet is counted where it first arrives.
  void countHostPackets(uint32_t c, const Instruction &in, CostPart part) {
    for (const Link &link : linksOf(in, p.cores[c]))
      if (const Route &route = p.routes[link.route]; route.source == hostNode && route.destinations.front() == c)
        countPacket(link.route, part);
  }

  uint64_t arrivalOf(uint32_t route, uint32_t core) const {
    const NocDescription &noc = p.chip.noc;
    const RouteDistance way = routeDistance(p, p.routes[route].source, core);
    return sentAt[route] + serializationCycles(route) + uint64_t(way.hops) * noc.hopCycles +
           uint64_t(way.chipCrossings) * noc.interChipCycles;
  }
  uint64_t serializationCycles(uint32_t route) const {
    return ceilDivide(packetBytes(route), p.chip.noc.linkBytesPerCycle);
  }

  void send(uint32_t c, const Instruction &in, CostPart part) {
    for (const auto &[route, offset] : linksOf(in, p.cores[c])) {
      sentAt[route] = progress[c].clock;
      hasCome[route] = true;
      countPacket(route, part);
      for (uint32_t waiter = firstWaiter[route]; waiter != noIndex; waiter = progress[waiter].nextWaiter)
        ready.push({progress[c].clock, waiter});
      firstWaiter[route] = noIndex;
    }
  }

  uint64_t packetBytes(uint32_t route) const { return mostRouteBytes(p, p.routes[route]); }

  //===--------------------------------------------------------------------===//
  // Counting
  //===--------------------------------------------------------------------===//

  void countInstruction(uint32_t c, const Instruction &in, const InstructionCost &instruction, CostPart part) {
    const Core &core = p.cores[c];
    CostSums sums;
    sums.macs = instruction.macs;
    sums.memoryBytes = instruction.memoryBytes;
    sums.offChipBytes = instruction.offChipBytes;
    const OffChipDescription &offChip = p.chip.offChip;
    sums.byteHops = instruction.offChipBytes * hopDistance(core.x, core.y, offChip.portX, offChip.portY);
    sums.busyCycles = instruction.cycles;
    if (in.opcode == Opcode::Integrate)
      sums.synapticEvents = instruction.macs;
    if (isUpdate(in.opcode))
      sums.weightWrites = blockOf(p, core).weights();
    count(c, part, sums);
  }

  void countPacket(uint32_t route, CostPart part) {
    CostSums sums;
    sums.spikes = mostEventsOf(p, p.routes[route]);
    sums.packets = routePackets(p.routes[route], sums.spikes);
    sums.packetBytes = packetBytes(route);
    sums.byteHops = loads.add(p.routes[route], sums.packetBytes) * sums.packetBytes;
    count(p.routes[route].source, part, sums);
  }

  /// Adds to the phase and, as often as the phase runs, to both runs. `core` may be the host.
  void count(uint32_t core, CostPart part, const CostSums &sums) {
    current->parts[part] += sums;
    const size_t stage = core == hostNode ? cost.stages.size() - 1 : cost.stageOf[core];
    forEachRun([&](RunCost &run) {
      if (phase >= run.phases)
        return;
      run.stages[stage][part].addTimes(sums, timesIn(run));
      if (core != hostNode)
        run.cores[core].addTimes(sums, timesIn(run));
    });
  }

  uint64_t timesIn(const RunCost &run) const { return current->perSample ? run.samples : 1; }

  void finishCores() {
    uint64_t offChipBytes = 0;
    for (CoreSpan &span : current->spans) {
      const CoreProgress &at = progress[span.core];
      span = {span.core, at.hasBegun ? at.begin : at.clock, at.clock, at.busy};
      landings.finishCore(span.core, at.clock);
      current->latencyCycles = std::max(current->latencyCycles, at.clock);
      busyOf[positions.of(span.core)] += at.busy;
    }
    for (const CoreSpan &span : current->spans)
      if (const uint64_t busy = busyOf[positions.of(span.core)];
          current->busiestCore == noIndex || busy > current->busiestCoreCycles) {
        current->busiestCore = span.core;
        current->busiestCoreCycles = busy;
      }
    for (const CostSums &part : current->parts)
      offChipBytes += part.offChipBytes;
    raiseInterval(current->busiestCoreCycles, PhaseBound::Core);
    if (p.chip.offChip.bytesPerCycle)
      raiseInterval(ceilDivide(offChipBytes, p.chip.offChip.bytesPerCycle), PhaseBound::OffChip);
  }

  void raiseInterval(uint64_t cycles, PhaseBound bound) {
    if (cycles <= current->intervalCycles)
      return;
    current->intervalCycles = cycles;
    current->bound = bound;
  }

  void finishLinks() {
    loads.drain([&](LinkPosition link, size_t index, uint64_t bytes) {
      if (bytes > current->busiestLinkBytes) {
        current->busiestLinkBytes = bytes;
        current->busiestLink = link;
      }
      size_t runIndex = 0;
      forEachRun([&](RunCost &run) {
        if (phase < run.phases)
          linkBytes[runIndex][index] += bytes * timesIn(run);
        ++runIndex;
      });
    });
    raiseInterval(ceilDivide(current->busiestLinkBytes, p.chip.noc.linkBytesPerCycle), PhaseBound::Link);
  }

  void finishLandings() {
    current->resourceCycles = current->intervalCycles;
    current->landingPlaces = landings.take();
    uint64_t longest = 0;
    for (uint32_t i = 0; i < current->landingPlaces.size(); ++i)
      if (const uint64_t cycles = current->landingPlaces[i].interval(slotsOf(p, current->landingPlaces[i]));
          cycles > longest)
        longest = cycles, current->tightestPlace = i;
    raiseInterval(longest, PhaseBound::Buffer);
  }

  void finishRun(RunCost &run) {
    const size_t runIndex = &run == &cost.inference ? 0 : 1;
    for (uint32_t i = 0; i < run.phases; ++i) {
      run.cycles += cost.phases[i].cycles(run.samples);
      run.latencyCycles += cost.phases[i].cycles(1);
      run.intervalCycles += cost.phases[i].perSample ? cost.phases[i].intervalCycles : 0;
    }
    for (size_t index = 0; index < loads.size(); ++index)
      if (linkBytes[runIndex][index])
        run.links.push_back({loads.positionOf(index), linkBytes[runIndex][index]});
  }

  const Program &p;
  const uint32_t samples;
  const std::vector<StreamParts> streams;
  LandingPlaces landings;
  StaticCost cost;
  uint32_t phase = 0;
  PhaseCost *current = nullptr;
  LinkLoads loads;
  std::vector<CoreProgress> progress; ///< by core
  const Positions positions;
  std::vector<uint64_t> freeAt, busyOf; ///< by position, of the phase
  std::vector<uint64_t> sentAt;         ///< by route: cycle in its phase
  std::vector<uint32_t> firstWaiter;    ///< by route
  std::vector<bool> hasCome;            ///< by route
  /// Cycle from which on a core may go on, and the core.
  std::priority_queue<std::pair<uint64_t, uint32_t>, std::vector<std::pair<uint64_t, uint32_t>>, std::greater<>> ready;
  std::vector<std::vector<uint64_t>> linkBytes; ///< by run, by index of LinkLoads
};

} // namespace

PartSums RunCost::parts() const {
  PartSums sums;
  for (const PartSums &stage : stages)
    sums += stage;
  return sums;
}

/// Whether some instruction takes longer the larger the batch.
static bool goesThroughBatch(const Program &program) {
  for (const Template &t : program.templates)
    for (const Instruction &in : decodeStream(t))
      if (isOfBatch(in.opcode))
        return true;
  return false;
}

Expected<StaticCost> staticCost(const Program &program, uint32_t samples) {
  Expected<StaticCost> cost = CostBuilder(program, samples).build();
  if (!cost || cost->training.empty() || !goesThroughBatch(program))
    return cost;
  // A step of one sample is then not what the phases say, and a further sample also takes longer in those that run once.
  const Expected<StaticCost> other = CostBuilder(program, samples > 1 ? 1 : 2).build();
  if (!other)
    return other.status();
  RunCost &step = cost->training.front();
  const uint64_t more = other->training.front().cycles;
  step.latencyCycles = samples > 1 ? more : step.cycles;
  step.intervalCycles = samples > 1 ? ceilDivide(step.cycles - more, samples - 1) : more - step.cycles;
  return cost;
}

} // namespace wage::rt
