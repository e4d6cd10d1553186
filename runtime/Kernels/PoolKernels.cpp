//===- PoolKernels.cpp - max pooling and its backward pass ----------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/ElementAccess.h"
#include "runtime/Kernels/ElementwiseKernels.h"
#include "runtime/Kernels/IsaLoop.h"

#include <algorithm>
#include <type_traits>
#include <utility>

using namespace wage::rt;

/// The outputs [first, last) of one axis whose element at kernel offset `tap` lies on the plane.
static inline std::pair<int32_t, int32_t> outputsOnPlane(int32_t tap, int32_t pad, int32_t stride, int32_t length,
                                                         int32_t outLength) {
  const int32_t first = tap >= pad ? 0 : (pad - tap + stride - 1) / stride;
  const int32_t last = length + pad - tap <= 0 ? 0 : (length + pad - tap + stride - 1) / stride;
  return {first, std::min(last, outLength)};
}

namespace {
/// An element and its position as one number, element * 2^bits + (last position - position), whose maximum is the first
/// maximum. It needs no branch, which random data would mispredict, and successive windows are lanes of a vector.
template <typename Element> struct KeyOf {
  using Number =
      std::conditional_t<sizeof(Element) <= 2, int32_t, std::conditional_t<sizeof(Element) == 4, int64_t, __int128>>;
  static constexpr int bits = sizeof(Element) <= 2 ? 15 : 31;
  static constexpr Number lowest = -(Number(1) << (8 * sizeof(Number) - 2)); // no key is lower
};

/// Where the results of a sample go.
template <typename Element> struct PoolResult {
  Element *values;
  void *positions; ///< null: not wanted
  ElementType positionType;
};
} // namespace

// Windows that are held at a time.
static constexpr int32_t rowChunk = 64;

/// Raises best[x] to the keys of `row`, row `tapRow` of the windows, for windows [begin, begin + count) of a row of outputs.
/// Stride is the horizontal one where it is known when compiling, else 0.
template <int Stride, typename Element, typename Number>
static inline void raiseKeys(const PoolWindow &window, const Element *row, int32_t tapRow, int32_t begin, int32_t count,
                             Number *best) {
  const int32_t stride = Stride ? Stride : window.strideX;
  for (int32_t tap = 0; tap < window.kernelWidth; ++tap) {
    const auto [first, last] = outputsOnPlane(tap, window.padLeft, stride, window.width, window.outWidth);
    const int32_t from = std::max(first - begin, 0), to = std::min(last - begin, count);
    const int64_t column = int64_t(begin) * stride + tap - window.padLeft;
    const Number rank = (window.kernelHeight - tapRow) * window.kernelWidth - 1 - tap;
    for (int32_t x = from; x < to; ++x)
      best[x] = std::max<Number>(
          best[x], Number(row[column + int64_t(x) * stride]) * (Number(1) << KeyOf<Element>::bits) + rank);
  }
}

template <typename Element, typename Number>
static inline void storeKeys(const Number *best, int32_t count, int32_t lastPosition, int64_t output,
                             const PoolResult<Element> &result) {
  constexpr int bits = KeyOf<Element>::bits;
  for (int32_t x = 0; x < count; ++x)
    result.values[output + x] = Element(best[x] >> bits);
  if (!result.positions)
    return;
  withElementType(result.positionType, [&](auto zero) {
    using Position = decltype(zero);
    Position *positions = static_cast<Position *>(result.positions) + output;
    for (int32_t x = 0; x < count; ++x)
      positions[x] = Position(lastPosition - Number(best[x] & ((Number(1) << bits) - 1)));
  });
}

template <int Stride, typename Element>
static inline void maxPoolPlanes(const PoolWindow &window, const Element *in, const PoolResult<Element> &result) {
  using Number = typename KeyOf<Element>::Number;
  const int32_t lastPosition = window.kernelHeight * window.kernelWidth - 1;
  Number best[rowChunk];
  int64_t output = 0;
  for (int32_t channel = 0; channel < window.channels; ++channel, in += int64_t(window.height) * window.width)
    for (int32_t y = 0; y < window.outHeight; ++y)
      for (int32_t begin = 0; begin < window.outWidth; begin += rowChunk) {
        const int32_t count = std::min(rowChunk, window.outWidth - begin), top = y * window.strideY - window.padTop;
        std::fill_n(best, count, KeyOf<Element>::lowest);
        for (int32_t row = std::max(top, 0); row < std::min(top + window.kernelHeight, window.height); ++row)
          raiseKeys<Stride>(window, in + int64_t(row) * window.width, row - top, begin, count, best);
        storeKeys(best, count, lastPosition, output, result);
        output += count;
      }
}

void wage::rt::maxPool(const PoolWindow &window, BufferView input, BufferView values, BufferView positions,
                       int64_t samples) {
  assert(values.type == input.type && "max_pool keeps the element type");
  assert(int64_t(window.kernelHeight) * window.kernelWidth < (1 << 15) && "a position fits its key");
  withElementType(input.type, [&](auto zero) {
    using Element = decltype(zero);
    for (int64_t sample = 0; sample < samples; ++sample) {
      const Element *in = sampleOf<const Element>(input, sample);
      PoolResult<Element> result = {sampleOf<Element>(values, sample), nullptr, positions.type};
      if (positions.data)
        result.positions = sampleOf<char>(positions, sample * int64_t(hostBytes(positions.type)));
      const PoolWindow copy = window; // by value: a store of positions cannot change it
      if (window.strideX == 2)
        runLoop([=] { maxPoolPlanes<2>(copy, in, result); });
      else
        runLoop([=] { maxPoolPlanes<0>(copy, in, result); });
    }
  });
}

template <typename Error, typename Position, typename Result>
static void scatterSample(const PoolWindow &window, const Error *errors, const Position *positions, Result *sums) {
  std::fill_n(sums, window.inputElements(), Result(0));
  for (int32_t channel = 0; channel < window.channels; ++channel, sums += int64_t(window.height) * window.width)
    for (int32_t y = 0; y < window.outHeight; ++y)
      for (int32_t x = 0; x < window.outWidth; ++x, ++errors, ++positions) {
        const int32_t row = y * window.strideY - window.padTop + int32_t(*positions) / window.kernelWidth;
        const int32_t column = x * window.strideX - window.padLeft + int32_t(*positions) % window.kernelWidth;
        Result &sum = sums[int64_t(row) * window.width + column];
        sum = wrappingAdd<Result>(sum, *errors);
      }
}

void wage::rt::maxPoolScatter(const PoolWindow &window, BufferView error, BufferView positions, BufferView result,
                              int64_t samples) {
  withElementTypes(error.type, result.type, [&](auto errorZero, auto resultZero) {
    withElementType(positions.type, [&](auto positionZero) {
      for (int64_t sample = 0; sample < samples; ++sample)
        scatterSample(window, sampleOf<const decltype(errorZero)>(error, sample),
                      sampleOf<const decltype(positionZero)>(positions, sample),
                      sampleOf<decltype(resultZero)>(result, sample));
    });
  });
}
