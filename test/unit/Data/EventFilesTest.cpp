//===- EventFilesTest.cpp - readers of address-event recordings -------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/EventFiles.h"

#include "test/unit/Data/TemporaryFolder.h"

#include <gtest/gtest.h>

namespace wage::rt::test {
namespace {

EventWindows windowsOf(uint32_t width = 240, uint32_t height = 180) {
  EventWindows windows;
  windows.width = width;
  windows.height = height;
  windows.length = 1000;
  return windows;
}

Expected<EventRecording> read(const std::string &content, bool gzip = false) {
  TemporaryFolder folder;
  return readEventFile(gzip ? folder.writeGzip("e.gz", content) : folder.write("e", content), windowsOf());
}

/// "t x y p, t x y p": the events of a good file.
std::string eventsOf(const std::string &content, bool gzip = false) {
  Expected<EventRecording> recording = read(content, gzip);
  if (!recording)
    return recording.status().text();
  std::string text;
  for (const AddressEvent &event : recording->events())
    text += (text.empty() ? "" : ", ") + std::to_string(event.time) + " " + std::to_string(event.x) + " " +
            std::to_string(event.y) + " " + std::to_string(event.polarity);
  return text;
}

/// The error text without the path, or "".
std::string problem(const std::string &content) {
  const std::string text = read(content).status().text();
  return text.substr(text.find("': ") == std::string::npos ? 0 : text.find("': ") + 3);
}

/// An .npy file of events; `type` and `shape` as in its header.
std::string eventNpy(const std::string &type, const std::string &shape, const std::string &elements,
                     const char *fortran = "False") {
  return npy("{'descr': " + type + ", 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n", elements);
}

std::string little(uint64_t value, int bytes) {
  std::string text;
  for (int byte = 0; byte < bytes; ++byte)
    text += static_cast<char>(value >> (8 * byte));
  return text;
}

constexpr const char *twoEvents = "5 1 2 0, 1000000 239 179 1";

TEST(EventFiles, ReadsTextOfMicroseconds) {
  EXPECT_EQ(eventsOf("5 1 2 0\n1000000 239 179 1\n"), twoEvents);
  EXPECT_EQ(eventsOf("5 1 2 0\n1000000 239 179 1"), twoEvents);
  EXPECT_EQ(eventsOf("\n# a comment\r\n\t5\t1  2 -1 # off\r\n \r\n1000000 239 179 1\r\n#"), twoEvents);
  EXPECT_EQ(eventsOf("5 1 2 0\n1000000 239 179 1\n", true), twoEvents);
  EXPECT_EQ(eventsOf("# the sensor\n240 180\n5 1 2 0\n1000000 239 179 1\n"), twoEvents);
}

TEST(EventFiles, ReadsTextOfSeconds) {
  EXPECT_EQ(eventsOf("0.000005 1 2 0\n1.0 239 179 1\n"), twoEvents);
  EXPECT_EQ(eventsOf("0.000005999 1 2 0\n1. 239 179 1\n"), twoEvents);
  EXPECT_EQ(eventsOf(".000005 1 2 0\n1.000000000000000000000000 239 179 1\n"), twoEvents);
  EXPECT_EQ(eventsOf("1468940293.844375968 1 2 0\n"), "1468940293844375 1 2 0");
}

TEST(EventFiles, ReadsColumns) {
  auto columns = [](int bytes, uint64_t last) {
    std::string elements;
    for (uint64_t value :
         {uint64_t(5), uint64_t(1), uint64_t(2), last, uint64_t(100), uint64_t(23), uint64_t(79), uint64_t(1)})
      elements += little(value, bytes);
    return elements;
  };
  for (const char *type : {"'|i1'", "'<i2'", "'<i4'", "'<i8'"})
    EXPECT_EQ(eventsOf(eventNpy(type, "(2, 4)", columns(type[3] - '0', UINT64_MAX))), "5 1 2 0, 100 23 79 1") << type;
  for (const char *type : {"'|u1'", "'<u2'", "'<u4'", "'<u8'"})
    EXPECT_EQ(eventsOf(eventNpy(type, "(2, 4)", columns(type[3] - '0', 0)), true), "5 1 2 0, 100 23 79 1") << type;
}

TEST(EventFiles, ReadsFieldsInAnyOrder) {
  EXPECT_EQ(eventsOf(eventNpy("[('t', '<i8'), ('x', '<i2'), ('y', '<i2'), ('p', '|i1')]", "(2,)",
                              little(5, 8) + little(1, 2) + little(2, 2) + little(255, 1) + little(1000000, 8) +
                                  little(239, 2) + little(179, 2) + little(1, 1))),
            twoEvents);
  EXPECT_EQ(
      eventsOf(eventNpy("[('x', '<u2'), ('y', '<u2'), ('', '|V3'), ('polarity', '|b1'), ('label', '<f4'), "
                        "('timestamp', '<u4')]",
                        "(2,)",
                        little(1, 2) + little(2, 2) + "abc" + little(0, 1) + "defg" + little(5, 4) + little(239, 2) +
                            little(179, 2) + "abc" + little(1, 1) + "defg" + little(1000000, 4))),
      twoEvents);
}

TEST(EventFiles, SaysWhichLineIsWrong) {
  EXPECT_EQ(problem(""), "holds no event, at least one is needed");
  EXPECT_EQ(problem("# nothing\n240 180\n"), "holds no event, at least one is needed");
  EXPECT_EQ(problem("240 180\n0 240 0 0\n"), "line 2: x is 240, the input's 240 columns need 0 to 239");
  EXPECT_EQ(problem("\n9 0 0 0\n8 0 0 0\n"),
            "line 3: time is 8 us, the event before it is of 9 us; events in order of time are needed");
  EXPECT_EQ(problem("180 240\n0 0 0 0\n"), "line 1: the sensor is '180' x '240', the input needs 240 x 180");
  EXPECT_EQ(problem("a b\n0 0 0 0\n"), "line 1: the sensor is 'a' x 'b', the input needs 240 x 180");
  const std::string words = "; an event needs 4, separated by blanks: t x y polarity";
  EXPECT_EQ(problem("240 180\n240 180\n"), "line 2: holds 2 words, '240 180'" + words);
  EXPECT_EQ(problem("0 0 0 0\n240 180\n"), "line 2: holds 2 words, '240 180'" + words);
  EXPECT_EQ(problem("0,0,0,1\r\n"), "line 1: holds 1 words, '0,0,0,1'" + words);
  EXPECT_EQ(problem("0 0 0 1 7 8\n"), "line 1: holds more than 4 words, '0 0 0 1 7 8'" + words);
  EXPECT_EQ(problem(std::string(100, '1')), "line 1: holds 1 words, '" + std::string(40, '1') + "...'" + words);
  EXPECT_EQ(problem("0 0 0 1.0\n"), "line 1: polarity is '1.0', a whole number is needed");
  EXPECT_EQ(problem("0 0x1 0 1\n"), "line 1: x is '0x1', a whole number is needed");
  EXPECT_EQ(problem("0 0 - 1\n"), "line 1: y is '-', a whole number is needed");
}

TEST(EventFiles, SaysWhichTimeIsWrong) {
  for (const char *time :
       {"1e3", "1.5e3", "-0.5", ".", "1.2.3", "9223372036854775808", "9223372036854.775808", "t", "+1", "nan"})
    EXPECT_EQ(problem(std::string(time) + " 0 0 0\n"),
              std::string("line 1: time is '") + time +
                  "', whole microseconds, or seconds with a decimal point, are needed");
  EXPECT_EQ(problem("-5 0 0 0\n"), "line 1: time is -5 us, 0 to 4611686018427387904 us are needed");
  EXPECT_EQ(problem("0 0 0 0\n1.5 0 0 0\n"),
            "line 2: time is '1.5', the events before have whole microseconds and one unit is needed");
  EXPECT_EQ(problem("0.5 0 0 0\n1 0 0 0\n"),
            "line 2: time is '1', the events before have seconds with a decimal point and one unit is needed");
}

TEST(EventFiles, SaysWhichElementIsWrong) {
  const std::string good = little(0, 2) + little(0, 2) + little(0, 2) + little(0, 2);
  EXPECT_EQ(problem(eventNpy("'<i2'", "(0, 4)", "")), "holds no event, at least one is needed");
  EXPECT_EQ(problem(eventNpy("'<i2'", "(2, 4)", good + little(0, 2) + little(0, 2) + little(180, 2) + little(0, 2))),
            "event[1]: y is 180, the input's 180 rows need 0 to 179");
  EXPECT_EQ(problem(eventNpy("'<u8'", "(1, 4)", std::string(32, '\xff'))),
            "event[0]: time is 9223372036854775807 us, 0 to 4611686018427387904 us are needed");
  EXPECT_NE(problem(eventNpy("'<i2'", "(2, 4)", good)).find("its declared shape"), std::string::npos);
  EXPECT_NE(problem(eventNpy("'<i2'", "(1, 4)", good + "x")).find("its declared shape"), std::string::npos);
  EXPECT_EQ(problem(eventNpy("'<i8'", "(4611686018427387904, 4)", good)),
            "shape [4611686018427387904, 4] is larger than any file");
}

TEST(EventFiles, SaysWhichTypeIsWrong) {
  for (const char *shape : {"()", "(4,)", "(4, 1)", "(1, 3)", "(1, 4, 1)"})
    EXPECT_NE(problem(eventNpy("'<i2'", shape, std::string(8, '\0'))).find("events need [n, 4]: t, x, y, polarity"),
              std::string::npos)
        << shape;
  for (const char *type : {"<f4", "<f8", ">i4", "|b1", "|O", "", "i4", "<i9", "<i0", "<ix", "|V8"})
    EXPECT_EQ(problem(eventNpy("'" + std::string(type) + "'", "(1, 4)", std::string(32, '\0'))),
              std::string("element type is '") + type + "', events need little-endian integers");
  EXPECT_EQ(problem(eventNpy("'<i2'", "(1, 4)", std::string(8, '\0'), "True")),
            "is in Fortran order, C order is needed (numpy.ascontiguousarray)");
  auto fields = [](const std::string &type, const char *shape = "(1,)") {
    return problem(eventNpy(type, shape, std::string(16, '\0')));
  };
  EXPECT_EQ(fields("[('t', '<i4'), ('x', '<i4'), ('y', '<i4')]"),
            "element type is [('t', '<i4'), ('x', '<i4'), ('y', '<i4')], fields t, x, y and p are needed");
  EXPECT_EQ(
      fields("[('t', '<i4'), ('x', '<i4'), ('y', '<i4'), ('p', '|i1'), ('polarity', '|i1')]"),
      "element type is [('t', '<i4'), ('x', '<i4'), ('y', '<i4'), ('p', '|i1'), ('polarity', '|i1')], one each of "
      "t, x, y and p is needed");
  EXPECT_EQ(fields("[('t', '<f8'), ('x', '<i2'), ('y', '<i2'), ('p', '<i4')]"),
            "field 't' type is '<f8', events need little-endian integers");
  EXPECT_EQ(fields("[('t', '|b1'), ('x', '<i2'), ('y', '<i2'), ('p', '<i4')]"),
            "field 't' type is '|b1', events need little-endian integers");
  EXPECT_EQ(fields("[('t', '<i4'), ('u', '|O8'), ('x', '<i2'), ('y', '<i2'), ('p', '<i4')]"),
            "field 'u' is of type '|O8', one of a known number of bytes is needed");
  EXPECT_EQ(fields("[('t', '<i8'), ('x', '<i2'), ('y', '<i2'), ('p', '<i4')]", "(1, 1)"),
            "shape is [1, 1], events need [n] of a structured type");
}

TEST(EventFiles, NamesTheFile) {
  TemporaryFolder folder;
  EXPECT_EQ(readEventFile(folder.path("none"), windowsOf()).status().text(),
            "'" + folder.path("none") + "': cannot be read: No such file or directory");
  EXPECT_EQ(readEventFile(folder.write("e", "x"), windowsOf())
                .status()
                .text()
                .rfind("'" + folder.path("e") + "': line 1: ", 0),
            0u);
}

} // namespace
} // namespace wage::rt::test
