//===- Programs.cpp - small programs, and running them on both engines ----------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "test/unit/Programs/Programs.h"

#include "runtime/CoreEngine/CoreEngine.h"
#include "runtime/Format/Container.h"
#include "runtime/FusedEngine/FusedEngine.h"
#include "test/unit/Programs/Mutations.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace wage::rt::testing {

std::string programPath(const std::string &name) { return std::string(WAGE_TEST_PROGRAMS) + "/" + name + ".wbin"; }

std::vector<uint8_t> programBytes(const std::string &name) {
  std::ifstream file(programPath(name), std::ios::binary);
  return std::vector<uint8_t>(std::istreambuf_iterator<char>(file), {});
}

Program readTestProgram(const std::string &name) {
  Expected<Program> program = readProgram(programBytes(name));
  if (!program) {
    fprintf(stderr, "%s: %s\n", programPath(name).c_str(), program.status().text().c_str());
    abort();
  }
  return std::move(*program);
}

const std::vector<std::string> &trainingPrograms() {
  static const std::vector<std::string> names{"flat",    "small",    "deep",   "pooled",   "sign",      "wide",
                                              "spilled", "residual", "frozen", "buffered", "recomputed"};
  return names;
}

const std::vector<std::string> &bytePrograms() {
  static const std::vector<std::string> names{"bytes",  "strided",      "corner",       "away",
                                              "planes", "padded_pixel", "strided_pixel"};
  return names;
}

const std::vector<std::string> &programsInBytes() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> both;
    for (const char *name : {"flat", "sign", "frozen", "learning", "bytes", "strided", "corner", "away", "large"}) {
      both.push_back(name);
      both.push_back(std::string(name) + ".infer");
    }
    return both;
  }();
  return names;
}

const std::vector<std::string> &inferencePrograms() {
  static const std::vector<std::string> names{"grouped"};
  return names;
}

const std::vector<std::string> &spikingPrograms() {
  static const std::vector<std::string> names{"spiking.graded", "spiking.rate", "spiking.phase"};
  return names;
}

const std::vector<std::string> &everyProgram() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> list = trainingPrograms();
    list.push_back("branches");
    return list;
  }();
  return names;
}

std::string caseNameOf(std::string program) {
  std::replace(program.begin(), program.end(), '.', '_');
  return program;
}

std::vector<uint8_t> drawImages(const Program &program, uint32_t count, uint64_t seed) {
  Dice dice(seed);
  std::vector<uint8_t> images(size_t(program.inputChannels) * program.inputHeight * program.inputWidth * count);
  for (uint8_t &byte : images)
    byte = static_cast<uint8_t>(dice.below(256));
  return images;
}

std::vector<uint32_t> drawLabels(const Program &program, uint32_t count, uint64_t seed) {
  Dice dice(seed);
  std::vector<uint32_t> labels(count);
  for (uint32_t &label : labels)
    label = dice.below(program.classes);
  return labels;
}

namespace {

/// Feeds batches to one engine and collects what comes out.
class Runner {
public:
  Runner(const Program &program, Engine &engine, bool countsActivity)
      : program(program), engine(engine), activity(program), countsActivity(countsActivity) {}

  void run(uint32_t count, bool train, bool trace, uint64_t step) {
    if (!outcome.problem.empty())
      return;
    const std::vector<uint8_t> images = drawImages(program, count, step + 100);
    const std::vector<uint32_t> labels = drawLabels(program, count, step + 200);
    StepInput input;
    input.images = images.data();
    input.labels = train ? labels.data() : nullptr;
    input.count = count;
    input.learningRateLog2 = 3;
    input.seed = 77;
    input.step = step;
    input.trace = trace;
    input.activity = countsActivity ? &activity : nullptr;
    TraceCollector collector(count);
    StepOutput output;
    output.trace = &collector;
    if (Status status = engine.run(input, output); !status.ok()) {
      outcome.problem = status.text();
      return;
    }
    outcome.numbers.insert(outcome.numbers.end(), output.logits.begin(), output.logits.end());
    for (const auto &[name, exponent] : output.exponents)
      outcome.numbers.push_back(exponent);
    for (const auto &[name, tensor] : collector.tensors())
      outcome.traced.insert(outcome.traced.end(), tensor.values.begin(), tensor.values.end());
  }

  Outcome finish() {
    std::vector<int16_t> block;
    for (uint32_t c = 0; c < program.cores.size(); ++c) {
      const Core &core = program.cores[c];
      if (core.layer == noIndex)
        continue;
      block.resize(blockOf(program, core).weights());
      engine.readBlock(c, block.data());
      outcome.numbers.insert(outcome.numbers.end(), block.begin(), block.end());
    }
    for (const LayerCounts &layer : activity.layers())
      for (const ValueCounts &counts : {layer.activations, layer.errors})
        outcome.activity.insert(outcome.activity.end(), {counts.total, counts.zero, counts.largest});
    outcome.counters = engine.counters();
    return std::move(outcome);
  }

private:
  const Program &program;
  Engine &engine;
  ActivityCounter activity;
  const bool countsActivity;
  Outcome outcome;
};

} // namespace

Outcome runEngine(const Program &program, Engine &engine, const Schedule &schedule) {
  Runner runner(program, engine, schedule.countsActivity);
  uint64_t step = 0;
  const std::vector<uint32_t> usual{std::min(program.config.maxBatch, 64u), 2};
  for (uint32_t count : schedule.batches.empty() ? usual : schedule.batches) {
    const bool trace = step < schedule.traced.size() ? schedule.traced[step] : schedule.trace;
    runner.run(std::min(count, program.config.maxBatch), schedule.train && program.config.mode == Mode::Train, trace,
               step++);
  }
  runner.run(std::min(3u, program.config.maxBatch), false, false, step);
  return runner.finish();
}

Outcome runProgram(const Program &program, Kind kind, unsigned threads, const Schedule &schedule) {
  if (kind == Kind::Core) {
    CoreEngine engine(program, threads);
    return runEngine(program, engine, schedule);
  }
  Expected<std::unique_ptr<FusedEngine>> engine = FusedEngine::create(program, threads);
  if (!engine) {
    Outcome refused;
    refused.problem = engine.status().text();
    return refused;
  }
  return runEngine(program, **engine, schedule);
}

} // namespace wage::rt::testing
