//===- ThreadPool.h - a fixed set of threads ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_SUPPORT_THREADPOOL_H
#define WAGE_RUNTIME_SUPPORT_THREADPOOL_H

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace wage::rt {

/// Processors that this process may run on, at least 1: a process may be pinned to fewer than the machine has.
unsigned usableProcessors();

/// `count` threads, the caller included. Which thread does what never changes a result: callers give each index work of
/// its own and combine with exact integer sums and maxima.
///
/// A thread that waits spins for a few microseconds and is then parked: waking a parked one costs more than many phases of
/// a training step. It is parked at once where spinning could only take the processor from a thread that has work: if
/// there are fewer processors than threads, and for a while after a spin was in vain.
class ThreadPool {
public:
  explicit ThreadPool(unsigned count);
  ~ThreadPool();
  ThreadPool(const ThreadPool &) = delete;
  ThreadPool &operator=(const ThreadPool &) = delete;

  unsigned size() const { return static_cast<unsigned>(workers.size()) + 1; }

  /// Runs task(0) … task(size() - 1), each on its own thread, and returns when all have returned. Not reentrant.
  void run(const std::function<void(unsigned)> &task);

private:
  /// Waits until another thread made a condition true, first awake, then parked.
  class Waiter {
  public:
    /// Returns once condition(), which reads atomics only.
    template <typename Condition> void wait(const Condition &condition, bool maySpin);
    /// Called after the condition became true.
    void wake();

  private:
    std::mutex mutex;
    std::condition_variable changed;
    std::atomic<bool> parked = false;
    unsigned skipped = 0, toSkip = 0; ///< waits that do not spin, after vain spins
  };

  void work(unsigned index);

  const bool maySpin;
  std::vector<Waiter> waiters; ///< by thread; the caller's first
  const std::function<void(unsigned)> *task = nullptr;
  std::atomic<uint64_t> round = 0; ///< of the task that is run
  std::atomic<unsigned> busy = 0;  ///< workers that have not finished it
  std::atomic<bool> stop = false;
  std::vector<std::thread> workers;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_SUPPORT_THREADPOOL_H
