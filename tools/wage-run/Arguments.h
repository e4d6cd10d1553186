//===- Arguments.h - the command line, read by one parser for all commands *- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGERUN_ARGUMENTS_H
#define WAGE_TOOLS_WAGERUN_ARGUMENTS_H

#include "runtime/Support/Status.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wage::run {

using rt::Expected;
using rt::Status;

/// The tool's exit codes: all went well; the input is wrong; the usage is wrong.
enum ExitCode : int { ExitSuccess = 0, ExitInput = 1, ExitUsage = 2 };

/// One flag of a command.
struct Option {
  const char *name;  ///< with the dashes, "--batch"
  const char *value; ///< what stands behind the equals sign in the help, "N"; null for a switch
  const char *help;  ///< one line, or several separated by '\n'
};

/// A constant array of options.
struct OptionList {
  const Option *first = nullptr;
  size_t count = 0;

  constexpr OptionList() = default;
  template <size_t N> constexpr OptionList(const Option (&options)[N]) : first(options), count(N) {}
  const Option *begin() const { return first; }
  const Option *end() const { return first + count; }
};

/// One command of the tool: what its help says and its parser accepts.
struct Command {
  const char *name;
  const char *operand;        ///< what the operands are called, "FILE"
  const char *summary;        ///< one line
  const char *description;    ///< paragraphs, shown before the flags
  OptionList options;         ///< its own flags
  OptionList sharedOptions;   ///< those it has in common with others, shown last
  const char *examples;       ///< shown after the flags
  const char *exitCodes = ""; ///< its own exit codes, behind the common ones
  size_t mostOperands = 1;
};

/// The text of `wage-run COMMAND --help`.
std::string helpText(const Command &command);

/// Flags and operands of one call, as strings.
class Arguments {
public:
  /// Takes `--flag=value`, `--flag value` and, for switches, `--flag`; flags and operands in any order; all behind `--`
  /// is an operand. `words` does not contain the program and the command. `--help` and `-h` set help() and end the work.
  ///
  /// Errors (usage): an unknown flag (with the nearest known one), a flag given twice, a missing value, a value for a
  /// switch, no operand or more than the command takes.
  static Expected<Arguments> parse(const Command &command, const std::vector<std::string> &words);

  bool help() const { return wantsHelp; }
  const std::string &operand() const { return allOperands.front(); }
  const std::vector<std::string> &operands() const { return allOperands; }
  bool has(const char *name) const;
  /// The flag's value, or `fallback` if it was not given.
  std::string text(const char *name, const std::string &fallback = "") const;
  /// The flag's value as a whole number (decimal, or hexadecimal with 0x) in [lowest, highest]; none if not given.
  /// Errors (usage): another text.
  Expected<std::optional<uint64_t>> number(const char *name, uint64_t lowest, uint64_t highest) const;

private:
  bool wantsHelp = false;
  std::vector<std::string> allOperands;
  std::vector<std::pair<std::string, std::string>> values;
};

/// A whole number, decimal or hexadecimal with 0x, without sign; none for any other text or one above 2^64 - 1.
std::optional<uint64_t> parseUnsigned(const std::string &text);

/// A decimal whole number with or without sign, none for any other text or one that does not fit.
std::optional<int64_t> parseSigned(const std::string &text);

/// The parts of `text` between commas; one empty part for an empty text.
std::vector<std::string> splitAtCommas(const std::string &text);

} // namespace wage::run

#endif // WAGE_TOOLS_WAGERUN_ARGUMENTS_H
