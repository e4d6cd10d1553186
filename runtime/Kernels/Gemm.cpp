//===- Gemm.cpp - integer matrix product over strided operands ------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/Gemm.h"

#include "runtime/Kernels/ElementAccess.h"
#include "runtime/Kernels/Isa.h"

#include <algorithm>
#include <cassert>

using namespace wage::rt;

// A right panel of 384 depths by 32 lanes takes 24 KiB, half of a first-level cache; a left block of 512 rows 384 KiB.
static constexpr int64_t blockDepth = 384;
static constexpr int64_t blockRows = 512;

void Axis::offsets(int64_t first, int64_t count, int64_t *result) const {
  int64_t inner = (begin + first) % counts[1];
  int64_t middle = (begin + first) / counts[1] % counts[0];
  int64_t outer = (begin + first) / counts[1] / counts[0];
  for (int64_t i = 0; i < count; inner = 0) {
    const int64_t run = std::min(counts[1] - inner, count - i);
    const int64_t start = outer * strides[0] + middle * strides[1] + inner * strides[2];
    for (int64_t step = 0; step < run; ++step)
      result[i + step] = start + step * strides[2];
    i += run;
    if (++middle < counts[0])
      continue;
    middle = 0;
    ++outer;
  }
}

/// The body for the instruction set in use: the one place where it is chosen.
static const GemmBody &currentBody() {
#if defined(__x86_64__)
  switch (currentIsa()) {
  case Isa::Portable: return portableGemm;
  case Isa::Avx2: return avx2Gemm;
  case Isa::Avx512: return avx512Gemm;
  case Isa::Avx512Vnni: return avx512VnniGemm;
  }
#endif
  return portableGemm;
}

bool wage::rt::gemmTakes(ElementType left, ElementType right, ElementType target) {
  const auto isOperand = [](ElementType type) { return type == ElementType::Int8 || type == ElementType::Int16; };
  if (!isOperand(left) || !isOperand(right))
    return false;
  // A target of 32 bits holds every partial sum. One of 64 bits takes the sums of whole blocks in 32 bits, which must not
  // overflow whatever the values: products of 8 and 16 bits do not, those of 16 and 16 bits would.
  static_assert(blockDepth * (int64_t(1) << (7 + 15)) < (int64_t(1) << 31), "a block of products fits 32 bits");
  const bool blockFits = left == ElementType::Int8 || right == ElementType::Int8;
  return target == ElementType::Int32 || (target == ElementType::Int64 && blockFits);
}

size_t wage::rt::gemmScratchBytes() {
  return size_t(blockRows + maximumTileRows + maximumTileColumns) * blockDepth * sizeof(int16_t);
}

static Adjacency adjacencyOf(const int64_t *eightOffsets) {
  bool insidePairs = true, betweenPairs = true;
  for (int i = 1; i < 8; ++i)
    (i % 2 ? insidePairs : betweenPairs) &= eightOffsets[i] == eightOffsets[i - 1] + 1;
  return !insidePairs ? Adjacency::None : betweenPairs ? Adjacency::All : Adjacency::Pairs;
}

namespace {
/// Where a block of depths lies.
struct DepthBlock {
  int64_t offsets[blockDepth];
  Adjacency adjacency[blockDepth / 8];

  DepthBlock(const Axis &axis, int64_t first, int64_t count) {
    axis.offsets(first, count, offsets);
    for (int64_t begin = 0; begin + 8 <= count; begin += 8)
      adjacency[begin / 8] = adjacencyOf(offsets + begin);
  }
};

/// A matrix product in progress, one block of rows and depths at a time.
class GemmRun {
public:
  GemmRun(const GemmOperand &left, const GemmOperand &right, const GemmTarget &target, void *scratch)
      : body(currentBody()), left(left), right(right), target(target), leftPanels(static_cast<int32_t *>(scratch)),
        rightPanel(leftPanels + (blockRows + maximumTileRows) * blockDepth / 2) {}

  void run();

private:
  void packLeft(int64_t firstRow, int64_t rows, int64_t firstDepth, int64_t depths);
  void multiplyPanel(int64_t firstRow, int64_t rows, int64_t firstColumn, int columns, int64_t pairs, bool accumulate);
  template <typename Sum>
  void storeTile(const int32_t *tile, Sum *row, const int64_t *columnOffsets, int rows, int columns, bool accumulate);

  const GemmBody &body;
  const GemmOperand &left, &right;
  const GemmTarget &target;
  int32_t *leftPanels, *rightPanel;
};
} // namespace

