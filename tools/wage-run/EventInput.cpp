//===- EventInput.cpp - recordings of event cameras as input ---------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/EventInput.h"

#include "runtime/Data/Dataset.h"
#include "runtime/Data/EventFiles.h"
#include "runtime/Numerics/Rounding.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace wage::run {

namespace {

constexpr const char *flagsOfEvents[] = {"--window",   "--window-count", "--window-start",   "--sensor",
                                         "--polarity", "--event-value",  "--saturate-events"};

Status readNumbers(const Arguments &arguments, EventFlags &flags) {
  Expected<std::optional<uint64_t>> length = arguments.number("--window", 1, rt::largestWindowMicroseconds);
  if (!length)
    return length.status();
  Expected<std::optional<uint64_t>> count = arguments.number("--window-count", 1, rt::largestWindowCount);
  if (!count)
    return count.status();
  Expected<std::optional<uint64_t>> start = arguments.number("--window-start", 0, rt::largestEventTime);
  if (!start)
    return start.status();
  flags.windows.length = static_cast<int64_t>(length->value_or(0));
  if (*count)
    flags.windows.count = static_cast<uint32_t>(**count);
  if (*start)
    flags.windows.start = static_cast<int64_t>(**start);
  return Status();
}

Status readSensor(const Arguments &arguments, EventFlags &flags) {
  const std::string text = arguments.text("--sensor");
  const size_t cross = text.find('x', 1);
  const auto side = [](const std::string &digits) {
    const std::optional<uint64_t> pixels = parseUnsigned(digits);
    return pixels && *pixels <= rt::largestSensorSide ? static_cast<uint32_t>(*pixels) : 0;
  };
  if (text.empty())
    return Status();
  flags.windows.width = side(text.substr(0, cross));
  flags.windows.height = cross == std::string::npos ? 0 : side(text.substr(cross + 1));
  if (flags.windows.width != 0 && flags.windows.height != 0)
    return Status();
  return Status::error("--sensor: found '" + text + "', WIDTHxHEIGHT, each from 1 to " +
                       std::to_string(rt::largestSensorSide) + ", is needed");
}

Status readMeaning(const Arguments &arguments, EventFlags &flags) {
  flags.saturate = arguments.has("--saturate-events");
  const std::string use = arguments.text("--polarity");
  if (use == "difference")
    flags.use = rt::PolarityChannels::Difference;
  else if (use == "sum")
    flags.use = rt::PolarityChannels::Sum;
  else if (!use.empty())
    return Status::error("--polarity: found '" + use + "', difference or sum is needed");
  const std::string value = arguments.text("--event-value");
  if (value.empty())
    return Status();
  char *end = nullptr;
  flags.value = std::strtod(value.c_str(), &end);
  if (end != value.c_str() + value.size() || !std::isfinite(flags.value) || flags.value == 0)
    return Status::error("--event-value: found '" + value + "', a number other than 0 is needed");
  return Status();
}

std::string planeText(const rt::ProgramInfo &info) {
  return std::to_string(info.channels) + "x" + std::to_string(info.height) + "x" + std::to_string(info.width);
}

/// The sensor's pixels and channels, for the binary's input. A network that takes a row of numbers, or a row per channel, is
/// one for which the sensor must be told, and takes any of as many elements.
Status fitToInput(const std::string &binary, const rt::ProgramInfo &info, EventFlags &flags) {
  rt::EventWindows &sensor = flags.windows;
  const bool isRow = info.height == 1 || info.width == 1, told = sensor.width != 0;
  const uint64_t elements = uint64_t(info.channels) * info.height * info.width;
  const uint64_t pixels = told ? uint64_t(sensor.width) * sensor.height : uint64_t(info.height) * info.width;
  const uint64_t channels = elements / pixels;
  const bool fits = elements % pixels == 0 && (channels == 1 || channels == 2);
  if (!fits && !told)
    return Status::error("'" + binary + "': takes samples of " + planeText(info) + ", events need 1 or 2 channels" +
                         (isRow ? "; --sensor=WIDTHxHEIGHT says how a row of numbers is a plane of pixels" : ""));
  const bool sameRow =
      isRow && (channels == info.channels || info.channels == 1 || (info.height == 1 && info.width == 1));
  if (told && (!fits || !(sameRow || (sensor.width == info.width && sensor.height == info.height))))
    return Status::error("--sensor: found " + std::to_string(sensor.width) + "x" + std::to_string(sensor.height) +
                         ", '" + binary + "' takes samples of " + planeText(info) +
                         " and needs as many pixels in 1 or 2 channels");
  if (flags.use && channels == 2)
    return Status::error("--polarity: '" + binary +
                         "' takes both polarities, in a channel each; one of 1 channel is needed");
  if (!told && std::max(info.width, info.height) > rt::largestSensorSide)
    return Status::error("'" + binary + "': takes samples of " + planeText(info) + ", events need at most " +
                         std::to_string(rt::largestSensorSide) + " rows and columns");
  if (!told) {
    sensor.width = info.width;
    sensor.height = info.height;
  }
  flags.use = channels == 2 ? rt::PolarityChannels::Separate : flags.use.value_or(rt::PolarityChannels::Difference);
  return Status();
}

} // namespace

