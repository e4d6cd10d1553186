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

#include "mlir/IR/BuiltinAttributes.h"

namespace wage {

/// Windows over the dimensions of space as the attributes of Conv and the pools describe them, before the image is known.
/// Lists have one number per dimension, `pads` first all in front, then all behind.
struct Window {
  llvm::SmallVector<int64_t> kernel; ///< empty if the node gives none
  llvm::SmallVector<int64_t> strides, pads, dilations;
  llvm::StringRef autoPad; ///< NOTSET, SAME_UPPER, SAME_LOWER or VALID
  bool ceilMode = false;   ///< of a pool

  /// The dilations as an attribute; null if all are 1.
  mlir::DenseI64ArrayAttr getDilationsAttr(mlir::MLIRContext *context) const;
};

/// Reads kernel_shape, strides, pads, auto_pad, dilations and ceil_mode of `node` over `space` dimensions (0: as many as the
/// attributes say), and reports what is not supported.
///
/// Errors: lists of a wrong length, numbers out of range; all reported.
Window readWindow(NodeReader &node, size_t space, bool isPool);

/// The pads that `window`, with its kernel known, has on images of shape `images`: explicit, whatever auto_pad says.
///
/// Source: ONNX operator specification, Conv, attribute auto_pad.
llvm::SmallVector<int64_t> resolvePads(const Window &window, llvm::ArrayRef<int64_t> images);

/// How much ceil_mode adds behind each dimension of `images` padded by `pads`: what the last window sticks out. A window that
/// would begin behind the image is none.
///
/// Source: ONNX operator specification, AveragePool as of opset 19.
llvm::SmallVector<int64_t> resolveOverhang(const Window &window, llvm::ArrayRef<int64_t> pads,
                                           llvm::ArrayRef<int64_t> images);

} // namespace wage

#endif // WAGE_COMPILER_IMPORT_WINDOWREADER_H
