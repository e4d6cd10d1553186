//===- SumKernels.h - sums of values, of channels and of windows -------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_SUMKERNELS_H
#define WAGE_RUNTIME_KERNELS_SUMKERNELS_H

#include "runtime/Kernels/ElementwiseKernels.h"

namespace wage::rt {

/// output = input * 2^inputShift + other * 2^otherShift.
///
/// Shape:  elementwise, each of a type of its own; `output` may be `input` or `other` where the types are equal.
/// Units:  shifts of 0 to 63.
/// Errors: none. The compiler has proved that the sum fits.
/// Source: arithmetic.md sections 4 and 6.
void add(BufferView input, BufferView other, BufferView output, int64_t elements, int64_t samples, int inputShift,
         int otherShift);

/// output[s][c][p] = input[s][c][p] * 2^(finest - scaleLog2[c]).
///
/// Shape:  [samples][channels][plane]; `output` may be `input` where the types are equal.
/// Units:  0 <= finest - scaleLog2[c] < 64.
/// Errors: none. The compiler has proved that the result fits.
/// Source: arithmetic.md sections 4 and 6.
void alignChannels(BufferView input, BufferView output, int64_t channels, int64_t plane, const int32_t *scaleLog2,
                   int32_t finest, int64_t samples);

/// output = the sum of each window, padding as zeros.
///
/// Shape:  `input` [samples][channels][height][width]; `output` [samples][channels][outHeight][outWidth].
/// Errors: none. The compiler has proved that the sums fit.
/// Source: arithmetic.md section 4.
void sumPool(const PoolWindow &window, BufferView input, BufferView output, int64_t samples);

/// result = 0, then each error is added at every position of its window (overwrites).
///
/// Shape:  `error` as sumPool's output, `result` as its input.
/// Errors: none. The compiler has proved that the sums of overlapping windows fit.
/// Source: arithmetic.md section 6.
void sumPoolSpread(const PoolWindow &window, BufferView error, BufferView result, int64_t samples);

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_SUMKERNELS_H
