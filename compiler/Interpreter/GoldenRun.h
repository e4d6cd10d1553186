//===- GoldenRun.h - a training run as the golden model makes it ---*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_INTERPRETER_GOLDENRUN_H
#define WAGE_COMPILER_INTERPRETER_GOLDENRUN_H

#include "compiler/Interpreter/Tensor.h"

#include "mlir/IR/BuiltinOps.h"

#include <functional>
#include <string>

namespace wage::interpreter {

/// What a run is made of; see the options of wage-interpret.
struct RunOptions {
  std::string imagesPath, labelsPath, traceDir;
  int64_t batch = 1;
  std::vector<int64_t> lrLog2, traceSteps;
  uint64_t seed = 0;
  /// Takes the arrays in place of files in `traceDir`; then every step is traced.
  std::function<llvm::LogicalResult(const llvm::Twine &name, const Tensor &tensor)> sink = nullptr;
};

/// Runs all images through `@infer` and writes logits.npy.
/// Errors: reported at the module or the op. Source: arithmetic.md section 4.
llvm::LogicalResult runInference(mlir::ModuleOp module, const RunOptions &options);

/// Trains through `@train` and writes the arrays of the golden model.
/// Errors: reported at the module or the op. Source: arithmetic.md sections 5 to 8; the golden model's case.json.
llvm::LogicalResult runTraining(mlir::ModuleOp module, const RunOptions &options);

} // namespace wage::interpreter

#endif // WAGE_COMPILER_INTERPRETER_GOLDENRUN_H
