//===- Cost.cpp - what an instruction costs on a core ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Cost.h"

#include "runtime/Format/Events.h"
#include "runtime/Format/Streams.h"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace wage::rt {

namespace {

uint64_t ceilDivide(uint64_t a, uint64_t b) { return b ? (a + b - 1) / b : 0; }

struct CostBuilder {
  const Program &program;
  const Core &core;
  const Template &t;
  const std::function<uint64_t(uint32_t)> *eventsOf = nullptr; ///< null: the most there can be
  InstructionCost cost = {};

  void addBytes(const BufferDecl &buffer, uint64_t bytes) {
    const auto address = static_cast<uint32_t>(operandValue(buffer.address, core));
    (address & offChipBit ? cost.offChipBytes : cost.memoryBytes) += bytes;
  }

  uint64_t linkBytes(uint64_t first, uint64_t count) const {
    uint64_t bytes = 0;
    for (uint64_t i = first; i < first + count; ++i) {
      const uint32_t index = core.links[i].route;
      const Route &route = program.routes[index];
      bytes += eventsOf && route.carriesEvents() ? routeBytes(program, route, (*eventsOf)(index))
                                                 : mostRouteBytes(program, route);
    }
    return bytes;
  }

  /// Of a gradient that is formed from the batch.
  void addGradient(const Instruction &instruction, const OpcodeInfo &info, uint64_t samples) {
    auto buffer = [&](const char *field) -> const BufferDecl & {
      return t.buffers[instruction.operands[info.fieldIndex(field)].value];
    };
    auto elements = [&](const char *field) { return uint64_t(operandValue(buffer(field).elements, core)); };
    const uint64_t weights = blockOf(program, core).weights();
    const uint64_t passes = ceilDivide(weights, std::max<uint64_t>(elements("sums"), 1));
    addBytes(buffer("error"), samples * slotBytes(buffer("error").type, elements("error")));
    addBytes(buffer("input"), passes * samples * slotBytes(buffer("input").type, elements("input")));
    addBytes(buffer("sums"), 2 * samples * slotBytes(buffer("sums").type, weights));
  }

  void addOperands(const Instruction &instruction, const OpcodeInfo &info, uint64_t samples) {
    // A message moves what its links carry, every other instruction its buffers in full.
    if (info.work == WorkKind::Message) {
      const BufferDecl &buffer = t.buffers[instruction.operands[0].value];
      const uint64_t bytes =
          linkBytes(operandValue(instruction.operands[1], core), operandValue(instruction.operands[2], core));
      const bool accumulates = info.opcode == Opcode::Receive && !copiesPackets(instruction);
      return addBytes(buffer, accumulates ? 2 * bytes : bytes);
    }
    if (info.work == WorkKind::Event)
      return; // addWindow
    if (isOfBatch(info.opcode))
      addGradient(instruction, info, samples);
    for (size_t i = isOfBatch(info.opcode) ? 3 : 0; i < info.fields.size(); ++i) {
      if (!info.fields[i].isBuffer())
        continue;
      const BufferDecl &buffer = t.buffers[instruction.operands[i].value];
      const uint64_t bytes = slotBytes(buffer.type, operandValue(buffer.elements, core));
      addBytes(buffer, info.fields[i].kind == FieldKind::BufInOut ? 2 * bytes : bytes);
    }
  }
};

/// Of a window: `events` read from the input, potentials written.
void addWindow(CostBuilder &builder, const Instruction &instruction, uint64_t events) {
  const BufferDecl &input = builder.t.buffers[instruction.operands[0].value];
  const BufferDecl &output = builder.t.buffers[instruction.operands[1].value];
  builder.addBytes(input, slotBytes(input.type, events));
  builder.addBytes(output, slotBytes(output.type, operandValue(output.elements, builder.core)));
}

InstructionCost finish(const CostBuilder &builder, const CoreGroup &group, bool isIdle, uint64_t workCycles) {
  InstructionCost cost = builder.cost;
  cost.cycles =
      std::max({isIdle ? uint64_t(0) : uint64_t(1), workCycles, ceilDivide(cost.memoryBytes, group.dataBytesPerCycle),
                ceilDivide(cost.offChipBytes, builder.program.chip.offChip.bytesPerCycle)});
  return cost;
}

} // namespace

uint64_t mostEventsOf(const Program &program, const Route &route) {
  return uint64_t(route.elements) * mostEvents(route.code, static_cast<int>(program.eventBits(route)));
}

