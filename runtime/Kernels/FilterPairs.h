//===- FilterPairs.h - convolutions by minimal filtering ---------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Private to runtime and its tests. Two results of a filter of three taps take four products instead of six (Winograd,
// "Arithmetic Complexity of Computations", 1980; Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016):
//
//     2 y0 = (d0 - d2) 2 g0 + (d1 + d2) (g0 + g1 + g2) + (d2 - d1) (g0 - g1 + g2)
//     2 y1 = (d1 + d2) (g0 + g1 + g2) - (d2 - d1) (g0 - g1 + g2) - (d1 - d3) 2 g2
//
// Activations behind a Relu have 7 bits and weights few, so that all sums and differences have 8, and the division by two is
// exact: the same integers for two thirds of the work. Errors have their sign in 8 bits, and would not fit.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_FILTERPAIRS_H
#define WAGE_RUNTIME_KERNELS_FILTERPAIRS_H

#include "runtime/Kernels/ByteProducts.h"

namespace wage::rt {

/// The forward product of a convolution whose kernel is three wide, by pairs of results along a row. The four factors of a
/// pair that the activations make are its kinds.
class FilterPairs {
public:
  static constexpr int kinds = 4;

  FilterPairs() = default;
  FilterPairs(const LinearBlock &layer, int weightBits);

  /// Whether a layer can be computed so, and gains by it: its activations are unsigned, below 128; its weights have `weightBits`,
  /// its biases are at most `largestBias` in magnitude.
  static bool takes(const LinearBlock &layer, int weightBits, int64_t largestBias);

  size_t panelBytes() const { return size_t(kinds * paddedLanes(neurons) * words() * 4); }
  size_t startElements() const { return size_t(kinds * paddedLanes(neurons)); }
  /// Of a sample's factors, and of what is computed before results are: for `rows` rows of results.
  size_t factorBytes() const { return size_t(kinds * kindBytes() + byteSlack); }
  size_t scratchElements(int64_t rows) const { return size_t(kinds * rows * pairs * lanesPerBlock); }

  /// Packs the weights [neurons][rows] of the lanes of blocks [firstBlock, lastBlock), and what their sums start from: `bias`
  /// (null: none) by lane, and less what the offset of signed factors adds.
  void pack(const int8_t *weights, const int64_t *bias, int64_t firstBlock, int64_t lastBlock, int8_t *panels,
            int32_t *start) const;

  /// Makes the factors of one sample of inputImages(layer).
  void makeFactors(const uint8_t *image, uint8_t *factors) const;

  /// results[position][lane] of rows [firstRow, firstRow + rows) of a sample, as ByteConvolution::run gives them.
  void run(const uint8_t *factors, const int8_t *panels, const int32_t *start, int64_t block, int64_t firstRow,
           int64_t rows, int32_t *scratch, int32_t *results) const;

private:
  int64_t words() const { return kernelHeight * source.channels / 4; } ///< of a kind
  int64_t rowBytes() const { return pairs * source.channels; }
  int64_t kindBytes() const { return source.height * rowBytes(); }
  int64_t lanesOf(int64_t block) const { return std::min(lanesPerBlock, neurons - block * lanesPerBlock); }
  int64_t panelOffset(int64_t block, int kind) const {
    return kinds * block * lanesPerBlock * words() * 4 + kind * paddedLanes(lanesOf(block)) * words() * 4;
  }

  ByteImages source;
  int64_t neurons = 0, outWidth = 1, pairs = 1, kernelHeight = 1, strideY = 1;
  int largestProduct = 0;
  std::vector<int64_t> runOffsets;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_FILTERPAIRS_H
