//===- InferenceRules.h - rules of ops that two levels have -----------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Tables, concatenation and rearrangement mean the same on the wage and on the integer level, so that their verifiers say
// the same: written once, here.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_INTEGER_IR_INFERENCERULES_H
#define WAGE_DIALECTS_INTEGER_IR_INFERENCERULES_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"

namespace wage::integer {

/// `tables` is [T, 2^k] with k = 2...16 and T = 1 or the channels of `input`. Errors: reported at `op`.
mlir::LogicalResult verifyTables(mlir::Operation *op, mlir::Value input, mlir::ShapedType tables);

/// The operands of `op` behind one another along dimension 1 are `result`. Errors: reported at `op`.
mlir::LogicalResult verifyConcatenation(mlir::Operation *op, mlir::ValueRange inputs, mlir::Value result);

/// The three lists move elements of a sample of `input` to one of `result`. Errors: reported at `op`.
/// Source: runtime/Numerics/Rearrangement.h.
mlir::LogicalResult verifyRearrangement(mlir::Operation *op, mlir::Value input, mlir::Value result,
                                        llvm::ArrayRef<int64_t> sizes, llvm::ArrayRef<int64_t> from,
                                        llvm::ArrayRef<int64_t> to);

} // namespace wage::integer

#endif // WAGE_DIALECTS_INTEGER_IR_INFERENCERULES_H
