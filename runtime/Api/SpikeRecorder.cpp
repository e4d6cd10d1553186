//===- SpikeRecorder.cpp - what neurons fire, while a network runs ------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Api/SpikeRecorder.h"

#include "runtime/Api/Engine.h"
#include "runtime/Format/Cost.h"
#include "runtime/Format/Streams.h"
#include "runtime/Kernels/EventProduct.h"

#include <algorithm>
#include <numeric>

namespace wage::rt {

SpikeRecorder::SpikeRecorder(const Program &program, uint64_t shownImage) : routes(program.routes.size()) {
  found.shownImage = shownImage;
  found.layers.resize(program.layers.size() + 2);
  found.layers.front().layer = "input";
  found.layers.back().layer = "other";
  for (size_t i = 0; i < program.layers.size(); ++i)
    found.layers[1 + i].layer = program.layers[i].name;
  numberInput(program);
  numberCores(program);
  countMost(program);
  for (LayerActivity &layer : found.layers)
    layer.shown.resize(std::min(layer.neurons, mostRows));
}

void SpikeRecorder::numberInput(const Program &program) {
  std::vector<Sent> sent;
  for (const HostPort &port : program.hostPorts)
    if (port.data == HostData::Image && program.routes[port.route].carriesEvents())
      sent.push_back({port.offset, port.route});
  number(program, 0, sent);
}

/// A buffer that several links carry, whole or in parts, is numbered once.
void SpikeRecorder::numberCores(const Program &program) {
  const std::vector<std::vector<Instruction>> streams = decodeStreams(program);
  std::vector<uint32_t> order(program.cores.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return program.cores[a].neuronBegin < program.cores[b].neuronBegin; });
  for (uint32_t c : order) {
    const Core &core = program.cores[c];
    std::map<int32_t, std::vector<Sent>> sentOf; // by buffer
    const std::vector<uint32_t> &begin = program.templates[core.templateIndex].phaseBegin;
    for (uint32_t i = 0; i < begin[program.inferPhases]; ++i) {
      const Instruction &in = streams[core.templateIndex][i];
      if (in.opcode != Opcode::Send)
        continue;
      for (const Link &link : linksOf(in, core))
        if (program.routes[link.route].carriesEvents())
          sentOf[in.operands[0].value].push_back({link.offset, link.route});
    }
    const uint32_t layer = core.layer == noIndex ? noIndex : program.originalOf(core.layer);
    for (const auto &[buffer, sent] : sentOf)
      number(program, rowOf(layer), sent);
  }
}

/// Numbers the elements of one buffer that are sent, in its order, and gives each to the first route that carries it.
void SpikeRecorder::number(const Program &program, size_t layer, const std::vector<Sent> &sent) {
  int64_t elements = 0;
  for (const Sent &s : sent)
    elements = std::max(elements, s.offset + int64_t(program.routes[s.route].elements));
  std::vector<bool> isSent(elements, false), isTaken(elements, false);
  for (const Sent &s : sent)
    std::fill_n(isSent.begin() + s.offset, program.routes[s.route].elements, true);
  LayerActivity &of = found.layers[layer];
  std::vector<uint64_t> neuronOf(elements);
  for (int64_t e = 0; e < elements; ++e)
    neuronOf[e] = of.neurons, of.neurons += isSent[e];
  for (const Sent &s : sent) {
    const Route &route = program.routes[s.route];
    of.code = route.code;
    of.bits = std::max(of.bits, program.eventBits(route));
    routes[s.route].layer = layer;
    routes[s.route].code = route.code;
    for (int64_t i = 0; i < int64_t(route.elements); ++i) {
      std::vector<Piece> &pieces = routes[s.route].pieces;
      const int64_t e = s.offset + i;
      if (isTaken[e])
        continue;
      isTaken[e] = true;
      if (pieces.empty() || pieces.back().offset + pieces.back().count != i)
        pieces.push_back({i, 0, neuronOf[e]});
      ++pieces.back().count;
    }
  }
}

void SpikeRecorder::countMost(const Program &program) {
  const std::vector<std::vector<Instruction>> streams = decodeStreams(program);
  for (const Core &core : program.cores)
    for (uint32_t i = 0; i < program.templates[core.templateIndex].phaseBegin[program.inferPhases]; ++i)
      if (const Instruction &in = streams[core.templateIndex][i]; in.opcode == Opcode::Integrate)
        found.layers[rowOf(program.originalOf(core.layer))].mostSynapticEvents += costOf(program, core, in).macs;
}

void SpikeRecorder::add(uint32_t route, BufferView view, int64_t offset, uint32_t firstSample, uint32_t samples) {
  OfRoute &of = routes[route];
  for (const Piece &piece : of.pieces) {
    BufferView part = view;
    part.data = static_cast<uint8_t *>(view.data) + (offset + piece.offset) * int64_t(hostBytes(view.type));
    uint64_t largest = 0;
    countValues(part, piece.count, samples, largestInteger(16), of.silent, largest);
    of.values += uint64_t(piece.count) * samples;
    for (uint32_t s = 0; s < samples; ++s) {
      of.spikes += countEvents(of.code, part, piece.count, s);
      if (found.images + firstSample + s == found.shownImage)
        show(of, piece, part, s);
    }
  }
}

void SpikeRecorder::show(const OfRoute &of, const Piece &piece, BufferView view, int64_t sample) {
  LayerActivity &layer = found.layers[of.layer];
  const uint64_t rows = layer.shown.size();
  // The first row whose neuron is not before the piece.
  uint64_t row = (piece.firstNeuron * rows + layer.neurons - 1) / layer.neurons;
  for (; row < rows && layer.neuronOf(row) < piece.firstNeuron + uint64_t(piece.count); ++row) {
    const auto element = static_cast<int64_t>(layer.neuronOf(row) - piece.firstNeuron);
    layer.shown[row] = static_cast<int16_t>(elementAt(view.data, view.type, sample * view.sampleStride + element));
  }
}

void SpikeRecorder::addSynapticEvents(uint32_t layer, uint64_t events) {
  found.layers[rowOf(layer)].synapticEvents += events;
}

void SpikeRecorder::endBatch(uint32_t samples) {
  found.images += samples;
  ++found.batches[samples];
  found.latencyCycles += batchLatency;
  found.largestLatencyCycles = std::max(found.largestLatencyCycles, batchLatency);
  batchLatency = 0;
}

SpikeActivity SpikeRecorder::activity() const {
  SpikeActivity all = found;
  for (const OfRoute &of : routes) {
    LayerActivity &layer = all.layers[of.layer];
    layer.values += of.values;
    layer.spikes += of.spikes;
    layer.silent += of.silent;
  }
  const auto isIdle = [](const LayerActivity &layer) { return layer.neurons == 0 && layer.mostSynapticEvents == 0; };
  all.layers.erase(std::remove_if(all.layers.begin(), all.layers.end(), isIdle), all.layers.end());
  return all;
}

} // namespace wage::rt
