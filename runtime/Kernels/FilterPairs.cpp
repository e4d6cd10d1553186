//===- FilterPairs.cpp - convolutions by minimal filtering ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/FilterPairs.h"

#include "runtime/Kernels/ByteTile.h"
#include "runtime/Kernels/IsaLoop.h"
#include "runtime/Numerics/Rounding.h"

#include <cstring>
#include <limits>

using namespace wage::rt;

// Factors of a kind are differences, which are stored plus 128, or the one sum, which is never negative.
static constexpr int sumKind = 1;

bool FilterPairs::takes(const LinearBlock &layer, int weightBits, int64_t largestBias) {
  const int64_t channels = layer.rows() / layer.window();
  // Three weights are added, or one doubled; and twice a result must fit 32 bits.
  const bool fits = 3 * int64_t(largestWeightInUse(weightBits)) <= 127 &&
                    127 * int64_t(largestWeightInUse(weightBits)) * layer.rows() + largestBias <=
                        std::numeric_limits<int32_t>::max() / 2;
  return fits && takesByteProducts(layer) && layer.kernelWidth == 3 && layer.strideX == 1 && layer.outWidth >= 2 &&
         channels % 4 == 0 && channels >= 16;
}

FilterPairs::FilterPairs(const LinearBlock &layer, int weightBits)
    : source(inputImages(layer)), neurons(layer.neurons), outWidth(layer.outWidth), pairs((outWidth + 1) / 2),
      kernelHeight(layer.kernelHeight), strideY(layer.strideY),
      largestProduct(static_cast<int>(255 * 3 * int64_t(largestWeightInUse(weightBits)))) {
  for (int64_t row = 0; row < kernelHeight; ++row)
    runOffsets.push_back(row * rowBytes());
}

/// The four weights of a row of taps.
static void weightsOf(const int8_t *taps, int8_t *kinds) {
  kinds[0] = static_cast<int8_t>(2 * taps[0]);
  kinds[sumKind] = static_cast<int8_t>(taps[0] + taps[1] + taps[2]);
  kinds[2] = static_cast<int8_t>(taps[0] - taps[1] + taps[2]);
  kinds[3] = static_cast<int8_t>(2 * taps[2]);
}

void FilterPairs::pack(const int8_t *weights, const int64_t *bias, int64_t firstBlock, int64_t lastBlock,
                       int8_t *panels, int32_t *start) const {
  const int64_t window = kernelHeight * 3, rows = source.channels * window;
  for (int64_t block = firstBlock; block < lastBlock; ++block) {
    const int64_t lanes = lanesOf(block), padded = paddedLanes(lanes);
    int32_t *lanesStart = start + kinds * block * lanesPerBlock;
    std::fill_n(lanesStart, kinds * padded, 0);
    std::memset(panels + panelOffset(block, 0), 0, kinds * padded * words() * 4);
    for (int64_t lane = 0; lane < lanes; ++lane) {
      const int8_t *neuron = weights + (block * lanesPerBlock + lane) * rows;
      int32_t sums[kinds] = {};
      for (int64_t channel = 0; channel < source.channels; ++channel)
        for (int64_t y = 0; y < kernelHeight; ++y) {
          int8_t four[kinds];
          weightsOf(neuron + channel * window + y * 3, four);
          const int64_t word = (y * source.channels + channel) / 4;
          for (int kind = 0; kind < kinds; ++kind) {
            panels[panelOffset(block, kind) + (word * padded + lane) * 4 + channel % 4] = four[kind];
            sums[kind] += four[kind];
          }
        }
      for (int kind = 0; kind < kinds; ++kind)
        lanesStart[kind * padded + lane] = kind == sumKind ? 0 : -signedOffset * sums[kind];
      if (bias)
        lanesStart[sumKind * padded + lane] = static_cast<int32_t>(2 * bias[block * lanesPerBlock + lane]);
    }
  }
}

