//===- TrainingTest.cpp - the training loop ------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/Training.h"
#include "test/unit/Data/TemporaryFolder.h"
#include "test/unit/WageRun/FakeSession.h"

#include <gtest/gtest.h>

namespace wage::run::test {
namespace {

TrainingPlan plan(uint64_t steps, uint32_t batch, const std::string &rates) {
  TrainingPlan result;
  result.steps = steps;
  result.batch = batch;
  result.seed = 77;
  result.rates = *LearningRates::ofEpochs("--lr-log2", rates);
  return result;
}

TEST(Training, FeedsSamplesSeedsAndRatesInOrder) {
  FakeSession session;
  const rt::Dataset data = countingDataset(5);
  TrainingResult result;
  ASSERT_TRUE(train(session, data, nullptr, plan(4, 3, "1@0,0@1"), nullptr, {}, result).ok());
  ASSERT_EQ(session.steps.size(), 4u);
  const std::vector<uint8_t> pixels[] = {{0, 1, 2}, {3, 4, 0}, {1, 2, 3}, {4, 0, 1}};
  const std::vector<uint32_t> labels[] = {{0, 1, 2}, {0, 1, 0}, {1, 2, 0}, {1, 0, 1}};
  const int rates[] = {1, 1, 0, 0}; // the first samples are 0, 3, 6 and 9: epochs 0, 0, 1 and 1
  for (uint64_t step = 0; step < 4; ++step) {
    EXPECT_EQ(session.steps[step].firstPixels, pixels[step]);
    EXPECT_EQ(session.steps[step].labels, labels[step]);
    EXPECT_EQ(session.steps[step].lrLog2, rates[step]);
    EXPECT_EQ(session.steps[step].seed, 77u);
    EXPECT_EQ(session.steps[step].step, step);
    EXPECT_FALSE(session.steps[step].traced);
  }
}

TEST(Training, ShuffleKeepsImageAndLabelTogether) {
  FakeSession session;
  const rt::Dataset data = countingDataset(9);
  TrainingPlan shuffled = plan(9, 3, "0");
  shuffled.shuffleSeed = 5;
  TrainingResult result;
  ASSERT_TRUE(train(session, data, nullptr, shuffled, nullptr, {}, result).ok());
  std::vector<int> seen(9, 0);
  for (const FakeSession::Step &step : session.steps)
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(step.firstPixels[i] % 3, step.labels[i]);
      ++seen[step.firstPixels[i]];
    }
  EXPECT_EQ(seen, std::vector<int>(9, 3));
}

/// A stop during an evaluation leaves it out and saves; the evaluation after the last step is finished.
TEST(Training, StopsDuringAnEvaluation) {
  FakeSession session;
  const rt::Dataset data = countingDataset(6), heldOut = countingDataset(40);
  for (const uint64_t steps : {4, 2}) {
    session.batches.clear();
    std::vector<uint64_t> saved;
    TrainingEvents events;
    events.wantsToStop = [&] { return session.batches.size() >= 3; };
    events.onCheckpoint = [&](uint64_t done) {
      saved.push_back(done);
      return rt::Status();
    };
    TrainingResult result;
    ASSERT_TRUE(train(session, data, &heldOut, plan(steps, 3, "0"), nullptr, events, result).ok());
    EXPECT_EQ(result.steps, 2u);
    EXPECT_EQ(result.interrupted, steps == 4);
    EXPECT_EQ(saved, std::vector<uint64_t>{2});
    EXPECT_EQ(session.batches.size(), steps == 4 ? 3u : 10u);
    EXPECT_EQ(result.epochs.back().evaluation.has_value(), steps == 2);
  }
}

TEST(Training, ReportsEpochsWithTheStepsThatStartInThem) {
  FakeSession session;
  const rt::Dataset data = countingDataset(5), heldOut = countingDataset(6);
  TrainingResult result;
  uint64_t lastDone = 0, events = 0;
  TrainingEvents watch;
  watch.onStep = [&](uint64_t done, uint64_t) { lastDone = done; };
  watch.onEpoch = [&](const EpochResult &) { ++events; };
  ASSERT_TRUE(train(session, data, &heldOut, plan(5, 3, "0"), nullptr, watch, result).ok());
  // Steps 0 and 1 start in epoch 0, steps 2 and 3 in epoch 1, step 4 in epoch 2, which it just ends.
  ASSERT_EQ(result.epochs.size(), 3u);
  const uint64_t steps[] = {2, 2, 1};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(result.epochs[i].epoch, uint64_t(i));
    EXPECT_EQ(result.epochs[i].steps, steps[i]);
    EXPECT_EQ(result.epochs[i].images, 3 * steps[i]);
    EXPECT_TRUE(result.epochs[i].finished);
    ASSERT_TRUE(result.epochs[i].evaluation);
    EXPECT_EQ(result.epochs[i].evaluation->images, 6u);
  }
  EXPECT_EQ(events, 3u);
  EXPECT_EQ(lastDone, 15u);
  EXPECT_EQ(result.steps, 5u);
  EXPECT_EQ(result.images, 15u);
  EXPECT_EQ(result.errors, result.epochs[0].errors + result.epochs[1].errors + result.epochs[2].errors);
  // The weight is 2 and 4 after the first epochs: all wrong; 5 mod 3 at the end: all wrong too. Step 0 has weight 0.
  EXPECT_EQ(result.epochs[0].errors, 3u);
  EXPECT_EQ(result.epochs[0].evaluation->errors, 6u);
  // Evaluation is not counted as training: 18 of the session's cycles are its.
  EXPECT_EQ(session.totals.cycles, 33u);
  EXPECT_EQ(result.counters.cycles, 15u);
  EXPECT_EQ(session.batches, (std::vector<uint32_t>{4, 2, 4, 2, 4, 2}));
}

