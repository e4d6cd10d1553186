//===- ThreadPoolTest.cpp - a fixed set of threads ------------------------ -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Support/ThreadPool.h"

#include <chrono>
#include <gtest/gtest.h>

namespace wage::rt::test {
namespace {

using std::chrono::microseconds;

/// Runs `rounds` tasks in which thread t takes `length(round, t)`, with `pause(round)` between, and checks that each index
/// ran once per round and that all it wrote is seen by the caller. Plain integers: the thread sanitizer looks on.
template <typename Length, typename Pause>
void checkRounds(unsigned threads, int rounds, const Length &length, const Pause &pause) {
  ThreadPool pool(threads);
  ASSERT_EQ(pool.size(), threads);
  std::vector<int> ran(threads, 0), sum(threads, 0);
  for (int round = 0; round < rounds; ++round) {
    int given = 3 * round + 1; // of this round, on the caller's stack
    pool.run([&](unsigned thread) {
      std::this_thread::sleep_for(length(round, thread));
      ++ran[thread];
      sum[thread] += given;
    });
    given = -1;
    for (unsigned thread = 0; thread < threads; ++thread)
      ASSERT_EQ(ran[thread], round + 1) << thread;
    std::this_thread::sleep_for(pause(round));
  }
  for (int total : sum)
    EXPECT_EQ(total, 3 * rounds * (rounds - 1) / 2 + rounds);
}

constexpr microseconds none(0);

TEST(ThreadPool, RunsEachIndexOncePerRound) {
  for (unsigned threads : {1u, 2u, 3u, 8u})
    checkRounds(
        threads, 3000 / static_cast<int>(threads), [](int, unsigned) { return none; }, [](int) { return none; });
}

// Waits of every length, so that threads are met while they spin, while they park and while they are parked.
TEST(ThreadPool, WaitsOfEveryLength) {
  const auto pause = [](int round) { return microseconds(round % 37); };
  checkRounds(2, 400, [](int, unsigned) { return none; }, pause);
  checkRounds(2, 400, [](int round, unsigned thread) { return microseconds(thread * (round % 31)); }, pause);
  checkRounds(3, 400, [](int round, unsigned thread) { return microseconds((2 - thread) * (round % 29)); }, pause);
}

TEST(ThreadPool, MoreThreadsThanProcessors) {
  checkRounds(
      4 * usableProcessors(), 50, [](int round, unsigned thread) { return microseconds((round + thread) % 5); },
      [](int) { return none; });
}

TEST(ThreadPool, EndsAtOnceAndAfterWork) {
  for (int i = 0; i < 200; ++i) {
    ThreadPool unused(3);
    ThreadPool used(3);
    std::vector<int> ran(3, 0);
    used.run([&](unsigned thread) { ran[thread] = i; });
    EXPECT_EQ(ran, std::vector<int>(3, i));
  }
}

TEST(ThreadPool, CountsUsableProcessors) { EXPECT_GE(usableProcessors(), 1u); }

} // namespace
} // namespace wage::rt::test
