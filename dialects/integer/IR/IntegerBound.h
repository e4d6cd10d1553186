//===- IntegerBound.h - the largest magnitude of a tensor's elements -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_INTEGER_IR_INTEGERBOUND_H
#define WAGE_DIALECTS_INTEGER_IR_INTEGERBOUND_H

#include "mlir/IR/Operation.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>

namespace wage::integer {

/// A proved bound: |element| <= magnitude for every element of a tensor, whatever the input.
///
/// Units:  integers as they stand in the tensor. Bounds saturate at 2^64 - 1, beyond what the level admits.
/// Source: arithmetic.md section 1.
struct Bound {
  uint64_t magnitude = 0;
  /// A bound per channel (dimension 1) where one is known; `magnitude` is then their largest.
  llvm::SmallVector<uint64_t, 0> channels;
  /// The elements themselves, row-major, where they are known when compiling; empty otherwise. Owned by the analysis.
  llvm::ArrayRef<int64_t> elements;

  Bound() = default;
  explicit Bound(uint64_t magnitude) : magnitude(magnitude) {}
  explicit Bound(llvm::SmallVector<uint64_t, 0> channels);
};

/// Returns the bits of the narrowest signed integer that holds ±magnitude: 1 for 0, 8 for 127, 9 for 128.
unsigned signedBits(uint64_t magnitude);

/// Verifies that each operand and result of `op` has less than 2^63 elements per sample, so that no product of its static
/// extents, of which bounds and counts are made, runs over 64 bits.
///
/// Errors: emitted at the op, by the tensor's type.
llvm::LogicalResult verifyCountable(mlir::Operation *op);

} // namespace wage::integer

#endif // WAGE_DIALECTS_INTEGER_IR_INTEGERBOUND_H
