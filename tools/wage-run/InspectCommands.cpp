//===- InspectCommands.cpp - wage-run info and dump ----------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/Commands.h"

#include <cstdio>

namespace wage::run {

namespace {

constexpr Option infoOptions[] = {
    {"--json", nullptr, "print one JSON object and nothing else; docs/schemas/info.json says what it holds"}};

constexpr Command infoCommand = {
    "info",
    "FILE",
    "says what a binary holds",
    "Prints the network, the chip, how the layers fill its cores and memories, and the work of each phase.",
    infoOptions,
    {},
    "  wage-run info lenet.wbin\n"
    "  wage-run info lenet.wbin --json > lenet.json\n"};

constexpr Command dumpCommand = {"dump",
                                 "FILE",
                                 "prints the whole binary as stable text",
                                 "Prints every template, core, parameter row and route, for reading and for `diff`; "
                                 "--binary-to-chip gives everything.",
                                 {},
                                 {},
                                 "  wage-run dump lenet.wbin > lenet.txt\n"};

int runInspection(const Command &command, const std::vector<std::string> &words,
                  Expected<std::string> (*inspect)(const std::string &),
                  Expected<std::string> (*inspectAsJson)(const std::string &)) {
  Expected<Arguments> arguments = Arguments::parse(command, words);
  if (!arguments)
    return fail(command, ExitUsage, arguments.status().text());
  if (arguments->help()) {
    std::fputs(helpText(command).c_str(), stdout);
    return ExitSuccess;
  }
  Expected<std::string> text = (arguments->has("--json") ? inspectAsJson : inspect)(arguments->operand());
  if (!text)
    return fail(command, ExitInput, text.status().text());
  std::fwrite(text->data(), 1, text->size(), stdout);
  return ExitSuccess;
}

} // namespace

int runInfo(const std::vector<std::string> &words) {
  return runInspection(infoCommand, words, rt::describeProgram, rt::describeProgramAsJson);
}

int runDump(const std::vector<std::string> &words) {
  return runInspection(dumpCommand, words, rt::dumpProgram, nullptr);
}

} // namespace wage::run
