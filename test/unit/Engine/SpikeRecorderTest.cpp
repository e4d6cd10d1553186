//===- SpikeRecorderTest.cpp - what neurons fire is counted once, and decodes ------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Api/SpikeRecorder.h"
#include "runtime/Cost/StaticCost.h"
#include "runtime/Report/Measurement.h"
#include "test/unit/Programs/Programs.h"

#include <algorithm>
#include <gtest/gtest.h>

using namespace wage::rt;
using namespace wage::rt::testing;

namespace {

constexpr uint64_t shownImage = 6;
const std::vector<uint32_t> batches{5, 2, 1};

/// A session on the core engine that has inferred the batches, and the logits of each image.
struct Measured {
  Program program;
  std::unique_ptr<Session> session;
  std::vector<std::vector<uint8_t>> images;
  std::vector<int64_t> logits;

  explicit Measured(const std::string &name, unsigned threads = 2, EngineKind kind = EngineKind::Core)
      : program(readTestProgram(name)) {
    SessionWatch watch;
    watch.countSpikes = true;
    watch.shownImage = shownImage;
    session = std::move(*Session::open(programPath(name), kind, threads, watch));
    for (uint32_t count : batches) {
      std::vector<int64_t> part;
      images.push_back(drawImages(program, count, images.size()));
      const Status status = session->infer(images.back().data(), count, part);
      EXPECT_TRUE(status.ok()) << status.text();
      logits.insert(logits.end(), part.begin(), part.end());
    }
  }

