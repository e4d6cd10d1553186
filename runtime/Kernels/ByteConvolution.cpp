//===- ByteConvolution.cpp - forward and transposed product of channel-last bytes ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/ByteProducts.h"

#include "runtime/Kernels/ByteTile.h"

#include <cassert>
#include <cstring>

using namespace wage::rt;

// A panel of 64 lanes by this many words takes 256 KiB, which a second-level cache holds beside the images.
static constexpr int64_t passWords = 1024;

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

bool wage::rt::isMatrixProduct(const LinearBlock &layer) {
  return layer.positions() == 1 && layer.padTop == 0 && layer.padLeft == 0 && layer.kernelHeight == layer.height &&
         layer.kernelWidth == layer.width;
}

bool wage::rt::takesByteProducts(const LinearBlock &layer) { return layer.groups == 1 && takesByteForward(layer); }

bool wage::rt::takesByteForward(const LinearBlock &layer) {
  const int64_t padBottom =
      int64_t(layer.outHeight - 1) * layer.strideY + layer.kernelHeight - layer.height - layer.padTop;
  const int64_t padRight =
      int64_t(layer.outWidth - 1) * layer.strideX + layer.kernelWidth - layer.width - layer.padLeft;
  return layer.dilationY == 1 && layer.dilationX == 1 && layer.rowBegin == 0 &&
         (layer.groups == 1 || layer.neuronsPerGroup() % lanesPerBlock == 0) && layer.padTop < layer.kernelHeight &&
         layer.padLeft < layer.kernelWidth && padBottom < layer.kernelHeight && padRight < layer.kernelWidth;
}

LinearBlock wage::rt::overPlane(const LinearBlock &matrix, int64_t channels, int64_t height, int64_t width) {
  LinearBlock layer = matrix;
  layer.height = layer.kernelHeight = static_cast<int32_t>(height);
  layer.width = layer.kernelWidth = static_cast<int32_t>(width);
  assert(isMatrixProduct(matrix) && layer.rows() == channels * height * width);
  static_cast<void>(channels);
  return layer;
}

ByteImages wage::rt::inputImages(const LinearBlock &layer) {
  ByteImages images;
  images.channels = layer.rows() / layer.window();
  images.planeHeight = layer.height;
  images.planeWidth = layer.width;
  images.originY = layer.padTop;
  images.originX = layer.padLeft;
  images.height =
      std::max<int64_t>(int64_t(layer.outHeight - 1) * layer.strideY + layer.kernelHeight, layer.padTop + layer.height);
  images.width =
      std::max<int64_t>(int64_t(layer.outWidth - 1) * layer.strideX + layer.kernelWidth, layer.padLeft + layer.width);
  return images;
}

