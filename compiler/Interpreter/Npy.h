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

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>

namespace wage::interpreter {

/// An .npy file as it stands there.
struct NpyFile {
  std::unique_ptr<llvm::MemoryBuffer> buffer;
  std::vector<int64_t> shape;
  llvm::StringRef type;     ///< NumPy's name of it: `<f4`, `|u1`, ...
  llvm::StringRef elements; ///< row-major
};

/// Errors: the file cannot be read, is no .npy file, is in Fortran order, or has fewer or more bytes than its shape and type
///         need; the text names the file, found, and needed.
/// Source: NumPy, numpy.lib.format, "Format Version 1.0" to "3.0".
llvm::Expected<NpyFile> readNpyFile(llvm::StringRef path);

/// Writes a version 1.0 file, replacing what is there. Errors: the path cannot be written.
llvm::Error writeNpyFile(llvm::StringRef path, llvm::ArrayRef<int64_t> shape, llvm::StringRef type,
                         llvm::StringRef elements);

/// Reads an .npy file of integers of 1 to 8 bytes, little-endian, C order.
///
/// Errors: as for `readNpyFile`, or other elements.
llvm::Expected<Tensor> readNpy(llvm::StringRef path);

/// Writes the integers to `path` in the narrowest signed type that holds them, replacing what is there.
///
/// Errors: the path cannot be written. Source: as above, and compact() of the golden model.
llvm::Error writeNpy(llvm::StringRef path, const Tensor &tensor);

} // namespace wage::interpreter

#endif // WAGE_COMPILER_INTERPRETER_NPY_H
