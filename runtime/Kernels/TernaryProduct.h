//===- TernaryProduct.h - matrix products with weights of two bits -----*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Private to runtime and its tests. With few samples every weight is used a few times only, and a fully connected layer is as
// fast as memory is read. So weights of -1, 0 and 1 stand in two bits, as 0, 1 and 2; the sum of the activations, which that
// adds to each result, is subtracted again.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_TERNARYPRODUCT_H
#define WAGE_RUNTIME_KERNELS_TERNARYPRODUCT_H

#include "runtime/Kernels/ByteProducts.h"

namespace wage::rt {

/// The forward product of a layer that is a matrix product, by blocks of lanes.
class TernaryProduct {
public:
  static constexpr int64_t mostSamples = 4; ///< that are multiplied with a weight while it is unpacked

  TernaryProduct() = default;
  /// Of a layer whose window is its plane, in the order of ByteConvolution::forward.
  explicit TernaryProduct(const LinearBlock &layer);

  int64_t blocks() const { return (neurons + lanesPerBlock - 1) / lanesPerBlock; }
  int64_t lanesOf(int64_t block) const { return std::min(lanesPerBlock, neurons - block * lanesPerBlock); }
  size_t panelBytes() const { return size_t(blocks() * blockBytes()); }
  /// Of what is made of the activations of `samples` samples.
  size_t activationBytes(int64_t samples) const { return size_t(samples * groups() * groupDepths); }

  /// Packs weights [neurons][rows] of -1, 0 and 1 for blocks [firstBlock, lastBlock).
  void pack(const int8_t *weights, int64_t firstBlock, int64_t lastBlock, uint8_t *panels) const;

  /// Brings activations, stored plus `offset`, of `samples` samples into signed bytes, filled up with 0, and sums each up.
  void prepare(const uint8_t *images, int64_t samples, int offset, int8_t *activations, int32_t *sums) const;

  /// results[sample][lane] = bias[lane] (null: 0) + sum of activation times weight, in rows of lanesPerBlock.
  void run(const int8_t *activations, const int32_t *sums, const uint8_t *panels, const int64_t *bias, int64_t block,
           int64_t samples, int32_t *results) const;

private:
  static constexpr int64_t groupDepths = 16; ///< of a lane in one word of 32 bits
  int64_t groups() const { return (rows + groupDepths - 1) / groupDepths; }
  int64_t blockBytes() const { return groups() * lanesPerBlock * 4; }

  int64_t neurons = 0, rows = 0, window = 1, channels = 1;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_TERNARYPRODUCT_H
