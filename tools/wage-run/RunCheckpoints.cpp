//===- RunCheckpoints.cpp - the checkpoints of one training run --- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/RunCheckpoints.h"

#include <cstdio>
#include <zlib.h>

namespace wage::run {

namespace {

std::string hexText(uint32_t crc) {
  char text[16];
  std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(crc));
  return text;
}

template <typename T> std::string crcText(const std::vector<T> &values) {
  const auto *bytes = reinterpret_cast<const Bytef *>(values.data());
  return hexText(static_cast<uint32_t>(crc32_z(0, bytes, values.size() * sizeof(T))));
}

} // namespace

std::vector<rt::RunSetting> settingsOf(const rt::Session &session, const TrainingPlan &plan, const rt::Dataset &data) {
  const rt::ProgramIdentity identity = session.identity();
  std::vector<rt::RunSetting> settings = {{"binary with CRC-32", hexText(identity.program)},
                                          {"initial weights with CRC-32", hexText(identity.weights)},
                                          {"--batch", std::to_string(plan.batch)},
                                          {"--seed", std::to_string(plan.seed)},
                                          {"--shuffle", plan.shuffleSeed ? std::to_string(*plan.shuffleSeed) : "none"},
                                          {"learning rates", plan.rates.text()},
                                          {"number of images", std::to_string(data.count)},
                                          {"images with CRC-32", crcText(data.pixels)},
                                          {"labels with CRC-32", crcText(data.labels)}};
  // Not mentioned without one, so that runs of the time before there was any go on.
  if (plan.augmentation.any())
    settings.push_back({"--augment", plan.augmentation.text()});
  return settings;
}

Expected<RunCheckpoints> RunCheckpoints::open(const std::string &path, bool resume, rt::Session &session,
                                              TrainingPlan &plan, const rt::Dataset &data,
                                              std::vector<std::string> &notes) {
  Expected<rt::CheckpointFolder> folder = rt::CheckpointFolder::open(path);
  if (!folder)
    return folder.status();
  RunCheckpoints checkpoints(std::move(*folder), settingsOf(session, plan, data));
  if (resume) {
    if (Status status = checkpoints.resume(session, plan, notes); !status.ok())
      return status;
    return checkpoints;
  }
  Expected<std::vector<uint64_t>> steps = checkpoints.folder.steps();
  if (!steps)
    return steps.status();
  if (!steps->empty())
    return Status::error("'" + path + "': holds a checkpoint of step " + std::to_string(steps->back()) +
                         ", a new run needs a folder without; --resume goes on from it");
  return checkpoints;
}

Status RunCheckpoints::resume(rt::Session &session, TrainingPlan &plan, std::vector<std::string> &notes) const {
  Expected<std::optional<rt::Checkpoint>> newest = folder.newest(notes);
  if (!newest)
    return newest.status();
  if (!*newest) {
    notes.push_back("no checkpoint to resume from, starting from the beginning");
    return Status();
  }
  const rt::Checkpoint &checkpoint = **newest;
  const std::string where = "'" + file(checkpoint.step) + "': ";
  if (Status status = rt::checkSettings(checkpoint, settings); !status.ok())
    return Status::error(where + status.text());
  if (checkpoint.step > plan.steps)
    return Status::error(where + "holds step " + std::to_string(checkpoint.step) + ", this run ends with step " +
                         std::to_string(plan.steps));
  if (Status status = session.restoreWeights(checkpoint.images); !status.ok())
    return Status::error(where + status.text());
  plan.firstStep = checkpoint.step;
  notes.push_back("resuming after step " + std::to_string(checkpoint.step) + " of " + std::to_string(plan.steps));
  // A run that has nothing left to do writes no checkpoint, which else removes them.
  return folder.removeOlder(checkpoint.step);
}

Status RunCheckpoints::save(const rt::Session &session, uint64_t step) const {
  return folder.write({step, settings, session.weightImages()});
}

} // namespace wage::run
