//===- KnownIntegers.h - integers that are known when compiling ----*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_EXPORT_KNOWNINTEGERS_H
#define WAGE_COMPILER_EXPORT_KNOWNINTEGERS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "llvm/ADT/DenseMap.h"

#include <cstdint>
#include <vector>

namespace wage {

/// The elements of a function's values that no input changes: weights, biases, and weights behind their Q_W. A weight that
/// training would change counts as what it is before the first step.
class KnownIntegers {
public:
  /// `function` is at the integer level.
  explicit KnownIntegers(mlir::func::FuncOp function);

  /// The elements of `value`, row-major; null if they depend on the input.
  const std::vector<int64_t> *find(mlir::Value value) const;

private:
  void evaluate(mlir::Operation *op);

  llvm::DenseMap<mlir::Value, std::vector<int64_t>> elements;
};

} // namespace wage

#endif // WAGE_COMPILER_EXPORT_KNOWNINTEGERS_H
