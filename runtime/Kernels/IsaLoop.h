//===- IsaLoop.h - one loop, compiled for every instruction set --------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Private to runtime/Kernels. A function with a target attribute may inline code that has none; `flatten` makes it inline
// all of it. So a plain loop, handed over as a lambda, is vectorised once per instruction set, without intrinsics and
// without compiler flags that would make the rest of the file run on new machines only.
//
// The lambda captures by value and is handed on by value: a store of bytes could otherwise change what it captured, and
// then nothing would be vectorised.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_ISALOOP_H
#define WAGE_RUNTIME_KERNELS_ISALOOP_H

#include "runtime/Kernels/Isa.h"

namespace wage::rt {

#if defined(__x86_64__)
template <typename Loop> [[gnu::flatten, gnu::noinline, gnu::target("avx2")]] void runLoopAvx2(Loop loop) { loop(); }

template <typename Loop>
[[gnu::flatten, gnu::noinline, gnu::target("avx2,avx512f,avx512bw,avx512vl,avx512dq")]] void runLoopAvx512(Loop loop) {
  loop();
}
#endif

template <typename Loop> [[gnu::flatten, gnu::noinline]] void runLoopPortable(Loop loop) { loop(); }

/// Runs `loop()` in the body compiled for the instruction set in use.
template <typename Loop> void runLoop(const Loop &loop) {
#if defined(__x86_64__)
  const Isa isa = currentIsa();
  if (isa >= Isa::Avx512)
    return runLoopAvx512(loop);
  if (isa >= Isa::Avx2)
    return runLoopAvx2(loop);
#endif
  runLoopPortable(loop);
}

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_ISALOOP_H
