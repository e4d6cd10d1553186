//===- ByteTilePortable.cpp - for any instruction set ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/ByteTile.h"

#include <algorithm>

using namespace wage::rt;

/// One row by the lanes of one vector, which the compiler may keep in registers.
static void runRow(const ByteTile &tile, int row, int vectors, int vector) {
  uint32_t sums[vectorLanes];
  int32_t *place = tile.sums + row * tile.rowStride + vector * vectorLanes;
  std::copy_n(tile.start ? tile.start + vector * vectorLanes : place, vectorLanes, sums);
  const int8_t *panel = tile.panel + vector * vectorLanes * wordBytes;
  for (int64_t run = 0; run < tile.runs.count; ++run) {
    const uint8_t *bytes = tile.rows[row] + tile.runs.offsets[run];
    for (int64_t word = 0; word < tile.runs.words; ++word, panel += vectors * vectorLanes * wordBytes)
      for (int lane = 0; lane < vectorLanes; ++lane)
        for (int b = 0; b < wordBytes; ++b)
          sums[lane] += static_cast<uint32_t>(int32_t(bytes[wordBytes * word + b]) * panel[wordBytes * lane + b]);
  }
  std::copy_n(sums, vectorLanes, place);
  if (tile.largest)
    for (int lane = 0; lane < vectorLanes; ++lane)
      tile.largest[lane] = std::max(tile.largest[lane], std::min(sums[lane], 0 - sums[lane]));
}

static void run(const ByteTile &tile, int rows, int vectors) {
  for (int row = 0; row < rows; ++row)
    for (int vector = 0; vector < vectors; ++vector)
      runRow(tile, row, vectors, vector);
}

const ByteTileBody wage::rt::portableByteTile = {{8, 8, 8, 8}, 1, run};
