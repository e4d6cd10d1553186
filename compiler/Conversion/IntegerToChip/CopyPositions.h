//===- CopyPositions.h - layers computed in bands of rows -------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_COPYPOSITIONS_H
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_COPYPOSITIONS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <vector>

namespace wage::chip {

/// The linear layers of a function of the integer level, in their order: what multiplies activations with weights.
std::vector<mlir::Operation *> linearLayers(mlir::func::FuncOp function);

/// The bands of rows that `copies` position copies of a linear layer compute: their first rows, from 0, and behind them the
/// number of rows. As many as asked for, or fewer where pools behind the layer need rows together; one of a layer without rows.
std::vector<int64_t> bandEdges(mlir::Operation *layer, int64_t copies);

/// A number of copies that a layer can have, and the shares of its output and of its input that the busiest of them has.
struct CopyChoice {
  int64_t copies = 1;
  double ofOutput = 1, ofInput = 1;
};
/// The choices for a linear layer, one copy first; beyond four not every number.
std::vector<CopyChoice> copyChoices(mlir::Operation *layer);

/// How many copies each linear layer is to have, one where nothing is said. Texts: N for all layers, or LAYER:N; later ones win.
/// Errors: no number from 1, a layer that is not there.
llvm::Expected<std::vector<int64_t>> readCopies(mlir::func::FuncOp function, llvm::ArrayRef<std::string> texts);

/// Gives linear layer i of the function `copies[i]` position copies (beyond the list: one), as `bandEdges` says. Each computes a
/// band of the output's rows and all that follows of it; the backward pass is cut alike, gradients of the copies are summed, and
/// the numbers stay what they are. The function must be of the integer level.
void copyPositions(mlir::func::FuncOp function, llvm::ArrayRef<int64_t> copies);

} // namespace wage::chip

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_COPYPOSITIONS_H
