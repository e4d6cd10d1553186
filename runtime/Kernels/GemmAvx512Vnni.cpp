//===- GemmAvx512Vnni.cpp - register tile with vpdpwssd -------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/Gemm.h"

#if defined(__x86_64__)
#include <immintrin.h>

using namespace wage::rt;

// 16 sums hide the latency of the multiply-add on two ports; rows of 8 and columns of 32 divide most layers.
static constexpr int rows = 8, vectors = 2, lanes = 16;

[[gnu::target("avx512f,avx512bw,avx512vnni")]] static void
runTile(int64_t pairs, const int32_t *left, const int32_t *right, int32_t *tile, int64_t rowStride, bool accumulate) {
  __m512i sums[rows][vectors];
#pragma GCC unroll 8
  for (int row = 0; row < rows; ++row)
    sums[row][0] = sums[row][1] = _mm512_setzero_si512();
  for (int64_t pair = 0; pair < pairs; ++pair, left += rows, right += vectors * lanes) {
    const __m512i right0 = _mm512_loadu_si512(right), right1 = _mm512_loadu_si512(right + lanes);
#pragma GCC unroll 8
    for (int row = 0; row < rows; ++row) {
      const __m512i word = _mm512_set1_epi32(left[row]);
      sums[row][0] = _mm512_dpwssd_epi32(sums[row][0], word, right0);
      sums[row][1] = _mm512_dpwssd_epi32(sums[row][1], word, right1);
    }
  }
#pragma GCC unroll 8
  for (int row = 0; row < rows; ++row, tile += rowStride)
#pragma GCC unroll 2
    for (int vector = 0; vector < vectors; ++vector) {
      int32_t *words = tile + vector * lanes;
      const __m512i before = accumulate ? _mm512_loadu_si512(words) : _mm512_setzero_si512();
      _mm512_storeu_si512(words, _mm512_add_epi32(before, sums[row][vector]));
    }
}

const GemmBody wage::rt::avx512VnniGemm = {rows, vectors *lanes, runTile, packRunsAvx512, packLanesAvx2};
#endif
