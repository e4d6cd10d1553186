//===- Philox.h - counted random numbers ------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_NUMERICS_PHILOX_H
#define WAGE_RUNTIME_NUMERICS_PHILOX_H

#include <array>
#include <cstdint>

namespace wage::rt {

/// Counter words 1 of the draws that are not the rounding of a weight tensor. Source: arithmetic.md section 8.
enum PhiloxStream : uint32_t {
  ShuffleStream = 0xFFFFFFFFu,      ///< sample order of an epoch
  AugmentationStream = 0xFFFFFFFEu, ///< image augmentation
  InitStream = 0xFFFFFFFDu          ///< --init=wage
};

/// The two multipliers of a Philox4x32 round, and what its two key words grow by.
constexpr uint32_t philoxMultiplier[] = {0xD2511F53u, 0xCD9E8D57u};
constexpr uint32_t philoxKeyStep[] = {0x9E3779B9u, 0xBB67AE85u};

/// Philox4x32-10 of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC'11.
constexpr std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, uint64_t seed) {
  uint32_t key0 = static_cast<uint32_t>(seed), key1 = static_cast<uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t product0 = uint64_t(philoxMultiplier[0]) * counter[0];
    const uint64_t product1 = uint64_t(philoxMultiplier[1]) * counter[2];
    counter = {static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key0, static_cast<uint32_t>(product1),
               static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key1, static_cast<uint32_t>(product0)};
    key0 += philoxKeyStep[0];
    key1 += philoxKeyStep[1];
  }
  return counter;
}

/// The eight 16-bit lanes of rounding block `block` (elements 8·block … 8·block+7) of weight tensor `ordinal`.
/// Source: arithmetic.md section 8.
constexpr std::array<uint16_t, 8> roundingLanes(uint32_t block, uint32_t ordinal, uint64_t step, uint64_t seed) {
  const std::array<uint32_t, 4> words =
      philox4x32({block, ordinal, static_cast<uint32_t>(step), static_cast<uint32_t>(step >> 32)}, seed);
  return {static_cast<uint16_t>(words[0]), static_cast<uint16_t>(words[0] >> 16),
          static_cast<uint16_t>(words[1]), static_cast<uint16_t>(words[1] >> 16),
          static_cast<uint16_t>(words[2]), static_cast<uint16_t>(words[2] >> 16),
          static_cast<uint16_t>(words[3]), static_cast<uint16_t>(words[3] >> 16)};
}

/// The words of draw `number` of a stream, in turn: word w is word w mod 4 of the block with counter
/// (⌊w/4⌋, stream, number mod 2^32, ⌊number/2^32⌋).
class PhiloxWords {
public:
  PhiloxWords(uint64_t seed, PhiloxStream stream, uint64_t number) : seed(seed), number(number), stream(stream) {}

  uint32_t next() {
    if (used == 4) {
      block = philox4x32({index++, stream, static_cast<uint32_t>(number), static_cast<uint32_t>(number >> 32)}, seed);
      used = 0;
    }
    return block[used++];
  }

  /// Uniform in 0…bound-1, bound >= 1: a word u gives ⌊u·bound/2^32⌋ and is passed over if
  /// u·bound mod 2^32 < 2^32 mod bound, which makes the number exactly uniform.
  ///
  /// Source: Lemire, "Fast random integer generation in an interval", 2019.
  uint32_t below(uint32_t bound) {
    const uint32_t passedOver = (0u - bound) % bound; // 2^32 mod bound
    uint64_t product;
    do
      product = uint64_t(next()) * bound;
    while (static_cast<uint32_t>(product) < passedOver);
    return static_cast<uint32_t>(product >> 32);
  }

private:
  uint64_t seed, number;
  PhiloxStream stream;
  uint32_t index = 0;
  unsigned used = 4;
  std::array<uint32_t, 4> block = {};
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_NUMERICS_PHILOX_H
