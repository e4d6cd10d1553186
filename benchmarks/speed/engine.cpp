//===- engine.cpp - speed of the engines, through the runtime's own interface ---===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Usage: benchmark-engine FILE.wbin [--work=infer|train] [--batch=N] [--threads=N] [--isa=NAME] [--engine=fused|core]
// Answers `run N` with the seconds of one inference, or one training step, of a batch of random images and labels.
//
//===---------------------------------------------------------------------------===//

#include "benchmarks/speed/Server.h"
#include "runtime/Api/wage_runtime.h"
#include "runtime/Kernels/Isa.h"

#include <algorithm>

using namespace wage::rt;
using namespace wage::speed;

/// 8, with which the paper begins.
static constexpr int learningRateLog2 = 3;

namespace {
/// A session and what is fed to it.
class Work {
public:
  Work(std::unique_ptr<Session> opened, bool trains, uint32_t batch)
      : session(std::move(opened)), trains(trains), batch(batch) {
    const ProgramInfo &info = session->info();
    uint32_t state = 1;
    const auto next = [&] { return (state = state * 1664525u + 1013904223u) >> 8; };
    images.resize(size_t(batch) * info.channels * info.height * info.width);
    std::generate(images.begin(), images.end(), [&] { return uint8_t(next() >> 8); });
    labels.resize(batch);
    std::generate(labels.begin(), labels.end(), [&] { return next() % info.classes; });
  }

  Status run() {
    if (trains)
      return session->trainStep(images.data(), labels.data(), batch, learningRateLog2, 1, step++, report, nullptr);
    return session->infer(images.data(), batch, logits);
  }

  /// How many of the last inference's logits differ: a network of zeros would be no measure.
  size_t differentLogits() {
    std::vector<int64_t> sorted = logits;
    std::sort(sorted.begin(), sorted.end());
    return size_t(std::unique(sorted.begin(), sorted.end()) - sorted.begin());
  }

private:
  std::unique_ptr<Session> session;
  const bool trains;
  const uint32_t batch;
  uint64_t step = 0;
  std::vector<uint8_t> images;
  std::vector<uint32_t> labels;
  std::vector<int64_t> logits;
  StepReport report;
};
} // namespace

static int fail(const std::string &text) {
  std::fprintf(stderr, "benchmark-engine: %s\n", text.c_str());
  return 1;
}

int main(int argc, char **argv) {
  if (argc < 2)
    return fail("a binary must be given");
  if (Status status = setIsa(option(argc, argv, "--isa", "auto")); !status.ok())
    return fail(status.text());
  const EngineKind kind = option(argc, argv, "--engine", "fused") == "core" ? EngineKind::Core : EngineKind::Fused;
  const unsigned threads = unsigned(numberOption(argc, argv, "--threads", 1));
  Expected<std::unique_ptr<Session>> session = Session::open(argv[1], kind, threads);
  if (!session)
    return fail(session.status().text());
  const bool trains = option(argc, argv, "--work", "infer") == "train";
  Work work(std::move(*session), trains, uint32_t(numberOption(argc, argv, "--batch", 1)));
  if (Status status = work.run(); !status.ok())
    return fail(status.text());
  const std::string what = "wage" + (trains ? "" : " logits " + std::to_string(work.differentLogits()));
  return serve(what.c_str(), [&] {
    if (Status status = work.run(); !status.ok())
      std::exit(fail(status.text()));
  });
}
