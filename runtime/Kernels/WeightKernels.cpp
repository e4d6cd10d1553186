//===- WeightKernels.cpp - Q_W and the stochastic update ------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// The update runs along the axis in which random numbers are counted one by one: their Philox blocks are drawn many at a
// time, and a run of weights is then one loop without branches.
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/WeightKernels.h"

#include "runtime/Kernels/ElementAccess.h"
#include "runtime/Kernels/ElementwiseKernels.h"
#include "runtime/Kernels/IsaLoop.h"
#include "runtime/Numerics/Philox.h"

#include <algorithm>
#include <type_traits>
#include <utility>

using namespace wage::rt;

// Weights of one run; it touches one Philox block more than it fills.
static constexpr int64_t runWeights = 256;
static constexpr int64_t runBlocks = runWeights / 8 + 1;

/// Writes the lanes of blocks [first, first + count): wage::rt::philox4x32 with the blocks side by side.
static void drawLanes(const WeightUpdate &update, int64_t first, int64_t count, uint16_t *lanes) {
  const auto ordinal = update.ordinal, stepLow = uint32_t(update.step), stepHigh = uint32_t(update.step >> 32);
  const uint64_t seed = update.seed;
  runLoop([=] {
    uint32_t words[4][runBlocks];
    for (int64_t i = 0; i < count; ++i) {
      words[0][i] = uint32_t(first + i);
      words[1][i] = ordinal;
      words[2][i] = stepLow;
      words[3][i] = stepHigh;
    }
    uint32_t key0 = uint32_t(seed), key1 = uint32_t(seed >> 32);
    for (int round = 0; round < 10; ++round, key0 += philoxKeyStep[0], key1 += philoxKeyStep[1])
      for (int64_t i = 0; i < count; ++i) {
        const uint64_t product0 = uint64_t(philoxMultiplier[0]) * words[0][i];
        const uint64_t product1 = uint64_t(philoxMultiplier[1]) * words[2][i];
        words[0][i] = uint32_t(product1 >> 32) ^ words[1][i] ^ key0;
        words[1][i] = uint32_t(product1);
        words[2][i] = uint32_t(product0 >> 32) ^ words[3][i] ^ key1;
        words[3][i] = uint32_t(product0);
      }
    uint32_t inOrder[4 * runBlocks];
    for (int64_t i = 0; i < count; ++i)
      for (int word = 0; word < 4; ++word)
        inOrder[4 * i + word] = words[word][i];
    for (int64_t i = 0; i < 4 * count; ++i) {
      lanes[2 * i] = uint16_t(inOrder[i]);
      lanes[2 * i + 1] = uint16_t(inOrder[i] >> 16);
    }
  });
}

namespace {
/// stochasticStep with its branches taken beforehand: N = |g| * 2^-shift is split into whole and fraction by shifts that
/// are the same for every element. Word is unsigned and holds |g|.
template <typename Word> struct StepShifts {
  static constexpr int width = 8 * sizeof(Word);
  Word wholeMask, fractionMask;
  int wholeLeft, wholeRight, fractionLeft, fractionRight;

  StepShifts(int shift, int randomBits)
      : wholeMask(shift < width ? ~Word(0) : 0), fractionMask(0), wholeLeft(std::max(-shift, 0)),
        wholeRight(std::min(std::max(shift, 0), width - 1)), fractionLeft(std::max(randomBits - std::max(shift, 0), 0)),
        fractionRight(std::min(std::max(shift - randomBits, 0), width - 1)) {
    if (shift > 0 && shift - randomBits < width)
      fractionMask = shift < width ? Word(Word(1) << shift) - 1 : ~Word(0);
  }

  /// min(floor(N) + [F > random], limit).
  Word magnitude(Word gradient, uint32_t random, Word limit) const {
    const Word whole = ((gradient << wholeLeft) >> wholeRight) & wholeMask;
    const Word fraction = ((gradient & fractionMask) << fractionLeft) >> fractionRight;
    return std::min<Word>(whole + (fraction > random ? 1 : 0), limit);
  }
};

/// The two axes of a block, that of successive initializer indices inside where there is one.
struct UpdateAxis {
  int64_t count, indexStride, elementStride;
};
} // namespace

