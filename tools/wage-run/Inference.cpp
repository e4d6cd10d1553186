//===- Inference.cpp - a whole data set through a session ----------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/Inference.h"

#include "tools/wage-run/Progress.h"

#include <algorithm>

namespace wage::run {

using rt::Status;

uint32_t predictedClass(const int64_t *logits, uint32_t classes) {
  return static_cast<uint32_t>(std::max_element(logits, logits + classes) - logits);
}

Status infer(const rt::Session &session, const BatchRunner &run, const std::vector<uint32_t> &labels,
             const InferencePlan &plan, const LogitSink &sink, InferenceResult &result) {
  const uint32_t classes = session.info().classes;
  std::vector<int64_t> logits;
  for (uint64_t first = 0; first < plan.images; first += plan.batch) {
    const auto count = static_cast<uint32_t>(std::min<uint64_t>(plan.batch, plan.images - first));
    const Stopwatch watch;
    if (Status status = run(first, count, logits); !status.ok())
      return status;
    result.seconds += watch.seconds();
    result.images += count;
    if (!labels.empty())
      for (uint32_t i = 0; i < count; ++i)
        result.errors += predictedClass(logits.data() + size_t(i) * classes, classes) != labels[first + i];
    if (Status status = sink ? sink(logits, result.images) : Status(); !status.ok())
      return status;
    if (result.images < plan.images && plan.wantsToStop && plan.wantsToStop()) {
      result.interrupted = true;
      return Status();
    }
  }
  return Status();
}

Status infer(rt::Session &session, const rt::Dataset &data, const InferencePlan &plan, const LogitSink &sink,
             InferenceResult &result) {
  const BatchRunner run = [&](uint64_t first, uint32_t count, std::vector<int64_t> &logits) {
    return session.infer(data.image(first), count, logits);
  };
  return infer(session, run, data.labels, plan, sink, result);
}

} // namespace wage::run
