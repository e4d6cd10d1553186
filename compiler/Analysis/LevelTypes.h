//===- LevelTypes.h - which types may stand at a level --------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_ANALYSIS_LEVELTYPES_H
#define WAGE_COMPILER_ANALYSIS_LEVELTYPES_H

#include "mlir/IR/Operation.h"

namespace wage {

/// Checks the types that `op` brings: its results', its blocks' arguments', and of a global its value's.
///
/// Errors: one diagnostic, at the first type that the level does not admit; `needed` says what it does: "the X level needs ...".
mlir::LogicalResult verifyLevelTypes(mlir::Operation *op, llvm::function_ref<bool(mlir::Type)> isAdmitted,
                                     llvm::StringRef needed);

} // namespace wage

#endif // WAGE_COMPILER_ANALYSIS_LEVELTYPES_H
