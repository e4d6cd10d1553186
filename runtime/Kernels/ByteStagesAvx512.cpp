//===- ByteStagesAvx512.cpp - stages in vectors of 512 bits ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/ByteStagesParts.h"

#if defined(__x86_64__)
#include <cassert>
#include <immintrin.h>
#include <limits>

using namespace wage::rt;

#define WAGE_TARGET [[gnu::target("avx512f,avx512bw,avx512vl")]]
#define WAGE_INLINE [[gnu::target("avx512f,avx512bw,avx512vl"), gnu::always_inline]] inline

namespace {

/// Rounds 16 sums as RoundingNumbers says.
struct Rounder {
  __m512i low; ///< of a sum: 0 with a Relu
  __m512i restMask, threshold, lessMask, one, limit, lowLimit;
  __m128i shift, lessShift;

  WAGE_INLINE Rounder(const ByteQuantizer &quantizer) {
    const RoundingNumbers numbers(quantizer);
    low = _mm512_set1_epi32(numbers.low);
    restMask = _mm512_set1_epi32(numbers.restMask);
    threshold = _mm512_set1_epi32(numbers.threshold);
    lessMask = _mm512_set1_epi32(numbers.lessMask);
    one = _mm512_set1_epi32(1);
    limit = _mm512_set1_epi32(numbers.limit);
    lowLimit = _mm512_set1_epi32(-numbers.limit);
    shift = _mm_cvtsi32_si128(quantizer.shift);
    lessShift = _mm_cvtsi32_si128(numbers.lessShift);
  }

  WAGE_INLINE __m512i operator()(__m512i sums) const {
    const __m512i x = _mm512_max_epi32(sums, low), floor = _mm512_sra_epi32(x, shift);
    const __m512i less = _mm512_and_si512(_mm512_sra_epi32(x, lessShift), lessMask);
    const __mmask16 isAbove = _mm512_cmpgt_epi32_mask(_mm512_and_si512(x, restMask), _mm512_sub_epi32(threshold, less));
    const __m512i rounded = _mm512_mask_add_epi32(floor, isAbove, floor, one);
    return _mm512_max_epi32(_mm512_min_epi32(rounded, limit), lowLimit);
  }
};

/// The flags of 16 gates.
struct Flags {
  __m512i withinHigh, withinLow;
  bool hasRelu;

  WAGE_INLINE Flags(const ByteQuantizer &quantizer) : hasRelu(quantizer.hasRelu) {
    const GateRange range(quantizer);
    withinHigh = _mm512_set1_epi32(range.high);
    withinLow = _mm512_set1_epi32(range.low);
  }

  WAGE_INLINE __m128i operator()(__m512i sums) const {
    const __mmask16 within = _mm512_cmple_epi32_mask(sums, withinHigh) & _mm512_cmpge_epi32_mask(sums, withinLow);
    const __mmask16 positive = hasRelu ? _mm512_cmpgt_epi32_mask(sums, _mm512_setzero_si512()) : __mmask16(0xFFFF);
    return _mm_or_si128(_mm_maskz_set1_epi8(within, char(gateWithin)), _mm_maskz_set1_epi8(positive, gatePositive));
  }
};

/// 16 lanes of one window: the value that wins, and the gate without or with the position.
template <bool poolsSums, bool wantsGates>
WAGE_INLINE void poolLanes(const Rounder &round, const Flags &flags, const Window &window, const int32_t *first,
                           __m512i &best, __m128i &gate) {
  best = _mm512_set1_epi32(std::numeric_limits<int32_t>::min());
  gate = _mm_setzero_si128();
  for (int row = 0; row < window.rows; ++row)
    for (int column = 0; column < window.columns; ++column) {
      const __m512i sums = _mm512_loadu_si512(first + row * window.rowStride + column * window.pixelStride);
      const __m512i value = poolsSums ? sums : round(sums);
      if constexpr (wantsGates) {
        // The lowest number wins over nothing, but is the value of the first tap then: its gate is taken too.
        const bool isFirst = row == 0 && column == 0;
        const __mmask16 wins = isFirst ? __mmask16(0xFFFF) : _mm512_cmpgt_epi32_mask(value, best);
        const __m128i position =
            _mm_set1_epi8(static_cast<char>(window.firstPosition + row * window.rowPositions + column));
        gate = _mm_mask_mov_epi8(gate, wins, poolsSums ? position : _mm_or_si128(position, flags(sums)));
      }
      best = _mm512_max_epi32(best, value);
    }
  if constexpr (poolsSums) {
    if constexpr (wantsGates)
      gate = _mm_or_si128(gate, flags(best));
    best = round(best);
  }
}

template <bool poolsSums, bool wantsGates>
WAGE_TARGET void quantize(const ByteQuantizer &quantizer, const WindowRow &row, int64_t lanes, const QuantizedRow &to) {
  const Rounder round(quantizer);
  const Flags flags(quantizer);
  const __m128i offset = _mm_set1_epi8(static_cast<char>(quantizer.outputOffset()));
  for (int64_t x = 0; x < row.pool.outWidth; ++x) {
    const Window window = row.at(x);
    uint8_t *out = to.activations + x * to.pixelBytes;
    uint8_t *gates = wantsGates ? to.gates + x * to.gatePixelBytes : nullptr;
    for (int64_t lane = 0; lane < lanes; lane += 16) {
      __m512i best;
      __m128i gate;
      poolLanes<poolsSums, wantsGates>(round, flags, window, window.first + lane, best, gate);
      const __m128i bytes = _mm_add_epi8(_mm512_cvtepi32_epi8(best), offset);
      // Behind the last lane stands another pixel.
      const auto there = static_cast<__mmask16>(lanes - lane < 16 ? (1u << (lanes - lane)) - 1 : 0xFFFFu);
      _mm_mask_storeu_epi8(out + lane, there, bytes);
      if constexpr (wantsGates)
        _mm_mask_storeu_epi8(gates + lane, there, gate);
    }
  }
}
} // namespace

void wage::rt::quantizeRowAvx512(const ByteQuantizer &quantizer, const int32_t *sums, int64_t firstRow, int64_t y,
                                 int64_t lanes, const QuantizedRow &to) {
  assert(quantizer.shift > 0 && quantizer.shift < 31);
  const WindowRow row(quantizer.pool, sums, firstRow, y, lanes);
  withKind(quantizer, to.gates != nullptr,
           [&](auto poolsSums, auto wantsGates) { quantize<poolsSums, wantsGates>(quantizer, row, lanes, to); });
}

WAGE_TARGET uint32_t wage::rt::maskErrorsAvx512(const int32_t *sums, int64_t positions, int64_t lanes,
                                                const uint8_t *gates, int32_t *errors, int64_t channels) {
  const int64_t stride = paddedLanes(lanes);
  __m512i largest = _mm512_setzero_si512();
  const __m128i within = _mm_set1_epi8(char(gateWithin));
  for (int64_t position = 0; position < positions; ++position, sums += stride, gates += channels, errors += channels)
    for (int64_t lane = 0; lane < lanes; lane += 16) {
      const auto there = static_cast<__mmask16>(lanes - lane < 16 ? (1u << (lanes - lane)) - 1 : 0xFFFFu);
      const __mmask16 pass = _mm_test_epi8_mask(_mm_maskz_loadu_epi8(there, gates + lane), within);
      const __m512i error = _mm512_maskz_loadu_epi32(pass, sums + lane);
      _mm512_mask_storeu_epi32(errors + lane, there, error);
      largest = _mm512_max_epu32(largest, _mm512_abs_epi32(error));
    }
  return _mm512_reduce_max_epu32(largest);
}
#endif
