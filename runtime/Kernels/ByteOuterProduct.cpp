//===- ByteOuterProduct.cpp - weight gradient of channel-last bytes ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/ByteProducts.h"

#include "runtime/Kernels/ByteTile.h"
#include "runtime/Kernels/ByteTranspose.h"
#include "runtime/Kernels/ElementwiseKernels.h"

#include <cassert>
#include <cstring>

using namespace wage::rt;

// Quads of 64 lanes by this many words take 512 KiB of a second-level cache, and are used by every row.
static constexpr int64_t passWords = 2048;

ByteOuterProduct::ByteOuterProduct(const LinearBlock &layer, int64_t batch)
    : isMatrix(layer.positions() == 1 && layer.kernelHeight == layer.height && layer.kernelWidth == layer.width),
      source(inputImages(layer)), neurons(layer.neurons), outHeight(layer.outHeight), outWidth(layer.outWidth),
      strideX(layer.strideX), batch(batch) {
  if (isMatrix) {
    const int64_t batchBytes = (batch + 3) / 4 * 4;
    batchQuads = batchBytes / 4;
    runOffsets.push_back(0);
    for (int64_t row = 0; row < layer.rows(); ++row)
      rowOffsets.push_back((row % layer.window() * source.channels + row / layer.window()) * batchBytes);
    return;
  }
  phaseWidth = (source.width + strideX - 1) / strideX;
  quadsPerRow = (outWidth + 3) / 4;
  batchQuads = batch * outHeight * quadsPerRow;
  const int64_t phaseBytes = source.height * phaseWidth;
  for (int64_t channel = 0; channel < source.channels; ++channel)
    for (int64_t y = 0; y < layer.kernelHeight; ++y)
      for (int64_t x = 0; x < layer.kernelWidth; ++x)
        rowOffsets.push_back((channel * strideX + x % strideX) * phaseBytes + y * phaseWidth + x / strideX);
  for (int64_t sample = 0; sample < batch; ++sample)
    for (int64_t y = 0; y < outHeight; ++y)
      runOffsets.push_back(sample * source.channels * strideX * phaseBytes + y * layer.strideY * phaseWidth);
}

size_t ByteOuterProduct::planeBytes() const {
  return size_t(isMatrix ? source.sampleBytes() * batchQuads * 4
                         : batch * source.channels * strideX * source.height * phaseWidth) +
         byteSlack;
}

size_t ByteOuterProduct::quadBytes() const { return size_t(gradientRow() * batchQuads * 4); }

void ByteOuterProduct::fillPlanes(const uint8_t *images, int64_t first, int64_t count, uint8_t *planes) const {
  if (isMatrix)
    return transposeBytes(images, source.sampleBytes(), count, source.sampleBytes(), planes + first, batchQuads * 4);
  const int64_t phaseBytes = source.height * phaseWidth, planeBytes = strideX * phaseBytes;
  for (int64_t sample = 0; sample < count; ++sample, images += source.sampleBytes()) {
    uint8_t *plane = planes + (first + sample) * source.channels * planeBytes;
    if (strideX == 1) {
      transposeBytes(images, source.channels, source.height * source.width, source.channels, plane, planeBytes);
      continue;
    }
    for (int64_t phase = 0; phase < strideX; ++phase)
      for (int64_t y = 0; y < source.height; ++y)
        transposeBytes(images + (y * source.width + phase) * source.channels, strideX * source.channels,
                       (source.width - phase + strideX - 1) / strideX, source.channels,
                       plane + phase * phaseBytes + y * phaseWidth, planeBytes);
  }
}

void ByteOuterProduct::fillQuads(const ByteImages &layout, const uint8_t *images, int64_t first, int64_t count,
                                 int8_t *quads) const {
  assert(layout.channels == neurons);
  for (int64_t block = 0; block < blocks(); ++block) {
    const int64_t lanes = lanesOf(block), padded = paddedLanes(lanes);
    int8_t *blockQuads = quads + block * lanesPerBlock * batchQuads * 4;
    const uint8_t *source = images + block * lanesPerBlock;
    if (isMatrix) {
      for (int64_t sample = 0; sample < count; sample += 4)
        interleaveFour(source + sample * neurons, neurons, int(std::min<int64_t>(4, count - sample)), lanes, padded,
                       blockQuads + (first + sample) * padded);
      continue;
    }
    int8_t *quad = blockQuads + first * outHeight * quadsPerRow * padded * 4;
    for (int64_t sample = 0; sample < count; ++sample)
      for (int64_t y = 0; y < outHeight; ++y)
        for (int64_t x = 0; x < outWidth; x += 4, quad += padded * 4)
          interleaveFour(source + sample * layout.sampleBytes() + layout.pixel(y, x), layout.stepX * neurons,
                         int(std::min<int64_t>(4, outWidth - x)), lanes, padded, quad);
  }
}

/// sums[lane] += sum of the quads' bytes.
static void addQuads(const int8_t *quads, int64_t words, int64_t lanes, int32_t *sums) {
  for (int64_t word = 0; word < words; ++word, quads += lanes * 4)
    for (int64_t lane = 0; lane < lanes; ++lane)
      sums[lane] += quads[4 * lane] + quads[4 * lane + 1] + quads[4 * lane + 2] + quads[4 * lane + 3];
}

uint32_t ByteOuterProduct::run(const uint8_t *planes, const int8_t *quads, int64_t samples, int inputOffset,
                               int64_t block, int64_t firstRow, int64_t lastRow, int32_t *gradient) const {
  const ByteTileBody &body = currentByteTile();
  const int64_t lanes = paddedLanes(lanesOf(block)), runs = runsOf(samples), words = wordsOf(samples);
  const int vectors = static_cast<int>(lanes / vectorLanes);
  const int64_t mostRows = body.rowsOf[vectors - 1], count = lastRow - firstRow;
  const int64_t tiles = (count + mostRows - 1) / mostRows, runsPerPass = std::max<int64_t>(1, passWords / words);
  const int8_t *panel = quads + block * lanesPerBlock * batchQuads * 4;
  int32_t start[lanesPerBlock] = {};
  if (inputOffset) {
    addQuads(panel, runs * words, lanes, start);
    for (int32_t &sum : start)
      sum *= -inputOffset;
  }
  uint64_t largest = 0;
  for (int64_t run = 0; run < runs; run += runsPerPass) {
    const WordRuns passRuns = {&runOffsets[run], std::min(runsPerPass, runs - run), words};
    const bool isLast = run + passRuns.count == runs;
    for (int64_t tile = 0, row = firstRow; tile < tiles; ++tile) {
      const int64_t rows = firstRow + count * (tile + 1) / tiles - row;
      const uint8_t *places[mostTileRows];
      for (int64_t i = 0; i < rows; ++i)
        places[i] = planes + rowOffsets[row + i];
      int32_t *sums = gradient + row * gradientRow() + block * lanesPerBlock;
      body.run({places, passRuns, panel, sums, gradientRow(), run == 0 ? start : nullptr, 255 * 127},
               static_cast<int>(rows), vectors);
      if (isLast) // while the tile is in the cache
        largest = std::max(largest, maxAbs({sums, ElementType::Int32, gradientRow()}, lanes, rows));
      row += rows;
    }
    panel += passRuns.count * words * lanes * wordBytes;
  }
  return static_cast<uint32_t>(largest);
}
