//===- RoundingTest.cpp - rounding, clipping and the Shift exponent ------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

// The definitions are checked against other ways to say the same: doubles where they are exact, 128-bit integers elsewhere.

#include "runtime/Numerics/Rounding.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace wage::rt;

using Wide = __int128;

/// round_shift from its meaning: among the two multiples around x the nearer, and of two equally near the rule's.
static int64_t nearest(int64_t x, int shift, Rounding rounding) {
  const Wide unit = Wide(1) << shift;
  Wide below = x / unit;
  if (below * unit > x)
    --below;
  const Wide toBelow = x - below * unit, toAbove = unit - toBelow;
  if (toBelow != toAbove)
    return int64_t(toBelow < toAbove ? below : below + 1);
  const bool takesAbove = rounding == Rounding::HalfEven ? below % 2 != 0 : x > 0;
  return int64_t(takesAbove ? below + 1 : below);
}

static constexpr Rounding roundings[] = {Rounding::HalfEven, Rounding::HalfAway};

// The golden model's own check, against IEEE rounding.
TEST(RoundShift, EqualsDoubles) {
  for (int shift = -3; shift < 9; ++shift)
    for (int64_t x = -4096; x <= 4096; ++x) {
      const double exact = std::ldexp(double(x), -shift);
      EXPECT_EQ(roundShift(x, shift, Rounding::HalfEven), int64_t(std::nearbyint(exact)));
      EXPECT_EQ(roundShift(x, shift, Rounding::HalfAway), int64_t(std::round(exact)));
    }
}

TEST(RoundShift, EveryShiftAndMagnitude) {
  std::mt19937_64 engine(1);
  for (const Rounding rounding : roundings)
    for (int shift = 1; shift <= 100; ++shift)
      for (int round = 0; round < 400; ++round) {
        const int64_t x = (int64_t(engine()) >> 2) >> (round % 60) >> (round % 3);
        EXPECT_EQ(roundShift(x, shift, rounding), nearest(x, shift, rounding)) << x << " >> " << shift;
      }
}

// Beyond what the compiler lets sums be: files may hold any.
TEST(RoundShift, EndsOf64Bits) {
  for (const Rounding rounding : roundings)
    for (int shift = 1; shift <= 62; ++shift)
      for (const int64_t x : {INT64_MIN, INT64_MIN + 1, INT64_MAX - 1, INT64_MAX})
        EXPECT_EQ(roundShift(x, shift, rounding), nearest(x, shift, rounding)) << x << " >> " << shift;
  EXPECT_EQ(largestInteger(64), INT64_MAX);
}

TEST(RoundShift, TiesAndTheirNeighbours) {
  for (const Rounding rounding : roundings)
    for (int shift = 1; shift <= 60; ++shift)
      for (int64_t odd = -7; odd <= 7; odd += 2)
        for (int64_t aside = -1; aside <= 1; ++aside) {
          const Wide x = Wide(odd) * (Wide(1) << (shift - 1)) + aside;
          if (x < (Wide(1) << 62) && x > -(Wide(1) << 62)) {
            EXPECT_EQ(roundShift(int64_t(x), shift, rounding), nearest(int64_t(x), shift, rounding))
                << int64_t(x) << " >> " << shift;
          }
        }
}

TEST(RoundShift, NegativeShiftIsExact) {
  for (const Rounding rounding : roundings) {
    EXPECT_EQ(roundShift(-5, 0, rounding), -5);
    EXPECT_EQ(roundShift(-5, -3, rounding), -40);
    EXPECT_EQ(roundShift(3, -60, rounding), int64_t(3) << 60);
  }
}

/// clip(round_shift(x, shift), bits) in 128 bits, in which nothing here overflows.
static int64_t wideShiftClip(int64_t x, int shift, int bits, Rounding rounding) {
  const Wide limit = (Wide(1) << (bits - 1)) - 1;
  const Wide value = shift >= 0 ? Wide(nearest(x, shift, rounding)) : Wide(x) * (Wide(1) << -shift);
  return int64_t(value > limit ? limit : value < -limit ? -limit : value);
}

TEST(ShiftClip, EveryShiftBitsAndMagnitude) {
  std::mt19937_64 engine(2);
  for (const Rounding rounding : roundings)
    for (int bits = 1; bits <= 32; ++bits)
      for (int shift = -63; shift <= 70; ++shift)
        for (int round = 0; round < 30; ++round) {
          const int64_t x = (int64_t(engine()) >> 2) >> (2 * round);
          EXPECT_EQ(shiftClip(x, shift, bits, rounding), wideShiftClip(x, shift, bits, rounding))
              << x << " >> " << shift << " to " << bits << " bits";
        }
}

TEST(ShiftClip, RangeIsSymmetric) {
  EXPECT_EQ(shiftClip(-1000000, 0, 8, Rounding::HalfEven), -127);
  EXPECT_EQ(shiftClip(1000000, 0, 8, Rounding::HalfEven), 127);
  EXPECT_EQ(shiftClip(-255, 1, 8, Rounding::HalfEven), -127) << "-127.5 rounds to -128, which does not occur";
  EXPECT_EQ(shiftClip(1, -200, 8, Rounding::HalfEven), 127) << "a shift beyond the word saturates";
  EXPECT_EQ(shiftClip(0, -200, 8, Rounding::HalfEven), 0);
}

