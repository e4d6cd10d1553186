//===- InferCommand.cpp - wage-run infer ---------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/Commands.h"
#include "tools/wage-run/EventReport.h"
#include "tools/wage-run/InferenceInput.h"
#include "tools/wage-run/InferenceOutput.h"
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
    {"--input", "F.npy",
     "instead of images: real values, float32 or float64 .npy in the model's\n"
     "own shape with the batch in front, which are rounded to the input's grid"},
    {"--events", "F",
     "instead of images: recordings of event cameras, text lines `t x y polarity`\n"
     "or .npy, each also gzipped; several files separated by commas"},
    {"--labels", "F", "their labels, for counting errors; CIFAR-10 has them inside"},
    {"--batch", "N", "images at a time, default and limit: what the binary was compiled for"},
    {"--limit", "N", "only the first N images, or windows of recordings"},
    {"--logits", "F.npy", "write the output accumulators, [images][classes] integers"},
    {"--outputs", "F.npy",
     "write the model's own output: real values (float32) in its own shape,\n"
     "Softmax applied, or the indices (int64) of its ArgMax"},
    {"--window", "US", "--events: a sample counts the events of US microseconds"},
    {"--window-count", "N", "--events: windows of each recording, default up to its last event"},
    {"--window-start", "US", "--events: when the first window begins, default at the first event"},
    {"--sensor", "WIDTHxHEIGHT", "--events: the sensor's pixels, for a network that takes a row of numbers"},
    {"--polarity", "difference|sum",
     "--events: what an input of one channel counts, on minus off events (the\n"
     "default) or both; two channels count off and on events"},
    {"--event-value", "R",
     "--events: what one event is worth as the model's input, a real value,\n"
     "default 1: the model takes frames of counts"},
    {"--saturate-events", nullptr, "--events: clip counts that the input cannot hold, which else are an error"},
    profileOption};

constexpr Command command = {
    "infer",
    "FILE",
    "classifies images and counts the errors",
    "FILE is a binary of wage-translate, or one that `wage-run train --save` wrote. The predicted class is the "
    "largest\n"
    "output accumulator, the first of equal ones. `wage-run info` says which shapes --input and --outputs have, and "
    "what\n"
    "one integer of the input and of the output is worth.\n"
    "Of recordings it prints the class of each window and, from the sum of their output accumulators, of the "
    "recording,\n"
    "and takes a label for each recording.",
    inferOptions,
    runOptions,
    "  wage-run infer trained.wbin --images=t10k-images-idx3-ubyte.gz --labels=t10k-labels-idx1-ubyte.gz\n"
    "  wage-run infer vgg.wbin --images=test_batch.bin --limit=100 --engine=core --json\n"
    "  wage-run infer lenet.wbin --images=images.npy --logits=logits.npy\n"
    "  wage-run infer lenet.wbin --input=preprocessed.npy --outputs=probabilities.npy\n"
    "  wage-run infer lenet.wbin --events=bars.txt --window=10000 --event-value=0.5\n",
    ", 130 stopped by SIGINT, 143 by SIGTERM"};

struct InferFlags {
  EngineChoice engine;
  EventFlags events;
  std::optional<uint64_t> batch, limit;
};

/// Errors: none of the flags that name the samples is given, or several.
Status checkOneInput(const Arguments &arguments) {
  std::vector<std::string> given;
  for (const char *flag : {"--images", "--input", "--events"})
    if (arguments.has(flag))
      given.emplace_back(flag);
  if (given.empty())
    return Status::error("--images=F, --input=F.npy or --events=F is needed");
  return given.size() == 1 ? Status() : Status::error(given[0] + " and " + given[1] + " are both given, one is needed");
}

