//===- GemmAvx2.cpp - register tile with vpmaddwd -------------------------------===//
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

// 12 sums, 2 words of the right panel, 1 of the left and 1 product: all 16 registers.
static constexpr int rows = 6, vectors = 2, lanes = 8;

[[gnu::target("avx2")]] static void runTile(int64_t pairs, const int32_t *left, const int32_t *right, int32_t *tile,
                                            int64_t rowStride, bool accumulate) {
  __m256i sums[rows][vectors];
#pragma GCC unroll 6
  for (int row = 0; row < rows; ++row)
    sums[row][0] = sums[row][1] = _mm256_setzero_si256();
  for (int64_t pair = 0; pair < pairs; ++pair, left += rows, right += vectors * lanes) {
    const auto *words = reinterpret_cast<const __m256i *>(right);
    const __m256i right0 = _mm256_loadu_si256(words), right1 = _mm256_loadu_si256(words + 1);
#pragma GCC unroll 6
    for (int row = 0; row < rows; ++row) {
      const __m256i word = _mm256_set1_epi32(left[row]);
      sums[row][0] = _mm256_add_epi32(sums[row][0], _mm256_madd_epi16(word, right0));
      sums[row][1] = _mm256_add_epi32(sums[row][1], _mm256_madd_epi16(word, right1));
    }
  }
#pragma GCC unroll 6
  for (int row = 0; row < rows; ++row, tile += rowStride)
#pragma GCC unroll 2
    for (int vector = 0; vector < vectors; ++vector) {
      auto *words = reinterpret_cast<__m256i *>(tile + vector * lanes);
      const __m256i before = accumulate ? _mm256_loadu_si256(words) : _mm256_setzero_si256();
      _mm256_storeu_si256(words, _mm256_add_epi32(before, sums[row][vector]));
    }
}

const GemmBody wage::rt::avx2Gemm = {rows, vectors *lanes, runTile, packRunsPlain, packLanesAvx2};
#endif
