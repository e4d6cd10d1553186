//===- FilterPairsTest.cpp - two results of three taps at once -------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/FilterPairs.h"

#include "runtime/Kernels/ElementwiseKernels.h"
#include "runtime/Kernels/ReferenceProducts.h"
#include "test/unit/Kernels/Buffers.h"

#include <cstdlib>

using namespace wage::rt;
using namespace wage::rt::test;

// clang-format off: it would spread each line over six.
static const Shape shapes[] = {
    // name             input   kernel stride pad   output   rows        neurons samples
    {"same",            7, 8,   3, 3,  1, 1,  1, 1, 7, 8,    0, 16 * 9,  8,      2},
    {"odd_width",       5, 7,   3, 3,  1, 1,  1, 1, 5, 7,    0, 20 * 9,  17,     3},
    {"two_columns",     4, 2,   3, 3,  1, 1,  1, 1, 4, 2,    0, 16 * 9,  3,      2},
    {"valid",           6, 9,   3, 3,  1, 1,  0, 0, 4, 7,    0, 24 * 9,  64,     2},
    {"blocks",          3, 4,   3, 3,  1, 1,  1, 1, 3, 4,    0, 16 * 9,  130,    1},
    {"one_row",         1, 10,  1, 3,  1, 1,  0, 1, 1, 10,   0, 64 * 3,  33,     2},
    {"high_kernel",     6, 5,   5, 3,  1, 1,  2, 1, 6, 5,    0, 16 * 15, 5,      2},
    {"rows_apart",      9, 6,   3, 3,  2, 1,  1, 1, 5, 6,    0, 16 * 9,  9,      2},
    {"pads_differ",     6, 6,   3, 3,  1, 1,  2, 0, 7, 5,    0, 16 * 9,  4,      2},
    {"unread_columns",  6, 9,   3, 3,  1, 1,  0, 0, 4, 5,    0, 16 * 9,  4,      2},
};
// clang-format on

namespace {
class Pairs : public testing::TestWithParam<std::tuple<Isa, Shape>> {
protected:
  void SetUp() override {
    if (!isSupported(std::get<0>(GetParam())))
      GTEST_SKIP() << "this machine lacks " << nameOf(std::get<0>(GetParam()));
    ASSERT_TRUE(setIsa(std::get<0>(GetParam())).ok());
  }
  void TearDown() override { ASSERT_TRUE(setIsa("auto").ok()); }

  template <typename Fill> void check(int weightBits) const;
  void checkSample(const FilterPairs &pairs, const GuardedVector<int8_t> &panels, const GuardedVector<int32_t> &start,
                   const Batch &input, const Batch &expected, int64_t sample) const;

  const LinearBlock layer = std::get<1>(GetParam()).block();
  const int64_t samples = std::get<1>(GetParam()).samples;
};
} // namespace

/// One sample, a block and some rows at a time; its image and its factors have exactly the stated sizes.
void Pairs::checkSample(const FilterPairs &pairs, const GuardedVector<int8_t> &panels,
                        const GuardedVector<int32_t> &start, const Batch &input, const Batch &expected,
                        int64_t sample) const {
  const ByteImages images = inputImages(layer);
  GuardedVector<uint8_t> image(images.bytes(1), 0), factors(pairs.factorBytes(), 0xC3);
  for (int64_t e = 0; e < input.elements; ++e)
    image[size_t(images.pixel(e % layer.plane() / layer.width, e % layer.width) + e / layer.plane())] =
        uint8_t(input.at(sample, e));
  pairs.makeFactors(image.data(), factors.data());
  for (int64_t first = 0; first < layer.neurons; first += lanesPerBlock)
    for (int64_t row = 0; row < layer.outHeight; row += 3) {
      const int64_t rows = std::min<int64_t>(3, layer.outHeight - row),
                    lanes = std::min(lanesPerBlock, layer.neurons - first);
      GuardedVector<int32_t> scratch(pairs.scratchElements(rows), 0x5A5A5A5A);
      GuardedVector<int32_t> results(size_t(rows * layer.outWidth * paddedLanes(lanes)), 0x5A5A5A5A);
      pairs.run(factors.data(), panels.data(), start.data(), first / lanesPerBlock, row, rows, scratch.data(),
                results.data());
      for (int64_t position = 0; position < rows * layer.outWidth; ++position)
        for (int64_t lane = 0; lane < lanes; ++lane)
          ASSERT_EQ(results[size_t(position * paddedLanes(lanes) + lane)],
                    expected.at(sample, (first + lane) * layer.positions() + row * layer.outWidth + position))
              << "sample " << sample << ", lane " << first + lane << ", row " << row << ", position " << position;
    }
}

