//===- InferenceOutput.h - the files that infer writes ---------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGERUN_INFERENCEOUTPUT_H
#define WAGE_TOOLS_WAGERUN_INFERENCEOUTPUT_H

#include "runtime/Api/wage_runtime.h"
#include "tools/wage-run/Arguments.h"

namespace wage::run {

/// Gathers what --logits and --outputs ask for, and writes it when the run is done.
class InferenceOutput {
public:
  /// Errors: a file cannot be written; the binary knows no real output; memory cannot hold the results of `samples`.
  static Expected<InferenceOutput> prepare(const Arguments &arguments, const rt::ProgramInfo &info, uint64_t samples);

  bool isWanted() const { return !logitsPath.empty() || !outputsPath.empty(); }
  /// Takes the logits of a batch. Errors: those of Session::realOutputs.
  Status take(const rt::Session &session, const std::vector<int64_t> &logits);
  /// Writes the files. Errors: they cannot be written.
  Status write(const rt::ProgramInfo &info, uint64_t samples) const;

private:
  std::string logitsPath, outputsPath;
  std::vector<int64_t> logits, indices;
  std::vector<float> reals;
};

} // namespace wage::run

#endif // WAGE_TOOLS_WAGERUN_INFERENCEOUTPUT_H
