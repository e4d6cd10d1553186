//===- Movement.h - copies that operations on shapes stand for - -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_ONNXTOWAGE_MOVEMENT_H
#define WAGE_COMPILER_CONVERSION_ONNXTOWAGE_MOVEMENT_H

#include "mlir/IR/Operation.h"

#include "llvm/ADT/SmallVector.h"

#include <string>

namespace wage {

/// A copy as `wage.rearrange` has it: for every index i of the box `sizes`, element to[0] + sum of i_d * to[1 + d] of the
/// result is element from[0] + sum of i_d * from[1 + d] of the input, both within a sample.
struct Box {
  llvm::SmallVector<int64_t> sizes, from, to;
};

/// The copies whose sum (what is not written is 0) is the result of a Transpose, Slice, Pad or Gather of the onnx level.
/// A Gather takes as many copies as its indices have runs of equal steps.
///
/// Errors: nothing, and `why` says what is not supported.
std::optional<llvm::SmallVector<Box>> describeMovement(mlir::Operation *op, std::string &why);

/// The copy that broadcasts a value of shape `from` to `to`, both with the batch in front. Requires that it can be.
Box describeBroadcast(llvm::ArrayRef<int64_t> from, llvm::ArrayRef<int64_t> to);

/// The copy that reorders the dimensions of a value of shape `from` (with the batch in front, which stays there).
Box describeTranspose(llvm::ArrayRef<int64_t> from, llvm::ArrayRef<int64_t> permutation);

} // namespace wage

#endif // WAGE_COMPILER_CONVERSION_ONNXTOWAGE_MOVEMENT_H
