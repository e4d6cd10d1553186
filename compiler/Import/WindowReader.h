//===- WindowReader.h - kernel, strides and padding of an ONNX node *- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_IMPORT_WINDOWREADER_H
#define WAGE_COMPILER_IMPORT_WINDOWREADER_H

#include "compiler/Import/NodeReader.h"

#include <array>
#include <optional>

namespace wage {

/// A window over the two image dimensions as the attributes of Conv and MaxPool describe it, before the image is known.
struct Window {
  llvm::SmallVector<int64_t> kernel;  ///< [h, w]; empty if the node gives none
  llvm::SmallVector<int64_t> strides; ///< [h, w]
  llvm::SmallVector<int64_t> pads;    ///< [top, left, bottom, right]
  llvm::StringRef autoPad;            ///< NOTSET, SAME_UPPER, SAME_LOWER or VALID
};

/// Reads kernel_shape, strides, pads, auto_pad and dilations of `node`, and reports what is not supported.
///
/// Errors: lists of a wrong length, numbers out of range, dilations other than 1; all reported.
Window readWindow(NodeReader &node);

/// The pads that `window`, with its kernel known, has on an image of `height` x `width`: explicit, whatever auto_pad says.
///
/// Source: ONNX operator specification, Conv, attribute auto_pad.
llvm::SmallVector<int64_t> resolvePads(const Window &window, int64_t height, int64_t width);

/// The shape of what `channels` windows per position give on `image` ([batch, C, H, W]).
///
/// Errors: nothing, reported, if the window is larger than the padded image or the result is too large.
std::optional<llvm::SmallVector<int64_t>> inferWindowedShape(NodeReader &node, const Window &window,
                                                             llvm::ArrayRef<int64_t> pads,
                                                             llvm::ArrayRef<int64_t> image, int64_t channels);

} // namespace wage

#endif // WAGE_COMPILER_IMPORT_WINDOWREADER_H