Expected<InferFlags> inferFlags(const Arguments &arguments) {
  if (Status status = checkOneInput(arguments); !status.ok())
    return status;
  InferFlags flags;
  Expected<EventFlags> events = eventFlags(arguments);
  if (!events)
    return events.status();
  flags.events = *events;
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

/// What a run leaves to be printed.
struct Outcome {
  InferenceResult result;
  bool labelled = false;
  const EventReport *events = nullptr; ///< null without recordings
};

void printResult(const Outcome &outcome, const rt::Counters &counters, rt::EngineKind engine) {
  const InferenceResult &result = outcome.result;
  const uint64_t labelled = outcome.events ? outcome.events->recordings() : result.images;
  const std::string text = outcome.labelled ? "errors " + shareText(result.errors, labelled)
                                            : std::to_string(result.images) + (outcome.events ? " windows" : " images");
  std::printf("%s%s, %s\n%s", outcome.events ? outcome.events->text().c_str() : "", text.c_str(),
              rateText(result.images, result.seconds).c_str(), counterText(counters, engine).c_str());
}

void printJson(const Outcome &outcome, const rt::Counters &counters, rt::EngineKind engine) {
  const InferenceResult &result = outcome.result;
  JsonObject json;
  json.add("command", "infer").add("engine", engineName(engine));
  json.add("images", result.images);
  if (outcome.labelled)
    json.add("errors", result.errors);
  else
    json.addNull("errors");
  if (outcome.events)
    json.add("recordings", outcome.events->json());
  if (result.interrupted)
    json.add("interrupted", stopSignalName(stopSignal()));
  json.add("steps", uint64_t(0)).add("seconds", result.seconds);
  json.add("images_per_second", perSecond(result.images, result.seconds));
  addCounters(json, counters, engine);
  std::printf("%s\n", json.text().c_str());
}

Expected<InferenceInput> readInput(const Arguments &arguments, const InferFlags &flags, const rt::Session &session,
                                   Profile *profile) {
  const ProfileSpan span(profile, "read data");
  return InferenceInput::read(arguments, flags.events, session);
}

Status classify(rt::Session &session, const InferenceInput &input, InferencePlan plan, InferenceOutput &output,
                EventReport *events, Profile *profile, InferenceResult &result) {
  const ProfileSpan span(profile, "classify");
  const bool labelled = !input.labels().empty();
  watchStopSignals();
  plan.wantsToStop = [] { return stopSignal() != 0; };
  Progress progress("classifying", plan.images);
  const LogitSink sink = [&](const std::vector<int64_t> &part, uint64_t imagesDone) {
    progress.update(imagesDone, labelled ? std::optional<uint64_t>(result.errors) : std::nullopt);
    if (Status status = events ? events->take(part) : Status(); !status.ok())
      return status;
    return output.take(session, part);
  };
  return infer(session, input.runner(session), input.labels(), plan, sink, result);
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
  Expected<InferenceInput> input = readInput(arguments, flags, **session, profile);
  if (!input)
    return input.status();
  const InferencePlan plan = {
      std::min(input->count(), flags.limit.value_or(UINT64_MAX)), static_cast<uint32_t>(batch), {}};
  Expected<InferenceOutput> output = InferenceOutput::prepare(arguments, info, plan.images);
  if (!output)
    return output.status();
  std::optional<EventReport> report;
  if (input->events())
    report.emplace(*input->events(), info);
  EventReport *events = report ? &*report : nullptr;
  if (Status status = classify(**session, *input, plan, *output, events, profile, result); !status.ok())
    return status;
  if (result.interrupted)
    std::fprintf(stderr, "wage-run infer: stopped by %s after image %llu of %llu\n", stopSignalName(stopSignal()),
                 static_cast<unsigned long long>(result.images), static_cast<unsigned long long>(plan.images));
  else if (output->isWanted()) {
    const ProfileSpan span(profile, "save");
    if (Status status = output->write(info, result.images); !status.ok())
      return status;
  }
  const bool labelled = !(events ? input->events()->labels() : input->labels()).empty();
  if (events && labelled)
    result.errors = events->errors();
  profileLayers(profile, **session, (result.images + batch - 1) / batch, arguments.has("--json"));
  (arguments.has("--json") ? printJson : printResult)({result, labelled, events}, (*session)->counters(), engine);
  return Status();
}

int execute(const Arguments &arguments) {
  Expected<InferFlags> flags = inferFlags(arguments);
  if (!flags)
    return fail(command, ExitUsage, flags.status().text());
  Expected<std::unique_ptr<Profile>> profile = openProfile(arguments, flags->engine);
  if (!profile)
    return fail(command, ExitInput, profile.status().text());
  InferenceResult result;
  Status status = runJob(arguments, *flags, profile->get(), result);
  if (Status written = writeProfile(arguments, profile->get()); status.ok())
    status = written;
  if (!status.ok())
    return fail(command, ExitInput, status.text());
  return result.interrupted ? 128 + stopSignal() : ExitSuccess;
}

} // namespace

int runInfer(const std::vector<std::string> &words) { return runParsed(command, words, execute); }

} // namespace wage::run
