//===- SumKernels.cpp - sums of values, of channels and of windows ---------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// A compiled program proves that no sum wraps; a forged one may wrap, like a chip's adder, but must not be undefined: sums
// and shifts are made in unsigned arithmetic.
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/SumKernels.h"

#include "runtime/Kernels/ElementAccess.h"

#include <algorithm>

using namespace wage::rt;

void wage::rt::add(BufferView input, BufferView other, BufferView output, int64_t elements, int64_t samples,
                   int inputShift, int otherShift) {
  withElementTypes(input.type, other.type, [&](auto inputZero, auto otherZero) {
    withElementType(output.type, [&](auto outputZero) {
      using Output = decltype(outputZero);
      for (int64_t sample = 0; sample < samples; ++sample) {
        const auto *a = sampleOf<const decltype(inputZero)>(input, sample);
        const auto *b = sampleOf<const decltype(otherZero)>(other, sample);
        Output *out = sampleOf<Output>(output, sample);
        for (int64_t i = 0; i < elements; ++i)
          out[i] = static_cast<Output>((static_cast<uint64_t>(int64_t(a[i])) << inputShift) +
                                       (static_cast<uint64_t>(int64_t(b[i])) << otherShift));
      }
    });
  });
}

void wage::rt::alignChannels(BufferView input, BufferView output, int64_t channels, int64_t plane,
                             const int32_t *scaleLog2, int32_t finest, int64_t samples) {
  withElementTypes(input.type, output.type, [&](auto inputZero, auto outputZero) {
    using Output = decltype(outputZero);
    for (int64_t sample = 0; sample < samples; ++sample) {
      const auto *in = sampleOf<const decltype(inputZero)>(input, sample);
      Output *out = sampleOf<Output>(output, sample);
      for (int64_t channel = 0; channel < channels; ++channel, in += plane, out += plane) {
        const int shift = finest - scaleLog2[channel];
        for (int64_t i = 0; i < plane; ++i)
          out[i] = static_cast<Output>(static_cast<uint64_t>(int64_t(in[i])) << shift);
      }
    }
  });
}

namespace {

/// The positions that a window touches along one axis: [begin, end) of the plane.
struct Span {
  int32_t begin, end;
};

Span spanOf(int32_t window, int32_t stride, int32_t pad, int32_t kernel, int32_t extent) {
  const int32_t first = window * stride - pad;
  return {std::max(first, 0), std::min(first + kernel, extent)};
}

/// Calls visit(channel, oy, ox, rows, columns) for every window of every channel.
template <typename F> void forEachWindow(const PoolWindow &w, F visit) {
  for (int32_t channel = 0; channel < w.channels; ++channel)
    for (int32_t oy = 0; oy < w.outHeight; ++oy)
      for (int32_t ox = 0; ox < w.outWidth; ++ox)
        visit(channel, (int64_t(channel) * w.outHeight + oy) * w.outWidth + ox,
              spanOf(oy, w.strideY, w.padTop, w.kernelHeight, w.height),
              spanOf(ox, w.strideX, w.padLeft, w.kernelWidth, w.width));
}

} // namespace

void wage::rt::sumPool(const PoolWindow &window, BufferView input, BufferView output, int64_t samples) {
  withElementTypes(input.type, output.type, [&](auto inputZero, auto outputZero) {
    using Output = decltype(outputZero);
    for (int64_t sample = 0; sample < samples; ++sample) {
      const auto *in = sampleOf<const decltype(inputZero)>(input, sample);
      Output *out = sampleOf<Output>(output, sample);
      forEachWindow(window, [&](int32_t channel, int64_t at, Span rows, Span columns) {
        const auto *plane = in + int64_t(channel) * window.height * window.width;
        uint64_t sum = 0;
        for (int32_t y = rows.begin; y < rows.end; ++y)
          for (int32_t x = columns.begin; x < columns.end; ++x)
            sum += static_cast<uint64_t>(int64_t(plane[int64_t(y) * window.width + x]));
        out[at] = static_cast<Output>(sum);
      });
    }
  });
}

void wage::rt::sumPoolSpread(const PoolWindow &window, BufferView error, BufferView result, int64_t samples) {
  withElementTypes(error.type, result.type, [&](auto errorZero, auto resultZero) {
    using Result = decltype(resultZero);
    for (int64_t sample = 0; sample < samples; ++sample) {
      const auto *in = sampleOf<const decltype(errorZero)>(error, sample);
      Result *out = sampleOf<Result>(result, sample);
      std::fill_n(out, window.inputElements(), Result(0));
      forEachWindow(window, [&](int32_t channel, int64_t at, Span rows, Span columns) {
        Result *plane = out + int64_t(channel) * window.height * window.width;
        for (int32_t y = rows.begin; y < rows.end; ++y)
          for (int32_t x = columns.begin; x < columns.end; ++x) {
            Result &sum = plane[int64_t(y) * window.width + x];
            sum = wrappingAdd<Result>(sum, in[at]);
          }
      });
    }
  });
}
