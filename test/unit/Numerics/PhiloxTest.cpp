//===- PhiloxTest.cpp - counted random numbers ---------------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Numerics/Philox.h"

#include <gtest/gtest.h>

using namespace wage::rt;

using Words = std::array<uint32_t, 4>;

// The known answers of Random123's kat_vectors for philox4x32 10, of which the golden model checks the first two.
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, 0), (Words{0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8}));
  constexpr uint32_t ones = 0xFFFFFFFF;
  EXPECT_EQ(philox4x32({ones, ones, ones, ones}, ~uint64_t(0)),
            (Words{0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD}));
  EXPECT_EQ(philox4x32({0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344}, 0x299F31D0A4093822ull),
            (Words{0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1}));
}

// Lane 0 is the low half of word 0, lane 1 its high half; the counter is (block, ordinal, step low, step high).
TEST(Philox, LanesAreHalvesOfWords) {
  const uint64_t step = (uint64_t(9) << 32) | 4, seed = (uint64_t(8) << 32) | 7;
  const Words words = philox4x32({1234, 5, 4, 9}, seed);
  const auto lanes = roundingLanes(1234, 5, step, seed);
  for (size_t word = 0; word < 4; ++word)
    EXPECT_EQ(uint32_t(lanes[2 * word]) | uint32_t(lanes[2 * word + 1]) << 16, words[word]);
}

// Word w of a draw is word w mod 4 of block ⌊w/4⌋: none is left out, none comes twice.
TEST(Philox, WordsComeInTurn) {
  const uint64_t number = (uint64_t(9) << 32) | 4, seed = (uint64_t(8) << 32) | 7;
  PhiloxWords words(seed, ShuffleStream, number);
  for (uint32_t w = 0; w < 13; ++w)
    EXPECT_EQ(words.next(), philox4x32({w / 4, ShuffleStream, 4, 9}, seed)[w % 4]) << "word " << w;
}

// A word u gives ⌊u·bound/2^32⌋, or is passed over. Of 2^31 + 1 nearly every second word is, of a power of two none.
TEST(Philox, NumbersBelowABound) {
  for (const uint32_t bound : {1u, 2u, 3u, 1000u, 1u << 31, (1u << 31) + 1, ~0u}) {
    PhiloxWords words(5, AugmentationStream, 6), numbers = words;
    for (int draw = 0; draw < 40; ++draw) {
      uint64_t product;
      do
        product = uint64_t(words.next()) * bound;
      while (product % (uint64_t(1) << 32) < (uint64_t(1) << 32) % bound);
      ASSERT_EQ(numbers.below(bound), product >> 32) << "bound " << bound << ", draw " << draw;
    }
  }
}
