//===- SpikeRecorder.h - what neurons fire, while a network runs --------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_API_SPIKERECORDER_H
#define WAGE_RUNTIME_API_SPIKERECORDER_H

#include "runtime/Format/Program.h"
#include "runtime/Kernels/ElementwiseKernels.h"

#include <map>

namespace wage::rt {

/// What the neurons of one layer, or the elements of the input, have fired, and what the layer's axons have taken. Copies of a
/// layer count as that layer.
struct LayerActivity {
  std::string layer;                 ///< "input" of the network's; "other" of cores without weights
  SpikeCode code = SpikeCode::Dense; ///< of what it fires; dense: it sends no events
  uint32_t bits = 0;                 ///< of a neuron's integer
  uint64_t neurons = 0;              ///< that fire, numbered core by core in the order of their channels
  uint64_t values = 0;               ///< integers that they have fired: one per neuron and image
  uint64_t spikes = 0;               ///< events of these, each once however many packet streams carry it
  uint64_t silent = 0;               ///< integers without an event
  uint64_t synapticEvents = 0;       ///< weights that events added to the layer's potentials
  uint64_t mostSynapticEvents = 0;   ///< the same per image at most; 0: the layer integrates no events
  std::vector<int16_t> shown;        ///< what neurons neuronOf(0), neuronOf(1), … fired in the image that is looked at

  /// The neurons that are looked at lie evenly among all.
  uint64_t neuronOf(uint64_t row) const { return row * neurons / shown.size(); }
  int64_t ticks() const { return windowTicks(code, static_cast<int>(bits)); }
  uint64_t mostSpikes() const { return values * static_cast<uint64_t>(mostEvents(code, static_cast<int>(bits))); }
};

/// What the core engine has counted of the images since it was told to.
struct SpikeActivity {
  uint64_t images = 0;
  uint64_t shownImage = 0;              ///< number of the image that is looked at
  std::map<uint32_t, uint64_t> batches; ///< by their size: how many
  uint64_t latencyCycles = 0;           ///< of the first images of all batches together
  uint64_t largestLatencyCycles = 0;    ///< of them
  std::vector<LayerActivity> layers;    ///< the input, layers in file order that fire or integrate, others

  uint64_t batchCount() const {
    uint64_t count = 0;
    for (const auto &[size, often] : batches)
      count += often;
    return count;
  }
};

/// Gathers them. Routes may be added to from any number of threads, each route from one at a time; all else from one.
class SpikeRecorder {
public:
  /// Neurons of a layer that are looked at: as many lines as a screen shows.
  static constexpr uint64_t mostRows = 200;

  /// `shownImage`: whose neurons are looked at.
  SpikeRecorder(const Program &program, uint64_t shownImage);

  /// What a route of events carries of samples [firstSample, firstSample + samples) of the batch; element 0 of its packets is
  /// element `offset` of `view`.
  void add(uint32_t route, BufferView view, int64_t offset, uint32_t firstSample, uint32_t samples);
  /// Synaptic events on a core of `layer`, of any number of samples.
  void addSynapticEvents(uint32_t layer, uint64_t events);
  /// Latency of a phase for the batch's first sample.
  void addLatency(uint64_t cycles) { batchLatency += cycles; }
  void endBatch(uint32_t samples);

  SpikeActivity activity() const;

private:
  /// Elements of a route that none before it has carried: neurons [firstNeuron, firstNeuron + count) of its layer.
  struct Piece {
    int64_t offset = 0, count = 0;
    uint64_t firstNeuron = 0;
  };
  struct OfRoute {
    size_t layer = 0; ///< in `found.layers`
    SpikeCode code = SpikeCode::Dense;
    std::vector<Piece> pieces;
    uint64_t values = 0, spikes = 0, silent = 0;
  };
  /// A node's buffer whose elements packets carry: the first of each is a neuron.
  struct Sent {
    int64_t offset;
    uint32_t route;
  };

  size_t rowOf(uint32_t layer) const { return layer == noIndex ? found.layers.size() - 1 : 1 + layer; }
  void numberInput(const Program &program);
  void numberCores(const Program &program);
  void number(const Program &program, size_t layer, const std::vector<Sent> &sent);
  void countMost(const Program &program);
  void show(const OfRoute &of, const Piece &piece, BufferView view, int64_t sample);

  std::vector<OfRoute> routes; ///< by route
  SpikeActivity found;         ///< layers: the input, Program::layers, others; without what `routes` has
  uint64_t batchLatency = 0;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_API_SPIKERECORDER_H
