//===- TraceWriter.h - the golden model's arrays, one .npy file each -----*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGERUN_TRACEWRITER_H
#define WAGE_TOOLS_WAGERUN_TRACEWRITER_H

#include "runtime/Api/wage_runtime.h"
#include "runtime/Support/Status.h"

#include <cstdint>
#include <string>
#include <vector>

namespace wage::run {

/// Writes the arrays of one training run under the golden model's names (test/oracle/wage_oracle.py says what each
/// holds). After the first failure it writes nothing more; status() tells.
class TraceWriter {
public:
  /// Makes the folder where it does not exist. `steps` are those whose tensors are wanted.
  /// Errors: the folder cannot be made or written.
  static rt::Expected<TraceWriter> create(const std::string &folder, std::vector<uint64_t> steps);

  /// scale_log2.I and initial.I. Before the first step.
  void writeStart(const rt::Session &session);

  bool wants(uint64_t step) const;

  /// What to hand to the training step: writes each tensor of step `step`. The writer must outlive it.
  rt::TraceSink sinkOfStep(uint64_t step);

  /// Remembers the row of exponents_and_wrong that the step adds.
  void addReport(const rt::StepReport &report);

  /// exponents_and_wrong, final.I and logits ([count][classes]). After the last step.
  void writeEnd(const rt::Session &session, uint64_t logitCount, const std::vector<int64_t> &logits);

  const rt::Status &status() const { return problem; }

private:
  void write(const std::string &name, const std::vector<int64_t> &shape, const std::vector<int64_t> &values);
  void writeWeights(const rt::Session &session, const char *name);

  std::string folder;
  std::vector<uint64_t> steps;
  std::vector<int64_t> rows; ///< of exponents_and_wrong, one after another
  uint64_t rowCount = 0;
  rt::Status problem;
};

} // namespace wage::run

#endif // WAGE_TOOLS_WAGERUN_TRACEWRITER_H
