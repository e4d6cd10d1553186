//===- Windows.h - windows over up to three dimensions of space -----*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_FLOATEVALUATOR_WINDOWS_H
#define WAGE_COMPILER_FLOATEVALUATOR_WINDOWS_H

#include "compiler/FloatEvaluator/FloatTensor.h"
#include "dialects/onnx/IR/OnnxShapes.h"

#include <array>

namespace wage::floats {

/// Windows with their dimensions of space filled up in front to depth, height and width.
struct Windows {
  std::array<int64_t, 3> size, kernel, strides, padBegin, padEnd, dilations, positions;

  /// Of images of shape `input` and results of shape `output`, both [batch, channels, space...].
  Windows(llvm::ArrayRef<int64_t> input, llvm::ArrayRef<int64_t> output, const onnxir::WindowShape &window) {
    size = kernel = strides = dilations = positions = {1, 1, 1};
    padBegin = padEnd = {0, 0, 0};
    const size_t space = input.size() - 2;
    for (size_t i = 0; i < space; ++i) {
      const size_t to = 3 - space + i;
      size[to] = input[i + 2];
      positions[to] = output[i + 2];
      kernel[to] = window.kernel[i];
      strides[to] = window.strides[i];
      padBegin[to] = window.pads[i];
      padEnd[to] = window.pads[i + space];
      dilations[to] = window.getDilation(i);
    }
  }
  /// Elements of one channel of the input, and positions of it in the result.
  int64_t getPlane() const { return size[0] * size[1] * size[2]; }
  int64_t getPositions() const { return positions[0] * positions[1] * positions[2]; }
  int64_t getTaps() const { return kernel[0] * kernel[1] * kernel[2]; }
  /// Where along dimension `d` tap `tap` of the window at `position` looks; may lie outside.
  int64_t at(int d, int64_t position, int64_t tap) const {
    return position * strides[d] - padBegin[d] + tap * dilations[d];
  }
  bool isInside(int d, int64_t index) const { return index >= 0 && index < size[d]; }
};

} // namespace wage::floats

#endif // WAGE_COMPILER_FLOATEVALUATOR_WINDOWS_H
