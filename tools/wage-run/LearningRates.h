//===- LearningRates.h - one power of two per training step --------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGERUN_LEARNINGRATES_H
#define WAGE_TOOLS_WAGERUN_LEARNINGRATES_H

#include "runtime/Support/Status.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wage::run {

/// The L of a learning rate 2^L. Errors: `text` is no whole number in -32…15. `where` names the place.
rt::Expected<int> parseLog2(const std::string &where, const std::string &text);

/// The learning rates of a run, each 2^L with a whole L in -32…15 (arithmetic.md section 7).
class LearningRates {
public:
  /// `text` is "L@EPOCH,L@EPOCH,…", the first at epoch 0 and the epochs ascending, or a single "L".
  /// Errors: a part of another form; L is no whole number or out of range. `flag` names the place.
  static rt::Expected<LearningRates> ofEpochs(const std::string &flag, const std::string &text);

  /// `text` is a number that must be a power of two, such as "8" or "0.125". Errors: it is none.
  static rt::Expected<LearningRates> ofRate(const std::string &flag, const std::string &text);

  /// Reads one L per line, one line per step, from the file `path`. Empty lines count for nothing.
  /// Errors: the file cannot be read; a line is no L.
  static rt::Expected<LearningRates> ofFile(const std::string &path);

  /// L of step `step`, whose first sample is of epoch `epoch`. Requires step < steps() where there is such a number.
  int log2At(uint64_t step, uint64_t epoch) const;

  /// The number of steps the rates are for; none if they are given by epoch.
  std::optional<uint64_t> steps() const;

  /// The rates as text, equal for equal rates: "3@0,0@4", or "3,3,0,…" one per step.
  std::string text() const;

private:
  std::vector<int> perStep;                         ///< of a file
  std::vector<std::pair<uint64_t, int>> sinceEpoch; ///< ascending, the first epoch 0
  bool isPerStep = false;
};

} // namespace wage::run

#endif // WAGE_TOOLS_WAGERUN_LEARNINGRATES_H
