//===- ChipRun.h - what a chip program computes, as arrays -------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_VALIDATION_CHIPRUN_H
#define WAGE_COMPILER_VALIDATION_CHIPRUN_H

#include "compiler/Interpreter/GoldenRun.h"
#include "runtime/Format/Program.h"

#include <map>

namespace wage::validation {

/// Runs a verified program on both engines, as wage-interpret runs the levels above: `untrained.logits`, and with labels the
/// arrays of training.
///
/// Errors, reported at the module: samples that cannot be read or do not fit; engines that differ; those of an engine.
llvm::LogicalResult runChip(mlir::ModuleOp module, const rt::Program &program, const interpreter::RunOptions &samples,
                            std::map<std::string, interpreter::Tensor> &arrays);

} // namespace wage::validation

#endif // WAGE_COMPILER_VALIDATION_CHIPRUN_H
