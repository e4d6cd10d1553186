//===- ByteTileAvx512.cpp - tiles of vectors of 512 bits, without VNNI ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#if defined(__x86_64__)
#include <cstdint>
#include <immintrin.h>

#define WAGE_REGISTER "+v"
#define WAGE_TARGET [[gnu::target("avx512f,avx512bw,avx512vl"), gnu::always_inline]] inline

namespace {
using Register = __m512i;
constexpr int registerLanes = 16;

WAGE_TARGET Register broadcast(int32_t word) { return _mm512_set1_epi32(word); }
WAGE_TARGET Register loadRegister(const void *place) { return _mm512_loadu_si512(place); }
WAGE_TARGET void storeRegister(void *place, Register value) { _mm512_storeu_si512(place, value); }
/// Unsigned times signed bytes, neighbours added in 16 bits, where they saturate.
WAGE_TARGET Register multiplyBytes(Register bytes, Register lanes) { return _mm512_maddubs_epi16(bytes, lanes); }
WAGE_TARGET Register addHalves(Register a, Register b) { return _mm512_add_epi16(a, b); }
WAGE_TARGET Register addWords(Register a, Register b) { return _mm512_add_epi32(a, b); }
WAGE_TARGET Register largerMagnitude(Register a, Register b) { return _mm512_max_epu32(a, _mm512_abs_epi32(b)); }
/// Products of 16 bits, neighbours added in 32.
WAGE_TARGET Register multiplyHalves(Register a, Register b) { return _mm512_madd_epi16(a, b); }
WAGE_TARGET Register addNeighbours(Register halves) { return multiplyHalves(halves, _mm512_set1_epi16(1)); }
WAGE_TARGET Register evenUnsigned(Register bytes) { return _mm512_and_si512(bytes, _mm512_set1_epi16(255)); }
WAGE_TARGET Register oddUnsigned(Register bytes) { return _mm512_srli_epi16(bytes, 8); }
WAGE_TARGET Register evenSigned(Register bytes) { return _mm512_srai_epi16(_mm512_slli_epi16(bytes, 8), 8); }
WAGE_TARGET Register oddSigned(Register bytes) { return _mm512_srai_epi16(bytes, 8); }
} // namespace

#undef WAGE_TARGET
#define WAGE_TARGET [[gnu::target("avx512f,avx512bw,avx512vl")]]
#include "runtime/Kernels/ByteTileMultiplyAdd.h"

using namespace wage::rt;

/// One register is a vector of lanes; pairs of them where there are pairs.
static void run(const ByteTile &tile, int rows, int vectors) {
  if (vectors % 2 == 0)
    runSmallTiles<4, 2>(tile, rows, vectors);
  else
    runSmallTiles<4, 1>(tile, rows, vectors);
}

const ByteTileBody wage::rt::avx512ByteTile = {{8, 8, 8, 8}, 4, run};
#endif
