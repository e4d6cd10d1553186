//===- ByteProducts.h - products of channel-last bytes -----------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// The three products of a linear layer whose activations and errors have 8 bits. Activations are channel-last unsigned bytes,
// so that a word of four is part of the depth of a convolution wherever its window stands: nothing like an im2col matrix is
// made. Signed values are stored plus 128; what that adds to a sum does not depend on the position, since padding is stored
// as 128 too, and so it stands with the bias in what the sums start from.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_BYTEPRODUCTS_H
#define WAGE_RUNTIME_KERNELS_BYTEPRODUCTS_H

#include "runtime/Kernels/LinearProducts.h"

#include <algorithm>
#include <vector>

namespace wage::rt {

/// What is added to a signed value that is stored as an unsigned byte.
constexpr int signedOffset = 128;

/// Bytes that may be read behind the last of images and planes: the rest of a word and of a run.
constexpr int64_t byteSlack = 64;

/// Lanes are taken in blocks of 64, the last as many vectors of 16 as are left. A tensor of sums by lanes has rows of this
/// many.
constexpr int64_t paddedLanes(int64_t lanes) { return (lanes + 15) / 16 * 16; }
constexpr int64_t lanesPerBlock = 64;

/// Channel-last images: channel c of pixel (y, x) of sample s stands at ((s * height + y) * width + x) * channels + c. Pixel
/// (y, x) of the plane that they hold stands at (originY + y * stepY, originX + x * stepX); all others are padding.
struct ByteImages {
  int64_t channels = 1, height = 1, width = 1;
  int64_t planeHeight = 1, planeWidth = 1;
  int64_t originY = 0, originX = 0, stepY = 1, stepX = 1;

  int64_t sampleBytes() const { return channels * height * width; }
  size_t bytes(int64_t samples) const { return size_t(samples * sampleBytes() + byteSlack); }
  /// Where channel 0 of pixel (y, x) of the plane stands in its sample.
  int64_t pixel(int64_t y, int64_t x) const { return ((originY + y * stepY) * width + originX + x * stepX) * channels; }
};

/// Whether the products of a layer are taken: without groups and dilations, pads smaller than the kernel.
bool takesByteProducts(const LinearBlock &layer);
/// Whether the forward product is: also of groups, if each has whole blocks of lanes.
bool takesByteForward(const LinearBlock &layer);

/// Whether the window is the whole plane and nothing else, so that the product is a matrix product of samples.
bool isMatrixProduct(const LinearBlock &layer);

/// The same layer with its input's rows in channel-last order: a matrix product of [channels][height][width] becomes the
/// convolution whose window is the whole plane.
LinearBlock overPlane(const LinearBlock &matrix, int64_t channels, int64_t height, int64_t width);

/// The images that the forward product of a layer reads, and those of its error that the transposed product reads.
ByteImages inputImages(const LinearBlock &layer);
ByteImages errorImages(const LinearBlock &layer);

/// A convolution of channel-last images with panels of weights: result[position][lane] = start[lane] + sum of products.
class ByteConvolution {
public:
  ByteConvolution() = default;
  /// The forward product, from inputImages to [outHeight * outWidth][neurons].
  static ByteConvolution forward(const LinearBlock &layer);
  /// The transposed product, from errorImages to [height * width][channels].
  static ByteConvolution transposed(const LinearBlock &layer);

  const ByteImages &images() const { return source; }
  int64_t lanes() const { return static_cast<int64_t>(laneIndex.size()); }
  int64_t positions() const { return outHeight * outWidth; } ///< of a sample
  int64_t blocks() const { return (lanes() + lanesPerBlock - 1) / lanesPerBlock; }
  int64_t lanesOf(int64_t block) const { return std::min(lanesPerBlock, lanes() - block * lanesPerBlock); }
  size_t panelBytes() const { return size_t(paddedLanes(lanes()) * words() * 4); }

  /// Packs the layer's weights [neurons][rows] into the panels of blocks [firstBlock, lastBlock).
  void pack(const int8_t *weights, int64_t firstBlock, int64_t lastBlock, int8_t *panels) const;
  /// sums[lane] = sum of the weights that lane multiplies, of the same blocks: what an offset of 1 in every byte adds.
  void sumWeights(const int8_t *panels, int64_t firstBlock, int64_t lastBlock, int32_t *sums) const;

  /// start[lane] = bias[lane] (null: 0), less what the offset of the bytes adds where they are signed, of the same blocks; padded
  /// lanes too, whose bias is 0.
  void fillStart(const int8_t *panels, const int64_t *bias, bool isSigned, int64_t firstBlock, int64_t lastBlock,
                 int32_t *start) const;

  /// Results of positions [first, first + count), counted through the samples, by the lanes of one block:
  /// results[position - first][lane], in rows of paddedLanes(lanesOf(block)). `start` has all lanes, padded.
  void run(const uint8_t *images, const int8_t *panels, const int32_t *start, int largestProduct, int64_t block,
           int64_t first, int64_t count, int32_t *results) const;

private:
  ByteConvolution(const ByteImages &source, int64_t outHeight, int64_t outWidth, int64_t strideY, int64_t strideX,
                  int64_t kernelHeight, int64_t kernelWidth);
  void setGroups(int64_t lanes, int64_t channels, int64_t kernelHeight, int64_t kernelWidth);
  int64_t words() const { return int64_t(runOffsets.size()) * runWords; }
  const int8_t *panelOf(const int8_t *panels, int64_t block) const {
    return panels + block * lanesPerBlock * words() * 4;
  }

