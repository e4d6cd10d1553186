//===- CopyPositions.h - layers computed in bands of rows -------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_COPYPOSITIONS_H
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_COPYPOSITIONS_H

#include "compiler/Conversion/IntegerToChip/RowBands.h"

namespace wage::chip {

/// Gives linear layer i of the function `copies[i]` position copies (beyond the list: one), as `bandEdges` says. Each computes a
/// band of the output's rows and all that follows of it; the backward pass is cut alike, gradients of the copies are summed, and
/// the numbers stay what they are. The function must be of the integer level.
void copyPositions(mlir::func::FuncOp function, llvm::ArrayRef<int64_t> copies);

} // namespace wage::chip

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_COPYPOSITIONS_H
