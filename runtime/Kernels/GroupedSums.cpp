//===- GroupedSums.cpp - forward sums of groups of one neuron ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/GroupedSums.h"

#include "runtime/Kernels/ElementAccess.h"
#include "runtime/Kernels/IsaLoop.h"

#include <algorithm>
#include <type_traits>

using namespace wage::rt;

/// sums[x] += weight * image[x * stride]; wraps.
template <typename Sum>
static void addScaled(const int16_t *image, int64_t stride, int32_t weight, Sum *sums, int64_t count) {
  using Word = std::make_unsigned_t<Sum>;
  if (stride == 1)
    for (int64_t x = 0; x < count; ++x)
      sums[x] = Sum(Word(sums[x]) + Word(Sum(weight * image[x])));
  else
    for (int64_t x = 0; x < count; ++x)
      sums[x] = Sum(Word(sums[x]) + Word(Sum(weight * image[x * stride])));
}

/// The sums of one neuron at all positions; `image` is the first plane of its group.
template <typename Sum>
static void sumNeuron(const LinearBlock &block, const PaddedImages &layout, const int16_t *image, const int8_t *weights,
                      Sum *sums) {
  std::fill_n(sums, block.positions(), Sum(0));
  for (int64_t row = 0; row < block.rowsPerNeuron(); ++row) {
    const int64_t tap = row % block.window();
    const int64_t tapY = tap / block.kernelWidth * block.dilationY, tapX = tap % block.kernelWidth * block.dilationX;
    const int16_t *from = image + row / block.window() * layout.plane() + tapY * layout.width + tapX;
    for (int64_t y = 0; y < block.outHeight; ++y)
      addScaled(from + y * block.strideY * layout.width, block.strideX, weights[row], sums + y * block.outWidth,
                block.outWidth);
  }
}

void wage::rt::groupedSums(const LinearBlock &block, const PaddedImages &layout, const int16_t *images,
                           const int8_t *weights, BufferView output, int64_t samples) {
  const int64_t groupPlanes = block.rowsPerNeuron() / block.window() * layout.plane();
  withElementType(output.type, [&](auto zero) {
    using Sum = decltype(zero);
    if constexpr (sizeof(Sum) >= 4)
      runLoop([&] {
        for (int64_t sample = 0; sample < samples; ++sample)
          for (int64_t neuron = 0; neuron < block.neurons; ++neuron)
            sumNeuron(block, layout, images + sample * layout.elements() + neuron * groupPlanes,
                      weights + neuron * block.rowsPerNeuron(),
                      sampleOf<Sum>(output, sample) + neuron * block.positions());
      });
  });
}
