//===- CompileOptions.h - what a user chooses when compiling -------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_PIPELINES_COMPILEOPTIONS_H
#define WAGE_COMPILER_PIPELINES_COMPILEOPTIONS_H

#include "compiler/Conversion/OnnxToWage/Passes.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace wage {

/// What holds where the user chooses nothing: the defaults of convert-onnx-to-wage.
inline constexpr ConvertOnnxToWageOptions networkDefaults{};

/// All choices of one compilation. What concerns the network is declared by convert-onnx-to-wage.
struct CompileOptions {
  ConvertOnnxToWageOptions network;
  std::string chip; ///< name of a listed chip, or path of a chip description
};

/// Reads the widths k_W-k_A-k_G-k_E[-k_R], as in `2-8-8-8` or `2-8-8-8-16`, into `network`.
///
/// Errors: another form, a width out of range, fewer gradient than weight bits; `network` is then unchanged.
/// Source: arithmetic.md section 1.
llvm::Error parseBits(llvm::StringRef text, ConvertOnnxToWageOptions &network);

/// Read `train` or `infer`, `half-even` or `half-away`, `model` or `wage` into `network`.
///
/// Errors: another word; `network` is then unchanged.
llvm::Error parseMode(llvm::StringRef text, ConvertOnnxToWageOptions &network);
llvm::Error parseRounding(llvm::StringRef text, ConvertOnnxToWageOptions &network);
llvm::Error parseInit(llvm::StringRef text, ConvertOnnxToWageOptions &network);

} // namespace wage

#endif // WAGE_COMPILER_PIPELINES_COMPILEOPTIONS_H
