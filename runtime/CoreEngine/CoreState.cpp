//===- CoreState.cpp - one core at work ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/CoreEngine/CoreState.h"

#include "runtime/Api/Engine.h"
#include "runtime/Format/Events.h"
#include "runtime/Kernels/MovementKernels.h"
#include "runtime/Kernels/SumKernels.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace wage::rt {

//===----------------------------------------------------------------------===//
// Memories
//===----------------------------------------------------------------------===//

CoreState::CoreState(const Program &program, uint32_t index, const PhaseChunks &chunks,
                     std::shared_ptr<const BlockShape> shape)
    : program(program), core(program.cores[index]), t(program.templates[core.templateIndex]), index(index),
      largestChunk(chunks.largest()), products(std::move(shape)), held(t) {
  for (uint32_t b = 0; b < t.buffers.size(); ++b) {
    const BufferDecl &decl = t.buffers[b];
    Buffer buffer;
    buffer.elements = operandValue(decl.elements, core);
    buffer.type = decl.type;
    buffer.lifetime = decl.lifetime;
    const uint64_t slots =
        decl.lifetime == Lifetime::Sample ? chunks.ofBuffer(core.templateIndex, b) : bufferSlots(decl, program.config);
    buffer.bytes.resize(slots * buffer.elements * hostBytes(decl.type), 0);
    if (decl.tables != noIndex)
      fillTables(program.tables[decl.tables], operandValue(decl.firstEntry, core), buffer.elements,
                 buffer.bytes.data());
    buffers.push_back(std::move(buffer));
  }
  for (size_t i = 0; i < t.words.size() / instructionWords; ++i) {
    const Instruction instruction = decodeInstruction(t.words, i);
    Resolved resolved{instruction.opcode, {}, costOf(program, core, instruction), false};
    for (size_t k = 0; k < instruction.operands.size(); ++k)
      resolved.operands[k] = operandValue(instruction.operands[k], core);
    handsErrorsOn |= instruction.opcode == Opcode::Transposed;
    integrates |= instruction.opcode == Opcode::Integrate;
    resolved.hasEvents = instruction.opcode == Opcode::Integrate;
    if (isMessage(instruction.opcode))
      for (int64_t k = resolved.operands[1]; k < resolved.operands[1] + resolved.operands[2]; ++k)
        resolved.hasEvents |= program.routes[core.links[k].route].carriesEvents();
    stream.push_back(resolved);
  }
  if (core.layer == noIndex)
    return;
  const uint64_t weightCount = blockOf(program, core).weights();
  stored.resize(weightCount);
  weights.resize(weightCount);
  const Layer &layer = program.layers[core.layer];
  lastSteps.resize(program.learns(layer) ? weightCount : 0);
  unpackWeights(&program.images[core.imageOffset], weightCount, program.storedWeightBits(layer), stored.data());
  if (integrates)
    events = EventProduct(blockOf(program, core));
  refreshWeights();
}

void CoreState::refreshWeights() {
  const Config &c = program.config;
  if (program.learns(program.layers[core.layer]))
    quantizeWeights(stored.data(), weights.data(), static_cast<int64_t>(stored.size()), c.weightBits, c.gradientBits,
                    c.rounding);
  else
    std::copy(stored.begin(), stored.end(), weights.begin());
  products.setWeights(weights.data(), handsErrorsOn);
  if (integrates)
    events.setWeights(weights.data());
}

uint64_t CoreState::hostMemory() const {
  uint64_t bytes = products.bytes() + events.bytes() + stored.size() * 2 + weights.size() + lastSteps.size() * 2 +
                   stream.size() * sizeof(Resolved);
  for (const Buffer &buffer : buffers)
    bytes += buffer.bytes.size();
  for (const Resolved &in : stream)
    if (in.opcode == Opcode::OuterMax)
      bytes += stored.size() * hostBytes(buffers[in.operands[2]].type);
  return bytes;
}

BufferView CoreState::view(int64_t i, const ChunkContext &context) const {
  const Buffer &buffer = buffers[i];
  const int64_t slot = buffer.lifetime == Lifetime::Batch ? context.firstSample : 0;
  const int64_t stride = buffer.lifetime == Lifetime::Step ? 0 : buffer.elements;
  return {const_cast<uint8_t *>(buffer.bytes.data()) + slot * buffer.elements * int64_t(hostBytes(buffer.type)),
          buffer.type, stride};
}

//===----------------------------------------------------------------------===//
// The stream
//===----------------------------------------------------------------------===//

