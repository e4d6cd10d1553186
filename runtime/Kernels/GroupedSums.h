//===- GroupedSums.h - forward sums of groups of one neuron ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

// Private to runtime/Kernels. Where every neuron has a group of its own, as in a depthwise layer, no row of weights shares
// its input with another: there is no matrix to multiply, only rows of the image to scale and add.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_GROUPEDSUMS_H
#define WAGE_RUNTIME_KERNELS_GROUPEDSUMS_H

#include "runtime/Kernels/PaddedImages.h"

namespace wage::rt {

/// Whether `groupedSums` is the better way; measured, two neurons to a group are the matrix product's already.
inline bool takesGroupedSums(const LinearBlock &block) { return block.groups > 1 && block.neuronsPerGroup() == 1; }

/// The forward product of `samples` samples whose padded images stand in `images`, laid out as `layout`.
///
/// Shape:  `weights` [neurons][rowsPerNeuron]; `output` [samples][neurons][positions], Int32 or Int64 (overwrites).
/// Errors: none. Requires takesGroupedSums(block). Sums that the compiler has not proved wrap.
void groupedSums(const LinearBlock &block, const PaddedImages &layout, const int16_t *images, const int8_t *weights,
                 BufferView output, int64_t samples);

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_GROUPEDSUMS_H
