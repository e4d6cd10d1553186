//===- WeightScale.h - the power-of-two scale of a neuron's weights -*- C++ -*- ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_QUANTIZATION_WEIGHTSCALE_H
#define WAGE_COMPILER_QUANTIZATION_WEIGHTSCALE_H

#include "mlir/Support/LLVM.h"

#include <cstdint>

namespace wage {

/// Returns x of least squared error of w ~ n·σ(k_W)·2^-x over a channel's weights, n a k_W-bit integer, -8 <= x <= 24; of equals
/// the smallest. The channel is the elements first + i·step, i in [0, count).
///
/// Errors: none. Requires finite weights.
/// Source: arithmetic.md section 3 (`--init=pretrained`).
int fitScale(llvm::ArrayRef<float> weights, int64_t first, int64_t step, int64_t count, int weightBits);

} // namespace wage

#endif // WAGE_COMPILER_QUANTIZATION_WEIGHTSCALE_H
