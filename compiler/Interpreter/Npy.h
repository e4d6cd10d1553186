//===- Npy.h - arrays in and out of the interpreter ----------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_INTERPRETER_NPY_H
#define WAGE_COMPILER_INTERPRETER_NPY_H

#include "compiler/Interpreter/Tensor.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace wage::interpreter {

/// Reads an .npy file of integers of 1 to 8 bytes, little-endian, C order.
///
/// Errors: the file cannot be read, or is another kind of .npy file; the text names the file, found, and needed.
/// Source: NumPy, numpy.lib.format, "Format Version 1.0" to "3.0".
llvm::Expected<Tensor> readNpy(llvm::StringRef path);

/// Writes the integers to `path` in the narrowest signed type that holds them, replacing what is there.
///
/// Errors: the path cannot be written. Source: as above, and compact() of the golden model.
llvm::Error writeNpy(llvm::StringRef path, const Tensor &tensor);

} // namespace wage::interpreter

#endif // WAGE_COMPILER_INTERPRETER_NPY_H
