//===- WeightKernels.h - Q_W and the stochastic update -----------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// What happens to a block of weights: masters become weights in use, and gradients move the masters.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_WEIGHTKERNELS_H
#define WAGE_RUNTIME_KERNELS_WEIGHTKERNELS_H

#include "runtime/Kernels/LinearProducts.h"
#include "runtime/Numerics/Rounding.h"

namespace wage::rt {

/// One update of the masters of a block [neurons][rows].
///
/// Element (n, k) of the block is element firstIndex + n * neuronStride + k * rowStride of the ONNX initializer, in whose
/// order random numbers are counted: that is why the mapping is here, and why a split never changes a bit.
struct WeightUpdate {
  int64_t neurons = 0, rows = 0;
  int64_t firstIndex = 0, neuronStride = 0, rowStride = 1;
  uint32_t ordinal = 0; ///< of the weight tensor
  uint64_t step = 0;    ///< training step
  uint64_t seed = 0;
  int gradientExponent = 0; ///< shiftExponent(max|g|) over the whole weight tensor
  int learningRateLog2 = 0; ///< -32 ... 15
  int randomBits = 16;      ///< k_R, 1 ... 16
  int masterBits = 8;       ///< k_G, 2 ... 16
  int64_t masterLimit = 0;  ///< masterLimit(k_W, k_G) of Rounding.h
};

/// masters <- clip(masters - step, ±masterLimit), step = stochasticStep of each gradient with its own random number.
///
/// Shape:  `gradient` [neurons][rows], of any integer type; `masters` and `delta` int16 [neurons][rows]. `delta` may be
///         null; else it takes the step before clipping.
/// Units:  initializer indices below 2^35 (8 times 32 counter bits).
/// Source: arithmetic.md sections 7 and 8.
void updateMasters(const WeightUpdate &update, const void *gradient, ElementType gradientType, int16_t *masters,
                   int16_t *delta);

/// weights = Q_W(masters).
///
/// Shape:  `masters` and `weights` [count].
/// Units:  k_G grid to k_W grid; 1 <= weightBits <= 8, weightBits <= masterBits <= 16.
/// Source: arithmetic.md section 3.
void quantizeWeights(const int16_t *masters, int8_t *weights, int64_t count, int weightBits, int masterBits,
                     Rounding rounding);

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_WEIGHTKERNELS_H
