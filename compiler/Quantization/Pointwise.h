//===- Pointwise.h - values that are functions of one other value ----*- C++ -*--===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_QUANTIZATION_POINTWISE_H
#define WAGE_COMPILER_QUANTIZATION_POINTWISE_H

#include "dialects/onnx/IR/OnnxOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "llvm/ADT/DenseMap.h"

#include <vector>

namespace wage {

/// One number for all, or one per channel (dimension 1 of the value they go with).
using ChannelNumbers = std::vector<double>;

/// The numbers of `constant`, an operand of an elementwise operation whose result is `result`.
///
/// Errors: nothing if it depends on the input, has no readable numbers, or has different numbers along another dimension.
std::optional<ChannelNumbers> readChannelNumbers(mlir::Value constant, mlir::Value result,
                                                 mlir::SymbolTableCollection &symbols);

/// Which values of a float graph are, element by element, functions of one other value: chains and small graphs of unary
/// functions and of constants per channel, as in x * sigmoid(x). On integers such a value is one table of its base,
/// whatever stands between: no rounding but the last. Source: arithmetic.md section 9.
///
/// Not functions but what the accumulator does exactly: a Relu of a value that is none, a bias behind a linear layer, a
/// positive constant factor (it changes what a step is worth).
class Pointwise {
public:
  explicit Pointwise(mlir::func::FuncOp main);

  /// The value that `value` is a function of: itself if of none.
  mlir::Value getBase(mlir::Value value) const;
  bool isFunction(mlir::Value value) const { return bases.contains(value); }

  /// How many functions `value` is, of its base: 1, or one per channel. Requires isFunction.
  int64_t countChannels(mlir::Value value) const;
  /// `value` where its base is `x` in channel `channel`; may be infinite or no number.
  double evaluate(mlir::Value value, int64_t channel, double x) const;

  /// A positive factor that is all that `op` does, the same for all channels.
  std::optional<double> getFactor(mlir::Operation *op) const;
  /// Whether `op` adds a constant per channel behind a linear layer.
  bool isBias(mlir::Operation *op) const;

private:
  void visit(mlir::Operation *op);
  std::optional<mlir::Value> commonBase(mlir::Operation *op) const;
  double evaluateOperand(mlir::OpOperand &operand, int64_t channel, double x) const;

  llvm::DenseMap<mlir::Value, mlir::Value> bases;              ///< of values that are functions
  llvm::DenseMap<mlir::OpOperand *, ChannelNumbers> constants; ///< operands of elementwise operations
  llvm::DenseSet<mlir::Value> sums;                            ///< of linear layers, biases added
};

} // namespace wage

#endif // WAGE_COMPILER_QUANTIZATION_POINTWISE_H
