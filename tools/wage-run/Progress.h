//===- Progress.h - a line that is rewritten on a terminal -----------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGERUN_PROGRESS_H
#define WAGE_TOOLS_WAGERUN_PROGRESS_H

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace wage::run {

/// Seconds since it was made.
class Stopwatch {
public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(); }

private:
  std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
};

/// Shows how far a loop over images is, with rate, time left and errors so far, on standard error if that is a terminal
/// whose lines can be rewritten (TERM is neither empty nor `dumb`); elsewhere it prints nothing. The line is never longer
/// than the window and uses no colour. It is wiped at the end.
class Progress {
public:
  Progress(std::string what, uint64_t images);
  ~Progress() { wipe(); }
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// `done` images are through, `errors` of them (if known) wrong. Prints at most five times a second.
  void update(uint64_t done, std::optional<uint64_t> errors = std::nullopt);

  /// Removes the line, so that other text can be printed; the next update brings it back.
  void wipe();

private:
  std::string what;
  uint64_t images;
  bool terminal;
  bool shown = false;
  Stopwatch clock;
  double lastSeconds = 0;
};

/// How a loop over `images` images stands after `seconds`, in at most `columns` columns: what does not fit is left out,
/// the least important first.
std::string progressText(const std::string &what, uint64_t done, uint64_t images, std::optional<uint64_t> errors,
                         double seconds, size_t columns);

/// Images per second; 0 where no time has passed.
double perSecond(uint64_t images, double seconds);

/// "3823 images/s".
std::string rateText(uint64_t images, double seconds);

/// "1:02:03" or "2:03".
std::string durationText(double seconds);

/// "240 of 10000 (2.40 %)"; the percentage is left out where there is nothing to divide by.
std::string shareText(uint64_t part, uint64_t whole);

} // namespace wage::run

#endif // WAGE_TOOLS_WAGERUN_PROGRESS_H
