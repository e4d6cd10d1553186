//===- SampleOrder.cpp - which sample comes when ------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/SampleOrder.h"

#include "runtime/Numerics/Philox.h"

#include <cassert>
#include <numeric>
#include <utility>

namespace wage::rt {

SampleOrder::SampleOrder(uint64_t samples, uint32_t batch, std::optional<uint64_t> shuffleSeed)
    : samples(samples), batch(batch), shuffleSeed(shuffleSeed) {
  assert(samples >= 1 && samples <= UINT32_MAX && batch >= 1);
}

void SampleOrder::orderEpoch(uint64_t epoch) {
  if (orderedEpoch == epoch)
    return;
  order.resize(samples);
  std::iota(order.begin(), order.end(), 0);
  PhiloxWords words(*shuffleSeed, ShuffleStream, epoch);
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