void CoreState::beginChunk(const ChunkContext &context) {
  next = t.phaseBegin[context.phase];
  end = t.phaseBegin[context.phase + 1];
  missing = noIndex;
  if (context.isFirstChunk) {
    cycle = 0;
    count = WorkCount();
    busiestTick = 0;
    held.beginPhase();
  }
}

/// What goes through the batch costs by its samples.
InstructionCost CoreState::costNow(const Resolved &in, const ChunkContext &context) const {
  return isOfBatch(in.opcode) ? costOf(program, core, decodeInstruction(t.words, next), context.batch) : in.cost;
}

void CoreState::run(const ChunkContext &context, Router &router, void *scratch) {
  for (; next < end; ++next) {
    const Resolved &in = stream[next];
    const InstructionCost cost = in.hasEvents ? InstructionCost() : costNow(in, context);
    if (in.opcode == Opcode::Receive) {
      if (!receive(in, context, router))
        return;
    } else if (in.opcode == Opcode::Send) {
      send(in, context, router);
    } else {
      execute(in, context, scratch);
      if (context.activity)
        countActivity(in, context);
      if (context.isFirstChunk)
        cycle += in.hasEvents ? sampleCosts.front().cycles : cost.cycles;
    }
    if (in.hasEvents)
      for (const InstructionCost &own : sampleCosts)
        count.add(own, 1);
    else
      count.add(cost, context.samples);
    if (context.isFirstChunk)
      held.finish(next, cycle);
  }
}

/// Fills in what the `receive` or `send` at hand costs for each sample, by the events of its packets.
void CoreState::costMessages(const ChunkContext &context, const Router &router) {
  const Instruction instruction = decodeInstruction(t.words, next);
  sampleCosts.clear();
  for (uint32_t s = 0; s < context.samples; ++s)
    sampleCosts.push_back(
        costOfMessage(program, core, instruction, [&](uint32_t route) { return router.eventsOf(route, s); }));
}

void CoreState::send(const Resolved &in, const ChunkContext &context, Router &router) {
  const BufferView from = view(in.operands[0], context);
  if (in.hasEvents) {
    for (int64_t i = in.operands[1]; i < in.operands[1] + in.operands[2]; ++i) {
      router.announce(core.links[i].route, from, core.links[i].offset, context.samples);
      if (context.spikes)
        context.spikes->add(core.links[i].route, from, core.links[i].offset, context.firstSample, context.samples);
    }
    costMessages(context, router);
  }
  if (context.isFirstChunk)
    cycle += in.hasEvents ? sampleCosts.front().cycles : in.cost.cycles;
  for (int64_t i = in.operands[1]; i < in.operands[1] + in.operands[2]; ++i)
    router.send(core.links[i].route, from, core.links[i].offset, context.samples, cycle);
}

bool CoreState::receive(const Resolved &in, const ChunkContext &context, Router &router) {
  const int64_t first = in.operands[1], last = first + in.operands[2], mode = in.operands[3];
  for (int64_t i = first; i < last; ++i)
    if (!router.hasArrived(core.links[i].route)) {
      missing = core.links[i].route;
      return false;
    }
  const BufferView to = view(in.operands[0], context);
  for (int64_t i = first; i < last; ++i) {
    const uint32_t route = core.links[i].route;
    BufferView slice = to;
    slice.data = static_cast<uint8_t *>(to.data) + core.links[i].offset * int64_t(hostBytes(to.type));
    const BufferView packet = router.payload(route);
    const int64_t elements = program.routes[route].elements;
    if (mode == 0)
      convert(packet, slice, elements, context.samples);
    else if (mode == 1)
      addInto(slice, packet, elements, context.samples);
    else
      for (int64_t e = 0; e < elements; ++e) {
        int64_t &kept = static_cast<int64_t *>(slice.data)[e];
        kept = std::max(kept, static_cast<const int64_t *>(packet.data)[e]);
      }
    if (context.isFirstChunk) {
      const uint64_t arrival = router.arrivalCycle(route, index);
      cycle = std::max(cycle, arrival);
      if (mode == 0)
        held.arrive(next, arrival - router.serializationCycles(route));
    }
  }
  if (in.hasEvents)
    costMessages(context, router);
  if (context.isFirstChunk)
    cycle += in.hasEvents ? sampleCosts.front().cycles : in.cost.cycles;
  return true;
}

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

