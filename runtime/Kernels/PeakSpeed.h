//===- PeakSpeed.h - how fast this host multiplies bytes ---------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_PEAKSPEED_H
#define WAGE_RUNTIME_KERNELS_PEAKSPEED_H

namespace wage::rt {

/// A loop of the multiply-accumulate instructions of an instruction set, which touches registers only.
struct PeakLoop {
  void (*run)(int rounds); ///< null where the set is no vector's
  int perRound;            ///< multiply-accumulates of bytes
};

/// That of the instruction set in use.
PeakLoop currentPeakLoop();

/// Multiply-accumulates of bytes per second of one thread, at most: of currentPeakLoop. Measured within a few milliseconds, the
/// best of several tries, since machines are shared. Where that set is no vector's, 0.
double measurePeakSpeed();

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_PEAKSPEED_H
