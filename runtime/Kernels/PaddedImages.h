//===- PaddedImages.h - samples as zero-padded int16 planes ------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Private to runtime/Kernels. A few samples at a time are copied into planes that carry their padding, so that every read of
// a convolution is a read of an element that exists.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_PADDEDIMAGES_H
#define WAGE_RUNTIME_KERNELS_PADDEDIMAGES_H

#include "runtime/Kernels/LinearProducts.h"

namespace wage::rt {

/// Planes of `height` by `width`, in which element (y, x) of a source plane stands at (originY + y * stepY,
/// originX + x * stepX), if that is on the plane; zeros elsewhere.
struct PaddedImages {
  int64_t channels = 1, height = 1, width = 1;
  int64_t sourceHeight = 1, sourceWidth = 1;
  int64_t originY = 0, originX = 0, stepY = 1, stepX = 1;
  int64_t slack = 0; ///< zero elements behind the last sample, which reads may touch

  int64_t plane() const { return height * width; }
  int64_t elements() const { return channels * plane(); }
  size_t elementsOf(int64_t samples) const { return size_t(samples * elements() + slack); }
  size_t bytes(int64_t samples) const { return elementsOf(samples) * sizeof(int16_t); }

  /// Fills `images` with samples [firstSample, firstSample + samples) of `source`, Int8 or Int16.
  void fill(BufferView source, int64_t firstSample, int64_t samples, int16_t *images) const;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_PADDEDIMAGES_H
