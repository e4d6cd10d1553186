//===- Arithmetic.h - WAGE's scalar rules, written a second time ---*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// The runtime has its own definition in runtime/Numerics. These follow the text of arithmetic.md with divisions and
// 128-bit products where the runtime shifts, so that a mistake in one of them shows as a difference.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_INTERPRETER_ARITHMETIC_H
#define WAGE_COMPILER_INTERPRETER_ARITHMETIC_H

#include <array>
#include <cstdint>

namespace wage::interpreter {

/// Returns 2^(bits-1) - 1. Source: arithmetic.md section 1.
int64_t largestInteger(int64_t bits);

/// Saturates to ±limit. Source: arithmetic.md section 1.
int64_t clip(int64_t x, int64_t limit);

/// Returns clip(round_shift(x, shift), bits); ties to even, or away from zero with `halfAway`.
/// Units:  |x| < 2^62; any shift. Source: arithmetic.md section 1.
int64_t shiftClip(int64_t x, int64_t shift, int64_t bits, bool halfAway);

/// Returns k with 2^k = Shift(m); 0 for m = 0. Source: arithmetic.md section 1.
int64_t shiftExponent(uint64_t m);

/// Philox4x32-10 (Salmon et al., SC'11). Source: arithmetic.md section 8.
std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

/// The `bits`-bit random number of element `index` of weight tensor `ordinal` at `step`. Source: section 8.
int64_t randomBits(uint64_t index, uint32_t ordinal, uint64_t step, uint64_t seed, int64_t bits);

/// Q_G of one element: gradient `g`, exponent k of the tensor's Shift(max|g|), learning rate 2^lrLog2, random number of
/// `randomWidth` bits, steps of `bits` bits. Source: arithmetic.md section 7.
int64_t stochasticStep(int64_t g, int64_t k, int64_t lrLog2, int64_t random, int64_t randomWidth, int64_t bits);

} // namespace wage::interpreter

#endif // WAGE_COMPILER_INTERPRETER_ARITHMETIC_H