void CoreState::execute(const Resolved &in, const ChunkContext &context, void *scratch) {
  const int64_t *o = in.operands;
  const int64_t samples = context.samples;
  auto at = [&](int i) { return view(o[i], context); };
  switch (in.opcode) {
  case Opcode::Forward:
  case Opcode::Transposed:
  case Opcode::Outer: return executeProduct(in, context, scratch);
  case Opcode::Integrate: return integrate(in, context);
  case Opcode::MaxPool:
  case Opcode::MaxPoolScatter:
  case Opcode::SumPool:
  case Opcode::SumPoolSpread: return executePool(in, context);
  case Opcode::Clear: {
    const BufferView out = at(0);
    const Buffer &buffer = buffers[o[0]];
    const int64_t slots = buffer.lifetime == Lifetime::Step ? 1 : samples;
    std::memset(out.data, 0, slots * buffer.elements * hostBytes(out.type));
    return;
  }
  case Opcode::AddBias: {
    const Layer &layer = program.layers[o[2]];
    const int64_t channels = o[4] - o[3];
    if (o[0] != o[1])
      convert(at(0), at(1), elements(o[1]), samples);
    return addBias(at(1), channels, elements(o[1]) / channels, &layer.bias[o[3]], samples);
  }
  case Opcode::Add:
    return add(at(0), at(1), at(2), elements(o[2]), samples, static_cast<int>(o[3]), static_cast<int>(o[4]));
  case Opcode::AlignChannels: {
    const Layer &layer = program.layers[o[2]];
    const int64_t channels = o[4] - o[3];
    return alignChannels(at(0), at(1), channels, elements(o[1]) / channels, &layer.scaleLog2[o[3]], layer.finestScale(),
                         samples);
  }
  case Opcode::Relu: return relu(at(0), at(1), elements(o[1]), samples);
  case Opcode::ShiftClip:
    return shiftClip(at(0), at(1), elements(o[1]), samples, static_cast<int>(o[2]), static_cast<int>(o[3]),
                     program.config.rounding);
  case Opcode::Fire:
    return fireNeurons(at(0), at(1), elements(o[1]), samples, static_cast<int>(o[2]), static_cast<int>(o[3]),
                       o[4] != 0);
  case Opcode::Within: return within(at(0), at(1), elements(o[1]), samples, (o[3] << 32) | static_cast<uint32_t>(o[2]));
  case Opcode::Positive: return positive(at(0), at(1), elements(o[1]), samples);
  case Opcode::ApplyMask: return applyMask(at(0), at(1), at(2), elements(o[2]), samples);
  case Opcode::SubtractOneHot:
    return subtractOneHot(at(0), static_cast<const uint32_t *>(at(1).data), o[3], static_cast<int>(o[4]), at(2),
                          elements(o[2]), samples);
  case Opcode::Lookup: {
    const Tables &tables = program.tables[t.buffers[o[1]].tables];
    return lookUpTables(at(0), at(1), at(2), {static_cast<int>(tables.bits), o[3], o[4]}, elements(o[2]), samples);
  }
  case Opcode::Multiply: return multiply(at(0), at(1), at(2), elements(o[2]), samples);
  case Opcode::Rearrange:
    return rearrange(program.moves[o[2]].rearrangement, at(0), o[3], at(1), o[4], elements(o[1]), samples);
  case Opcode::Update: return update(o[1], o[2], at(0).data, buffers[o[0]].type, context);
  case Opcode::OuterMax: {
    formGradient(in, context, scratch);
    auto &maximum = *static_cast<int64_t *>(at(3).data);
    const BufferView whole{gradient.data(), buffers[o[2]].type, 0};
    maximum = std::max(maximum, static_cast<int64_t>(maxAbs(whole, static_cast<int64_t>(stored.size()), 1)));
    return;
  }
  case Opcode::OuterUpdate:
    formGradient(in, context, scratch);
    return update(o[3], o[4], gradient.data(), buffers[o[2]].type, context);
  default: return executeScalar(in, context);
  }
}

void CoreState::countActivity(const Resolved &in, const ChunkContext &context) const {
  const std::optional<RoundedResult> result = roundedResult(in.opcode);
  if (!result)
    return;
  const int64_t output = in.operands[result->output];
  context.activity->add(in.opcode, core.layer, view(output, context), elements(output), context.samples,
                        static_cast<int>(in.operands[result->bits]));
}

void CoreState::executeProduct(const Resolved &in, const ChunkContext &context, void *scratch) {
  const int64_t *o = in.operands;
  if (in.opcode == Opcode::Forward)
    products.forward(view(o[0], context), view(o[1], context), context.samples, scratch);
  else if (in.opcode == Opcode::Transposed)
    products.transposed(view(o[0], context), view(o[1], context), context.samples, scratch);
  else
    products.outer(view(o[0], context), view(o[1], context), view(o[2], context).data, buffers[o[2]].type,
                   context.samples, scratch);
}

