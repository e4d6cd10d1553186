//===- LinearProducts.cpp - the three products of a linear layer ----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Each product becomes matrix products over strided operands (Gemm.h). A block that is a plain matrix (one position that
// sees the whole plane) is one of them, over its buffers as they are. A convolution takes a group of samples at a time as
// padded images; its transposed product is the convolution of the error, spread out by the strides and padded by the
// kernel, with the kernel turned by half a turn. Groups are products of their own over one set of padded images; where each
// has but one neuron, a tile of the matrix product would be nearly empty, and plain sums take its place (GroupedSums.h).
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/LinearProducts.h"

#include "runtime/Kernels/ElementAccess.h"
#include "runtime/Kernels/Gemm.h"
#include "runtime/Kernels/GroupedSums.h"
#include "runtime/Kernels/PaddedImages.h"
#include "runtime/Kernels/ReferenceProducts.h"
#include "runtime/Kernels/Scratch.h"

#include <algorithm>
#include <cassert>
#include <cstring>

using namespace wage::rt;

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

static int64_t channelsOf(const LinearBlock &block) { return block.channelEnd() - block.channelBegin(); }

/// Rows of the first channel that stand before the block: it may begin inside a channel.
static int64_t cutRows(const LinearBlock &block) { return block.rowBegin - block.channelBegin() * block.window(); }

/// Whether the block is a matrix product of whole planes: its row k reads element cutRows + k of the input buffer.
static bool isMatrix(const LinearBlock &block) {
  return block.positions() == 1 && block.padTop == 0 && block.padLeft == 0 && block.kernelHeight == block.height &&
         block.kernelWidth == block.width && block.windowHeight() == block.height && block.windowWidth() == block.width;
}

/// The input with its padding. Elements that no window reads are left out.
static PaddedImages inputImages(const LinearBlock &block) {
  PaddedImages images;
  images.channels = channelsOf(block);
  images.height = int64_t(block.outHeight - 1) * block.strideY + block.windowHeight();
  images.width = int64_t(block.outWidth - 1) * block.strideX + block.windowWidth();
  images.sourceHeight = block.height;
  images.sourceWidth = block.width;
  images.originY = block.padTop;
  images.originX = block.padLeft;
  images.slack = block.strideX; // an odd output row is read one position further
  return images;
}

/// The error as the outer product reads it: rows of even length, so that pairs of positions never part. Where rows are so
/// already, no image is made.
static PaddedImages errorRows(const LinearBlock &block) {
  PaddedImages images;
  images.channels = block.outWidth % 2 ? block.neurons : 0;
  images.height = images.sourceHeight = block.outHeight;
  images.sourceWidth = block.outWidth;
  images.width = (block.outWidth + 1) / 2 * 2;
  return images;
}

/// The error as the transposed product reads it: spread out by the strides, padded by the kernel.
static PaddedImages spreadError(const LinearBlock &block) {
  PaddedImages images;
  images.channels = block.neurons;
  images.height = int64_t(block.height) + block.kernelHeight - 1;
  images.width = int64_t(block.width) + block.kernelWidth - 1;
  images.sourceHeight = block.outHeight;
  images.sourceWidth = block.outWidth;
  images.originY = block.kernelHeight - 1 - block.padTop;
  images.originX = block.kernelWidth - 1 - block.padLeft;
  images.stepY = block.strideY;
  images.stepX = block.strideX;
  return images;
}

/// Samples that are taken together: enough positions that packing the weights is small beside using them, in images that
/// stay in a second-level cache where they can.
static int64_t groupSamples(int64_t positions, size_t sampleBytes, int64_t samples) {
  const int64_t wanted = (1024 + positions - 1) / positions;
  const auto affordable = static_cast<int64_t>((size_t(1) << 20) / sampleBytes);
  return std::max<int64_t>(1, std::min({wanted, affordable, samples}));
}

/// Samples per group of each product.
static int64_t forwardGroup(const LinearBlock &block, int64_t samples) {
  return groupSamples(block.positions(), inputImages(block).bytes(1), samples);
}
static int64_t transposedGroup(const LinearBlock &block, int64_t samples) {
  return groupSamples(block.plane(), spreadError(block).bytes(1), samples);
}
static int64_t outerGroup(const LinearBlock &block, int64_t samples) {
  return groupSamples(block.positions(), inputImages(block).bytes(1) + errorRows(block).bytes(1), samples);
}

//===----------------------------------------------------------------------===//
// Scratch memory
//===----------------------------------------------------------------------===//

static size_t turnedWeightBytes(const LinearBlock &block) {
  return size_t(channelsOf(block) * block.neurons * block.window());
}

