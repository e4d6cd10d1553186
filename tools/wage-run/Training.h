//===- Training.h - the training loop ------------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGERUN_TRAINING_H
#define WAGE_TOOLS_WAGERUN_TRAINING_H

#include "runtime/Api/wage_runtime.h"
#include "runtime/Data/Augmentation.h"
#include "runtime/Data/SampleOrder.h"
#include "tools/wage-run/Health.h"
#include "tools/wage-run/Inference.h"
#include "tools/wage-run/LearningRates.h"
#include "tools/wage-run/Profile.h"
#include "tools/wage-run/TraceWriter.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace wage::run {

/// What a run of training does.
struct TrainingPlan {
  uint64_t firstStep = 0;       ///< steps already done, whose weights the session has
  uint64_t steps = 0;           ///< the number that are done at the end, at least firstStep
  uint64_t checkpointEvery = 0; ///< saves after each step whose number this divides; 0: once, at the end
  uint32_t batch = 1;           ///< at most the binary's
  uint64_t seed = 0;
  std::optional<uint64_t> shuffleSeed; ///< none: file order
  rt::Augmentation augmentation;       ///< of training images, drawn by `seed`
  LearningRates rates;
  bool watchHealth = false; ///< the last step of each epoch is counted, see HealthMonitor
};

/// The samples of one step.
struct TrainingBatch {
  std::vector<uint32_t> indices; ///< in the data, in the order of the step
  std::vector<uint8_t> images;   ///< augmented
  std::vector<uint32_t> labels;

  /// Takes those of step `step`.
  void gather(const rt::Dataset &data, rt::SampleOrder &order, const TrainingPlan &plan, uint64_t step);
};

/// One epoch: the steps whose first sample is of it.
struct EpochResult {
  uint64_t epoch = 0;   ///< from 0
  bool resumed = false; ///< earlier steps of it are not counted here
  bool finished = false;
  uint64_t steps = 0, images = 0;
  uint64_t errors = 0; ///< wrong predictions during the steps, each before its update
  double seconds = 0;
  std::optional<InferenceResult> evaluation; ///< on the held-out set, after the epoch's last step
  std::vector<LayerHealth> health;           ///< by layer, in file order; empty if not watched or cut short
  std::vector<HealthWarning> warnings;       ///< what is new in this epoch
};

struct TrainingResult {
  uint64_t steps = 0, images = 0, errors = 0;
  bool interrupted = false; ///< stopped before the plan's last step
  double seconds = 0;
  rt::Counters counters;           ///< of the training steps alone
  std::vector<EpochResult> epochs; ///< those with at least one step, the last one perhaps not finished
};

/// What a caller may watch. Any may be empty.
struct TrainingEvents {
  std::function<void(uint64_t imagesDone, uint64_t errors)> onStep;
  /// As onStep, of the held-out images of one evaluation.
  std::function<void(uint64_t imagesDone, uint64_t images, uint64_t errors)> onEvaluation;
  std::function<void(const EpochResult &)> onEpoch;
  /// Saves the state after that many steps. Called before an evaluation, so that it cannot lose finished work.
  std::function<rt::Status(uint64_t stepsDone)> onCheckpoint;
  /// Asked after each step; true saves and ends the run there.
  std::function<bool()> wantsToStop;
  Profile *profile = nullptr;
};

/// Trains `session` on `data`, evaluating on `heldOut` (may be null) after each epoch and at the end, writing to `trace`
/// (may be null). Requires data sets that checkDataset() and checkAugmentation() passed, with labels.
/// Errors: those of the session, of the trace and of onCheckpoint.
rt::Status train(rt::Session &session, const rt::Dataset &data, const rt::Dataset *heldOut, const TrainingPlan &plan,
                 TraceWriter *trace, const TrainingEvents &events, TrainingResult &result);

} // namespace wage::run

#endif // WAGE_TOOLS_WAGERUN_TRAINING_H