  const int64_t *shownLogits() const { return &logits[shownImage * program.classes]; }
};

/// The integer whose events come in `ticks`, of which each may hold one.
int64_t decode(SpikeCode code, int bits, const std::vector<int64_t> &ticks) {
  if (code == SpikeCode::Rate)
    return static_cast<int64_t>(ticks.size());
  int64_t magnitude = 0;
  for (int64_t tick : ticks)
    magnitude += int64_t(1) << (bits - 2 - tick);
  return magnitude;
}

class Spiking : public ::testing::TestWithParam<std::string> {};

TEST_P(Spiking, CountsWhatTheEngineCounts) {
  const Measured m("spiking." + GetParam());
  const std::shared_ptr<const SpikeActivity> a = m.session->spikeActivity();
  const Counters counters = m.session->counters();
  ASSERT_TRUE(a);
  EXPECT_EQ(a->images, 8u);
  EXPECT_EQ(a->batchCount(), 3u);
  uint64_t spikes = 0, synaptic = 0;
  for (const LayerActivity &layer : a->layers) {
    EXPECT_EQ(layer.values, layer.neurons * a->images) << layer.layer;
    EXPECT_LE(layer.spikes, layer.mostSpikes()) << layer.layer;
    EXPECT_LE(layer.silent, layer.values) << layer.layer;
    EXPECT_LE(layer.synapticEvents, layer.mostSynapticEvents * a->images) << layer.layer;
    EXPECT_EQ(layer.neurons != 0, layer.code != SpikeCode::Dense) << layer.layer;
    spikes += layer.spikes;
    synaptic += layer.synapticEvents;
  }
  EXPECT_EQ(synaptic, counters.synapticEvents);
  EXPECT_LE(spikes, counters.spikes);
  for (const LayerSpikes &sent : counters.layers) {
    const auto own = std::find_if(a->layers.begin(), a->layers.end(),
                                  [&](const LayerActivity &layer) { return layer.layer == sent.layer; });
    ASSERT_NE(own, a->layers.end());
    EXPECT_LE(own->values, sent.values);
    if (own->values == sent.values) {
      EXPECT_EQ(own->spikes, sent.spikes) << sent.layer;
    }
  }
}

TEST_P(Spiking, NumbersTheNetworksNeurons) {
  const Measured m("spiking." + GetParam());
  std::vector<uint64_t> neurons;
  const std::shared_ptr<const SpikeActivity> a = m.session->spikeActivity();
  for (const LayerActivity &layer : a->layers)
    neurons.push_back(layer.neurons);
  EXPECT_EQ(neurons, (std::vector<uint64_t>{72, 45, 24, 50, 0}));
}

/// Every neuron of this network is looked at, so that events of one image and their ticks can be told from its values.
TEST_P(Spiking, ShowsEventsThatDecode) {
  const Measured m("spiking." + GetParam());
  const std::shared_ptr<const SpikeActivity> a = m.session->spikeActivity();
  for (const LayerActivity &layer : a->layers) {
    ASSERT_EQ(layer.shown.size(), layer.neurons);
    const auto bits = static_cast<int>(layer.bits);
    for (int16_t value : layer.shown) {
      std::vector<int64_t> ticks;
      for (int64_t tick = 0; tick < layer.ticks(); ++tick)
        if (hasEvent(layer.code, value, tick, bits))
          ticks.push_back(tick);
      EXPECT_EQ(int64_t(ticks.size()), eventsOf(layer.code, value));
      if (isBinary(layer.code)) {
        EXPECT_EQ(decode(layer.code, bits, ticks), std::abs(value));
      }
    }
  }
}

/// The input's are the encoded image, and the last hidden layer's give the logits.
TEST_P(Spiking, ShowsTheActivations) {
  const Measured m("spiking." + GetParam());
  const std::shared_ptr<const SpikeActivity> a = m.session->spikeActivity();
  const uint64_t elements = m.program.inputElements();
  const uint8_t *image = &m.images[1][(shownImage - batches[0]) * elements];
  const std::vector<int16_t> &input = a->layers[0].shown, &hidden = a->layers[3].shown;
  ASSERT_EQ(input.size(), elements);
  for (uint64_t e = 0; e < elements; ++e) {
    const uint64_t table = m.program.encoderTable.size() == 256 ? 0 : e * m.program.inputChannels / elements;
    EXPECT_EQ(input[e], m.program.encoderTable[table * 256 + image[e]]) << e;
  }
  const Layer &last = m.program.layers.back();
  const std::vector<int64_t> weights = m.session->weights(last.ordinal);
  for (int64_t n = 0; n < last.geometry.neurons; ++n) {
    int64_t sum = 0;
    for (size_t k = 0; k < hidden.size(); ++k)
      sum += weights[n * last.neuronStride() + int64_t(k) * last.rowStride()] * hidden[k];
    sum *= int64_t(1) << (last.finestScale() - last.scaleLog2[n]); // a negative number shifts into no defined one
    EXPECT_EQ(sum + (last.bias.empty() ? 0 : last.bias[n]), m.shownLogits()[n]) << n;
  }
}

TEST_P(Spiking, DoesNotDependOnThreads) {
  const Measured one("spiking." + GetParam(), 1), three("spiking." + GetParam(), 3);
  const auto a = one.session->spikeActivity(), b = three.session->spikeActivity();
  ASSERT_EQ(a->layers.size(), b->layers.size());
  for (size_t i = 0; i < a->layers.size(); ++i) {
    EXPECT_EQ(a->layers[i].spikes, b->layers[i].spikes);
    EXPECT_EQ(a->layers[i].silent, b->layers[i].silent);
    EXPECT_EQ(a->layers[i].shown, b->layers[i].shown);
  }
  EXPECT_EQ(a->latencyCycles, b->latencyCycles);
}

/// What is derived without running is not exceeded.
TEST_P(Spiking, StaysBelowTheMost) {
  const Measured m("spiking." + GetParam());
  const std::shared_ptr<const SpikeActivity> a = m.session->spikeActivity();
  const StaticCost cost = *staticCost(m.program, 5);
  const Counters counters = m.session->counters();
  EXPECT_LE(counters.cycles, mostCycles(cost, *a));
  EXPECT_GE(counters.cycles, a->latencyCycles);
  EXPECT_LE(a->largestLatencyCycles, cost.inference.latencyCycles);
  EXPECT_LE(counters.energyPj, cost.inference.total().energy(m.program.chip).total() / 5 * 8);
}

INSTANTIATE_TEST_SUITE_P(Codes, Spiking, ::testing::Values("graded", "rate", "phase"),
                         [](const auto &info) { return info.param; });

/// Sums by identity: what goes to two layers is sent twice, and fired once.
TEST(SpikeRecorder, CountsANeuronOnce) {
  const Measured m("shared");
  uint64_t sent = 0, fired = 0;
  const Counters counters = m.session->counters();
  for (const LayerSpikes &layer : counters.layers)
    sent += layer.values;
  const std::shared_ptr<const SpikeActivity> a = m.session->spikeActivity();
  for (const LayerActivity &layer : a->layers) {
    EXPECT_EQ(layer.values, layer.neurons * 8) << layer.layer;
    fired += layer.values;
  }
  EXPECT_LT(fired, sent);
}

TEST(SpikeRecorder, IsThereOnlyForEventsOnTheCoreEngine) {
  EXPECT_FALSE(Measured("deep.infer").session->spikeActivity());
  EXPECT_FALSE(Measured("spiking.phase", 1, EngineKind::Fused).session->spikeActivity());
}

/// Rows lie evenly: the first neuron is among them, none twice.
TEST(SpikeRecorder, ChoosesNeuronsEvenly) {
  LayerActivity layer;
  layer.neurons = 1176;
  layer.shown.resize(SpikeRecorder::mostRows);
  EXPECT_EQ(layer.neuronOf(0), 0u);
  for (uint64_t row = 1; row < layer.shown.size(); ++row) {
    const uint64_t gap = layer.neuronOf(row) - layer.neuronOf(row - 1);
    EXPECT_TRUE(gap == 5 || gap == 6) << row;
  }
  EXPECT_LT(layer.neuronOf(layer.shown.size() - 1), layer.neurons);
}

} // namespace
