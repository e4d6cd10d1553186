//===- ArithmeticTest.cpp - the interpreter's arithmetic against the runtime's -===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Two texts of one specification, written apart. They must agree on the edges and on numbers drawn at random.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Interpreter/Arithmetic.h"
#include "runtime/Numerics/Philox.h"
#include "runtime/Numerics/Rounding.h"

#include <gtest/gtest.h>

#include <random>

namespace {

using namespace wage;

/// Edges, and for every width some numbers of that width, of both signs.
std::vector<int64_t> interestingIntegers() {
  std::vector<int64_t> integers{0};
  std::mt19937_64 random(1);
  for (int bits = 1; bits <= 62; ++bits) {
    const int64_t power = int64_t(1) << (bits - 1);
    for (int64_t integer : {power, power - 1, power + power / 2, int64_t(random() % power) | power})
      for (int64_t sign : {-1, 1})
        integers.push_back(sign * integer);
  }
  integers.push_back((int64_t(1) << 62) - 1);
  integers.push_back(-integers.back());
  return integers;
}

TEST(InterpreterArithmetic, shiftClipAgrees) {
  for (int64_t x : interestingIntegers())
    for (int shift = -63; shift < 64; ++shift)
      for (int bits : {2, 3, 8, 16})
        for (bool halfAway : {false, true})
          ASSERT_EQ(interpreter::shiftClip(x, shift, bits, halfAway),
                    rt::shiftClip(x, shift, bits, halfAway ? rt::Rounding::HalfAway : rt::Rounding::HalfEven))
              << x << " shift " << shift << " bits " << bits << " half away " << halfAway;
}

TEST(InterpreterArithmetic, shiftExponentAgrees) {
  for (int64_t x : interestingIntegers()) {
    const uint64_t m = x < 0 ? -x : x;
    for (uint64_t near : {m, m + 1, m > 0 ? m - 1 : 0})
      ASSERT_EQ(interpreter::shiftExponent(near), rt::shiftExponent(near)) << near;
  }
}

TEST(InterpreterArithmetic, randomBitsAgree) {
  for (uint64_t seed : {uint64_t(0), uint64_t(7), uint64_t(1) << 40 | 5, ~uint64_t(0)})
    for (uint64_t step : {uint64_t(0), uint64_t(9), uint64_t(1) << 33 | 3})
      for (uint64_t index = 0; index < 64; ++index)
        for (int bits : {1, 7, 12, 16})
          ASSERT_EQ(interpreter::randomBits(index, 3, step, seed, bits),
                    rt::roundingLanes(index / 8, 3, step, seed)[index % 8] >> (16 - bits));
}

TEST(InterpreterArithmetic, stochasticStepAgrees) {
  std::mt19937 random(2);
  for (int64_t g : interestingIntegers()) {
    // The exponent is that of the tensor's maximum, which is at least |g|.
    const int smallest = rt::shiftExponent(g < 0 ? -g : g);
    for (int k : {smallest, smallest + 1, smallest + 20, 62})
      for (int lrLog2 = -32; lrLog2 <= 15; ++lrLog2)
        for (int randomBits : {1, 8, 16}) {
          if (k < smallest || k > 62)
            continue;
          const uint32_t r = random() % (1u << randomBits);
          ASSERT_EQ(interpreter::stochasticStep(g, k, lrLog2, r, randomBits, 8),
                    rt::stochasticStep(g, k, lrLog2, r, randomBits, 8))
              << "g " << g << " k " << k << " lr " << lrLog2 << " random " << r << " of " << randomBits << " bits";
        }
  }
}

} // namespace
