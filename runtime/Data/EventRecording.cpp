//===- EventRecording.cpp - what an event camera saw, cut into windows --------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/EventRecording.h"

#include <algorithm>
#include <cassert>

namespace wage::rt {

namespace {

std::string inMicroseconds(int64_t time) { return std::to_string(time) + " us"; }

Status checkPixel(const char *axis, int64_t found, uint32_t extent) {
  if (found >= 0 && found < int64_t(extent))
    return Status();
  return Status::error(std::string(axis) + " is " + std::to_string(found) + ", the input's " + std::to_string(extent) +
                       (axis[0] == 'x' ? " columns" : " rows") + " need 0 to " + std::to_string(int64_t(extent) - 1));
}

} // namespace

EventRecording::EventRecording(std::string path, const EventWindows &windows) : name(std::move(path)), cut(windows) {
  assert(cut.width <= largestSensorSide && cut.height <= largestSensorSide && "AddressEvent holds 16 bits of each");
}

Status EventRecording::add(int64_t time, int64_t x, int64_t y, int64_t polarity) {
  if (time < 0 || time > largestEventTime)
    return Status::error("time is " + inMicroseconds(time) + ", 0 to " + inMicroseconds(largestEventTime) +
                         " are needed");
  if (!all.empty() && time < all.back().time)
    return Status::error("time is " + inMicroseconds(time) + ", the event before it is of " +
                         inMicroseconds(all.back().time) + "; events in order of time are needed");
  if (!cut.start)
    cut.start = time;
  if (time < *cut.start)
    return Status::error("time is " + inMicroseconds(time) + ", the first window begins at " +
                         inMicroseconds(*cut.start) + " and needs none before");
  if (cut.count && (time - *cut.start) / cut.length >= *cut.count)
    return Status::error("time is " + inMicroseconds(time) + ", " + std::to_string(*cut.count) + " windows of " +
                         inMicroseconds(cut.length) + " from " + inMicroseconds(*cut.start) + " on need less than " +
                         inMicroseconds(windowBegin(*cut.count)));
  if (Status status = checkPixel("x", x, cut.width); !status.ok())
    return status;
  if (Status status = checkPixel("y", y, cut.height); !status.ok())
    return status;
  if (polarity < -1 || polarity > 1)
    return Status::error("polarity is " + std::to_string(polarity) + ", 0 or -1 (off) or 1 (on) is needed");
  all.push_back(
      {time, static_cast<uint16_t>(x), static_cast<uint16_t>(y), static_cast<uint8_t>(polarity == 1 ? 1 : 0)});
  return Status();
}

Status EventRecording::finish() {
  if (all.empty())
    return Status::error("'" + name + "': holds no event, at least one is needed");
  if (cut.count)
    return Status();
  const int64_t windows = (all.back().time - *cut.start) / cut.length + 1;
  if (windows > int64_t(largestWindowCount))
    return Status::error("'" + name + "': from " + inMicroseconds(*cut.start) + " to its last event at " +
                         inMicroseconds(all.back().time) + " it is " + std::to_string(windows) + " windows of " +
                         inMicroseconds(cut.length) + ", at most " + std::to_string(largestWindowCount) +
                         " are possible");
  cut.count = static_cast<uint32_t>(windows);
  return Status();
}

std::pair<size_t, size_t> EventRecording::windowEvents(uint32_t window) const {
  const auto indexAt = [&](int64_t time) {
    const auto isBefore = [](const AddressEvent &event, int64_t limit) { return event.time < limit; };
    return static_cast<size_t>(std::lower_bound(all.begin(), all.end(), time, isBefore) - all.begin());
  };
  return {indexAt(windowBegin(window)), indexAt(windowBegin(window + 1))};
}

void countEvents(const EventRecording &recording, uint32_t window, PolarityChannels use, int64_t *counts) {
  const size_t plane = size_t(recording.width()) * recording.height();
  std::fill_n(counts, channelsOf(use) * plane, int64_t(0));
  const auto [first, end] = recording.windowEvents(window);
  for (size_t i = first; i < end; ++i) {
    const AddressEvent &event = recording.events()[i];
    const size_t channel = use == PolarityChannels::Separate ? event.polarity : 0;
    const bool negative = use == PolarityChannels::Difference && event.polarity == 0;
    counts[channel * plane + size_t(event.y) * recording.width() + event.x] += negative ? -1 : 1;
  }
}

} // namespace wage::rt
