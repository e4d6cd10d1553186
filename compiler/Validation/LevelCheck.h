//===- LevelCheck.h - whether passes change what a network computes ----*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_VALIDATION_LEVELCHECK_H
#define WAGE_COMPILER_VALIDATION_LEVELCHECK_H

#include "compiler/Interpreter/GoldenRun.h"

#include "mlir/Pass/PassInstrumentation.h"

#include <map>
#include <memory>
#include <optional>

namespace wage::validation {

/// What a module computes at one point of a pipeline.
struct Snapshot {
  std::string level, pass; ///< onnx, wage, integer or chip; the pass behind which it was taken
  /// Of the onnx level: the outputs of all samples, one behind the other.
  std::vector<double> reals;
  /// Of the others, exact, under the golden model's names; `untrained.logits` before any step.
  std::map<std::string, interpreter::Tensor> arrays;
};

/// What all snapshots of a run have in common, and what was found.
class LevelCheck {
public:
  /// Samples are those of RunOptions: images, and for training labels and one learning rate per step. Findings go to
  /// `report`, one line for each snapshot.
  LevelCheck(interpreter::RunOptions samples, llvm::raw_ostream &report)
      : samples(std::move(samples)), report(report) {}

  /// Interprets `module` as it is behind `pass`, and compares it with the snapshot before: floats to a thousandth, integers
  /// exactly. Modules between levels, and chip programs that have no addresses yet, are left out.
  void look(mlir::ModuleOp module, llvm::StringRef pass);

  /// Whether something differed or could not be interpreted; reported at the module.
  bool hasFailed() const { return failed; }

private:
  std::optional<Snapshot> take(mlir::ModuleOp module);
  bool compare(const Snapshot &before, const Snapshot &now, std::string &text) const;

  interpreter::RunOptions samples;
  llvm::raw_ostream &report;
  std::optional<Snapshot> last;
  bool failed = false;
};

/// Looks at the top module behind every pass.
class LevelCheckInstrumentation : public mlir::PassInstrumentation {
public:
  explicit LevelCheckInstrumentation(LevelCheck &check) : check(check) {}
  void runAfterPass(mlir::Pass *pass, mlir::Operation *op) override;

private:
  LevelCheck &check;
};

} // namespace wage::validation

#endif // WAGE_COMPILER_VALIDATION_LEVELCHECK_H
