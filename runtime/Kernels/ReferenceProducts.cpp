//===- ReferenceProducts.cpp - the three products, written to be read -----------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/ReferenceProducts.h"

#include "runtime/Kernels/ElementAccess.h"

#include <algorithm>

using namespace wage::rt;

/// Adds a product to a sum, modulo 2^bits of `Sum`: the compiler has proved that no sum leaves them.
template <typename Sum> static void addProduct(Sum &sum, int64_t a, int64_t b) {
  sum = static_cast<Sum>(static_cast<uint64_t>(int64_t(sum)) + static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}

/// Calls `body(row, position, element)` for every matrix row that `neuron` of the block sees (from 0) and output position
/// that read a real input element, with that element's index in the block's input buffer. Padding reads nothing: it is 0.
template <typename Body> static void forEachRead(const LinearBlock &block, int64_t neuron, Body &&body) {
  const int64_t firstRow = block.rowBegin + neuron / block.neuronsPerGroup() * block.rowsPerNeuron();
  for (int64_t row = firstRow; row < firstRow + block.rowsPerNeuron(); ++row) {
    const int64_t channel = row / block.window(), tap = row % block.window();
    const int64_t tapY = tap / block.kernelWidth * block.dilationY, tapX = tap % block.kernelWidth * block.dilationX;
    for (int64_t outY = 0; outY < block.outHeight; ++outY)
      for (int64_t outX = 0; outX < block.outWidth; ++outX) {
        const int64_t y = outY * block.strideY - block.padTop + tapY, x = outX * block.strideX - block.padLeft + tapX;
        if (y >= 0 && y < block.height && x >= 0 && x < block.width)
          body(row - firstRow, outY * block.outWidth + outX,
               (channel - block.channelBegin()) * block.plane() + y * block.width + x);
      }
  }
}

void reference::forwardProduct(const LinearBlock &block, BufferView input, const int8_t *weights, BufferView output,
                               int64_t samples) {
  const int64_t rows = block.rowsPerNeuron(), positions = block.positions();
  withElementTypes(input.type, output.type, [&](auto inputZero, auto outputZero) {
    using Input = decltype(inputZero);
    using Output = decltype(outputZero);
    for (int64_t sample = 0; sample < samples; ++sample) {
      const Input *in = sampleOf<const Input>(input, sample);
      Output *out = sampleOf<Output>(output, sample);
      std::fill_n(out, block.neurons * positions, Output(0));
      for (int64_t neuron = 0; neuron < block.neurons; ++neuron)
        forEachRead(block, neuron, [&](int64_t row, int64_t position, int64_t element) {
          addProduct(out[neuron * positions + position], weights[neuron * rows + row], in[element]);
        });
    }
  });
}

void reference::transposedProduct(const LinearBlock &block, BufferView error, const int8_t *weights, BufferView result,
                                  int64_t samples) {
  const int64_t rows = block.rows(), positions = block.positions();
  const int64_t elements = (block.channelEnd() - block.channelBegin()) * block.plane();
  withElementTypes(error.type, result.type, [&](auto errorZero, auto resultZero) {
    using Error = decltype(errorZero);
    using Result = decltype(resultZero);
    for (int64_t sample = 0; sample < samples; ++sample) {
      const Error *e = sampleOf<const Error>(error, sample);
      Result *out = sampleOf<Result>(result, sample);
      std::fill_n(out, elements, Result(0));
      for (int64_t neuron = 0; neuron < block.neurons; ++neuron)
        forEachRead(block, neuron, [&](int64_t row, int64_t position, int64_t element) {
          addProduct(out[element], weights[neuron * rows + row], e[neuron * positions + position]);
        });
    }
  });
}

void reference::outerProduct(const LinearBlock &block, BufferView error, BufferView input, void *gradient,
                             ElementType gradientType, int64_t samples) {
  const int64_t rows = block.rows(), positions = block.positions();
  withElementTypes(error.type, input.type, [&](auto errorZero, auto inputZero) {
    withElementType(gradientType, [&](auto gradientZero) {
      using Gradient = decltype(gradientZero);
      auto *sums = static_cast<Gradient *>(gradient);
      for (int64_t sample = 0; sample < samples; ++sample) {
        const auto *e = sampleOf<const decltype(errorZero)>(error, sample);
        const auto *in = sampleOf<const decltype(inputZero)>(input, sample);
        for (int64_t neuron = 0; neuron < block.neurons; ++neuron)
          forEachRead(block, neuron, [&](int64_t row, int64_t position, int64_t element) {
            addProduct(sums[neuron * rows + row], e[neuron * positions + position], in[element]);
          });
      }
    });
  });
}
