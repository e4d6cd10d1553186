//===- ByteTileAvx512Vnni.cpp - four products to an addition ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/ByteTile.h"

#if defined(__x86_64__)
#include <cstring>
#include <immintrin.h>
#include <utility>

using namespace wage::rt;

/// Sums of a tile stay in registers: Rows * Vectors of the 32, next to a word of each vector and one of a row.
template <int Rows, int Vectors>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512vnni")]] static void runTile(const ByteTile &tile) {
  __m512i sums[Rows][Vectors];
#pragma GCC unroll 16
  for (int row = 0; row < Rows; ++row)
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v)
      sums[row][v] = _mm512_loadu_si512((tile.start ? tile.start : tile.sums + row * tile.rowStride) + v * vectorLanes);
  const int8_t *panel = tile.panel;
  for (int64_t run = 0; run < tile.runs.count; ++run) {
    const uint8_t *rows[Rows];
#pragma GCC unroll 16
    for (int row = 0; row < Rows; ++row)
      rows[row] = tile.rows[row] + tile.runs.offsets[run];
#pragma GCC unroll 2
    for (int64_t word = 0; word < tile.runs.words; ++word, panel += 64 * Vectors) {
      __m512i lanes[Vectors];
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v)
        lanes[v] = _mm512_loadu_si512(panel + 64 * v);
#pragma GCC unroll 16
      for (int row = 0; row < Rows; ++row) {
        int32_t four;
        std::memcpy(&four, rows[row] + wordBytes * word, sizeof four);
        const __m512i bytes = _mm512_set1_epi32(four);
#pragma GCC unroll 4
        for (int v = 0; v < Vectors; ++v)
          sums[row][v] = _mm512_dpbusd_epi32(sums[row][v], bytes, lanes[v]);
      }
    }
  }
#pragma GCC unroll 16
  for (int row = 0; row < Rows; ++row)
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v)
      _mm512_storeu_si512(tile.sums + row * tile.rowStride + v * vectorLanes, sums[row][v]);
  if (!tile.largest)
    return;
  __m512i largest[2] = {_mm512_loadu_si512(tile.largest), _mm512_setzero_si512()};
#pragma GCC unroll 16
  for (int row = 0; row < Rows; ++row)
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v)
      largest[v % 2] = _mm512_max_epu32(largest[v % 2], _mm512_abs_epi32(sums[row][v]));
  _mm512_storeu_si512(tile.largest, _mm512_max_epu32(largest[0], largest[1]));
}

static constexpr int mostRows[maximumVectors] = {14, 12, 8, 6};

/// Calls the body of `rows` rows, at most 1 + the largest of Index.
template <int Vectors, int... Index>
static void runRows(const ByteTile &tile, int rows, std::integer_sequence<int, Index...>) {
  static constexpr void (*bodies[])(const ByteTile &) = {runTile<Index + 1, Vectors>...};
  bodies[rows - 1](tile);
}

template <int Vectors> static void runVectors(const ByteTile &tile, int rows) {
  runRows<Vectors>(tile, rows, std::make_integer_sequence<int, mostRows[Vectors - 1]>());
}

static void run(const ByteTile &tile, int rows, int vectors) {
  switch (vectors) {
  case 1: return runVectors<1>(tile, rows);
  case 2: return runVectors<2>(tile, rows);
  case 3: return runVectors<3>(tile, rows);
  default: return runVectors<4>(tile, rows);
  }
}

const ByteTileBody wage::rt::avx512VnniByteTile = {{mostRows[0], mostRows[1], mostRows[2], mostRows[3]}, 1, run};
#endif
