//===- ByteTile.h - a tile of a product of bytes -----------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Private to runtime/Kernels. The one inner loop behind all products of channel-last tensors (ByteProducts.h): rows of
// unsigned bytes, read where they lie, against panels of signed bytes. Words of four bytes are what an instruction such as
// vpdpbusd takes: it adds four products to each of 16 sums.
//
// The sums are exact modulo 2^32, whatever the order; a caller that has proved that the whole sum fits gets it exactly, also
// where a correction that is part of `start` does not fit by itself.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_BYTETILE_H
#define WAGE_RUNTIME_KERNELS_BYTETILE_H

#include <algorithm>
#include <cstdint>

namespace wage::rt {

constexpr int vectorLanes = 16;   ///< sums of a vector
constexpr int maximumVectors = 4; ///< of a panel
constexpr int wordBytes = 4;      ///< depths that are multiplied and added at once
constexpr int mostTileRows = 14;

/// Where the words lie that each row of a tile reads: `count` runs of `words` words, run i from offsets[i] bytes on.
struct WordRuns {
  const int64_t *offsets;
  int64_t count, words;
};

/// sums[r * rowStride + l] = start[l] + sum over words w and bytes b: rows[r]'s byte (w, b), unsigned, times panel[w][l][b].
struct ByteTile {
  const uint8_t *const *rows;
  WordRuns runs;
  const int8_t *panel; ///< [words of all runs][lanes][4]
  int32_t *sums;
  int64_t rowStride;
  const int32_t *start; ///< [lanes]; null: what stands in `sums`
  int largestProduct;   ///< at least the magnitude of any byte of a row times any of the panel; at most 255 * 128
  /// [vectorLanes]; null: not wanted. The largest of them is raised to the largest magnitude of a sum, while the sums are in
  /// registers.
  uint32_t *largest = nullptr;
};

/// What an instruction set provides.
struct ByteTileBody {
  /// The most rows of a tile of 1, 2, 3 and 4 vectors: what the registers hold.
  int rowsOf[maximumVectors];
  int rowStep; ///< numbers of rows that are no multiple of this leave registers unused
  /// Computes a tile of `rows` rows by 16 * `vectors` lanes.
  void (*run)(const ByteTile &tile, int rows, int vectors);
};

/// Rows shared out to tiles as equal as can be: a short one would use the registers badly.
class TileRows {
public:
  TileRows(const ByteTileBody &body, int vectors, int64_t count)
      : count(count), step(body.rowStep), most((count + body.rowsOf[vectors - 1] - 1) / body.rowsOf[vectors - 1]) {}

  int64_t tiles() const { return most; }
  /// The row behind the last of a tile; none is longer than the body takes, for its rowsOf are multiples of its rowStep.
  int64_t end(int64_t tile) const {
    return std::min(count, (count * (tile + 1) + most * step - 1) / (most * step) * step);
  }

private:
  const int64_t count, step, most;
};

extern const ByteTileBody portableByteTile;
#if defined(__x86_64__)
extern const ByteTileBody avx2ByteTile, avx512ByteTile, avx512VnniByteTile;
#endif

/// The body for the instruction set in use.
const ByteTileBody &currentByteTile();

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_BYTETILE_H
