//===- Isa.cpp - which instruction set the kernels use --------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/Isa.h"

#include <atomic>
#include <string>

using namespace wage::rt;

std::string_view wage::rt::nameOf(Isa isa) {
  switch (isa) {
  case Isa::Portable: return "portable";
  case Isa::Avx2: return "avx2";
  case Isa::Avx512: return "avx512";
  case Isa::Avx512Vnni: return "avx512-vnni";
  }
  return "unknown";
}

bool wage::rt::isSupported(Isa isa) {
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  switch (isa) {
  case Isa::Portable: return true;
  case Isa::Avx2: return avx2;
  case Isa::Avx512: return avx512;
  case Isa::Avx512Vnni: return avx512 && __builtin_cpu_supports("avx512vnni");
  }
#endif
  return isa == Isa::Portable;
}

static Isa largestSupported() {
  Isa largest = Isa::Portable;
  for (const Isa isa : everyIsa)
    if (isSupported(isa))
      largest = isa;
  return largest;
}

// Below 0 until the first question, so that no constructor runs before main.
static std::atomic<int> isaInUse{-1};

Isa wage::rt::currentIsa() {
  const int inUse = isaInUse.load(std::memory_order_relaxed);
  if (inUse >= 0)
    return static_cast<Isa>(inUse);
  const Isa largest = largestSupported();
  isaInUse.store(static_cast<int>(largest), std::memory_order_relaxed);
  return largest;
}

Status wage::rt::setIsa(Isa isa) {
  if (!isSupported(isa))
    return Status::error("instruction set '" + std::string(nameOf(isa)) +
                         "' is not supported by this machine, whose largest is '" +
                         std::string(nameOf(largestSupported())) + "'");
  isaInUse.store(static_cast<int>(isa), std::memory_order_relaxed);
  return Status();
}

Status wage::rt::setIsa(std::string_view name) {
  if (name == "auto")
    return setIsa(largestSupported());
  std::string names = "auto";
  for (const Isa isa : everyIsa) {
    if (name == nameOf(isa))
      return setIsa(isa);
    names += ", " + std::string(nameOf(isa));
  }
  return Status::error("instruction set '" + std::string(name) + "' is unknown, expected one of " + names);
}