ByteImages wage::rt::errorImages(const LinearBlock &layer) {
  ByteImages images;
  images.channels = layer.neurons;
  images.planeHeight = layer.outHeight;
  images.planeWidth = layer.outWidth;
  if (isMatrixProduct(layer))
    return images;
  images.height = int64_t(layer.height) + layer.kernelHeight - 1;
  images.width = int64_t(layer.width) + layer.kernelWidth - 1;
  images.originY = layer.kernelHeight - 1 - layer.padTop;
  images.originX = layer.kernelWidth - 1 - layer.padLeft;
  images.stepY = layer.strideY;
  images.stepX = layer.strideX;
  return images;
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

ByteConvolution::ByteConvolution(const ByteImages &source, int64_t outHeight, int64_t outWidth, int64_t strideY,
                                 int64_t strideX, int64_t kernelHeight, int64_t kernelWidth)
    : source(source), outHeight(outHeight), outWidth(outWidth), strideY(strideY), strideX(strideX) {
  // A row of a window is one run of bytes; the rows of a window as wide as the image are one run together.
  const int64_t rowBytes = source.width * source.channels;
  runBytes = kernelWidth * source.channels;
  if (runBytes == rowBytes) {
    runBytes *= kernelHeight;
    kernelHeight = 1;
  }
  for (int64_t row = 0; row < kernelHeight; ++row)
    runOffsets.push_back(row * rowBytes);
  runWords = (runBytes + 3) / 4;
}

ByteConvolution ByteConvolution::forward(const LinearBlock &layer) {
  ByteConvolution result(inputImages(layer), layer.outHeight, layer.outWidth, layer.strideY, layer.strideX,
                         layer.kernelHeight, layer.kernelWidth);
  const int64_t channels = result.source.channels / layer.groups;
  if (layer.groups > 1)
    result.setGroups(layer.neuronsPerGroup(), channels, layer.kernelHeight, layer.kernelWidth);
  for (int64_t y = 0; y < layer.kernelHeight; ++y)
    for (int64_t x = 0; x < layer.kernelWidth; ++x)
      for (int64_t channel = 0; channel < channels; ++channel)
        result.depthIndex.push_back((channel * layer.kernelHeight + y) * layer.kernelWidth + x);
  for (int64_t neuron = 0; neuron < layer.neurons; ++neuron)
    result.laneIndex.push_back(neuron * layer.rowsPerNeuron());
  return result;
}

/// A group reads some channels of a pixel, so that each pixel of a window is a run of its own.
void ByteConvolution::setGroups(int64_t lanes, int64_t channels, int64_t kernelHeight, int64_t kernelWidth) {
  groupLanes = lanes;
  groupBytes = runBytes = channels;
  runWords = (runBytes + 3) / 4;
  runOffsets.clear();
  for (int64_t y = 0; y < kernelHeight; ++y)
    for (int64_t x = 0; x < kernelWidth; ++x)
      runOffsets.push_back((y * source.width + x) * source.channels);
}

ByteConvolution ByteConvolution::transposed(const LinearBlock &layer) {
  const int64_t channels = layer.rows() / layer.window();
  if (isMatrixProduct(layer)) { // one position, whose lanes are the rows in channel-last order
    ByteConvolution result(errorImages(layer), 1, 1, 1, 1, 1, 1);
    for (int64_t neuron = 0; neuron < layer.neurons; ++neuron)
      result.depthIndex.push_back(neuron * layer.rows());
    for (int64_t pixel = 0; pixel < layer.window(); ++pixel)
      for (int64_t channel = 0; channel < channels; ++channel)
        result.laneIndex.push_back(channel * layer.window() + pixel);
    return result;
  }
  ByteConvolution result(errorImages(layer), layer.height, layer.width, 1, 1, layer.kernelHeight, layer.kernelWidth);
  for (int64_t tap = layer.window() - 1; tap >= 0; --tap)
    for (int64_t neuron = 0; neuron < layer.neurons; ++neuron)
      result.depthIndex.push_back(neuron * layer.rows() + tap);
  for (int64_t channel = 0; channel < channels; ++channel)
    result.laneIndex.push_back(channel * layer.window());
  return result;
}

void ByteConvolution::pack(const int8_t *weights, int64_t firstBlock, int64_t lastBlock, int8_t *panels) const {
  for (int64_t block = firstBlock; block < lastBlock; ++block) {
    const int64_t present = lanesOf(block), padded = paddedLanes(present);
    const int64_t *lanesIndex = &laneIndex[block * lanesPerBlock];
    int8_t *word = panels + block * lanesPerBlock * words() * 4;
    for (size_t run = 0; run < runOffsets.size(); ++run)
      for (int64_t depth = 0; depth < runBytes; depth += 4, word += padded * 4) {
        const int64_t *index = &depthIndex[run * runBytes + depth];
        const int64_t bytes = std::min<int64_t>(4, runBytes - depth);
        if (bytes < 4 || present < padded)
          std::memset(word, 0, padded * 4);
        for (int64_t lane = 0; lane < present; ++lane)
          for (int64_t b = 0; b < bytes; ++b)
            word[lane * 4 + b] = weights[index[b] + lanesIndex[lane]];
      }
  }
}

void ByteConvolution::sumWeights(const int8_t *panels, int64_t firstBlock, int64_t lastBlock, int32_t *sums) const {
  for (int64_t block = firstBlock; block < lastBlock; ++block) {
    const int64_t padded = paddedLanes(lanesOf(block));
    const int8_t *word = panelOf(panels, block);
    int32_t *lanes = sums + block * lanesPerBlock;
    std::fill_n(lanes, padded, 0);
    for (int64_t i = 0; i < words(); ++i, word += padded * 4)
      for (int64_t lane = 0; lane < padded; ++lane)
        lanes[lane] += word[4 * lane] + word[4 * lane + 1] + word[4 * lane + 2] + word[4 * lane + 3];
  }
}

void ByteConvolution::fillStart(const int8_t *panels, const int64_t *bias, bool isSigned, int64_t firstBlock,
                                int64_t lastBlock, int32_t *start) const {
  sumWeights(panels, firstBlock, lastBlock, start);
  const int64_t begin = firstBlock * lanesPerBlock, end = std::min(lastBlock * lanesPerBlock, paddedLanes(lanes()));
  const uint32_t factor = isSigned ? uint32_t(-signedOffset) : 0; // modulo 2^32, as all sums
  for (int64_t lane = begin; lane < end; ++lane)
    start[lane] = static_cast<int32_t>(uint32_t(start[lane]) * factor +
                                       (bias && lane < lanes() ? static_cast<uint32_t>(bias[lane]) : 0));
}

namespace {
/// The places of successive positions' windows in the images.
class WindowWalk {
public:
  WindowWalk(const ByteImages &images, int64_t outHeight, int64_t outWidth, int64_t strideY, int64_t strideX,
             int64_t first)
      : outHeight(outHeight), outWidth(outWidth), sampleBytes(images.sampleBytes()),
        rowBytes(strideY * images.width * images.channels), pixelBytes(strideX * images.channels), x(first % outWidth),
        y(first / outWidth % outHeight), row(first / (outWidth * outHeight) * sampleBytes + y * rowBytes) {}

  int64_t next() {
    const int64_t offset = row + x * pixelBytes;
    if (++x < outWidth)
      return offset;
    x = 0;
    row += rowBytes;
    if (++y == outHeight) {
      y = 0;
      row += sampleBytes - outHeight * rowBytes;
    }
    return offset;
  }

private:
  const int64_t outHeight, outWidth, sampleBytes, rowBytes, pixelBytes;
  int64_t x, y, row;
};
} // namespace

void ByteConvolution::run(const uint8_t *images, const int8_t *panels, const int32_t *start, int largestProduct,
                          int64_t block, int64_t first, int64_t count, int32_t *results) const {
  const ByteTileBody &body = currentByteTile();
  const int64_t lanes = paddedLanes(lanesOf(block));
  const int vectors = static_cast<int>(lanes / vectorLanes);
  const TileRows tileRows(body, vectors, count);
  const auto runs = static_cast<int64_t>(runOffsets.size());
  // A window of one run may be taken in pieces; one of several runs takes whole ones at a time.
  const int64_t runsPerPass = std::max<int64_t>(1, passWords / runWords);
  const int64_t wordsPerPass = runs > 1 ? runWords : std::min(runWords, passWords);
  const int8_t *panel = panelOf(panels, block);
  if (groupLanes)
    images += block * lanesPerBlock / groupLanes * groupBytes;
  for (int64_t run = 0; run < runs; run += runsPerPass)
    for (int64_t word = 0; word < runWords; word += wordsPerPass) {
      const WordRuns passRuns = {&runOffsets[run], std::min(runsPerPass, runs - run),
                                 std::min(wordsPerPass, runWords - word)};
      WindowWalk walk(source, outHeight, outWidth, strideY, strideX, first);
      const bool isFirst = run == 0 && word == 0;
      for (int64_t tile = 0, position = 0; tile < tileRows.tiles(); ++tile) {
        const int64_t rows = tileRows.end(tile) - position;
        const uint8_t *places[mostTileRows];
        for (int64_t row = 0; row < rows; ++row)
          places[row] = images + walk.next() + word * wordBytes;
        body.run({places, passRuns, panel, results + position * lanes, lanes,
                  isFirst ? start + block * lanesPerBlock : nullptr, largestProduct},
                 static_cast<int>(rows), vectors);
        position += rows;
      }
      panel += passRuns.count * passRuns.words * lanes * wordBytes;
    }
}
