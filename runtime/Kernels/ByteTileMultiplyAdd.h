//===- ByteTileMultiplyAdd.h - tiles without an instruction for them ---*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Private to runtime/Kernels, and included once by each file that defines WAGE_TARGET, the target of its functions, and
// Register, its vectors. An instruction multiplies bytes and adds neighbours in 16 bits, where they would saturate; so what
// is done depends on how large products can be: many of them are added in 16 bits, or two, or none.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_BYTETILEMULTIPLYADD_H
#define WAGE_RUNTIME_KERNELS_BYTETILEMULTIPLYADD_H

#include "runtime/Kernels/ByteTile.h"

#include <algorithm>
#include <cstring>

namespace {

constexpr int64_t largestHalf = 32767;

/// Pairs of products that may be added in 16 bits.
int64_t pairsThatFit(const wage::rt::ByteTile &tile) {
  return largestHalf / std::max<int64_t>(1, 2 * int64_t(tile.largestProduct));
}

/// Few rows by the lanes of `count` registers, which together are lanes of one vector of the panel.
template <int rows, int count> struct SmallTile {
  const wage::rt::ByteTile &tile;
  const int row, firstLane;
  const int64_t wordStride; ///< of the panel, bytes

  WAGE_TARGET static Register four(const uint8_t *bytes) {
    int32_t word;
    std::memcpy(&word, bytes, sizeof word);
    return broadcast(word);
  }

  WAGE_TARGET void load(Register (&sums)[rows][count]) const {
    for (int r = 0; r < rows; ++r)
      for (int i = 0; i < count; ++i)
        sums[r][i] = loadRegister((tile.start ? tile.start : tile.sums + (row + r) * tile.rowStride) + firstLane +
                                  i * registerLanes);
  }
  WAGE_TARGET void store(const Register (&sums)[rows][count]) const {
    for (int r = 0; r < rows; ++r)
      for (int i = 0; i < count; ++i)
        storeRegister(tile.sums + (row + r) * tile.rowStride + firstLane + i * registerLanes, sums[r][i]);
  }

  /// Sums of many pairs stay in 16 bits for `together` words.
  WAGE_TARGET void runHalves(int64_t together) const {
    Register sums[rows][count];
    load(sums);
    const int8_t *panel = tile.panel + firstLane * wage::rt::wordBytes;
    for (int64_t run = 0; run < tile.runs.count; ++run)
      for (int64_t word = 0; word < tile.runs.words;) {
        Register halves[rows][count] = {};
        const int64_t end = std::min(tile.runs.words, word + together);
#pragma GCC unroll 4 // spares moves from one word's sums to the next's
        for (; word < end; ++word, panel += wordStride)
          for (int r = 0; r < rows; ++r) {
            const Register bytes = four(tile.rows[row + r] + tile.runs.offsets[run] + word * wage::rt::wordBytes);
            for (int i = 0; i < count; ++i)
              halves[r][i] = addHalves(halves[r][i], multiplyBytes(bytes, loadRegister(panel + i * sizeof(Register))));
          }
        for (int r = 0; r < rows; ++r)
          for (int i = 0; i < count; ++i)
            sums[r][i] = addWords(sums[r][i], addNeighbours(halves[r][i]));
      }
    store(sums);
  }

  /// Two products are added in 16 bits.
  WAGE_TARGET void runPairs() const {
    Register sums[rows][count];
    load(sums);
    const int8_t *panel = tile.panel + firstLane * wage::rt::wordBytes;
    for (int64_t run = 0; run < tile.runs.count; ++run)
#pragma GCC unroll 4
      for (int64_t word = 0; word < tile.runs.words; ++word, panel += wordStride)
        for (int r = 0; r < rows; ++r) {
          const Register bytes = four(tile.rows[row + r] + tile.runs.offsets[run] + word * wage::rt::wordBytes);
          for (int i = 0; i < count; ++i) {
            const Register products = multiplyBytes(bytes, loadRegister(panel + i * sizeof(Register)));
            sums[r][i] = addWords(sums[r][i], addNeighbours(products));
          }
        }
    store(sums);
  }

  /// Bytes are widened first: even ones and odd ones apart.
  WAGE_TARGET void runWide() const {
    Register sums[rows][count];
    load(sums);
    const int8_t *panel = tile.panel + firstLane * wage::rt::wordBytes;
    for (int64_t run = 0; run < tile.runs.count; ++run)
      for (int64_t word = 0; word < tile.runs.words; ++word, panel += wordStride)
        for (int i = 0; i < count; ++i) {
          const Register lanes = loadRegister(panel + i * sizeof(Register));
          const Register even = evenSigned(lanes), odd = oddSigned(lanes);
          for (int r = 0; r < rows; ++r) {
            const Register bytes = four(tile.rows[row + r] + tile.runs.offsets[run] + word * wage::rt::wordBytes);
            sums[r][i] = addWords(sums[r][i], multiplyHalves(evenUnsigned(bytes), even));
            sums[r][i] = addWords(sums[r][i], multiplyHalves(oddUnsigned(bytes), odd));
          }
        }
    store(sums);
  }

  WAGE_TARGET void run() const {
    const int64_t pairs = pairsThatFit(tile);
    if (pairs >= 4)
      runHalves(pairs);
    else if (pairs >= 1)
      runPairs();
    else
      runWide();
  }
};

template <int count> void runSmallTiles(const wage::rt::ByteTile &tile, int rows, int vectors) {
  const int64_t wordStride = int64_t(vectors) * wage::rt::vectorLanes * wage::rt::wordBytes;
  for (int lane = 0; lane < vectors * wage::rt::vectorLanes; lane += count * registerLanes) {
    int row = 0;
    for (; row + 4 <= rows; row += 4)
      SmallTile<4, count>{tile, row, lane, wordStride}.run();
    if (rows - row == 3)
      SmallTile<3, count>{tile, row, lane, wordStride}.run();
    else if (rows - row == 2)
      SmallTile<2, count>{tile, row, lane, wordStride}.run();
    else if (rows - row == 1)
      SmallTile<1, count>{tile, row, lane, wordStride}.run();
  }
}

} // namespace

#endif // WAGE_RUNTIME_KERNELS_BYTETILEMULTIPLYADD_H
