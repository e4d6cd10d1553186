//===- BoundAnalysis.h - how large every integer can become --------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_ANALYSIS_BOUNDANALYSIS_H
#define WAGE_COMPILER_ANALYSIS_BOUNDANALYSIS_H

#include "dialects/integer/IR/IntegerOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/BuiltinOps.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

#include <string>

namespace wage {

/// The largest magnitude that the integer level admits: rounding and comparing 64-bit integers stay exact below 2^62.
inline constexpr uint64_t largestAdmittedBound = (uint64_t(1) << 62) - 1;

/// Proves a bound for every tensor of the functions of an integer-level module, by one walk in program order.
///
/// Each op answers for itself (integer::BoundOpInterface). Weights that cannot change (globals that are not mutable,
/// constants) are known element by element; a mutable global is as large as its initial value and whatever is stored
/// into it. An op that cannot answer is as large as its type, which is true and never wrong.
/// Source: arithmetic.md section 1.
class BoundAnalysis {
public:
  /// `module` is at the integer level; `batch` is the largest batch, for dynamic first dimensions.
  BoundAnalysis(mlir::ModuleOp module, uint64_t batch);

  /// The bound of a value of one of the module's functions.
  const integer::Bound &getBound(mlir::Value value) const;

private:
  struct Global {
    integer::Bound bound;
    mlir::Attribute elements; ///< null if they may change
  };
  void analyzeConstant(mlir::Value value, mlir::Attribute elements);
  void analyzeGlobal(mlir::ml_program::GlobalOp global);
  void analyzeStore(mlir::ml_program::GlobalStoreOp store);
  void analyzeOperation(mlir::Operation *op);
  void inferBounds(integer::BoundOpInterface op);

  uint64_t batch;
  llvm::DenseMap<mlir::Value, integer::Bound> bounds;
  llvm::StringMap<Global> globals;
  /// Known elements. An op that asks for them gets them in 64 bits while it does: all at once would take eight times the weights.
  llvm::DenseMap<mlir::Value, mlir::Attribute> constants;
};

/// Analyses a module whose `wage.config` says the largest batch.
///
/// Errors: reported at the module, which has no `wage.config`.
mlir::FailureOr<BoundAnalysis> analyzeBounds(mlir::ModuleOp module);

/// Returns a magnitude as tables and diagnostics have it: beyond 64 bits none is told from another.
std::string describeBound(uint64_t magnitude);

/// Returns the name of the ONNX node an op came from: the innermost NameLoc of its location, or "" if it has none.
llvm::StringRef nodeName(mlir::Operation *op);

} // namespace wage

#endif // WAGE_COMPILER_ANALYSIS_BOUNDANALYSIS_H
