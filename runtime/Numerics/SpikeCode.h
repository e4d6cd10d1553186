//===- SpikeCode.h - integers as events --------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// How an integer of k bits crosses a network that exchanges events, and when in its window of ticks they come. Signed integers
// use a pair of channels, one per sign, of which one is silent; so the events of n are those of |n|.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_NUMERICS_SPIKECODE_H
#define WAGE_RUNTIME_NUMERICS_SPIKECODE_H

#include "runtime/Numerics/Rounding.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace wage::rt {

enum class SpikeCode : uint8_t {
  Dense = 0,  ///< no events: every element crosses
  Graded = 1, ///< one event per element that is not zero, with its magnitude as payload
  Rate = 2,   ///< |n| unit spikes
  Phase = 3   ///< the bits of |n|, the most significant first
};
constexpr unsigned spikeCodeCount = 4;
inline constexpr const char *spikeCodeNames[spikeCodeCount] = {"dense", "graded", "rate", "phase"};

constexpr const char *spikeCodeName(SpikeCode code) { return spikeCodeNames[static_cast<unsigned>(code)]; }
inline std::optional<SpikeCode> spikeCodeOf(std::string_view name) {
  for (unsigned i = 0; i < spikeCodeCount; ++i)
    if (name == spikeCodeNames[i])
      return static_cast<SpikeCode>(i);
  return std::nullopt;
}

/// Whether spikes carry no payload, so that only neurons that integrate and fire can exchange them.
constexpr bool isBinary(SpikeCode code) { return code == SpikeCode::Rate || code == SpikeCode::Phase; }

/// Ticks of a window for integers of `bits` bits. Source: arithmetic.md section 10.
constexpr int64_t windowTicks(SpikeCode code, int bits) {
  return code == SpikeCode::Rate ? largestInteger(bits) : code == SpikeCode::Phase ? bits - 1 : 1;
}

/// Events of `n`, |n| at most largestInteger(bits).
constexpr int64_t eventsOf(SpikeCode code, int64_t n) {
  const auto magnitude = static_cast<uint64_t>(n < 0 ? -n : n);
  switch (code) {
  case SpikeCode::Dense: return 0;
  case SpikeCode::Graded: return magnitude != 0;
  case SpikeCode::Rate: return static_cast<int64_t>(magnitude);
  case SpikeCode::Phase: return __builtin_popcountll(magnitude);
  }
  return 0;
}

/// The most events that one integer of `bits` bits can have: one per tick.
constexpr int64_t mostEvents(SpikeCode code, int bits) {
  return code == SpikeCode::Dense ? 0 : windowTicks(code, bits);
}

/// Whether `n` has an event in `tick`. Spikes of a rate code come evenly over the window, since a burst at its begin would
/// load links unevenly; which ticks they are changes no sum.
constexpr bool hasEvent(SpikeCode code, int64_t n, int64_t tick, int bits) {
  const int64_t magnitude = n < 0 ? -n : n;
  switch (code) {
  case SpikeCode::Dense: return false;
  case SpikeCode::Graded: return tick == 0 && n != 0;
  case SpikeCode::Rate: {
    const int64_t ticks = windowTicks(code, bits);
    return (tick + 1) * magnitude / ticks > tick * magnitude / ticks;
  }
  case SpikeCode::Phase: return magnitude >> (bits - 2 - tick) & 1;
  }
  return false;
}

/// What a neuron of threshold 2^`thresholdLog2` that has integrated `potential` over its window emits: half a threshold is
/// added (nothing where the sum is shifted left instead), and one spike counted per threshold, at most largestInteger(bits).
/// That is Relu, round_shift with half_away, and clip. A `isSigned` neuron is a pair, whose second channel does the same with
/// the negated potential; the result is the difference of both.
///
/// Units:  thresholdLog2 from -63 to 63; every potential.
/// Source: arithmetic.md section 10.
constexpr int64_t fire(int64_t potential, int thresholdLog2, int bits, bool isSigned) {
  const bool isNegative = potential < 0;
  if (isNegative && !isSigned)
    return 0;
  const uint64_t magnitude = isNegative ? -static_cast<uint64_t>(potential) : static_cast<uint64_t>(potential);
  const auto most = static_cast<uint64_t>(largestInteger(bits));
  uint64_t spikes = 0;
  if (thresholdLog2 > 0) // the half that is added carries exactly where the bit below the threshold is set
    spikes = (magnitude >> thresholdLog2) + (magnitude >> (thresholdLog2 - 1) & 1);
  else
    spikes = magnitude > most >> -thresholdLog2 ? most : magnitude << -thresholdLog2;
  const auto count = static_cast<int64_t>(spikes < most ? spikes : most);
  return isNegative ? -count : count;
}

} // namespace wage::rt

#endif // WAGE_RUNTIME_NUMERICS_SPIKECODE_H
