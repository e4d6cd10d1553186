//===- Histogram.cpp - how often a value takes which number ------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Quantization/Histogram.h"

#include <algorithm>
#include <cmath>

namespace wage {

double Histogram::getBinWidth() const { return std::ldexp(1.0, exponent); }

/// The least exponent whose bins reach beyond `magnitude`.
static int exponentFor(double magnitude, int64_t binsPerSide) {
  int exponent;
  std::frexp(magnitude / static_cast<double>(binsPerSide), &exponent); // magnitude / bins < 2^exponent
  return exponent;
}

void Histogram::widenTo(int wanted) {
  // The first number decides the width: nothing was counted that had to be merged.
  if (total == zeros + strange)
    exponent = std::max(exponent, wanted);
  for (; exponent < wanted; ++exponent) {
    std::vector<uint64_t> merged(counts.size(), 0);
    for (int64_t bin = 0; bin < 2 * binsPerSide; ++bin) {
      const int64_t offset = bin - binsPerSide; // halved towards minus infinity
      merged[(offset >= 0 ? offset / 2 : (offset - 1) / 2) + binsPerSide] += counts[bin];
    }
    counts = std::move(merged);
  }
}

void Histogram::add(const float *numbers, int64_t size) {
  double most = 0;
  for (int64_t i = 0; i < size; ++i)
    if (const double magnitude = std::abs(numbers[i]); std::isfinite(magnitude))
      most = std::max(most, magnitude);
  largest = std::max(largest, most);
  if (most > 0)
    widenTo(std::max(exponentFor(most, binsPerSide), narrowest));
  const double perBin = std::ldexp(1.0, -exponent);
  total += static_cast<uint64_t>(size);
  for (int64_t i = 0; i < size; ++i) {
    if (numbers[i] == 0)
      ++zeros;
    else if (std::isfinite(numbers[i]))
      ++counts[static_cast<int64_t>(std::floor(numbers[i] * perBin)) + binsPerSide];
    else
      ++strange;
  }
}

void Histogram::add(const Histogram &other) {
  Histogram finer = other;
  const int common = std::max(exponent, finer.exponent);
  widenTo(common);
  finer.widenTo(common);
  for (size_t bin = 0; bin < counts.size(); ++bin)
    counts[bin] += finer.counts[bin];
  total += finer.total, zeros += finer.zeros, strange += finer.strange;
  largest = std::max(largest, finer.largest);
}

} // namespace wage