template <typename Fill> void Pairs::check(int weightBits) const {
  SCOPED_TRACE(testing::Message() << "weights of " << weightBits << " bits");
  ASSERT_TRUE(FilterPairs::takes(layer, weightBits, 100000));
  GuardedVector<int8_t> weights(size_t(layer.weights()), 0);
  std::generate(weights.begin(), weights.end(), Fill(largestWeightInUse(weightBits), 3));
  Batch input(ElementType::Int8, layer.rows() / layer.window() * layer.plane(), samples);
  Batch expected(ElementType::Int32, layer.neurons * layer.positions(), samples);
  Fill next(127, 4);
  input.fill([&] { return std::abs(next()) % 128; });
  reference::forwardProduct(layer, input.view(), weights.data(), expected.view(), samples);
  std::vector<int64_t> bias(size_t(layer.neurons), 0);
  std::generate(bias.begin(), bias.end(), Numbers(100000, 5));
  addBias(expected.view(), layer.neurons, layer.positions(), bias.data(), samples);

  const FilterPairs pairs(layer, weightBits);
  GuardedVector<int8_t> panels(pairs.panelBytes(), 0x5A);
  GuardedVector<int32_t> start(pairs.startElements(), 0x5A5A5A5A);
  for (int64_t block = 0; block < (layer.neurons + lanesPerBlock - 1) / lanesPerBlock; ++block)
    pairs.pack(weights.data(), bias.data(), block, block + 1, panels.data(), start.data());
  for (int64_t sample = 0; sample < samples; ++sample)
    checkSample(pairs, panels, start, input, expected, sample);
}

TEST_P(Pairs, EqualReference) {
  for (const int weightBits : {1, 2, 4, 6}) {
    check<Numbers>(weightBits);
    check<Extremes>(weightBits);
  }
}

INSTANTIATE_TEST_SUITE_P(EveryIsa, Pairs, testing::Combine(testing::ValuesIn(everyIsa), testing::ValuesIn(shapes)),
                         [](const auto &info) {
                           return caseNameOf(std::get<0>(info.param)) + "_" + std::get<1>(info.param).name;
                         });

// What is twice a result must fit 32 bits, and three weights a byte.
TEST(PairsTake, NoOtherLayers) {
  const LinearBlock taken = shapes[0].block();
  EXPECT_TRUE(FilterPairs::takes(taken, 2, 0));
  EXPECT_FALSE(FilterPairs::takes(taken, 7, 0)) << "three weights do not fit a byte";
  const int64_t products = 127 * taken.rows(), largest = INT32_MAX / 2;
  EXPECT_TRUE(FilterPairs::takes(taken, 2, largest - products));
  EXPECT_FALSE(FilterPairs::takes(taken, 2, largest - products + 1)) << "twice a result does not fit";
  LinearBlock other = taken;
  other.strideX = 2;
  EXPECT_FALSE(FilterPairs::takes(other, 2, 0));
  other = taken;
  other.rowEnd = 18 * 9;
  EXPECT_FALSE(FilterPairs::takes(other, 2, 0)) << "channels that are not whole words";
  other = shapes[0].block();
  other.kernelWidth = 2, other.rowEnd = 16 * 6;
  EXPECT_FALSE(FilterPairs::takes(other, 2, 0)) << "a window of two columns";
}