void CoreState::integrate(const Resolved &in, const ChunkContext &context) {
  const Instruction instruction = decodeInstruction(t.words, next);
  const EventWindow axons = windowOf(instruction);
  BufferView input = view(in.operands[0], context), potentials = view(in.operands[1], context);
  sampleCosts.clear();
  for (uint32_t s = 0; s < context.samples; ++s) {
    const WindowCount window = events.integrate(axons.code, axons.bits, input, potentials);
    sampleCosts.push_back(costOfWindow(program, core, instruction, window.events, window.ofTick));
    count.synapticEvents += window.synapticEvents;
    busiestTick = std::max(busiestTick, *std::max_element(window.ofTick.begin(), window.ofTick.end()));
    input.data = static_cast<uint8_t *>(input.data) + input.sampleStride * int64_t(hostBytes(input.type));
    potentials.data =
        static_cast<uint8_t *>(potentials.data) + potentials.sampleStride * int64_t(hostBytes(potentials.type));
  }
}

void CoreState::executePool(const Resolved &in, const ChunkContext &context) {
  const int64_t *o = in.operands;
  const bool sums = in.opcode == Opcode::SumPool || in.opcode == Opcode::SumPoolSpread;
  const PoolWindow window = poolWindow(program.pools[o[sums ? 2 : 3]], o[sums ? 3 : 4]);
  const BufferView a = view(o[0], context), b = view(o[1], context);
  if (in.opcode == Opcode::MaxPool)
    maxPool(window, a, b, view(o[2], context), context.samples);
  else if (in.opcode == Opcode::MaxPoolScatter)
    maxPoolScatter(window, a, b, view(o[2], context), context.samples);
  else if (in.opcode == Opcode::SumPool)
    sumPool(window, a, b, context.samples);
  else
    sumPoolSpread(window, a, b, context.samples);
}

void CoreState::executeScalar(const Resolved &in, const ChunkContext &context) {
  const int64_t *o = in.operands;
  if (in.opcode == Opcode::MaxAbs) {
    auto &maximum = *static_cast<int64_t *>(view(o[1], context).data);
    maximum = std::max(maximum, static_cast<int64_t>(maxAbs(view(o[0], context), elements(o[0]), context.samples)));
  } else if (in.opcode == Opcode::ShiftExponent) {
    const int64_t maximum = *static_cast<const int64_t *>(view(o[0], context).data);
    *static_cast<int32_t *>(view(o[1], context).data) = shiftExponent(static_cast<uint64_t>(maximum));
  } else {
    assert(in.opcode == Opcode::ShiftClipBy);
    const int exponent = *static_cast<const int32_t *>(view(o[1], context).data);
    shiftClip(view(o[0], context), view(o[2], context), elements(o[2]), context.samples,
              exponent + static_cast<int>(o[3]), static_cast<int>(o[4]), program.config.rounding);
  }
}

/// The sums of all neurons at once: in which groups a core takes them, changes no sum.
void CoreState::formGradient(const Resolved &in, const ChunkContext &context, void *scratch) {
  const LinearBlock block = blockOf(program, core);
  const ElementType type = buffers[in.operands[2]].type;
  gradient.assign(block.weights() * hostBytes(type), 0);
  ChunkContext part = context;
  for (part.firstSample = 0; part.firstSample < context.batch; part.firstSample += largestChunk) {
    part.samples = std::min(largestChunk, context.batch - part.firstSample);
    products.outer(view(in.operands[0], part), view(in.operands[1], part), gradient.data(), type, part.samples,
                   scratch);
  }
}

void CoreState::update(int64_t exponentBuffer, int64_t controlBuffer, const void *gradients, ElementType type,
                       const ChunkContext &context) {
  const Layer &layer = program.layers[core.layer];
  const auto *control = static_cast<const int64_t *>(view(controlBuffer, context).data);
  const int exponent = *static_cast<const int32_t *>(view(exponentBuffer, context).data);
  WeightUpdate u = weightUpdate(program, layer, control, exponent);
  u.neurons = core.neuronEnd - core.neuronBegin;
  u.rows = core.rowEnd - core.rowBegin;
  u.firstIndex = core.neuronBegin * u.neuronStride + core.rowBegin * u.rowStride;
  updateMasters(u, gradients, type, stored.data(), context.keepSteps ? lastSteps.data() : nullptr);
  refreshWeights();
}

} // namespace wage::rt
