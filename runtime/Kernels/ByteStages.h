//===- ByteStages.h - what stands between two products of bytes --------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Forward, a strip of sums of a few rows of positions becomes activations while it is in the cache: pool, Relu, shift and clip,
// and of what the backward pass needs to know one byte per activation, its gate. Backward, the sums of a product become the
// unrounded error behind the clip's mask, and their maximum; and what was rounded becomes the images that the next products
// read, with the Relu's mask and the pool's position.
//
// A gate speaks of the activation that the pool took: a pool whose windows do not overlap sends its error nowhere else, so
// that masks in front of the pool and behind it are one.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_BYTESTAGES_H
#define WAGE_RUNTIME_KERNELS_BYTESTAGES_H

#include "runtime/Kernels/ByteProducts.h"
#include "runtime/Kernels/ElementwiseKernels.h"

namespace wage::rt {

/// A gate's bits: the clip let the value pass; it was above zero in front of the Relu (or there is none); where in its window
/// it stood.
constexpr int gateWithin = 128, gatePositive = 64, gatePosition = 63;

/// From sums to activations: Relu or none, then round_shift and clip, around a pool or with none.
struct ByteQuantizer {
  int shift = 0, bits = 8; ///< shift below 31
  Rounding rounding = Rounding::HalfEven;
  bool hasRelu = true;
  int64_t withinLimit = 0; ///< the gate's: magnitudes up to this pass
  bool poolsSums = false;  ///< the pool stands in front of the rounding; else behind it
  PoolWindow pool;         ///< its channels are not read; a window of one element: no pool
  int outputOffset() const { return hasRelu ? 0 : signedOffset; }
};

/// Whether gates can tell the position in this window.
bool fitsGate(const PoolWindow &pool);
/// Whether windows do not overlap.
bool isPartition(const PoolWindow &pool);

/// Where the activations and gates of one row go.
struct QuantizedRow {
  uint8_t *activations; ///< channel of the first lane of the row's first pixel
  int64_t pixelBytes;
  uint8_t *gates; ///< null: not wanted
  int64_t gatePixelBytes;
};

/// One row of activations: output row `y` of the pool (or of the sums) for `lanes` channels.
///
/// Shape:  sums [rows from firstRow on][pool.width][paddedLanes(lanes)], which hold all rows that the window reads; they are
///         those of the plane pool.height by pool.width.
/// Source: arithmetic.md sections 4 and 6.
void quantizeRow(const ByteQuantizer &quantizer, const int32_t *sums, int64_t firstRow, int64_t y, int64_t lanes,
                 const QuantizedRow &to);

/// Counts what quantizeRow rounds: zeros and values at the limit, of `positions` positions of sums.
void countQuantized(const ByteQuantizer &quantizer, const int32_t *sums, int64_t positions, int64_t lanes,
                    uint64_t &zero, uint64_t &atLimit);

/// errors[position][lane] = sums[position][lane] where the gate lets it pass, else 0; returns max|errors|.
///
/// Shape:  sums [positions][paddedLanes(lanes)]; errors and gates have rows of `channels`.
/// Source: arithmetic.md section 6.
uint32_t maskErrors(const int32_t *sums, int64_t positions, int64_t lanes, const uint8_t *gates, int32_t *errors,
                    int64_t channels);

/// Q_E: from unrounded errors to bytes.
struct ErrorRounding {
  int shift = 0, bits = 8;
  Rounding rounding = Rounding::HalfEven;
  bool hasGates = true; ///< else all pass, and there is no pool
  PoolWindow pool;      ///< a partition; of one element: none
};

/// Writes the rounded errors of one sample, plus 128, to the pixels of `image` that they belong to, and 128 to the other pixels
/// that a window of the pool covers.
///
/// Shape:  errors and gates [pool.outHeight * pool.outWidth][channels], channels being those of `layout`.
/// Source: arithmetic.md section 6.
void roundErrors(const ErrorRounding &rounding, const int32_t *errors, const uint8_t *gates, const ByteImages &layout,
                 uint8_t *image);

/// Counts what roundErrors rounds, before gates: values that are not zero, and those at the limit.
void countRounded(const ErrorRounding &rounding, const int32_t *errors, int64_t elements, uint64_t &nonZero,
                  uint64_t &atLimit);

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_BYTESTAGES_H
