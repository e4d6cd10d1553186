//===- CompileOptions.h - what a user chooses when compiling -------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_PIPELINES_COMPILEOPTIONS_H
#define WAGE_COMPILER_PIPELINES_COMPILEOPTIONS_H

#include "compiler/Conversion/IntegerToChip/Passes.h"
#include "compiler/Conversion/OnnxToWage/Passes.h"
#include "compiler/Quantization/Passes.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <string>

namespace wage {

/// What holds where the user chooses nothing: the defaults of convert-onnx-to-wage.
inline ConvertOnnxToWageOptions networkDefaults() { return {}; }

/// All choices of one compilation. What concerns the network is declared by convert-onnx-to-wage, what concerns the choice of
/// grids by onnx-calibrate, what concerns positions by chip-place.
struct CompileOptions {
  ConvertOnnxToWageOptions network;
  std::optional<OnnxCalibrateOptions> calibration; ///< none: every activation gets the unit grid
  std::string chip;                                ///< name of a listed chip, or path of a chip description
  chip::MappingOptions mapping;
  chip::ChipPlacePassOptions placement;
};

/// Reads the widths k_W-k_A-k_G-k_E[-k_R], as in `2-8-8-8` or `2-8-8-8-16`, into `network`. For a network that only infers,
/// k_W-k_A is enough: its weights are rounded once (k_G = k_W, or 2 for weights of one bit).
///
/// Errors: another form, a width out of range, fewer gradient than weight bits; `network` is then unchanged.
/// Source: arithmetic.md section 1.
llvm::Error parseBits(llvm::StringRef text, ConvertOnnxToWageOptions &network);

/// Read `train` or `infer`, `half-even` or `half-away`, `model`, `wage` or `pretrained` into `network`.
///
/// Errors: another word; `network` is then unchanged.
llvm::Error parseMode(llvm::StringRef text, ConvertOnnxToWageOptions &network);
llvm::Error parseRounding(llvm::StringRef text, ConvertOnnxToWageOptions &network);
llvm::Error parseInit(llvm::StringRef text, ConvertOnnxToWageOptions &network);

/// Reads `max`, `percentile` or `mse` into `calibration`. Errors: another word.
llvm::Error parseMethod(llvm::StringRef text, OnnxCalibrateOptions &calibration);

/// Reads `S` or `S,S,S`: what bytes are worth. Errors: what is no finite number.
llvm::Expected<llvm::SmallVector<double>> parseNumbers(llvm::StringRef text);

} // namespace wage

#endif // WAGE_COMPILER_PIPELINES_COMPILEOPTIONS_H
