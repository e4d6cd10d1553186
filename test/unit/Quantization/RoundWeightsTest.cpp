//===- RoundWeightsTest.cpp - rounding with the inputs in view ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Quantization/RoundWeights.h"

#include "compiler/FloatEvaluator/FloatEvaluator.h"
#include "compiler/FloatTransforms/Layers.h"
#include "compiler/Quantization/WeightScale.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

namespace {

using namespace mlir;
using namespace wage;
using floats::FloatTensor;

std::vector<float> randomNumbers(size_t count, uint32_t seed, double size) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0, size);
  std::vector<float> numbers(count);
  std::generate(numbers.begin(), numbers.end(), [&] { return static_cast<float>(normal(random)); });
  return numbers;
}

std::string shapeText(ArrayRef<int64_t> shape) {
  std::string text;
  for (int64_t dim : shape)
    text += std::to_string(dim) + "x";
  return "tensor<" + text + "f32>";
}

/// A network of one layer, and samples for it.
class OneLayer {
public:
  OneLayer(const std::string &layer, SmallVector<int64_t> input, ArrayRef<int64_t> weights, const std::string &output) {
    context.loadDialect<onnxir::OnnxDialect, func::FuncDialect>();
    input[0] = ShapedType::kDynamic;
    std::string argument = "tensor<?x";
    for (int64_t dim : ArrayRef(input).drop_front())
      argument += std::to_string(dim) + "x";
    argument += "f32>";
    module = parseSourceString<ModuleOp>(
        "func.func @main(%x: " + argument + ") -> " + output +
            " {\n%w = onnx.constant \"w\", value = dense<1.0> : " + shapeText(weights) + "\n%y = " + layer + " : (" +
            argument + ", " + shapeText(weights) + ") -> " + output + "\nreturn %y : " + output + "\n}",
        &context);
  }