Expected<EventFlags> eventFlags(const Arguments &arguments) {
  EventFlags flags;
  for (const char *flag : flagsOfEvents)
    if (arguments.has(flag) && !arguments.has("--events"))
      return Status::error(std::string(flag) + " needs --events=F");
  if (arguments.has("--events") && !arguments.has("--window"))
    return Status::error("--events needs --window=MICROSECONDS");
  for (auto read : {readNumbers, readSensor, readMeaning})
    if (Status status = read(arguments, flags); !status.ok())
      return status;
  return flags;
}

Expected<EventInput> EventInput::read(const Arguments &arguments, const EventFlags &flags, const rt::Session &session) {
  const rt::ProgramInfo &info = session.info();
  EventInput input;
  input.flags = flags;
  if (Status status = fitToInput(arguments.operand(), info, input.flags); !status.ok())
    return status;
  const std::string paths = arguments.text("--events"), labelPaths = arguments.text("--labels");
  if (Status status = input.readRecordings(paths); !status.ok())
    return status;
  if (!labelPaths.empty()) {
    Expected<std::vector<uint32_t>> labels = rt::readLabels(labelPaths, input.all.size(), paths);
    if (!labels)
      return labels.status();
    if (Status status = rt::checkLabels(*labels, labelPaths, info.classes); !status.ok())
      return status;
    input.classes = std::move(*labels);
  }
  if (Status status = input.encodeAll(session); !status.ok())
    return status;
  return input;
}

Status EventInput::readRecordings(const std::string &paths) {
  firstSamples = {0};
  for (const std::string &path : rt::splitPaths(paths)) {
    Expected<rt::EventRecording> recording = rt::readEventFile(path, flags.windows);
    if (!recording)
      return recording.status();
    firstSamples.push_back(firstSamples.back() + recording->windowCount());
    all.push_back(std::move(*recording));
  }
  return Status();
}

EventInput::Window EventInput::windowOf(uint64_t sample) const {
  const auto behind = std::upper_bound(firstSamples.begin(), firstSamples.end(), sample);
  const auto recording = static_cast<size_t>(behind - firstSamples.begin()) - 1;
  return {recording, static_cast<uint32_t>(sample - firstSamples[recording])};
}

Status EventInput::encodeAll(const rt::Session &session) {
  const rt::ProgramInfo &info = session.info();
  std::vector<int16_t> activations(size_t(info.channels) * info.height * info.width);
  saturatedElements.assign(count(), 0);
  for (uint64_t sample = 0; sample < count(); ++sample)
    if (Status status = encode(session, sample, activations.data(), saturatedElements[sample]); !status.ok())
      return status;
  return Status();
}

Status EventInput::encode(const rt::Session &session, uint64_t sample, int16_t *activations, uint32_t &clipped) const {
  const rt::ProgramInfo &info = session.info();
  const size_t plane = size_t(info.height) * info.width;
  const int64_t limit = rt::largestInteger(int(info.inputBits));
  const Window window = windowOf(sample);
  std::vector<int64_t> counts(info.channels * plane);
  rt::countEvents(all[window.recording], window.index, *flags.use, counts.data());
  clipped = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    const double found = session.inputInteger(static_cast<uint32_t>(i / plane), double(counts[i]) * flags.value);
    const double held = std::clamp(found, -double(limit), double(limit));
    if (held != found && !flags.saturate)
      return overflow(sample, i, counts[i], found, limit);
    clipped += held != found;
    activations[i] = static_cast<int16_t>(held);
  }
  return Status();
}

Status EventInput::overflow(uint64_t sample, size_t element, int64_t count, double found, int64_t limit) const {
  const Window window = windowOf(sample);
  const rt::EventRecording &recording = all[window.recording];
  const size_t width = recording.width(), plane = width * recording.height();
  const std::string place = "channel " + std::to_string(element / plane) + ", x " + std::to_string(element % width) +
                            ", y " + std::to_string(element % plane / width);
  char steps[32];
  std::snprintf(steps, sizeof steps, "%.15g", found);
  return Status::error("'" + recording.path() + "': window " + std::to_string(window.index) + " (" +
                       std::to_string(recording.windowBegin(window.index)) + " to " +
                       std::to_string(recording.windowBegin(window.index + 1)) + " us) counts " +
                       std::to_string(count) + " at " + place + ", " + steps + " steps of the input, which holds -" +
                       std::to_string(limit) + " to " + std::to_string(limit) +
                       "; a shorter --window, another --event-value or --saturate-events is needed");
}

Status EventInput::infer(rt::Session &session, uint64_t first, uint32_t count, std::vector<int64_t> &logits) const {
  const rt::ProgramInfo &info = session.info();
  const size_t elements = size_t(info.channels) * info.height * info.width;
  std::vector<int16_t> activations(count * elements);
  uint32_t clipped = 0;
  for (uint32_t i = 0; i < count; ++i)
    if (Status status = encode(session, first + i, &activations[i * elements], clipped); !status.ok())
      return status;
  return session.inferActivations(activations.data(), count, logits);
}

} // namespace wage::run
