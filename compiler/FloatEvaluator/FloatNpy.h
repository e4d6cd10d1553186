//===- FloatNpy.h - arrays in and out of the float evaluator --------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_FLOATEVALUATOR_FLOATNPY_H
#define WAGE_COMPILER_FLOATEVALUATOR_FLOATNPY_H

#include "compiler/FloatEvaluator/FloatTensor.h"

#include "mlir/IR/Types.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace wage::floats {

/// Reads an .npy file of float16, float32, float64, integers or truth values.
///
/// Errors: the file cannot be read, or is another kind of .npy file, or holds an integer that float32 does not.
llvm::Expected<FloatTensor> readFloatNpy(llvm::StringRef path);

/// Writes `tensor` to `path` with the elements that `elementType` says: float32 (`<f4`), an integer or `|b1`.
///
/// Errors: the path cannot be written.
llvm::Error writeFloatNpy(llvm::StringRef path, const FloatTensor &tensor, mlir::Type elementType);

} // namespace wage::floats

#endif // WAGE_COMPILER_FLOATEVALUATOR_FLOATNPY_H
