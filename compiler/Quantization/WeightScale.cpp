//===- WeightScale.cpp - the power-of-two scale of a neuron's weights ----------- ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Quantization/WeightScale.h"

#include "runtime/Numerics/Rounding.h"

#include "llvm/ADT/ArrayRef.h"

#include <algorithm>
#include <cmath>

namespace wage {

int fitScale(llvm::ArrayRef<float> weights, int64_t first, int64_t step, int64_t count, int weightBits) {
  constexpr int least = -8, most = 24;
  const auto limit = static_cast<double>(rt::largestInteger(weightBits));
  int best = least;
  long double smallest = 0;
  for (int x = least; x <= most; ++x) {
    // Scalings by powers of two are exact; the sum has more digits than double, so that near ties fall as they should.
    const double unit = std::ldexp(1.0, -(x + weightBits - 1));
    long double error = 0;
    for (int64_t i = 0; i < count && (x == least || error < smallest); ++i) {
      const double w = weights[first + i * step];
      const double difference = w - std::clamp(std::nearbyint(w / unit), -limit, limit) * unit;
      error += static_cast<long double>(difference) * difference;
    }
    if (x == least || error < smallest)
      smallest = error, best = x;
  }
  return best;
}

} // namespace wage
