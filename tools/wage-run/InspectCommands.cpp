//===- InspectCommands.cpp - wage-run info, report and dump --------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/AtomicFile.h"
#include "tools/wage-run/Commands.h"
#include "tools/wage-run/InferenceInput.h"
#include "tools/wage-run/Progress.h"

#include <algorithm>
#include <cstdio>

namespace wage::run {

namespace {

/// What is run to measure.
constexpr Option measuringOptions[] = {
    {"--images", "F",
     "run these images on the core engine and tell what they cost, where\n"
     "messages are events (--spike-code of wage-translate); files as of `infer`"},
    {"--input", "F.npy", "instead of images: real values, as of `infer`"},
    {"--limit", "N", "only the first N images"},
    {"--sample", "K", "the image whose spikes are listed and drawn, from 0, the default"},
    {"--threads", "N", "host threads, default one per usable processor; never changes a bit"}};

constexpr Option infoOptions[] = {
    {"--batch", "N", "samples of the batch whose cost is told; default the largest that the binary holds"},
    {"--json", nullptr, "print one JSON object and nothing else; docs/schemas/info.json says what it holds"}};

constexpr Command infoCommand = {
    "info",
    "FILE",
    "says what a binary holds",
    "Prints the network, the chip, how the layers fill its cores and memories, and what a batch costs: cycles and "
    "energy of\n"
    "inference and of a training step, by phase and by layer, and the limits of the chip that are nearest. Nothing is "
    "run:\n"
    "times are derived from the streams and the routes, and are those that --engine=core counts. Of messages that are "
    "events this\n"
    "is the most that there can be; with --images it is also measured.",
    infoOptions,
    measuringOptions,
    "  wage-run info lenet.wbin\n"
    "  wage-run info lenet.wbin --json > lenet.json\n"
    "  wage-run info spikes.wbin --images=t10k-images-idx3-ubyte.gz --limit=100\n"};

constexpr Option reportOptions[] = {
    {"-o", "FILE", "the page to write; needed"},
    {"--batch", "N", "samples of the batch whose cost is told; default the largest that the binary holds"}};

constexpr Command reportCommand = {"report",
                                   "FILE",
                                   "draws a binary's cores, links, phases and costs on one page of HTML",
                                   "Writes what `wage-run info --json` says as a page for a browser that needs no "
                                   "network and no other file: the core grid by\n"
                                   "layer, utilisation, memory, load, energy or traffic, links by load, when each core "
                                   "works in each phase, costs by layer,\n"
                                   "and the limits that are nearest; with --images also the spikes that were "
                                   "measured, by layer and, of one image, one by one.",
                                   reportOptions,
                                   measuringOptions,
                                   "  wage-run report lenet.wbin -o map.html\n"
                                   "  wage-run report spikes.wbin --images=t10k-images-idx3-ubyte.gz --limit=100 "
                                   "-o map.html\n"};

constexpr Command dumpCommand = {"dump",
                                 "FILE",
                                 "prints the whole binary as stable text",
                                 "Prints every template, core, parameter row and route, for reading and for `diff`; "
                                 "--binary-to-chip gives everything.",
                                 {},
                                 {},
                                 "  wage-run dump lenet.wbin > lenet.txt\n"};

struct MeasuringFlags {
  EngineChoice engine;
  bool isWanted = false;
  uint64_t limit = UINT64_MAX, sample = 0;
};

Expected<MeasuringFlags> measuringFlags(const Arguments &arguments) {
  MeasuringFlags flags;
  flags.isWanted = arguments.has("--images") || arguments.has("--input");
  if (arguments.has("--images") && arguments.has("--input"))
    return Status::error("--images and --input are both given, at most one is needed");
  for (const char *flag : {"--limit", "--sample", "--threads"})
    if (arguments.has(flag) && !flags.isWanted)
      return Status::error(std::string(flag) + " needs --images or --input");
  Expected<EngineChoice> engine = engineChoice(arguments);
  if (!engine)
    return engine.status();
  flags.engine = {rt::EngineKind::Core, engine->threads};
  Expected<std::optional<uint64_t>> limit = arguments.number("--limit", 1, UINT64_MAX);
  if (!limit)
    return limit.status();
  flags.limit = limit->value_or(UINT64_MAX);
  Expected<std::optional<uint64_t>> sample = arguments.number("--sample", 0, UINT64_MAX);
  if (!sample)
    return sample.status();
  flags.sample = sample->value_or(0);
  return flags;
}

/// A session that has run what --images or --input names; null without. `batch` 0: the largest.
Expected<std::unique_ptr<rt::Session>> measure(const Arguments &arguments, const MeasuringFlags &flags,
                                               uint32_t batch) {
  if (!flags.isWanted)
    return std::unique_ptr<rt::Session>();
  rt::SessionWatch watch;
  watch.countSpikes = true;
  watch.shownImage = flags.sample;
  Expected<std::unique_ptr<rt::Session>> session =
      rt::Session::open(arguments.operand(), flags.engine.engine, flags.engine.threads, watch);
  if (!session)
    return session;
  const rt::ProgramInfo &info = (*session)->info();
  if (!(*session)->spikeActivity())
    return Status::error(arguments.operand() + ": no message is an event, so that there is nothing to measure; " +
                         "--images needs a binary of `wage-translate --spike-code`");
  Expected<InferenceInput> input = InferenceInput::read(arguments, EventFlags(), **session);
  if (!input)
    return input.status();
  const uint32_t largest = std::min(batch ? batch : info.maxBatch, info.maxBatch);
  const InferencePlan plan = {std::min(input->count(), flags.limit), largest, {}};
  if (flags.sample >= plan.images)
    return Status::error("--sample: found " + std::to_string(flags.sample) + ", needed less than the " +
                         std::to_string(plan.images) + " images that are run");
  Progress progress("measuring", plan.images);
  const LogitSink sink = [&](const std::vector<int64_t> &, uint64_t imagesDone) {
    progress.update(imagesDone);
    return Status();
  };
  InferenceResult result;
  if (Status status = infer(**session, input->runner(**session), {}, plan, sink, result); !status.ok())
    return status;
  return session;
}

/// Writes text to -o, or prints it.
int writeText(const Command &command, const Arguments &arguments, const std::string &text) {
  if (arguments.has("-o")) {
    const Status written = rt::writeFileAtomically(arguments.text("-o"), text.data(), text.size());
    return written.ok() ? ExitSuccess : fail(command, ExitInput, written.text());
  }
  std::fputs(text.c_str(), stdout);
  return ExitSuccess;
}

/// Parses, shows the help if that is asked for, else writes what `inspect` makes of the arguments: to -o, or prints it.
template <typename Inspect>
int runInspection(const Command &command, const std::vector<std::string> &words, Inspect inspect) {
  return runParsed(command, words, [&](const Arguments &arguments) {
    if (&command == &reportCommand && !arguments.has("-o"))
      return fail(command, ExitUsage, "-o=FILE is needed");
    const Expected<std::optional<uint64_t>> batch = arguments.number("--batch", 1, UINT32_MAX);
    if (!batch)
      return fail(command, ExitUsage, batch.status().text());
    const Expected<MeasuringFlags> flags = measuringFlags(arguments);
    if (!flags)
      return fail(command, ExitUsage, flags.status().text());
    const auto samples = static_cast<uint32_t>(batch->value_or(0));
    const Expected<std::unique_ptr<rt::Session>> measured = measure(arguments, *flags, samples);
    if (!measured)
      return fail(command, ExitInput, measured.status().text());
    const Expected<std::string> text = inspect(arguments, samples, measured->get());
    return text ? writeText(command, arguments, *text) : fail(command, ExitInput, text.status().text());
  });
}

} // namespace

int runInfo(const std::vector<std::string> &words) {
  return runInspection(infoCommand, words, [](const Arguments &arguments, uint32_t batch, const rt::Session *measured) {
    const auto describe = arguments.has("--json") ? rt::describeProgramAsJson : rt::describeProgram;
    return describe(arguments.operand(), batch, measured);
  });
}

int runReport(const std::vector<std::string> &words) {
  return runInspection(reportCommand, words,
                       [](const Arguments &arguments, uint32_t batch, const rt::Session *measured) {
                         return rt::reportProgram(arguments.operand(), batch, measured);
                       });
}

int runDump(const std::vector<std::string> &words) {
  return runInspection(dumpCommand, words, [](const Arguments &arguments, uint32_t, const rt::Session *) {
    return rt::dumpProgram(arguments.operand());
  });
}

} // namespace wage::run
