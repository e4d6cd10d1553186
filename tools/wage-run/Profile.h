//===- Profile.h - when which work was done, for trace viewers -------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGERUN_PROFILE_H
#define WAGE_TOOLS_WAGERUN_PROFILE_H

#include "runtime/Api/wage_runtime.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace wage::run {

/// Records when pieces of work begin and end, and writes them as Chrome trace events (chrome://tracing, Perfetto).
/// Used from one thread.
class Profile {
public:
  /// What the work is done by: a line of its own in the viewer.
  enum Track { Host = 1, Chip = 2 };

  /// `chip` names the second track. Starts the clock. Of a run with more than `mostEvents` the first are kept, and the
  /// number of the others.
  explicit Profile(std::string chip, size_t mostEvents = 1000000) : chipName(std::move(chip)), mostEvents(mostEvents) {}

  /// Pieces of one track nest. `step` is told with the piece if it is not negative.
  void begin(Track track, const std::string &name, int64_t step = -1);
  void end(Track track);

  /// A watch that records a session's phases on `track`. The profile must outlive it.
  rt::SessionWatch watch(Track track);

  /// What the engine did for its layers, and multiply-accumulates per second of a thread at most (0: not known).
  void setLayers(std::vector<rt::LayerWork> work, double peakSpeed);
  /// The same as a table, of `steps` steps or batches; empty without layers.
  std::string layerText(uint64_t steps) const;

  /// Ends what is open and writes the file, at once and whole. Errors: it cannot be written.
  rt::Status write(const std::string &path);

private:
  struct Event {
    uint32_t name;
    Track track;
    int64_t step;
    double begin, duration; ///< microseconds
  };
  double now() const {
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
  }

  std::string chipName;
  size_t mostEvents;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  std::map<std::string, uint32_t> numbers;
  std::vector<std::string> names;
  std::vector<Event> open[3]; ///< by track, the innermost last
  std::vector<Event> events;
  uint64_t dropped = 0;
  std::vector<rt::LayerWork> layers;
  double peakSpeed = 0;
};

/// Records the time of its own life; `profile` may be null.
class ProfileSpan {
public:
  ProfileSpan(Profile *profile, const char *name, int64_t step = -1) : profile(profile) {
    if (profile)
      profile->begin(Profile::Host, name, step);
  }
  ~ProfileSpan() {
    if (profile)
      profile->end(Profile::Host);
  }
  ProfileSpan(const ProfileSpan &) = delete;
  ProfileSpan &operator=(const ProfileSpan &) = delete;

private:
  Profile *profile;
};

} // namespace wage::run

#endif // WAGE_TOOLS_WAGERUN_PROFILE_H