void GemmRun::packLeft(int64_t firstRow, int64_t rows, int64_t firstDepth, int64_t depths) {
  int64_t laneOffsets[maximumTileRows];
  const DepthBlock block(left.depth, firstDepth, depths);
  int32_t *panel = leftPanels;
  for (int64_t row = 0; row < rows; row += body.tileRows) {
    const int lanes = int(std::min<int64_t>(body.tileRows, rows - row));
    left.lanes.offsets(firstRow + row, lanes, laneOffsets);
    packPanel(body, {left.base, left.type, laneOffsets, block.offsets, block.adjacency, lanes, depths}, body.tileRows,
              panel);
    panel += (depths + 1) / 2 * body.tileRows;
  }
}

/// sums[i] (+)= tile[i]: a row of a tile that could not be written in place.
template <typename Sum> static void storeRow(const int32_t *tile, Sum *sums, int64_t count, bool accumulate) {
  if (!accumulate)
    std::copy_n(tile, count, sums);
  else
    for (int64_t i = 0; i < count; ++i)
      sums[i] = wrappingAdd<Sum>(sums[i], tile[i]);
}

template <typename Sum>
void GemmRun::storeTile(const int32_t *tile, Sum *row, const int64_t *columnOffsets, int rows, int columns,
                        bool accumulate) {
  for (int begin = 0, end = 1; begin < columns; begin = end++) {
    while (end < columns && columnOffsets[end] == columnOffsets[end - 1] + 1)
      ++end;
    for (int m = 0; m < rows; ++m)
      storeRow(tile + m * body.tileColumns + begin, row + m * target.rowStride + columnOffsets[begin], end - begin,
               accumulate);
  }
}

void GemmRun::multiplyPanel(int64_t firstRow, int64_t rows, int64_t firstColumn, int columns, int64_t pairs,
                            bool accumulate) {
  int64_t columnOffsets[maximumTileColumns];
  target.columns.offsets(firstColumn, columns, columnOffsets);
  // Offsets grow, so this says that they are consecutive.
  const bool isDense = columns == body.tileColumns && columnOffsets[columns - 1] - columnOffsets[0] == columns - 1;
  alignas(64) int32_t tile[maximumTileRows * maximumTileColumns];
  for (int64_t row = 0; row < rows; row += body.tileRows) {
    const int32_t *leftPanel = leftPanels + row * pairs;
    const int tileRows = int(std::min<int64_t>(body.tileRows, rows - row));
    const int64_t offset = (firstRow + row) * target.rowStride;
    if (isDense && tileRows == body.tileRows && target.type == ElementType::Int32) {
      body.run(pairs, leftPanel, rightPanel, static_cast<int32_t *>(target.base) + offset + columnOffsets[0],
               target.rowStride, accumulate);
      continue;
    }
    body.run(pairs, leftPanel, rightPanel, tile, body.tileColumns, /*accumulate=*/false);
    if (target.type == ElementType::Int32)
      storeTile(tile, static_cast<int32_t *>(target.base) + offset, columnOffsets, tileRows, columns, accumulate);
    else
      storeTile(tile, static_cast<int64_t *>(target.base) + offset, columnOffsets, tileRows, columns, accumulate);
  }
}

void GemmRun::run() {
  const int64_t totalRows = left.lanes.length, totalColumns = right.lanes.length, totalDepth = left.depth.length;
  int64_t laneOffsets[maximumTileColumns];
  for (int64_t row = 0; row < totalRows; row += blockRows) {
    const int64_t rows = std::min(blockRows, totalRows - row);
    // At least once: an empty sum still overwrites the target.
    for (int64_t depth = 0; depth == 0 || depth < totalDepth; depth += blockDepth) {
      const int64_t depths = std::min(blockDepth, totalDepth - depth);
      packLeft(row, rows, depth, depths);
      const DepthBlock block(right.depth, depth, depths);
      for (int64_t column = 0; column < totalColumns; column += body.tileColumns) {
        const int columns = int(std::min<int64_t>(body.tileColumns, totalColumns - column));
        right.lanes.offsets(column, columns, laneOffsets);
        packPanel(body, {right.base, right.type, laneOffsets, block.offsets, block.adjacency, columns, depths},
                  body.tileColumns, rightPanel);
        multiplyPanel(row, rows, column, columns, (depths + 1) / 2, target.accumulate || depth > 0);
      }
    }
  }
}

void wage::rt::gemm(const GemmOperand &left, const GemmOperand &right, const GemmTarget &target, void *scratch) {
  assert(left.depth.length == right.depth.length && right.lanes.length == target.columns.length);
  assert(gemmTakes(left.range, right.range, target.type));
  GemmRun(left, right, target, scratch).run();
}
