//===- HostMemory.cpp - memory for kernels ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/HostMemory.h"

#include <new>
#include <sys/mman.h>

using namespace wage::rt;

static constexpr size_t largePage = size_t(2) << 20;

void *wage::rt::allocateHostMemory(size_t bytes) {
  // Pages of the system come zeroed, and only those that are touched take memory.
  void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    throw std::bad_alloc();
  if (bytes >= largePage)
    madvise(memory, bytes, MADV_HUGEPAGE);
  return memory;
}

void wage::rt::freeHostMemory(void *memory, size_t bytes) {
  if (memory)
    munmap(memory, bytes);
}
