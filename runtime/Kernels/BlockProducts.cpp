//===- BlockProducts.cpp - products of a block that keeps its weights ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/BlockProducts.h"

#include "runtime/Kernels/ByteTranspose.h"
#include "runtime/Kernels/ElementAccess.h"
#include "runtime/Kernels/Scratch.h"

#include <cassert>
#include <cstring>
#include <limits>

using namespace wage::rt;

// Bytes of images that are brought into order together, and results of 64 lanes, which a second-level cache holds.
static constexpr int64_t imageBytes = int64_t(256) << 10;
static constexpr int64_t stripPositions = 128;

BlockShape::BlockShape(const LinearBlock &theBlock, int largestWeight, int64_t samples)
    : block(theBlock), largestWeight(largestWeight), samples(samples), whole(theBlock) {
  if (block.isForwardOnly())
    return;
  cutRows = block.rowBegin - block.channelBegin() * block.window();
  whole.rowBegin = 0;
  whole.rowEnd = (block.channelEnd() - block.channelBegin()) * block.window();
  // Of a matrix product over planes the rows are the planes' elements as they lie.
  if (isMatrixProduct(block))
    whole.height = whole.width = whole.kernelHeight = whole.kernelWidth = 1;
  inBytes = takesByteProducts(whole);
  if (!inBytes)
    return;
  forward = ByteConvolution::forward(whole);
  transposed = ByteConvolution::transposed(whole);
  const int64_t outerBytes = forward.images().sampleBytes() + block.neurons * block.positions();
  outerSamples = block.positions() == 1 ? samples : std::clamp<int64_t>(4 * imageBytes / outerBytes, 1, samples);
  outer = ByteOuterProduct(whole, outerSamples);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// Samples whose images are brought into order together.
int64_t BlockShape::samplesOf(const ByteImages &images) const {
  return std::clamp<int64_t>(imageBytes / images.sampleBytes(), 1, samples);
}

size_t BlockShape::scratchBytes() const {
  size_t bytes = linearScratchBytes(block, samples);
  if (!inBytes)
    return bytes;
  for (const ByteConvolution *product : {&forward, &transposed}) {
    const ByteImages &images = product->images();
    const int64_t plane = images.planeHeight * images.planeWidth * images.channels;
    const int64_t strip = std::max(stripPositions, samplesOf(images) * (product->positions() == 1));
    bytes = std::max(bytes, scratchPiece(images.bytes(samplesOf(images))) + scratchPiece(size_t(plane)) +
                                scratchPiece(strip * lanesPerBlock * sizeof(int32_t)));
  }
  return std::max(bytes, scratchPiece(outer.planeBytes()) + scratchPiece(outer.quadBytes()) +
                             scratchPiece(outer.gradientElements() * sizeof(int32_t)) + scratchPiece(outer.rowBytes()));
}

uint64_t BlockProducts::bytes() const {
  return forwardPanels.size() + transposedPanels.size() +
         (forwardStart.size() + transposedStart.size()) * sizeof(int32_t);
}

void BlockProducts::setWeights(const int8_t *newWeights, bool wantsTransposed) {
  weights = newWeights;
  if (!shape->inBytes)
    return;
  // Rows of the first and the last channel that the block lacks have weights of 0.
  std::vector<int8_t> spread;
  const LinearBlock &whole = shape->whole;
  if (whole.rows() != shape->block.rows()) {
    spread.resize(whole.weights());
    for (int64_t neuron = 0; neuron < whole.neurons; ++neuron)
      std::copy_n(weights + neuron * shape->block.rows(), shape->block.rows(),
                  &spread[neuron * whole.rows() + shape->cutRows]);
  }
  const auto pack = [&](const ByteConvolution &product, std::vector<int8_t> &panels, std::vector<int32_t> &start) {
    panels.resize(product.panelBytes());
    start.resize(paddedLanes(product.lanes()));
    product.pack(spread.empty() ? weights : spread.data(), 0, product.blocks(), panels.data());
    product.fillStart(panels.data(), nullptr, /*isSigned=*/true, 0, product.blocks(), start.data());
  };
  pack(shape->forward, forwardPanels, forwardStart);
  if (wantsTransposed)
    pack(shape->transposed, transposedPanels, transposedStart);
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// One sample's planes as a channel-last image, whose padding stands there already.
static void fillImage(const ByteImages &layout, const uint8_t *planes, uint8_t *pixels, uint8_t *image) {
  const int64_t plane = layout.planeHeight * layout.planeWidth, rowBytes = layout.planeWidth * layout.channels;
  if (layout.height == layout.planeHeight && layout.width == layout.planeWidth)
    return transposeBytes(planes, plane, layout.channels, plane, image, layout.channels, signedOffset);
  transposeBytes(planes, plane, layout.channels, plane, pixels, layout.channels, signedOffset);
  for (int64_t y = 0; y < layout.planeHeight; ++y, pixels += rowBytes) {
    if (layout.stepX == 1) {
      std::memcpy(image + layout.pixel(y, 0), pixels, rowBytes);
      continue;
    }
    for (int64_t x = 0; x < layout.planeWidth; ++x)
      std::memcpy(image + layout.pixel(y, x), pixels + x * layout.channels, layout.channels);
  }
}

/// Results of `count` positions from `first` on, counted through the samples, to planes of the output.
template <typename Sum>
static void storePlanes(const int32_t *results, int64_t stride, int64_t first, int64_t count, int64_t positions,
                        int64_t firstLane, int64_t lanes, BufferView output, int64_t firstSample) {
  for (int64_t done = 0; done < count;) {
    const int64_t sample = (first + done) / positions, at = (first + done) % positions;
    const int64_t run = std::min(positions - at, count - done);
    Sum *to = sampleOf<Sum>(output, firstSample + sample) + firstLane * positions + at;
    if constexpr (sizeof(Sum) == sizeof(int32_t))
      transposeWords(results + done * stride, stride, run, lanes, reinterpret_cast<int32_t *>(to), positions);
    else
      for (int64_t i = 0; i < run; ++i)
        for (int64_t lane = 0; lane < lanes; ++lane)
          to[lane * positions + i] = results[(done + i) * stride + lane];
    done += run;
  }
}

void BlockProducts::convolve(const ByteConvolution &product, const int8_t *panels, const int32_t *start,
                             BufferView input, BufferView output, int64_t samples, void *scratch) const {
  const ByteImages &layout = product.images();
  const int64_t group = shape->samplesOf(layout), plane = layout.planeHeight * layout.planeWidth * layout.channels;
  const int64_t strip = std::max(stripPositions, group * (product.positions() == 1));
  Scratch memory(scratch);
  auto *images = memory.take<uint8_t>(layout.bytes(group));
  auto *pixels = memory.take<uint8_t>(plane);
  auto *results = memory.take<int32_t>(strip * lanesPerBlock);
  std::memset(images, signedOffset, layout.bytes(std::min(group, samples)));
  for (int64_t first = 0; first < samples; first += group) {
    const int64_t count = std::min(group, samples - first);
    for (int64_t s = 0; s < count; ++s)
      fillImage(layout, sampleOf<const uint8_t>(input, first + s), pixels, images + s * layout.sampleBytes());
    for (int64_t block = 0; block < product.blocks(); ++block)
      for (int64_t position = 0; position < count * product.positions(); position += strip) {
        const int64_t run = std::min(strip, count * product.positions() - position), lanes = product.lanesOf(block);
        product.run(images, panels, start, 255 * shape->largestWeight, block, position, run, results);
        if (output.type == ElementType::Int32)
          storePlanes<int32_t>(results, paddedLanes(lanes), position, run, product.positions(), block * lanesPerBlock,
                               lanes, output, first);
        else
          storePlanes<int64_t>(results, paddedLanes(lanes), position, run, product.positions(), block * lanesPerBlock,
                               lanes, output, first);
      }
  }
}

/// Whether sums of as many products of bytes are formed in 32 bits: it is proved where the target has as many, and else only
/// known of few.
static bool fitsWord(int64_t terms, ElementType target) {
  return target == ElementType::Int32 || terms <= std::numeric_limits<int32_t>::max() / (128 * 128);
}

void BlockProducts::forward(BufferView input, BufferView output, int64_t samples, void *scratch) const {
  if (shape->inBytes && input.type == ElementType::Int8 && fitsWord(shape->whole.rows(), output.type))
    convolve(shape->forward, forwardPanels.data(), forwardStart.data(), input, output, samples, scratch);
  else
    forwardProduct(shape->block, input, weights, output, samples, scratch);
}

void BlockProducts::transposed(BufferView error, BufferView result, int64_t samples, void *scratch) const {
  if (shape->inBytes && error.type == ElementType::Int8 &&
      fitsWord(shape->block.neurons * shape->block.window(), result.type))
    convolve(shape->transposed, transposedPanels.data(), transposedStart.data(), error, result, samples, scratch);
  else
    transposedProduct(shape->block, error, weights, result, samples, scratch);
}

void BlockProducts::outer(BufferView error, BufferView input, void *gradient, ElementType gradientType, int64_t samples,
                          void *scratch) const {
  if (!shape->inBytes || error.type != ElementType::Int8 || input.type != ElementType::Int8 ||
      !fitsWord(samples * shape->block.positions(), gradientType))
    return outerProduct(shape->block, error, input, gradient, gradientType, samples, scratch);
  const ByteOuterProduct &product = shape->outer;
  Scratch memory(scratch);
  auto *planes = memory.take<uint8_t>(product.planeBytes());
  auto *quads = memory.take<int8_t>(product.quadBytes());
  auto *sums = memory.take<int32_t>(product.gradientElements());
  auto *rows = memory.take<uint8_t>(product.rowBytes());
  const int64_t firstRow = shape->cutRows, lastRow = firstRow + shape->block.rows();
  for (int64_t first = 0; first < samples; first += shape->outerSamples) {
    const int64_t count = std::min(shape->outerSamples, samples - first);
    product.fillPlanesFrom(sampleOf<const uint8_t>(input, first), input.sampleStride, count, planes);
    product.fillQuadsFrom(sampleOf<const uint8_t>(error, first), error.sampleStride, count, rows, quads);
    for (int64_t block = 0; block < product.blocks(); ++block)
      product.run(planes, quads, count, signedOffset, block, firstRow, lastRow,
                  sums + firstRow * product.gradientRow() + block * lanesPerBlock, product.gradientRow(),
                  /*accumulates=*/first > 0, nullptr);
  }
  product.addTo(sums, firstRow, lastRow, gradient, gradientType);
}
