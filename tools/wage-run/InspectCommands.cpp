//===- InspectCommands.cpp - wage-run info and dump ----------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/AtomicFile.h"
#include "tools/wage-run/Commands.h"

#include <cstdio>

namespace wage::run {

namespace {

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
    "times are derived from the streams and the routes, and are those that --engine=core counts.",
    infoOptions,
    {},
    "  wage-run info lenet.wbin\n"
    "  wage-run info lenet.wbin --json > lenet.json\n"};

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
                                   "and the limits that are nearest.",
                                   reportOptions,
                                   {},
                                   "  wage-run report lenet.wbin -o map.html\n"};

constexpr Command dumpCommand = {"dump",
                                 "FILE",
                                 "prints the whole binary as stable text",
                                 "Prints every template, core, parameter row and route, for reading and for `diff`; "
                                 "--binary-to-chip gives everything.",
                                 {},
                                 {},
                                 "  wage-run dump lenet.wbin > lenet.txt\n"};

/// Parses, shows the help if that is asked for, else writes what `inspect` makes of the arguments: to -o, or prints it.
template <typename Inspect>
int runInspection(const Command &command, const std::vector<std::string> &words, Inspect inspect) {
  Expected<Arguments> arguments = Arguments::parse(command, words);
  if (!arguments)
    return fail(command, ExitUsage, arguments.status().text());
  if (arguments->help()) {
    std::fputs(helpText(command).c_str(), stdout);
    return ExitSuccess;
  }
  if (&command == &reportCommand && !arguments->has("-o"))
    return fail(command, ExitUsage, "-o=FILE is needed");
  const Expected<std::optional<uint64_t>> batch = arguments->number("--batch", 1, 0xFFFFFFFFu);
  if (!batch)
    return fail(command, ExitUsage, batch.status().text());
  const Expected<std::string> text = inspect(*arguments, static_cast<uint32_t>(batch->value_or(0)));
  if (!text)
    return fail(command, ExitInput, text.status().text());
  if (arguments->has("-o")) {
    const Status written = rt::writeFileAtomically(arguments->text("-o"), text->data(), text->size());
    return written.ok() ? ExitSuccess : fail(command, ExitInput, written.text());
  }
  std::fwrite(text->data(), 1, text->size(), stdout);
  return ExitSuccess;
}

} // namespace

int runInfo(const std::vector<std::string> &words) {
  return runInspection(infoCommand, words, [](const Arguments &arguments, uint32_t batch) {
    return (arguments.has("--json") ? rt::describeProgramAsJson : rt::describeProgram)(arguments.operand(), batch);
  });
}

int runReport(const std::vector<std::string> &words) {
  return runInspection(reportCommand, words, [](const Arguments &arguments, uint32_t batch) {
    return rt::reportProgram(arguments.operand(), batch);
  });
}

int runDump(const std::vector<std::string> &words) {
  return runInspection(dumpCommand, words,
                       [](const Arguments &arguments, uint32_t) { return rt::dumpProgram(arguments.operand()); });
}

} // namespace wage::run
