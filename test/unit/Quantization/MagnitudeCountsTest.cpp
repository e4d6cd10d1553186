//===- MagnitudeCountsTest.cpp - ranges of known numbers ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Quantization/MagnitudeCounts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace {

using namespace wage;

constexpr GridMethod methods[] = {GridMethod::Max, GridMethod::Percentile, GridMethod::Mse};
/// Of what lies in a bin, and of its square.
constexpr double halfBin = 1.0 / 16;

MagnitudeCounts countsOf(const std::vector<float> &numbers) {
  MagnitudeCounts counts;
  counts.add(numbers.data(), static_cast<int64_t>(numbers.size()));
  return counts;
}

std::vector<float> heavyTails(uint32_t seed, double scale, int power = 3) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  std::vector<float> numbers;
  for (int i = 0; i < 20000; ++i)
    numbers.push_back(static_cast<float>(std::pow(normal(random), power) * scale));
  return numbers;
}

TEST(MagnitudeCounts, MaxIsTheLargestMagnitude) {
  EXPECT_EQ(countsOf({0.5f, -3.25f, 2}).chooseRange(127, GridMethod::Max), 3.25);
  EXPECT_EQ(countsOf({1e-40f}).chooseRange(127, GridMethod::Max), static_cast<double>(1e-40f));
  EXPECT_EQ(countsOf({std::numeric_limits<float>::max()}).chooseRange(127, GridMethod::Max),
            static_cast<double>(std::numeric_limits<float>::max()));
}

TEST(MagnitudeCounts, NothingButZerosHasNoRange) {
  for (GridMethod method : methods) {
    EXPECT_EQ(countsOf({0, -0.0f, 0}).chooseRange(127, method), 0);
    EXPECT_EQ(MagnitudeCounts().chooseRange(127, method), 0);
  }
  EXPECT_EQ(MagnitudeCounts().meanSquare(), 0);
}

TEST(MagnitudeCounts, WhatIsNoNumberIsLeftOut) {
  const MagnitudeCounts counts = countsOf({NAN, INFINITY, -INFINITY, 2, -2});
  EXPECT_EQ(counts.chooseRange(127, GridMethod::Max), 2);
  EXPECT_NEAR(counts.meanSquare(), 4, 4 * 2.1 * halfBin);
}

TEST(MagnitudeCounts, PercentileLeavesRareNumbersOut) {
  std::vector<float> numbers(100000, 1);
  std::fill_n(numbers.begin(), 10, 100.0f); // one in 10,000
  EXPECT_NEAR(countsOf(numbers).chooseRange(127, GridMethod::Percentile), 1, halfBin);
  numbers[10] = 100;
  EXPECT_NEAR(countsOf(numbers).chooseRange(127, GridMethod::Percentile), 100, 100 * halfBin);
}

TEST(MagnitudeCounts, MeanSquareIsThatOfTheNumbers) {
  for (double scale : {1e-6, 1.0, 1e6}) {
    const std::vector<float> numbers = heavyTails(1, scale);
    double sum = 0;
    for (float x : numbers)
      sum += static_cast<double>(x) * x;
    const double mean = sum / static_cast<double>(numbers.size());
    EXPECT_NEAR(countsOf(numbers).meanSquare(), mean, 0.02 * mean) << scale;
  }
}

/// What rounding and clipping of the numbers themselves cost.
double errorOf(const std::vector<float> &numbers, double range, double limit) {
  const double step = range / limit;
  double sum = 0;
  for (float x : numbers) {
    const double magnitude = std::abs(x), over = magnitude - range;
    const double rounding = magnitude - std::nearbyint(magnitude / step) * step;
    sum += over > 0 ? clippingWeight * over * over : rounding * rounding;
  }
  return sum;
}

TEST(MagnitudeCounts, MseIsCloseToTheLeastErrorOfAnyRange) {
  for (int bits : {4, 6, 8})
    for (double scale : {1e-6, 1.0, 1e6}) {
      const std::vector<float> numbers = heavyTails(static_cast<uint32_t>(bits), scale, 5);
      const double limit = std::ldexp(1.0, bits - 1) - 1,
                   largest = countsOf(numbers).chooseRange(limit, GridMethod::Max);
      double least = INFINITY;
      for (int i = 0; i < 400; ++i)
        least = std::min(least, errorOf(numbers, largest * std::exp2(-i / 80.0), limit));
      const double range = countsOf(numbers).chooseRange(limit, GridMethod::Mse);
      EXPECT_LE(errorOf(numbers, range, limit), 1.1 * least) << bits << " bits, scale " << scale;
      EXPECT_EQ(range < largest, bits == 4); // few levels are worth clipping for
    }
}

TEST(MagnitudeCounts, OrderAndPartsDoNotCount) {
  std::vector<float> numbers = heavyTails(5, 1);
  const MagnitudeCounts whole = countsOf(numbers);
  std::shuffle(numbers.begin(), numbers.end(), std::mt19937(6));
  MagnitudeCounts parts;
  for (size_t i = 0; i < numbers.size(); i += 1000)
    parts.add(numbers.data() + i, 1000);
  EXPECT_EQ(whole.meanSquare(), parts.meanSquare());
  for (GridMethod method : methods)
    EXPECT_EQ(whole.chooseRange(127, method), parts.chooseRange(127, method));
}

} // namespace
