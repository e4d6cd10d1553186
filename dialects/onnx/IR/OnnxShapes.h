//===- OnnxShapes.h - shapes of what the operations give --------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_ONNX_IR_ONNXSHAPES_H
#define WAGE_DIALECTS_ONNX_IR_ONNXSHAPES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>

namespace wage::onnxir {

/// Most elements that a tensor may have, or one sample of a value with a batch. What is larger fits no chip, and every
/// product of two such counts fits 64 bits.
constexpr int64_t maxElements = int64_t{1} << 31;

using Shape = llvm::SmallVector<int64_t>;

/// `[?, 3, 32, 32]`.
std::string printShape(llvm::ArrayRef<int64_t> shape);

/// Product of `dims`.
///
/// Units:  elements.
/// Errors: nothing if a dimension is negative or the product is above `maxElements`.
std::optional<int64_t> countElements(llvm::ArrayRef<int64_t> dims);

/// The same of a shape whose first dimension may be an open batch, which counts as 1.
std::optional<int64_t> countPerSample(llvm::ArrayRef<int64_t> shape);

/// Whether the first dimension of `shape` is the open batch.
bool hasOpenBatch(llvm::ArrayRef<int64_t> shape);

/// Number of positions of a window of `kernel` along a dimension of `size`: floor((size + pads - kernel) / stride) + 1.
///
/// Units:  elements; `padBegin` and `padEnd` are what is added before and after.
/// Errors: nothing if the window is larger than the padded dimension, or a number is out of range.
std::optional<int64_t> countWindows(int64_t size, int64_t kernel, int64_t stride, int64_t padBegin, int64_t padEnd);

/// Elements from the first to the last of a window, the `dilation` - 1 left out between two of them included.
///
/// Errors: `maxElements` + 1, which no dimension holds, if the product is above.
int64_t dilatedKernel(int64_t kernel, int64_t dilation);

/// Whether a constant of shape `bias` adds one number per channel (dimension 1) to a value of shape `value`: [N] or [1, N]
/// on a matrix, [C, 1, 1] or [1, C, 1, 1] on images. The same rule as ONNX's broadcast, less the shapes that would add
/// along another dimension.
bool isPerChannel(llvm::ArrayRef<int64_t> bias, llvm::ArrayRef<int64_t> value);

/// Windows over the dimensions of space, all lists with one number per dimension but `pads`: first all in front, then all
/// behind. `dilations` may be empty, which is all 1.
struct WindowShape {
  llvm::ArrayRef<int64_t> kernel, strides, pads, dilations;
  int64_t getDilation(size_t i) const { return dilations.empty() ? 1 : dilations[i]; }
};

// What the operations of the same name give. Errors: a text that says what does not fit; also when the result would have more
// than `maxElements` elements per sample.

llvm::Expected<Shape> inferWindows(llvm::ArrayRef<int64_t> images, int64_t channels, const WindowShape &window);
llvm::Expected<Shape> inferBroadcast(llvm::ArrayRef<int64_t> lhs, llvm::ArrayRef<int64_t> rhs);
llvm::Expected<Shape> inferMatMul(llvm::ArrayRef<int64_t> lhs, llvm::ArrayRef<int64_t> rhs);
llvm::Expected<Shape> inferTranspose(llvm::ArrayRef<int64_t> input, llvm::ArrayRef<int64_t> permutation);
llvm::Expected<Shape> inferConcat(llvm::ArrayRef<Shape> inputs, int64_t axis);
llvm::Expected<Shape> inferPad(llvm::ArrayRef<int64_t> input, llvm::ArrayRef<int64_t> before,
                               llvm::ArrayRef<int64_t> after);
llvm::Expected<Shape> inferReduction(llvm::ArrayRef<int64_t> input, llvm::ArrayRef<int64_t> axes, bool keepDims);

} // namespace wage::onnxir

#endif // WAGE_DIALECTS_ONNX_IR_ONNXSHAPES_H
