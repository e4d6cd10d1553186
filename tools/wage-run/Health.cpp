//===- Health.cpp - whether a training still learns ------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/Health.h"

#include <algorithm>
#include <cstdio>

namespace wage::run {

namespace {

std::string percentText(uint64_t part, uint64_t whole) {
  if (whole == 0)
    return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.2f %%", 100 * double(part) / double(whole));
  return text;
}

bool reaches(uint64_t part, uint64_t whole, uint64_t percent) {
  return whole > 0 && double(part) >= double(percent) / 100 * double(whole);
}

bool allZero(const rt::ValueCounts &values) { return values.total > 0 && values.zero == values.total; }

std::string endText(uint32_t bits) { return "+-" + std::to_string((1 << (bits - 1)) - 1); }

} // namespace

HealthMonitor::HealthMonitor(const rt::Session &session)
    : weightBits(session.info().weightBits), activationBits(session.info().activationBits),
      errorBits(session.info().errorBits) {
  for (const rt::LayerCounts &layer : session.weightCounts())
    weightsBefore.push_back(layer.weightsCrc);
}

std::vector<LayerHealth> HealthMonitor::observe(const rt::Session &session,
                                                const std::vector<rt::LayerCounts> &lastStep) {
  std::vector<LayerHealth> result;
  for (rt::LayerCounts &counts : session.weightCounts()) {
    const size_t i = result.size();
    if (i < lastStep.size()) {
      counts.activations = lastStep[i].activations;
      counts.errors = lastStep[i].errors;
    }
    const bool changed = counts.weightsCrc != weightsBefore[i];
    weightsBefore[i] = counts.weightsCrc;
    result.push_back({std::move(counts), changed});
  }
  return result;
}

/// Of several signs of a dead layer the first cause is told.
void HealthMonitor::judgeLayer(const LayerHealth &layer, std::vector<HealthWarning> &found) const {
  const rt::LayerCounts &c = layer.counts;
  auto warn = [&](const char *kind, const std::string &text) { found.push_back({kind, 0, c.layer, text}); };
  if (allZero(c.weights))
    warn("dead-weights",
         "all weights in use are 0, so that it passes nothing on; try other first weights (--init=wage) or "
         "a larger --init-gain when compiling");
  else if (allZero(c.activations))
    warn("dead-activations",
         "all activations are 0, so that no layer behind it sees the image; try a smaller --lr-log2, "
         "or a larger --init-gain when compiling");
  else if (allZero(c.errors) && !c.frozen)
    warn("dead-errors", "all errors are 0, so that it cannot learn; look at the layers behind it first, then try a "
                        "smaller --lr-log2, or more error bits (--bits) when "
                        "compiling");
  else if (!layer.weightsChanged && !c.frozen)
    warn("frozen-weights", "no weight has changed over the epoch, so that it does not learn; try a larger --lr-log2");
  if (activationBits >= fewestClippedBits && reaches(c.activations.largest, c.activations.total, clippedPercent))
    warn("clipped-activations", percentText(c.activations.largest, c.activations.total) +
                                    " of the activations are clipped at " + endText(activationBits) +
                                    ", so that differences between them are lost; try a smaller "
                                    "--lr-log2, or a smaller --init-gain when compiling");
  if (errorBits >= fewestClippedBits && reaches(c.errors.largest, c.errors.total, clippedPercent))
    warn("clipped-errors", percentText(c.errors.largest, c.errors.total) + " of the errors are clipped at " +
                               endText(errorBits) +
                               ", so that only their signs are left; try a larger --batch, or more "
                               "error bits (--bits) when compiling");
  if (weightBits >= 2 && !c.frozen && reaches(c.weights.largest, c.weights.total, largestPercent))
    warn("largest-weights", percentText(c.weights.largest, c.weights.total) +
                                " of the weights stand at an end of their "
                                "range, so that they can move one way only; try a smaller --lr-log2");
}

void HealthMonitor::judgeLoss(uint64_t epoch, uint64_t wrong, uint64_t images, std::vector<HealthWarning> &found) {
  if (images == 0)
    return;
  const double share = double(wrong) / double(images);
  ++epochsSinceBest;
  if (share < bestShare) {
    bestShare = share;
    bestEpoch = epoch;
    epochsSinceBest = 0;
  }
  if (bestShare > 0 && epochsSinceBest >= stalledEpochs) {
    char best[32];
    std::snprintf(best, sizeof best, "%.2f %%", 100 * bestShare);
    found.push_back(
        {"stalled-errors", 0, "",
         "the training errors have not fallen below the " + std::string(best) + " of epoch " +
             std::to_string(bestEpoch + 1) + " for " + std::to_string(stalledEpochs) +
             " epochs, so that it no longer learns; try a smaller --lr-log2 from here on, or a larger one if "
             "they never fell"});
  }
}

std::vector<HealthWarning> HealthMonitor::judge(const std::vector<LayerHealth> &layers, uint64_t epoch, bool finished,
                                                uint64_t wrong, uint64_t images) {
  std::vector<HealthWarning> found;
  for (const LayerHealth &layer : layers)
    judgeLayer(layer, found);
  if (finished)
    judgeLoss(epoch, wrong, images, found);
  std::vector<std::pair<std::string, std::string>> now;
  std::vector<HealthWarning> fresh;
  for (HealthWarning &warning : found) {
    now.emplace_back(warning.kind, warning.layer);
    if (std::find(present.begin(), present.end(), now.back()) != present.end())
      continue;
    warning.epoch = epoch;
    fresh.push_back(std::move(warning));
  }
  present = std::move(now);
  return fresh;
}

std::string healthTable(const std::vector<LayerHealth> &layers) {
  char line[256];
  std::snprintf(line, sizeof line, "  %-20s %10s %10s %10s %10s %10s %10s\n", "", "activ.", "activ.", "errors",
                "errors", "weights", "weights");
  std::string text = "layers:\n" + std::string(line);
  std::snprintf(line, sizeof line, "  %-20s %10s %10s %10s %10s %10s %10s\n", "name", "clipped", "zero", "clipped",
                "zero", "largest", "zero");
  text += line;
  for (const LayerHealth &layer : layers) {
    const rt::LayerCounts &c = layer.counts;
    text += "  " + rt::plainText(c.layer) + std::string(c.layer.size() < 20 ? 20 - c.layer.size() : 0, ' ');
    for (const rt::ValueCounts *values : {&c.activations, &c.errors, &c.weights}) {
      std::snprintf(line, sizeof line, " %10s %10s", percentText(values->largest, values->total).c_str(),
                    percentText(values->zero, values->total).c_str());
      text += line;
    }
    text += c.frozen ? " frozen\n" : "\n";
  }
  return text;
}

std::string warningText(const HealthWarning &warning) {
  return "epoch " + std::to_string(warning.epoch + 1) +
         (warning.layer.empty() ? "" : ", layer '" + rt::plainText(warning.layer) + "'") + ": " + warning.text;
}

} // namespace wage::run
