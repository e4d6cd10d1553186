//===- ThreadPool.cpp - a fixed set of threads ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Support/ThreadPool.h"

#include <algorithm>
#include <chrono>
#include <sched.h>

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace wage::rt {

namespace {

/// Parking and waking cost 10 to 80 us, more the longer a processor was idle. A spin of this length finds most phases'
/// ends, and is lost where it does not.
constexpr std::chrono::microseconds longestSpin(10);

/// Waits without a spin after a vain one: 1, 3, 7, and so on up to this number.
constexpr unsigned mostSkipped = 1023;

void pause() {
#if defined(__x86_64__) || defined(__i386__)
  _mm_pause();
#endif
}

/// Whether the condition became true soon. If it did while the system let others run, the spin was vain: a thread that is
/// parked comes back sooner than one that has used up its turn.
template <typename Condition> bool spin(const Condition &condition) {
  constexpr int perLook = 16; // the clock costs as much as a pause
  const auto end = std::chrono::steady_clock::now() + longestSpin;
  do
    for (int i = 0; i < perLook; ++i) {
      if (condition())
        return std::chrono::steady_clock::now() < end;
      pause();
    }
  while (std::chrono::steady_clock::now() < end);
  return false;
}

} // namespace

template <typename Condition> void ThreadPool::Waiter::wait(const Condition &condition, bool maySpin) {
  if (condition())
    return;
  if (maySpin && skipped++ >= toSkip) {
    const bool inTime = spin(condition);
    skipped = 0;
    toSkip = inTime ? toSkip / 2 : std::min(mostSkipped, 2 * toSkip + 1);
    if (inTime)
      return;
  }
  std::unique_lock<std::mutex> lock(mutex);
  // Either this thread sees that the condition is true, or wake() sees that it is parked: both orders are sequential.
  parked = true;
  changed.wait(lock, condition);
  parked = false;
}

void ThreadPool::Waiter::wake() {
  if (!parked)
    return;
  {
    std::lock_guard<std::mutex> lock(mutex);
  }
  changed.notify_one();
}

unsigned usableProcessors() {
  cpu_set_t usable;
  if (::sched_getaffinity(0, sizeof usable, &usable) == 0)
    return static_cast<unsigned>(CPU_COUNT(&usable));
  return std::max(1u, std::thread::hardware_concurrency()); // more than fit into the set; 0 where it does not know
}

ThreadPool::ThreadPool(unsigned count) : maySpin(count <= usableProcessors()), waiters(std::max(1u, count)) {
  for (unsigned i = 1; i < count; ++i)
    workers.emplace_back([this, i] { work(i); });
}

ThreadPool::~ThreadPool() {
  stop = true;
  for (size_t i = 1; i < waiters.size(); ++i)
    waiters[i].wake();
  for (std::thread &worker : workers)
    worker.join();
}

void ThreadPool::run(const std::function<void(unsigned)> &newTask) {
  if (!workers.empty()) {
    task = &newTask;
    busy = static_cast<unsigned>(workers.size());
    ++round;
    for (size_t i = 1; i < waiters.size(); ++i)
      waiters[i].wake();
  }
  newTask(0);
  waiters[0].wait([this] { return busy == 0; }, maySpin);
}

void ThreadPool::work(unsigned index) {
  for (uint64_t seen = 0;; ++seen) {
    waiters[index].wait([&] { return stop || round != seen; }, maySpin);
    if (stop)
      return;
    (*task)(index);
    if (--busy == 0)
      waiters[0].wake();
  }
}

} // namespace wage::rt
