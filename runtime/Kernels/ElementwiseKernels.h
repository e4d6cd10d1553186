//===- ElementwiseKernels.h - kernels without a product ---------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Shifts, clips, masks, pooling and bias over batches. A kernel walks `samples` slices of `elements` elements each, as its
// BufferViews describe them, and takes every ElementType for every operand unless it says otherwise. Where a result may be
// written over an operand it is said. Buffers are aligned to their element type, no more. No kernel allocates.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_ELEMENTWISEKERNELS_H
#define WAGE_RUNTIME_KERNELS_ELEMENTWISEKERNELS_H

#include "runtime/Kernels/LinearProducts.h"
#include "runtime/Numerics/SpikeCode.h"

namespace wage::rt {

/// The window of a pooling operation over [channels, height, width]; padding never wins and takes no error.
struct PoolWindow {
  int32_t channels = 1, height = 1, width = 1;
  int32_t kernelHeight = 1, kernelWidth = 1;
  int32_t strideY = 1, strideX = 1;
  int32_t padTop = 0, padLeft = 0; ///< bottom and right follow from outHeight and outWidth
  int32_t outHeight = 1, outWidth = 1;

  int64_t inputElements() const { return int64_t(channels) * height * width; }
  int64_t outputElements() const { return int64_t(channels) * outHeight * outWidth; }
};

/// output = clip(round_shift(input, shift), bits), as wage::rt::shiftClip of each element.
///
/// Shape:  elementwise; `output` may be `input` where the types are equal.
/// Units:  |input| < 2^62; any `shift`, of either sign. The result fits `output`'s type: bits <= its width.
/// Source: arithmetic.md sections 1, 4 and 6.
void shiftClip(BufferView input, BufferView output, int64_t elements, int64_t samples, int shift, int bits,
               Rounding rounding);

/// output = what neurons emit that have integrated `input`, as wage::rt::fire of each element.
///
/// Shape:  elementwise; `output` Int8 or Int16.
/// Units:  thresholdLog2 from -63 to 63; every input. The result fits `output`'s type: bits <= its width.
/// Source: arithmetic.md section 10.
void fireNeurons(BufferView input, BufferView output, int64_t elements, int64_t samples, int thresholdLog2, int bits,
                 bool isSigned);

/// Counts elements that are 0 and elements whose magnitude is `limit`; adds to what stands there.
///
/// Shape:  elementwise; samples of `elements` each.
void countValues(BufferView view, int64_t elements, int64_t samples, int64_t limit, uint64_t &zero, uint64_t &atLimit);

/// output = max(input, 0).
///
/// Shape:  elementwise, both of one type; `output` may be `input`.
/// Source: arithmetic.md section 4.
void relu(BufferView input, BufferView output, int64_t elements, int64_t samples);

/// mask = |input| <= limit: the mask of Q_A's clip, from the unrounded value; equality passes.
///
/// Shape:  elementwise; `mask` is a Mask, 1 where the error passes, else 0.
/// Units:  `limit` >= 0, on the grid of `input`.
/// Source: arithmetic.md section 6, step 1.
void within(BufferView input, BufferView mask, int64_t elements, int64_t samples, int64_t limit);

/// mask = input > 0: the mask of a Relu, from the value before it. Shape: as within.
/// Source: arithmetic.md section 6, step 3.
void positive(BufferView input, BufferView mask, int64_t elements, int64_t samples);

/// output = mask ? input : 0.
///
/// Shape:  elementwise, input and output of one type; `output` may be `input`.
/// Source: arithmetic.md section 6.
void applyMask(BufferView input, BufferView mask, BufferView output, int64_t elements, int64_t samples);

/// accumulators[s][c][p] += bias[c], in place.
///
/// Shape:  `accumulators` [samples][channels][plane], Int32 or Int64; `bias` [channels].
/// Errors: none. The compiler has proved that the sum fits.
/// Source: arithmetic.md sections 3 and 4.
void addBias(BufferView accumulators, int64_t channels, int64_t plane, const int64_t *bias, int64_t samples);

/// destination += source, in place.
///
/// Shape:  elementwise.
/// Errors: none. The compiler has proved that the sum fits the destination's type.
void addInto(BufferView destination, BufferView source, int64_t elements, int64_t samples);

/// output = input in the element type of `output`, which must hold it: a copy that may widen or narrow.
/// Shape: elementwise.
void convert(BufferView input, BufferView output, int64_t elements, int64_t samples);

/// output = table[input]: the input encoder.
///
/// Shape:  `bytes` [samples][elements], dense; `table` 256 entries that fit `output`'s type.
/// Source: arithmetic.md section 2.
void lookUp(const uint8_t *bytes, const int16_t *table, BufferView output, int64_t elements, int64_t samples);

/// values = the maximum of each window; positions = i * kernelWidth + j of the first maximum in row-major window order.
///
/// Shape:  `input` [samples][channels][height][width]; `values` and `positions` [samples][channels][outHeight][outWidth].
///         `values` holds what `input` holds, `positions` holds kernelHeight * kernelWidth - 1. Null `positions.data`: not
///         wanted (inference).
/// Errors: none. Every window holds at least one element: each pad is smaller than its kernel.
/// Source: arithmetic.md section 4.
void maxPool(const PoolWindow &window, BufferView input, BufferView values, BufferView positions, int64_t samples);

/// result = 0, then each error is added at the element that `positions` names (overwrites).
///
/// Shape:  `error` and `positions` as maxPool's results, `result` as its input.
/// Errors: none. The compiler has proved that the sums of overlapping windows fit; positions come from maxPool.
/// Source: arithmetic.md section 6.
void maxPoolScatter(const PoolWindow &window, BufferView error, BufferView positions, BufferView result,
                    int64_t samples);

/// output[s][c] = input[s][c] - (firstClass + c == labels[s] ? 2^shift : 0): the error of SSE at the output.
///
/// Shape:  `input` and `output` [samples][classes]; `labels` [samples]; `firstClass` is the class of c = 0, for blocks that
///         hold part of the classes. `output` may be `input` where the types are equal.
/// Units:  0 <= shift < 62.
/// Source: arithmetic.md section 5.
void subtractOneHot(BufferView input, const uint32_t *labels, int64_t firstClass, int shift, BufferView output,
                    int64_t classes, int64_t samples);

/// Returns max|view|; the maximum of nothing is 0.
/// Source: arithmetic.md sections 6 and 7.
uint64_t maxAbs(BufferView view, int64_t elements, int64_t samples);

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_ELEMENTWISEKERNELS_H
