//===- RowBands.h - bands of rows that layers and pools work on ---*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_ROWBANDS_H
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_ROWBANDS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <vector>

namespace wage::chip {

//===----------------------------------------------------------------------===//
// Rows and windows
//===----------------------------------------------------------------------===//

/// Whether a value has a batch and planes: only these come in bands.
bool hasRows(mlir::Value value);
/// The rows of a value's planes. The value must have rows.
int64_t rowsOf(mlir::Value value);
/// The type of a value, with so many rows.
mlir::RankedTensorType withRows(mlir::Value value, int64_t rows);

/// Whether an operation does the same to every row, whatever stands in the others.
bool worksByRow(mlir::Operation *op);

/// Windows over rows, of a convolution or a pool.
struct RowWindows {
  int64_t reach, stride, padTop, padBottom, rowsIn, rowsOut;

  /// The first row that window `index` takes, in front of the plane if negative.
  int64_t begin(int64_t index) const { return index * stride - padTop; }
  /// How many windows begin before a row.
  int64_t countBefore(int64_t row) const;
  /// The first window that takes a row behind `row` or this.
  int64_t firstReaching(int64_t row) const;
};

/// The windows of a convolution, a pool or a pool's backward rule. The operation must be one of these.
RowWindows windowsOf(mlir::Operation *op);

/// The rows of its input that windows [begin, end) need, and the padding around these.
struct InputRows {
  int64_t begin, end, padTop, padBottom;
};
InputRows inputRows(const RowWindows &windows, int64_t begin, int64_t end);

//===----------------------------------------------------------------------===//
// Copies of layers
//===----------------------------------------------------------------------===//

/// The linear layers of a function of the integer level, in their order: what multiplies activations with weights.
std::vector<mlir::Operation *> linearLayers(mlir::func::FuncOp function);

/// The bands of rows that `copies` position copies of a linear layer compute: their first rows, from 0, and behind them the
/// number of rows. As many as asked for, or fewer where windows of pools behind the layer leave no more; one of a layer without
/// rows.
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

} // namespace wage::chip

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_ROWBANDS_H
