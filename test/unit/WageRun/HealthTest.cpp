//===- HealthTest.cpp - warnings of a training that does not learn -------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/Health.h"
#include "test/unit/WageRun/FakeSession.h"
#include "tools/wage-run/Training.h"

#include <gtest/gtest.h>

namespace wage::run::test {
namespace {

LayerHealth layer(rt::ValueCounts activations, rt::ValueCounts errors, rt::ValueCounts weights, bool changed = true) {
  LayerHealth result;
  result.counts.layer = "conv";
  result.counts.activations = activations;
  result.counts.errors = errors;
  result.counts.weights = weights;
  result.weightsChanged = changed;
  return result;
}

HealthMonitor monitor(uint32_t weightBits = 2, uint32_t otherBits = 8) {
  FakeSession session;
  session.program.weightBits = weightBits;
  session.program.activationBits = session.program.errorBits = otherBits;
  return HealthMonitor(session);
}

std::vector<std::string> kinds(const std::vector<HealthWarning> &warnings) {
  std::vector<std::string> result;
  for (const HealthWarning &warning : warnings)
    result.push_back(warning.kind);
  return result;
}

using Kinds = std::vector<std::string>;
const rt::ValueCounts some = {100, 40, 10};

/// {total, zero, largest} around each limit, and the near miss. Of several signs of death the first cause is told.
TEST(Health, FindsWhatKeepsALayerFromLearning) {
  auto judged = [](const LayerHealth &health, uint32_t weightBits = 2, uint32_t otherBits = 8) {
    return kinds(monitor(weightBits, otherBits).judge({health}, 0, true, 5, 10));
  };
  EXPECT_EQ(judged(layer(some, some, some)), Kinds());
  EXPECT_EQ(judged(layer({}, some, some)), Kinds()) << "the output has no activations";
  EXPECT_EQ(judged(layer({100, 0, 33}, some, some)), Kinds{"clipped-activations"});
  EXPECT_EQ(judged(layer({100, 0, 32}, some, some)), Kinds());
  EXPECT_EQ(judged(layer({100, 0, 33}, some, some), 2, 3), Kinds());
  EXPECT_EQ(judged(layer(some, {100, 0, 33}, some)), Kinds{"clipped-errors"});
  EXPECT_EQ(judged(layer(some, {100, 0, 32}, some)), Kinds());
  EXPECT_EQ(judged(layer(some, some, {100, 0, 95})), Kinds{"largest-weights"});
  EXPECT_EQ(judged(layer(some, some, {100, 0, 94})), Kinds());
  EXPECT_EQ(judged(layer(some, some, {100, 0, 100}), 1), Kinds());
  EXPECT_EQ(judged(layer(some, {100, 100, 0}, some)), Kinds{"dead-errors"});
  LayerHealth frozen = layer(some, {100, 100, 0}, {100, 0, 100}, false);
  frozen.counts.frozen = true;
  EXPECT_EQ(judged(frozen), Kinds()) << "it is not to learn";
  EXPECT_EQ(judged(layer(some, {100, 99, 0}, some)), Kinds());
  EXPECT_EQ(judged(layer({100, 100, 0}, {100, 100, 0}, some, false)), Kinds{"dead-activations"});
  EXPECT_EQ(judged(layer({100, 100, 0}, some, {100, 100, 0}, false)), Kinds{"dead-weights"});
  EXPECT_EQ(judged(layer(some, some, some, false)), Kinds{"frozen-weights"});
}

TEST(Health, TellsAgainOnlyWhatWentAway) {
  HealthMonitor m = monitor();
  const LayerHealth bad = layer(some, {9, 9, 0}, some), good = layer(some, some, some);
  EXPECT_EQ(kinds(m.judge({bad}, 0, true, 9, 10)), Kinds{"dead-errors"});
  EXPECT_EQ(kinds(m.judge({bad}, 1, true, 8, 10)), Kinds());
  EXPECT_EQ(kinds(m.judge({good}, 2, true, 7, 10)), Kinds());
  const std::vector<HealthWarning> again = m.judge({bad}, 3, true, 6, 10);
  ASSERT_EQ(kinds(again), Kinds{"dead-errors"});
  EXPECT_EQ(warningText(again[0]).rfind("epoch 4, layer 'conv': all errors are 0, so that ", 0), 0u);
}

/// Five finished epochs without fewer errors; an unfinished one does not count, and no errors at all are not a stall.
TEST(Health, FindsAStall) {
  HealthMonitor m = monitor(), perfect = monitor();
  for (uint64_t epoch = 0; epoch < 7; ++epoch) {
    EXPECT_EQ(kinds(m.judge({}, epoch, epoch != 6, 5, 10)), epoch == 5 ? Kinds{"stalled-errors"} : Kinds()) << epoch;
    EXPECT_EQ(kinds(perfect.judge({}, epoch, true, 0, 10)), Kinds());
  }
  HealthMonitor better = monitor();
  for (uint64_t epoch = 0; epoch < 9; ++epoch)
    EXPECT_EQ(kinds(better.judge({}, epoch, true, epoch == 4 ? 4 : 5, 10)),
              epoch == 9 ? Kinds{"stalled-errors"} : Kinds());
  EXPECT_EQ(kinds(better.judge({}, 9, true, 4, 10)), Kinds{"stalled-errors"});
}

/// Epochs are counted as they are judged: a batch may run over several of them at once.
TEST(Health, CountsEpochsThatWereSeen) {
  HealthMonitor m = monitor();
  for (uint64_t seen = 0; seen < 6; ++seen)
    EXPECT_EQ(kinds(m.judge({}, 7 * seen, true, 5, 10)), seen == 5 ? Kinds{"stalled-errors"} : Kinds()) << seen;
}

/// Only the last step of each epoch is watched, and the last of the run.
TEST(Health, WatchesTheLastStepOfAnEpoch) {
  FakeSession session;
  const rt::Dataset data = countingDataset(6);
  TrainingPlan plan;
  plan.steps = 5;
  plan.batch = 3;
  plan.rates = *LearningRates::ofEpochs("--lr-log2", "0");
  plan.watchHealth = true;
  TrainingResult result;
  ASSERT_TRUE(train(session, data, nullptr, plan, nullptr, {}, result).ok());
  EXPECT_EQ(session.watchedSteps, (std::vector<uint64_t>{1, 3, 4}));
  ASSERT_EQ(result.epochs.size(), 3u);
  for (const EpochResult &epoch : result.epochs) {
    ASSERT_EQ(epoch.health.size(), 1u);
    EXPECT_EQ(epoch.health[0].counts.activations.total, 3u);
    EXPECT_TRUE(epoch.health[0].weightsChanged);
  }
  plan.watchHealth = false;
  session.watchedSteps.clear();
  ASSERT_TRUE(train(session, data, nullptr, plan, nullptr, {}, result).ok());
  EXPECT_TRUE(session.watchedSteps.empty());
}

TEST(Health, PrintsSharesByLayer) {
  EXPECT_EQ(healthTable({layer({}, {100, 40, 10}, {8, 4, 2})}),
            "layers:\n"
            "                           activ.     activ.     errors     errors    weights    weights\n"
            "  name                    clipped       zero    clipped       zero    largest       zero\n"
            "  conv                          -          -    10.00 %    40.00 %    25.00 %    50.00 %\n");
}

/// A name breaks no line of the table, nor of a warning, and does not steer the terminal.
TEST(Health, PrintsNamesWithoutControlCharacters) {
  LayerHealth hostile = layer({}, {}, {});
  hostile.counts.layer = "a\x1b[2J\nb";
  EXPECT_NE(healthTable({hostile}).find("\n  a?[2J?b  "), std::string::npos);
  EXPECT_EQ(warningText({"kind", 0, hostile.counts.layer, "text"}), "epoch 1, layer 'a?[2J?b': text");
}

} // namespace
} // namespace wage::run::test
