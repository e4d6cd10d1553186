//===- WeightScale.cpp - the power-of-two scale of a neuron's weights ----------- ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Errors are first summed in double, and no further than is needed to see that a scale is not the best. What rounding can
// do to such a sum is known, so that all scales that could still be the best are left; where there are several, sums of more
// digits decide.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Quantization/WeightScale.h"

#include "runtime/Numerics/Rounding.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace wage {

namespace {

constexpr int least = -8, most = 24;

/// By how much sums of 2^32 numbers that are not negative may differ through rounding in double, and more.
constexpr double slack = 1 + 0x1p-20;

/// The rounding error of weights on one grid.
class Grid {
public:
  Grid(int x, int weightBits)
      : unit(std::ldexp(1.0, -(x + weightBits - 1))), perUnit(1 / unit),
        limit(static_cast<double>(rt::largestInteger(weightBits))) {}

  /// Exact: scalings are by powers of two, and a difference has no more digits than a weight and a unit.
  double errorOf(double weight) const {
    // Adding a number of this size leaves no digits behind the point; half-way cases go to even.
    constexpr double noFraction = 0x1.8p52;
    const double clipped = std::clamp(weight * perUnit, -limit, limit);
    return weight - ((clipped + noFraction) - noFraction) * unit;
  }

  /// The sum of squares in double, or a part of it that exceeds `enough`.
  double squares(llvm::ArrayRef<float> weights, double enough) const {
    double sum = 0;
    while (!weights.empty() && sum <= enough) {
      const auto part = weights.take_front(256);
      weights = weights.drop_front(part.size());
      double sums[4] = {}; // independent, so that they are formed side by side
      for (size_t i = 0; i < part.size(); ++i) {
        const double error = errorOf(part[i]);
        sums[i % 4] += error * error;
      }
      sum += (sums[0] + sums[1]) + (sums[2] + sums[3]);
    }
    return sum;
  }

  /// With more digits, so that near ties fall as they should.
  long double longSquares(llvm::ArrayRef<float> weights) const {
    long double sum = 0;
    for (float weight : weights) {
      const double error = errorOf(weight);
      sum += static_cast<long double>(error) * error;
    }
    return sum;
  }

private:
  double unit, perUnit, limit;
};

/// All x from the one at which the largest weight is about the largest integer, to both sides of it.
llvm::SmallVector<int> likelyFirst(llvm::ArrayRef<float> weights) {
  float largest = 0;
  for (float weight : weights)
    largest = std::max(largest, std::abs(weight));
  int exponent = 0;
  std::frexp(largest, &exponent);
  const int guess = std::clamp(-exponent, least, most);
  llvm::SmallVector<int> order;
  for (int distance = 0; distance <= most - least; ++distance)
    for (int x : {guess + distance, guess - distance})
      if (x >= least && x <= most && !llvm::is_contained(order, x))
        order.push_back(x);
  return order;
}

int fitDense(llvm::ArrayRef<float> weights, int weightBits) {
  double sums[most - least + 1];
  double smallest = HUGE_VAL;
  for (int x : likelyFirst(weights)) {
    sums[x - least] = Grid(x, weightBits).squares(weights, smallest * slack);
    smallest = std::min(smallest, sums[x - least]);
  }
  llvm::SmallVector<int> best;
  for (int x = least; x <= most; ++x)
    if (sums[x - least] <= smallest * slack)
      best.push_back(x);
  if (best.size() == 1)
    return best.front();
  return *std::min_element(best.begin(), best.end(), [&](int a, int b) {
    return Grid(a, weightBits).longSquares(weights) < Grid(b, weightBits).longSquares(weights);
  });
}

} // namespace

int fitScale(llvm::ArrayRef<float> weights, int64_t first, int64_t step, int64_t count, int weightBits) {
  if (step == 1)
    return fitDense(weights.slice(first, count), weightBits);
  std::vector<float> channel(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i)
    channel[i] = weights[first + i * step];
  return fitDense(channel, weightBits);
}

} // namespace wage
