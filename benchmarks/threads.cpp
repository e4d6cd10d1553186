//===- threads.cpp - what it costs to run a task on all threads ----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Usage: benchmark-threads [THREADS]. Runs tasks of several lengths with pauses of several lengths between them, and
// prints the time that a task takes beyond its own length: waking, waiting, and what other programs take away.
//
//===---------------------------------------------------------------------------===//

#include "runtime/Support/ThreadPool.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace wage::rt;
using Clock = std::chrono::steady_clock;

static double microsecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

/// Keeps a processor at work.
static void workFor(double microseconds) {
  const auto start = Clock::now();
  while (microsecondsSince(start) < microseconds)
    ;
}

static void measure(ThreadPool &pool, double length, double pause) {
  constexpr int rounds = 3000;
  std::vector<double> beyond;
  for (int round = 0; round < rounds; ++round) {
    workFor(pause);
    const auto start = Clock::now();
    pool.run([&](unsigned) { workFor(length); });
    beyond.push_back(microsecondsSince(start) - length);
  }
  std::sort(beyond.begin(), beyond.end());
  std::printf("%8.0f %8.0f %10.2f %10.2f %10.2f\n", length, pause, beyond[rounds / 2], beyond[rounds * 9 / 10],
              beyond[rounds * 99 / 100]);
}

int main(int argc, char **argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : static_cast<int>(usableProcessors());
  if (threads < 1 || threads > 1024) {
    std::fprintf(stderr, "benchmark-threads: error: found '%s', 1 to 1024 threads are needed\n", argv[1]);
    return 2;
  }
  ThreadPool pool(static_cast<unsigned>(threads));
  std::printf("%d threads, microseconds\n%8s %8s %10s %10s %10s\n", threads, "task", "pause", "median", "90 %", "99 %");
  for (double length : {0.0, 10.0, 50.0, 200.0})
    for (double pause : {0.0, 5.0, 30.0, 200.0})
      measure(pool, length, pause);
  return 0;
}
