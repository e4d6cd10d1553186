//===- EventReport.cpp - what a network sees in each recording -------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/EventReport.h"

#include "tools/wage-run/Commands.h"
#include "tools/wage-run/Inference.h"

namespace wage::run {

namespace {

uint64_t eventsIn(const rt::EventRecording &recording, uint32_t window) {
  const auto [first, end] = recording.windowEvents(window);
  return end - first;
}

std::string countText(uint64_t count, const char *what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

} // namespace

Status EventReport::take(const std::vector<int64_t> &logits) {
  for (size_t first = 0; first < logits.size(); first += info.classes, ++samples) {
    const EventInput::Window window = input.windowOf(samples);
    const rt::EventRecording &recording = input.recordings()[window.recording];
    results.resize(window.recording + 1);
    Result &result = results.back();
    result.sums.resize(info.classes);
    for (uint32_t c = 0; c < info.classes; ++c)
      if (__builtin_add_overflow(result.sums[c], logits[first + c], &result.sums[c]))
        return Status::error("'" + recording.path() + "': the sum of logits of class " + std::to_string(c) +
                             " up to window " + std::to_string(window.index) + " needs more than 64 bits");
    if (info.hasClassAxis)
      result.predictions.push_back(predictedClass(&logits[first], info.classes));
    ++result.windows;
    result.events += eventsIn(recording, window.index);
    result.saturated += input.saturated(samples);
  }
  return Status();
}

uint32_t EventReport::winnerOf(const Result &result) const { return predictedClass(result.sums.data(), info.classes); }

uint64_t EventReport::errors() const {
  uint64_t wrong = 0;
  for (size_t r = 0; r < results.size(); ++r)
    wrong += winnerOf(results[r]) != input.labels()[r];
  return wrong;
}

std::string EventReport::text() const {
  std::string text;
  for (size_t r = 0; r < results.size(); ++r) {
    const Result &result = results[r];
    const rt::EventRecording &recording = input.recordings()[r];
    const std::string name = printable(recording.path());
    for (uint32_t w = 0; w < result.windows; ++w)
      text += name + ", window " + std::to_string(w) + " from " + std::to_string(recording.windowBegin(w)) +
              " us: " + countText(eventsIn(recording, w), "event") +
              (info.hasClassAxis ? ", class " + std::to_string(result.predictions[w]) : "") + "\n";
    text += name + ": " + countText(result.windows, "window") + ", " + countText(result.events, "event") +
            (result.saturated ? ", " + countText(result.saturated, "count") + " clipped" : "") +
            (info.hasClassAxis ? ", class " + std::to_string(winnerOf(result)) : "") + "\n";
  }
  return text;
}

std::vector<rt::JsonObject> EventReport::json() const {
  std::vector<rt::JsonObject> list;
  for (size_t r = 0; r < results.size(); ++r) {
    const Result &result = results[r];
    rt::JsonObject object;
    object.add("file", input.recordings()[r].path()).add("windows", uint64_t(result.windows));
    object.add("events", result.events).add("saturated", result.saturated).add("predictions", result.predictions);
    info.hasClassAxis ? object.add("winner", uint64_t(winnerOf(result))) : object.addNull("winner");
    list.push_back(std::move(object));
  }
  return list;
}

} // namespace wage::run
