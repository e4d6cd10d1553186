//===- ThreadPool.h - a fixed set of threads ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_SUPPORT_THREADPOOL_H
#define WAGE_RUNTIME_SUPPORT_THREADPOOL_H

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace wage::rt {

/// `count` threads, the caller included. Which thread does what never changes a result: callers give each index work of
/// its own and combine with exact integer sums and maxima.
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
  void work(unsigned index);

  std::vector<std::thread> workers;
  std::mutex mutex;
  std::condition_variable begin, end;
  const std::function<void(unsigned)> *task = nullptr;
  uint64_t round = 0;
  unsigned busy = 0;
  bool stop = false;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_SUPPORT_THREADPOOL_H
