//===- Replay.h - a program's layers on one sample ---------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// What is exported, before it is text. Every layer stands for itself: its axons have the spikes that the runtime found for
// the sample, and its neurons sum them and fire into nothing. So all layers work at once, and what lies between two of them
// (pools, sums of partial sums) needs no counterpart.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TARGETS_SANAFE_REPLAY_H
#define WAGE_TARGETS_SANAFE_REPLAY_H

#include "runtime/Api/wage_runtime.h"
#include "runtime/Format/Program.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <string>
#include <utility>
#include <vector>

namespace wage::sanafe {

/// A core of SANA-FE: the one of a tile, or the host's, which stands beside that of tile (0, 0).
struct Place {
  uint32_t x = 0, y = 0;
  bool isHost = false;

  bool operator==(const Place &o) const { return x == o.x && y == o.y && isHost == o.isHost; }
  bool operator<(const Place &o) const {
    return std::make_pair(std::make_pair(x, y), isHost) < std::make_pair(std::make_pair(o.x, o.y), o.isHost);
  }
};

/// The elements of one route, each an input neuron, with a second one for negative values where there may be any.
struct Axons {
  std::string name; ///< of the group
  Place place;      ///< of what sends
  rt::SpikeCode code = rt::SpikeCode::Rate;
  int bits = 0; ///< of the values, hence the window
  bool hasSign = false;
  std::vector<int64_t> values; ///< by element, for the sample

  size_t neurons() const { return values.size() * (hasSign ? 2 : 1); }
  size_t elementOf(size_t neuron) const { return neuron % values.size(); }
  bool isNegative(size_t neuron) const { return neuron >= values.size(); }
  /// Spikes of one neuron: those of the element's value if that has the neuron's sign.
  int64_t spikesOf(size_t neuron) const;
  bool hasSpike(size_t neuron, int64_t tick) const;
  /// What a synapse of a neuron weighs: its sign, and with graded events the payload that SANA-FE's spikes do not carry.
  int64_t factorOf(size_t neuron) const;
};

/// Where the elements of a route lie among a block's axons.
struct Feed {
  size_t axons = 0; ///< index in Replay::axons
  int64_t firstElement = 0;
};

/// Neurons of one block: one per neuron of the layer and position, [neuron][position].
struct Block {
  uint32_t core = 0;
  std::string name; ///< of the group
  std::string gate; ///< of the group that opens it, if it fires
  Place place;
  rt::LinearBlock geometry;
  std::vector<int8_t> weights; ///< [neuron][row that it sees]
  rt::SpikeCode code = rt::SpikeCode::Rate;
  int bits = 0;            ///< of its axons
  uint32_t inputBytes = 0; ///< of one axon's value in the core's memory
  uint32_t synapsesPerCycle = 1;
  std::vector<Feed> feeds;

  /// Fires by its own sums: potential · 2^scale + bias, by neuron. Else it only sums, and scale and bias are 0.
  bool fires = false;
  int thresholdLog2 = 0, spikeBits = 0;
  std::vector<int32_t> scaleLog2;
  std::vector<int64_t> bias;
  int64_t hold = 0; ///< keeps every potential below the threshold while the window lasts

  std::vector<int64_t> results;  ///< spikes if it fires, else sums
  std::vector<double> remaining; ///< if it fires: potentials after the last time-step
  uint64_t synapticEvents = 0;   ///< counted by the runtime's kernel

  size_t neurons() const { return size_t(geometry.neurons * geometry.positions()); }
  int64_t ticks() const { return rt::windowTicks(code, bits); }
  /// Time-steps in which it may fire.
  int64_t firingTicks() const { return fires ? rt::windowTicks(rt::SpikeCode::Rate, spikeBits) : 0; }
  /// What is added when it opens, so that spikes are rounded.
  int64_t halfThreshold() const { return thresholdLog2 > 0 ? int64_t(1) << (thresholdLog2 - 1) : 0; }
  /// The last time-step that concerns it. A spike of tick t is summed in time-step t + 1, and so is the gate's.
  int64_t lastStep() const { return ticks() + 1 + firingTicks(); }
  /// Whether others go on after it, so that its gate has to close.
  bool closes(int64_t steps) const { return fires && lastStep() < steps; }
  int64_t gateNeurons(int64_t steps) const { return fires ? closes(steps) ? 3 : 2 : 0; }

  /// Calls visit(target, weight) for the synapses of the axon of one element of the block's input.
  void forEachSynapse(int64_t element, llvm::function_ref<void(int64_t, int64_t)> visit) const;
  uint64_t countSynapses(int64_t element) const;
  /// The most that any potential can be from 0, whatever its axons do.
  int64_t largestSum() const;
};

struct Replay {
  const rt::Program *program = nullptr;
  std::vector<Axons> axons;
  std::vector<Block> blocks;
  uint32_t columns = 1, rows = 1; ///< of the mesh that holds all places
  int64_t steps = 0;              ///< time-steps to simulate
  rt::Counters counters;
  std::vector<int64_t> logits;

  uint64_t edges() const;
};

/// Runs the sample on the core engine, and describes what each layer did.
/// Errors: as exportToSanaFe.
rt::Expected<Replay> replaySample(const rt::Program &program, const uint8_t *image, uint64_t edgeLimit);

/// Of a threshold that nothing reaches.
constexpr double unreachable = 1e15;

/// A layer's name as SANA-FE's addresses can have it: letters, digits and underscores.
std::string groupName(const std::string &layer);

} // namespace wage::sanafe

#endif // WAGE_TARGETS_SANAFE_REPLAY_H
