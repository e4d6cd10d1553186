//===- ForwardFactors.h - factors on their way to the layers behind --*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_FLOATTRANSFORMS_FORWARDFACTORS_H
#define WAGE_COMPILER_FLOATTRANSFORMS_FORWARDFACTORS_H

#include "compiler/FloatTransforms/Layers.h"

namespace wage::onnxir {

/// What a product or sum on the way from a value to `input` becomes on the way to `op`'s result: nothing if `op` does not
/// hand it on. `kind` says whether the factors multiply or are added; `operand` which operand of `op` bears them.
std::optional<FloatTensor> handOn(mlir::Operation *op, unsigned operand, BinaryKind kind, const FloatTensor &factors);

/// Moves the factors of `op`, `onnx.binary mul` or `add` with a constant, into all layers behind it.
///
/// Errors: failure, and nothing changed, if some use of the value does not lead to a layer that takes them.
llvm::LogicalResult foldForward(BinaryOp op, const FloatTensor &factors, Constants &constants,
                                mlir::PatternRewriter &rewriter);

} // namespace wage::onnxir

#endif // WAGE_COMPILER_FLOATTRANSFORMS_FORWARDFACTORS_H
