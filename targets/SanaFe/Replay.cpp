//===- Replay.cpp - spikes and synapses of a replay ---------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "targets/SanaFe/Replay.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <cstdlib>

using namespace wage::rt;

namespace wage::sanafe {

int64_t Axons::spikesOf(size_t neuron) const {
  const int64_t value = values[elementOf(neuron)];
  return (value < 0) == isNegative(neuron) ? eventsOf(code, value) : 0;
}

bool Axons::hasSpike(size_t neuron, int64_t tick) const {
  const int64_t value = values[elementOf(neuron)];
  return (value < 0) == isNegative(neuron) && hasEvent(code, value, tick, bits);
}

int64_t Axons::factorOf(size_t neuron) const {
  const int64_t payload =
      code == SpikeCode::Graded && spikesOf(neuron) ? std::abs(values[elementOf(neuron)]) : int64_t(1);
  return isNegative(neuron) ? -payload : payload;
}

void Block::forEachSynapse(int64_t element, llvm::function_ref<void(int64_t, int64_t)> visit) const {
  const int64_t rows = geometry.rowsPerNeuron(), perGroup = geometry.neuronsPerGroup();
  geometry.forEachWindow(element, [&](int64_t row, int64_t position) {
    const int64_t first = row / rows * perGroup;
    for (int64_t n = first; n < first + perGroup; ++n)
      visit(n * geometry.positions() + position,
            int64_t(weights[n * rows + row % rows]) * (int64_t(1) << scaleLog2[n]));
  });
}

uint64_t Block::countSynapses(int64_t element) const {
  uint64_t count = 0;
  geometry.forEachWindow(element, [&](int64_t, int64_t) { count += geometry.neuronsPerGroup(); });
  return count;
}

int64_t Block::largestSum() const {
  const int64_t rows = geometry.rowsPerNeuron();
  int64_t largest = 0;
  for (int64_t n = 0; n < geometry.neurons; ++n) {
    int64_t sum = 0;
    for (int64_t row = 0; row < rows; ++row)
      sum += std::abs(int64_t(weights[n * rows + row]));
    largest = std::max(largest, sum * (int64_t(1) << scaleLog2[n]));
  }
  // Rows fit 31 bits, weights 7, scales 24.
  return largest > INT64_MAX / largestInteger(bits) ? INT64_MAX : largest * largestInteger(bits);
}

uint64_t Replay::edges() const {
  uint64_t count = 0;
  for (const Block &block : blocks) {
    for (const Feed &feed : block.feeds) {
      const Axons &from = axons[feed.axons];
      for (size_t e = 0; e < from.values.size(); ++e)
        count += block.countSynapses(feed.firstElement + int64_t(e)) * (from.hasSign ? 2 : 1);
    }
    count += block.neurons() * uint64_t(block.gateNeurons(steps));
  }
  return count;
}

std::string groupName(const std::string &layer) {
  std::string name = layer.empty() ? "layer" : layer;
  for (char &c : name)
    if (!llvm::isAlnum(c))
      c = '_';
  return name;
}

} // namespace wage::sanafe
