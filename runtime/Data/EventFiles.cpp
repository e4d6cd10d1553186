//===- EventFiles.cpp - readers of address-event recordings -------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/EventFiles.h"

#include "runtime/Data/ByteSource.h"
#include "runtime/Data/Npy.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

namespace wage::rt {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// A decimal whole number, with a minus or without; none for any other text or one that does not fit.
std::optional<int64_t> parseWhole(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  text.remove_prefix(negative);
  if (text.empty())
    return std::nullopt;
  int64_t value = 0;
  for (char c : text)
    if (!isDigit(c) || __builtin_mul_overflow(value, int64_t(10), &value) ||
        __builtin_add_overflow(value, int64_t(c - '0'), &value))
      return std::nullopt;
  return negative ? -value : value;
}

/// Microseconds of seconds with a decimal point, "0.0038"; none for any other text or one that does not fit.
std::optional<int64_t> parseSeconds(std::string_view text) {
  const size_t point = text.find('.');
  const std::string_view decimals = text.substr(point + 1);
  if (text.size() < 2 || text[0] == '-' || !std::all_of(decimals.begin(), decimals.end(), isDigit))
    return std::nullopt;
  std::optional<int64_t> time = parseWhole(point == 0 ? "0" : text.substr(0, point));
  for (size_t i = 0; i < 6 && time; ++i)
    if (__builtin_mul_overflow(*time, int64_t(10), &*time) ||
        __builtin_add_overflow(*time, int64_t(i < decimals.size() ? decimals[i] - '0' : 0), &*time))
      return std::nullopt;
  return time;
}

std::string quoted(std::string_view text) {
  constexpr size_t longest = 40;
  return "'" + std::string(text.substr(0, longest)) + (text.size() > longest ? "..." : "") + "'";
}

/// Reads lines into a recording.
class TextReader {
public:
  TextReader(const EventWindows &windows, EventRecording &recording) : windows(windows), recording(recording) {}

  /// Errors: without the line's place.
  Status take(std::string_view line) {
    const size_t fields = split(line.substr(0, line.find('#')));
    if (fields == 0)
      return Status();
    if (fields == 4)
      return takeEvent();
    if (fields == 2 && !sensorKnown && recording.events().empty())
      return takeSensor();
    return Status::error("holds " + (fields > 4 ? "more than 4" : std::to_string(fields)) + " words, " +
                         quoted(line.substr(0, line.find('\r'))) +
                         "; an event needs 4, separated by blanks: t x y polarity");
  }

private:
  /// Fills `words`; returns how many there are, 5 for more than 4.
  size_t split(std::string_view line) {
    constexpr const char *blanks = " \t\r";
    size_t count = 0;
    for (size_t at = 0; (at = line.find_first_not_of(blanks, at)) != std::string_view::npos; ++count) {
      if (count == words.size())
        return count + 1;
      const size_t end = std::min(line.find_first_of(blanks, at), line.size());
      words[count] = line.substr(at, end - at);
      at = end;
    }
    return count;
  }

  Status takeSensor() {
    const std::optional<int64_t> width = parseWhole(words[0]), height = parseWhole(words[1]);
    if (!width || !height || *width != windows.width || *height != windows.height)
      return Status::error("the sensor is " + quoted(words[0]) + " x " + quoted(words[1]) + ", the input needs " +
                           std::to_string(windows.width) + " x " + std::to_string(windows.height));
    sensorKnown = true;
    return Status();
  }

  Status takeEvent() {
    const bool inSeconds = words[0].find('.') != std::string_view::npos;
    if (!recording.events().empty() && inSeconds != allInSeconds)
      return Status::error("time is " + quoted(words[0]) + ", the events before have " +
                           (inSeconds ? "whole microseconds" : "seconds with a decimal point") +
                           " and one unit is needed");
    allInSeconds = inSeconds;
    const std::optional<int64_t> time = inSeconds ? parseSeconds(words[0]) : parseWhole(words[0]);
    if (!time)
      return Status::error("time is " + quoted(words[0]) +
                           ", whole microseconds, or seconds with a decimal point, are needed");
    std::array<int64_t, 3> rest;
    for (size_t i = 0; i < rest.size(); ++i) {
      const std::optional<int64_t> value = parseWhole(words[i + 1]);
      if (!value)
        return Status::error(std::string(i == 0   ? "x"
                                         : i == 1 ? "y"
                                                  : "polarity") +
                             " is " + quoted(words[i + 1]) + ", a whole number is needed");
      rest[i] = *value;
    }
    return recording.add(*time, rest[0], rest[1], rest[2]);
  }

