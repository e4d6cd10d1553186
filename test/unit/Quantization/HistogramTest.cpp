//===- HistogramTest.cpp - counts that do not depend on order ----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Quantization/Histogram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <random>

namespace {

using wage::Histogram;

std::map<double, uint64_t> binsOf(const Histogram &histogram) {
  std::map<double, uint64_t> bins;
  histogram.forEach([&](double center, uint64_t count) { bins[center] += count; });
  return bins;
}

TEST(Histogram, CountsZerosAndWhatIsNoNumberApart) {
  const float numbers[] = {0, 0, 1, std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()};
  Histogram histogram;
  histogram.add(numbers, 5);
  EXPECT_EQ(histogram.getTotal(), 5u);
  EXPECT_EQ(histogram.getStrange(), 2u);
  EXPECT_EQ(histogram.getLargest(), 1);
  EXPECT_EQ(binsOf(histogram)[0.0], 2u);
}

TEST(Histogram, BinsHoldTheirNumbers) {
  const float numbers[] = {-3, 5, 0.25f, -0.001f};
  Histogram histogram;
  histogram.add(numbers, 4);
  for (const auto &[center, count] : binsOf(histogram)) {
    EXPECT_EQ(count, 1u);
    EXPECT_TRUE(std::any_of(std::begin(numbers), std::end(numbers), [&, center = center](float number) {
      return std::abs(number - center) <= histogram.getBinWidth() / 2;
    })) << center;
  }
}

TEST(Histogram, OrderChangesNothing) {
  std::mt19937 random(1);
  std::vector<float> numbers;
  for (int i = 0; i < 3000; ++i)
    numbers.push_back(std::ldexp(static_cast<float>(random() % 2001) - 1000, static_cast<int>(random() % 40) - 20));
  Histogram whole, parts, reversed;
  whole.add(numbers.data(), 3000);
  for (int i = 0; i < 3000; i += 100) {
    Histogram part;
    part.add(numbers.data() + i, 100);
    parts.add(part);
    reversed.add(numbers.data() + 2900 - i, 100);
  }
  EXPECT_EQ(binsOf(whole), binsOf(parts));
  EXPECT_EQ(binsOf(whole), binsOf(reversed));
  EXPECT_EQ(whole.getTotal(), parts.getTotal());
}

TEST(Histogram, TheLargestFloatHasABin) {
  const float numbers[] = {std::numeric_limits<float>::max(), -std::numeric_limits<float>::max(),
                           std::numeric_limits<float>::denorm_min()};
  Histogram histogram;
  histogram.add(numbers, 3);
  uint64_t counted = 0;
  histogram.forEach([&](double, uint64_t count) { counted += count; });
  EXPECT_EQ(counted, 3u);
}

} // namespace
