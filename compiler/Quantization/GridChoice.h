//===- GridChoice.h - the power-of-two grid of a value --------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_QUANTIZATION_GRIDCHOICE_H
#define WAGE_COMPILER_QUANTIZATION_GRIDCHOICE_H

#include "compiler/Quantization/Histogram.h"

#include <functional>

namespace wage {

/// How the grid of an activation is chosen from what was seen of it.
enum class GridMethod {
  Max,        ///< the finest that clips nothing
  Percentile, ///< the finest that clips one number in 10,000 at most
  Mse         ///< the one of least squared error, clipping and rounding together; see clippingWeight
};

/// What a squared error by clipping counts beside one by rounding. Roundings of many numbers go up as often as down and average
/// out in the sums behind; numbers that are clipped are always made smaller, and they are the ones that decide classes.
constexpr double clippingWeight = 16;

/// How far an error of the value at a number goes: the error that counts, of `rounded` in place of `exact`.
using ErrorMeasure = std::function<double(double exact, double rounded)>;

/// The exponent e of the grid n * 2^e, |n| <= 2^(bits-1) - 1, for a value with these numbers. A value that is always 0 gets the
/// unit grid. `measure` is squared and summed with Mse, clipping or not; without one the value's own error is.
///
/// Source: arithmetic.md sections 1 and 9; ties to the finer grid.
int chooseExponent(const Histogram &histogram, int bits, GridMethod method, const ErrorMeasure &measure = nullptr);

} // namespace wage

#endif // WAGE_COMPILER_QUANTIZATION_GRIDCHOICE_H
