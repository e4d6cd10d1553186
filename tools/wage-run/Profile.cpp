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
  watch.onPhase = [this, track](const std::string &phase, bool begins) {
    if (begins)
      begin(track, phase);
    else
      end(track);
  };
  return watch;
}

rt::Status Profile::write(const std::string &path) {
  for (Track track : {Chip, Host})
    while (!open[track].empty())
      end(track);
  std::string text = "{\"displayTimeUnit\": \"ms\", \"otherData\": ";
  JsonObject other;
  other.add("program", "wage-run").add("dropped_events", dropped);
  text += other.text() + ", \"traceEvents\": [\n" + trackName(Host, "host").text() + ",\n" +
          trackName(Chip, chipName).text();
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
