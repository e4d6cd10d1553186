//===- Writer.cpp - programs to FlatBuffers ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Checksum.h"
#include "runtime/Format/Container.h"
#include "runtime/Format/Positions.h"
#include "runtime/Format/Streams.h"
#include "runtime/Format/Wage_generated.h"

namespace wage::rt {

namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

Offset<fb::Chip> writeChip(FlatBufferBuilder &b, const ChipDescription &chip) {
  std::vector<Offset<fb::CoreGroup>> groups;
  for (const CoreGroup &g : chip.groups) {
    auto learning = fb::CreateLearning(b, g.learning.transposedRead, g.learning.outerProduct, g.learning.maxReduce,
                                       g.learning.masterBits, g.learning.randomBits);
    groups.push_back(fb::CreateCoreGroup(b, b.CreateString(g.name), g.firstX, g.firstY, g.columns, g.rows, g.axons,
                                         g.neurons, b.CreateVector(g.weightBits), g.synapseBytes, g.dataBytes,
                                         g.dataBytesPerCycle, g.macsPerCycle, g.accumulatorBits, g.reduceFanIn,
                                         learning, b.CreateVector(g.axonsPerWeight)));
  }
  std::vector<std::string> codes;
  for (const SpikeCode code : chip.spikes.codes)
    codes.push_back(spikeCodeName(code));
  return fb::CreateChip(b, b.CreateString(chip.name), chip.gridColumns, chip.gridRows, chip.chipColumns, chip.chipRows,
                        chip.clockMegahertz, b.CreateVector(groups), chip.noc.multicast, chip.noc.linkBytesPerCycle,
                        chip.noc.hopCycles, chip.noc.interChipBytesPerCycle, chip.noc.interChipCycles,
                        chip.offChip.bytes, chip.offChip.portX, chip.offChip.portY, chip.offChip.bytesPerCycle,
                        chip.energy.macPj, chip.energy.memoryBytePj, chip.energy.hopBytePj, chip.energy.offChipBytePj,
                        b.CreateVectorOfStrings(codes), b.CreateVector(chip.faultyCores), chip.spikes.eventBytes,
                        chip.spikes.tickCycles, chip.spikes.fixedTicks);
}

Offset<fb::Layer> writeLayer(FlatBufferBuilder &b, const Layer &layer) {
  const LinearBlock &g = layer.geometry;
  return fb::CreateLayer(b, b.CreateString(layer.name), b.CreateString(layer.weightName), layer.ordinal,
                         b.CreateVector(layer.weightShape), layer.axonsFirst, g.height, g.width, g.kernelHeight,
                         g.kernelWidth, g.strideY, g.strideX, g.padTop, g.padLeft, g.outHeight, g.outWidth, g.rowEnd,
                         g.neurons, b.CreateVector(layer.scaleLog2), b.CreateString(layer.biasName),
                         b.CreateVector(layer.bias), g.dilationY, g.dilationX, static_cast<uint32_t>(g.groups));
}

Offset<fb::Template> writeTemplate(FlatBufferBuilder &b, const Template &t) {
  std::vector<Offset<fb::Buffer>> buffers;
  for (const BufferDecl &buffer : t.buffers) {
    const fb::Operand elements(buffer.elements.value, buffer.elements.isParameter);
    const fb::Operand address(buffer.address.value, buffer.address.isParameter);
    const fb::Operand firstEntry(buffer.firstEntry.value, buffer.firstEntry.isParameter);
    buffers.push_back(fb::CreateBuffer(b, b.CreateString(buffer.name), static_cast<uint8_t>(buffer.type),
                                       static_cast<uint8_t>(buffer.lifetime), &elements, &address, buffer.assembly,
                                       buffer.tables, &firstEntry, buffer.slots));
  }
  return fb::CreateTemplate(b, b.CreateString(t.name), b.CreateVectorOfStrings(t.parameters), b.CreateVector(buffers),
                            b.CreateVector(t.phaseBegin), b.CreateVector(t.words));
}

/// Whether a buffer holds several samples, or a gradient is formed from the batch.
bool needsSlotsOrBatch(const Program &p) {
  for (const Template &t : p.templates) {
    for (const BufferDecl &buffer : t.buffers)
      if (buffer.slots > 1)
        return true;
    // Tests write programs, too, whose streams nobody can decode.
    for (size_t word = 0; word < t.words.size(); word += instructionWords)
      if (const OpcodeInfo *info = findOpcode(static_cast<uint16_t>(t.words[word])); info && isOfBatch(info->opcode))
        return true;
  }
  return false;
}

Offset<fb::Tables> writeFunctionTables(FlatBufferBuilder &b, const Tables &tables) {
  return fb::CreateTables(b, tables.bits, static_cast<uint8_t>(tables.type), b.CreateVector(tables.entries));
}

Offset<fb::Move> writeMove(FlatBufferBuilder &b, const Move &move) {
  const Rearrangement &r = move.rearrangement;
  return fb::CreateMove(b, static_cast<uint64_t>(move.inElements), static_cast<uint64_t>(move.outElements),
                        b.CreateVector(r.sizes), b.CreateVector(r.from), b.CreateVector(r.to));
}

Offset<fb::Assembly> writeAssembly(FlatBufferBuilder &b, const Assembly &assembly) {
  std::vector<fb::Segment> segments;
  for (const Segment &s : assembly.segments)
    segments.emplace_back(s.begin, s.elements, s.templateIndex, s.buffer);
  return fb::CreateAssembly(b, b.CreateVectorOfStructs(segments));
}

Offset<fb::TracePoint> writeTracePoint(FlatBufferBuilder &b, const TracePoint &t) {
  return fb::CreateTracePoint(b, b.CreateString(t.name), static_cast<uint8_t>(t.kind), t.phase, t.templateIndex,
                              t.buffer, t.offsetParameter, b.CreateVector(t.shape), t.firstRow, t.rows);
}

Offset<fb::HostOrder> writeOrder(FlatBufferBuilder &b, const Rearrangement &order) {
  return fb::CreateHostOrder(b, b.CreateVector(order.sizes), b.CreateVector(order.from), b.CreateVector(order.to));
}

Offset<fb::HostFunction> writeHostFunction(FlatBufferBuilder &b, const HostFunction &f) {
  return fb::CreateHostFunction(b, static_cast<uint8_t>(f.kind), f.axis, f.keepDims, f.last, b.CreateVector(f.shape));
}

/// Calls `write` on each element and makes a vector of what it returns.
template <typename T, typename F> auto writeAll(FlatBufferBuilder &b, const std::vector<T> &items, F write) {
  std::vector<decltype(write(b, items[0]))> offsets;
  offsets.reserve(items.size());
  for (const T &item : items)
    offsets.push_back(write(b, item));
  return b.CreateVector(offsets);
}

Offset<fb::HostInput> writeHostInput(FlatBufferBuilder &b, const std::optional<HostInput> &input) {
  if (!input)
    return 0;
  return fb::CreateHostInput(b, b.CreateVector(input->shape), input->batch, b.CreateVector(input->scale),
                             b.CreateVector(input->offset), input->step, input->bits, writeOrder(b, input->order));
}

Offset<fb::HostOutput> writeHostOutput(FlatBufferBuilder &b, const std::optional<HostOutput> &output) {
  if (!output)
    return 0;
  return fb::CreateHostOutput(b, b.CreateVector(output->shape), output->batch, output->step,
                              writeOrder(b, output->order), writeAll(b, output->functions, writeHostFunction));
}

/// The cores and what stands in flat vectors behind them.
struct FlatCores {
  std::vector<fb::Core> cores;
  std::vector<uint32_t> parameters;
  std::vector<fb::Link> links;

