//===- ByteTileAvx2.cpp - tiles of vectors of 256 bits ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#if defined(__x86_64__)
#include <cstdint>
#include <immintrin.h>

#define WAGE_REGISTER "+x"
#define WAGE_TARGET [[gnu::target("avx2"), gnu::always_inline]] inline

namespace {
using Register = __m256i;
constexpr int registerLanes = 8;

WAGE_TARGET Register broadcast(int32_t word) { return _mm256_set1_epi32(word); }
WAGE_TARGET Register loadRegister(const void *place) { return _mm256_loadu_si256(static_cast<const __m256i *>(place)); }
WAGE_TARGET void storeRegister(void *place, Register value) {
  _mm256_storeu_si256(static_cast<__m256i *>(place), value);
}
/// Unsigned times signed bytes, neighbours added in 16 bits, where they saturate.
WAGE_TARGET Register multiplyBytes(Register bytes, Register lanes) { return _mm256_maddubs_epi16(bytes, lanes); }
WAGE_TARGET Register addHalves(Register a, Register b) { return _mm256_add_epi16(a, b); }
WAGE_TARGET Register addWords(Register a, Register b) { return _mm256_add_epi32(a, b); }
WAGE_TARGET Register largerMagnitude(Register a, Register b) { return _mm256_max_epu32(a, _mm256_abs_epi32(b)); }
/// Products of 16 bits, neighbours added in 32.
WAGE_TARGET Register multiplyHalves(Register a, Register b) { return _mm256_madd_epi16(a, b); }
WAGE_TARGET Register addNeighbours(Register halves) { return multiplyHalves(halves, _mm256_set1_epi16(1)); }
WAGE_TARGET Register evenUnsigned(Register bytes) { return _mm256_and_si256(bytes, _mm256_set1_epi16(255)); }
WAGE_TARGET Register oddUnsigned(Register bytes) { return _mm256_srli_epi16(bytes, 8); }
WAGE_TARGET Register evenSigned(Register bytes) { return _mm256_srai_epi16(_mm256_slli_epi16(bytes, 8), 8); }
WAGE_TARGET Register oddSigned(Register bytes) { return _mm256_srai_epi16(bytes, 8); }
} // namespace

#undef WAGE_TARGET
#define WAGE_TARGET [[gnu::target("avx2")]]
#include "runtime/Kernels/ByteTileMultiplyAdd.h"

using namespace wage::rt;

/// Three rows by two registers: their sums, the words of rows and lanes and their products are what 16 registers hold. A fourth
/// row's sum would go through memory, and halve the speed.
static void run(const ByteTile &tile, int rows, int vectors) { runSmallTiles<3, 2>(tile, rows, vectors); }

const ByteTileBody wage::rt::avx2ByteTile = {{12, 12, 12, 12}, 3, run};
#endif