TEST(ShiftExponent, EqualsRoundedLogarithm) {
  EXPECT_EQ(shiftExponent(0), 0);
  for (uint64_t m = 1; m <= 100000; ++m)
    ASSERT_EQ(shiftExponent(m), int(std::nearbyint(std::log2(double(m))))) << m;
}

// Around every 2^f the exponent is f; it steps where m² passes 2^(2f+1), compared with the integer root found by search.
TEST(ShiftExponent, BoundariesOfEveryPower) {
  for (int f = 0; f < 64; ++f) {
    const uint64_t power = uint64_t(1) << f;
    EXPECT_EQ(shiftExponent(power), f);
    if (f > 1) {
      EXPECT_EQ(shiftExponent(power - 1), f);
      EXPECT_EQ(shiftExponent(power + 1), f);
    }
    // The largest m with m² < 2^(2f+1), digit by digit.
    uint64_t root = 0;
    for (int bit = f; bit >= 0; --bit) {
      const uint64_t candidate = root | uint64_t(1) << bit;
      const auto square = static_cast<unsigned __int128>(candidate) * candidate;
      if (square >> (2 * f + 1) == 0)
        root = candidate;
    }
    EXPECT_EQ(shiftExponent(root), f) << f;
    EXPECT_EQ(shiftExponent(root + 1), f + 1) << f;
  }
  EXPECT_EQ(shiftExponent(~uint64_t(0)), 64);
}

TEST(QuantizeWeight, TernaryOfEightBitMasters) {
  for (int64_t master = -64; master <= 64; ++master)
    EXPECT_EQ(quantizeWeight(master, 2, 8, Rounding::HalfEven), int64_t(std::nearbyint(double(master) / 64))) << master;
  EXPECT_EQ(quantizeWeight(32, 2, 8, Rounding::HalfEven), 0);
  EXPECT_EQ(quantizeWeight(-32, 2, 8, Rounding::HalfAway), -1);
}

TEST(QuantizeWeight, OneBitIsTheSign) {
  EXPECT_EQ(quantizeWeight(0, 1, 8, Rounding::HalfEven), 1);
  EXPECT_EQ(quantizeWeight(-1, 1, 8, Rounding::HalfEven), -1);
  EXPECT_EQ(quantizeWeight(127, 1, 8, Rounding::HalfEven), 1);
}

TEST(MasterLimit, FollowsSection7) {
  EXPECT_EQ(masterLimit(2, 8), 64);
  EXPECT_EQ(masterLimit(1, 8), 127);
  EXPECT_EQ(masterLimit(8, 8), 127);
  EXPECT_EQ(masterLimit(8, 16), 127 * 256);
}

/// Section 7 in 128 bits: N = |g|·2^(l-k), F the first k_R bits of its fraction. Needs k - l <= 100 and |g|·2^(k_R) small.
static int64_t wideStep(int64_t g, int k, int lrLog2, uint32_t random, int randomBits, int masterBits) {
  const Wide magnitude = g < 0 ? -Wide(g) : Wide(g);
  const int shift = k - lrLog2;
  const Wide scaled = shift <= randomBits ? magnitude << (randomBits - shift) : magnitude >> (shift - randomBits);
  const Wide whole = scaled >> randomBits, fraction = scaled - (whole << randomBits);
  const Wide limit = (Wide(1) << (masterBits - 1)) - 1, rounded = whole + (fraction > Wide(random) ? 1 : 0);
  const Wide step = rounded < limit ? rounded : limit;
  return int64_t(g < 0 ? -step : step);
}

TEST(StochasticStep, EveryRateExponentAndWidth) {
  std::mt19937_64 engine(3);
  for (int lrLog2 = -32; lrLog2 <= 15; ++lrLog2)
    for (int k = 0; k <= 62; ++k)
      for (int round = 0; round < 40; ++round) {
        const int randomBits = 1 + round % 16, masterBits = 2 + round % 15;
        // |g| below 2^(k + 1/2), of which k is the exponent.
        const auto largest = uint64_t(std::min(std::ldexp(1.41421356, k), 0x1p61));
        const auto magnitude = int64_t(engine() % (largest + 1)) >> (round % 7);
        const int64_t g = round & 1 ? -magnitude : magnitude;
        const auto random = uint32_t(engine() >> 48) >> (16 - randomBits);
        EXPECT_EQ(stochasticStep(g, k, lrLog2, random, randomBits, masterBits),
                  wideStep(g, k, lrLog2, random, randomBits, masterBits))
            << g << ", exponent " << k << ", rate " << lrLog2 << ", random " << random << " of " << randomBits;
      }
}

TEST(StochasticStep, Edges) {
  EXPECT_EQ(stochasticStep(0, 0, 15, 0, 16, 8), 0) << "no gradient, no step, whatever is drawn";
  EXPECT_EQ(stochasticStep(1, 0, 15, 0, 16, 8), 127) << "steps saturate";
  EXPECT_EQ(stochasticStep(-1, 0, 15, 0, 16, 8), -127);
  EXPECT_EQ(stochasticStep(1, 1, 0, 0x7FFF, 16, 8), 1) << "half a step is above 0x7fff / 2^16";
  EXPECT_EQ(stochasticStep(1, 1, 0, 0x8000, 16, 8), 0) << "and not above itself";
  EXPECT_EQ(stochasticStep(int64_t(1) << 61, 61, -32, 0, 16, 8), 0) << "2^-32 has no bit among the first 16";
  EXPECT_EQ(stochasticStep(int64_t(1) << 61, 61, -16, 0, 16, 8), 1) << "2^-16 has one";
}
