//===- InferCommand.cpp - wage-run infer ---------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/AtomicFile.h"
#include "runtime/Data/Dataset.h"
#include "runtime/Data/Npy.h"
#include "tools/wage-run/Commands.h"
#include "tools/wage-run/Inference.h"
#include "tools/wage-run/Progress.h"
#include "tools/wage-run/StopSignal.h"

#include <algorithm>
#include <cstdio>

namespace wage::run {

namespace {

constexpr Option inferOptions[] = {
    {"--images", "F",
     "images: idx, .npy (uint8, NCHW) or CIFAR-10 .bin, each also gzipped;\n"
     "several files separated by commas are read as one"},
    {"--labels", "F", "their labels, for counting errors; CIFAR-10 has them inside"},
    {"--batch", "N", "images at a time, default and limit: what the binary was compiled for"},
    {"--limit", "N", "only the first N images"},
    {"--logits", "F.npy", "write the output accumulators, [images][classes] integers"}};

constexpr Command command = {
    "infer",
    "FILE",
    "classifies images and counts the errors",
    "FILE is a binary of wage-translate, or one that `wage-run train --save` wrote. The predicted class is the "
    "largest\n"
    "output accumulator, the first of equal ones.",
    inferOptions,
    runOptions,
    "  wage-run infer trained.wbin --images=t10k-images-idx3-ubyte.gz --labels=t10k-labels-idx1-ubyte.gz\n"
    "  wage-run infer vgg.wbin --images=test_batch.bin --limit=100 --engine=core --json\n"
    "  wage-run infer lenet.wbin --images=images.npy --logits=logits.npy\n",
    ", 130 stopped by SIGINT, 143 by SIGTERM"};

struct InferFlags {
  EngineChoice engine;
  std::optional<uint64_t> batch, limit;
};

Expected<InferFlags> inferFlags(const Arguments &arguments) {
  if (!arguments.has("--images"))
    return Status::error("--images=F is needed");
  InferFlags flags;
  Expected<EngineChoice> engine = engineChoice(arguments);
  if (!engine)
    return engine.status();
  flags.engine = *engine;
  Expected<std::optional<uint64_t>> batch = arguments.number("--batch", 1, UINT32_MAX);
  if (!batch)
    return batch.status();
  flags.batch = *batch;
  Expected<std::optional<uint64_t>> limit = arguments.number("--limit", 1, UINT64_MAX);
  if (!limit)
    return limit.status();
  flags.limit = *limit;
  return flags;
}

void printResult(const InferenceResult &result, bool labelled, const rt::Counters &counters, rt::EngineKind engine) {
  const double rate = result.seconds > 0 ? double(result.images) / result.seconds : 0.0;
  const std::string errors =
      labelled ? "errors " + shareText(result.errors, result.images) : std::to_string(result.images) + " images";
  std::printf("%s, %.0f images/s\n%s", errors.c_str(), rate, counterText(counters, engine).c_str());
}

void printJson(const InferenceResult &result, bool labelled, const rt::Counters &counters, rt::EngineKind engine) {
  JsonObject json;
  json.add("command", "infer").add("engine", engine == rt::EngineKind::Core ? "core" : "fused");
  json.add("images", result.images);
  if (labelled)
    json.add("errors", result.errors);
  else
    json.addNull("errors");
  if (result.interrupted)
    json.add("interrupted", stopSignalName(stopSignal()));
  json.add("steps", uint64_t(0)).add("seconds", result.seconds);
  json.add("images_per_second", result.seconds > 0 ? double(result.images) / result.seconds : 0.0);
  addCounters(json, counters, engine);
  std::printf("%s\n", json.text().c_str());
}

/// Reads the images and checks that they fit the binary. Errors: they cannot be read, or do not fit.
Expected<rt::Dataset> readImages(const Arguments &arguments, const rt::ProgramInfo &info, Profile *profile) {
  const ProfileSpan span(profile, "read data");
  Expected<rt::Dataset> data = rt::readDataset(arguments.text("--images"), arguments.text("--labels"));
  if (!data)
    return data;
  if (Status status = rt::checkDataset(*data, info.channels, info.height, info.width, info.classes); !status.ok())
    return status;
  return data;
}

Status classify(rt::Session &session, const rt::Dataset &data, InferencePlan plan, std::vector<int64_t> *logits,
                Profile *profile, InferenceResult &result) {
  const ProfileSpan span(profile, "classify");
  const bool labelled = !data.labels.empty();
  watchStopSignals();
  plan.wantsToStop = [] { return stopSignal() != 0; };
  Progress progress("classifying", plan.images);
  const LogitSink sink = [&](const std::vector<int64_t> &part, uint64_t imagesDone) {
    if (logits)
      logits->insert(logits->end(), part.begin(), part.end());
    progress.update(imagesDone, labelled ? std::optional<uint64_t>(result.errors) : std::nullopt);
  };
  return infer(session, data, plan, sink, result);
}

Status runJob(const Arguments &arguments, const InferFlags &flags, Profile *profile, InferenceResult &result) {
  const rt::EngineKind engine = flags.engine.engine;
  Expected<std::unique_ptr<rt::Session>> session = openSession(arguments, flags.engine, profile);
  if (!session)
    return session.status();
  const rt::ProgramInfo &info = (*session)->info();
  const uint64_t batch = flags.batch.value_or(info.maxBatch);
  if (batch > info.maxBatch)
    return Status::error("--batch: found " + std::to_string(batch) + ", '" + arguments.operand() + "' holds at most " +
                         std::to_string(info.maxBatch));
  Expected<rt::Dataset> data = readImages(arguments, info, profile);
  if (!data)
    return data.status();
  if (arguments.has("--logits"))
    if (Status status = rt::checkWritable(arguments.text("--logits")); !status.ok())
      return status;
  const InferencePlan plan = {
      std::min(data->count, flags.limit.value_or(UINT64_MAX)), static_cast<uint32_t>(batch), {}};
  std::vector<int64_t> logits;
  if (Status status = classify(**session, *data, plan, arguments.has("--logits") ? &logits : nullptr, profile, result);
      !status.ok())
    return status;
  if (result.interrupted)
    std::fprintf(stderr, "wage-run infer: stopped by %s after image %llu of %llu\n", stopSignalName(stopSignal()),
                 static_cast<unsigned long long>(result.images), static_cast<unsigned long long>(plan.images));
  else if (arguments.has("--logits")) {
    const ProfileSpan span(profile, "save");
    if (Status status =
            rt::writeNpy(arguments.text("--logits"), {static_cast<int64_t>(result.images), info.classes}, logits);
        !status.ok())
      return status;
  }
  const bool labelled = !data->labels.empty();
  (arguments.has("--json") ? printJson : printResult)(result, labelled, (*session)->counters(), engine);
  return Status();
}

} // namespace

int runInfer(const std::vector<std::string> &words) {
  Expected<Arguments> arguments = Arguments::parse(command, words);
  if (!arguments)
    return fail(command, ExitUsage, arguments.status().text());
  if (arguments->help()) {
    std::fputs(helpText(command).c_str(), stdout);
    return ExitSuccess;
  }
  Expected<InferFlags> flags = inferFlags(*arguments);
  if (!flags)
    return fail(command, ExitUsage, flags.status().text());
  Expected<std::unique_ptr<Profile>> profile = openProfile(*arguments, flags->engine);
  if (!profile)
    return fail(command, ExitInput, profile.status().text());
  InferenceResult result;
  Status status = runJob(*arguments, *flags, profile->get(), result);
  if (Status written = writeProfile(*arguments, profile->get()); status.ok())
    status = written;
  if (!status.ok())
    return fail(command, ExitInput, status.text());
  return result.interrupted ? 128 + stopSignal() : ExitSuccess;
}

} // namespace wage::run
