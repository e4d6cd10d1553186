//===- PoolKernelsTest.cpp - max pooling against its definition ----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/ElementwiseKernels.h"
#include "test/unit/Kernels/Buffers.h"

using namespace wage::rt;
using namespace wage::rt::test;

static PoolWindow windowOf(int32_t channels, int32_t height, int32_t width, int32_t kernel, int32_t stride,
                           int32_t padTop, int32_t padLeft, int32_t outHeight, int32_t outWidth) {
  PoolWindow window;
  window.channels = channels, window.height = height, window.width = width;
  window.kernelHeight = kernel, window.kernelWidth = kernel;
  window.strideY = stride, window.strideX = stride;
  window.padTop = padTop, window.padLeft = padLeft;
  window.outHeight = outHeight, window.outWidth = outWidth;
  return window;
}

/// A window whose kernel and stride are others from left to right than from top to bottom.
static PoolWindow oblong(PoolWindow window, int32_t kernelWidth, int32_t strideX) {
  window.kernelWidth = kernelWidth, window.strideX = strideX;
  return window;
}

static const PoolWindow windows[] = {
    windowOf(1, 1, 1, 1, 1, 0, 0, 1, 1),
    windowOf(3, 8, 6, 2, 2, 0, 0, 4, 3),
    windowOf(2, 7, 9, 2, 2, 0, 0, 3, 4),
    windowOf(2, 7, 7, 3, 2, 1, 1, 4, 4),
    windowOf(2, 6, 5, 3, 1, 0, 0, 4, 3),
    windowOf(1, 6, 6, 3, 1, 2, 1, 7, 6),
    windowOf(2, 7, 8, 2, 3, 0, 0, 2, 3),    // elements between windows that none takes
    windowOf(1, 3, 150, 2, 2, 0, 1, 1, 75), // more windows in a row than are held at a time
    oblong(windowOf(2, 8, 9, 2, 2, 0, 0, 4, 3), 3, 3),
    oblong(windowOf(1, 9, 6, 3, 1, 1, 0, 9, 3), 2, 2),
};

namespace {
class PoolKernels : public EachIsa {};
} // namespace

INSTANTIATE_TEST_SUITE_P(EveryIsa, PoolKernels, testing::ValuesIn(everyIsa),
                         [](const auto &info) { return caseNameOf(info.param); });

/// The definition: the first maximum in row-major window order, padding left out.
static int64_t firstMaximum(const PoolWindow &window, const Batch &input, int64_t sample, int64_t output) {
  const int64_t x = output % window.outWidth, y = output / window.outWidth % window.outHeight;
  const int64_t channel = output / window.outWidth / window.outHeight;
  int64_t best = -1, bestValue = 0;
  for (int64_t tap = 0; tap < int64_t(window.kernelHeight) * window.kernelWidth; ++tap) {
    const int64_t row = y * window.strideY - window.padTop + tap / window.kernelWidth;
    const int64_t column = x * window.strideX - window.padLeft + tap % window.kernelWidth;
    if (row < 0 || row >= window.height || column < 0 || column >= window.width)
      continue;
    const int64_t value = input.at(sample, (channel * window.height + row) * window.width + column);
    if (best < 0 || value > bestValue)
      best = tap, bestValue = value;
  }
  return best;
}

static int64_t elementOf(const PoolWindow &window, int64_t output, int64_t tap) {
  const int64_t x = output % window.outWidth, y = output / window.outWidth % window.outHeight;
  const int64_t channel = output / window.outWidth / window.outHeight;
  const int64_t row = y * window.strideY - window.padTop + tap / window.kernelWidth;
  return (channel * window.height + row) * window.width + x * window.strideX - window.padLeft +
         tap % window.kernelWidth;
}

// Few different values, so that ties are common; all of them negative in one round, so that padding would win if it could.
TEST_P(PoolKernels, MaxPoolTakesTheFirstMaximum) {
  constexpr int64_t samples = 3;
  for (const PoolWindow &window : windows)
    for (const ElementType type : {ElementType::Int8, ElementType::Int16, ElementType::Int32, ElementType::Int64})
      for (const int64_t offset : {0, -50}) {
        Batch input(type, window.inputElements(), samples, 1);
        Numbers numbers(2);
        input.fill([&] { return numbers() + offset; });
        Batch values(type, window.outputElements(), samples, 2), alone = values;
        Batch positions(ElementType::Int8, window.outputElements(), samples, 3);
        maxPool(window, input.view(), values.view(), positions.view(), samples);
        maxPool(window, input.view(), alone.view(), BufferView(), samples);
        EXPECT_EQ(values.contents(), alone.contents()) << "values do not depend on whether positions are wanted";
        for (int64_t sample = 0; sample < samples; ++sample)
          for (int64_t output = 0; output < window.outputElements(); ++output) {
            const int64_t tap = firstMaximum(window, input, sample, output);
            ASSERT_EQ(positions.at(sample, output), tap);
            ASSERT_EQ(values.at(sample, output), input.at(sample, elementOf(window, output, tap)));
          }
      }
}

// The widest values keep every bit: the largest and the smallest code of each type, one of them alone in its window.
TEST_P(PoolKernels, MaxPoolOfTheWidestValues) {
  const PoolWindow window = windowOf(1, 4, 4, 2, 2, 0, 0, 2, 2);
  for (const ElementType type : {ElementType::Int8, ElementType::Int16, ElementType::Int32, ElementType::Int64}) {
    const int64_t largest = int64_t(~uint64_t(0) >> 1 >> (64 - 8 * hostBytes(type))), smallest = -largest - 1;
    Batch input(type, 16, 1), values(type, 4, 1), positions(ElementType::Int8, 4, 1);
    input.fill([&] { return smallest; });
    input.set(0, 5, largest);      // window 0, position 3
    input.set(0, 3, smallest + 1); // window 1, position 1
    maxPool(window, input.view(), values.view(), positions.view(), 1);
    const int64_t expected[][2] = {{largest, 3}, {smallest + 1, 1}, {smallest, 0}, {smallest, 0}};
    for (int64_t output = 0; output < 4; ++output) {
      EXPECT_EQ(values.at(0, output), expected[output][0]);
      EXPECT_EQ(positions.at(0, output), expected[output][1]);
    }
  }
}

TEST_P(PoolKernels, ScatterAddsAtTheWinner) {
  constexpr int64_t samples = 2;
  for (const PoolWindow &window : windows)
    for (const ElementType resultType : {ElementType::Int16, ElementType::Int32}) {
      Batch input(ElementType::Int32, window.inputElements(), samples),
          error(ElementType::Int8, window.outputElements(), samples, 1);
      Batch values(ElementType::Int32, window.outputElements(), samples);
      Batch positions(ElementType::Int16, window.outputElements(), samples);
      input.fill(Numbers(3));
      error.fill(Numbers(127));
      maxPool(window, input.view(), values.view(), positions.view(), samples);
      Batch expected(resultType, window.inputElements(), samples, 2), found = expected;
      expected.fill([] { return 0; });
      for (int64_t sample = 0; sample < samples; ++sample)
        for (int64_t output = 0; output < window.outputElements(); ++output) {
          const int64_t element = elementOf(window, output, positions.at(sample, output));
          expected.set(sample, element, expected.at(sample, element) + error.at(sample, output));
        }
      maxPoolScatter(window, error.view(), positions.view(), found.view(), samples);
      EXPECT_EQ(expected.contents(), found.contents());
    }
}
