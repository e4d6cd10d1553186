//===- SessionTest.cpp - opening, training, saving, going on -----------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Api/wage_runtime.h"
#include "runtime/Format/Container.h"
#include "test/unit/Programs/Programs.h"

#include <cstdio>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <unistd.h>

using namespace wage::rt;
using namespace wage::rt::testing;

namespace {

std::vector<uint8_t> readBytes(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return std::vector<uint8_t>(std::istreambuf_iterator<char>(file), {});
}

/// A path that is removed at the end.
struct TemporaryFile {
  std::string path = ::testing::TempDir() + "wage-session-" + std::to_string(getpid()) + "-" + std::to_string(count++);
  ~TemporaryFile() { remove(path.c_str()); }
  static int count;
};
int TemporaryFile::count = 0;

std::unique_ptr<Session> openProgram(const std::string &path, EngineKind kind, unsigned threads = 2) {
  Expected<std::unique_ptr<Session>> session = Session::open(path, kind, threads);
  EXPECT_TRUE(static_cast<bool>(session)) << session.status().text();
  return std::move(*session);
}

/// Steps [first, end) of the training of a program.
void train(Session &session, const Program &program, uint64_t first, uint64_t end) {
  for (uint64_t step = first; step < end; ++step) {
    const uint32_t count = step % 2 ? program.config.maxBatch : 2;
    const std::vector<uint8_t> images = drawImages(program, count, step);
    const std::vector<uint32_t> labels = drawLabels(program, count, step + 50);
    StepReport report;
    const Status status = session.trainStep(images.data(), labels.data(), count, 3, 7, step, report, nullptr);
    ASSERT_TRUE(status.ok()) << status.text();
    EXPECT_EQ(report.errorExponents.size(), session.info().errorQuantisers);
    EXPECT_EQ(report.gradientExponents.size(), session.info().trainedTensors.size());
    EXPECT_LE(report.wrong, count);
  }
}

std::string refusalOf(const Status &status) { return status.ok() ? "" : status.text(); }

class Saving : public ::testing::TestWithParam<std::string> {};

/// Both engines save the same file; it is one that can be read, holds other weights, and the state that was given.
TEST_P(Saving, GivesTheSameFileFromBothEngines) {
  const std::string path = programPath(GetParam());
  const Program program = readTestProgram(GetParam());
  TemporaryFile files[3];
  int i = 0;
  for (const auto &[kind, threads] : {std::make_pair(EngineKind::Core, 1u), std::make_pair(EngineKind::Core, 3u),
                                      std::make_pair(EngineKind::Fused, 3u)}) {
    auto session = openProgram(path, kind, threads);
    train(*session, program, 0, 4);
    ASSERT_EQ(refusalOf(session->save(files[i++].path, 4, 7, 123)), "");
  }
  const std::vector<uint8_t> saved = readBytes(files[0].path);
  EXPECT_EQ(readBytes(files[1].path), saved);
  EXPECT_EQ(readBytes(files[2].path), saved);
  const Expected<Program> again = readProgram(saved);
  ASSERT_TRUE(static_cast<bool>(again)) << again.status().text();
  EXPECT_NE(again->images, program.images);
  EXPECT_EQ(again->state.step, 4u);
  EXPECT_EQ(again->state.seed, 7u);
  EXPECT_EQ(again->state.samplePosition, 123u);
  EXPECT_EQ(writeProgram(*again), saved);
}

/// Save, open with the other engine, go on: the bits of one run without a break.
TEST_P(Saving, GoesOnWhereItStopped) {
  const Program program = readTestProgram(GetParam());
  TemporaryFile whole, half, rest;
  auto first = openProgram(programPath(GetParam()), EngineKind::Fused);
  train(*first, program, 0, 2);
  ASSERT_EQ(refusalOf(first->save(half.path, 2, 7, 0)), "");
  train(*first, program, 2, 5);
  ASSERT_EQ(refusalOf(first->save(whole.path, 5, 7, 0)), "");
  auto second = openProgram(half.path, EngineKind::Core);
  train(*second, program, 2, 5);
  ASSERT_EQ(refusalOf(second->save(rest.path, 5, 7, 0)), "");
  EXPECT_EQ(readBytes(rest.path), readBytes(whole.path));
}

/// Activations that the table gives of an image are the image; those that the input does not hold are refused.
TEST_P(Saving, InfersFromActivations) {
  const Program program = readTestProgram(GetParam());
  const uint32_t count = program.config.maxBatch;
  const std::vector<uint8_t> images = drawImages(program, count, 3);
  const size_t elements = program.inputElements(), tables = program.encoderTable.size() / 256;
  std::vector<int16_t> activations;
  for (size_t i = 0; i < images.size(); ++i)
    activations.push_back(program.encoderTable[i % elements / (elements / tables) * 256 + images[i]]);
  for (EngineKind kind : {EngineKind::Core, EngineKind::Fused}) {
    auto session = openProgram(programPath(GetParam()), kind);
    std::vector<int64_t> needed, found;
    ASSERT_EQ(refusalOf(session->infer(images.data(), count, needed)), "");
    ASSERT_EQ(refusalOf(session->inferActivations(activations.data(), count, found)), "");
    EXPECT_EQ(found, needed);
    EXPECT_NE(refusalOf(session->inferActivations(activations.data(), count + 1, found)), "");
    const int64_t limit = largestInteger(int(session->info().inputBits));
    std::vector<int16_t> wrong = activations;
    for (int64_t value : {limit + 1, -limit - 1}) {
      wrong[elements] = static_cast<int16_t>(value);
      EXPECT_EQ(refusalOf(session->inferActivations(wrong.data(), count, found)),
                "element 0 of sample 1 of the batch is " + std::to_string(value) + ", the input needs -" +
                    std::to_string(limit) + " to " + std::to_string(limit));
    }
  }
}

/// The same without a file: weights taken from one session and given to another.
TEST_P(Saving, RestoresWeights) {
  const Program program = readTestProgram(GetParam());
  auto first = openProgram(programPath(GetParam()), EngineKind::Fused);
  auto second = openProgram(programPath(GetParam()), EngineKind::Core);
  train(*first, program, 0, 2);
  std::vector<uint8_t> images = first->weightImages();
  ASSERT_EQ(refusalOf(second->restoreWeights(images)), "");
  train(*first, program, 2, 3);
  train(*second, program, 2, 3);
  EXPECT_EQ(second->weightImages(), first->weightImages());
  images.pop_back();
  EXPECT_NE(refusalOf(second->restoreWeights(images)), "");
  EXPECT_EQ(second->weightImages(), first->weightImages()) << "a refusal changed the weights";
}

/// Adds what a traced tensor or weights hold, counted the slow way.
void addCounts(const std::vector<int64_t> &values, int64_t limit, ValueCounts &counts) {
  for (int64_t value : values) {
    ++counts.total;
    counts.zero += value == 0;
    counts.largest += std::abs(value) == limit;
  }
}

/// One watched step; `output` gets the errors at the output and `traced` the others, from the tensors.
std::vector<LayerCounts> countStep(Session &session, const Program &program, ValueCounts &traced, ValueCounts &output) {
  SessionWatch watch;
  watch.countLayers = true;
  session.watch(watch);
  const uint32_t count = program.config.maxBatch;
  const std::vector<uint8_t> images = drawImages(program, count, 3);
  const std::vector<uint32_t> labels = drawLabels(program, count, 4);
  const TraceSink sink = [&](const TraceTensor &tensor) {
    if (tensor.name.rfind("error.", 0) == 0)
      addCounts(tensor.values, largestInteger(program.config.errorBits), tensor.name == "error.0" ? output : traced);
  };
  StepReport report;
  EXPECT_EQ(refusalOf(session.trainStep(images.data(), labels.data(), count, 3, 7, 0, report, &sink)), "");
  session.watch({});
  StepReport unwatched;
  EXPECT_EQ(refusalOf(session.trainStep(images.data(), labels.data(), count, 3, 7, 1, unwatched, nullptr)), "");
  EXPECT_TRUE(unwatched.layers.empty());
  return report.layers;
}

std::string textOf(const ValueCounts &counts) {
  return std::to_string(counts.total) + "/" + std::to_string(counts.zero) + "/" + std::to_string(counts.largest);
}

std::string textOf(const std::vector<LayerCounts> &layers) {
  std::string text;
  for (const LayerCounts &layer : layers)
    text += layer.layer + " " + textOf(layer.activations) + " " + textOf(layer.errors) + " " + textOf(layer.weights) +
            " " + std::to_string(layer.weightsCrc) + "\n";
  return text;
}

/// What is counted of layers is what the traced errors and the weights hold, on both engines and any number of threads.
TEST_P(Saving, CountsLayersAlike) {
  const Program program = readTestProgram(GetParam());
  std::string activity, weights;
  for (const auto &[kind, threads] : {std::make_pair(EngineKind::Core, 1u), std::make_pair(EngineKind::Core, 3u),
                                      std::make_pair(EngineKind::Fused, 1u), std::make_pair(EngineKind::Fused, 3u)}) {
    auto session = openProgram(programPath(GetParam()), kind, threads);
    const std::vector<LayerCounts> before = session->weightCounts();
    ValueCounts traced, output, counted, stored, storedCounted;
    const std::vector<LayerCounts> layers = countStep(*session, program, traced, output);
    ASSERT_EQ(layers.size(), program.layers.size());
    for (const LayerCounts &layer : layers) {
      counted.total += layer.errors.total, counted.zero += layer.errors.zero, counted.largest += layer.errors.largest;
      EXPECT_LE(layer.activations.zero + layer.activations.largest, layer.activations.total);
    }
    EXPECT_EQ(textOf(layers.back().errors), textOf(output));
    // Inner tensors are traced after the mask of a Relu.
    EXPECT_EQ(counted.total, output.total + traced.total);
    EXPECT_LE(counted.zero, output.zero + traced.zero);
    EXPECT_GE(counted.largest, output.largest + traced.largest);
    EXPECT_EQ(layers.back().activations.total, 0u) << "the output has a Q_A";
    for (const LayerCounts &layer : session->weightCounts())
      storedCounted.total += layer.weights.total, storedCounted.largest += layer.weights.largest;
    for (uint32_t i = 0; i < session->info().weightTensors; ++i) {
      const std::vector<uint32_t> &trained = session->info().trainedTensors;
      const bool learns = std::find(trained.begin(), trained.end(), i) != trained.end();
      addCounts(session->weights(i),
                learns ? masterLimit(program.config.weightBits, program.config.gradientBits)
                       : largestInteger(program.config.weightBits),
                stored);
    }
    stored.zero = 0;
    EXPECT_EQ(textOf(storedCounted), textOf(stored));
    for (size_t i = 0; i < before.size(); ++i) {
      EXPECT_EQ(session->weightCounts()[i].frozen, program.layers[i].frozen);
      EXPECT_TRUE(!before[i].frozen || session->weightCounts()[i].weightsCrc == before[i].weightsCrc);
    }
    const auto learns = [](const LayerCounts &layer) { return !layer.frozen; };
    const size_t last = before.rend() - std::find_if(before.rbegin(), before.rend(), learns) - 1;
    EXPECT_NE(session->weightCounts()[last].weightsCrc, before[last].weightsCrc);
    EXPECT_EQ(activity.empty() ? textOf(layers) : activity, textOf(layers));
    EXPECT_EQ(weights.empty() ? textOf(session->weightCounts()) : weights, textOf(session->weightCounts()));
    activity = textOf(layers), weights = textOf(session->weightCounts());
  }
}

/// A watch hears every phase of a step begin and end, in order, and what opening does.
TEST_P(Saving, TellsItsPhases) {
  const Program program = readTestProgram(GetParam());
  for (EngineKind kind : {EngineKind::Core, EngineKind::Fused}) {
    std::vector<std::string> heard, needed;
    SessionWatch watch;
    watch.onPhase = [&](const std::string &phase, bool begins) { heard.push_back((begins ? "+" : "-") + phase); };
    Expected<std::unique_ptr<Session>> session = Session::open(programPath(GetParam()), kind, 2, watch);
    ASSERT_TRUE(static_cast<bool>(session));
    EXPECT_EQ(heard, (std::vector<std::string>{"+load", "-load", "+verify", "-verify", "+prove", "-prove",
                                               "+size memory", "-size memory"}));
    heard.clear();
    train(**session, program, 0, 1);
    for (const PhaseDecl &phase : program.phases) {
      needed.push_back("+" + phase.name);
      needed.push_back("-" + phase.name);
    }
    EXPECT_EQ(heard, needed);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Saving, ::testing::Values("small", "deep", "sign", "wide", "frozen", "recomputed"),
                         [](const auto &info) { return info.param; });

/// What a session cannot do, it says.
TEST(Session, RefusesWrongUse) {
  const Program program = readTestProgram("flat");
  const std::vector<uint8_t> images = drawImages(program, 6, 1);
  const std::vector<uint32_t> labels(6, 0);
  StepReport report;
  std::vector<int64_t> logits;
  auto session = openProgram(programPath("flat"), EngineKind::Fused);
  auto step = [&](Session &s, const std::vector<uint32_t> &l, uint32_t count, int rate) {
    return refusalOf(s.trainStep(images.data(), l.data(), count, rate, 0, 0, report, nullptr));
  };
  EXPECT_EQ(step(*session, labels, 5, 3), "");
  EXPECT_EQ(step(*session, labels, 0, 3), "batch of 0 samples, but the binary holds 1 to 5");
  EXPECT_EQ(step(*session, labels, 6, 3), "batch of 6 samples, but the binary holds 1 to 5");
  EXPECT_EQ(step(*session, {0, 1, 3}, 3, 3), "label 3 of sample 2 of the batch, needed less than 3");
  EXPECT_EQ(step(*session, labels, 5, 16), "learning rate 2^16, needed 2^-32 to 2^15");
  EXPECT_EQ(step(*session, labels, 5, -33), "learning rate 2^-33, needed 2^-32 to 2^15");
  EXPECT_EQ(step(*session, labels, 5, -32), "");
  EXPECT_EQ(refusalOf(session->infer(images.data(), 6, logits)), "batch of 6 samples, but the binary holds 1 to 5");
  EXPECT_NE(refusalOf(session->save("/nowhere/at/all.wbin", 0, 0, 0)).find("/nowhere/at/all.wbin"), std::string::npos);
  auto inference = openProgram(programPath("flat.infer"), EngineKind::Core);
  EXPECT_FALSE(inference->info().trainable);
  EXPECT_NE(step(*inference, labels, 1, 3).find("the binary was compiled for inference"), std::string::npos);
}

/// Learning rates at both ends of the range keep every master on its grid.
TEST(Session, TrainsAtTheEndsOfTheRange) {
  const Program program = readTestProgram("wide");
  for (int rate : {15, -32}) {
    TemporaryFile files[2];
    int i = 0;
    for (EngineKind kind : {EngineKind::Core, EngineKind::Fused}) {
      auto session = openProgram(programPath("wide"), kind);
      const std::vector<uint8_t> images = drawImages(program, 5, 1);
      const std::vector<uint32_t> labels = drawLabels(program, 5, 1);
      StepReport report;
      for (uint64_t step = 0; step < 3; ++step)
        ASSERT_EQ(refusalOf(session->trainStep(images.data(), labels.data(), 5, rate, ~uint64_t(0), ~uint64_t(0) - step,
                                               report, nullptr)),
                  "");
      ASSERT_EQ(refusalOf(session->save(files[i++].path, 0, 0, 0)), "");
      const int64_t limit = masterLimit(program.config.weightBits, program.config.gradientBits);
      for (uint32_t tensor = 0; tensor < session->info().weightTensors; ++tensor)
        for (int64_t weight : session->weights(tensor))
          ASSERT_LE(std::abs(weight), limit);
    }
    EXPECT_EQ(readBytes(files[0].path), readBytes(files[1].path));
  }
}

/// A checkpoint stores the weights of frozen layers too, and cannot change them.
TEST(Session, RefusesOtherFrozenWeights) {
  const Program program = readTestProgram("frozen");
  auto session = openProgram(programPath("frozen"), EngineKind::Fused);
  const std::vector<uint8_t> images = session->weightImages();
  EXPECT_EQ(refusalOf(session->restoreWeights(images)), "");
  for (const Core &core : program.cores) {
    const Layer &layer = program.layers[core.layer];
    std::vector<uint8_t> changed = images;
    changed[core.imageOffset] ^= 1;
    if (layer.frozen) {
      EXPECT_EQ(refusalOf(session->restoreWeights(changed)),
                "found other weights of the frozen layer '" + layer.name + "' than the binary's, needed the same");
    }
  }
}

/// As many bytes, but with the one number that no weight is, -2^(k-1): the session goes on as if nothing had been asked.
TEST(Session, KeepsItsWeightsWhereOthersAreRefused) {
  const Program program = readTestProgram("small");
  for (EngineKind kind : {EngineKind::Core, EngineKind::Fused}) {
    auto asked = openProgram(programPath("small"), kind), other = openProgram(programPath("small"), kind);
    train(*asked, program, 0, 2);
    train(*other, program, 0, 2);
    std::vector<uint8_t> images = asked->weightImages();
    images[0] = 0x80;
    EXPECT_NE(refusalOf(asked->restoreWeights(images)), "");
    train(*asked, program, 2, 4);
    train(*other, program, 2, 4);
    EXPECT_EQ(asked->weightImages(), other->weightImages());
  }
}

TEST(Session, NamesTheFileThatItCannotOpen) {
  const Expected<std::unique_ptr<Session>> none = Session::open("/nowhere/at/all.wbin", EngineKind::Core, 1);
  ASSERT_FALSE(static_cast<bool>(none));
  EXPECT_NE(none.status().text().find("/nowhere/at/all.wbin"), std::string::npos);
}

/// A binary's summary and listing name what is in it.
TEST(Session, DescribesABinary) {
  const Expected<std::string> summary = describeProgram(programPath("deep")),
                              listing = dumpProgram(programPath("deep"));
  ASSERT_TRUE(summary && listing);
  for (const char *text : {"chip 'tiny'", "Conv0", "Conv3", "Gemm6", "20 cores", "backward.2"})
    EXPECT_NE(summary->find(text), std::string::npos) << text;
  for (const char *text : {"template Conv3.block", "max_pool_scatter", "core 19 at", "route 0: 25 x i8 from host to"})
    EXPECT_NE(listing->find(text), std::string::npos) << text;
}

/// Names that would break lines or steer a terminal do not; JSON has escapes for them.
TEST(Session, ShowsNamesWithoutControlCharacters) {
  const std::string hostile = "a\x1b[2J\nforged: line";
  Program program = readTestProgram("small");
  program.name = program.chip.name = program.layers[0].name = program.phases[0].name = hostile;
  program.templates[0].name = program.templates[0].buffers[0].name = program.templates[0].parameters[0] = hostile;
  const TemporaryFile file;
  const std::vector<uint8_t> bytes = writeProgram(program);
  std::ofstream(file.path, std::ios::binary).write(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  for (const Expected<std::string> &text : {describeProgram(file.path), dumpProgram(file.path)}) {
    ASSERT_TRUE(static_cast<bool>(text)) << text.status().text();
    EXPECT_EQ(text->find('\x1b'), std::string::npos);
    EXPECT_EQ(text->find("\nforged"), std::string::npos);
    EXPECT_NE(text->find("a?[2J?forged: line"), std::string::npos);
  }
  const Expected<std::string> json = describeProgramAsJson(file.path);
  ASSERT_TRUE(static_cast<bool>(json)) << json.status().text();
  EXPECT_NE(json->find("a\\u001b[2J\\u000aforged: line"), std::string::npos);
}

} // namespace
