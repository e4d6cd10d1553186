//===- BlockProducts.h - products of a block that keeps its weights ----*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// The products of LinearProducts.h for a block whose weights change once per step: where activations and errors have 8 bits, it
// keeps them packed and brings the planes of a few samples into channel-last order, for the kernels of ByteProducts.h. Any other
// operand goes the way of LinearProducts.h.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_BLOCKPRODUCTS_H
#define WAGE_RUNTIME_KERNELS_BLOCKPRODUCTS_H

#include "runtime/Kernels/ByteProducts.h"

#include <memory>

namespace wage::rt {

/// What blocks of one shape share.
struct BlockShape {
  /// Of a block, weights of at most `largestWeight` in magnitude and `samples` samples at a time at most.
  BlockShape(const LinearBlock &block, int largestWeight, int64_t samples);
  /// Bytes of scratch memory that any product needs.
  size_t scratchBytes() const;

  LinearBlock block;
  int largestWeight;
  int64_t samples;
  bool inBytes = false; ///< whether byte operands are taken
  /// The block with whole channels: rows that it lacks have weights of 0. And how many of them stand before its own.
  LinearBlock whole;
  int64_t cutRows = 0;
  ByteConvolution forward, transposed;
  ByteOuterProduct outer; ///< of `outerSamples` samples
  int64_t outerSamples = 1;

private:
  int64_t samplesOf(const ByteImages &images) const;
  friend class BlockProducts;
};

/// The three products of one block.
class BlockProducts {
public:
  BlockProducts() = default;
  explicit BlockProducts(std::shared_ptr<const BlockShape> shape) : shape(std::move(shape)) {}

  /// Takes over weights [neurons][rowsPerNeuron], which must stay where they are. Of products that are not wanted nothing is
  /// packed.
  void setWeights(const int8_t *weights, bool wantsTransposed);

  uint64_t bytes() const;

  /// As the functions of LinearProducts.h.
  void forward(BufferView input, BufferView output, int64_t samples, void *scratch) const;
  void transposed(BufferView error, BufferView result, int64_t samples, void *scratch) const;
  void outer(BufferView error, BufferView input, void *gradient, ElementType gradientType, int64_t samples,
             void *scratch) const;

private:
  void convolve(const ByteConvolution &product, const int8_t *panels, const int32_t *start, BufferView input,
                BufferView output, int64_t samples, void *scratch) const;

  std::shared_ptr<const BlockShape> shape;
  const int8_t *weights = nullptr;
  std::vector<int8_t> forwardPanels, transposedPanels;
  std::vector<int32_t> forwardStart, transposedStart;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_BLOCKPRODUCTS_H
