//===- EventReport.h - what a network sees in each recording ---------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGERUN_EVENTREPORT_H
#define WAGE_TOOLS_WAGERUN_EVENTREPORT_H

#include "runtime/Support/Json.h"
#include "tools/wage-run/EventInput.h"

namespace wage::run {

/// Gathers the classes of windows, in order, and of their recordings.
class EventReport {
public:
  /// `input` must outlive it.
  EventReport(const EventInput &input, const rt::ProgramInfo &info) : input(input), info(info) {}

  /// Takes the logits, [samples][classes], of the next windows.
  /// Errors: the sum of a recording's logits leaves 64 bits.
  Status take(const std::vector<int64_t> &logits);

  /// Recordings of which windows were taken.
  uint64_t recordings() const { return results.size(); }
  /// Of them those whose winner is another class than their label. Requires labels.
  uint64_t errors() const;

  /// A line for each window and each recording.
  std::string text() const;
  /// An object for each recording: docs/schemas/infer.json.
  std::vector<rt::JsonObject> json() const;

private:
  struct Result {
    std::vector<uint32_t> predictions; ///< by window, as far as they were taken; none without an axis of classes
    std::vector<int64_t> sums;         ///< of logits over the windows
    uint32_t windows = 0;
    uint64_t events = 0, saturated = 0;
  };
  uint32_t winnerOf(const Result &result) const;

  const EventInput &input;
  const rt::ProgramInfo &info;
  std::vector<Result> results; ///< by recording
  uint64_t samples = 0;
};

} // namespace wage::run

#endif // WAGE_TOOLS_WAGERUN_EVENTREPORT_H