/// Updates `count` weights with successive random numbers; all operands dense.
template <typename Gradient>
static void updateRun(const WeightUpdate &update, const Gradient *gradient, const uint16_t *lanes, int64_t count,
                      int16_t *masters, int16_t *delta) {
  using Word = std::conditional_t<sizeof(Gradient) <= 4, uint32_t, uint64_t>;
  const StepShifts<Word> shifts(update.gradientExponent - update.learningRateLog2, update.randomBits);
  const auto stepLimit = Word(largestInteger(update.masterBits));
  const auto masterLimit = int32_t(update.masterLimit);
  const int dropped = 16 - update.randomBits;
  runLoop([=] {
    for (int64_t i = 0; i < count; ++i) {
      const Gradient g = gradient[i];
      const Word magnitude = g < 0 ? Word(0) - Word(g) : Word(g);
      const auto size = int32_t(shifts.magnitude(magnitude, uint32_t(lanes[i] >> dropped), stepLimit));
      const int32_t step = g < 0 ? -size : size;
      masters[i] = int16_t(std::min(std::max(masters[i] - step, -masterLimit), masterLimit));
      delta[i] = int16_t(step);
    }
  });
}

template <typename T> static void gather(const T *from, int64_t stride, int64_t count, T *to) {
  if (stride == 1) {
    std::copy_n(from, count, to);
    return;
  }
  for (int64_t i = 0; i < count; ++i)
    to[i] = from[i * stride];
}

template <typename T> static void scatter(const T *from, int64_t stride, int64_t count, T *to) {
  if (stride == 1) {
    std::copy_n(from, count, to);
    return;
  }
  for (int64_t i = 0; i < count; ++i)
    to[i * stride] = from[i];
}

template <typename Gradient>
static void updateBlock(const WeightUpdate &update, const Gradient *gradient, int16_t *masters, int16_t *delta) {
  UpdateAxis inner = {update.rows, update.rowStride, 1}, outer = {update.neurons, update.neuronStride, update.rows};
  if (inner.indexStride != 1 && outer.indexStride == 1)
    std::swap(inner, outer);
  const int64_t longest = inner.indexStride == 1 ? runWeights : 1;
  uint16_t lanes[8 * runBlocks];
  Gradient runGradient[runWeights];
  int16_t runMasters[runWeights], runDelta[runWeights];
  for (int64_t line = 0; line < outer.count; ++line)
    for (int64_t first = 0; first < inner.count; first += longest) {
      const int64_t count = std::min(longest, inner.count - first);
      const int64_t index = update.firstIndex + line * outer.indexStride + first * inner.indexStride;
      const int64_t element = line * outer.elementStride + first * inner.elementStride;
      drawLanes(update, index / 8, (index + count - 1) / 8 - index / 8 + 1, lanes);
      gather(gradient + element, inner.elementStride, count, runGradient);
      gather(masters + element, inner.elementStride, count, runMasters);
      updateRun(update, runGradient, lanes + index % 8, count, runMasters, runDelta);
      scatter(runMasters, inner.elementStride, count, masters + element);
      if (delta)
        scatter(runDelta, inner.elementStride, count, delta + element);
    }
}

void wage::rt::updateMasters(const WeightUpdate &update, const void *gradient, ElementType gradientType,
                             int16_t *masters, int16_t *delta) {
  withElementType(gradientType, [&](auto zero) {
    updateBlock(update, static_cast<const decltype(zero) *>(gradient), masters, delta);
  });
}

void wage::rt::quantizeWeights(const int16_t *masters, int8_t *weights, int64_t count, int weightBits, int masterBits,
                               Rounding rounding) {
  if (weightBits == 1)
    return runLoop([=] {
      for (int64_t i = 0; i < count; ++i)
        weights[i] = masters[i] < 0 ? -1 : 1;
    });
  shiftClip({const_cast<int16_t *>(masters), ElementType::Int16, count}, {weights, ElementType::Int8, count}, count, 1,
            masterBits - weightBits, weightBits, rounding);
}
