//===- Server.h - a program that is asked how long its work takes -----*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_BENCHMARKS_SPEED_SERVER_H
#define WAGE_BENCHMARKS_SPEED_SERVER_H

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

namespace wage::speed {

/// Seconds that this process has computed, on all of its threads.
inline double processorSeconds() {
  timespec now = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

/// Prints `ready` and what is measured, then answers each line `run N` of standard input with one line of two numbers:
/// the time that one of N calls of `work` takes, and the time that processors compute in it.
///
/// Units:  seconds.
/// Errors: a line that is none ends the program with exit code 2.
template <typename Work> int serve(const char *what, Work &&work) {
  using Clock = std::chrono::steady_clock;
  std::printf("ready %s\n", what);
  std::fflush(stdout);
  long count = 0;
  while (std::scanf(" run %ld", &count) == 1 && count > 0) {
    const double busy = processorSeconds();
    const auto start = Clock::now();
    for (long run = 0; run < count; ++run)
      work();
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    std::printf("%.9g %.9g\n", seconds / double(count), (processorSeconds() - busy) / double(count));
    std::fflush(stdout);
  }
  return std::feof(stdin) ? 0 : 2;
}

/// What stands behind `name` and `=` among the arguments, or `otherwise`.
inline std::string option(int argc, char **argv, const std::string &name, const std::string &otherwise) {
  for (int i = 1; i < argc; ++i)
    if (const std::string argument = argv[i]; argument.compare(0, name.size() + 1, name + "=") == 0)
      return argument.substr(name.size() + 1);
  return otherwise;
}

/// A number from 1 to 1000000 of the arguments, or `otherwise`. Errors: ends the program with exit code 2.
inline int numberOption(int argc, char **argv, const std::string &name, int otherwise) {
  const std::string text = option(argc, argv, name, std::to_string(otherwise));
  char *end = nullptr;
  const long number = std::strtol(text.c_str(), &end, 10);
  if (*end == '\0' && number >= 1 && number <= 1000000)
    return static_cast<int>(number);
  std::fprintf(stderr, "%s: argument '%s' must be a number from 1 to 1000000, got '%s'\n", argv[0], name.c_str(),
               text.c_str());
  std::exit(2);
}

/// Integers from -50 to 50, the same in every run.
template <typename Number> std::vector<Number> smallNumbers(size_t count) {
  std::vector<Number> numbers(count);
  uint32_t state = 1;
  for (Number &number : numbers)
    number = static_cast<Number>(static_cast<int>((state = state * 1664525u + 1013904223u) >> 24) % 101 - 50);
  return numbers;
}

} // namespace wage::speed

#endif // WAGE_BENCHMARKS_SPEED_SERVER_H
