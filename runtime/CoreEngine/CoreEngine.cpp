//===- CoreEngine.cpp - every core, every packet ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/CoreEngine/CoreEngine.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>

namespace wage::rt {

uint64_t CoreEngine::leastHostMemory(const Program &program) {
  uint64_t bytes = 0;
  for (const Route &route : program.routes)
    bytes += uint64_t(route.elements) * hostBytes(route.type);
  // Saturates: a buffer has less than 2^59 bytes, but many together may have more than 64 bits count.
  for (const Core &core : program.cores)
    for (const BufferDecl &buffer : program.templates[core.templateIndex].buffers)
      if (__builtin_add_overflow(bytes,
                                 (buffer.lifetime == Lifetime::Batch ? program.config.maxBatch : 1) *
                                     static_cast<uint64_t>(operandValue(buffer.elements, core)) *
                                     hostBytes(buffer.type),
                                 &bytes))
        return ~uint64_t(0);
  return bytes;
}

CoreEngine::CoreEngine(const Program &program, unsigned threads)
    : program(program), positions(program), chunks(program), router(program, chunks), pool(threads) {
  size_t scratchBytes = 64;
  const int largestWeight = largestWeightInUse(int(program.config.weightBits));
  std::map<std::array<int64_t, 5>, std::shared_ptr<const BlockShape>> shapes;
  for (uint32_t i = 0; i < program.cores.size(); ++i) {
    const Core &core = program.cores[i];
    std::shared_ptr<const BlockShape> shape;
    if (core.layer != noIndex) {
      const LinearBlock block = blockOf(program, core);
      // Blocks of a layer share a shape unless they begin elsewhere in a channel, or are cut short.
      auto &shared = shapes[{core.layer, block.rowBegin % block.window(), block.rows(), block.neurons, block.groups}];
      if (!shared) {
        shared = std::make_shared<BlockShape>(block, largestWeight, chunks.largest());
        scratchBytes = std::max(scratchBytes, shared->scratchBytes());
      }
      shape = shared;
    }
    cores.push_back(std::make_unique<CoreState>(program, i, chunks, std::move(shape)));
    totals.peakBytes += cores.back()->hostMemory();
  }
  // Kernels may assume 64-byte alignment of their scratch memory.
  scratch.assign(pool.size(), std::vector<uint8_t>(scratchBytes + 64));
  findRoutes();
  size_t hostElements = 0;
  for (const HostPort &port : program.hostPorts)
    hostElements = std::max<size_t>(hostElements, program.routes[port.route].elements);
  hostBuffer.resize(hostElements * sizeof(int64_t) * chunks.largest());
  schedule.waiting.resize(program.routes.size());
  linkLoad.resize(linkCount(program));
  for (uint32_t phase = 0; phase < program.phases.size(); ++phase)
    ticksOfPhase.push_back(ticksOf(program, phase));
  nameSpikes();
  totals.peakBytes +=
      router.hostMemory() + scratch.size() * (scratchBytes + 64) + hostBuffer.size() + program.images.size();
}

void CoreEngine::findRoutes() {
  phaseRoutes.resize(program.phases.size());
  phaseCores.resize(program.phases.size());
  sendsOf.resize(program.cores.size());
  for (uint32_t c = 0; c < program.cores.size(); ++c)
    for (uint32_t phase = 0; phase < program.phases.size(); ++phase)
      if (cores[c]->hasWork(phase))
        phaseCores[phase].push_back(c);
  for (uint32_t r = 0; r < program.routes.size(); ++r) {
    phaseRoutes[chunks.phaseOfRoute(r)].push_back(r);
    if (program.routes[r].source != hostNode)
      sendsOf[program.routes[r].source].push_back(r);
  }
}

/// One row for the input and each layer that sends events, and one for its errors.
void CoreEngine::nameSpikes() {
  // By what is sent (activations before errors) and sender: the host first, then layers; cores without weights have one together.
  std::map<std::pair<bool, uint32_t>, size_t> rows;
  auto keyOf = [&](uint32_t r) {
    const uint32_t source = program.routes[r].source;
    const uint32_t layer = source == hostNode ? 0 : std::min<uint32_t>(program.cores[source].layer, noIndex - 1) + 1;
    return std::make_pair(chunks.phaseOfRoute(r) >= program.inferPhases, layer);
  };
  spikesOfRoute.resize(program.routes.size(), 0);
  for (uint32_t r = 0; r < program.routes.size(); ++r)
    if (program.routes[r].carriesEvents())
      rows.try_emplace(keyOf(r), 0);
  for (auto &[key, row] : rows) {
    row = totals.layers.size();
    const uint32_t layer = key.second - 1;
    totals.layers.push_back({key.second == 0                 ? "input"
                             : layer < program.layers.size() ? program.layers[layer].name
                                                             : "other",
                             key.first, 0, 0});
  }
  for (uint32_t r = 0; r < program.routes.size(); ++r)
    if (program.routes[r].carriesEvents())
      spikesOfRoute[r] = rows.at(keyOf(r));
}

//===----------------------------------------------------------------------===//
// One batch
//===----------------------------------------------------------------------===//

Status CoreEngine::run(const StepInput &input, StepOutput &output) {
  output.logits.assign(size_t(input.count) * program.classes, 0);
  const uint32_t phases = input.isTraining() ? static_cast<uint32_t>(program.phases.size()) : program.inferPhases;
  for (uint32_t phase = 0; phase < phases; ++phase) {
    input.tellPhase(program.phases[phase], true);
    Status status = runPhase(phase, input, output);
    input.tellPhase(program.phases[phase], false);
    if (!status.ok())
      return status;
  }
  return Status();
}

Status CoreEngine::runPhase(uint32_t phase, const StepInput &input, StepOutput &output) {
  const bool perSample = program.phases[phase].perSample;
  const uint32_t samples = perSample ? input.count : 1, chunk = chunks.ofPhase(phase);
  router.beginPhase();
  for (uint32_t first = 0; first < samples; first += chunk) {
    ChunkContext context;
    context.phase = phase;
    context.firstSample = first;
    context.samples = std::min(chunk, samples - first);
    context.perSample = perSample;
    context.batch = input.count;
    context.isFirstChunk = first == 0;
    context.keepSteps = input.trace;
    context.activity = input.activity;
    context.spikes = input.spikes;
    router.beginChunk();
    sendFromHost(context, input);
    if (Status status = runChunk(context); !status.ok())
      return status;
    if (Status status = checkTicks(context); !status.ok())
      return status;
    readToHost(context, output);
    if (input.trace)
      trace(context, output, first + context.samples >= samples);
  }
  readExponents(phase, output);
  if (samples) {
    const uint64_t latency = account(phase, samples, input.count);
    if (input.spikes)
      record(phase, latency, *input.spikes);
  }
  return Status();
}

void CoreEngine::sendFromHost(const ChunkContext &context, const StepInput &input) {
  for (const HostPort &port : program.hostPorts) {
    if (chunks.phaseOfRoute(port.route) != context.phase || port.data == HostData::Logits)
      continue;
    const Route &route = program.routes[port.route];
    BufferView view{hostBuffer.data(), route.type, route.elements};
    if (port.data == HostData::Image) {
      encodeInput(program, input, context.firstSample, context.samples, port.offset, route.elements, view);
    } else if (port.data == HostData::Labels) {
      std::copy_n(input.labels + context.firstSample, context.samples, reinterpret_cast<uint32_t *>(hostBuffer.data()));
    } else {
      const std::array<int64_t, 3> control = input.control();
      std::copy(control.begin(), control.end(), reinterpret_cast<int64_t *>(hostBuffer.data()));
    }
    router.announce(port.route, view, 0, context.samples);
    if (context.spikes && route.carriesEvents())
      context.spikes->add(port.route, view, 0, context.firstSample, context.samples);
    router.send(port.route, view, 0, context.samples, 0);
  }
}

void CoreEngine::readToHost(const ChunkContext &context, StepOutput &output) {
  for (const HostPort &port : program.hostPorts) {
    if (port.data != HostData::Logits || chunks.phaseOfRoute(port.route) != context.phase)
      continue;
    const BufferView packet = router.payload(port.route);
    const int64_t elements = program.routes[port.route].elements;
    for (int64_t s = 0; s < context.samples; ++s)
      for (int64_t i = 0; i < elements; ++i)
        output.logits[(context.firstSample + s) * program.classes + port.offset + i] =
            elementAt(packet.data, packet.type, s * elements + i);
  }
}

//===----------------------------------------------------------------------===//
// Scheduling: a core runs until it waits for a packet that has not come
//===----------------------------------------------------------------------===//

Status CoreEngine::runChunk(const ChunkContext &context) {
  for (uint32_t r : phaseRoutes[context.phase])
    schedule.waiting[r].clear();
  schedule.ready.assign(phaseCores[context.phase].begin(), phaseCores[context.phase].end());
  for (uint32_t c : phaseCores[context.phase])
    cores[c]->beginChunk(context);
  pool.run([&](unsigned thread) { runCores(context, thread); });
  for (uint32_t c : phaseCores[context.phase])
    if (!cores[c]->finished())
      return describeStall(context);
  // A route whose packets the host should read must have been sent.
  for (const HostPort &port : program.hostPorts)
    if (port.data == HostData::Logits && chunks.phaseOfRoute(port.route) == context.phase &&
        !router.hasArrived(port.route))
      return Status::error("host waits in phase '" + program.phases[context.phase].name + "' for a packet of route " +
                           std::to_string(port.route) + " that never came");
  return Status();
}

void CoreEngine::runCores(const ChunkContext &context, unsigned thread) {
  auto *aligned = reinterpret_cast<uint8_t *>((reinterpret_cast<uintptr_t>(scratch[thread].data()) + 63) / 64 * 64);
  std::unique_lock<std::mutex> lock(schedule.mutex);
  while (true) {
    schedule.wake.wait(lock, [&] { return !schedule.ready.empty() || schedule.running == 0; });
    if (schedule.ready.empty())
      return; // nobody runs, so nobody will wake another core
    const uint32_t core = schedule.ready.front();
    schedule.ready.pop_front();
    ++schedule.running;
    lock.unlock();
    cores[core]->run(context, router, aligned);
    lock.lock();
    --schedule.running;
    stopOrWake(core, context);
    if (schedule.running == 0 || !schedule.ready.empty())
      schedule.wake.notify_all();
  }
}

/// After `core` has run: wakes the cores that waited for what it sent, and puts it to wait if it is not done.
void CoreEngine::stopOrWake(uint32_t core, const ChunkContext &context) {
  for (uint32_t route : sendsOf[core])
    if (chunks.phaseOfRoute(route) == context.phase && router.hasArrived(route)) {
      for (uint32_t waiter : schedule.waiting[route])
        schedule.ready.push_back(waiter);
      schedule.waiting[route].clear();
    }
  const uint32_t missing = cores[core]->missingRoute();
  if (cores[core]->finished())
    return;
  // The packet may have come between the look and the lock.
  if (router.hasArrived(missing))
    schedule.ready.push_back(core);
  else
    schedule.waiting[missing].push_back(core);
}

/// Of all cores that wait, one whose packet was lost, or whose packet's sender is done, names the cause; the others wait for
/// it in turn.
Status CoreEngine::describeStall(const ChunkContext &context) const {
  const std::string phase = "phase '" + program.phases[context.phase].name + "'";
  for (uint32_t c : phaseCores[context.phase]) {
    if (cores[c]->finished())
      continue;
    const uint32_t route = cores[c]->missingRoute();
    const uint32_t source = program.routes[route].source;
    const bool senderDone = source == hostNode || !cores[source]->hasWork(context.phase) || cores[source]->finished();
    if (!router.wasLost(route) && !senderDone)
      continue;
    const std::string from = source == hostNode ? std::string("the host") : "core " + positionOf(source);
    return Status::error("core " + positionOf(c) + " waits in " + phase + " for a packet of route " +
                         std::to_string(route) + " from " + from + " that never came");
  }
  return Status::error("cores wait for each other in a circle in " + phase);
}

/// Of a chip whose ticks come at a fixed time: none has more events than a core or a link can take, else the chip would lose
/// some.
Status CoreEngine::checkTicks(const ChunkContext &context) {
  const SpikeDescription &spikes = program.chip.spikes;
  if (!spikes.fixedTicks || !program.hasEvents())
    return Status();
  const std::string where = "phase '" + program.phases[context.phase].name + "': ";
  for (uint32_t c : phaseCores[context.phase]) {
    const uint64_t supply = uint64_t(spikes.tickCycles) * groupOf(program, program.cores[c]).macsPerCycle;
    if (const uint64_t need = cores[c]->mostSynapticEventsOfTick(); need > supply)
      return Status::error(where + "core " + positionOf(c) + ": " + std::to_string(need) +
                           " synaptic events in one tick, which holds " + std::to_string(supply));
  }
  for (uint32_t s = 0; s < context.samples; ++s)
    if (Status status = checkLinksOfTicks(context.phase, s); !status.ok())
      return Status::error(where + status.text());
  return Status();
}

Status CoreEngine::checkLinksOfTicks(uint32_t phase, uint32_t sample) const {
  const SpikeDescription &spikes = program.chip.spikes;
  // By link what crosses it, a route that goes to several places over one link as often as it does.
  std::map<uint32_t, std::vector<const std::vector<uint64_t> *>> crossing;
  std::deque<std::vector<uint64_t>> ofTicks; // stays where it is
  for (const uint32_t r : phaseRoutes[phase]) {
    std::vector<uint64_t> ofTick = router.eventsOfTicks(r, sample);
    if (ofTick.empty())
      continue;
    ofTicks.push_back(std::move(ofTick));
    for (const uint32_t link : router.path(r).links)
      crossing[link].push_back(&ofTicks.back());
  }
  for (const auto &[link, routes] : crossing) {
    const uint32_t core = link / 4, x = core % program.systemColumns(), y = core / program.systemColumns();
    const uint64_t supply = uint64_t(spikes.tickCycles) * linkBytesPerCycle(program, x, y, link % 4);
    std::vector<uint64_t> load; // by tick: the windows of all layers at once
    for (const std::vector<uint64_t> *ofTick : routes) {
      load.resize(std::max(load.size(), ofTick->size()));
      for (size_t tick = 0; tick < ofTick->size(); ++tick)
        load[tick] += (*ofTick)[tick] * spikes.eventBytes;
    }
    const auto over = std::find_if(load.begin(), load.end(), [&](uint64_t need) { return need > supply; });
    if (over != load.end())
      return Status::error("a link of core (" + std::to_string(x) + ", " + std::to_string(y) +
                           "): " + std::to_string(*over) + " bytes of events in tick " +
                           std::to_string(over - load.begin()) + ", which holds " + std::to_string(supply));
  }
  return Status();
}

std::string CoreEngine::positionOf(uint32_t core) const {
  return "(" + std::to_string(program.cores[core].x) + ", " + std::to_string(program.cores[core].y) + ")";
}

//===----------------------------------------------------------------------===//
// Reading what the chip has computed
//===----------------------------------------------------------------------===//

void CoreEngine::trace(const ChunkContext &context, StepOutput &output, bool isLastChunk) {
  for (const TracePoint &point : program.tracePoints) {
    if (point.phase != context.phase || point.kind == TraceKind::ErrorExponent ||
        point.kind == TraceKind::GradientExponent || (point.kind != TraceKind::Slice && !isLastChunk))
      continue;
    for (uint32_t c = 0; c < program.cores.size(); ++c) {
      const Core &core = program.cores[c];
      if (core.templateIndex != point.templateIndex)
        continue;
      const BufferView view = cores[c]->view(point.buffer, context);
      if (point.kind == TraceKind::Slice) {
        output.trace->addSlice(point, view, context.firstSample, context.samples,
                               core.parameters[point.offsetParameter], cores[c]->elements(point.buffer));
        continue;
      }
      const void *values = point.kind == TraceKind::Weights ? view.data
                           : point.kind == TraceKind::Step  ? static_cast<const void *>(cores[c]->steps())
                                                            : cores[c]->masters();
      const ElementType type = point.kind == TraceKind::Weights ? view.type : ElementType::Int16;
      output.trace->addBlock(point.name, program.layers[core.layer], values, type, core.rowBegin, core.rowEnd,
                             core.neuronBegin, core.neuronEnd);
    }
  }
}

void CoreEngine::readExponents(uint32_t phase, StepOutput &output) {
  for (const TracePoint &point : program.tracePoints) {
    if (point.phase != phase || (point.kind != TraceKind::ErrorExponent && point.kind != TraceKind::GradientExponent))
      continue;
    for (uint32_t c : phaseCores[phase])
      if (program.cores[c].templateIndex == point.templateIndex) {
        const BufferView view = cores[c]->view(point.buffer, ChunkContext());
        output.exponents[point.name] = static_cast<int32_t>(elementAt(view.data, view.type, 0));
        break;
      }
  }
}

void CoreEngine::readBlock(uint32_t core, int16_t *values) const {
  const Core &c = program.cores[core];
  std::copy_n(cores[core]->masters(), blockOf(program, c).weights(), values);
}

} // namespace wage::rt