  func::FuncOp main() { return module->lookupSymbol<func::FuncOp>("main"); }
  onnxir::Layer layer() {
    return *onnxir::Layer::of(main().getBody().front().getTerminator()->getOperand(0).getDefiningOp(), constants);
  }
  std::vector<float> weights() { return layer().readWeights(); }
  void setWeights(ArrayRef<float> weights) {
    PatternRewriter rewriter(&context);
    layer().writeWeights(rewriter, weights);
  }
  /// Has the weights rounded.
  LogicalResult round(const FloatTensor &samples, int bits) {
    return roundWeights({main(), samples, {GridMethod::Mse, 8, bits, {}}});
  }
  std::vector<float> evaluate(const FloatTensor &samples) {
    const auto results = floats::FloatEvaluator::create(*module)->run(ArrayRef(samples));
    return *results->front().numbers;
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  onnxir::Constants constants;
};

/// Samples whose channels depend on each other, as those of pictures do.
FloatTensor samplesOf(ArrayRef<int64_t> shape) {
  FloatTensor samples(shape);
  const int64_t perSample = samples.size() / shape[0];
  const std::vector<float> noise = randomNumbers(samples.size(), 11, 1), common = randomNumbers(shape[0], 12, 1);
  for (int64_t i = 0; i < samples.size(); ++i)
    samples.mutableData()[i] = std::max(0.0f, noise[i] + 2 * common[i / perSample]);
  return samples;
}

struct Case {
  const char *name, *layer;
  SmallVector<int64_t> input, weights;
  const char *output;
};

const Case cases[] = {
    {"gemm", "onnx.gemm %x, %w", {64, 24}, {24, 10}, "tensor<?x10xf32>"},
    {"gemm trans_b", "onnx.gemm %x, %w trans_b", {64, 24}, {10, 24}, "tensor<?x10xf32>"},
    {"conv",
     "onnx.conv %x, %w, strides = [1, 1], pads = [1, 1, 1, 1]",
     {32, 3, 6, 6},
     {8, 3, 3, 3},
     "tensor<?x8x6x6xf32>"},
    {"groups",
     "onnx.conv %x, %w, strides = [2, 1], pads = [0, 0, 1, 0] group = 2",
     {32, 6, 6, 6},
     {4, 3, 2, 3},
     "tensor<?x4x3x4xf32>"},
    {"depthwise",
     "onnx.conv %x, %w, strides = [1, 1], pads = [1, 1, 1, 1] group = 4",
     {32, 4, 5, 5},
     {4, 1, 3, 3},
     "tensor<?x4x5x5xf32>"},
};

/// The weights [neurons, axons] rounded to the nearest of their neuron's grid.
std::vector<float> roundToNearest(std::vector<float> weights, int64_t axons, int bits) {
  const std::vector<float> exact = weights;
  const double limit = std::ldexp(1.0, bits - 1) - 1;
  for (size_t i = 0; i < weights.size(); ++i) {
    const auto first = static_cast<int64_t>(i) / axons * axons;
    const double step = std::ldexp(1.0, 1 - bits - fitScale(exact, first, 1, axons, bits));
    weights[i] = static_cast<float>(std::clamp(std::nearbyint(exact[i] / step), -limit, limit) * step);
  }
  return weights;
}

double squaredDifference(const std::vector<float> &a, const std::vector<float> &b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i)
    sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

class RoundWeights : public testing::TestWithParam<std::tuple<Case, int>> {};

TEST_P(RoundWeights, BeatsTheNearestOnTheGridsOfFitScale) {
  const auto &[which, bits] = GetParam();
  OneLayer network(which.layer, which.input, which.weights, which.output);
  ASSERT_TRUE(network.module);
  const FloatTensor samples = samplesOf(which.input);
  const std::vector<float> exact = randomNumbers(floats::product(which.weights), 13, 0.3);
  network.setWeights(exact);
  const int64_t axons = network.layer().getAxons();
  const std::vector<float> wanted = network.evaluate(samples);
  ASSERT_TRUE(succeeded(network.round(samples, bits)));
  const std::vector<float> rounded = network.weights();
  const double limit = std::ldexp(1.0, bits - 1) - 1;
  for (size_t i = 0; i < rounded.size(); ++i) {
    const auto first = static_cast<int64_t>(i) / axons * axons;
    const double integer = std::ldexp(rounded[i], bits - 1 + fitScale(exact, first, 1, axons, bits));
    EXPECT_EQ(integer, std::nearbyint(integer)) << i;
    EXPECT_LE(std::abs(integer), limit) << i;
  }
  // Nothing is lost when the conversion chooses grids for them again.
  EXPECT_EQ(roundToNearest(rounded, axons, bits), rounded);
  const double error = squaredDifference(network.evaluate(samples), wanted);
  network.setWeights(roundToNearest(exact, axons, bits));
  EXPECT_LT(error, squaredDifference(network.evaluate(samples), wanted));
}

TEST_P(RoundWeights, GivesTheSameTwice) {
  const auto &[which, bits] = GetParam();
  const FloatTensor samples = samplesOf(which.input);
  std::vector<float> results[2];
  for (std::vector<float> &result : results) {
    OneLayer network(which.layer, which.input, which.weights, which.output);
    network.setWeights(randomNumbers(floats::product(which.weights), 13, 0.3));
    ASSERT_TRUE(succeeded(network.round(samples, bits)));
    result = network.weights();
  }
  EXPECT_EQ(results[0], results[1]);
}

INSTANTIATE_TEST_SUITE_P(Layers, RoundWeights, testing::Combine(testing::ValuesIn(cases), testing::Values(2, 4, 8)));

TEST(RoundWeightsLimits, LayersWithoutGridsStayAsTheyAre) {
  const auto unchanged = [](const Case &which, int bits, const FloatTensor &samples, std::vector<float> weights) {
    OneLayer network(which.layer, which.input, which.weights, which.output);
    network.setWeights(weights);
    EXPECT_TRUE(succeeded(network.round(samples, bits)));
    const std::vector<float> after = network.weights();
    // What is no number differs from itself.
    return std::memcmp(after.data(), weights.data(), weights.size() * sizeof(float)) == 0;
  };
  const Case &gemm = cases[0];
  const std::vector<float> weights = randomNumbers(240, 1, 0.3);
  EXPECT_TRUE(unchanged(gemm, 1, samplesOf(gemm.input), weights));
  EXPECT_TRUE(unchanged(gemm, 4, FloatTensor(gemm.input), weights)); // nothing but zeros
  EXPECT_FALSE(unchanged(gemm, 4, samplesOf({1, 24}), weights));
  for (float odd : {INFINITY, NAN, 3e38f}) {
    std::vector<float> some = weights;
    some[17] = odd;
    EXPECT_TRUE(unchanged(gemm, 4, samplesOf(gemm.input), some)) << odd;
  }
  for (int64_t axons : {2048, 2049}) {
    const Case wide{"wide", "onnx.gemm %x, %w", {2, axons}, {axons, 1}, "tensor<?x1xf32>"};
    EXPECT_EQ(unchanged(wide, 4, samplesOf(wide.input), randomNumbers(axons, 1, 0.3)), axons > 2048);
  }
}

TEST(RoundWeightsLimits, DeadChannelsAndHugeNumbersLeaveNumbers) {
  const Case &conv = cases[2];
  FloatTensor samples = samplesOf(conv.input);
  for (int64_t i = 0; i < samples.size(); ++i)
    samples.mutableData()[i] *= i / 36 % 3 == 0 ? 0 : 1e18f;
  OneLayer network(conv.layer, conv.input, conv.weights, conv.output);
  network.setWeights(randomNumbers(216, 1, 1e30));
  ASSERT_TRUE(succeeded(network.round(samples, 4)));
  for (float weight : network.weights())
    EXPECT_TRUE(std::isfinite(weight));
}

} // namespace
