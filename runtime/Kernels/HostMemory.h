//===- HostMemory.h - memory for kernels ---------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_HOSTMEMORY_H
#define WAGE_RUNTIME_KERNELS_HOSTMEMORY_H

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace wage::rt {

/// Zeroed memory, aligned for any vector; of large pages where the system has them, since kernels walk through it in long
/// strides. Never null: where there is no memory, std::bad_alloc is thrown.
void *allocateHostMemory(size_t bytes);
void freeHostMemory(void *memory, size_t bytes);

/// Elements for kernels, all of one value when sized.
template <typename T> class HostArray {
public:
  HostArray() = default;
  HostArray(HostArray &&other) { swap(other); }
  HostArray &operator=(HostArray &&other) {
    swap(other);
    return *this;
  }
  ~HostArray() { freeHostMemory(begin, bytes()); }

  void resize(size_t elements, T value = T()) {
    HostArray().swap(*this); // so that nothing is freed twice where there is no memory
    begin = elements ? static_cast<T *>(allocateHostMemory(elements * sizeof(T))) : nullptr;
    count = elements;
    if (value != T())
      std::fill_n(begin, count, value);
  }
  T *data() { return begin; }
  const T *data() const { return begin; }
  T &operator[](size_t i) { return begin[i]; }
  const T &operator[](size_t i) const { return begin[i]; }
  size_t size() const { return count; }
  size_t bytes() const { return count * sizeof(T); }

private:
  void swap(HostArray &other) {
    std::swap(begin, other.begin);
    std::swap(count, other.count);
  }

  T *begin = nullptr;
  size_t count = 0;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_HOSTMEMORY_H
