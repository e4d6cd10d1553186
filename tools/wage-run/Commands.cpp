//===- Commands.cpp - what the commands share ----------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/Commands.h"

#include "runtime/Data/AtomicFile.h"
#include "runtime/Format/Version.h"
#include "runtime/Kernels/Isa.h"
#include "runtime/Kernels/PeakSpeed.h"
#include "runtime/Support/Text.h"
#include "runtime/Support/ThreadPool.h"

#include <cstdio>
#include <iterator>

namespace wage::run {

namespace {

constexpr char overview[] = R"(wage-run: runs and trains the networks that wage-translate compiled for a chip

usage: wage-run COMMAND FILE [flags]

  train    train a network with integers, on the simulated chip or at the host's speed
  infer    classify images and count the errors
  info     what a binary holds and what it costs: cores, memories, cycles, energy
  report   the same as a page to look at: core grid, links, timeline
  dump     the whole binary as stable text
  compare  the first tensor in which two runs differ

wage-run COMMAND --help says more; wage-run --version says which wage this is.

examples:
  wage-run train lenet.wbin --images=train-images-idx3-ubyte.gz --labels=train-labels-idx1-ubyte.gz \
           --epochs=1 --lr-log2=3 --save=trained.wbin
  wage-run infer trained.wbin --images=t10k-images-idx3-ubyte.gz --labels=t10k-labels-idx1-ubyte.gz

exit code: 0 done, 1 the input is wrong, 2 the usage is wrong, 130 stopped by SIGINT, 143 by SIGTERM
)";

constexpr struct {
  const char *name;
  int (*run)(const std::vector<std::string> &words);
} commands[] = {{"train", runTrain},   {"infer", runInfer}, {"info", runInfo},
                {"report", runReport}, {"dump", runDump},   {"compare", runCompare}};

/// "train, infer, ... or compare".
std::string commandNames() {
  std::string names;
  const size_t count = std::size(commands);
  for (size_t i = 0; i < count; ++i)
    names += std::string(i == 0 ? "" : i + 1 < count ? ", " : " or ") + commands[i].name;
  return names;
}

int runCommand(const std::vector<std::string> &words) {
  const std::string name = words.empty() ? "" : words[0];
  if (name == "--help" || name == "-h" || name == "help") {
    std::fputs(overview, stdout);
    return ExitSuccess;
  }
  if (name == "--version") {
    std::puts(rt::versionText().c_str());
    return ExitSuccess;
  }
  const std::vector<std::string> rest(words.begin() + (words.empty() ? 0 : 1), words.end());
  for (const auto &command : commands)
    if (name == command.name)
      return command.run(rest);
  std::fprintf(stderr, "wage-run: error: %s, a command is needed: %s (see wage-run --help)\n",
               words.empty() ? "found nothing" : printable("found '" + name + "'").c_str(), commandNames().c_str());
  return ExitUsage;
}

} // namespace

int runParsed(const Command &command, const std::vector<std::string> &words,
              const std::function<int(const Arguments &)> &run) {
  Expected<Arguments> arguments = Arguments::parse(command, words);
  if (!arguments)
    return fail(command, ExitUsage, arguments.status().text());
  if (arguments->help()) {
    std::fputs(helpText(command).c_str(), stdout);
    return ExitSuccess;
  }
  return run(*arguments);
}

int runTool(const std::vector<std::string> &words) {
  const int code = runCommand(words);
  // Output that did not arrive (a full disk, say) must not look like success.
  if (std::fflush(stdout) == 0 && !std::ferror(stdout))
    return code;
  std::fputs("wage-run: error: standard output: cannot be written\n", stderr);
  return ExitInput;
}

std::string printable(const std::string &text) {
  constexpr size_t longest = 2000;
  const std::string line = rt::withoutControls(text.substr(0, longest));
  return text.size() > longest ? line + " (cut)" : line;
}

int fail(const Command &command, ExitCode code, const std::string &text) {
  std::fprintf(stderr, "wage-run %s: error: %s%s\n", command.name, printable(text).c_str(),
               code == ExitUsage ? (std::string(" (see wage-run ") + command.name + " --help)").c_str() : "");
  return code;
}

const char *engineName(rt::EngineKind engine) { return engine == rt::EngineKind::Core ? "core" : "fused"; }

