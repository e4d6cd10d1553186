//===- LargePages.cpp - memory in pages of 2 MiB -------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// The heap is one range of addresses that grows upwards. A block of it is allocated, its addresses are marked, and it is
// freed again: what is allocated later comes from there. Blocks that the allocator would map by themselves would not, so
// that is switched off. Of the addresses in front of the first large page a block is made that is never touched nor freed.
//
//===---------------------------------------------------------------------------===//

#include "runtime/Support/LargePages.h"

#include <cstdint>
#include <cstdlib>

// A sanitizer has an allocator of its own.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#include <malloc.h>
#include <sys/mman.h>
#define WAGE_HAS_HEAP_OF_GLIBC
#endif

namespace wage::rt {

#ifdef WAGE_HAS_HEAP_OF_GLIBC
void useLargePages(size_t reserveBytes) {
  constexpr uintptr_t page = uintptr_t(2) << 20;
  constexpr int mappedByDefault = 65536; // M_MMAP_MAX as glibc starts with it
  ::mallopt(M_MMAP_MAX, 0);
  void *memory = std::malloc(reserveBytes);
  if (!memory) {
    ::mallopt(M_MMAP_MAX, mappedByDefault);
    return;
  }
  ::mallopt(M_TRIM_THRESHOLD, -1); // else the block would be given back
  const auto first = reinterpret_cast<uintptr_t>(memory), end = first + reserveBytes;
  const uintptr_t begin = (first + page - 1) / page * page;
  // Where it fails, there are small pages as before.
  const bool isMarked = begin < end && ::madvise(reinterpret_cast<void *>(begin), end - begin, MADV_HUGEPAGE) == 0;
  std::free(memory);
  constexpr uintptr_t header = 64;                  // at least what the allocator keeps of a block
  [[maybe_unused]] static void *volatile untouched; // so that no tool takes it for lost
  if (isMarked && begin - first > header)
    untouched = std::malloc(begin - first - header);
}
#else
void useLargePages(size_t) {}
#endif

} // namespace wage::rt
