//===- OnnxShapes.h - shapes of windows and of samples ----------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_ONNX_IR_ONNXSHAPES_H
#define WAGE_DIALECTS_ONNX_IR_ONNXSHAPES_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <optional>

namespace wage::onnxir {

/// Most elements that a tensor may have, or one sample of a value with a batch. What is larger fits no chip, and every
/// product of two such counts fits 64 bits.
constexpr int64_t maxElements = int64_t{1} << 31;

/// Product of `dims`.
///
/// Units:  elements.
/// Errors: nothing if a dimension is negative or the product is above `maxElements`.
std::optional<int64_t> countElements(llvm::ArrayRef<int64_t> dims);

/// Number of positions of a window of `kernel` along a dimension of `size`: floor((size + pads - kernel) / stride) + 1.
///
/// Units:  elements; `padBegin` and `padEnd` are what is added before and after.
/// Errors: nothing if the window is larger than the padded dimension, or a number is out of range.
std::optional<int64_t> countWindows(int64_t size, int64_t kernel, int64_t stride, int64_t padBegin, int64_t padEnd);

/// Whether a constant of shape `bias` adds one number per channel (dimension 1) to a value of shape `value`: [N] or [1, N]
/// on a matrix, [C, 1, 1] or [1, C, 1, 1] on images. The same rule as ONNX's broadcast, less the shapes that would add
/// along another dimension.
bool isPerChannel(llvm::ArrayRef<int64_t> bias, llvm::ArrayRef<int64_t> value);

} // namespace wage::onnxir

#endif // WAGE_DIALECTS_ONNX_IR_ONNXSHAPES_H