Expected<EngineChoice> engineChoice(const Arguments &arguments) {
  EngineChoice choice;
  const std::string engine = arguments.text("--engine", "fused");
  if (engine != "core" && engine != "fused")
    return Status::error("--engine: found '" + engine + "', core or fused is needed");
  choice.engine = engine == "core" ? rt::EngineKind::Core : rt::EngineKind::Fused;
  Expected<std::optional<uint64_t>> threads = arguments.number("--threads", 1, 1024);
  if (!threads)
    return threads.status();
  if (Status status = rt::setIsa(std::string_view(arguments.text("--isa", "auto"))); !status.ok())
    return status;
  choice.threads = static_cast<unsigned>(threads->value_or(rt::usableProcessors()));
  return choice;
}

Expected<std::unique_ptr<Profile>> openProfile(const Arguments &arguments, const EngineChoice &engine) {
  if (!arguments.has("--profile"))
    return std::unique_ptr<Profile>();
  if (Status status = rt::checkWritable(arguments.text("--profile")); !status.ok())
    return status;
  return std::make_unique<Profile>(std::string(engineName(engine.engine)) + " engine, " +
                                   std::to_string(engine.threads) + " threads");
}

Expected<std::unique_ptr<rt::Session>> openSession(const Arguments &arguments, const EngineChoice &engine,
                                                   Profile *profile) {
  const rt::SessionWatch opening = profile ? profile->watch(Profile::Host) : rt::SessionWatch();
  Expected<std::unique_ptr<rt::Session>> session =
      rt::Session::open(arguments.operand(), engine.engine, engine.threads, opening);
  if (session && profile)
    (*session)->watch(profile->watch(Profile::Chip));
  return session;
}

void profileLayers(Profile *profile, const rt::Session &session, uint64_t steps, bool quiet) {
  if (!profile)
    return;
  profile->setLayers(session.layerWork(), rt::measurePeakSpeed());
  if (!quiet)
    std::fputs(profile->layerText(steps).c_str(), stdout);
}

Status writeProfile(const Arguments &arguments, Profile *profile) {
  return profile ? profile->write(arguments.text("--profile")) : Status();
}

void addCounters(JsonObject &json, const rt::Counters &counters, rt::EngineKind engine) {
  json.add("peak_bytes", counters.peakBytes);
  if (engine != rt::EngineKind::Core)
    return;
  json.add("cycles", counters.cycles).add("packets", counters.packets).add("packet_bytes", counters.packetBytes);
  json.add("byte_hops", counters.byteHops).add("off_chip_bytes", counters.offChipBytes).add("macs", counters.macs);
  json.add("memory_bytes", counters.memoryBytes).add("energy_pj", counters.energyPj);
  if (counters.layers.empty())
    return;
  json.add("spikes", counters.spikes).add("synaptic_events", counters.synapticEvents).add("ticks", counters.ticks);
  std::vector<JsonObject> layers;
  for (const rt::LayerSpikes &layer : counters.layers)
    layers.push_back(JsonObject()
                         .add("layer", layer.layer)
                         .add("errors", layer.areErrors)
                         .add("values", layer.values)
                         .add("spikes", layer.spikes));
  json.add("spikes_by_layer", layers);
}

/// What was sent as events, by layer.
static std::string spikeText(const rt::Counters &counters) {
  if (counters.layers.empty())
    return "";
  std::string text = "events: " + std::to_string(counters.spikes) + " spikes, " +
                     std::to_string(counters.synapticEvents) + " synaptic events, " + std::to_string(counters.ticks) +
                     " ticks; spikes per value:";
  for (size_t i = 0; i < counters.layers.size(); ++i) {
    const rt::LayerSpikes &layer = counters.layers[i];
    char rate[32];
    std::snprintf(rate, sizeof rate, "%.4g", layer.values ? double(layer.spikes) / double(layer.values) : 0.0);
    text += (i ? ", " : " ") + printable(layer.layer) + (layer.areErrors ? " errors " : " ") + rate;
  }
  return text + "\n";
}

std::string counterText(const rt::Counters &counters, rt::EngineKind engine) {
  if (engine != rt::EngineKind::Core)
    return "";
  char energy[32];
  std::snprintf(energy, sizeof energy, "%.4g", counters.energyPj * 1e-6);
  return "chip: " + std::to_string(counters.cycles) + " cycles, " + std::to_string(counters.packets) + " packets, " +
         std::to_string(counters.byteHops) + " byte-hops, " + std::to_string(counters.macs) +
         " multiply-accumulates, " + energy + " uJ\n" + spikeText(counters);
}

} // namespace wage::run
