//===- LinearProducts.h - the three products of a linear layer --------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Forward, transposed and outer product of one block (a range of matrix rows and neurons) of a convolution or a matrix
// product; a whole layer is the block that spans everything. A matrix product is the 1x1 convolution of a 1x1 image.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_LINEARPRODUCTS_H
#define WAGE_RUNTIME_KERNELS_LINEARPRODUCTS_H

#include <cstddef>
#include <cstdint>

namespace wage::rt {

/// Element types of buffers. Masks are one byte per element in host memory, one bit on the chip.
enum class ElementType : uint8_t { Mask = 0, Int8 = 1, Int16 = 2, Int32 = 3, Int64 = 4 };

/// Bytes of one element in host memory.
constexpr size_t hostBytes(ElementType type) {
  return type == ElementType::Int64 ? 8 : type == ElementType::Int32 ? 4 : type == ElementType::Int16 ? 2 : 1;
}

/// A batch of equal slices: element e of sample s stands at data[s * sampleStride + e].
struct BufferView {
  void *data = nullptr;
  ElementType type = ElementType::Int8;
  int64_t sampleStride = 0; ///< elements
};

/// The block of a linear layer that one core holds.
///
/// The layer: input [channels, height, width], weights [N, K] with matrix row k = (c * kernelHeight + i) * kernelWidth + j,
/// output [N, outHeight, outWidth]. Row i and column j of the kernel stand dilationY and dilationX apart. The block: matrix
/// rows [rowBegin, rowEnd), its neurons numbered from 0. The block's input buffer holds only the channels its rows touch:
/// [channelBegin(), channelEnd()), each a whole plane.
///
/// In a layer of `groups` the matrix has blocks on its diagonal and nothing beside them: each group of rows is seen by its
/// own group of neurons. A block spans whole groups, and then all their rows and neurons, or lies within one (`groups` = 1).
/// Weights are stored without what is beside the diagonal: [neurons][rowsPerNeuron()].
struct LinearBlock {
  int32_t height = 1, width = 1; ///< input plane
  int32_t kernelHeight = 1, kernelWidth = 1;
  int32_t strideY = 1, strideX = 1;
  int32_t padTop = 0, padLeft = 0; ///< bottom and right follow from outHeight and outWidth
  int32_t outHeight = 1, outWidth = 1;
  int64_t rowBegin = 0, rowEnd = 0; ///< matrix rows of the layer
  int64_t neurons = 0;              ///< columns of the block
  int32_t dilationY = 1, dilationX = 1;
  int64_t groups = 1;

  int64_t rows() const { return rowEnd - rowBegin; }
  int64_t rowsPerNeuron() const { return rows() / groups; }
  int64_t neuronsPerGroup() const { return neurons / groups; }
  int64_t weights() const { return neurons * rowsPerNeuron(); }
  /// The rows that neurons [neuronBegin, neuronEnd) of a whole layer see: those of the groups that they belong to.
  int64_t firstRowOf(int64_t neuronBegin) const { return neuronBegin / neuronsPerGroup() * rowsPerNeuron(); }
  int64_t lastRowOf(int64_t neuronEnd) const {
    return (neuronEnd + neuronsPerGroup() - 1) / neuronsPerGroup() * rowsPerNeuron();
  }
  /// Whether rows [firstRow, lastRow) and neurons [neuronBegin, neuronEnd) of a whole layer are a block: not empty, and
  /// whole groups or within one.
  bool hasPart(int64_t firstRow, int64_t lastRow, int64_t neuronBegin, int64_t neuronEnd) const;
  /// That block.
  LinearBlock part(int64_t firstRow, int64_t lastRow, int64_t neuronBegin, int64_t neuronEnd) const;
  /// Whether only the forward product is defined: groups and dilations are not trained through.
  bool isForwardOnly() const { return groups != 1 || dilationY != 1 || dilationX != 1; }

  int64_t window() const { return int64_t(kernelHeight) * kernelWidth; }
  /// Rows and columns of the plane from the first to the last of a window.
  int64_t windowHeight() const { return int64_t(kernelHeight - 1) * dilationY + 1; }
  int64_t windowWidth() const { return int64_t(kernelWidth - 1) * dilationX + 1; }
  int64_t channelBegin() const { return rowBegin / window(); }
  int64_t channelEnd() const { return (rowEnd + window() - 1) / window(); }
  int64_t plane() const { return int64_t(height) * width; }
  int64_t positions() const { return int64_t(outHeight) * outWidth; }

