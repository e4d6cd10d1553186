//===- Progress.cpp - a line that is rewritten on a terminal -------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/Progress.h"

#include <cstdio>
#include <unistd.h>
#include <utility>

namespace wage::run {

Progress::Progress(std::string what, uint64_t images)
    : what(std::move(what)), images(images), terminal(::isatty(STDERR_FILENO) != 0) {}

void Progress::update(uint64_t done) {
  const double now = clock.seconds();
  if (!terminal || now - lastSeconds < 0.2 || done == 0)
    return;
  lastSeconds = now;
  shown = true;
  const double rate = double(done) / now;
  std::fprintf(stderr, "\r\033[K%s: %llu of %llu images, %.0f images/s, %s left", what.c_str(),
               static_cast<unsigned long long>(done), static_cast<unsigned long long>(images), rate,
               durationText(double(images - done) / rate).c_str());
  std::fflush(stderr);
}

void Progress::wipe() {
  if (shown)
    std::fputs("\r\033[K", stderr);
  shown = false;
}

std::string durationText(double seconds) {
  const auto whole = static_cast<unsigned long long>(seconds + 0.5);
  char text[32];
  if (whole >= 3600)
    std::snprintf(text, sizeof text, "%llu:%02llu:%02llu", whole / 3600, whole / 60 % 60, whole % 60);
  else
    std::snprintf(text, sizeof text, "%llu:%02llu", whole / 60, whole % 60);
  return text;
}

std::string shareText(uint64_t part, uint64_t whole) {
  std::string text = std::to_string(part) + " of " + std::to_string(whole);
  if (whole == 0)
    return text;
  char percent[32];
  std::snprintf(percent, sizeof percent, " (%.2f %%)", 100 * double(part) / double(whole));
  return text + percent;
}

} // namespace wage::run
