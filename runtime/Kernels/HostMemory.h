//===- HostMemory.h - aligned arrays -----------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_HOSTMEMORY_H
#define WAGE_RUNTIME_KERNELS_HOSTMEMORY_H

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace wage::rt {

/// Elements that begin on a cache line, as kernels' vectors want it; filled with one value when sized.
template <typename T> class HostArray {
public:
  void resize(size_t elements, T value = T()) {
    memory.assign(elements * sizeof(T) + line, 0);
    begin = reinterpret_cast<T *>((reinterpret_cast<uintptr_t>(memory.data()) + line - 1) / line * line);
    count = elements;
    if (value != T())
      fill(value);
  }
  void fill(T value) {
    for (size_t i = 0; i < count; ++i)
      begin[i] = value;
  }
  T *data() { return begin; }
  const T *data() const { return begin; }
  T &operator[](size_t i) { return begin[i]; }
  const T &operator[](size_t i) const { return begin[i]; }
  size_t size() const { return count; }
  size_t bytes() const { return memory.size(); }

  HostArray() = default;
  HostArray(HostArray &&) = default;
  HostArray &operator=(HostArray &&) = default;

private:
  static constexpr size_t line = 64;
  std::vector<char> memory;
  T *begin = nullptr;
  size_t count = 0;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_HOSTMEMORY_H
