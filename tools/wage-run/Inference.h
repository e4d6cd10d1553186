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

/// Takes the logits, [samples][classes], of one batch and the number of images done with it.
using LogitSink = std::function<void(const std::vector<int64_t> &logits, uint64_t imagesDone)>;

/// Runs the plan. `sink` may be null. Requires a data set that checkDataset() passed.
/// Errors: those of Session::infer.
rt::Status infer(rt::Session &session, const rt::Dataset &data, const InferencePlan &plan, const LogitSink &sink,
                 InferenceResult &result);

/// The lowest index of the largest of `classes` logits. Source: arithmetic.md section 5.
uint32_t predictedClass(const int64_t *logits, uint32_t classes);

} // namespace wage::run

#endif // WAGE_TOOLS_WAGERUN_INFERENCE_H