  explicit FlatCores(const Program &program) {
    cores.reserve(program.cores.size());
    for (const Core &core : program.cores) {
      cores.emplace_back(core.x, core.y, core.templateIndex, core.layer, core.rowBegin, core.rowEnd, core.neuronBegin,
                         core.neuronEnd, core.imageOffset, core.imageBytes, parameters.size(), links.size(),
                         static_cast<uint32_t>(core.parameters.size()), static_cast<uint32_t>(core.links.size()));
      parameters.insert(parameters.end(), core.parameters.begin(), core.parameters.end());
      for (const Link &link : core.links)
        links.emplace_back(link.route, link.offset);
    }
  }
};

struct FlatRoutes {
  std::vector<fb::Route> routes;
  std::vector<uint32_t> destinations;

  explicit FlatRoutes(const Program &program) {
    routes.reserve(program.routes.size());
    for (const Route &route : program.routes) {
      routes.emplace_back(route.source, route.elements, static_cast<uint32_t>(destinations.size()),
                          static_cast<uint32_t>(route.destinations.size()), static_cast<uint8_t>(route.type));
      destinations.insert(destinations.end(), route.destinations.begin(), route.destinations.end());
    }
  }
};

/// What a program may lack: an absent vector keeps the bytes of files without it what they were.
template <typename T>
Offset<flatbuffers::Vector<T>> writeUnlessEmpty(FlatBufferBuilder &b, const std::vector<T> &items) {
  return items.empty() ? Offset<flatbuffers::Vector<T>>() : b.CreateVector(items);
}

Offset<flatbuffers::Vector<uint32_t>> writeFrozenLayers(FlatBufferBuilder &b, const Program &p) {
  std::vector<uint32_t> frozen;
  for (uint32_t i = 0; i < p.layers.size(); ++i)
    if (p.layers[i].frozen)
      frozen.push_back(i);
  return writeUnlessEmpty(b, frozen);
}

Offset<flatbuffers::Vector<const fb::LayerCopy *>> writeCopies(FlatBufferBuilder &b, const Program &p) {
  std::vector<fb::LayerCopy> copies;
  for (uint32_t i = 0; i < p.layers.size(); ++i)
    if (p.layers[i].isCopy())
      copies.push_back({i, p.layers[i].copyOf});
  return copies.empty() ? Offset<flatbuffers::Vector<const fb::LayerCopy *>>() : b.CreateVectorOfStructs(copies);
}

Offset<flatbuffers::Vector<uint8_t>> writeRouteCodes(FlatBufferBuilder &b, const Program &p) {
  std::vector<uint8_t> codes;
  if (p.hasEvents())
    for (const Route &route : p.routes)
      codes.push_back(static_cast<uint8_t>(route.code));
  return writeUnlessEmpty(b, codes);
}

/// The oldest format that says all that the program has.
uint16_t neededMinor(const Program &p) {
  if (p.hasEvents())
    return formatMinor;
  if (needsSlotsOrBatch(p))
    return formatMinorWithoutEvents;
  if (p.weightTensors() < p.layers.size() || Positions(p).anyShared())
    return formatMinorWithoutSlots;
  return p.hasFrozenLayers() ? formatMinorBeforeMapper : formatMinorWithoutFrozen;
}

} // namespace

