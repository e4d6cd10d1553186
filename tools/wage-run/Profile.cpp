//===- Profile.cpp - when which work was done, for trace viewers -----*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/Profile.h"

#include "runtime/Data/AtomicFile.h"
#include "runtime/Support/Json.h"
#include "tools/wage-run/Commands.h"

#include <cstdio>

namespace wage::run {

using rt::JsonObject;

namespace {

JsonObject trackName(Profile::Track track, const std::string &name) {
  JsonObject arguments, event;
  arguments.add("name", name);
  return event.add("name", "thread_name")
      .add("ph", "M")
      .add("pid", uint64_t(1))
      .add("tid", uint64_t(track))
      .add("args", arguments);
}

} // namespace

void Profile::begin(Track track, const std::string &name, int64_t step) {
  const auto [entry, isNew] = numbers.try_emplace(name, static_cast<uint32_t>(names.size()));
  if (isNew)
    names.push_back(name);
  open[track].push_back({entry->second, track, step, now(), 0});
}

void Profile::end(Track track) {
  if (open[track].empty())
    return;
  Event event = open[track].back();
  open[track].pop_back();
  event.duration = now() - event.begin;
  if (events.size() < mostEvents)
    events.push_back(event);
  else
    ++dropped;
}

rt::SessionWatch Profile::watch(Track track) {
  rt::SessionWatch watch;
  watch.timeLayers = true;
  watch.onPhase = [this, track](const std::string &phase, bool begins) {
    if (begins)
      begin(track, phase);
    else
      end(track);
  };
  return watch;
}

void Profile::setLayers(std::vector<rt::LayerWork> work, double peak) {
  layers = std::move(work);
  peakSpeed = peak;
}

/// What a layer's multiply-accumulates reach of the limit, in percent.
static double percentOfLimit(const rt::LayerWork &work, double peakSpeed) {
  return peakSpeed > 0 ? 100 * double(work.macs) / work.seconds / peakSpeed : 0;
}

std::string Profile::layerText(uint64_t steps) const {
  if (layers.empty() || steps == 0)
    return "";
  char line[160];
  std::snprintf(line, sizeof line,
                "layers, milliseconds of threads; limit: %.0f G multiply-accumulates/s of a thread\n",
                peakSpeed * 1e-9);
  std::string text = line;
  std::snprintf(line, sizeof line, "  %-24s %-9s %10s %10s %10s\n", "name", "part", "ms", "GMAC/s", "of limit");
  text += line;
  for (const rt::LayerWork &work : layers) {
    std::snprintf(line, sizeof line, "  %-24s %-9s %10.3f", printable(work.layer).c_str(), work.part.c_str(),
                  work.seconds * 1e3 / double(steps));
    text += line;
    if (work.macs > 0 && peakSpeed > 0)
      std::snprintf(line, sizeof line, " %10.1f %8.1f %%\n", double(work.macs) / work.seconds * 1e-9,
                    percentOfLimit(work, peakSpeed));
    else
      std::snprintf(line, sizeof line, " %10s %10s\n", "-", "-");
    text += line;
  }
  return text;
}

/// `, "layers": [...]`, if there are any.
static std::string layersJson(const std::vector<rt::LayerWork> &layers, double peakSpeed) {
  std::string text;
  for (const rt::LayerWork &work : layers) {
    JsonObject json;
    json.add("layer", work.layer).add("part", work.part).add("seconds", work.seconds).add("macs", work.macs);
    if (work.macs > 0 && peakSpeed > 0)
      json.add("percent_of_limit", percentOfLimit(work, peakSpeed));
    text += (text.empty() ? ", \"layers\": [\n" : ",\n") + json.text();
  }
  return text.empty() ? text : text + "\n]";
}

rt::Status Profile::write(const std::string &path) {
  for (Track track : {Chip, Host})
    while (!open[track].empty())
      end(track);
  std::string text = "{\"displayTimeUnit\": \"ms\", \"otherData\": ";
  JsonObject other;
  other.add("program", "wage-run").add("dropped_events", dropped);
  if (peakSpeed > 0)
    other.add("peak_macs_per_second", peakSpeed);
  text += other.text() + layersJson(layers, peakSpeed) + ", \"traceEvents\": [\n" + trackName(Host, "host").text() +
          ",\n" + trackName(Chip, chipName).text();
  char times[96];
  for (const Event &event : events) {
    JsonObject json, arguments;
    json.add("name", names[event.name]).add("cat", event.track == Host ? "host" : "chip").add("ph", "X");
    json.add("pid", uint64_t(1)).add("tid", uint64_t(event.track));
    if (event.step >= 0)
      json.add("args", arguments.add("step", static_cast<uint64_t>(event.step)));
    // A viewer needs fixed digits: 15 significant ones of a long run would drop the fraction.
    std::snprintf(times, sizeof times, ", \"ts\": %.3f, \"dur\": %.3f}", event.begin, event.duration);
    std::string line = json.text();
    line.pop_back();
    text += ",\n" + line + times;
  }
  text += "\n]}\n";
  return rt::writeFileAtomically(path, text.data(), text.size());
}

} // namespace wage::run
