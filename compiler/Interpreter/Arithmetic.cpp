//===- Arithmetic.cpp - WAGE's scalar rules, written a second time -----------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Interpreter/Arithmetic.h"

namespace wage::interpreter {
namespace {

using Wide = unsigned __int128;

uint64_t magnitude(int64_t x) { return x < 0 ? -static_cast<uint64_t>(x) : static_cast<uint64_t>(x); }

Wide powerOfTwo(int64_t exponent) { return Wide(1) << exponent; }

/// magnitude / 2^shift to the nearest integer. Both rules for ties are symmetric about zero, so the sign comes later.
uint64_t roundedQuotient(uint64_t dividend, int64_t shift, bool halfAway) {
  const Wide divisor = powerOfTwo(shift);
  const Wide quotient = dividend / divisor, rest = dividend % divisor;
  const bool above = 2 * rest > divisor, tie = 2 * rest == divisor;
  const bool up = above || (tie && (halfAway || quotient % 2 == 1));
  return static_cast<uint64_t>(quotient) + (up ? 1 : 0);
}

} // namespace

int64_t largestInteger(int64_t bits) { return static_cast<int64_t>(powerOfTwo(bits - 1) - 1); }

int64_t clip(int64_t x, int64_t limit) { return x > limit ? limit : x < -limit ? -limit : x; }

int64_t shiftClip(int64_t x, int64_t shift, int64_t bits, bool halfAway) {
  const uint64_t limit = largestInteger(bits), size = magnitude(x);
  uint64_t result = 0;
  if (shift > 64)
    result = 0; // below half a step, as |x| < 2^62
  else if (shift > 0)
    result = roundedQuotient(size, shift, halfAway);
  else if (-shift >= 64)
    result = size == 0 ? 0 : limit; // any integer but 0 has left the range
  else
    result = size * powerOfTwo(-shift) > limit ? limit : static_cast<uint64_t>(size * powerOfTwo(-shift));
  const int64_t clipped = static_cast<int64_t>(result > limit ? limit : result);
  return x < 0 ? -clipped : clipped;
}

int64_t shiftExponent(uint64_t m) {
  if (m == 0)
    return 0;
  int64_t floorLog2 = 0;
  while (floorLog2 < 63 && powerOfTwo(floorLog2 + 1) <= m)
    ++floorLog2;
  return Wide(m) * m >= powerOfTwo(2 * floorLog2 + 1) ? floorLog2 + 1 : floorLog2;
}

std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t even = uint64_t(counter[0]) * 0xD2511F53u, odd = uint64_t(counter[2]) * 0xCD9E8D57u;
    const auto high = [](uint64_t product) { return static_cast<uint32_t>(product / (uint64_t(1) << 32)); };
    const auto low = [](uint64_t product) { return static_cast<uint32_t>(product % (uint64_t(1) << 32)); };
    counter = {high(odd) ^ counter[1] ^ key[0], low(odd), high(even) ^ counter[3] ^ key[1], low(even)};
    key = {key[0] + 0x9E3779B9u, key[1] + 0xBB67AE85u};
  }
  return counter;
}

int64_t randomBits(uint64_t index, uint32_t ordinal, uint64_t step, uint64_t seed, int64_t bits) {
  const auto low = [](uint64_t x) { return static_cast<uint32_t>(x % (uint64_t(1) << 32)); };
  const auto high = [](uint64_t x) { return static_cast<uint32_t>(x / (uint64_t(1) << 32)); };
  const std::array<uint32_t, 4> words =
      philox({low(index / 8), ordinal, low(step), high(step)}, {low(seed), high(seed)});
  const uint64_t lane = index % 8;
  const uint32_t word = words[lane / 2];
  const uint32_t number = lane % 2 == 0 ? word % 65536 : word / 65536;
  return number / (uint32_t(1) << (16 - bits));
}

int64_t stochasticStep(int64_t g, int64_t k, int64_t lrLog2, int64_t random, int64_t randomWidth, int64_t bits) {
  const int64_t shift = k - lrLog2;
  // N = |g| * 2^-shift as whole + fraction / 2^randomWidth; |g| < 2^62 shifted by more than 100 is 0 in both.
  Wide whole = 0, fraction = 0;
  if (shift <= 0) {
    // k is at least log2 of the largest |g| less one half, so N < 2^(lrLog2 + 1) and the learning rate has 16 bits.
    whole = magnitude(g) * powerOfTwo(-shift);
  } else if (shift <= 100) {
    whole = magnitude(g) / powerOfTwo(shift);
    const Wide rest = magnitude(g) % powerOfTwo(shift);
    fraction = shift >= randomWidth ? rest / powerOfTwo(shift - randomWidth) : rest * powerOfTwo(randomWidth - shift);
  }
  const Wide limit = largestInteger(bits);
  const Wide rounded = whole + (fraction > static_cast<Wide>(random) ? 1 : 0);
  const int64_t step = static_cast<int64_t>(rounded > limit ? limit : rounded);
  return g < 0 ? -step : step;
}

} // namespace wage::interpreter
