//===- GemmPackingAvx512.cpp - panels packed through masked loads --------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

// A run of lanes is cut into pieces of up to 16, each one masked load per depth: short runs, which rows of small images
// are, cost no more than their number.

#include "runtime/Kernels/Gemm.h"

#if defined(__x86_64__)
#include <algorithm>
#include <immintrin.h>

using namespace wage::rt;

namespace {
/// Up to 16 lanes that lie side by side: their place in the panel, their offset in memory, one bit for each.
struct Piece {
  int lane;
  __mmask16 mask;
  int64_t offset;
};
} // namespace

static int findPieces(const PanelSource &source, const LaneRuns &runs, Piece *pieces) {
  int count = 0;
  for (int run = 0; run < runs.count; ++run)
    for (int lane = runs.begins[run]; lane < runs.begins[run + 1]; lane += 16) {
      const int length = std::min(16, runs.begins[run + 1] - lane);
      pieces[count++] = {lane, static_cast<__mmask16>((1u << length) - 1), source.lanes[lane]};
    }
  return count;
}

[[gnu::target("avx512f,avx512bw,avx512vl")]] static inline __m256i loadMasked(const int8_t *elements, __mmask16 mask) {
  return _mm256_cvtepi8_epi16(_mm_maskz_loadu_epi8(mask, elements));
}

[[gnu::target("avx512f,avx512bw,avx512vl")]] static inline __m256i loadMasked(const int16_t *elements, __mmask16 mask) {
  return _mm256_maskz_loadu_epi16(mask, elements);
}

template <typename Element>
[[gnu::target("avx512f,avx512bw,avx512vl")]] static void packPieces(const PanelSource &source, const LaneRuns &runs,
                                                                    int width, int32_t *panel) {
  Piece pieces[maximumTileColumns];
  const int count = findPieces(source, runs, pieces);
  const auto *base = static_cast<const Element *>(source.base);
  for (int64_t pair = 0; pair < source.depthCount / 2; ++pair, panel += width) {
    const Element *even = base + source.depths[2 * pair], *odd = base + source.depths[2 * pair + 1];
    for (const Piece *piece = pieces; piece != pieces + count; ++piece) {
      // The masked forms throughout: GCC 12 takes the plain ones' undefined pass-through for a bug of ours (PR 105593).
      const __mmask16 mask = piece->mask;
      const __m512i low = _mm512_maskz_cvtepu16_epi32(mask, loadMasked(even + piece->offset, mask));
      const __m512i high = _mm512_maskz_cvtepu16_epi32(mask, loadMasked(odd + piece->offset, mask));
      const __m512i words = _mm512_or_si512(low, _mm512_maskz_slli_epi32(mask, high, 16));
      _mm512_mask_storeu_epi32(panel + piece->lane, mask, words);
    }
  }
}

void wage::rt::packRunsAvx512(const PanelSource &source, const LaneRuns &runs, int width, int32_t *panel) {
  if (source.type == ElementType::Int8)
    packPieces<int8_t>(source, runs, width, panel);
  else
    packPieces<int16_t>(source, runs, width, panel);
}
#endif
