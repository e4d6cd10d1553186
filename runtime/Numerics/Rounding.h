//===- Rounding.h - round_shift, clip and the Shift exponent ----------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// The one C++ definition of WAGE's rounding and clipping. Everything is exact on 64-bit integers; callers keep magnitudes
// below 2^62, which the compiler's bound analysis proves.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_NUMERICS_ROUNDING_H
#define WAGE_RUNTIME_NUMERICS_ROUNDING_H

#include <cstdint>

namespace wage::rt {

/// Where a tie goes: to the even neighbour, or away from zero. One choice holds for a whole network.
enum class Rounding : uint8_t { HalfEven = 0, HalfAway = 1 };

/// Returns 2^(bits-1) - 1, the largest `bits`-bit WAGE integer; the range is symmetric.
/// Source: arithmetic.md section 1.
constexpr int64_t largestInteger(int bits) { return static_cast<int64_t>((uint64_t(1) << (bits - 1)) - 1); }

/// Returns `x`·2^-`shift` rounded to the nearest integer; shift <= 0 is an exact left shift.
/// Units:  |x| < 2^62; a left shift must not leave 63 bits (the compiler proves it). A shift of 64 or more gives 0.
/// Source: arithmetic.md section 1.
constexpr int64_t roundShift(int64_t x, int shift, Rounding rounding) {
  if (shift <= 0)
    return static_cast<int64_t>(static_cast<uint64_t>(x) << -shift);
  if (shift >= 63)
    return 0; // |x| < 2^62 is less than half a step
  const int64_t half = int64_t(1) << (shift - 1);
  if (rounding == Rounding::HalfAway) {
    // Without a sign, so that no |x| overflows: files may hold any sums.
    const uint64_t absolute = x < 0 ? -static_cast<uint64_t>(x) : static_cast<uint64_t>(x);
    const auto magnitude = static_cast<int64_t>((absolute + static_cast<uint64_t>(half)) >> shift);
    return x < 0 ? -magnitude : magnitude;
  }
  const int64_t floor = x >> shift;
  const int64_t rest = x - static_cast<int64_t>(static_cast<uint64_t>(floor) << shift);
  return floor + (rest > half || (rest == half && (floor & 1)));
}

/// Saturates to ±`limit`.
constexpr int64_t clipTo(int64_t x, int64_t limit) { return x > limit ? limit : x < -limit ? -limit : x; }

/// Returns clip(round_shift(x, shift), bits). Units and source as roundShift. A left shift whose result would not fit 64
/// bits saturates, as it would have after exact arithmetic.
constexpr int64_t shiftClip(int64_t x, int shift, int bits, Rounding rounding) {
  const int64_t limit = largestInteger(bits);
  if (shift < 0) {
    // clip first: any |x| > limit stays beyond the limit when doubled, so no bit is lost.
    const int64_t clipped = clipTo(x, limit);
    if (-shift >= bits)
      return clipped > 0 ? limit : clipped < 0 ? -limit : 0;
    return clipTo(clipped * (int64_t(1) << -shift), limit);
  }
  return clipTo(roundShift(x, shift, rounding), limit);
}

/// Returns k with 2^k = Shift(m) = 2^round(log2 m), for m >= 1; 0 for m = 0 ("the maximum of nothing is 0").
/// Exact: with f = floor(log2 m), f + 1 if m^2 >= 2^(2f+1), else f, compared in 128 bits.
/// Source: arithmetic.md section 1.
constexpr int shiftExponent(uint64_t m) {
  if (m == 0)
    return 0;
  const int f = 63 - __builtin_clzll(m);
  const auto square = static_cast<unsigned __int128>(m) * m;
  return f + (square >> (2 * f + 1) != 0 ? 1 : 0);
}

/// Q_W: a master weight on the k_G grid to the weight in use, k_W bits (k_W = 1: the sign, sign(0) = +1).
/// Source: arithmetic.md section 3.
constexpr int64_t quantizeWeight(int64_t master, int weightBits, int masterBits, Rounding rounding) {
  if (weightBits == 1)
    return master < 0 ? -1 : 1;
  return shiftClip(master, masterBits - weightBits, weightBits, rounding);
}

/// Largest magnitude of a weight in use, to which the loader holds every binary. Source: arithmetic.md section 3.
constexpr int largestWeightInUse(int weightBits) {
  return weightBits == 1 ? 1 : static_cast<int>(largestInteger(weightBits));
}

/// Largest magnitude of a master weight. Source: arithmetic.md section 7.
constexpr int64_t masterLimit(int weightBits, int masterBits) {
  return weightBits == 1 ? largestInteger(masterBits)
                         : largestInteger(weightBits) * (int64_t(1) << (masterBits - weightBits));
}

/// Q_G of one element: the step on the k_G grid for gradient `g`, exponent `k` = shiftExponent(max|g|), learning rate
/// 2^`lrLog2` and the element's `randomBits`-bit random number. Source: arithmetic.md section 7.
constexpr int64_t stochasticStep(int64_t g, int k, int lrLog2, uint32_t random, int randomBits, int masterBits) {
  const uint64_t magnitude = static_cast<uint64_t>(g < 0 ? -g : g);
  const int shift = k - lrLog2;
  uint64_t whole = 0, fraction = 0;
  if (shift <= 0) {
    whole = magnitude << -shift; // magnitude < 2^(k+1), so whole < 2^(lrLog2+1)
  } else if (shift >= 64) {
    // k <= 63, so the fraction's leading bits are zeros beyond the magnitude's own
    fraction = shift - randomBits < 64 ? magnitude >> (shift - randomBits) : 0;
  } else {
    whole = magnitude >> shift;
    const uint64_t rest = magnitude - (whole << shift);
    fraction = shift <= randomBits ? rest << (randomBits - shift) : rest >> (shift - randomBits);
  }
  const int64_t limit = largestInteger(masterBits);
  const uint64_t rounded = whole + (fraction > random ? 1 : 0);
  const int64_t step = rounded > static_cast<uint64_t>(limit) ? limit : static_cast<int64_t>(rounded);
  return g < 0 ? -step : step;
}

} // namespace wage::rt

#endif // WAGE_RUNTIME_NUMERICS_ROUNDING_H
