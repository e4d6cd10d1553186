//===- LargePagesTest.cpp - memory in pages of 2 MiB ---------------------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Support/LargePages.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <numeric>
#include <vector>

namespace wage::rt::test {
namespace {

/// Blocks of many sizes, some freed and made again; what is written stays.
void useHeap() {
  std::vector<std::vector<uint32_t>> blocks(64);
  for (size_t round = 0; round < 3; ++round)
    for (size_t i = round % 2; i < blocks.size(); i += 1 + round % 2) {
      blocks[i].assign((size_t(1) << (i % 20)) + i, static_cast<uint32_t>(i));
      blocks[i].shrink_to_fit();
    }
  for (size_t i = 0; i < blocks.size(); ++i)
    EXPECT_EQ(std::accumulate(blocks[i].begin(), blocks[i].end(), uint64_t(0)), i * blocks[i].size());
}

TEST(LargePages, TheHeapStaysAHeap) {
  useLargePages(size_t(256) << 20);
  useHeap();
  useLargePages(1); // less than a page
  useHeap();
}

// More than any system has: nothing happens.
TEST(LargePages, TooMuchIsNotReserved) {
  useLargePages(SIZE_MAX / 4);
  useHeap();
  std::vector<uint8_t> large(size_t(64) << 20, 1);
  EXPECT_EQ(large.back(), 1);
}

} // namespace
} // namespace wage::rt::test
