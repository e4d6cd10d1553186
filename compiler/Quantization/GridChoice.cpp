//===- GridChoice.cpp - the power-of-two grid of a value ---------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Quantization/GridChoice.h"

#include <algorithm>
#include <cmath>

namespace wage {

namespace {

/// Grids that clip more are never better: this many octaves below the one that clips nothing.
constexpr int finestCandidate = 8;

/// The finest grid whose largest number rounds `magnitude` without clipping.
int exponentWithout(double magnitude, double limit) {
  int exponent;
  std::frexp(magnitude / (limit + 0.5), &exponent); // magnitude < (limit + 1/2) * 2^exponent
  return exponent;
}

double clippedBelow(const Histogram &histogram, double share) {
  std::vector<std::pair<double, uint64_t>> magnitudes;
  histogram.forEach([&](double center, uint64_t count) { magnitudes.push_back({std::abs(center), count}); });
  std::sort(magnitudes.begin(), magnitudes.end());
  const auto allowed = static_cast<uint64_t>(share * static_cast<double>(histogram.getTotal()));
  uint64_t above = 0;
  for (auto entry = magnitudes.rbegin(); entry != magnitudes.rend(); ++entry)
    if ((above += entry->second) > allowed)
      return entry->first;
  return 0;
}

/// The sum of squared errors on the grid n * 2^exponent.
double squaredError(const Histogram &histogram, double limit, int exponent, const ErrorMeasure &measure) {
  const double step = std::ldexp(1.0, exponent);
  double sum = 0;
  histogram.forEach([&](double center, uint64_t count) {
    const double rounded = std::clamp(std::nearbyint(center / step), -limit, limit) * step;
    const double error = measure ? measure(center, rounded) : center - rounded;
    // A grid finer than the bins rounds numbers that the bin's centre does not show.
    const double hidden = measure || std::abs(center) > limit * step ? 0 : std::min(step, histogram.getBinWidth());
    const double weight = !measure && std::abs(center) > (limit + 0.5) * step ? clippingWeight : 1;
    sum += static_cast<double>(count) * (weight * error * error + hidden * hidden / 12);
  });
  return sum;
}

} // namespace

int chooseExponent(const Histogram &histogram, int bits, GridMethod method, const ErrorMeasure &measure) {
  const double limit = std::ldexp(1.0, bits - 1) - 1;
  if (histogram.getLargest() == 0)
    return 1 - bits;
  const int safe = exponentWithout(histogram.getLargest(), limit);
  if (method == GridMethod::Max)
    return safe;
  if (method == GridMethod::Percentile)
    return std::min(safe, exponentWithout(std::max(clippedBelow(histogram, 1e-4), histogram.getBinWidth()), limit));
  int best = safe;
  double least = squaredError(histogram, limit, safe, measure);
  for (int exponent = safe - 1; exponent >= safe - finestCandidate; --exponent)
    if (const double error = squaredError(histogram, limit, exponent, measure); error <= least)
      least = error, best = exponent;
  return best;
}

} // namespace wage
