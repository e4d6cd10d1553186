//===- MagnitudeCounts.cpp - how large numbers are ------------------------------- ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Quantization/MagnitudeCounts.h"

#include "llvm/ADT/bit.h"

#include <algorithm>
#include <cmath>

namespace wage {

namespace {

constexpr int binsPerOctave = 8;

/// Ranges below the largest magnitude are tried in steps of an eighth of an octave, this many.
constexpr int candidates = 40;

/// Exponent and first three bits of the fraction. Magnitudes too small for a float of full precision share the lowest bins.
int binOf(float magnitude) { return static_cast<int>(llvm::bit_cast<uint32_t>(magnitude) >> 20) - 127 * binsPerOctave; }

/// The middle of a bin: an eighth of an octave is cut evenly.
double centerOf(int bin) {
  const int octave = bin >> 3; // towards minus infinity
  return std::ldexp(1 + (bin - octave * binsPerOctave + 0.5) / binsPerOctave, octave);
}

} // namespace

void MagnitudeCounts::add(const float *numbers, int64_t size) {
  for (int64_t i = 0; i < size; ++i) {
    const float magnitude = std::abs(numbers[i]);
    if (!std::isfinite(magnitude))
      continue;
    ++total;
    if (magnitude == 0)
      continue;
    largest = std::max<double>(largest, magnitude);
    const int bin = binOf(magnitude);
    if (counts.empty())
      firstBin = bin;
    if (bin < firstBin) {
      counts.insert(counts.begin(), firstBin - bin, 0);
      firstBin = bin;
    }
    if (bin >= firstBin + static_cast<int>(counts.size()))
      counts.resize(bin - firstBin + 1, 0);
    ++counts[bin - firstBin];
  }
}

double MagnitudeCounts::meanSquare() const {
  double sum = 0;
  for (size_t i = 0; i < counts.size(); ++i)
    sum += static_cast<double>(counts[i]) * std::pow(centerOf(firstBin + static_cast<int>(i)), 2);
  return total ? sum / static_cast<double>(total) : 0;
}

double MagnitudeCounts::rangeOfPercentile() const {
  uint64_t above = 0;
  for (size_t i = counts.size(); i-- > 0;)
    if ((above += counts[i]) * 10000 > total)
      return std::min(largest, centerOf(firstBin + static_cast<int>(i)));
  return largest;
}

double MagnitudeCounts::squaredError(double range, double limit) const {
  const double step = range / limit, rounding = step * step / 12;
  double sum = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    const double center = std::min(centerOf(firstBin + static_cast<int>(i)), largest);
    const double error =
        center > range ? clippingWeight * (center - range) * (center - range) : std::min(rounding, center * center);
    sum += static_cast<double>(counts[i]) * error;
  }
  return sum;
}

double MagnitudeCounts::chooseRange(double limit, GridMethod method) const {
  if (method == GridMethod::Max || counts.empty())
    return largest;
  if (method == GridMethod::Percentile)
    return rangeOfPercentile();
  double best = largest, least = squaredError(largest, limit);
  for (int i = 1; i <= candidates; ++i) {
    const double range = largest * std::exp2(-i / static_cast<double>(binsPerOctave));
    if (const double error = squaredError(range, limit); error < least)
      least = error, best = range;
  }
  return best;
}

} // namespace wage
