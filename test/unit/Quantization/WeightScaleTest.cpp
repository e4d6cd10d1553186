//===- WeightScaleTest.cpp - the power-of-two scale of a neuron's weights - -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Quantization/WeightScale.h"

#include "llvm/ADT/ArrayRef.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <random>

namespace wage::test {
namespace {

/// The definition, every scale tried to the end with all the digits there are.
int bestScale(const std::vector<float> &weights, int weightBits) {
  const double limit = std::ldexp(1.0, weightBits - 1) - 1;
  int best = 0;
  long double smallest = -1;
  for (int x = -8; x <= 24; ++x) {
    const double unit = std::ldexp(1.0, 1 - weightBits - x);
    long double error = 0;
    for (double w : weights) {
      const double rounded = std::clamp(std::nearbyint(w / unit), -limit, limit);
      error += static_cast<long double>(w - rounded * unit) * (w - rounded * unit);
    }
    if (smallest < 0 || error < smallest)
      smallest = error, best = x;
  }
  return best;
}

TEST(WeightScale, IsTheBestOfAll) {
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  std::uniform_real_distribution<float> uniform(-1, 1);
  for (int round = 0; round < 300; ++round) {
    const int bits = 1 + round % 8;
    const float scale = std::ldexp(1 + uniform(random) / 2, round % 41 - 12);
    std::vector<float> weights(1 + random() % 700);
    for (float &weight : weights)
      weight = scale * (round % 2 ? uniform(random) : normal(random));
    EXPECT_EQ(fitScale(weights, 0, 1, static_cast<int64_t>(weights.size()), bits), bestScale(weights, bits)) << round;
  }
}

// Half-way between two scales both errors are equal, or as good as equal.
TEST(WeightScale, NearTies) {
  for (int bits : {2, 3, 8})
    for (float weight :
         {0.75f, std::nextafter(0.75f, 1.0f), std::nextafter(0.75f, 0.0f), 0x1.8p-20f, 1e-30f, 0.0f, -0.0f, 1e30f})
      for (size_t count : {1, 257, 5000}) {
        std::vector<float> weights(count, weight);
        EXPECT_EQ(fitScale(weights, 0, 1, static_cast<int64_t>(count), bits), bestScale(weights, bits)) << weight;
        weights[count / 2] = -weights[count / 2] * 0.3f;
        EXPECT_EQ(fitScale(weights, 0, 1, static_cast<int64_t>(count), bits), bestScale(weights, bits)) << weight;
      }
}

TEST(WeightScale, ReadsItsChannelOnly) {
  std::vector<float> weights(400, 1e20f);
  std::vector<float> channel;
  for (int i = 0; i < 100; ++i)
    channel.push_back(weights[3 + 4 * i] = 0.01f * static_cast<float>(i) - 0.3f);
  EXPECT_EQ(fitScale(weights, 3, 4, 100, 4), bestScale(channel, 4));
}

} // namespace
} // namespace wage::test
