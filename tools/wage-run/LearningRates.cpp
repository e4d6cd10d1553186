//===- LearningRates.cpp - one power of two per training step ------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/LearningRates.h"

#include "runtime/Support/ReadFile.h"
#include "tools/wage-run/Arguments.h"

#include <cmath>
#include <cstdlib>
#include <sstream>

namespace wage::run {

namespace {

constexpr int lowestLog2 = -32, highestLog2 = 15;

} // namespace

Expected<int> parseLog2(const std::string &where, const std::string &text) {
  const std::optional<int64_t> value = parseSigned(text);
  if (!value || *value < lowestLog2 || *value > highestLog2)
    return Status::error(where + ": found '" + text +
                         "'; a learning rate must be a power of two, 2^L with a whole L from " +
                         std::to_string(lowestLog2) + " to " + std::to_string(highestLog2));
  return static_cast<int>(*value);
}

Expected<LearningRates> LearningRates::ofEpochs(const std::string &flag, const std::string &text) {
  LearningRates rates;
  for (const std::string &part : splitAtCommas(text)) {
    const size_t at = part.find('@');
    Expected<int> log2 = parseLog2(flag, part.substr(0, at));
    if (!log2)
      return log2.status();
    // A lone L holds from the first epoch on.
    const bool lone = at == std::string::npos && text == part;
    const std::optional<uint64_t> epoch = lone                      ? 0
                                          : at == std::string::npos ? std::nullopt
                                                                    : parseUnsigned(part.substr(at + 1));
    if (!epoch)
      return Status::error(flag + ": found '" + part + "', L@EPOCH is needed");
    if (rates.sinceEpoch.empty() && *epoch != 0)
      return Status::error(flag + ": the first entry '" + part + "' must be for epoch 0");
    if (!rates.sinceEpoch.empty() && *epoch <= rates.sinceEpoch.back().first)
      return Status::error(flag + ": '" + part + "' must be for an epoch after " +
                           std::to_string(rates.sinceEpoch.back().first));
    rates.sinceEpoch.emplace_back(*epoch, *log2);
  }
  return rates;
}

Expected<LearningRates> LearningRates::ofRate(const std::string &flag, const std::string &text) {
  char *end = nullptr;
  const double rate = std::strtod(text.c_str(), &end);
  int exponent = 0;
  const bool valid =
      end == text.c_str() + text.size() && rate > 0 && std::isfinite(rate) && std::frexp(rate, &exponent) == 0.5;
  if (!valid || exponent - 1 < lowestLog2 || exponent - 1 > highestLog2)
    return Status::error(flag + ": found '" + text + "'; a learning rate must be a power of two, from 2^" +
                         std::to_string(lowestLog2) + " to 2^" + std::to_string(highestLog2));
  LearningRates rates;
  rates.sinceEpoch.emplace_back(0, exponent - 1);
  return rates;
}

Expected<LearningRates> LearningRates::ofFile(const std::string &path) {
  Expected<std::vector<uint8_t>> bytes = rt::readFile(path);
  if (!bytes)
    return Status::error("'" + path + "': " + bytes.status().text());
  std::istringstream file(std::string(bytes->begin(), bytes->end()));
  LearningRates rates;
  rates.isPerStep = true;
  std::string line;
  for (uint64_t number = 1; std::getline(file, line); ++number) {
    const size_t begin = line.find_first_not_of(" \t\r"), end = line.find_last_not_of(" \t\r");
    if (begin == std::string::npos)
      continue;
    Expected<int> log2 =
        parseLog2("'" + path + "' line " + std::to_string(number), line.substr(begin, end - begin + 1));
    if (!log2)
      return log2.status();
    rates.perStep.push_back(*log2);
  }
  return rates;
}

int LearningRates::log2At(uint64_t step, uint64_t epoch) const {
  if (isPerStep)
    return perStep[step];
  int log2 = sinceEpoch.front().second;
  for (const auto &[since, value] : sinceEpoch)
    if (since <= epoch)
      log2 = value;
  return log2;
}

std::string LearningRates::text() const {
  std::string text;
  for (int log2 : perStep)
    text += (text.empty() ? "" : ",") + std::to_string(log2);
  for (const auto &[since, log2] : sinceEpoch)
    text += (text.empty() ? "" : ",") + std::to_string(log2) + "@" + std::to_string(since);
  return text;
}

std::optional<uint64_t> LearningRates::steps() const {
  if (!isPerStep)
    return std::nullopt;
  return perStep.size();
}

} // namespace wage::run
