//===- MovementKernels.cpp - tables, products, rearranged elements ---------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/MovementKernels.h"

#include "runtime/Kernels/ElementAccess.h"

#include <algorithm>

using namespace wage::rt;

void wage::rt::lookUpTables(BufferView input, BufferView tables, BufferView output, const TableRange &range,
                            int64_t elements, int64_t samples) {
  assert(tables.type == output.type && "entries are results");
  const int64_t half = int64_t(1) << (range.bits - 1);
  withElementTypes(input.type, output.type, [&](auto inputZero, auto outputZero) {
    using Output = decltype(outputZero);
    const auto *entries = static_cast<const Output *>(tables.data);
    for (int64_t sample = 0; sample < samples; ++sample) {
      const auto *in = sampleOf<const decltype(inputZero)>(input, sample);
      Output *out = sampleOf<Output>(output, sample);
      for (int64_t first = 0; first < elements;) {
        // Up to the tensor's next element that has another table.
        const int64_t at = range.begin + first, last = std::min(elements, first + range.span - at % range.span);
        const Output *table = entries + ((at / range.span - range.begin / range.span) << range.bits) + half;
        for (; first < last; ++first)
          out[first] = table[std::clamp<int64_t>(in[first], -half, half - 1)];
      }
    }
  });
}

void wage::rt::multiply(BufferView input, BufferView other, BufferView output, int64_t elements, int64_t samples) {
  withElementTypes(input.type, other.type, [&](auto inputZero, auto otherZero) {
    withElementType(output.type, [&](auto outputZero) {
      using Output = decltype(outputZero);
      for (int64_t sample = 0; sample < samples; ++sample) {
        const auto *a = sampleOf<const decltype(inputZero)>(input, sample);
        const auto *b = sampleOf<const decltype(otherZero)>(other, sample);
        Output *out = sampleOf<Output>(output, sample);
        // Unsigned: a forged program's product may wrap, but must not be undefined.
        for (int64_t i = 0; i < elements; ++i)
          out[i] = static_cast<Output>(static_cast<uint64_t>(int64_t(a[i])) * static_cast<uint64_t>(int64_t(b[i])));
      }
    });
  });
}

void wage::rt::rearrange(const Rearrangement &move, BufferView input, int64_t inBegin, BufferView output,
                         int64_t outBegin, int64_t outElements, int64_t samples) {
  const int64_t from = move.from.back(), to = move.to.back();
  withElementTypes(input.type, output.type, [&](auto inputZero, auto outputZero) {
    using Output = decltype(outputZero);
    for (int64_t sample = 0; sample < samples; ++sample) {
      const auto *in = sampleOf<const decltype(inputZero)>(input, sample);
      Output *out = sampleOf<Output>(output, sample);
      std::fill_n(out, outElements, Output(0));
      forEachRun(move, outBegin, outBegin + outElements, [&](int64_t target, int64_t source, int64_t count) {
        for (int64_t i = 0; i < count; ++i)
          out[target - outBegin + i * to] = static_cast<Output>(in[source - inBegin + i * from]);
      });
    }
  });
}
