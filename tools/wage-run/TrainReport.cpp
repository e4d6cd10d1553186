//===- TrainReport.cpp - what a training prints ----------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/TrainReport.h"

#include "tools/wage-run/Progress.h"
#include "tools/wage-run/StopSignal.h"

namespace wage::run {

namespace {

JsonObject countsJson(const rt::ValueCounts &counts) {
  JsonObject json;
  return json.add("total", counts.total).add("zero", counts.zero).add("largest", counts.largest);
}

std::vector<JsonObject> layersJson(const std::vector<LayerHealth> &layers) {
  std::vector<JsonObject> result;
  for (const LayerHealth &layer : layers) {
    JsonObject json;
    json.add("layer", layer.counts.layer).add("activations", countsJson(layer.counts.activations));
    json.add("errors", countsJson(layer.counts.errors)).add("weights", countsJson(layer.counts.weights));
    json.add("weights_changed", layer.weightsChanged);
    if (layer.counts.frozen)
      json.add("frozen", true);
    result.push_back(json);
  }
  return result;
}

JsonObject epochJson(const EpochResult &epoch) {
  JsonObject json;
  json.add("epoch", epoch.epoch + 1).add("steps", epoch.steps).add("images", epoch.images).add("errors", epoch.errors);
  if (epoch.evaluation)
    json.add("eval_images", epoch.evaluation->images).add("eval_errors", epoch.evaluation->errors);
  return json.add("health", layersJson(epoch.health));
}

std::vector<JsonObject> warningsJson(const TrainingResult &result) {
  std::vector<JsonObject> warnings;
  for (const EpochResult &epoch : result.epochs)
    for (const HealthWarning &warning : epoch.warnings) {
      JsonObject json;
      json.add("epoch", warning.epoch + 1).add("kind", warning.kind);
      if (warning.layer.empty())
        json.addNull("layer");
      else
        json.add("layer", warning.layer);
      warnings.push_back(json.add("text", warning.text));
    }
  return warnings;
}

} // namespace

void printEpoch(FILE *out, const EpochResult &epoch) {
  std::string line = "epoch " + std::to_string(epoch.epoch + 1) + (epoch.resumed ? " (resumed)" : "") +
                     (epoch.finished ? ": " : " (unfinished): ") + std::to_string(epoch.steps) +
                     " steps, training errors " + shareText(epoch.errors, epoch.images);
  if (epoch.evaluation)
    line += ", held-out errors " + shareText(epoch.evaluation->errors, epoch.evaluation->images);
  std::fprintf(out, "%s, %s\n", line.c_str(), rateText(epoch.images, epoch.seconds).c_str());
  std::fflush(out);
}

void printWarnings(const EpochResult &epoch) {
  for (const HealthWarning &warning : epoch.warnings)
    std::fprintf(stderr, "wage-run train: warning: %s\n", warningText(warning).c_str());
}

void printTrainingJson(const TrainingResult &result, const TrainingPlan &plan, rt::EngineKind engine) {
  JsonObject json;
  json.add("command", "train").add("engine", engineName(engine));
  json.add("images", result.images).add("errors", result.errors).add("steps", result.steps);
  json.add("first_step", plan.firstStep).add("augment", plan.augmentation.text());
  if (result.interrupted)
    json.add("interrupted", stopSignalName(stopSignal()));
  json.add("seconds", result.seconds);
  json.add("images_per_second", perSecond(result.images, result.seconds));
  addCounters(json, result.counters, engine);
  if (!result.epochs.empty() && result.epochs.back().evaluation) {
    const InferenceResult &last = *result.epochs.back().evaluation;
    json.add("eval_images", last.images).add("eval_errors", last.errors);
  }
  std::vector<JsonObject> epochs;
  for (const EpochResult &epoch : result.epochs)
    epochs.push_back(epochJson(epoch));
  json.add("epochs", epochs).add("warnings", warningsJson(result));
  std::printf("%s\n", json.text().c_str());
}

} // namespace wage::run
