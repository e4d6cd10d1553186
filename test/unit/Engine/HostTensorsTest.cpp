//===- HostTensorsTest.cpp - real values in front of the chip and behind it ------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Api/HostTensors.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

using namespace wage::rt;

namespace {

using Kind = HostFunctionKind;

/// A program of which only the input's shape and bits matter.
Program programOf(uint32_t channels, uint32_t height, uint32_t width, uint32_t bits = 8) {
  Program program;
  program.inputChannels = channels, program.inputHeight = height, program.inputWidth = width;
  program.config.activationBits = static_cast<uint8_t>(bits);
  return program;
}

std::vector<int16_t> quantized(const Program &program, const std::vector<double> &values, uint32_t count = 1) {
  std::vector<int16_t> activations(count * program.inputElements(), 99);
  quantizeInput(program, inputFormat(program), values.data(), count, activations.data());
  return activations;
}

HostFunction function(Kind kind, uint32_t axis = 0) {
  HostFunction f;
  f.kind = kind, f.axis = axis;
  return f;
}

HostOutput output(std::vector<uint32_t> shape, double step, std::vector<HostFunction> functions = {}) {
  HostOutput format;
  format.shape = std::move(shape), format.step = step, format.functions = std::move(functions);
  return format;
}

void expectNear(const std::vector<double> &found, const std::vector<double> &needed) {
  ASSERT_EQ(found.size(), needed.size());
  for (size_t i = 0; i < found.size(); ++i)
    EXPECT_NEAR(found[i], needed[i], 1e-12 * std::max(1.0, std::abs(needed[i]))) << "element " << i;
}

TEST(InputInteger, ScalesByChannelAndRoundsButDoesNotClip) {
  HostInput format;
  format.step = 0.5, format.scale = {1, -2}, format.offset = {0.25};
  EXPECT_EQ(inputInteger(format, 0, 1), 2);  // 2.5
  EXPECT_EQ(inputInteger(format, 1, 1), -4); // -3.5
  EXPECT_EQ(inputInteger(format, 1, -500), 2000);
  EXPECT_EQ(inputInteger(HostInput(), 3, 1e6), 1e6);
}

TEST(QuantizeInput, RoundsTiesToEvenAndClips) {
  const double inf = std::numeric_limits<double>::infinity();
  // Without a format a step is 2^-7.
  EXPECT_EQ(quantized(programOf(1, 3, 3), {0.5 / 128, 1.5 / 128, 2.5 / 128, -0.5 / 128, -1.5 / 128, 1, -1, inf, -inf}),
            (std::vector<int16_t>{0, 2, 2, 0, -2, 127, -127, 127, -127}));
  EXPECT_EQ(quantized(programOf(2, 1, 1, 16), {1, -1.0 / 65536}), (std::vector<int16_t>{32767, 0}));
}

TEST(QuantizeInput, ScalesByChannel) {
  Program program = programOf(2, 1, 2);
  program.input = HostInput{{2, 1, 2}, 0, {2, -1}, {1}, 0.5, 4, {}};
  EXPECT_EQ(quantized(program, {0, 1, 0, 1}), (std::vector<int16_t>{2, 6, 2, 0}));
  program.input->offset = {1, 0.25}, program.input->scale = {};
  EXPECT_EQ(quantized(program, {0, 1, 0, 1}), (std::vector<int16_t>{2, 4, 0, 2}))
      << "0.25 / 0.5 is a tie, as is 1.25 / 0.5";
  program.input->bits = 2;
  EXPECT_EQ(quantized(program, {0, 1, 0, 1}), (std::vector<int16_t>{1, 1, 0, 1}));
}

/// [height, width, channels] to [channels, height, width], and a factor of the chip's channel.
TEST(QuantizeInput, TakesTheModelsOrder) {
  Program program = programOf(3, 2, 2);
  program.input = HostInput{{2, 2, 3}, 0, {1, 10, -1}, {}, 1, 8, {{3, 2, 2}, {0, 1, 6, 3}, {0, 4, 2, 1}}};
  std::vector<double> values(24);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = double(i % 12);
  const std::vector<int16_t> sample = {0, 3, 6, 9, 10, 40, 70, 100, -2, -5, -8, -11};
  std::vector<int16_t> both = sample;
  both.insert(both.end(), sample.begin(), sample.end());
  EXPECT_EQ(quantized(program, values, 2), both);
}

TEST(QuantizeInput, LeavesZerosWhereTheOrderHasNothing) {
  Program program = programOf(1, 1, 5);
  program.input = HostInput{{3}, 0, {}, {7}, 1, 8, {{2}, {2, -2}, {1, 3}}};
  EXPECT_EQ(quantized(program, {1, 2, 3}), (std::vector<int16_t>{0, 10, 0, 0, 8}));
  program.input->order = {{5}, {1, 0}, {0, 1}};
  EXPECT_EQ(quantized(program, {1, 2, 3}), (std::vector<int16_t>{9, 9, 9, 9, 9})) << "one element, everywhere";
  program.input->order = {{1}, {1, 0}, {4, 0}};
  EXPECT_EQ(quantized(program, {1, 2, 3}), (std::vector<int16_t>{0, 0, 0, 0, 9})) << "a box of one element";
}

TEST(RealOutput, IsTheStepsInTheModelsOrder) {
  const int64_t logits[] = {1, -2, 3, -4, 5, 1000};
  EXPECT_EQ(realOutput(output({6}, 0.5), logits), (std::vector<double>{0.5, -1, 1.5, -2, 2.5, 500}));
  HostOutput format = output({3, 2}, 2);
  format.order = {{3, 2}, {0, 1, 3}, {0, 2, 1}};
  EXPECT_EQ(realOutput(format, logits), (std::vector<double>{2, -8, -4, 10, 6, 2000}));
}

TEST(RealOutput, AppliesSoftmaxAlongAnyAxis) {
  const int64_t logits[] = {0, 1, 2, 0, 0, 0};
  const double sum = 1 + std::exp(1) + std::exp(2);
  const std::vector<double> last = {1 / sum, std::exp(1) / sum, std::exp(2) / sum, 1.0 / 3, 1.0 / 3, 1.0 / 3};
  expectNear(realOutput(output({2, 3}, 1, {function(Kind::Softmax, 2)}), logits), last);
  auto half = [](double x) { return 1 / (1 + std::exp(-x)); };
  expectNear(realOutput(output({2, 3}, 1, {function(Kind::Softmax, 1)}), logits),
             {half(0), half(1), half(2), half(0), half(-1), half(-2)});
  std::vector<double> logs;
  for (double p : last)
    logs.push_back(std::log(p));
  expectNear(realOutput(output({2, 3}, 1, {function(Kind::LogSoftmax, 2)}), logits), logs);
}

TEST(RealOutput, IsStableForLargeLogits) {
  const int64_t logits[] = {int64_t(1) << 60, (int64_t(1) << 60) - 1024, -(int64_t(1) << 60)};
  expectNear(realOutput(output({3}, 1, {function(Kind::Softmax, 1)}), logits), {1, 0, 0});
  expectNear(realOutput(output({3}, 0x1p-10, {function(Kind::LogSoftmax, 1)}), logits),
             {-std::log1p(std::exp(-1)), -1 - std::log1p(std::exp(-1)), -0x1p51});
  expectNear(realOutput(output({3}, 1, {function(Kind::Sigmoid)}), logits), {1, 1, 0});
  expectNear(realOutput(output({3}, 1, {function(Kind::Softplus)}), logits), {0x1p60, 0x1p60, 0});
}

TEST(RealOutput, AppliesElementwiseFunctions) {
  const int64_t logits[] = {-3, 0, 4};
  const std::vector<double> x = {-1.5, 0, 2};
  const std::vector<std::pair<Kind, double (*)(double)>> functions = {
      {Kind::Sigmoid, [](double v) { return 1 / (1 + std::exp(-v)); }},
      {Kind::Tanh, [](double v) { return std::tanh(v); }},
      {Kind::Relu, [](double v) { return v > 0 ? v : 0; }},
      {Kind::Softplus, [](double v) { return std::log(1 + std::exp(v)); }},
      {Kind::Exp, [](double v) { return std::exp(v); }}};
  for (const auto &[kind, expected] : functions) {
    std::vector<double> needed;
    for (double v : x)
      needed.push_back(expected(v));
    expectNear(realOutput(output({3}, 0.5, {function(kind)}), logits), needed);
  }
}

TEST(RealOutput, FindsTheLargest) {
  const int64_t logits[] = {5, 7, 7, -1, -3, -1};
  HostFunction largest = function(Kind::ArgMax, 2);
  EXPECT_EQ(realOutput(output({2, 3}, 1, {largest}), logits), (std::vector<double>{1, 0}));
  EXPECT_EQ(output({2, 3}, 1, {largest}).finalShape(), (std::vector<uint32_t>{2}));
  largest.last = largest.keepDims = true;
  EXPECT_EQ(realOutput(output({2, 3}, 1, {largest}), logits), (std::vector<double>{2, 2}));
  EXPECT_EQ(output({2, 3}, 1, {largest}).finalShape(), (std::vector<uint32_t>{2, 1}));
  largest.axis = 1;
  EXPECT_EQ(realOutput(output({2, 3}, 1, {largest}), logits), (std::vector<double>{0, 0, 0}));
  EXPECT_TRUE(output({2, 3}, 1, {largest}).givesIndices());
}

/// What doubles cannot tell apart, or a softmax rounds to 1, is still not equal.
TEST(RealOutput, FindsTheLargestOfTheIntegers) {
  const int64_t logits[] = {(int64_t(1) << 60), (int64_t(1) << 60) + 1, 0};
  HostFunction reshape = function(Kind::Reshape);
  reshape.shape = {3};
  for (Kind kind : {Kind::Softmax, Kind::LogSoftmax})
    EXPECT_EQ(realOutput(output({1, 3}, 1, {reshape, function(kind, 1), function(Kind::ArgMax, 1)}), logits),
              (std::vector<double>{1}));
  for (Kind kind : {Kind::Sigmoid, Kind::Tanh, Kind::Softplus, Kind::Exp})
    EXPECT_EQ(realOutput(output({3}, 1, {function(kind), function(Kind::ArgMax, 1)}), logits),
              (std::vector<double>{1}));
}

/// A softmax along another axis changes what is largest.
TEST(RealOutput, KeepsAFunctionThatAnArgMaxSees) {
  const int64_t logits[] = {0, 1, 0, 9};
  EXPECT_EQ(realOutput(output({2, 2}, 1, {function(Kind::ArgMax, 2)}), logits), (std::vector<double>{1, 1}));
  EXPECT_EQ(realOutput(output({2, 2}, 1, {function(Kind::Softmax, 1), function(Kind::ArgMax, 2)}), logits),
            (std::vector<double>{0, 1}));
  const int64_t negative[] = {-2, -1};
  EXPECT_EQ(realOutput(output({2}, 1, {function(Kind::Relu), function(Kind::ArgMax, 1)}), negative),
            (std::vector<double>{0}));
}

TEST(RealOutput, KnowsWhereAClassCanBeRead) {
  Program program = programOf(1, 1, 1);
  EXPECT_TRUE(hasClassAxis(program));
  program.output = output({1, 10, 1}, 1);
  EXPECT_TRUE(hasClassAxis(program));
  program.output->order = {{10}, {0, 1}, {0, 1}};
  EXPECT_FALSE(hasClassAxis(program));
  program.output = output({2, 5}, 1);
  EXPECT_FALSE(hasClassAxis(program));
}

} // namespace
