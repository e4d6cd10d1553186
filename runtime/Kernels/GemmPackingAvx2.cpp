//===- GemmPackingAvx2.cpp - panels packed through 4x4 transposes --------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

// Where depths lie side by side, the four words of eight depths are one load per lane, else, where their pairs do, four; a
// 4x4 transpose in each half of a 256-bit register then puts eight lanes side by side.

#include "runtime/Kernels/Gemm.h"

#if defined(__x86_64__)
#include <algorithm>
#include <cstring>
#include <immintrin.h>

using namespace wage::rt;

template <typename Word> static inline Word loadWord(const void *place) {
  Word word;
  std::memcpy(&word, place, sizeof word);
  return word;
}

/// Eight elements that lie side by side.
[[gnu::target("avx2")]] static inline __m128i loadEight(const int8_t *elements) {
  return _mm_cvtepi8_epi16(_mm_loadl_epi64(reinterpret_cast<const __m128i *>(elements)));
}
[[gnu::target("avx2")]] static inline __m128i loadEight(const int16_t *elements) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i *>(elements));
}

/// Four pairs of elements, at depths[0], depths[2], depths[4] and depths[6].
[[gnu::target("avx2")]] static inline __m128i loadPairs(const int8_t *lane, const int64_t *depths) {
  const auto pair = [&](int i) __attribute__((always_inline)) { return loadWord<int16_t>(lane + depths[i]); };
  return _mm_cvtepi8_epi16(_mm_setr_epi16(pair(0), pair(2), pair(4), pair(6), 0, 0, 0, 0));
}
[[gnu::target("avx2")]] static inline __m128i loadPairs(const int16_t *lane, const int64_t *depths) {
  const auto pair = [&](int i) __attribute__((always_inline)) { return loadWord<int32_t>(lane + depths[i]); };
  return _mm_setr_epi32(pair(0), pair(2), pair(4), pair(6));
}

/// Eight depths of one lane, as int16.
template <typename Element>
[[gnu::target("avx2")]] static inline __m128i loadLane(const Element *lane, const int64_t *depths, bool isDense) {
  return isDense ? loadEight(lane + depths[0]) : loadPairs(lane, depths);
}

/// words[pair] = that pair of depths of eight lanes.
template <typename Element>
[[gnu::target("avx2")]] static inline void transposeEight(const Element *const *lanes, const int64_t *depths,
                                                          bool isDense, __m256i *words) {
  __m256i rows[4];
#pragma GCC unroll 4
  for (int lane = 0; lane < 4; ++lane)
    rows[lane] = _mm256_set_m128i(loadLane(lanes[lane + 4], depths, isDense), loadLane(lanes[lane], depths, isDense));
  const __m256i low01 = _mm256_unpacklo_epi32(rows[0], rows[1]), high01 = _mm256_unpackhi_epi32(rows[0], rows[1]);
  const __m256i low23 = _mm256_unpacklo_epi32(rows[2], rows[3]), high23 = _mm256_unpackhi_epi32(rows[2], rows[3]);
  words[0] = _mm256_unpacklo_epi64(low01, low23);
  words[1] = _mm256_unpackhi_epi64(low01, low23);
  words[2] = _mm256_unpacklo_epi64(high01, high23);
  words[3] = _mm256_unpackhi_epi64(high01, high23);
}

/// Packs lanes [first, first + count) of a panel, count <= 8.
template <typename Element>
[[gnu::target("avx2")]] static void packEightLanes(const PanelSource &source, int first, int count, int width,
                                                   int32_t *panel) {
  const Element *lanes[8];
  for (int lane = 0; lane < 8; ++lane) // lanes that are not there repeat the last and are not stored
    lanes[lane] = static_cast<const Element *>(source.base) + source.lanes[first + std::min(lane, count - 1)];
  const __m256i stored = _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  int64_t depth = 0;
  for (; depth + 8 <= source.depthCount; depth += 8) {
    const Adjacency adjacency = source.adjacency[depth / 8];
    if (adjacency == Adjacency::None) {
      for (int lane = first; lane < first + count; ++lane)
        packRest<Element>(source, lane, depth, depth + 8, width, panel);
      continue;
    }
    __m256i words[4];
    if (adjacency == Adjacency::All)
      transposeEight(lanes, source.depths + depth, /*isDense=*/true, words);
    else
      transposeEight(lanes, source.depths + depth, /*isDense=*/false, words);
    int32_t *place = panel + depth / 2 * width + first;
#pragma GCC unroll 4
    for (int pair = 0; pair < 4; ++pair, place += width)
      _mm256_maskstore_epi32(place, stored, words[pair]);
  }
  for (int lane = first; lane < first + count; ++lane)
    packRest<Element>(source, lane, depth, source.depthCount, width, panel);
}

void wage::rt::packLanesAvx2(const PanelSource &source, int width, int32_t *panel) {
  for (int first = 0; first < source.laneCount; first += 8) {
    const int count = std::min(8, source.laneCount - first);
    if (source.type == ElementType::Int8)
      packEightLanes<int8_t>(source, first, count, width, panel);
    else
      packEightLanes<int16_t>(source, first, count, width, panel);
  }
}
#endif
