//===- Commands.h - the translations of wage-translate -------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGE_TRANSLATE_COMMANDS_H
#define WAGE_TOOLS_WAGE_TRANSLATE_COMMANDS_H

#include "compiler/Pipelines/CompileOptions.h"

#include "llvm/ADT/StringRef.h"

namespace wage {

/// What every tool of wage returns.
enum ExitStatus { exitDone = 0, exitInputWrong = 1, exitUsageWrong = 2 };

/// Prints `wage-translate: error: <text>` and returns `status`.
ExitStatus fail(ExitStatus status, const llvm::Twine &text);

/// Each command reads `input`, writes `output` (empty or `-`: standard output) and reports what is wrong.
ExitStatus importOnnxCommand(llvm::StringRef input, llvm::StringRef output);
/// `profile` names a file for the times of all passes, written whether or not the compilation succeeds; empty: none.
ExitStatus onnxToChipCommand(llvm::StringRef input, llvm::StringRef output, llvm::StringRef profile,
                             const CompileOptions &options);
/// Writes the integer inference graph as ONNX; of a network that is to be trained, as it is before the first step.
ExitStatus exportOnnxCommand(llvm::StringRef input, llvm::StringRef output, const CompileOptions &options);
ExitStatus integerToOnnxCommand(llvm::StringRef input, llvm::StringRef output);
/// Prints the fit report, and writes nothing else. Unsupported nodes are listed instead: on standard error, and for
/// programs in the JSON object.
ExitStatus checkCommand(llvm::StringRef input, const CompileOptions &options, bool asJson);
/// Evaluates the float network on `arrays`, a file per input of the graph; further outputs go to `output` with a number in it.
ExitStatus evaluateCommand(llvm::StringRef input, llvm::ArrayRef<std::string> arrays, llvm::StringRef output);
ExitStatus chipToBinaryCommand(llvm::StringRef input, llvm::StringRef output);
ExitStatus binaryToChipCommand(llvm::StringRef input, llvm::StringRef output);

/// What --chip-to-sanafe replays, and how much of it.
struct SanaFeChoices {
  std::string images;     ///< files of images, as of wage-run infer
  uint64_t sample = 0;    ///< which of them
  uint64_t edgeLimit = 0; ///< most synapses
};
/// Writes a binary, or a module of the chip level (.mlir), into `folder` as SANA-FE reads it: docs/sanafe.md.
ExitStatus chipToSanaFeCommand(llvm::StringRef input, llvm::StringRef folder, const SanaFeChoices &choices);

} // namespace wage

#endif // WAGE_TOOLS_WAGE_TRANSLATE_COMMANDS_H
