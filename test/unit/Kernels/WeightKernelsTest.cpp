//===- WeightKernelsTest.cpp - weights in use and their update -----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/WeightKernels.h"
#include "runtime/Numerics/Philox.h"
#include "test/unit/Kernels/Buffers.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

using namespace wage::rt;
using namespace wage::rt::test;

namespace {
/// A weight tensor with gradients, the same in every run.
struct Tensor {
  Tensor(int64_t neurons, int64_t rows, int64_t limit, ElementType type, int64_t largestGradient = 100000)
      : neurons(neurons), rows(rows), gradient(type, neurons * rows, 1), masters(size_t(neurons * rows)) {
    Numbers gradients(largestGradient, 11), starts(limit, 12);
    gradient.fill([&] { return gradients() % 7 == 0 ? 0 : gradients() >> (gradients() & 15); });
    std::generate(masters.begin(), masters.end(), [&] { return int16_t(starts()); });
  }
  int exponent() const {
    int64_t largest = 0;
    for (int64_t i = 0; i < neurons * rows; ++i)
      largest = std::max(largest, std::abs(gradient.at(0, i)));
    return shiftExponent(uint64_t(largest));
  }

  int64_t neurons, rows;
  Batch gradient;
  std::vector<int16_t> masters;
};
} // namespace

static WeightUpdate updateOf(const Tensor &tensor, int weightBits, int masterBits) {
  WeightUpdate update;
  update.neurons = tensor.neurons, update.rows = tensor.rows;
  update.neuronStride = tensor.rows;
  update.ordinal = 3, update.step = (uint64_t(5) << 32) + 77, update.seed = 0x0123456789ABCDEFull;
  update.gradientExponent = tensor.exponent();
  update.learningRateLog2 = 3;
  update.randomBits = 16, update.masterBits = masterBits;
  update.masterLimit = masterLimit(weightBits, masterBits);
  return update;
}

/// The step of element `index` by its definition.
static int64_t stepOf(const WeightUpdate &update, int64_t gradient, int64_t index) {
  const auto lanes = roundingLanes(uint32_t(index / 8), update.ordinal, update.step, update.seed);
  return stochasticStep(gradient, update.gradientExponent, update.learningRateLog2,
                        lanes[size_t(index % 8)] >> (16 - update.randomBits), update.randomBits, update.masterBits);
}

static void expectDefined(const Tensor &tensor, const WeightUpdate &update) {
  std::vector<int16_t> masters = tensor.masters, delta(masters.size(), 99);
  Batch gradient = tensor.gradient;
  updateMasters(update, gradient.view().data, gradient.type, masters.data(), delta.data());
  for (int64_t i = 0; i < tensor.neurons * tensor.rows; ++i) {
    const int64_t index =
        update.firstIndex + i / tensor.rows * update.neuronStride + i % tensor.rows * update.rowStride;
    const int64_t step = stepOf(update, gradient.at(0, i), index);
    ASSERT_EQ(delta[size_t(i)], step) << i << " at rate " << update.learningRateLog2;
    ASSERT_EQ(masters[size_t(i)], clipTo(tensor.masters[size_t(i)] - step, update.masterLimit)) << i;
  }
}

namespace {
class WeightKernels : public EachIsa {};
} // namespace

INSTANTIATE_TEST_SUITE_P(EveryIsa, WeightKernels, testing::ValuesIn(everyIsa),
                         [](const auto &info) { return caseNameOf(info.param); });

// Sections 7 and 8, element by element: every width of masters and random numbers, and gradients of few and of many bits.
TEST_P(WeightKernels, UpdateFollowsItsDefinition) {
  for (const ElementType type : {ElementType::Int32, ElementType::Int64})
    for (const int64_t largest : {int64_t(1), int64_t(300), int64_t(INT32_MAX), int64_t(1) << 50}) {
      if (type == ElementType::Int32 && largest > INT32_MAX)
        continue;
      for (const int masterBits : {2, 8, 16})
        for (const int randomBits : {1, 8, 16}) {
          const Tensor tensor(5, 13, masterLimit(2, masterBits), type, largest);
          WeightUpdate update = updateOf(tensor, 2, masterBits);
          update.randomBits = randomBits;
          for (update.learningRateLog2 = -32; update.learningRateLog2 <= 15; ++update.learningRateLog2)
            expectDefined(tensor, update);
        }
    }
}

