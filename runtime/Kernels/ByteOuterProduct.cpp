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
#include "runtime/Kernels/ElementAccess.h"

#include <cassert>
#include <cstring>

using namespace wage::rt;

// Quads of 64 lanes by this many words take 512 KiB of a second-level cache, and are used by every row.
static constexpr int64_t passWords = 2048;

ByteOuterProduct::ByteOuterProduct(const LinearBlock &layer, int64_t batch)
    : isMatrix(isMatrixProduct(layer)), source(inputImages(layer)), neurons(layer.neurons), outHeight(layer.outHeight),
      outWidth(layer.outWidth), strideX(layer.strideX), batch(batch) {
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
                       signedOffset, blockQuads + (first + sample) * padded);
      continue;
    }
    int8_t *quad = blockQuads + first * outHeight * quadsPerRow * padded * 4;
    for (int64_t sample = 0; sample < count; ++sample)
      for (int64_t y = 0; y < outHeight; ++y)
        for (int64_t x = 0; x < outWidth; x += 4, quad += padded * 4)
          interleaveFour(source + sample * layout.sampleBytes() + layout.pixel(y, x), layout.stepX * neurons,
                         int(std::min<int64_t>(4, outWidth - x)), lanes, padded, signedOffset, quad);
  }
}

void ByteOuterProduct::fillPlanesFrom(const uint8_t *input, int64_t stride, int64_t count, uint8_t *planes) const {
  assert(!isMatrix || source.sampleBytes() == source.channels);
  if (isMatrix)
    return transposeBytes(input, stride, count, source.channels, planes, batchQuads * 4, signedOffset);
  std::memset(planes, signedOffset, count * source.channels * strideX * source.height * phaseWidth);
  for (int64_t sample = 0; sample < count; ++sample)
    for (int64_t channel = 0; channel < source.channels; ++channel) {
      const uint8_t *plane = input + sample * stride + channel * source.planeHeight * source.planeWidth;
      uint8_t *to = planes + (sample * source.channels + channel) * strideX * source.height * phaseWidth;
      for (int64_t y = 0; y < source.planeHeight; ++y, plane += source.planeWidth) {
        const int64_t row = source.originY + y;
        if (strideX == 1)
          flipBytes(plane, source.planeWidth, signedOffset, to + row * phaseWidth + source.originX);
        else
          for (int64_t x = 0, column = source.originX; x < source.planeWidth; ++x, ++column)
            to[(column % strideX * source.height + row) * phaseWidth + column / strideX] = plane[x] ^ signedOffset;
      }
    }
}

void ByteOuterProduct::fillQuadsFrom(const uint8_t *error, int64_t stride, int64_t count, uint8_t *rows,
                                     int8_t *quads) const {
  const int64_t plane = outHeight * outWidth, sampleQuads = outHeight * quadsPerRow;
  for (int64_t block = 0; block < blocks(); ++block) {
    const int64_t lanes = lanesOf(block), padded = paddedLanes(lanes), first = block * lanesPerBlock;
    int8_t *quad = quads + first * batchQuads * 4;
    if (isMatrix) {
      for (int64_t sample = 0; sample < count; sample += 4)
        interleaveFour(error + sample * stride + first, stride, int(std::min<int64_t>(4, count - sample)), lanes,
                       padded, 0, quad + sample * padded);
      continue;
    }
    if (lanes < padded)
      std::memset(quad, 0, count * sampleQuads * padded * 4);
    for (int64_t sample = 0; sample < count; ++sample, quad += sampleQuads * padded * 4) {
      const uint8_t *planes = error + sample * stride + first * plane;
      if (outWidth % 4 != 0) { // rows of whole words, filled up with 0
        std::memset(rows, 0, lanes * sampleQuads * 4);
        for (int64_t row = 0; row < lanes * outHeight; ++row)
          std::memcpy(rows + row * quadsPerRow * 4, planes + row * outWidth, outWidth);
        planes = rows;
      }
      transposeWords(planes, sampleQuads, lanes, sampleQuads, quad, padded);
    }
  }
}