uint64_t routeBytes(const Program &program, const Route &route, uint64_t events) {
  return route.carriesEvents() ? events * program.chip.spikes.eventBytes : slotBytes(route.type, route.elements);
}

uint64_t ticksOf(const Program &program, uint32_t phase) {
  std::vector<uint64_t> ofLayer(program.layers.size(), 0);
  for (const Template &t : program.templates)
    for (uint32_t i = t.phaseBegin[phase]; i < t.phaseBegin[phase + 1]; ++i)
      if (const Instruction in = decodeInstruction(t.words, i); in.opcode == Opcode::Integrate) {
        uint64_t &ticks = ofLayer[program.originalOf(static_cast<uint32_t>(in.operands[2].value))];
        ticks = std::max(ticks, static_cast<uint64_t>(windowOf(in).ticks()));
      }
  return std::accumulate(ofLayer.begin(), ofLayer.end(), uint64_t(0));
}

InstructionCost costOfMessage(const Program &program, const Core &core, const Instruction &instruction,
                              const std::function<uint64_t(uint32_t)> &eventsOf) {
  CostBuilder builder{program, core, program.templates[core.templateIndex], &eventsOf};
  builder.addOperands(instruction, *findOpcode(static_cast<uint16_t>(instruction.opcode)), 1);
  return finish(builder, groupOf(program, core), builder.cost.memoryBytes + builder.cost.offChipBytes == 0, 0);
}

InstructionCost costOfWindow(const Program &program, const Core &core, const Instruction &instruction, uint64_t events,
                             const std::vector<uint64_t> &synapticEventsOfTick) {
  const CoreGroup &group = groupOf(program, core);
  CostBuilder builder{program, core, program.templates[core.templateIndex]};
  addWindow(builder, instruction, events);
  uint64_t cycles = 0;
  for (const uint64_t synapticEvents : synapticEventsOfTick) {
    builder.cost.macs += synapticEvents;
    cycles += std::max<uint64_t>(program.chip.spikes.tickCycles, ceilDivide(synapticEvents, group.macsPerCycle));
  }
  return finish(builder, group, false, cycles);
}

EnergySplit energyOf(const EnergyDescription &energy, uint64_t macs, uint64_t memoryBytes, uint64_t byteHops,
                     uint64_t offChipBytes) {
  return {double(macs) * energy.macPj, double(memoryBytes) * energy.memoryBytePj, double(byteHops) * energy.hopBytePj,
          double(offChipBytes) * energy.offChipBytePj};
}

const CoreGroup &groupOf(const Program &program, const Core &core) {
  const CoreGroup *group = program.chip.groupAt(core.x, core.y);
  assert(group && "the verifier has proved that every core lies in a group");
  return *group;
}

InstructionCost costOf(const Program &program, const Core &core, const Instruction &instruction, uint64_t samples) {
  const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(instruction.opcode));
  const CoreGroup &group = groupOf(program, core);
  CostBuilder builder{program, core, program.templates[core.templateIndex]};
  builder.addOperands(instruction, info, samples);
  InstructionCost &cost = builder.cost;
  const uint64_t weights = core.layer == noIndex ? 0 : blockOf(program, core).weights();
  uint64_t workCycles = 0;
  if (isOfBatch(info.opcode) || info.work == WorkKind::Mac) {
    cost.macs = weights * program.layers[core.layer].geometry.positions() * (isOfBatch(info.opcode) ? samples : 1);
    workCycles = ceilDivide(cost.macs, group.macsPerCycle);
  }
  if (info.work == WorkKind::Update || info.work == WorkKind::BatchUpdate) {
    cost.memoryBytes += 2 * packedBytes(weights, program.config.gradientBits);
    workCycles += ceilDivide(weights, group.macsPerCycle);
  }
  if (info.work == WorkKind::Event) {
    // Every axon has an event in every tick.
    const auto ticks = static_cast<uint64_t>(windowOf(instruction).ticks());
    const uint64_t macs = weights * program.layers[core.layer].geometry.positions();
    const BufferDecl &input = builder.t.buffers[instruction.operands[0].value];
    addWindow(builder, instruction, ticks * static_cast<uint64_t>(operandValue(input.elements, core)));
    cost.macs = ticks * macs;
    workCycles = ticks * std::max<uint64_t>(program.chip.spikes.tickCycles, ceilDivide(macs, group.macsPerCycle));
  }
  return finish(builder, group, info.work == WorkKind::Message && cost.memoryBytes + cost.offChipBytes == 0,
                workCycles);
}

} // namespace wage::rt
