//===- Evaluator.h - runs functions of the wage and integer level --*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_INTERPRETER_EVALUATOR_H
#define WAGE_COMPILER_INTERPRETER_EVALUATOR_H

#include "compiler/Interpreter/Tensor.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

#include <functional>

namespace wage::interpreter {

/// The values of one call.
class Frame {
public:
  /// Requires that the value was set; SSA order guarantees it.
  const Tensor &get(mlir::Value value) const { return values.find(value)->second; }
  /// The one element of a scalar.
  int64_t getScalar(mlir::Value value) const { return get(value).elements.front(); }
  /// Errors: an element that the value's type cannot hold: nothing wraps at these levels.
  llvm::LogicalResult set(mlir::Value value, Tensor tensor);

private:
  llvm::DenseMap<mlir::Value, Tensor> values;
};

/// Evaluates functions of a module op by op; mutable globals keep what calls store into them.
class Evaluator {
public:
  /// Called with every op that carries `wage.trace`, the attribute's text, and the op's first result.
  using Observer = std::function<void(llvm::StringRef trace, const Tensor &tensor)>;

  /// Called behind every op; may set what the op made to something else. Errors: those of the caller, which end the run.
  using Adjuster = std::function<llvm::LogicalResult(mlir::Operation &op, Frame &frame)>;

  explicit Evaluator(mlir::ModuleOp module) : module(module) {}

  /// Gives every global its initial value.
  ///
  /// Errors: a global without a readable initial value, reported at the global.
  llvm::LogicalResult initialize();

  /// Runs `function` and returns its results. `arguments` have the shapes of its parameters, the batch filled in.
  ///
  /// Errors: an op without a meaning here, an element no type holds, an assertion of the check dialect that fails; all
  /// reported at the op.
  llvm::FailureOr<std::vector<Tensor>> call(mlir::func::FuncOp function, std::vector<Tensor> arguments);

  /// The current value of a global. Requires that it exists.
  const Tensor &getGlobal(llvm::StringRef name) const { return globals.find(name)->second; }

  void setObserver(Observer newObserver) { observer = std::move(newObserver); }
  void setAdjuster(Adjuster newAdjuster) { adjuster = std::move(newAdjuster); }

private:
  llvm::LogicalResult evaluate(mlir::Operation *op, Frame &frame);
  void observe(mlir::Operation &op, llvm::StringRef trace, const Tensor &tensor, llvm::StringMap<Tensor> &bands);

  mlir::ModuleOp module;
  llvm::StringMap<Tensor> globals;
  Observer observer;
  Adjuster adjuster;
};

/// One op of the integer level. Errors: reported at the op.
llvm::LogicalResult evaluateInteger(mlir::Operation *op, Frame &frame);

/// One op of the wage level. Errors: reported at the op.
llvm::LogicalResult evaluateWage(mlir::Operation *op, Frame &frame);

} // namespace wage::interpreter

#endif // WAGE_COMPILER_INTERPRETER_EVALUATOR_H