template <typename Sum>
static void addTransposed(const int32_t *gradient, int64_t stride, int64_t rows, int64_t neurons, Sum *sums) {
  // Pieces that a first-level cache holds in both orders.
  constexpr int64_t piece = 64, pieceStride = piece + 16;
  int32_t words[piece * pieceStride];
  for (int64_t neuron = 0; neuron < neurons; neuron += piece)
    for (int64_t row = 0; row < rows; row += piece) {
      const int64_t lanes = std::min(piece, neurons - neuron), count = std::min(piece, rows - row);
      transposeWords(gradient + row * stride + neuron, stride, count, lanes, words, pieceStride);
      for (int64_t lane = 0; lane < lanes; ++lane) {
        Sum *to = sums + (neuron + lane) * rows + row;
        for (int64_t i = 0; i < count; ++i)
          to[i] = wrappingAdd<Sum>(to[i], words[lane * pieceStride + i]);
      }
    }
}

void ByteOuterProduct::addTo(const int32_t *gradient, int64_t firstRow, int64_t lastRow, void *sums,
                             ElementType type) const {
  const int32_t *from = gradient + firstRow * gradientRow();
  if (type == ElementType::Int32)
    addTransposed(from, gradientRow(), lastRow - firstRow, neurons, static_cast<int32_t *>(sums));
  else
    addTransposed(from, gradientRow(), lastRow - firstRow, neurons, static_cast<int64_t *>(sums));
}

/// sums[lane] += sum of the quads' bytes.
static void addQuads(const int8_t *quads, int64_t words, int64_t lanes, int32_t *sums) {
  for (int64_t word = 0; word < words; ++word, quads += lanes * 4)
    for (int64_t lane = 0; lane < lanes; ++lane)
      sums[lane] += quads[4 * lane] + quads[4 * lane + 1] + quads[4 * lane + 2] + quads[4 * lane + 3];
}

static void addStart(const int32_t *start, int64_t lanes, int64_t rows, int64_t stride, int32_t *sums) {
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t lane = 0; lane < lanes; ++lane)
      sums[row * stride + lane] = static_cast<int32_t>(uint32_t(sums[row * stride + lane]) + uint32_t(start[lane]));
}

void ByteOuterProduct::run(const uint8_t *planes, const int8_t *quads, int64_t samples, int inputOffset, int64_t block,
                           int64_t firstRow, int64_t lastRow, int32_t *sums, int64_t stride, bool accumulates,
                           uint32_t *largest) const {
  const ByteTileBody &body = currentByteTile();
  const int64_t lanes = paddedLanes(lanesOf(block)), runs = runsOf(samples), words = wordsOf(samples);
  const int vectors = static_cast<int>(lanes / vectorLanes);
  const TileRows tileRows(body, vectors, lastRow - firstRow);
  const int64_t runsPerPass = std::max<int64_t>(1, passWords / words);
  const int8_t *panel = quads + block * lanesPerBlock * batchQuads * 4;
  int32_t start[lanesPerBlock] = {};
  uint32_t tileLargest[vectorLanes] = {};
  if (inputOffset) {
    addQuads(panel, runs * words, lanes, start);
    for (int32_t &sum : start) // modulo 2^32, as all sums
      sum = static_cast<int32_t>(uint32_t(sum) * uint32_t(-inputOffset));
  }
  for (int64_t run = 0; run < runs; run += runsPerPass) {
    const WordRuns passRuns = {&runOffsets[run], std::min(runsPerPass, runs - run), words};
    const bool isLast = run + passRuns.count == runs;
    for (int64_t tile = 0, row = firstRow; tile < tileRows.tiles(); ++tile) {
      const int64_t rows = firstRow + tileRows.end(tile) - row;
      const uint8_t *places[mostTileRows];
      for (int64_t i = 0; i < rows; ++i)
        places[i] = planes + rowOffsets[row + i];
      int32_t *target = sums + (row - firstRow) * stride;
      if (run == 0 && accumulates && inputOffset)
        addStart(start, lanes, rows, stride, target);
      body.run({places, passRuns, panel, target, stride, run == 0 && !accumulates ? start : nullptr,
                (inputOffset ? 255 : 127) * 127, isLast && largest ? tileLargest : nullptr},
               static_cast<int>(rows), vectors);
      row += rows;
    }
    panel += passRuns.count * words * lanes * wordBytes;
  }
  if (largest)
    *largest = std::max(*largest, *std::max_element(tileLargest, tileLargest + vectorLanes));
}
