//===- RunCheckpoints.h - the checkpoints of one training run ----- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGERUN_RUNCHECKPOINTS_H
#define WAGE_TOOLS_WAGERUN_RUNCHECKPOINTS_H

#include "runtime/Checkpoint/CheckpointFolder.h"
#include "tools/wage-run/Arguments.h"
#include "tools/wage-run/Training.h"

namespace wage::run {

/// What the bits of a run depend on: binary, batch, seed, order, augmentation, learning rates, data. Engine and threads are not
/// among them, nor is the number of steps, so that a finished run can be made longer. `session` is as it was opened.
std::vector<rt::RunSetting> settingsOf(const rt::Session &session, const TrainingPlan &plan, const rt::Dataset &data);

/// Writes a run's checkpoints, and finds the one to go on from.
class RunCheckpoints {
public:
  /// Without `resume` the folder must hold no checkpoint yet: those of another run are not overwritten.
  /// With it, `session` gets the newest whole checkpoint's weights and `plan` its first step; with none there, both stay.
  /// What happened is told in `notes`, a line each.
  ///
  /// Errors: those of the folder; a checkpoint of another run, or of a later step than the plan's last.
  static Expected<RunCheckpoints> open(const std::string &folder, bool resume, rt::Session &session, TrainingPlan &plan,
                                       const rt::Dataset &data, std::vector<std::string> &notes);

  /// Writes the state after `step` steps. Errors: it cannot be written.
  Status save(const rt::Session &session, uint64_t step) const;

  std::string file(uint64_t step) const { return folder.file(step); }

private:
  RunCheckpoints(rt::CheckpointFolder folder, std::vector<rt::RunSetting> settings)
      : folder(std::move(folder)), settings(std::move(settings)) {}
  Status resume(rt::Session &session, TrainingPlan &plan, std::vector<std::string> &notes) const;

  rt::CheckpointFolder folder;
  std::vector<rt::RunSetting> settings;
};

} // namespace wage::run

#endif // WAGE_TOOLS_WAGERUN_RUNCHECKPOINTS_H
