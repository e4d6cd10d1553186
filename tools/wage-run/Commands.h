//===- Commands.h - what wage-run can do ---------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGERUN_COMMANDS_H
#define WAGE_TOOLS_WAGERUN_COMMANDS_H

#include "runtime/Api/wage_runtime.h"
#include "runtime/Support/Json.h"
#include "tools/wage-run/Arguments.h"
#include "tools/wage-run/Profile.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace wage::run {

/// Runs the tool: the first word is the command, the rest its arguments (without the program's name). Results go to
/// standard output, one line for an error to standard error. Returns the exit code.
int runTool(const std::vector<std::string> &words);

/// The commands, each with the words behind its name.
int runTrain(const std::vector<std::string> &words);
int runInfer(const std::vector<std::string> &words);
int runInfo(const std::vector<std::string> &words);
int runReport(const std::vector<std::string> &words);
int runDump(const std::vector<std::string> &words);
int runCompare(const std::vector<std::string> &words);

/// `text` as part of one line for a terminal: control characters as '?', and cut after 2000 bytes. What a file holds
/// must not steer the terminal that shows the error.
std::string printable(const std::string &text);

/// Prints `wage-run COMMAND: error: TEXT` (and, for wrong usage, where to read more) and returns `code`.
int fail(const Command &command, ExitCode code, const std::string &text);

/// Parses the words behind a command's name and shows its help if that is asked for, else returns what `run` does with them.
int runParsed(const Command &command, const std::vector<std::string> &words,
              const std::function<int(const Arguments &)> &run);

/// The flags that all running commands have.
inline constexpr Option runOptions[] = {
    {"--engine", "core|fused",
     "fused (the default): whole layers at this computer's speed;\n"
     "core: every core and every packet of the chip, counted; same bits"},
    {"--threads", "N", "host threads, default one per usable processor; never changes a bit"},
    {"--isa", "NAME",
     "instruction set of the kernels: auto (the default: the largest that this\n"
     "computer has), portable, avx2, avx512 or avx512-vnni; never changes a bit"},
    {"--json", nullptr, "print one JSON object and nothing else; docs/schemas/ says what it holds"}};

/// Of those that run once.
inline constexpr Option profileOption = {"--profile", "FILE",
                                         "write when which work was done, for chrome://tracing or Perfetto"};

using rt::JsonObject;

/// "core" or "fused", as --engine takes it.
const char *engineName(rt::EngineKind engine);

/// What --engine and --threads say.
struct EngineChoice {
  rt::EngineKind engine = rt::EngineKind::Fused;
  unsigned threads = 1;
};
Expected<EngineChoice> engineChoice(const Arguments &arguments);

/// The profile that --profile wants, null without. Errors: its file cannot be written.
Expected<std::unique_ptr<Profile>> openProfile(const Arguments &arguments, const EngineChoice &engine);

/// Opens the binary, and has `profile` (may be null) record what the session does. Errors: those of Session::open.
Expected<std::unique_ptr<rt::Session>> openSession(const Arguments &arguments, const EngineChoice &engine,
                                                   Profile *profile);

/// Adds to the profile, if there is one, what the session did for its layers in `steps` steps or batches; prints that too
/// unless `quiet`.
void profileLayers(Profile *profile, const rt::Session &session, uint64_t steps, bool quiet);

/// Writes the profile, if there is one. Errors: it cannot be written.
Status writeProfile(const Arguments &arguments, Profile *profile);

/// Members that every `--json` object has, and on the core engine the chip's counters too.
void addCounters(JsonObject &json, const rt::Counters &counters, rt::EngineKind engine);

/// The simulated chip's counters as text; empty on the fused engine, which counts none.
std::string counterText(const rt::Counters &counters, rt::EngineKind engine);

} // namespace wage::run

#endif // WAGE_TOOLS_WAGERUN_COMMANDS_H