  ByteImages source;
  int64_t outHeight = 1, outWidth = 1, strideY = 1, strideX = 1;
  std::vector<int64_t> runOffsets; ///< of each run of a window, bytes from the window's first
  int64_t runBytes = 0, runWords = 0;
  /// Lanes of a group, and bytes from what one group reads of a pixel to the next; 0: there is one group.
  int64_t groupLanes = 0, groupBytes = 0;
  /// Byte d of run r and lane l multiply weight depthIndex[r * runBytes + d] + laneIndex[l].
  std::vector<int64_t> depthIndex, laneIndex;
};

/// The outer product of a layer: gradient[k][lane n] = sum over samples and positions of error[n] * input[k].
///
/// The depth is the batch's positions, so that four of a row of the plane stand side by side: the input in planes by channel
/// ("planes"), the error in words of four positions by neuron ("quads").
class ByteOuterProduct {
public:
  ByteOuterProduct() = default;
  /// Of batches of at most `batch` samples. A matrix product's depth is the samples.
  ByteOuterProduct(const LinearBlock &layer, int64_t batch);

  size_t planeBytes() const; ///< of the batch
  size_t quadBytes() const;  ///< of the batch
  int64_t rows() const { return static_cast<int64_t>(rowOffsets.size()); }
  int64_t blocks() const { return (neurons + lanesPerBlock - 1) / lanesPerBlock; }
  int64_t gradientRow() const { return paddedLanes(neurons); }
  size_t gradientElements() const { return size_t(rows() * gradientRow()); }
  /// Samples whose planes and quads may be written apart from others' are a multiple of this: a matrix product's stand four
  /// to a word.
  int64_t samplesTogether() const { return isMatrix ? 4 : 1; }
  /// Words of four positions that a gradient of `samples` samples is summed over.
  int64_t depthWords(int64_t samples) const { return runsOf(samples) * wordsOf(samples); }
  /// Whether a tile of the gradient is computed faster than it is written to memory and read again.
  bool isShallow(int64_t samples) const { return depthWords(samples) <= 64; }
  int64_t lanesOf(int64_t block) const { return std::min(lanesPerBlock, neurons - block * lanesPerBlock); }

  /// Writes samples [first, first + count) of the planes from the `count` samples of `images`, padding included.
  void fillPlanes(const uint8_t *images, int64_t first, int64_t count, uint8_t *planes) const;
  /// Writes samples [first, first + count) of the quads from the errors, stored plus 128, of the `count` samples of `images`.
  /// What fills up a word is 0.
  void fillQuads(const ByteImages &layout, const uint8_t *images, int64_t first, int64_t count, int8_t *quads) const;

  /// The same for samples 0 ... count - 1 from planes of signed bytes, which stand `stride` apart by sample; `rows` is memory of
  /// rowBytes(). A matrix product over planes must be given as one of elements, planes of one pixel: its rows are theirs.
  void fillPlanesFrom(const uint8_t *input, int64_t stride, int64_t count, uint8_t *planes) const;
  void fillQuadsFrom(const uint8_t *error, int64_t stride, int64_t count, uint8_t *rows, int8_t *quads) const;
  size_t rowBytes() const {
    return isMatrix || outWidth % 4 == 0 ? 0 : size_t(lanesPerBlock * outHeight * quadsPerRow * 4);
  }

  /// sums[(k - firstRow) * stride + lane] = the gradient of rows k in [firstRow, lastRow), in the order of the layer's weights,
  /// and the lanes of one block, over `samples` samples; or with `accumulates` added to what stands there. `inputOffset` is 128
  /// where the input is signed. Rows and blocks may be shared out to threads. Raises `largest`, where it is given, to max|g|.
  void run(const uint8_t *planes, const int8_t *quads, int64_t samples, int inputOffset, int64_t block,
           int64_t firstRow, int64_t lastRow, int32_t *sums, int64_t stride, bool accumulates, uint32_t *largest) const;

  /// sums[neuron][row - firstRow] += gradient[row][neuron], Int32 or Int64.
  void addTo(const int32_t *gradient, int64_t firstRow, int64_t lastRow, void *sums, ElementType type) const;

private:
  int64_t runsOf(int64_t samples) const { return isMatrix ? 1 : samples * outHeight; }
  int64_t wordsOf(int64_t samples) const { return isMatrix ? (samples + 3) / 4 : quadsPerRow; }

  bool isMatrix = false;
  ByteImages source;
  int64_t neurons = 0, outHeight = 1, outWidth = 1, strideX = 1;
  int64_t batch = 0, batchQuads = 0; ///< samples, and words of their positions
  int64_t phaseWidth = 1;            ///< of the columns that one residue of strideX takes of a row
  int64_t quadsPerRow = 1;
  std::vector<int64_t> rowOffsets; ///< in the planes, by row of the gradient
  std::vector<int64_t> runOffsets; ///< in the planes, of the batch's rows of positions
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_BYTEPRODUCTS_H