/// The factors of one pair; `kind` is from one kind of factors to the next.
static void makePair(const uint8_t *d0, int64_t channels, const uint8_t *d3, uint8_t *__restrict to, int64_t kind) {
  const uint8_t *d1 = d0 + channels, *d2 = d1 + channels;
  for (int64_t c = 0; c < channels; ++c) {
    to[c] = static_cast<uint8_t>(d0[c] - d2[c] + signedOffset);
    to[kind + c] = static_cast<uint8_t>(d1[c] + d2[c]);
    to[2 * kind + c] = static_cast<uint8_t>(d2[c] - d1[c] + signedOffset);
    to[3 * kind + c] = static_cast<uint8_t>(d1[c] - d3[c] + signedOffset);
  }
}

void FilterPairs::makeFactors(const uint8_t *image, uint8_t *factors) const {
  const int64_t channels = source.channels, kind = kindBytes(), width = source.width, count = pairs;
  for (int64_t y = 0; y < source.height; ++y) {
    const uint8_t *row = image + y * width * channels;
    uint8_t *to = factors + y * rowBytes();
    runLoop([=] {
      for (int64_t pair = 0; pair < count; ++pair) {
        const uint8_t *d = row + 2 * pair * channels;
        // Of a last pair that is half beyond the row only the first result is wanted, which does not read d3.
        makePair(d, channels, 2 * pair + 3 < width ? d + 3 * channels : d, to + pair * channels, kind);
      }
    });
  }
}

/// Results of rows of pairs out of the four sums of each.
static void addKinds(const int32_t *sums, int64_t kind, int64_t rows, int64_t pairs, int64_t width, int64_t lanes,
                     int32_t *results) {
  runLoop([=] {
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t pair = 0; pair < pairs; ++pair) {
        const int32_t *of = sums + (row * pairs + pair) * lanes;
        int32_t *to = results + (row * width + 2 * pair) * lanes;
        // Modulo 2^32: what four sums hold need not fit, twice a result does.
        for (int64_t lane = 0; lane < lanes; ++lane)
          to[lane] = int32_t(uint32_t(of[lane]) + uint32_t(of[kind + lane]) + uint32_t(of[2 * kind + lane])) >> 1;
        if (2 * pair + 1 < width)
          for (int64_t lane = 0; lane < lanes; ++lane)
            to[lanes + lane] =
                int32_t(uint32_t(of[kind + lane]) - uint32_t(of[2 * kind + lane]) - uint32_t(of[3 * kind + lane])) >> 1;
      }
  });
}

void FilterPairs::run(const uint8_t *factors, const int8_t *panels, const int32_t *start, int64_t block,
                      int64_t firstRow, int64_t rows, int32_t *scratch, int32_t *results) const {
  const ByteTileBody &body = currentByteTile();
  const int64_t lanes = paddedLanes(lanesOf(block)), count = rows * pairs;
  const int vectors = static_cast<int>(lanes / vectorLanes);
  const TileRows tileRows(body, vectors, count);
  const WordRuns runs = {runOffsets.data(), kernelHeight, source.channels / 4};
  for (int kind = 0; kind < kinds; ++kind) {
    const uint8_t *first = factors + kind * kindBytes() + firstRow * strideY * rowBytes();
    for (int64_t tile = 0, pair = 0; tile < tileRows.tiles(); ++tile) {
      const int64_t end = tileRows.end(tile);
      const uint8_t *places[mostTileRows];
      for (int64_t i = pair; i < end; ++i)
        places[i - pair] = first + i / pairs * strideY * rowBytes() + i % pairs * source.channels;
      body.run({places, runs, panels + panelOffset(block, kind), scratch + (kind * count + pair) * lanes, lanes,
                start + kinds * block * lanesPerBlock + kind * lanes, largestProduct},
               static_cast<int>(end - pair), vectors);
      pair = end;
    }
  }
  addKinds(scratch, count * lanes, rows, pairs, outWidth, lanes, results);
}
