//===- SumKernelsTest.cpp - sums of windows against their definition ----------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/SumKernels.h"
#include "test/unit/Kernels/Buffers.h"

#include <array>

using namespace wage::rt;
using namespace wage::rt::test;

namespace {

constexpr int64_t samples = 3;

PoolWindow windowOf(std::array<int32_t, 2> plane, std::array<int32_t, 2> kernel, std::array<int32_t, 2> strides,
                    std::array<int32_t, 2> pads, std::array<int32_t, 2> outPlane) {
  PoolWindow window;
  window.channels = 2, window.height = plane[0], window.width = plane[1];
  window.kernelHeight = kernel[0], window.kernelWidth = kernel[1];
  window.strideY = strides[0], window.strideX = strides[1];
  window.padTop = pads[0], window.padLeft = pads[1];
  window.outHeight = outPlane[0], window.outWidth = outPlane[1];
  return window;
}

const PoolWindow windows[] = {
    windowOf({1, 1}, {1, 1}, {1, 1}, {0, 0}, {1, 1}), windowOf({4, 6}, {2, 2}, {2, 2}, {0, 0}, {2, 3}),
    windowOf({7, 7}, {3, 3}, {2, 2}, {1, 1}, {4, 4}), // padding on every side
    windowOf({5, 8}, {3, 2}, {1, 3}, {2, 0}, {5, 3}), // pads above alone, windows that overlap from top to bottom
    windowOf({8, 5}, {2, 3}, {3, 1}, {0, 2}, {3, 5}), // pads on the left alone, gaps from top to bottom
    windowOf({3, 4}, {3, 4}, {1, 1}, {0, 0}, {1, 1}), // the whole plane
    windowOf({5, 4}, {2, 2}, {4, 3}, {0, 0}, {2, 2}), // reaches past the edge
};

/// Whether window `output` covers element `input`, a place in the same channel.
bool covers(const PoolWindow &w, int64_t output, int64_t input) {
  const int64_t channel = output / w.outWidth / w.outHeight;
  if (channel != input / w.width / w.height)
    return false;
  const int64_t tapY = input / w.width % w.height + w.padTop - output / w.outWidth % w.outHeight * w.strideY;
  const int64_t tapX = input % w.width + w.padLeft - output % w.outWidth * w.strideX;
  return tapY >= 0 && tapY < w.kernelHeight && tapX >= 0 && tapX < w.kernelWidth;
}

// Of a window that lies partly on padding only the elements under it count, not those behind it.
TEST(SumKernels, SumPoolAddsWhatTheWindowCovers) {
  for (const PoolWindow &window : windows)
    for (const ElementType type : {ElementType::Int8, ElementType::Int16, ElementType::Int32}) {
      Batch input(type, window.inputElements(), samples, 1);
      Batch found(ElementType::Int32, window.outputElements(), samples, 2), expected = found;
      input.fill(Numbers(127));
      sumPool(window, input.view(), found.view(), samples);
      for (int64_t sample = 0; sample < samples; ++sample)
        for (int64_t output = 0; output < window.outputElements(); ++output) {
          int64_t sum = 0;
          for (int64_t element = 0; element < window.inputElements(); ++element)
            sum += covers(window, output, element) ? input.at(sample, element) : 0;
          expected.set(sample, output, sum);
        }
      EXPECT_EQ(expected.contents(), found.contents());
    }
}

// Every element under a window gets its error, those under several the sum; the others get 0, whatever stood there.
TEST(SumKernels, SumPoolSpreadAddsTheErrorsOfTheWindowsAbove) {
  for (const PoolWindow &window : windows)
    for (const ElementType type : {ElementType::Int16, ElementType::Int32, ElementType::Int64}) {
      Batch error(ElementType::Int8, window.outputElements(), samples, 1);
      Batch found(type, window.inputElements(), samples, 2), expected = found;
      error.fill(Numbers(127));
      sumPoolSpread(window, error.view(), found.view(), samples);
      for (int64_t sample = 0; sample < samples; ++sample)
        for (int64_t element = 0; element < window.inputElements(); ++element) {
          int64_t sum = 0;
          for (int64_t output = 0; output < window.outputElements(); ++output)
            sum += covers(window, output, element) ? error.at(sample, output) : 0;
          expected.set(sample, element, sum);
        }
      EXPECT_EQ(expected.contents(), found.contents());
    }
}

} // namespace
