//===- Scratch.h - pieces of memory that a caller lends ------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Private to runtime/Kernels.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_SCRATCH_H
#define WAGE_RUNTIME_KERNELS_SCRATCH_H

#include <cstddef>

namespace wage::rt {

/// What a piece of so many bytes takes of the memory: pieces begin on lines of the cache.
constexpr size_t scratchPiece(size_t bytes) { return (bytes + 63) / 64 * 64; }

/// Hands out pieces of scratch memory, one behind the other.
class Scratch {
public:
  explicit Scratch(void *memory) : next(static_cast<char *>(memory)) {}

  template <typename T> T *take(size_t elements) {
    char *piece = next;
    next += scratchPiece(elements * sizeof(T));
    return reinterpret_cast<T *>(piece);
  }

private:
  char *next;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_SCRATCH_H
