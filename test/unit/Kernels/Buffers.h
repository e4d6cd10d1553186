//===- Buffers.h - batches with guards, for kernel tests -------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TEST_UNIT_KERNELS_BUFFERS_H
#define WAGE_TEST_UNIT_KERNELS_BUFFERS_H

#include "runtime/Kernels/Isa.h"
#include "runtime/Kernels/LinearProducts.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <ostream>
#include <random>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace wage::rt::test {

/// Memory that ends where an inaccessible page begins, so that reading one byte too many is a fault even in masked vector
/// loads, which no sanitizer watches.
template <typename T> struct GuardedAllocator {
  using value_type = T;
  GuardedAllocator() = default;
  template <typename U> GuardedAllocator(const GuardedAllocator<U> &) {}

  static size_t pageBytes() { return size_t(sysconf(_SC_PAGESIZE)); }
  static size_t wholePages(size_t count) { return (count * sizeof(T) + pageBytes() - 1) / pageBytes() * pageBytes(); }

  T *allocate(size_t count) {
    const size_t bytes = wholePages(count);
    void *pages = mmap(nullptr, bytes + pageBytes(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
      std::abort();
    char *end = static_cast<char *>(pages) + bytes;
    if (mprotect(end, pageBytes(), PROT_NONE) != 0)
      std::abort();
    return reinterpret_cast<T *>(end - count * sizeof(T));
  }
  void deallocate(T *memory, size_t count) {
    const size_t bytes = wholePages(count);
    munmap(reinterpret_cast<char *>(memory + count) - bytes, bytes + pageBytes());
  }
  friend bool operator==(GuardedAllocator, GuardedAllocator) { return true; }
  friend bool operator!=(GuardedAllocator, GuardedAllocator) { return false; }
};

template <typename T> using GuardedVector = std::vector<T, GuardedAllocator<T>>;

/// A batch of one element type, with `gap` elements between samples that no kernel may touch.
class Batch {
public:
  Batch(ElementType type, int64_t elements, int64_t samples, int64_t gap = 0)
      : type(type), elements(elements), samples(samples), stride(elements + gap),
        bytes(size_t(samples * stride) * hostBytes(type), char(0x5A)) {}

  BufferView view() { return {bytes.data(), type, stride}; }
  int64_t at(int64_t sample, int64_t element) const { return read(sample * stride + element); }

  void set(int64_t sample, int64_t element, int64_t value) {
    char *place = bytes.data() + size_t(sample * stride + element) * hostBytes(type);
    std::memcpy(place, &value, hostBytes(type)); // little endian: the low bytes are the narrow value
  }

  /// Fills the samples with `next()`.
  template <typename Next> Batch &fill(Next &&next) {
    for (int64_t sample = 0; sample < samples; ++sample)
      for (int64_t element = 0; element < elements; ++element)
        set(sample, element, next());
    return *this;
  }

  /// All samples, gaps included: two batches filled by equal kernels are equal here.
  const GuardedVector<char> &contents() const { return bytes; }

  const ElementType type;
  const int64_t elements, samples, stride;

private:
  int64_t read(int64_t index) const {
    const char *place = bytes.data() + size_t(index) * hostBytes(type);
    switch (type) {
    case ElementType::Mask: return uint8_t(*place);
    case ElementType::Int8: return int8_t(*place);
    case ElementType::Int16: return load<int16_t>(place);
    case ElementType::Int32: return load<int32_t>(place);
    case ElementType::Int64: return load<int64_t>(place);
    }
    return 0;
  }
  template <typename T> static T load(const char *place) {
    T value;
    std::memcpy(&value, place, sizeof value);
    return value;
  }

  GuardedVector<char> bytes;
};

/// Uniform numbers in ±limit, the same in every run.
class Numbers {
public:
  explicit Numbers(int64_t limit, uint32_t seed = 1) : engine(seed), uniform(-limit, limit) {}
  int64_t operator()() { return uniform(engine); }

private:
  std::mt19937_64 engine;
  std::uniform_int_distribution<int64_t> uniform;
};

/// Only +limit and -limit: what the compiler's bounds are proved for.
class Extremes {
public:
  explicit Extremes(int64_t limit, uint32_t seed = 1) : sign(1, seed), limit(limit) {}
  int64_t operator()() { return sign() > 0 ? limit : -limit; }

private:
  Numbers sign;
  int64_t limit;
};

/// A whole layer of some groups and dilations, the same for a seed in every run.
inline LinearBlock randomBlock(uint32_t seed) {
  std::mt19937 engine(seed);
  auto pick = [&](int32_t low, int32_t high) { return std::uniform_int_distribution<int32_t>(low, high)(engine); };
  LinearBlock block;
  block.height = pick(1, 12), block.width = pick(1, 12);
  block.kernelHeight = pick(1, 4), block.kernelWidth = pick(1, 4);
  block.strideY = pick(1, 5), block.strideX = pick(1, 3);
  block.dilationY = pick(1, 3), block.dilationX = pick(1, 3);
  block.padTop = pick(0, 5), block.padLeft = pick(0, 5);
  block.outHeight = pick(1, 8), block.outWidth = pick(1, 8);
  block.groups = pick(1, 6);
  block.rowEnd = block.groups * pick(1, 3) * block.window();
  block.neurons = block.groups * pick(1, 9);
  return block;
}

/// A block with a name, for lists of them.
struct Shape {
  const char *name;
  int32_t height, width, kernelHeight, kernelWidth, strideY, strideX;
  int32_t padTop, padLeft, outHeight, outWidth;
  int64_t rowBegin, rowEnd, neurons, samples;
  int64_t groups = 1;
  int32_t dilationY = 1, dilationX = 1;

  LinearBlock block() const {
    LinearBlock block;
    block.height = height, block.width = width;
    block.kernelHeight = kernelHeight, block.kernelWidth = kernelWidth;
    block.strideY = strideY, block.strideX = strideX;
    block.padTop = padTop, block.padLeft = padLeft;
    block.outHeight = outHeight, block.outWidth = outWidth;
    block.rowBegin = rowBegin, block.rowEnd = rowEnd, block.neurons = neurons;
    block.groups = groups, block.dilationY = dilationY, block.dilationX = dilationX;
    return block;
  }
};

inline void PrintTo(const Shape &shape, std::ostream *out) { *out << shape.name; }

/// Runs a test once per instruction set.
class EachIsa : public testing::TestWithParam<Isa> {
protected:
  void SetUp() override {
    if (!isSupported(GetParam()))
      GTEST_SKIP() << "this machine lacks " << nameOf(GetParam());
    ASSERT_TRUE(setIsa(GetParam()).ok());
  }
  void TearDown() override { ASSERT_TRUE(setIsa("auto").ok()); }
};

/// The name of an instruction set as GoogleTest takes it.
inline std::string caseNameOf(Isa isa) {
  std::string name(nameOf(isa));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

} // namespace wage::rt::test

#endif // WAGE_TEST_UNIT_KERNELS_BUFFERS_H
