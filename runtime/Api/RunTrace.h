//===- RunTrace.h - the golden model's arrays of a run --------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_API_RUNTRACE_H
#define WAGE_RUNTIME_API_RUNTRACE_H

#include "runtime/Api/wage_runtime.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace wage::rt {

/// Takes an array under the golden model's name (test/oracle/wage_oracle.py says what each holds). Its error ends the trace.
using ArraySink = std::function<Status(const std::string &name, const std::vector<int64_t> &shape,
                                       const std::vector<int64_t> &values)>;

/// Hands out the arrays of one training run. After the first failure it hands out nothing more; status() tells.
class RunTrace {
public:
  explicit RunTrace(ArraySink sink) : sink(std::move(sink)) {}

  /// scale_log2.I and initial.I. Before the first step.
  void writeStart(const Session &session);

  /// `name`.I of every weight tensor that trains.
  void writeWeights(const Session &session, const char *name);

  /// What to hand to the training step: takes each tensor of step `step`. The trace must outlive it.
  TraceSink sinkOfStep(uint64_t step);

  /// Remembers the row of exponents_and_wrong that the step adds.
  void addReport(const StepReport &report);

  /// exponents_and_wrong, final.I and logits ([count][classes]). After the last step.
  void writeEnd(const Session &session, uint64_t logitCount, const std::vector<int64_t> &logits);

  const Status &status() const { return problem; }

private:
  void write(const std::string &name, const std::vector<int64_t> &shape, const std::vector<int64_t> &values);

  ArraySink sink;
  std::vector<int64_t> rows; ///< of exponents_and_wrong, one after another
  uint64_t rowCount = 0;
  Status problem;
};

/// How many elements of two arrays differ, and the first that does.
struct ArrayDifference {
  size_t count = 0, first = 0;
};
/// Nothing of equal arrays. Requires that both are as long.
std::optional<ArrayDifference> differenceOf(const std::vector<int64_t> &left, const std::vector<int64_t> &right);

} // namespace wage::rt

#endif // WAGE_RUNTIME_API_RUNTRACE_H
