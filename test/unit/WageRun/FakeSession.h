//===- FakeSession.h - a session that records what is asked of it --------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TEST_UNIT_WAGERUN_FAKESESSION_H
#define WAGE_TEST_UNIT_WAGERUN_FAKESESSION_H

#include "runtime/Api/wage_runtime.h"
#include "runtime/Data/Dataset.h"

#include <algorithm>

namespace wage::run::test {

/// A network of one weight: it predicts class (first pixel + weight) mod classes, and each training step adds 2^lrLog2
/// (lrLog2 >= 0) to the weight. Every image counts one cycle.
class FakeSession : public rt::Session {
public:
  struct Step {
    std::vector<uint8_t> firstPixels;
    std::vector<uint32_t> labels;
    int lrLog2;
    uint64_t seed, step;
    bool traced;
  };

  FakeSession() {
    program.trainable = true;
    program.maxBatch = 4;
    program.channels = 1;
    program.height = 1;
    program.width = 2;
    program.classes = 3;
    program.errorQuantisers = 1;
    program.weightTensors = 1;
    program.weightShapes = {{1, 1}};
    program.scaleLog2 = {{5}};
    program.trainedTensors = {0};
  }

  const rt::ProgramInfo &info() const override { return program; }

  rt::Status infer(const uint8_t *images, uint32_t count, std::vector<int64_t> &logits) override {
    batches.push_back(count);
    logits.assign(size_t(count) * program.classes, 0);
    for (uint32_t i = 0; i < count; ++i)
      logits[i * program.classes + predict(images[i * 2])] = 1;
    totals.cycles += count;
    return rt::Status();
  }

  rt::Status inferReal(const double *, uint32_t, std::vector<int64_t> &) override {
    return rt::Status::error("takes images only");
  }
  rt::Status inferActivations(const int16_t *, uint32_t, std::vector<int64_t> &) override {
    return rt::Status::error("takes images only");
  }
  double inputInteger(uint32_t, double value) const override { return value; }
  rt::Expected<std::vector<double>> realOutputs(const std::vector<int64_t> &) const override {
    return rt::Status::error("gives logits only");
  }

  rt::Status trainStep(const uint8_t *images, const uint32_t *labels, uint32_t count, int lrLog2, uint64_t seed,
                       uint64_t step, rt::StepReport &report, const rt::TraceSink *trace) override {
    if (step == failingStep)
      return rt::Status::error("a packet was lost");
    steps.push_back({{}, {labels, labels + count}, lrLog2, seed, step, trace != nullptr});
    report = {{7}, {8}, 0, {}};
    if (watched.countLayers) {
      report.layers = weightCounts();
      report.layers[0].activations = {count, 0, 0};
      watchedSteps.push_back(step);
    }
    for (uint32_t i = 0; i < count; ++i) {
      steps.back().firstPixels.push_back(images[i * 2]);
      report.wrong += predict(images[i * 2]) != labels[i];
    }
    if (trace)
      (*trace)({"out", {count, 1}, std::vector<int64_t>(count, weight)});
    weight += int64_t(1) << lrLog2;
    totals.cycles += count;
    return rt::Status();
  }

  std::vector<int64_t> weights(uint32_t) const override { return {weight}; }
  std::vector<rt::LayerCounts> weightCounts() const override {
    rt::LayerCounts layer;
    layer.layer = "only";
    layer.weights.total = 1;
    layer.weightsCrc = static_cast<uint32_t>(weight);
    return {layer};
  }
  void watch(const rt::SessionWatch &watch) override { watched = watch; }
  rt::Counters counters() const override { return totals; }
  rt::ProgramIdentity identity() const override { return {1, 2}; }
  std::vector<uint8_t> weightImages() const override { return {static_cast<uint8_t>(weight)}; }
  rt::Status restoreWeights(const std::vector<uint8_t> &images) override {
    if (images.size() != 1)
      return rt::Status::error("found another number of weights");
    weight = images[0];
    return rt::Status();
  }
  rt::Status save(const std::string &, uint64_t, uint64_t, uint64_t) const override { return rt::Status(); }

  uint32_t predict(uint8_t pixel) const { return static_cast<uint32_t>((pixel + weight) % program.classes); }

  rt::ProgramInfo program;
  rt::Counters totals;
  int64_t weight = 0;
  rt::SessionWatch watched;
  uint64_t failingStep = UINT64_MAX;
  std::vector<Step> steps;
  std::vector<uint64_t> watchedSteps;
  std::vector<uint32_t> batches; ///< sizes of the infer calls
};

/// `count` images of two pixels, the first one the image's index, with labels index mod 3.
inline rt::Dataset countingDataset(uint64_t count) {
  rt::Dataset data;
  data.count = count;
  data.channels = data.height = 1;
  data.width = 2;
  for (uint64_t i = 0; i < count; ++i) {
    data.pixels.insert(data.pixels.end(), {static_cast<uint8_t>(i), 0});
    data.labels.push_back(static_cast<uint32_t>(i % 3));
  }
  return data;
}

} // namespace wage::run::test

#endif // WAGE_TEST_UNIT_WAGERUN_FAKESESSION_H