// Runs that begin and end inside a Philox block, that are longer than what is drawn at a time, and that no axis offers.
TEST_P(WeightKernels, UpdateOfAnyMapping) {
  const Tensor tensor(3, 700, 64, ElementType::Int32);
  for (const int64_t firstIndex : {0, 5, 1000003})
    for (const auto &[neuronStride, rowStride] :
         std::vector<std::pair<int64_t, int64_t>>{{700, 1}, {1000, 1}, {1, 3}, {1, 10}, {9, 25}}) {
      WeightUpdate update = updateOf(tensor, 2, 8);
      update.firstIndex = firstIndex;
      update.neuronStride = neuronStride;
      update.rowStride = rowStride;
      expectDefined(tensor, update);
    }
}

// A tensor updated in blocks, in one order of its axes or the other, takes the same steps as at once.
TEST_P(WeightKernels, UpdateDoesNotDependOnTheSplit) {
  const Tensor tensor(9, 22, 64, ElementType::Int32);
  for (const bool axonsFirst : {false, true}) {
    WeightUpdate whole = updateOf(tensor, 2, 8);
    whole.neuronStride = axonsFirst ? 1 : tensor.rows;
    whole.rowStride = axonsFirst ? tensor.neurons : 1;
    Tensor atOnce = tensor;
    updateMasters(whole, atOnce.gradient.view().data, ElementType::Int32, atOnce.masters.data(), nullptr);

    for (int64_t firstNeuron = 0; firstNeuron < tensor.neurons; firstNeuron += 4)
      for (int64_t firstRow = 0; firstRow < tensor.rows; firstRow += 5) {
        WeightUpdate part = whole;
        part.neurons = std::min<int64_t>(4, tensor.neurons - firstNeuron);
        part.rows = std::min<int64_t>(5, tensor.rows - firstRow);
        part.firstIndex = firstNeuron * whole.neuronStride + firstRow * whole.rowStride;
        std::vector<int32_t> gradient;
        std::vector<int16_t> masters, expected;
        for (int64_t n = firstNeuron; n < firstNeuron + part.neurons; ++n)
          for (int64_t k = firstRow; k < firstRow + part.rows; ++k) {
            gradient.push_back(int32_t(tensor.gradient.at(0, n * tensor.rows + k)));
            masters.push_back(tensor.masters[size_t(n * tensor.rows + k)]);
            expected.push_back(atOnce.masters[size_t(n * tensor.rows + k)]);
          }
        updateMasters(part, gradient.data(), ElementType::Int32, masters.data(), nullptr);
        EXPECT_EQ(masters, expected) << axonsFirst << " " << firstNeuron << " " << firstRow;
      }
  }
}

// No gradient, no step: the masters stay, even those that stand at the limit.
TEST_P(WeightKernels, ZeroGradientMovesNothing) {
  Tensor tensor(3, 5, 64, ElementType::Int64);
  tensor.gradient.fill([] { return 0; });
  const WeightUpdate update = updateOf(tensor, 2, 8);
  EXPECT_EQ(update.gradientExponent, 0);
  std::vector<int16_t> masters = tensor.masters, delta(masters.size(), 99);
  updateMasters(update, tensor.gradient.view().data, ElementType::Int64, masters.data(), delta.data());
  EXPECT_EQ(masters, tensor.masters);
  EXPECT_EQ(delta, std::vector<int16_t>(masters.size(), 0));
}

TEST_P(WeightKernels, QuantizeWeights) {
  for (const Rounding rounding : {Rounding::HalfEven, Rounding::HalfAway})
    for (int weightBits = 1; weightBits <= 8; ++weightBits)
      for (const int masterBits : {weightBits, 8, 11, 16}) {
        if (masterBits < std::max(weightBits, 2))
          continue;
        const int64_t limit = masterLimit(weightBits, masterBits);
        std::vector<int16_t> masters;
        for (int64_t master = -limit; master <= limit; ++master)
          masters.push_back(int16_t(master));
        std::vector<int8_t> weights(masters.size());
        quantizeWeights(masters.data(), weights.data(), int64_t(masters.size()), weightBits, masterBits, rounding);
        for (size_t i = 0; i < masters.size(); ++i)
          ASSERT_EQ(weights[i], quantizeWeight(masters[i], weightBits, masterBits, rounding)) << masters[i];
      }
}
