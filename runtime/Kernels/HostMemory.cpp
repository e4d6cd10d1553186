//===- HostMemory.cpp - memory for kernels ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/HostMemory.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <sys/mman.h>

using namespace wage::rt;

// Touching a page of 4 KiB for the first time takes microseconds, so that whole large pages are mapped. Of what is too small
// for that, several arrays share a large page of the heap, if the tool has asked for them there (LargePages.h).
static constexpr size_t largePage = size_t(2) << 20, smallestMapped = 2 * largePage, line = 64;

static size_t roundedUp(size_t bytes) {
  const size_t unit = bytes < smallestMapped ? line : largePage;
  return (bytes + unit - 1) / unit * unit;
}

void *wage::rt::allocateHostMemory(size_t bytes) {
  const size_t size = roundedUp(bytes);
  if (size < bytes) // beyond the range of numbers
    throw std::bad_alloc();
  if (bytes < smallestMapped) {
    void *memory = std::aligned_alloc(line, size);
    if (!memory)
      throw std::bad_alloc();
    return std::memset(memory, 0, size);
  }
  // Pages of the system come zeroed, and only those that are touched take memory.
  void *memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    throw std::bad_alloc();
  madvise(memory, size, MADV_HUGEPAGE);
  return memory;
}

void wage::rt::freeHostMemory(void *memory, size_t bytes) {
  if (memory && bytes < smallestMapped)
    std::free(memory);
  else if (memory)
    munmap(memory, roundedUp(bytes));
}
