//===- Arguments.cpp - the command line, read by one parser for all commands *- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/Arguments.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <numeric>

namespace wage::run {

namespace {

/// Smallest number of inserted, deleted and replaced characters between two words.
size_t editDistance(const std::string &a, const std::string &b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

const Option *findOption(const Command &command, const std::string &name) {
  for (const OptionList &list : {command.options, command.sharedOptions})
    for (const Option &option : list)
      if (name == option.name)
        return &option;
  return nullptr;
}

Status unknownOption(const Command &command, const std::string &name) {
  std::string text = "unknown flag '" + name + "'";
  size_t nearest = 3; // more than two typing errors are another word
  std::string best;
  for (const OptionList &list : {command.options, command.sharedOptions})
    for (const Option &option : list)
      if (const size_t distance = editDistance(name, option.name); distance < nearest) {
        nearest = distance;
        best = option.name;
      }
  return Status::error(best.empty() ? text : text + ", did you mean '" + best + "'?");
}

/// The lines of one flag: its name, and from a fixed column on its help.
std::string optionText(const Option &option) {
  constexpr size_t helpColumn = 30;
  std::string text = std::string("  ") + option.name + (option.value ? std::string("=") + option.value : "");
  if (text.size() + 2 > helpColumn)
    text += "\n" + std::string(helpColumn, ' ');
  else
    text.resize(helpColumn, ' ');
  for (const char *c = option.help; *c; ++c) {
    text += *c;
    if (*c == '\n')
      text.append(helpColumn, ' ');
  }
  return text + "\n";
}

} // namespace

std::string helpText(const Command &command) {
  std::string text = std::string("wage-run ") + command.name + ": " + command.summary + "\n\nusage: wage-run " +
                     command.name + " " + command.operand + (command.options.count ? " [flags]" : "") + "\n\n" +
                     command.description + "\n\nflags, as --flag=value or --flag value:\n";
  for (const OptionList &list : {command.options, command.sharedOptions})
    for (const Option &option : list)
      text += optionText(option);
  text += optionText({"--help", nullptr, "this text"});
  return text + "\nexamples:\n" + command.examples + "\nexit code: 0 done, 1 the input is wrong, 2 the usage is wrong" +
         command.exitCodes + "\n";
}

Expected<Arguments> Arguments::parse(const Command &command, const std::vector<std::string> &words) {
  Arguments result;
  std::vector<std::string> operands;
  bool flagsEnded = false;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string &word = words[i];
    if (flagsEnded || word.empty() || word[0] != '-' || word == "-") {
      operands.push_back(word);
      continue;
    }
    if (word == "--") {
      flagsEnded = true;
      continue;
    }
    if (word == "--help" || word == "-h") {
      result.wantsHelp = true;
      return result;
    }
    const size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const Option *option = findOption(command, name);
    if (!option)
      return unknownOption(command, name);
    if (result.has(option->name))
      return Status::error(name + " is given twice");
    std::string value;
    if (!option->value) {
      if (equals != std::string::npos)
        return Status::error(name + " takes no value");
    } else if (equals != std::string::npos) {
      value = word.substr(equals + 1);
    } else if (i + 1 < words.size() && words[i + 1].rfind("--", 0) != 0) {
      value = words[++i];
    }
    if (option->value && value.empty())
      return Status::error(name + " needs a value, " + name + "=" + option->value);
    result.values.emplace_back(name, value);
  }
  if (operands.empty() || operands.size() > command.mostOperands)
    return Status::error("found " + std::to_string(operands.size()) + " operands" +
                         (operands.size() > 1 ? " ('" + operands[0] + "', '" + operands[1] + "')" : "") +
                         (command.mostOperands == 1 ? ", one is needed: " : ", one or two are needed: ") +
                         command.operand);
  result.allOperands = std::move(operands);
  return result;
}

bool Arguments::has(const char *name) const {
  return std::any_of(values.begin(), values.end(), [&](const auto &entry) { return entry.first == name; });
}

std::string Arguments::text(const char *name, const std::string &fallback) const {
  for (const auto &[key, value] : values)
    if (key == name)
      return value;
  return fallback;
}

Expected<std::optional<uint64_t>> Arguments::number(const char *name, uint64_t lowest, uint64_t highest) const {
  if (!has(name))
    return std::optional<uint64_t>();
  const std::optional<uint64_t> value = parseUnsigned(text(name));
  if (!value || *value < lowest || *value > highest)
    return Status::error(std::string(name) + ": found '" + text(name) + "', a whole number from " +
                         std::to_string(lowest) + " to " + std::to_string(highest) + " is needed");
  return value;
}

std::optional<uint64_t> parseUnsigned(const std::string &text) {
  const bool hex = text.rfind("0x", 0) == 0 || text.rfind("0X", 0) == 0;
  const uint64_t base = hex ? 16 : 10;
  const size_t begin = hex ? 2 : 0;
  if (text.size() == begin)
    return std::nullopt;
  uint64_t value = 0;
  for (size_t i = begin; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (hex ? !std::isxdigit(c) : !std::isdigit(c))
      return std::nullopt;
    const uint64_t digit = std::isdigit(c) ? c - '0' : std::tolower(c) - 'a' + 10;
    if (__builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, digit, &value))
      return std::nullopt;
  }
  return value;
}

std::optional<int64_t> parseSigned(const std::string &text) {
  const char *begin = text.data(), *end = begin + text.size();
  if (text.size() > 1 && text[0] == '+' && text[1] != '-')
    ++begin;
  int64_t value = 0;
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || stop != end)
    return std::nullopt;
  return value;
}

std::vector<std::string> splitAtCommas(const std::string &text) {
  std::vector<std::string> parts;
  size_t begin = 0;
  for (size_t comma; (comma = text.find(',', begin)) != std::string::npos; begin = comma + 1)
    parts.push_back(text.substr(begin, comma - begin));
  parts.push_back(text.substr(begin));
  return parts;
}

} // namespace wage::run
