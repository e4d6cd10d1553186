//===- NumberRanges.h - between which numbers values of a float graph lie *- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_FLOATTRANSFORMS_NUMBERRANGES_H
#define WAGE_COMPILER_FLOATTRANSFORMS_NUMBERRANGES_H

#include "mlir/IR/Value.h"

#include "llvm/ADT/DenseMap.h"

#include <limits>

namespace wage::onnxir {

/// Least and largest number that a value may have.
struct NumberRange {
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
};

/// Which numbers the values of a graph can have, as far as its functions alone say: behind a Relu none is negative. Asked for
/// each value in order, every question is answered from its operands.
class NumberRanges {
public:
  NumberRange get(mlir::Value value);
  /// Says of `value` what its operation does not show.
  void set(mlir::Value value, NumberRange range) { known[value] = range; }

private:
  NumberRange infer(mlir::Value value);
  NumberRange unite(mlir::Operation *op);
  llvm::DenseMap<mlir::Value, NumberRange> known;
};

} // namespace wage::onnxir

#endif // WAGE_COMPILER_FLOATTRANSFORMS_NUMBERRANGES_H
