//===- SpikeCodeTest.cpp - integers as events, and neurons that fire them -------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Numerics/SpikeCode.h"

#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>
#include <random>

using namespace wage::rt;

static constexpr SpikeCode eventCodes[] = {SpikeCode::Graded, SpikeCode::Rate, SpikeCode::Phase};

TEST(SpikeCode, NamesAreReadAgain) {
  for (unsigned i = 0; i < spikeCodeCount; ++i)
    EXPECT_EQ(spikeCodeOf(spikeCodeName(static_cast<SpikeCode>(i))), static_cast<SpikeCode>(i));
  for (const char *other : {"", "Rate", "rates", "ttfs"})
    EXPECT_FALSE(spikeCodeOf(other)) << other;
  EXPECT_FALSE(isBinary(SpikeCode::Dense));
  EXPECT_FALSE(isBinary(SpikeCode::Graded));
  EXPECT_TRUE(isBinary(SpikeCode::Rate));
  EXPECT_TRUE(isBinary(SpikeCode::Phase));
}

TEST(SpikeCode, WindowsFollowSection10) {
  for (int bits = 2; bits <= 16; ++bits) {
    EXPECT_EQ(windowTicks(SpikeCode::Graded, bits), 1);
    EXPECT_EQ(windowTicks(SpikeCode::Rate, bits), (1 << (bits - 1)) - 1);
    EXPECT_EQ(windowTicks(SpikeCode::Phase, bits), bits - 1);
    for (const SpikeCode code : eventCodes)
      EXPECT_EQ(mostEvents(code, bits), eventsOf(code, largestInteger(bits))) << spikeCodeName(code);
  }
  EXPECT_EQ(mostEvents(SpikeCode::Dense, 8), 0);
}

/// What a neuron with one axon of weight 1 has integrated at the end of the window.
static int64_t integrated(SpikeCode code, int64_t n, int bits) {
  int64_t potential = 0;
  for (int64_t tick = 0; tick < windowTicks(code, bits); ++tick) {
    if (code == SpikeCode::Phase && tick > 0)
      potential *= 2;
    if (hasEvent(code, n, tick, bits))
      potential += code == SpikeCode::Graded ? n : n < 0 ? -1 : 1;
  }
  return potential;
}

TEST(SpikeCode, CarriesEveryIntegerOfEveryWidth) {
  for (int bits = 2; bits <= 9; ++bits)
    for (int64_t n = -largestInteger(bits); n <= largestInteger(bits); ++n) {
      EXPECT_EQ(eventsOf(SpikeCode::Dense, n), 0);
      for (const SpikeCode code : eventCodes) {
        int64_t events = 0;
        for (int64_t tick = 0; tick < windowTicks(code, bits); ++tick)
          events += hasEvent(code, n, tick, bits);
        ASSERT_EQ(events, eventsOf(code, n)) << spikeCodeName(code) << " of " << n << ", " << bits << " bits";
        ASSERT_EQ(events, eventsOf(code, -n)) << "the channel of the other sign sends the same";
        ASSERT_LE(events, mostEvents(code, bits));
        ASSERT_EQ(integrated(code, n, bits), n) << spikeCodeName(code) << ", " << bits << " bits";
      }
    }
}

TEST(SpikeCode, CountsOfWordsOfSixteenBits) {
  for (int64_t n = -32767; n <= 32767; n += 17) {
    EXPECT_EQ(eventsOf(SpikeCode::Graded, n), n != 0);
    EXPECT_EQ(eventsOf(SpikeCode::Rate, n), std::abs(n));
    int64_t ones = 0;
    for (int64_t rest = std::abs(n); rest; rest /= 2)
      ones += rest % 2;
    EXPECT_EQ(eventsOf(SpikeCode::Phase, n), ones);
    EXPECT_EQ(integrated(SpikeCode::Phase, n, 16), n);
  }
}

// No part of the window has more of the spikes than its share, but for one.
TEST(SpikeCode, SpikesOfARateComeEvenly) {
  for (int bits = 2; bits <= 8; ++bits)
    for (int64_t n = 0; n <= largestInteger(bits); ++n) {
      const int64_t ticks = windowTicks(SpikeCode::Rate, bits);
      int64_t sent = 0;
      for (int64_t tick = 0; tick < ticks; ++tick) {
        sent += hasEvent(SpikeCode::Rate, n, tick, bits);
        ASSERT_EQ(sent, (tick + 1) * n / ticks) << n << " after tick " << tick;
      }
    }
}

TEST(Fire, EqualsReluRoundingAndClip) {
  for (const int bits : {2, 3, 4, 8, 9, 16})
    for (int shift = -8; shift <= 20; ++shift)
      for (int64_t x = -5000; x <= 5000; ++x) {
        ASSERT_EQ(fire(x, shift, bits, false), shiftClip(std::max<int64_t>(x, 0), shift, bits, Rounding::HalfAway))
            << x << ", threshold 2^" << shift << ", " << bits << " bits";
        ASSERT_EQ(fire(x, shift, bits, true), shiftClip(x, shift, bits, Rounding::HalfAway))
            << x << ", threshold 2^" << shift << ", " << bits << " bits, a pair";
      }
}

/// Spikes of a pair as section 10 has them, in 128 bits, where nothing overflows.
int64_t countInWideNumbers(int64_t potential, int shift, int bits) {
  const __int128 magnitude = potential < 0 ? -__int128(potential) : __int128(potential);
  const __int128 spikes =
      shift > 0 ? (magnitude + (__int128(1) << (shift - 1))) >> shift : magnitude * (__int128(1) << -shift);
  const auto counted = static_cast<int64_t>(std::min<__int128>(spikes, largestInteger(bits)));
  return potential < 0 ? -counted : counted;
}

TEST(Fire, EveryThresholdAndMagnitude) {
  std::mt19937_64 engine(4);
  for (int bits = 2; bits <= 16; ++bits)
    for (int shift = -63; shift <= 63; ++shift)
      for (int round = 0; round < 60; ++round) {
        const int64_t x = int64_t(engine()) >> round;
        ASSERT_EQ(fire(x, shift, bits, true), countInWideNumbers(x, shift, bits)) << x << ", threshold 2^" << shift;
        ASSERT_EQ(fire(x, shift, bits, false), std::max<int64_t>(countInWideNumbers(x, shift, bits), 0))
            << x << ", threshold 2^" << shift;
      }
  for (const int64_t x : {INT64_MIN, INT64_MIN + 1, INT64_MAX - 1, INT64_MAX})
    for (int shift = -63; shift <= 63; ++shift)
      ASSERT_EQ(fire(x, shift, 16, true), countInWideNumbers(x, shift, 16)) << x << ", threshold 2^" << shift;
}

// The text of section 10, spike by spike: half a threshold is added, and each spike takes one threshold away.
TEST(Fire, CountsThresholds) {
  for (int shift = 1; shift <= 6; ++shift)
    for (int64_t x = -600; x <= 600; ++x) {
      int64_t potential = x + (int64_t(1) << (shift - 1)), spikes = 0;
      for (; potential >= int64_t(1) << shift && spikes < largestInteger(4); ++spikes)
        potential -= int64_t(1) << shift;
      ASSERT_EQ(fire(x, shift, 4, false), spikes) << x << ", threshold 2^" << shift;
    }
}
