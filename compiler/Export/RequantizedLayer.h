//===- RequantizedLayer.h - what one QLinearConv can say -----------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_EXPORT_REQUANTIZEDLAYER_H
#define WAGE_COMPILER_EXPORT_REQUANTIZEDLAYER_H

#include "compiler/Analysis/BoundAnalysis.h"
#include "compiler/Export/KnownIntegers.h"
#include "dialects/integer/IR/IntegerOps.h"

#include "llvm/ADT/SmallVector.h"

#include <optional>

namespace wage {

/// What is kept as int8, the type that the layers and pools of runtimes take. -128 never occurs.
inline constexpr uint64_t largestByte = 127;
/// Up to here every integer is a float64.
inline constexpr uint64_t largestExactDouble = uint64_t(1) << 53;

/// A linear layer and all up to its rounding, which QLinearConv or QLinearMatMul computes exactly.
struct RequantizedLayer {
  mlir::Operation *layer = nullptr; ///< integer.conv2d or integer.matmul
  integer::ShiftClipOp shiftClip;
  /// What stands between: maxima and reshapes, in order. They may as well follow the rounding, which is monotone.
  llvm::SmallVector<mlir::Operation *> movements;
  /// Channel c becomes round((sum + bias[c]) * 2^exponents[c]); one exponent if all are equal.
  llvm::SmallVector<int32_t> exponents;
  std::vector<int64_t> bias; ///< empty if there is none
  bool hasRelu = false;
  llvm::SmallVector<mlir::Operation *> absorbed; ///< every op but the shift_clip
};

/// Returns the layer that `op` rounds, if nothing else uses what stands between and float32, in which ONNX requantises, is
/// proved to round it as `op` does.
///
/// Source: docs/rationale/export.md.
std::optional<RequantizedLayer> matchRequantizedLayer(integer::ShiftClipOp op, const BoundAnalysis &bounds,
                                                      const KnownIntegers &known);

} // namespace wage

#endif // WAGE_COMPILER_EXPORT_REQUANTIZEDLAYER_H
