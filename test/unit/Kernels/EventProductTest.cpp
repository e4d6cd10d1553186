//===- EventProductTest.cpp - sums of events are the dense sums -----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/EventProduct.h"

#include "runtime/Kernels/ElementwiseKernels.h"
#include "runtime/Kernels/ReferenceProducts.h"
#include "test/unit/Kernels/Buffers.h"

#include <numeric>

using namespace wage::rt;
using namespace wage::rt::test;

namespace {

constexpr SpikeCode eventCodes[] = {SpikeCode::Graded, SpikeCode::Rate, SpikeCode::Phase};

/// A block as a core holds it: some rows of some neurons of a layer, or some whole groups; every third is the whole layer.
LinearBlock randomPart(uint32_t seed) {
  const LinearBlock layer = randomBlock(seed);
  if (seed % 3 == 0)
    return layer;
  std::mt19937 engine(seed);
  auto pick = [&](int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(engine); };
  const int64_t rows = layer.rowsPerNeuron(), neurons = layer.neuronsPerGroup(), group = pick(0, layer.groups - 1);
  if (seed % 3 == 1) {
    const int64_t last = pick(group, layer.groups - 1) + 1;
    return layer.part(group * rows, last * rows, group * neurons, last * neurons);
  }
  const int64_t firstRow = pick(0, rows - 1), firstNeuron = pick(0, neurons - 1);
  return layer.part(group * rows + firstRow, group * rows + pick(firstRow, rows - 1) + 1, group * neurons + firstNeuron,
                    group * neurons + pick(firstNeuron, neurons - 1) + 1);
}

/// What one window must count, from the definition of the layer, output by output.
WindowCount plainCount(const LinearBlock &block, SpikeCode code, int bits, const Batch &input) {
  WindowCount count;
  count.ofTick.assign(size_t(windowTicks(code, bits)), 0);
  for (int64_t e = 0; e < input.elements; ++e)
    count.events += uint64_t(eventsOf(code, input.at(0, e)));
  for (int64_t row = block.rowBegin; row < block.rowEnd; ++row)
    for (int64_t p = 0; p < block.positions(); ++p) {
      const int64_t tap = row % block.window();
      const int64_t y = p / block.outWidth * block.strideY + tap / block.kernelWidth * block.dilationY - block.padTop;
      const int64_t x = p % block.outWidth * block.strideX + tap % block.kernelWidth * block.dilationX - block.padLeft;
      if (y < 0 || y >= block.height || x < 0 || x >= block.width)
        continue;
      const int64_t channel = row / block.window() - block.channelBegin();
      const int64_t n = input.at(0, channel * block.plane() + y * block.width + x);
      for (int64_t tick = 0; tick < windowTicks(code, bits); ++tick)
        if (hasEvent(code, n, tick, bits))
          count.ofTick[size_t(tick)] += uint64_t(block.neuronsPerGroup());
    }
  count.synapticEvents = std::accumulate(count.ofTick.begin(), count.ofTick.end(), uint64_t(0));
  return count;
}

template <typename Next>
void expectDenseSums(const LinearBlock &block, SpikeCode code, int bits, ElementType axons, ElementType sums, Next next,
                     uint32_t seed) {
  std::vector<int8_t> weights(size_t(block.weights()));
  Numbers weight(127, seed + 1);
  for (int8_t &w : weights)
    w = int8_t(weight());
  Batch input(axons, (block.channelEnd() - block.channelBegin()) * block.plane(), 1);
  input.fill(next);
  Batch expected(sums, block.neurons * block.positions(), 1), found = expected;
  reference::forwardProduct(block, input.view(), weights.data(), expected.view(), 1);
  EventProduct product(block);
  product.setWeights(weights.data());
  const WindowCount count = product.integrate(code, bits, input.view(), found.view());
  ASSERT_EQ(found.contents(), expected.contents()) << spikeCodeName(code) << ", seed " << seed;
  const WindowCount plain = plainCount(block, code, bits, input);
  EXPECT_EQ(count.events, plain.events) << spikeCodeName(code) << ", seed " << seed;
  EXPECT_EQ(count.events, countEvents(code, input.view(), input.elements, 0));
  EXPECT_EQ(count.synapticEvents, plain.synapticEvents) << spikeCodeName(code) << ", seed " << seed;
  EXPECT_EQ(count.ofTick, plain.ofTick) << spikeCodeName(code) << ", seed " << seed;
  EXPECT_EQ(product.bytes(), weights.size());
}

} // namespace

TEST(EventProduct, GivesTheDenseSumsOfRandomBlocks) {
  for (uint32_t seed = 0; seed < 240; ++seed)
    for (const SpikeCode code : eventCodes) {
      const int bits = 2 + int(seed % 4);
      const ElementType axons = seed % 2 ? ElementType::Int8 : ElementType::Int16;
      const ElementType sums = seed % 5 ? ElementType::Int32 : ElementType::Int64;
      expectDenseSums(randomPart(seed), code, bits, axons, sums, Numbers(largestInteger(bits), seed), seed);
    }
}

TEST(EventProduct, TakesWideIntegers) {
  for (uint32_t seed = 1000; seed < 1012; ++seed)
    for (const SpikeCode code : eventCodes)
      expectDenseSums(randomPart(seed), code, 12, ElementType::Int16, ElementType::Int64, Numbers(2047, seed), seed);
}

TEST(EventProduct, TakesTheLargestOfEachSign) {
  for (uint32_t seed = 300; seed < 330; ++seed)
    for (const SpikeCode code : eventCodes)
      expectDenseSums(randomPart(seed), code, 8, ElementType::Int8, ElementType::Int32, Extremes(127, seed), seed);
}

TEST(EventProduct, IsSilentWithoutEvents) {
  const LinearBlock block = randomPart(5);
  for (const SpikeCode code : eventCodes)
    expectDenseSums(block, code, 8, ElementType::Int8, ElementType::Int32, [] { return int64_t(0); }, 5);
}

TEST(CountEvents, OfOneSampleOfABatch) {
  Batch batch(ElementType::Int16, 9, 4, 3);
  batch.fill(Numbers(300, 7));
  for (const SpikeCode code : eventCodes)
    for (int64_t sample = 0; sample < 4; ++sample) {
      uint64_t events = 0;
      for (int64_t e = 0; e < 7; ++e)
        events += uint64_t(eventsOf(code, batch.at(sample, e)));
      EXPECT_EQ(countEvents(code, batch.view(), 7, sample), events) << spikeCodeName(code) << ", sample " << sample;
    }
}

TEST(FireNeurons, OfEveryElementOfTheSamples) {
  for (const ElementType from : {ElementType::Int32, ElementType::Int64})
    for (const ElementType to : {ElementType::Int8, ElementType::Int16})
      for (const bool isSigned : {false, true}) {
        Batch potentials(from, 37, 3, 2), found(to, 37, 3, 5), expected = found;
        potentials.fill(Numbers(40000, 3));
        for (int64_t sample = 0; sample < 3; ++sample)
          for (int64_t e = 0; e < 37; ++e)
            expected.set(sample, e, fire(potentials.at(sample, e), 8, 8, isSigned));
        fireNeurons(potentials.view(), found.view(), 37, 3, 8, 8, isSigned);
        EXPECT_EQ(found.contents(), expected.contents());
      }
}
