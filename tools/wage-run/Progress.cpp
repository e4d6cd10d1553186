//===- Progress.cpp - a line that is rewritten on a terminal ---------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/Progress.h"

#include <cstdio>
#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace wage::run {

namespace {

bool canRewriteLines() {
  const char *term = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) != 0 && term && *term && std::string(term) != "dumb";
}

/// Columns of the window, which may change at any time; 80 where the terminal does not tell.
size_t windowColumns() {
  winsize window = {};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0 ? window.ws_col : 80;
}

} // namespace

Progress::Progress(std::string what, uint64_t images)
    : what(std::move(what)), images(images), terminal(canRewriteLines()) {}

void Progress::update(uint64_t done, std::optional<uint64_t> errors) {
  const double now = clock.seconds();
  if (!terminal || now - lastSeconds < 0.2 || done == 0)
    return;
  lastSeconds = now;
  shown = true;
  // A full line would wrap on some terminals, and a wrapped one cannot be rewritten.
  std::fprintf(stderr, "\r\033[K%s", progressText(what, done, images, errors, now, windowColumns() - 1).c_str());
  std::fflush(stderr);
}

void Progress::wipe() {
  if (shown)
    std::fputs("\r\033[K", stderr);
  shown = false;
}

std::string progressText(const std::string &what, uint64_t done, uint64_t images, std::optional<uint64_t> errors,
                         double seconds, size_t columns) {
  const double rate = perSecond(done, seconds);
  char text[64];
  std::string line = what + ": " + std::to_string(done) + " of " + std::to_string(images) + " images";
  if (line.size() > columns) {
    std::snprintf(text, sizeof text, "%.0f %%", images ? 100 * double(done) / double(images) : 0.0);
    line = text;
    return line.substr(0, columns);
  }
  std::string parts[3];
  if (rate > 0)
    parts[0] = ", " + durationText(double(images - done) / rate) + " left";
  if (errors) {
    std::snprintf(text, sizeof text, ", errors %.2f %%", 100 * double(*errors) / double(done));
    parts[1] = text;
  }
  parts[2] = ", " + rateText(done, seconds);
  for (const std::string &part : parts)
    if (line.size() + part.size() <= columns)
      line += part;
  return line;
}

double perSecond(uint64_t images, double seconds) { return seconds > 0 ? double(images) / seconds : 0.0; }

std::string rateText(uint64_t images, double seconds) {
  char text[48];
  std::snprintf(text, sizeof text, "%.0f images/s", perSecond(images, seconds));
  return text;
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
