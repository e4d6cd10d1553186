//===- PixelValues.h - what the bytes of an image stand for ---- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_QUANTIZATION_PIXELVALUES_H
#define WAGE_COMPILER_QUANTIZATION_PIXELVALUES_H

#include "llvm/ADT/ArrayRef.h"

namespace wage {

/// What a byte stands for: p of channel c is p * scale[c] + offset[c]. Lists hold one number, or one per channel.
struct PixelValues {
  llvm::ArrayRef<double> scale, offset;

  /// Without a choice of the user: p / 127.5 - 1. Source: arithmetic.md section 2.
  bool isDefault() const { return scale.empty() && offset.empty(); }
  double getScale(int64_t channel) const {
    return isDefault() ? 1 / 127.5 : scale.empty() ? 1 : scale[scale.size() == 1 ? 0 : channel];
  }
  double getOffset(int64_t channel) const {
    return isDefault() ? -1 : offset.empty() ? 0 : offset[offset.size() == 1 ? 0 : channel];
  }
  /// Whether there are numbers for `channels` channels: one for all, or as many.
  bool fits(int64_t channels) const {
    auto good = [&](llvm::ArrayRef<double> list) {
      return list.size() <= 1 || static_cast<int64_t>(list.size()) == channels;
    };
    return good(scale) && good(offset);
  }
};

} // namespace wage

#endif // WAGE_COMPILER_QUANTIZATION_PIXELVALUES_H
