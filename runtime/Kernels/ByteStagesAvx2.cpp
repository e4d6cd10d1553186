//===- ByteStagesAvx2.cpp - stages in vectors of 256 bits ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// As ByteStagesAvx512.cpp, with two vectors for 16 lanes, and vectors of flags in place of masks.
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/ByteStagesParts.h"

#if defined(__x86_64__)
#include <cassert>
#include <cstring>
#include <immintrin.h>
#include <limits>

using namespace wage::rt;

#define WAGE_TARGET [[gnu::target("avx2")]]
#define WAGE_INLINE [[gnu::target("avx2"), gnu::always_inline]] inline

namespace {

constexpr int lanesAtOnce = 16; ///< of two vectors

/// Rounds 8 sums as RoundingNumbers says.
struct Rounder {
  __m256i low; ///< of a sum: 0 with a Relu
  __m256i restMask, threshold, lessMask, limit, lowLimit;
  __m128i shift, lessShift;

  WAGE_INLINE Rounder(const ByteQuantizer &quantizer) {
    const RoundingNumbers numbers(quantizer);
    low = _mm256_set1_epi32(numbers.low);
    restMask = _mm256_set1_epi32(numbers.restMask);
    threshold = _mm256_set1_epi32(numbers.threshold);
    lessMask = _mm256_set1_epi32(numbers.lessMask);
    limit = _mm256_set1_epi32(numbers.limit);
    lowLimit = _mm256_set1_epi32(-numbers.limit);
    shift = _mm_cvtsi32_si128(quantizer.shift);
    lessShift = _mm_cvtsi32_si128(numbers.lessShift);
  }

  WAGE_INLINE __m256i operator()(__m256i sums) const {
    const __m256i x = _mm256_max_epi32(sums, low), floor = _mm256_sra_epi32(x, shift);
    const __m256i less = _mm256_and_si256(_mm256_sra_epi32(x, lessShift), lessMask);
    // -1 where the rest is above: what is taken off the floor.
    const __m256i isAbove = _mm256_cmpgt_epi32(_mm256_and_si256(x, restMask), _mm256_sub_epi32(threshold, less));
    return _mm256_max_epi32(_mm256_min_epi32(_mm256_sub_epi32(floor, isAbove), limit), lowLimit);
  }
};

/// The flags of 8 gates, each in a lane of 32 bits.
struct Flags {
  __m256i withinHigh, withinLow, within, positive;
  bool hasRelu;

  WAGE_INLINE Flags(const ByteQuantizer &quantizer) : hasRelu(quantizer.hasRelu) {
    const GateRange range(quantizer);
    withinHigh = _mm256_set1_epi32(range.high);
    withinLow = _mm256_set1_epi32(range.low);
    within = _mm256_set1_epi32(gateWithin);
    positive = _mm256_set1_epi32(gatePositive);
  }

  WAGE_INLINE __m256i operator()(__m256i sums) const {
    const __m256i beyond = _mm256_or_si256(_mm256_cmpgt_epi32(sums, withinHigh), _mm256_cmpgt_epi32(withinLow, sums));
    const __m256i isPositive =
        hasRelu ? _mm256_and_si256(_mm256_cmpgt_epi32(sums, _mm256_setzero_si256()), positive) : positive;
    return _mm256_or_si256(_mm256_andnot_si256(beyond, within), isPositive);
  }
};

/// 8 lanes of one window: the value that wins, and the gate without or with the position.
template <bool poolsSums, bool wantsGates>
WAGE_INLINE void poolLanes(const Rounder &round, const Flags &flags, const Window &window, const int32_t *first,
                           __m256i &best, __m256i &gate) {
  best = _mm256_set1_epi32(std::numeric_limits<int32_t>::min());
  gate = _mm256_setzero_si256();
  for (int row = 0; row < window.rows; ++row)
    for (int column = 0; column < window.columns; ++column) {
      const __m256i sums = _mm256_loadu_si256(
          reinterpret_cast<const __m256i *>(first + row * window.rowStride + column * window.pixelStride));
      const __m256i value = poolsSums ? sums : round(sums);
      if constexpr (wantsGates) {
        // The lowest number wins over nothing, but is the value of the first tap then: its gate is taken too.
        const bool isFirst = row == 0 && column == 0;
        const __m256i wins = isFirst ? _mm256_set1_epi32(-1) : _mm256_cmpgt_epi32(value, best);
        const __m256i position = _mm256_set1_epi32(window.firstPosition + row * window.rowPositions + column);
        gate = _mm256_blendv_epi8(gate, poolsSums ? position : _mm256_or_si256(position, flags(sums)), wins);
      }
      best = _mm256_max_epi32(best, value);
    }
  if constexpr (poolsSums) {
    if constexpr (wantsGates)
      gate = _mm256_or_si256(gate, flags(best));
    best = round(best);
  }
}

/// The low bytes of 16 lanes that lie in 0 ... 255 or in -128 ... 127.
WAGE_INLINE __m128i lowBytes(__m256i first, __m256i second) {
  const __m256i byte = _mm256_set1_epi32(255);
  const __m256i words = _mm256_permute4x64_epi64(
      _mm256_packus_epi32(_mm256_and_si256(first, byte), _mm256_and_si256(second, byte)), 0xD8);
  return _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
}

/// Writes `lanes` of 16 bytes: behind the last stands another pixel.
WAGE_INLINE void storeBytes(__m128i bytes, int64_t lanes, uint8_t *to) {
  if (lanes >= lanesAtOnce)
    return _mm_storeu_si128(reinterpret_cast<__m128i *>(to), bytes);
  uint8_t whole[lanesAtOnce];
  _mm_storeu_si128(reinterpret_cast<__m128i *>(whole), bytes);
  std::memcpy(to, whole, size_t(lanes));
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
    for (int64_t lane = 0; lane < lanes; lane += lanesAtOnce) {
      __m256i best[2], gate[2];
      for (int half = 0; half < 2; ++half)
        poolLanes<poolsSums, wantsGates>(round, flags, window, window.first + lane + half * lanesAtOnce / 2, best[half],
                                         gate[half]);
      storeBytes(_mm_add_epi8(lowBytes(best[0], best[1]), offset), lanes - lane, out + lane);
      if constexpr (wantsGates)
        storeBytes(lowBytes(gate[0], gate[1]), lanes - lane, gates + lane);
    }
  }
}
} // namespace

void wage::rt::quantizeRowAvx2(const ByteQuantizer &quantizer, const int32_t *sums, int64_t firstRow, int64_t y,
                               int64_t lanes, const QuantizedRow &to) {
  assert(quantizer.shift > 0 && quantizer.shift < 31);
  const WindowRow row(quantizer.pool, sums, firstRow, y, lanes);
  withKind(quantizer, to.gates != nullptr,
           [&](auto poolsSums, auto wantsGates) { quantize<poolsSums, wantsGates>(quantizer, row, lanes, to); });
}
#endif
