//===- WeightsTest.cpp - packed weights ----------------------------------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Program.h"

#include <gtest/gtest.h>
#include <random>

namespace wage::rt::test {
namespace {

/// Bit i of little-endian bytes.
uint32_t bitAt(const std::vector<uint8_t> &bytes, uint64_t i) { return bytes[i / 8] >> (i % 8) & 1; }

// Every width and every remainder of a byte, few weights and many; nothing is read or written beyond.
TEST(Weights, AreTheNumbersOfTheirBits) {
  std::mt19937 random(1);
  for (uint32_t bits = 1; bits <= 16; ++bits)
    for (uint64_t count : {0, 1, 2, 3, 7, 8, 1000, 1023, 1024, 1025, 1026, 1027, 2055, 5000}) {
      std::vector<uint8_t> bytes(packedBytes(count, bits));
      for (uint8_t &byte : bytes)
        byte = static_cast<uint8_t>(random());
      std::vector<int16_t> values(count + 1, 12345);
      unpackWeights(bytes.data(), count, bits, values.data());
      EXPECT_EQ(values[count], 12345);
      for (uint64_t i = 0; i < count; ++i) {
        int32_t expected = 0;
        for (uint32_t b = 0; b < bits; ++b)
          expected += static_cast<int32_t>(bitAt(bytes, i * bits + b)) * (b + 1 == bits ? -(1 << b) : 1 << b);
        ASSERT_EQ(values[i], bits == 1 ? 2 * expected + 1 : expected)
            << bits << " bits, weight " << i << " of " << count;
      }
      std::vector<uint8_t> again(bytes.size());
      packWeights(values.data(), count, bits, again.data());
      if (const uint64_t tail = count * bits % 8; tail != 0) // unused bits are 0
        bytes.back() = static_cast<uint8_t>(bytes.back() & ((1u << tail) - 1));
      EXPECT_EQ(again, bytes) << bits << " bits, " << count << " weights";
    }
}

} // namespace
} // namespace wage::rt::test