size_t wage::rt::linearScratchBytes(const LinearBlock &block, int64_t samples) {
  if (isMatrix(block))
    return scratchPiece(gemmScratchBytes());
  const size_t forward = scratchPiece(inputImages(block).bytes(forwardGroup(block, samples)));
  if (block.isForwardOnly())
    return scratchPiece(gemmScratchBytes()) + forward;
  const size_t transposed =
      scratchPiece(spreadError(block).bytes(transposedGroup(block, samples))) + scratchPiece(turnedWeightBytes(block));
  const int64_t group = outerGroup(block, samples);
  const size_t outer = scratchPiece(inputImages(block).bytes(group)) + scratchPiece(errorRows(block).bytes(group));
  return scratchPiece(gemmScratchBytes()) + std::max({forward, transposed, outer});
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// Output positions of a group: sample, row, column.
static Axis positionAxis(const LinearBlock &block, const PaddedImages &images, int64_t samples, int64_t rowLength) {
  return {samples * block.outHeight * rowLength,
          {block.outHeight, rowLength},
          {images.elements(), block.strideY * images.width, block.strideX}};
}

/// Matrix rows of one group of a block: channel, row and column of the kernel; the first channel may begin inside its
/// kernel.
static Axis rowAxis(const LinearBlock &block, const PaddedImages &images, int64_t group = 0) {
  return {block.rowsPerNeuron(),
          {block.kernelHeight, block.kernelWidth},
          {images.plane(), block.dilationY * images.width, block.dilationX},
          cutRows(block) + group * block.rowsPerNeuron()};
}

/// A matrix [lanes][depth] in a batch buffer or a weight block, depth contiguous; `transposed` swaps the two.
static GemmOperand matrix(const void *data, ElementType type, int64_t lanes, int64_t stride, int64_t depth) {
  return {data, type, type, evenAxis(lanes, stride), evenAxis(depth, 1)};
}
static GemmOperand transposed(const GemmOperand &operand) {
  return {operand.base, operand.type, operand.range, operand.depth, operand.lanes};
}

/// The view of a batch that begins `elements` elements later.
static BufferView from(BufferView view, int64_t elements) {
  view.data = static_cast<char *>(view.data) + elements * int64_t(hostBytes(view.type));
  return view;
}

static void clear(BufferView view, int64_t elements, int64_t samples) {
  for (int64_t sample = 0; sample < samples; ++sample)
    std::memset(from(view, sample * view.sampleStride).data, 0, size_t(elements) * hostBytes(view.type));
}

/// Planes of `plane` elements per row of the product, in samples from `first` on.
static GemmTarget planesTarget(BufferView view, int64_t first, int64_t samples, int64_t plane) {
  return {from(view, first * view.sampleStride).data,
          view.type,
          plane,
          {samples * plane, {1, plane}, {view.sampleStride, 0, 1}}};
}

//===----------------------------------------------------------------------===//
// The products
//===----------------------------------------------------------------------===//

/// The weights of one group: its neurons by its rows.
static GemmOperand weightRows(const LinearBlock &block, const int8_t *weights, int64_t group) {
  const int64_t neurons = block.neuronsPerGroup(), rows = block.rowsPerNeuron();
  return matrix(weights + group * neurons * rows, ElementType::Int8, neurons, rows, rows);
}

static void matrixForward(const LinearBlock &block, BufferView input, const int8_t *weights, BufferView output,
                          int64_t samples, void *scratch) {
  for (int64_t group = 0; group < block.groups; ++group) {
    const BufferView rows = from(input, cutRows(block) + group * block.rowsPerNeuron());
    const BufferView sums = from(output, group * block.neuronsPerGroup());
    gemm(matrix(rows.data, rows.type, samples, rows.sampleStride, block.rowsPerNeuron()),
         weightRows(block, weights, group),
         {sums.data, sums.type, sums.sampleStride, evenAxis(block.neuronsPerGroup(), 1)}, scratch);
  }
}

void wage::rt::forwardProduct(const LinearBlock &block, BufferView input, const int8_t *weights, BufferView output,
                              int64_t samples, void *scratch) {
  if (!gemmTakes(input.type, ElementType::Int8, output.type))
    return reference::forwardProduct(block, input, weights, output, samples);
  Scratch memory(scratch);
  void *const gemmMemory = memory.take<char>(gemmScratchBytes());
  if (isMatrix(block))
    return matrixForward(block, input, weights, output, samples, gemmMemory);
  const PaddedImages layout = inputImages(block);
  const int64_t together = forwardGroup(block, samples);
  auto *images = memory.take<int16_t>(layout.elementsOf(together));
  for (int64_t first = 0; first < samples; first += together) {
    const int64_t count = std::min(together, samples - first);
    layout.fill(input, first, count, images);
    if (takesGroupedSums(block))
      groupedSums(block, layout, images, weights, from(output, first * output.sampleStride), count);
    else
      for (int64_t group = 0; group < block.groups; ++group) {
        const GemmOperand columns = {images, ElementType::Int16, input.type,
                                     positionAxis(block, layout, count, block.outWidth), rowAxis(block, layout, group)};
        const BufferView planes = from(output, group * block.neuronsPerGroup() * block.positions());
        gemm(weightRows(block, weights, group), columns, planesTarget(planes, first, count, block.positions()),
             gemmMemory);
      }
  }
}

/// turned[c][n][tap] = weights[n][row of c and the opposite tap]; 0 for the rows of a cut channel that the block lacks.
static void turnWeights(const LinearBlock &block, const int8_t *weights, int8_t *turned) {
  const int64_t window = block.window();
  for (int64_t channel = block.channelBegin(); channel < block.channelEnd(); ++channel)
    for (int64_t neuron = 0; neuron < block.neurons; ++neuron)
      for (int64_t tap = window - 1; tap >= 0; --tap) {
        const int64_t row = channel * window + tap;
        const bool isHere = row >= block.rowBegin && row < block.rowEnd;
        *turned++ = isHere ? weights[neuron * block.rows() + row - block.rowBegin] : int8_t(0);
      }
}

void wage::rt::transposedProduct(const LinearBlock &block, BufferView error, const int8_t *weights, BufferView result,
                                 int64_t samples, void *scratch) {
  assert(!block.isForwardOnly());
  if (!gemmTakes(error.type, ElementType::Int8, result.type))
    return reference::transposedProduct(block, error, weights, result, samples);
  Scratch memory(scratch);
  void *const gemmMemory = memory.take<char>(gemmScratchBytes());
  if (isMatrix(block)) {
    if (block.rows() < channelsOf(block) * block.plane())
      clear(result, channelsOf(block) * block.plane(), samples);
    const BufferView rows = from(result, cutRows(block));
    return gemm(matrix(error.data, error.type, samples, error.sampleStride, block.neurons),
                transposed(matrix(weights, ElementType::Int8, block.neurons, block.rows(), block.rows())),
                {rows.data, rows.type, rows.sampleStride, evenAxis(block.rows(), 1)}, gemmMemory);
  }
  const PaddedImages layout = spreadError(block);
  const int64_t group = transposedGroup(block, samples), depth = block.neurons * block.window();
  auto *images = memory.take<int16_t>(layout.elementsOf(group));
  auto *turned = memory.take<int8_t>(turnedWeightBytes(block));
  turnWeights(block, weights, turned);
  for (int64_t first = 0; first < samples; first += group) {
    const int64_t count = std::min(group, samples - first);
    layout.fill(error, first, count, images);
    const Axis positions = {count * block.plane(), {block.height, block.width}, {layout.elements(), layout.width, 1}};
    const Axis taps = {depth, {block.kernelHeight, block.kernelWidth}, {layout.plane(), layout.width, 1}};
    gemm(matrix(turned, ElementType::Int8, channelsOf(block), depth, depth),
         {images, ElementType::Int16, error.type, positions, taps}, planesTarget(result, first, count, block.plane()),
         gemmMemory);
  }
}

/// The error of a group with neurons as lanes and positions as depth: where it lies, or made into rows of even length.
static GemmOperand errorColumns(const LinearBlock &block, const PaddedImages &layout, BufferView error, int64_t first,
                                int64_t samples, int16_t *images) {
  const int64_t plane = layout.plane();
  if (layout.channels == 0)
    return {from(error, first * error.sampleStride).data,
            error.type,
            error.type,
            evenAxis(block.neurons, plane),
            {samples * plane, {1, plane}, {error.sampleStride, 0, 1}}};
  layout.fill(error, first, samples, images);
  return {images,
          ElementType::Int16,
          error.type,
          evenAxis(block.neurons, plane),
          {samples * plane, {1, plane}, {layout.elements(), 0, 1}}};
}

void wage::rt::outerProduct(const LinearBlock &block, BufferView error, BufferView input, void *gradient,
                            ElementType gradientType, int64_t samples, void *scratch) {
  assert(!block.isForwardOnly());
  if (!gemmTakes(error.type, input.type, gradientType))
    return reference::outerProduct(block, error, input, gradient, gradientType, samples);
  const GemmTarget target = {gradient, gradientType, block.rows(), evenAxis(block.rows(), 1), /*accumulate=*/true};
  Scratch memory(scratch);
  void *const gemmMemory = memory.take<char>(gemmScratchBytes());
  if (isMatrix(block)) {
    const BufferView rows = from(input, cutRows(block));
    return gemm(transposed(matrix(error.data, error.type, samples, error.sampleStride, block.neurons)),
                transposed(matrix(rows.data, rows.type, samples, rows.sampleStride, block.rows())), target, gemmMemory);
  }
  const PaddedImages inputLayout = inputImages(block), errorLayout = errorRows(block);
  const int64_t group = outerGroup(block, samples);
  auto *images = memory.take<int16_t>(inputLayout.elementsOf(group));
  auto *errors = memory.take<int16_t>(errorLayout.elementsOf(group));
  for (int64_t first = 0; first < samples; first += group) {
    const int64_t count = std::min(group, samples - first);
    inputLayout.fill(input, first, count, images);
    gemm(errorColumns(block, errorLayout, error, first, count, errors),
         {images, ElementType::Int16, input.type, rowAxis(block, inputLayout),
          positionAxis(block, inputLayout, count, errorLayout.width)},
         target, gemmMemory);
  }
}
