//===- probe.cpp - how fast this machine multiplies bytes, at most --------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Usage: benchmark-probe [--threads=N] [--isa=NAME]
// Answers `run N` with the seconds of a billion multiply-accumulates of bytes, on N threads together: of the loop of
// PeakSpeed.h. It is the limit that speeds are compared with, and shows whether the machine is busy with something else.
//
//===---------------------------------------------------------------------------===//

#include "benchmarks/speed/Server.h"
#include "runtime/Kernels/Isa.h"
#include "runtime/Kernels/PeakSpeed.h"

#include <thread>

using namespace wage::rt;
using namespace wage::speed;

static void runOn(int threads, const PeakLoop &loop, int rounds) {
  std::vector<std::thread> others;
  for (int thread = 1; thread < threads; ++thread)
    others.emplace_back(loop.run, rounds);
  loop.run(rounds);
  for (std::thread &other : others)
    other.join();
}

int main(int argc, char **argv) {
  const int threads = numberOption(argc, argv, "--threads", 1);
  const std::string isa = option(argc, argv, "--isa", "auto");
  const Status status = setIsa(isa);
  const PeakLoop loop = currentPeakLoop();
  if (!status.ok() || !loop.run) {
    std::fprintf(stderr, "benchmark-probe: %s\n",
                 status.ok() ? ("instruction set '" + isa + "' has no vectors").c_str() : status.text().c_str());
    return 2;
  }
  const int rounds = 1000000000 / (loop.perRound * threads);
  return serve(std::string(nameOf(currentIsa())).c_str(), [&] { runOn(threads, loop, rounds); });
}