Status checkFileSize(const Program &p) {
  uint64_t bytes =
      p.images.size() + p.routes.size() * sizeof(fb::Route) + p.cores.size() * sizeof(fb::Core) + (1 << 24);
  for (const Core &core : p.cores)
    bytes += core.parameters.size() * 4 + core.links.size() * sizeof(fb::Link);
  for (const Route &route : p.routes)
    bytes += route.destinations.size() * 4;
  for (const Layer &layer : p.layers)
    bytes += layer.bias.size() * 8 + layer.scaleLog2.size() * 4;
  for (const Tables &tables : p.tables)
    bytes += tables.entries.size() * 2;
  if (bytes < (uint64_t(1) << 31))
    return Status();
  return Status::error("the binary would take " + std::to_string(bytes) + " bytes, a file holds less than 2147483648");
}

std::vector<uint8_t> writeProgram(const Program &p) {
  FlatBufferBuilder b(1 << 16);
  b.ForceDefaults(true); // the checksum's four bytes must exist whatever their value
  auto images = b.CreateVector(p.images);
  auto name = b.CreateString(p.name), producer = b.CreateString(p.producer);
  auto config = fb::CreateConfig(b, static_cast<uint8_t>(p.config.mode), p.config.weightBits, p.config.activationBits,
                                 p.config.gradientBits, p.config.errorBits, p.config.randomBits,
                                 static_cast<uint8_t>(p.config.rounding), p.config.maxBatch);
  auto chip = writeChip(b, p.chip);
  auto encoder = b.CreateVector(p.encoderTable);
  auto layers = writeAll(b, p.layers, writeLayer);
  std::vector<fb::Pool> poolStructs;
  for (const Pool &q : p.pools)
    poolStructs.emplace_back(q.height, q.width, q.kernelHeight, q.kernelWidth, q.strideY, q.strideX, q.padTop,
                             q.padLeft, q.outHeight, q.outWidth);
  auto pools = b.CreateVectorOfStructs(poolStructs);
  auto phases = writeAll(b, p.phases, [](FlatBufferBuilder &fbb, const PhaseDecl &phase) {
    return fb::CreatePhase(fbb, fbb.CreateString(phase.name), phase.perSample);
  });
  auto templates = writeAll(b, p.templates, writeTemplate);
  const FlatCores flatCores(p);
  auto cores = b.CreateVectorOfStructs(flatCores.cores);
  auto parameters = b.CreateVector(flatCores.parameters);
  auto links = b.CreateVectorOfStructs(flatCores.links);
  const FlatRoutes flatRoutes(p);
  auto routes = b.CreateVectorOfStructs(flatRoutes.routes);
  auto destinations = b.CreateVector(flatRoutes.destinations);
  std::vector<fb::HostPort> ports;
  for (const HostPort &port : p.hostPorts)
    ports.emplace_back(port.route, port.offset, static_cast<uint8_t>(port.data));
  auto hostPorts = b.CreateVectorOfStructs(ports);
  auto tracePoints = writeAll(b, p.tracePoints, writeTracePoint);
  auto hostInput = writeHostInput(b, p.input);
  auto hostOutput = writeHostOutput(b, p.output);
  auto tables = writeAll(b, p.tables, writeFunctionTables);
  auto moves = writeAll(b, p.moves, writeMove);
  auto assemblies = writeAll(b, p.assemblies, writeAssembly);
  auto frozenLayers = writeFrozenLayers(b, p);
  auto layerCopies = writeCopies(b, p);
  auto routeCodes = writeRouteCodes(b, p);
  const fb::TrainingState state(p.state.step, p.state.seed, p.state.samplePosition);
  auto root = fb::CreateProgram(b, formatMajor, neededMinor(p), 0, name, producer, config, chip, p.inputChannels,
                                p.inputHeight, p.inputWidth, p.classes, static_cast<uint8_t>(p.inputType), encoder,
                                layers, pools, phases, p.inferPhases, templates, cores, parameters, links, routes,
                                destinations, hostPorts, tracePoints, &state, images, hostInput, hostOutput, tables,
                                moves, assemblies, p.logits, frozenLayers, layerCopies, routeCodes);
  fb::FinishProgramBuffer(b, root);
  std::vector<uint8_t> bytes(b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize());
  storeChecksum(bytes);
  return bytes;
}

} // namespace wage::rt
