//===- Parameters.h - initial weights and biases --------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_ONNXTOWAGE_PARAMETERS_H
#define WAGE_COMPILER_CONVERSION_ONNXTOWAGE_PARAMETERS_H

#include "compiler/Quantization/WeightScale.h"
#include "dialects/wage/IR/WageTypes.h"

#include "mlir/IR/BuiltinAttributes.h"

#include <optional>
#include <vector>

namespace wage {

/// Returns log2 alpha of the constant scaling layer: the largest e >= 0 with 9·fanIn / (gain·4^weightBits) >= 2^(2e-1),
/// else 0. Exact.
///
/// Errors: none. Requires fanIn and gain of 1 to 2^32, weightBits of 1 to 8, asserted.
/// Source: arithmetic.md section 3.
int alphaExponent(int64_t fanIn, int64_t gain, int weightBits);

/// Returns `x` rounded to the nearest integer, ties to even, whatever rounding mode the processor is in.
///
/// Errors: none. Requires |x| < 2^62.
int64_t roundHalfEven(double x);

/// Returns the elements of a float tensor, row-major.
///
/// Errors: nothing if `value` is not of float32 or its data is absent.
std::optional<std::vector<float>> readFloats(mlir::ElementsAttr value);

/// Bits of a layer's weights: k_W in use, k_G of the masters.
struct WeightWidths {
  int used, stored;
};

/// Returns each weight rounded to k_W bits, ties to even, on the k_G grid of master weights and clipped to their range;
/// k_W = 1: by sign, at the ends of the range.
///
/// Errors: none. Requires finite weights.
/// Source: arithmetic.md section 3.
std::vector<int16_t> roundToMasters(llvm::ArrayRef<float> weights, WeightWidths widths);

/// Returns round(w·2^(x_c + k_G - 1)) of each weight, ties to even, clipped to the range of master weights; channel c is that of
/// element i = c·fanIn + k, or i = k·channels + c with `axonsFirst`; channels are the entries of `scaleLog2`.
///
/// Errors: none. Requires finite weights.
/// Source: arithmetic.md section 3 (`--init=pretrained`).
std::vector<int16_t> scaleToMasters(llvm::ArrayRef<float> weights, llvm::ArrayRef<int32_t> scaleLog2, bool axonsFirst,
                                    WeightWidths widths);

/// Draws `count` master weights of weight tensor `ordinal` from a uniform distribution over ±max(L, L_min),
/// L = sqrt(gain / fanIn), and rounds them as roundToMasters does.
///
/// Source: arithmetic.md sections 3 and 8; the draw is stated in Passes.td.
std::vector<int16_t> drawMasters(int64_t count, int64_t fanIn, int64_t gain, uint32_t ordinal, uint64_t seed,
                                 WeightWidths widths);

/// Returns the weights in use, Q_W of each master.
std::vector<int8_t> quantizeMasters(llvm::ArrayRef<int16_t> masters, WeightWidths widths, Rounding rounding);

/// Returns `entries` as elements of `type`, of 8 or 16 bits.
mlir::DenseIntElementsAttr makeEntries(mlir::RankedTensorType type, llvm::ArrayRef<int16_t> entries);

/// Returns `integers` as a resource of a tensor of `shape`, named after `name`.
mlir::ElementsAttr makeResource(mlir::MLIRContext *context, llvm::ArrayRef<int64_t> shape, llvm::StringRef name,
                                llvm::ArrayRef<int8_t> integers);
mlir::ElementsAttr makeResource(mlir::MLIRContext *context, llvm::ArrayRef<int64_t> shape, llvm::StringRef name,
                                llvm::ArrayRef<int16_t> integers);
mlir::ElementsAttr makeResource(mlir::MLIRContext *context, llvm::ArrayRef<int64_t> shape, llvm::StringRef name,
                                llvm::ArrayRef<int64_t> integers);

} // namespace wage

#endif // WAGE_COMPILER_CONVERSION_ONNXTOWAGE_PARAMETERS_H