  const EventWindows &windows;
  EventRecording &recording;
  std::array<std::string_view, 4> words;
  bool sensorKnown = false;
  bool allInSeconds = false;
};

Status readText(ByteSource &source, const EventWindows &windows, EventRecording &recording) {
  std::vector<uint8_t> bytes;
  if (Status status = source.readRest(bytes); !status.ok())
    return status;
  std::string_view text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  TextReader reader(windows, recording);
  for (uint64_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (Status status = reader.take(text.substr(0, end)); !status.ok())
      return source.problem("line " + std::to_string(number) + ": " + status.text());
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return Status();
}

/// Where in an element a number stands, and what it is.
struct NumberPlace {
  size_t offset = 0, bytes = 0;
  bool isSigned = false;
};

/// Bytes of a plain type such as "<i8", "|b1" or "|V3"; 0 for others.
size_t plainBytes(const std::string &type) {
  const std::string kinds = "biufVS";
  if (type.size() < 3 || (type[0] != '<' && type[0] != '|') || kinds.find(type[1]) == std::string::npos)
    return 0;
  const std::optional<int64_t> bytes = parseWhole(std::string_view(type).substr(2));
  return bytes && *bytes > 0 && *bytes <= 65536 ? static_cast<size_t>(*bytes) : 0;
}

/// Errors: the type is not one of little-endian integers.
Expected<NumberPlace> numberPlace(const std::string &what, const std::string &type, size_t offset, bool truthToo) {
  const size_t bytes = plainBytes(type);
  const bool isInteger = bytes && (type[1] == 'i' || type[1] == 'u') && bytes <= 8;
  if (isInteger || (truthToo && type == "|b1"))
    return NumberPlace{offset, bytes, type[1] == 'i'};
  return Status::error(what + " type is '" + type + "', events need little-endian integers");
}

/// How an .npy file holds an event: in the four elements of a row, or in one of a structured type.
struct EventLayout {
  std::array<NumberPlace, 4> places; ///< of t, x, y and p
  size_t eventBytes = 0;
};

Expected<EventLayout> columnLayout(const NpyHeader &header) {
  EventLayout layout;
  for (size_t i = 0; i < layout.places.size(); ++i) {
    Expected<NumberPlace> place = numberPlace("element", header.type, layout.eventBytes, false);
    if (!place)
      return place.status();
    layout.places[i] = *place;
    layout.eventBytes += place->bytes;
  }
  return layout;
}

/// Which of t, x, y and p a field is; 4 for none of them.
size_t roleOf(const std::string &name) {
  const std::array<std::array<const char *, 2>, 4> names = {
      {{"t", "timestamp"}, {"x", "x"}, {"y", "y"}, {"p", "polarity"}}};
  size_t role = 0;
  while (role < names.size() && name != names[role][0] && name != names[role][1])
    ++role;
  return role;
}

Expected<EventLayout> fieldLayout(const NpyHeader &header) {
  EventLayout layout;
  for (const NpyField &field : header.fields) {
    const size_t bytes = plainBytes(field.type), role = roleOf(field.name);
    if (role < layout.places.size()) {
      NumberPlace &known = layout.places[role];
      Expected<NumberPlace> place = numberPlace("field '" + field.name + "'", field.type, layout.eventBytes, role == 3);
      if (!place)
        return place.status();
      if (known.bytes != 0)
        return Status::error("element type is " + header.type + ", one each of t, x, y and p is needed");
      known = *place;
    } else if (bytes == 0)
      return Status::error("field '" + field.name + "' is of type '" + field.type +
                           "', one of a known number of bytes is needed");
    layout.eventBytes += bytes;
  }
  for (const NumberPlace &place : layout.places)
    if (place.bytes == 0)
      return Status::error("element type is " + header.type + ", fields t, x, y and p are needed");
  return layout;
}

/// Errors: without the file's name.
Expected<EventLayout> layoutOf(const NpyHeader &header) {
  const bool structured = !header.fields.empty();
  if (header.shape.size() != (structured ? 1 : 2) || (!structured && header.shape[1] != 4))
    return Status::error("shape is " + shapeText(header.shape) + ", events need " +
                         (structured ? "[n] of a structured type" : "[n, 4]: t, x, y, polarity"));
  return structured ? fieldLayout(header) : columnLayout(header);
}

/// Saturates, far outside of what any of the four may be.
int64_t numberAt(const uint8_t *event, const NumberPlace &place) {
  const uint64_t value = littleEndianWord(event + place.offset, static_cast<unsigned>(place.bytes));
  const unsigned unused = 64 - 8 * static_cast<unsigned>(place.bytes);
  if (place.isSigned)
    return static_cast<int64_t>(value << unused) >> unused;
  return static_cast<int64_t>(std::min(value, uint64_t(std::numeric_limits<int64_t>::max())));
}

Status readNpy(ByteSource &source, EventRecording &recording) {
  Expected<NpyHeader> header = readNpyHeader(source);
  if (!header)
    return header.status();
  Expected<EventLayout> layout = layoutOf(*header);
  if (!layout)
    return source.problem(layout.status().text());
  const bool structured = !header->fields.empty();
  if (Status status = structured ? Status() : checkCOrder(source, *header); !status.ok())
    return status;
  const size_t width = structured ? layout->eventBytes : layout->places[0].bytes;
  Expected<std::vector<uint8_t>> bytes =
      readNpyElements(source, *header, static_cast<unsigned>(width), "its declared shape");
  if (!bytes)
    return bytes.status();
  for (uint64_t i = 0; i < header->shape[0]; ++i) {
    std::array<int64_t, 4> numbers;
    for (size_t n = 0; n < numbers.size(); ++n)
      numbers[n] = numberAt(bytes->data() + i * layout->eventBytes, layout->places[n]);
    if (Status status = recording.add(numbers[0], numbers[1], numbers[2], numbers[3]); !status.ok())
      return source.problem("event[" + std::to_string(i) + "]: " + status.text());
  }
  return Status();
}

} // namespace

Expected<EventRecording> readEventFile(const std::string &path, const EventWindows &windows) {
  Expected<ByteSource> source = ByteSource::open(path);
  if (!source)
    return source.status();
  Expected<std::string> first = source->peek(6);
  if (!first)
    return first.status();
  EventRecording recording(path, windows);
  if (Status status = *first == npyMagic ? readNpy(*source, recording) : readText(*source, windows, recording);
      !status.ok())
    return status;
  if (Status status = recording.finish(); !status.ok())
    return status;
  return recording;
}

} // namespace wage::rt
