//===- RunTrace.cpp - the golden model's arrays of a run ----------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Api/RunTrace.h"

namespace wage::rt {

void RunTrace::write(const std::string &name, const std::vector<int64_t> &shape, const std::vector<int64_t> &values) {
  if (problem.ok())
    problem = sink(name, shape, values);
}

void RunTrace::writeWeights(const Session &session, const char *name) {
  for (uint32_t i : session.info().trainedTensors)
    write(std::string(name) + "." + std::to_string(i), session.info().weightShapes[i], session.weights(i));
}

void RunTrace::writeStart(const Session &session) {
  for (uint32_t i = 0; i < session.info().weightTensors; ++i) {
    const std::vector<int32_t> &scales = session.info().scaleLog2[i];
    write("scale_log2." + std::to_string(i), {static_cast<int64_t>(scales.size())}, {scales.begin(), scales.end()});
  }
  writeWeights(session, "initial");
}

TraceSink RunTrace::sinkOfStep(uint64_t step) {
  return [this, step](const TraceTensor &tensor) {
    write("step" + std::to_string(step) + "." + tensor.name, tensor.shape, tensor.values);
  };
}

void RunTrace::addReport(const StepReport &report) {
  rows.insert(rows.end(), report.errorExponents.begin(), report.errorExponents.end());
  rows.insert(rows.end(), report.gradientExponents.begin(), report.gradientExponents.end());
  rows.push_back(report.wrong);
  ++rowCount;
}

void RunTrace::writeEnd(const Session &session, uint64_t logitCount, const std::vector<int64_t> &logits) {
  const int64_t columns = int64_t(session.info().errorQuantisers + session.info().trainedTensors.size()) + 1;
  write("exponents_and_wrong", {static_cast<int64_t>(rowCount), columns}, rows);
  writeWeights(session, "final");
  write("logits", {static_cast<int64_t>(logitCount), session.info().classes}, logits);
}

std::optional<ArrayDifference> differenceOf(const std::vector<int64_t> &left, const std::vector<int64_t> &right) {
  ArrayDifference found;
  for (size_t i = left.size(); i-- > 0;)
    if (left[i] != right[i])
      ++found.count, found.first = i;
  return found.count ? std::optional(found) : std::nullopt;
}

} // namespace wage::rt
