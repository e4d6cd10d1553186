//===- SampleOrder.cpp - which sample comes when ------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/SampleOrder.h"

#include "runtime/Numerics/Philox.h"

#include <array>
#include <cassert>
#include <numeric>
#include <utility>

namespace wage::rt {

namespace {

/// The words of one epoch, in turn.
class EpochWords {
public:
  EpochWords(uint64_t seed, uint64_t epoch) : seed(seed), epoch(epoch) {}

  uint32_t next() {
    if (used == 4) {
      block =
          philox4x32({index++, ShuffleStream, static_cast<uint32_t>(epoch), static_cast<uint32_t>(epoch >> 32)}, seed);
      used = 0;
    }
    return block[used++];
  }

  /// Uniform in [0, bound), bound >= 1.
  uint32_t below(uint32_t bound) {
    const uint32_t passedOver = (0u - bound) % bound; // 2^32 mod bound
    uint64_t product;
    do
      product = uint64_t(next()) * bound;
    while (static_cast<uint32_t>(product) < passedOver);
    return static_cast<uint32_t>(product >> 32);
  }

private:
  uint64_t seed, epoch;
  uint32_t index = 0;
  unsigned used = 4;
  std::array<uint32_t, 4> block = {};
};

} // namespace

SampleOrder::SampleOrder(uint64_t samples, uint32_t batch, std::optional<uint64_t> shuffleSeed)
    : samples(samples), batch(batch), shuffleSeed(shuffleSeed) {
  assert(samples >= 1 && samples <= UINT32_MAX && batch >= 1);
}

void SampleOrder::orderEpoch(uint64_t epoch) {
  if (orderedEpoch == epoch)
    return;
  order.resize(samples);
  std::iota(order.begin(), order.end(), 0);
  EpochWords words(*shuffleSeed, epoch);
  for (uint32_t i = static_cast<uint32_t>(samples) - 1; i >= 1; --i)
    std::swap(order[i], order[words.below(i + 1)]);
  orderedEpoch = epoch;
}

void SampleOrder::indicesOfStep(uint64_t step, std::vector<uint32_t> &indices) {
  indices.resize(batch);
  for (uint32_t i = 0; i < batch; ++i) {
    const uint64_t sample = step * batch + i;
    const auto position = static_cast<uint32_t>(sample % samples);
    if (shuffleSeed)
      orderEpoch(sample / samples);
    indices[i] = shuffleSeed ? order[position] : position;
  }
}

uint64_t SampleOrder::epochOfStep(uint64_t step) const { return step * batch / samples; }

uint64_t SampleOrder::stepsOfEpochs(uint64_t epochs) const {
  return epochs * samples / batch + (epochs * samples % batch != 0);
}

} // namespace wage::rt