TEST(Training, BatchOverSeveralEpochsCountsForTheFirst) {
  FakeSession session;
  const rt::Dataset data = countingDataset(2);
  TrainingResult result;
  ASSERT_TRUE(train(session, data, nullptr, plan(2, 4, "0"), nullptr, {}, result).ok());
  ASSERT_EQ(result.epochs.size(), 2u);
  EXPECT_EQ(result.epochs[0].epoch, 0u);
  EXPECT_EQ(result.epochs[1].epoch, 2u);
}

TEST(Training, NoStepsIsNoError) {
  FakeSession session;
  const rt::Dataset data = countingDataset(2);
  TrainingResult result;
  ASSERT_TRUE(train(session, data, nullptr, plan(0, 1, "0"), nullptr, {}, result).ok());
  EXPECT_TRUE(result.epochs.empty());
}

TEST(Training, StopsAtTheFirstProblem) {
  FakeSession session;
  session.failingStep = 2;
  const rt::Dataset data = countingDataset(2);
  TrainingResult result;
  EXPECT_EQ(train(session, data, nullptr, plan(5, 1, "0"), nullptr, {}, result).text(), "a packet was lost");
  EXPECT_EQ(session.steps.size(), 2u);
}

TEST(Training, TracesUnderTheGoldenNames) {
  rt::test::TemporaryFolder folder;
  FakeSession session;
  const rt::Dataset data = countingDataset(9);
  rt::Expected<TraceWriter> trace = TraceWriter::create(folder.path("deep/trace"), {1});
  ASSERT_TRUE(trace) << trace.status().text();
  TrainingResult result;
  const rt::Status status = train(session, data, nullptr, plan(3, 2, "0"), &*trace, {}, result);
  ASSERT_TRUE(status.ok()) << status.text();
  ASSERT_EQ(result.epochs.size(), 1u);
  EXPECT_FALSE(result.epochs[0].finished);
  const std::pair<const char *, const char *> expected[] = {
      {"scale_log2.0", "(1,)"}, {"initial.0", "(1, 1)"}, {"step1.out", "(2, 1)"},
      {"final.0", "(1, 1)"},    {"logits", "(8, 3)"},    {"exponents_and_wrong", "(3, 3)"}};
  for (const auto &[name, shape] : expected)
    EXPECT_NE(folder.read("deep/trace/" + std::string(name) + ".npy").find("'shape': " + std::string(shape)),
              std::string::npos)
        << name;
  size_t files = 0;
  for ([[maybe_unused]] const auto &file : std::filesystem::directory_iterator(folder.path("deep/trace")))
    ++files;
  EXPECT_EQ(files, 6u);
  // Exponents of Q_E and Q_G, then the wrong predictions: weight 0 is right, later ones are not.
  const std::string rows = folder.read("deep/trace/exponents_and_wrong.npy");
  EXPECT_EQ(rows.substr(rows.size() - 9), std::string("\7\10\0\7\10\2\7\10\2", 9));
  EXPECT_EQ(folder.read("deep/trace/final.0.npy").back(), 3);
  EXPECT_EQ(session.batches, (std::vector<uint32_t>{2, 2, 2, 2}));
}

TEST(Training, TraceFolderMustBeWritable) {
  rt::test::TemporaryFolder folder;
  EXPECT_FALSE(TraceWriter::create(folder.write("file", "x") + "/trace", {}));
}

TEST(Inference, TakesATailBatchAndALimit) {
  FakeSession session;
  const rt::Dataset data = countingDataset(10);
  InferenceResult result;
  uint64_t lastDone = 0, values = 0;
  const LogitSink sink = [&](const std::vector<int64_t> &logits, uint64_t done) {
    values += logits.size();
    lastDone = done;
    return rt::Status();
  };
  ASSERT_TRUE(infer(session, data, {7, 3}, sink, result).ok());
  EXPECT_EQ(session.batches, (std::vector<uint32_t>{3, 3, 1}));
  EXPECT_EQ(result.images, 7u);
  EXPECT_EQ(result.errors, 0u);
  EXPECT_EQ(values, 21u);
  EXPECT_EQ(lastDone, 7u);
}

// Of every batch the predictions are held against its own labels. A batch of 4 and 3 classes: they begin with another label each.
TEST(Inference, ComparesEachBatchWithItsOwnLabels) {
  FakeSession session;
  rt::Dataset data = countingDataset(11);
  InferenceResult result;
  ASSERT_TRUE(infer(session, data, {11, 4}, {}, result).ok());
  EXPECT_EQ(result.errors, 0u);
  for (const size_t wrong : {1, 6, 10}) // in the first, the second and the last batch
    data.labels[wrong] = (data.labels[wrong] + 1) % 3;
  InferenceResult again;
  ASSERT_TRUE(infer(session, data, {11, 4}, {}, again).ok());
  EXPECT_EQ(again.errors, 3u);
}

TEST(Inference, EndsAtTheSinksError) {
  FakeSession session;
  InferenceResult result;
  const LogitSink sink = [](const std::vector<int64_t> &, uint64_t) { return rt::Status::error("no room"); };
  EXPECT_EQ(infer(session, countingDataset(10), {7, 3}, sink, result).text(), "no room");
  EXPECT_EQ(session.batches, (std::vector<uint32_t>{3}));
}

TEST(Inference, LowestOfEqualLogitsWins) {
  const int64_t logits[] = {-3, 5, 5, 4};
  EXPECT_EQ(predictedClass(logits, 4), 1u);
  const int64_t equal[] = {0, 0};
  EXPECT_EQ(predictedClass(equal, 2), 0u);
}

} // namespace
} // namespace wage::run::test
