//===- Inference.h - a whole data set through a session ------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGERUN_INFERENCE_H
#define WAGE_TOOLS_WAGERUN_INFERENCE_H

#include "runtime/Api/wage_runtime.h"
#include "runtime/Data/Dataset.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace wage::run {

/// The first `images` images of a data set, in file order, in batches; the last one may be smaller.
struct InferencePlan {
  uint64_t images = 0;
  uint32_t batch = 1;                ///< at most the binary's
  std::function<bool()> wantsToStop; ///< asked after each batch; may be empty
};

struct InferenceResult {
  uint64_t images = 0;
  uint64_t errors = 0; ///< of the images that have a label
  double seconds = 0;
  bool interrupted = false; ///< stopped before the plan's last image
};

/// Takes the logits, [samples][classes], of one batch and the number of images done with it. Its error ends the run.
using LogitSink = std::function<rt::Status(const std::vector<int64_t> &logits, uint64_t imagesDone)>;

/// Infers samples [first, first + count) of what the network is fed with.
using BatchRunner = std::function<rt::Status(uint64_t first, uint32_t count, std::vector<int64_t> &logits)>;

/// Runs the plan on `session`'s network by `run`. `sink` may be null; `labels` has one per sample, or is empty.
/// Errors: those of `run`.
rt::Status infer(const rt::Session &session, const BatchRunner &run, const std::vector<uint32_t> &labels,
                 const InferencePlan &plan, const LogitSink &sink, InferenceResult &result);

/// The same for a data set that checkDataset() passed. Errors: those of Session::infer.
rt::Status infer(rt::Session &session, const rt::Dataset &data, const InferencePlan &plan, const LogitSink &sink,
                 InferenceResult &result);

/// The lowest index of the largest of `classes` logits. Source: arithmetic.md section 5.
uint32_t predictedClass(const int64_t *logits, uint32_t classes);

} // namespace wage::run

#endif // WAGE_TOOLS_WAGERUN_INFERENCE_H
