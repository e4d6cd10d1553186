//===- ByteTileMultiplyAdd.h - tiles without an instruction for them ---*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Private to runtime/Kernels, and included once by each file that defines WAGE_TARGET, the target of its functions, and what
// its vectors are: Register and, for the assembler, WAGE_REGISTER. An instruction multiplies bytes and adds neighbours in 16
// bits, where they would saturate; so what is done depends on how large products can be: many of them are added in 16 bits, or
// two, or none.
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
  const int64_t pairs;      ///< pairsThatFit(tile)

  WAGE_TARGET static Register four(const uint8_t *bytes) {
    int32_t word;
    std::memcpy(&word, bytes, sizeof word);
    return broadcast(word);
  }

  /// The panel's word, which stays in registers: read again from memory by each row, it would take what rows are read with.
  WAGE_TARGET static void loadLanes(const int8_t *panel, Register (&lanes)[count]) {
    for (int i = 0; i < count; ++i) {
      lanes[i] = loadRegister(panel + i * sizeof(Register));
      __asm__("" : WAGE_REGISTER(lanes[i]));
    }
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
    if (!tile.largest)
      return;
    Register largest = loadRegister(tile.largest);
    for (int r = 0; r < rows; ++r)
      for (int i = 0; i < count; ++i)
        largest = largerMagnitude(largest, sums[r][i]);
    storeRegister(tile.largest, largest);
  }

  /// Adds the sums of 16 bits to those of 32, and begins them again.
  WAGE_TARGET static void flush(Register (&halves)[rows][count], Register (&sums)[rows][count]) {
    for (int r = 0; r < rows; ++r)
      for (int i = 0; i < count; ++i) {
        sums[r][i] = addWords(sums[r][i], addNeighbours(halves[r][i]));
        halves[r][i] = Register{};
      }
  }

  /// One word of the panel and of the rows, added in 16 bits.
  WAGE_TARGET static void addHalvesOf(const uint8_t *const (&places)[rows], int64_t word, const int8_t *panel,
                                      Register (&halves)[rows][count]) {
    Register lanes[count];
    loadLanes(panel, lanes);
    for (int r = 0; r < rows; ++r) {
      const Register bytes = four(places[r] + word * wage::rt::wordBytes);
      for (int i = 0; i < count; ++i)
        halves[r][i] = addHalves(halves[r][i], multiplyBytes(bytes, lanes[i]));
    }
  }

  /// All sums stay in 16 bits: windows of few words are done sooner without sums of 32 bits beside them.
  WAGE_TARGET void runShort() const {
    Register halves[rows][count] = {}, sums[rows][count];
    const int8_t *panel = tile.panel + firstLane * wage::rt::wordBytes;
    for (int64_t run = 0; run < tile.runs.count; ++run) {
      const uint8_t *places[rows];
      for (int r = 0; r < rows; ++r)
        places[r] = tile.rows[row + r] + tile.runs.offsets[run];
#pragma GCC unroll 2
      for (int64_t word = 0; word < tile.runs.words; ++word, panel += wordStride)
        addHalvesOf(places, word, panel, halves);
    }
    load(sums);
    flush(halves, sums);
    store(sums);
  }

  /// Sums of many pairs stay in 16 bits for as many words as fit.
  WAGE_TARGET void runHalves() const {
    Register sums[rows][count], halves[rows][count] = {};
    load(sums);
    const int8_t *panel = tile.panel + firstLane * wage::rt::wordBytes;
    int64_t left = pairs;
    for (int64_t run = 0; run < tile.runs.count; ++run) {
      const uint8_t *places[rows];
      for (int r = 0; r < rows; ++r)
        places[r] = tile.rows[row + r] + tile.runs.offsets[run];
      for (int64_t word = 0; word < tile.runs.words;) {
        const int64_t end = std::min(tile.runs.words, word + left);
        left -= end - word;
#pragma GCC unroll 4 // spares moves from one word's sums to the next's
        for (; word < end; ++word, panel += wordStride)
          addHalvesOf(places, word, panel, halves);
        if (left == 0) {
          flush(halves, sums);
          left = pairs;
        }
      }
    }
    flush(halves, sums);
    store(sums);
  }

  /// Two products are added in 16 bits.
  WAGE_TARGET void runPairs() const {
    Register sums[rows][count];
    load(sums);
    const int8_t *panel = tile.panel + firstLane * wage::rt::wordBytes;
    for (int64_t run = 0; run < tile.runs.count; ++run)
#pragma GCC unroll 4
      for (int64_t word = 0; word < tile.runs.words; ++word, panel += wordStride) {
        Register lanes[count];
        loadLanes(panel, lanes);
        for (int r = 0; r < rows; ++r) {
          const Register bytes = four(tile.rows[row + r] + tile.runs.offsets[run] + word * wage::rt::wordBytes);
          for (int i = 0; i < count; ++i)
            sums[r][i] = addWords(sums[r][i], addNeighbours(multiplyBytes(bytes, lanes[i])));
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
    if (tile.runs.count * tile.runs.words <= pairs)
      runShort();
    else if (pairs >= 4)
      runHalves();
    else if (pairs >= 1)
      runPairs();
    else
      runWide();
  }
};

/// The last rows of a tile, fewer than `most`.
template <int most, int count>
void runLastRows(const wage::rt::ByteTile &tile, int rows, int row, int lane, int64_t wordStride, int64_t pairs) {
  if constexpr (most > 0) {
    if (rows - row == most)
      return SmallTile<most, count>{tile, row, lane, wordStride, pairs}.run();
    runLastRows<most - 1, count>(tile, rows, row, lane, wordStride, pairs);
  }
}

/// A tile as small ones of `most` rows by `count` registers.
template <int most, int count> void runSmallTiles(const wage::rt::ByteTile &tile, int rows, int vectors) {
  const int64_t wordStride = int64_t(vectors) * wage::rt::vectorLanes * wage::rt::wordBytes;
  const int64_t pairs = pairsThatFit(tile);
  for (int lane = 0; lane < vectors * wage::rt::vectorLanes; lane += count * registerLanes) {
    int row = 0;
    for (; row + most <= rows; row += most)
      SmallTile<most, count>{tile, row, lane, wordStride, pairs}.run();
    runLastRows<most - 1, count>(tile, rows, row, lane, wordStride, pairs);
  }
}

} // namespace

#endif // WAGE_RUNTIME_KERNELS_BYTETILEMULTIPLYADD_H
