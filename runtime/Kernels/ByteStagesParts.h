//===- ByteStagesParts.h - windows of sums, and bodies of stages -------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Private to runtime/Kernels.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_BYTESTAGESPARTS_H
#define WAGE_RUNTIME_KERNELS_BYTESTAGESPARTS_H

#include "runtime/Kernels/ByteStages.h"

#include <limits>
#include <type_traits>

namespace wage::rt {

/// One pixel's window: rows of sums and columns of them that lie on the plane.
struct Window {
  const int32_t *first; ///< the sums of its first element on the plane
  int64_t rowStride, pixelStride;
  int rows, columns;
  int firstPosition, rowPositions; ///< of that element, and from one row to the next
};

/// A row of windows.
struct WindowRow {
  const PoolWindow &pool;
  const int32_t *sums; ///< of the first row that windows have on the plane
  int rows, firstRow;  ///< rows that they have on the plane, and the first of them counted from the window's own
  int64_t lanes;       ///< from one pixel of sums to the next

  /// Row `y` of the windows, of sums that begin with row `first` of the plane.
  WindowRow(const PoolWindow &pool, const int32_t *firstSums, int64_t first, int64_t y, int64_t laneCount)
      : pool(pool), lanes(paddedLanes(laneCount)) {
    const auto top = static_cast<int>(y * pool.strideY - pool.padTop), begin = std::max(top, 0);
    sums = firstSums + (begin - first) * pool.width * lanes;
    rows = std::min(top + pool.kernelHeight, pool.height) - begin;
    firstRow = begin - top;
  }

  Window at(int64_t x) const {
    const auto left = static_cast<int>(x * pool.strideX - pool.padLeft), begin = std::max(left, 0);
    const int end = std::min(left + pool.kernelWidth, pool.width);
    return {
        sums + begin * lanes, pool.width * lanes, lanes, rows, end - begin, firstRow * pool.kernelWidth + begin - left,
        pool.kernelWidth};
  }
};

#if defined(__x86_64__)
/// Whether there is a shift, and sums as large as the clip takes, with half a step, fit 32 bits.
inline bool takesVectors(const ByteQuantizer &quantizer) {
  if (quantizer.shift <= 0 || quantizer.shift >= 31)
    return false;
  const int64_t half = int64_t(1) << (quantizer.shift - 1), beyond = largestInteger(quantizer.bits) + 1;
  return (beyond << quantizer.shift) + half <= std::numeric_limits<int32_t>::max();
}

/// How vectors round sums as roundShift does, for 0 < shift < 31: one more than the floor where the rest is above a threshold,
/// which is the half less the floor's last bit (ties to even), or, above zero, the half less one (ties away from zero).
struct RoundingNumbers {
  int32_t low; ///< of a sum: 0 with a Relu
  int32_t restMask, threshold;
  int lessShift; ///< a sum shifted by this, and masked, is what the threshold is less by
  int32_t lessMask, limit;

  explicit RoundingNumbers(const ByteQuantizer &quantizer) {
    const int32_t half = int32_t(1) << (quantizer.shift - 1);
    const bool toEven = quantizer.rounding == Rounding::HalfEven;
    low = quantizer.hasRelu ? 0 : std::numeric_limits<int32_t>::min();
    restMask = int32_t((uint32_t(1) << quantizer.shift) - 1);
    threshold = toEven ? half : half - 1;
    lessShift = toEven ? quantizer.shift : 31;
    lessMask = toEven ? 1 : -1;
    limit = static_cast<int32_t>(largestInteger(quantizer.bits));
  }
};

/// The sums that a gate lets pass.
struct GateRange {
  int32_t low, high;

  explicit GateRange(const ByteQuantizer &quantizer)
      : high(static_cast<int32_t>(std::min<int64_t>(quantizer.withinLimit, std::numeric_limits<int32_t>::max()))) {
    low = quantizer.hasRelu ? std::numeric_limits<int32_t>::min() : -high;
  }
};

/// Calls body(poolsSums, wantsGates) with constants of the quantizer's kind.
template <typename Body> void withKind(const ByteQuantizer &quantizer, bool wantsGates, Body &&body) {
  if (quantizer.poolsSums && wantsGates)
    body(std::true_type(), std::true_type());
  else if (quantizer.poolsSums)
    body(std::true_type(), std::false_type());
  else if (wantsGates)
    body(std::false_type(), std::true_type());
  else
    body(std::false_type(), std::false_type());
}

/// quantizeRow for a quantizer that takesVectors.
void quantizeRowAvx2(const ByteQuantizer &quantizer, const int32_t *sums, int64_t firstRow, int64_t y, int64_t lanes,
                     const QuantizedRow &to);
void quantizeRowAvx512(const ByteQuantizer &quantizer, const int32_t *sums, int64_t firstRow, int64_t y, int64_t lanes,
                       const QuantizedRow &to);
/// maskErrors.
uint32_t maskErrorsAvx512(const int32_t *sums, int64_t positions, int64_t lanes, const uint8_t *gates, int32_t *errors,
                          int64_t channels);
#endif

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_BYTESTAGESPARTS_H
