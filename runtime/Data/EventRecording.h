//===- EventRecording.h - what an event camera saw, cut into windows ---*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// An event camera has no frames: each pixel tells by itself when it became brighter (polarity 1, "on") or darker (0, "off").
// Here the events of each window of time are counted pixel by pixel, and such a frame of counts is one sample of a network.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_DATA_EVENTRECORDING_H
#define WAGE_RUNTIME_DATA_EVENTRECORDING_H

#include "runtime/Support/Status.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wage::rt {

/// Largest time of an event, microseconds: begins and ends of windows then fit 64 bits too.
inline constexpr int64_t largestEventTime = int64_t(1) << 62;
/// Most columns, and rows, of pixels.
inline constexpr uint32_t largestSensorSide = 1 << 16;
/// Largest length of a window, microseconds: an hour.
inline constexpr int64_t largestWindowMicroseconds = 3'600'000'000;
/// Most windows of one recording. Times in another unit than the one meant would else be windows without end.
inline constexpr uint32_t largestWindowCount = 1'000'000;

/// One pixel's change of brightness.
struct AddressEvent {
  int64_t time = 0;      ///< microseconds, 0 to largestEventTime
  uint16_t x = 0, y = 0; ///< column and row, from 0
  uint8_t polarity = 0;  ///< 0: off, 1: on
};

/// The pixels that events come from, and how a recording of them is cut.
struct EventWindows {
  uint32_t width = 0, height = 0; ///< pixels, at most largestSensorSide
  int64_t length = 1;             ///< microseconds of each window, 1 to largestWindowMicroseconds
  std::optional<int64_t> start;   ///< microseconds at which the first one begins; none: at the first event
  std::optional<uint32_t> count;  ///< of windows, 1 to largestWindowCount; none: until the last event
};

/// Which events a channel of a frame counts.
enum class PolarityChannels {
  Separate,   ///< two channels: off, on
  Difference, ///< one channel: on minus off
  Sum         ///< one channel: on plus off
};
inline constexpr uint32_t channelsOf(PolarityChannels use) { return use == PolarityChannels::Separate ? 2 : 1; }

/// One recording: events in order of time, every one of them in a window and on a pixel. Windows follow each other without
/// gaps; one that holds no event counts 0 everywhere.
class EventRecording {
public:
  EventRecording(std::string path, const EventWindows &windows);

  /// Appends an event.
  /// Units:  `time` microseconds; `polarity` 0 or -1 for off, 1 for on.
  /// Errors: a time before the last event's, before the first window or behind the last one; a pixel or polarity that there
  ///         is none of. The text does not say where the event stands.
  Status add(int64_t time, int64_t x, int64_t y, int64_t polarity);

  /// To be called once, behind the last event. Errors: there is no event; without EventWindows::count, too many windows.
  Status finish();

  const std::string &path() const { return name; }
  uint32_t width() const { return cut.width; }
  uint32_t height() const { return cut.height; }
  const std::vector<AddressEvent> &events() const { return all; }
  uint32_t windowCount() const { return *cut.count; }
  /// Microseconds at which a window begins, and at which the one before it has ended. Requires window <= windowCount().
  int64_t windowBegin(uint32_t window) const { return *cut.start + window * cut.length; }
  /// The first event of a window, and the one behind its last, as indices of events().
  std::pair<size_t, size_t> windowEvents(uint32_t window) const;

private:
  std::string name;
  EventWindows cut;
  std::vector<AddressEvent> all;
};

/// Counts the events of a window at each pixel.
///
/// Shape:  `counts` channelsOf(use) x height x width, all written.
/// Errors: none. Requires a recording that is finished, and window < windowCount().
void countEvents(const EventRecording &recording, uint32_t window, PolarityChannels use, int64_t *counts);

} // namespace wage::rt

#endif // WAGE_RUNTIME_DATA_EVENTRECORDING_H
