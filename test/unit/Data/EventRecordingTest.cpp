//===- EventRecordingTest.cpp - what an event camera saw, cut into windows -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/EventRecording.h"

#include <gtest/gtest.h>

namespace wage::rt::test {
namespace {

/// A sensor 3 wide and 2 high, and windows of 10 us.
EventWindows windowsFrom(std::optional<int64_t> start = std::nullopt, std::optional<uint32_t> count = std::nullopt) {
  EventWindows windows;
  windows.width = 3;
  windows.height = 2;
  windows.length = 10;
  windows.start = start;
  windows.count = count;
  return windows;
}

struct Row {
  int64_t time, x, y, polarity;
};

/// The recording of `rows`, all of which are good.
EventRecording recordingOf(const EventWindows &windows, const std::vector<Row> &rows) {
  EventRecording recording("r", windows);
  for (const Row &row : rows) {
    const Status status = recording.add(row.time, row.x, row.y, row.polarity);
    EXPECT_TRUE(status.ok()) << status.text();
  }
  const Status status = recording.finish();
  EXPECT_TRUE(status.ok()) << status.text();
  return recording;
}

std::vector<int64_t> countsOf(const EventRecording &recording, uint32_t window, PolarityChannels use) {
  std::vector<int64_t> counts(channelsOf(use) * 6, 77);
  countEvents(recording, window, use, counts.data());
  return counts;
}

/// What add() says of the last of `rows`.
std::string problemOf(const EventWindows &windows, const std::vector<Row> &rows) {
  EventRecording recording("r", windows);
  Status status;
  for (const Row &row : rows) {
    EXPECT_TRUE(status.ok()) << status.text();
    status = recording.add(row.time, row.x, row.y, row.polarity);
  }
  return status.text();
}

TEST(EventRecording, CountsEachPixelsEventsInEachWindow) {
  // The last window is cut short by the recording's end; nothing happens in the one before.
  const EventRecording recording = recordingOf(windowsFrom(), {{100, 0, 0, 1},
                                                               {100, 0, 0, 1},
                                                               {104, 0, 0, 0},
                                                               {109, 2, 1, -1},
                                                               {110, 2, 1, 1},
                                                               {119, 1, 1, 0},
                                                               {135, 2, 0, 1}});
  EXPECT_EQ(recording.windowCount(), 4u);
  EXPECT_EQ(recording.windowBegin(3), 130);
  using Counts = std::vector<int64_t>;
  EXPECT_EQ(countsOf(recording, 0, PolarityChannels::Separate), (Counts{1, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0}));
  EXPECT_EQ(countsOf(recording, 0, PolarityChannels::Difference), (Counts{1, 0, 0, 0, 0, -1}));
  EXPECT_EQ(countsOf(recording, 0, PolarityChannels::Sum), (Counts{3, 0, 0, 0, 0, 1}));
  EXPECT_EQ(countsOf(recording, 1, PolarityChannels::Difference), (Counts{0, 0, 0, 0, -1, 1}));
  EXPECT_EQ(countsOf(recording, 2, PolarityChannels::Separate), Counts(12, 0));
  EXPECT_EQ(countsOf(recording, 3, PolarityChannels::Sum), (Counts{0, 0, 1, 0, 0, 0}));
  EXPECT_EQ(recording.windowEvents(1), (std::pair<size_t, size_t>(4, 6)));
}

TEST(EventRecording, BeginsAndEndsWhereItIsTold) {
  const EventRecording recording = recordingOf(windowsFrom(5, 4), {{15, 1, 0, 1}, {44, 1, 0, 0}});
  EXPECT_EQ(recording.windowCount(), 4u);
  EXPECT_EQ(recording.windowEvents(0), (std::pair<size_t, size_t>(0, 0)));
  EXPECT_EQ(recording.windowEvents(1), (std::pair<size_t, size_t>(0, 1)));
  EXPECT_EQ(recording.windowEvents(3), (std::pair<size_t, size_t>(1, 2)));
  EXPECT_EQ(recordingOf(windowsFrom(0), {{0, 0, 0, 0}}).windowCount(), 1u);
  EXPECT_EQ(recordingOf(windowsFrom(0), {{9, 0, 0, 0}}).windowCount(), 1u);
  EXPECT_EQ(recordingOf(windowsFrom(0), {{10, 0, 0, 0}}).windowCount(), 2u);
}

TEST(EventRecording, TakesTheLatestTimes) {
  const EventRecording recording =
      recordingOf(windowsFrom(std::nullopt, 1'000'000), {{largestEventTime, 2, 1, 1}, {largestEventTime, 2, 1, 1}});
  EXPECT_EQ(countsOf(recording, 0, PolarityChannels::Sum)[5], 2);
  EXPECT_EQ(countsOf(recording, 999'999, PolarityChannels::Sum), std::vector<int64_t>(6, 0));
}

TEST(EventRecording, RefusesTimesOutOfOrderOrOfTheWindows) {
  EXPECT_EQ(problemOf(windowsFrom(), {{7, 0, 0, 0}, {7, 0, 0, 0}, {6, 0, 0, 0}}),
            "time is 6 us, the event before it is of 7 us; events in order of time are needed");
  EXPECT_EQ(problemOf(windowsFrom(8), {{7, 0, 0, 0}}),
            "time is 7 us, the first window begins at 8 us and needs none before");
  EXPECT_EQ(problemOf(windowsFrom(8, 2), {{27, 0, 0, 0}, {28, 0, 0, 0}}),
            "time is 28 us, 2 windows of 10 us from 8 us on need less than 28 us");
  EXPECT_EQ(problemOf(windowsFrom(std::nullopt, 1), {{100, 0, 0, 0}, {110, 0, 0, 0}}),
            "time is 110 us, 1 windows of 10 us from 100 us on need less than 110 us");
  for (int64_t time : {int64_t(-1), INT64_MIN, largestEventTime + 1, INT64_MAX})
    EXPECT_EQ(problemOf(windowsFrom(), {{time, 0, 0, 0}}),
              "time is " + std::to_string(time) + " us, 0 to 4611686018427387904 us are needed");
}

TEST(EventRecording, RefusesPixelsAndPolaritiesThatThereAreNot) {
  for (int64_t x : {int64_t(3), int64_t(-1), int64_t(65536), INT64_MAX, INT64_MIN})
    EXPECT_EQ(problemOf(windowsFrom(), {{0, x, 0, 0}}),
              "x is " + std::to_string(x) + ", the input's 3 columns need 0 to 2");
  for (int64_t y : {2, -1})
    EXPECT_EQ(problemOf(windowsFrom(), {{0, 0, y, 0}}),
              "y is " + std::to_string(y) + ", the input's 2 rows need 0 to 1");
  for (int64_t polarity : {2, -2, 255})
    EXPECT_EQ(problemOf(windowsFrom(), {{0, 0, 0, polarity}}),
              "polarity is " + std::to_string(polarity) + ", 0 or -1 (off) or 1 (on) is needed");
}

TEST(EventRecording, RefusesNoEventsAndWindowsWithoutEnd) {
  EXPECT_EQ(EventRecording("r", windowsFrom()).finish().text(), "'r': holds no event, at least one is needed");
  EventRecording recording("r", windowsFrom());
  EXPECT_TRUE(recording.add(0, 0, 0, 0).ok());
  EXPECT_TRUE(recording.add(10'000'000, 0, 0, 0).ok());
  EXPECT_EQ(recording.finish().text(),
            "'r': from 0 us to its last event at 10000000 us it is 1000001 windows of 10 us, "
            "at most 1000000 are possible");
}

} // namespace
} // namespace wage::rt::test
