//===- ThreadPool.cpp - a fixed set of threads ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Support/ThreadPool.h"

namespace wage::rt {

ThreadPool::ThreadPool(unsigned count) {
  for (unsigned i = 1; i < count; ++i)
    workers.emplace_back([this, i] { work(i); });
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard<std::mutex> lock(mutex);
    stop = true;
  }
  begin.notify_all();
  for (std::thread &worker : workers)
    worker.join();
}

void ThreadPool::run(const std::function<void(unsigned)> &newTask) {
  {
    std::lock_guard<std::mutex> lock(mutex);
    task = &newTask;
    busy = static_cast<unsigned>(workers.size());
    ++round;
  }
  begin.notify_all();
  newTask(0);
  std::unique_lock<std::mutex> lock(mutex);
  end.wait(lock, [this] { return busy == 0; });
}

void ThreadPool::work(unsigned index) {
  uint64_t seen = 0;
  std::unique_lock<std::mutex> lock(mutex);
  while (true) {
    begin.wait(lock, [&] { return stop || round != seen; });
    if (stop)
      return;
    seen = round;
    const auto *current = task;
    lock.unlock();
    (*current)(index);
    lock.lock();
    if (--busy == 0)
      end.notify_one();
  }
}

} // namespace wage::rt