  /// Calls visit(row of the block, output position) for each window that element `element` of the block's input, channels
  /// [channelBegin, channelEnd) of the plane, stands in.
  template <typename F> void forEachWindow(int64_t element, F visit) const;
};

template <typename F> void LinearBlock::forEachWindow(int64_t element, F visit) const {
  const int64_t channel = element / plane() + channelBegin(), pixel = element % plane();
  const int64_t y = pixel / width + padTop, x = pixel % width + padLeft;
  for (int64_t i = 0; i < kernelHeight; ++i) {
    const int64_t outY = y - i * dilationY;
    if (outY < 0 || outY % strideY != 0 || outY / strideY >= outHeight)
      continue;
    for (int64_t j = 0; j < kernelWidth; ++j) {
      const int64_t outX = x - j * dilationX, row = channel * window() + i * kernelWidth + j - rowBegin;
      if (outX >= 0 && outX % strideX == 0 && outX / strideX < outWidth && row >= 0 && row < rows())
        visit(row, outY / strideY * outWidth + outX / strideX);
    }
  }
}

inline bool LinearBlock::hasPart(int64_t firstRow, int64_t lastRow, int64_t neuronBegin, int64_t neuronEnd) const {
  if (firstRow < 0 || firstRow >= lastRow || lastRow > rowEnd || neuronBegin < 0 || neuronBegin >= neuronEnd ||
      neuronEnd > neurons)
    return false;
  const int64_t first = firstRowOf(neuronBegin), last = lastRowOf(neuronEnd);
  if (last - first == rowsPerNeuron())
    return firstRow >= first && lastRow <= last;
  return firstRow == first && lastRow == last && neuronBegin % neuronsPerGroup() == 0 &&
         neuronEnd % neuronsPerGroup() == 0;
}

inline LinearBlock LinearBlock::part(int64_t firstRow, int64_t lastRow, int64_t neuronBegin, int64_t neuronEnd) const {
  LinearBlock block = *this;
  block.rowBegin = firstRow;
  block.rowEnd = lastRow;
  block.neurons = neuronEnd - neuronBegin;
  block.groups = block.rows() < rowsPerNeuron() ? 1 : block.rows() / rowsPerNeuron();
  return block;
}

/// Bytes of scratch memory that any of the three products needs for `samples` samples of `block`.
size_t linearScratchBytes(const LinearBlock &block, int64_t samples);

/// output[s][n][p] = sum over rows k of weights[n][k] * input[s][position of k at p] (overwrites).
///
/// Shape:  `input` [samples][channelEnd - channelBegin][height][width], Int8 or Int16 (Int32 accepted, slowly);
///         `weights` int8 [neurons][rowsPerNeuron]; `output` [samples][neurons][positions], Int32 or Int64.
/// Errors: none. The compiler has proved that the output type holds every sum.
/// Source: arithmetic.md section 4.
void forwardProduct(const LinearBlock &block, BufferView input, const int8_t *weights, BufferView output,
                    int64_t samples, void *scratch);

/// result[s][c][y][x] = sum over all (n, p, k) that read (c, y, x) of error[s][n][p] * weights[n][k] (overwrites).
///
/// Shape:  `error` [samples][neurons][positions], Int8, Int16 or Int32; `result` [samples][channelEnd - channelBegin]
///         [height][width], Int32 or Int64.
/// Errors: none. Asserts a block without groups and dilations; the verifier refuses others.
/// Source: arithmetic.md section 6.
void transposedProduct(const LinearBlock &block, BufferView error, const int8_t *weights, BufferView result,
                       int64_t samples, void *scratch);

/// gradient[n][k] += sum over samples and positions of error[s][n][p] * input[s][position of k at p].
///
/// Shape:  `gradient` [neurons][rows], of type `gradientType` Int32 or Int64, accumulated into; others as above.
/// Errors: none. Asserts a block without groups and dilations; the verifier refuses others.
/// Source: arithmetic.md section 6.
void outerProduct(const LinearBlock &block, BufferView error, BufferView input, void *gradient,
                  ElementType gradientType, int64_t samples, void *scratch);

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_LINEARPRODUCTS_H
