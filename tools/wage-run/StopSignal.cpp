//===- StopSignal.cpp - SIGINT and SIGTERM as a wish -------------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/StopSignal.h"

#include <atomic>
#include <csignal>
#include <initializer_list>

namespace wage::run {

namespace {

// Any thread may receive the signal: an atomic without a lock is both thread-safe and async-signal-safe.
std::atomic<int> received{0};
static_assert(std::atomic<int>::is_always_lock_free, "the handler may not take a lock");

/// The first signal is remembered. A second one of either kind ends the process as if nobody watched.
void remember(int signal) {
  int none = 0;
  if (received.compare_exchange_strong(none, signal))
    return;
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

} // namespace

void watchStopSignals() {
  for (int signal : {SIGINT, SIGTERM}) {
    struct sigaction before = {};
    if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN)
      continue;
    struct sigaction action = {};
    action.sa_handler = remember;
    action.sa_flags = SA_RESTART | SA_RESETHAND;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(signal, &action, nullptr);
  }
}

int stopSignal() { return received.load(); }

const char *stopSignalName(int signal) { return signal == SIGINT ? "SIGINT" : "SIGTERM"; }

} // namespace wage::run
