//===- GridChoiceTest.cpp - grids of values with known numbers ---------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Quantization/GridChoice.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace {

using wage::chooseExponent;
using wage::clippingWeight;
using wage::GridMethod;
using wage::Histogram;

Histogram histogramOf(const std::vector<float> &numbers) {
  Histogram histogram;
  histogram.add(numbers.data(), static_cast<int64_t>(numbers.size()));
  return histogram;
}

TEST(GridChoice, MaxClipsNothing) {
  // 127.4 still rounds to 127, 127.6 does not.
  EXPECT_EQ(chooseExponent(histogramOf({127.25f}), 8, GridMethod::Max), 0);
  EXPECT_EQ(chooseExponent(histogramOf({127.75f}), 8, GridMethod::Max), 1);
  EXPECT_EQ(chooseExponent(histogramOf({-1.0f}), 8, GridMethod::Max), -6);
  EXPECT_EQ(chooseExponent(histogramOf({1e-30f}), 8, GridMethod::Max), -106);
}

TEST(GridChoice, NothingButZerosGetsTheUnitGrid) {
  for (GridMethod method : {GridMethod::Max, GridMethod::Percentile, GridMethod::Mse}) {
    EXPECT_EQ(chooseExponent(histogramOf({0, 0}), 8, method), -7);
    EXPECT_EQ(chooseExponent(Histogram(), 4, method), -3);
  }
}

TEST(GridChoice, PercentileLeavesRareNumbersOut) {
  std::vector<float> numbers(100000, 1);
  numbers[7] = 100;
  EXPECT_EQ(chooseExponent(histogramOf(numbers), 8, GridMethod::Max), 0);
  EXPECT_EQ(chooseExponent(histogramOf(numbers), 8, GridMethod::Percentile), -6);
}

/// The same by trying every grid on the numbers themselves.
TEST(GridChoice, MseIsTheLeastSquaredError) {
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  for (int bits : {3, 4, 6, 8})
    for (double scale : {0.01, 1.0, 37.0}) {
      std::vector<float> numbers;
      for (int i = 0; i < 4000; ++i)
        numbers.push_back(static_cast<float>(std::pow(normal(random), 3) * scale));
      const double limit = std::ldexp(1, bits - 1) - 1;
      int best = 0;
      double least = INFINITY;
      for (int exponent = -20; exponent < 20; ++exponent) {
        const double step = std::ldexp(1.0, exponent);
        double sum = 0;
        for (float x : numbers) {
          const double error = x - std::min(std::max(std::nearbyint(x / step), -limit), limit) * step;
          sum += (std::abs(x / step) > limit + 0.5 ? clippingWeight : 1) * error * error;
        }
        if (sum < least)
          least = sum, best = exponent;
      }
      EXPECT_EQ(chooseExponent(histogramOf(numbers), bits, GridMethod::Mse), best) << bits << " bits, scale " << scale;
    }
}

TEST(GridChoice, WhatAFunctionFlattensMayBeClipped) {
  std::vector<float> numbers;
  for (int i = -1000; i <= 1000; ++i)
    numbers.push_back(static_cast<float>(i) / 10); // to 100, while tanh is flat beyond 4
  const auto tanh = [](double exact, double rounded) { return std::tanh(exact) - std::tanh(rounded); };
  EXPECT_EQ(chooseExponent(histogramOf(numbers), 8, GridMethod::Mse), 0);
  EXPECT_LE(chooseExponent(histogramOf(numbers), 8, GridMethod::Mse, tanh), -4);
}

} // namespace
