//===- TensorOperations.h - the loops of the interpreter -----------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Every sum is written out over its own indices, in the order of the formula in arithmetic.md. None is fast, but for the
// rows of `convolve`, and none shares a line with the runtime's kernels.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_INTERPRETER_TENSOROPERATIONS_H
#define WAGE_COMPILER_INTERPRETER_TENSOROPERATIONS_H

#include "compiler/Interpreter/Tensor.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <optional>
#include <utility>

namespace wage::interpreter {

/// The windows of a convolution or a pool: extents [row, column], pads [top, left, bottom, right] as in ONNX. Of a pool
/// there are no dilations.
struct Windows {
  llvm::ArrayRef<int64_t> kernel, strides, pads, dilations = {};

  int64_t dilation(int axis) const { return dilations.empty() ? 1 : dilations[axis]; }
  /// Windows along axis 0 (rows) or 1 (columns) of `extent` elements.
  int64_t count(int axis, int64_t extent) const {
    const int64_t last = (kernel[axis] - 1) * dilation(axis);
    return (extent + pads[axis] + pads[axis + 2] - last - 1) / strides[axis] + 1;
  }
  /// The row or column that offset `offset` of window `window` reads; it may lie outside, in the padding.
  int64_t position(int axis, int64_t window, int64_t offset) const {
    return window * strides[axis] + offset * dilation(axis) - pads[axis];
  }
};

/// Cross-correlation: input [B, C, H, W], weights [N, C / groups, kh, kw] to [B, N, OH, OW]. How many groups there are
/// follows from the channels. Source: arithmetic.md section 4.
Tensor convolve(const Tensor &input, const Tensor &weights, const Windows &windows);

/// Error of a convolution's input: error [B, N, OH, OW], weights [N, C, kh, kw] to [B, C, height, width].
/// Source: section 6.
Tensor convolveTransposed(const Tensor &error, const Tensor &weights, const Windows &windows, int64_t height,
                          int64_t width);

/// Weight gradient of a convolution: error [B, N, OH, OW], input [B, C, H, W] to [N, C, kh, kw]. Source: section 6.
Tensor convolveOuter(const Tensor &error, const Tensor &input, const Windows &windows);

/// input [B, K] times weights [N, K], or [K, N] with `axonsFirst`, to [B, N]. Source: section 4.
Tensor multiply(const Tensor &input, const Tensor &weights, bool axonsFirst);

/// Error of a matrix product's input: error [B, N] to [B, K]. Source: section 6.
Tensor multiplyTransposed(const Tensor &error, const Tensor &weights, bool axonsFirst);

/// Weight gradient of a matrix product: error [B, N], input [B, K] to [N, K] or [K, N]. Source: section 6.
Tensor multiplyOuter(const Tensor &error, const Tensor &input, bool axonsFirst);

/// The maximum of each window, and the position i * kw + j of the first one. Source: section 4.
std::pair<Tensor, Tensor> maxPool(const Tensor &input, const Windows &windows);

/// Sends each error to the position that won; overlapping windows add. Source: section 6.
/// Errors: none where a position lies outside its window or in the padding, which maxPool never yields.
std::optional<Tensor> maxPoolScatter(const Tensor &error, const Tensor &positions, const Windows &windows,
                                     int64_t height, int64_t width);

/// The sum of each window, padding as zeros. Source: section 4.
Tensor sumPool(const Tensor &input, const Windows &windows);

/// Copies each error to every position of its window; overlapping windows add. Source: section 6.
Tensor sumPoolSpread(const Tensor &error, const Windows &windows, int64_t height, int64_t width);

/// result[b, c, ...] = table[input[b, c, ...]], or entry c * 256 + input[b, c, ...] of a table with 256 per channel.
Tensor lookUpBytes(const Tensor &bytes, llvm::ArrayRef<int64_t> table);

/// result[b, c, ...] = input[b, c, ...] * 2^shifts[c]. Source: sections 4 and 6.
Tensor alignChannels(const Tensor &input, llvm::ArrayRef<int32_t> shifts);

/// result[b, c, ...] = input[b, c, ...] + bias[c]. Source: section 3.
Tensor addBias(const Tensor &input, const Tensor &bias);

/// result[b, c, ...] = tables[T == 1 ? 0 : c, input[b, c, ...] + entries / 2]. Source: section 9.
/// Errors: none where an element has no entry.
std::optional<Tensor> lookUpActivations(const Tensor &input, const Tensor &tables);

/// lhs * rhs of each element. Errors: none where a product leaves 64 bits.
std::optional<Tensor> multiplyElements(const Tensor &lhs, const Tensor &rhs);

/// The tensors along dimension 1. Source: section 9.
Tensor concatenate(const std::vector<const Tensor *> &inputs);

/// Per sample, result[to[0] + sum i_d * to[d+1]] = input[from[0] + sum i_d * from[d+1]], all else 0; `shape` is the
/// result's.
Tensor rearrange(const Tensor &input, std::vector<int64_t> shape, llvm::ArrayRef<int64_t> sizes,
                 llvm::ArrayRef<int64_t> from, llvm::ArrayRef<int64_t> to);

/// result[b, c] = input[b, c] - (c == labels[b] ? 2^shift : 0); every label is a class. Source: section 5.
Tensor subtractOneHot(const Tensor &input, const Tensor &labels, int64_t shift);

/// The largest |element|; 0 for none. Source: section 1.
uint64_t largestMagnitude(const Tensor &input);

/// One random number per element of a tensor of `shape`. Source: section 8.
Tensor drawRandomBits(std::vector<int64_t> shape, uint32_t ordinal, uint64_t step, uint64_t seed, int64_t bits);

/// result[i] = function(input[i]), and result[i] = function(lhs[i], rhs[i]) for tensors of one shape.
Tensor map(const Tensor &input, llvm::function_ref<int64_t(int64_t)> function);
Tensor map(const Tensor &lhs, const Tensor &rhs, llvm::function_ref<int64_t(int64_t, int64_t)> function);

} // namespace wage::interpreter

#endif // WAGE_COMPILER_INTERPRETER_TENSOROPERATIONS_H
