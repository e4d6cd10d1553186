//===- SampleOrderTest.cpp - which sample comes when ---------------------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/SampleOrder.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

namespace wage::rt::test {
namespace {

/// The samples of steps [first, first + count), one after another.
std::vector<uint32_t> walk(SampleOrder &order, uint64_t first, uint64_t count) {
  std::vector<uint32_t> all, indices;
  for (uint64_t step = first; step < first + count; ++step) {
    order.indicesOfStep(step, indices);
    all.insert(all.end(), indices.begin(), indices.end());
  }
  return all;
}

TEST(SampleOrder, FileOrderRunsOnIntoTheNextEpoch) {
  SampleOrder order(5, 3, std::nullopt);
  EXPECT_EQ(walk(order, 0, 4), (std::vector<uint32_t>{0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1}));
}

TEST(SampleOrder, BatchLargerThanTheSetWrapsRound) {
  SampleOrder order(2, 5, std::nullopt);
  EXPECT_EQ(walk(order, 0, 2), (std::vector<uint32_t>{0, 1, 0, 1, 0, 1, 0, 1, 0, 1}));
}

TEST(SampleOrder, EpochsCountFirstSamples) {
  SampleOrder order(10, 4, std::nullopt);
  EXPECT_EQ(order.stepsOfEpochs(1), 3u);
  EXPECT_EQ(order.stepsOfEpochs(2), 5u);
  EXPECT_EQ(order.stepsOfEpochs(0), 0u);
  const uint64_t epochs[] = {0, 0, 0, 1, 1, 2, 2, 2, 3};
  for (uint64_t step = 0; step < 9; ++step)
    EXPECT_EQ(order.epochOfStep(step), epochs[step]) << step;
}

TEST(SampleOrder, EachShuffledEpochIsAPermutation) {
  SampleOrder order(1000, 7, 42);
  const std::vector<uint32_t> all = walk(order, 0, 1000);
  std::set<std::vector<uint32_t>> different;
  for (int epoch = 0; epoch < 7; ++epoch) {
    std::vector<uint32_t> one(all.begin() + epoch * 1000, all.begin() + (epoch + 1) * 1000);
    different.insert(one);
    std::sort(one.begin(), one.end());
    for (uint32_t i = 0; i < 1000; ++i)
      ASSERT_EQ(one[i], i);
  }
  EXPECT_EQ(different.size(), 7u);
}

TEST(SampleOrder, DependsOnSeedAndEpochOnly) {
  SampleOrder forward(100, 8, 1), again(100, 8, 1), wide(100, 16, 1), other(100, 8, uint64_t(1) << 32 | 1);
  const std::vector<uint32_t> all = walk(forward, 0, 50);
  const std::vector<uint32_t> late = walk(again, 40, 10); // starts in the middle of the fourth epoch
  EXPECT_TRUE(std::equal(late.begin(), late.end(), all.begin() + 320));
  EXPECT_EQ(walk(wide, 0, 25), all);
  EXPECT_NE(walk(other, 0, 50), all);
}

TEST(SampleOrder, SmallestSets) {
  SampleOrder one(1, 1, 9);
  EXPECT_EQ(walk(one, 0, 3), (std::vector<uint32_t>{0, 0, 0}));
  SampleOrder two(2, 2, 9);
  std::set<std::vector<uint32_t>> seen;
  for (uint64_t step = 0; step < 64; ++step)
    seen.insert(walk(two, step, 1));
  EXPECT_EQ(seen.size(), 2u);
}

// Over many epochs each of the 24 orders of four samples comes about equally often (chi-square, 23 degrees of freedom,
// far beyond any sane threshold if the draw were biased towards some).
TEST(SampleOrder, AllOrdersAreEquallyLikely) {
  constexpr uint64_t epochs = 24000;
  SampleOrder order(4, 4, 7);
  std::vector<uint64_t> count(256, 0);
  std::vector<uint32_t> indices;
  for (uint64_t step = 0; step < epochs; ++step) {
    order.indicesOfStep(step, indices);
    ++count[indices[0] * 64 + indices[1] * 16 + indices[2] * 4 + indices[3]];
  }
  double chiSquare = 0;
  int seen = 0;
  for (uint64_t c : count)
    if (c != 0) {
      ++seen;
      chiSquare += (double(c) - 1000) * (double(c) - 1000) / 1000;
    }
  EXPECT_EQ(seen, 24);
  EXPECT_LT(chiSquare, 60);
}

} // namespace
} // namespace wage::rt::test
