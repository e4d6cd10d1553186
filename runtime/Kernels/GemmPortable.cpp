//===- GemmPortable.cpp - register tile in plain C++ ----------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/Gemm.h"

using namespace wage::rt;

static constexpr int rows = 4, columns = 8;

static void runTile(int64_t pairs, const int32_t *left, const int32_t *right, int32_t *tile, int64_t rowStride,
                    bool accumulate) {
  uint32_t sums[rows][columns] = {}; // modulo 2^32, as the instructions of the other bodies
  for (int64_t pair = 0; pair < pairs; ++pair, left += rows, right += columns)
    for (int row = 0; row < rows; ++row) {
      const int32_t even = int16_t(left[row]), odd = left[row] >> 16;
      for (int column = 0; column < columns; ++column)
        sums[row][column] += uint32_t(even * int16_t(right[column])) + uint32_t(odd * (right[column] >> 16));
    }
  for (int row = 0; row < rows; ++row, tile += rowStride)
    for (int column = 0; column < columns; ++column)
      tile[column] = int32_t(sums[row][column] + (accumulate ? uint32_t(tile[column]) : 0));
}

const GemmBody wage::rt::portableGemm = {rows, columns, runTile, packRunsPlain, packLanesPlain};
