//===- WageInterfaces.h - what passes ask of a wage op ----------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_WAGE_IR_WAGEINTERFACES_H
#define WAGE_DIALECTS_WAGE_IR_WAGEINTERFACES_H

#include "dialects/wage/IR/WageTypes.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

namespace wage {

/// What the backward rule of an op sees of the pass that differentiates: which errors are wanted, and where to put
/// them.
class ErrorFlow {
public:
  ErrorFlow(mlir::OpBuilder &builder, ConfigAttr config) : builder(builder), config(config) {}
  virtual ~ErrorFlow() = default;

  /// Writes the backward pass, behind everything forward. What belongs to the forward pass, a mask of a forward value,
  /// is built at its op instead.
  mlir::OpBuilder &getBuilder() { return builder; }

  /// Widths and rounding of the errors.
  ConfigAttr getConfig() const { return config; }

  /// Whether `value` or anything upstream of it uses an error: a parameter, or, where no layer is frozen, an op with
  /// `usesError`. No error is
  /// formed for the network's input. Source: arithmetic.md section 6.
  virtual bool wantsError(mlir::Value value) const = 0;

  /// Hands `error` to `value`. Requires wantsError(value).
  virtual void sendError(mlir::Value value, mlir::Value error) = 0;

  /// Records a Q_E: `exponent` is a result of the training step, `error` the tensor that traces show for it.
  virtual void addQuantizedError(mlir::Value error, mlir::Value exponent) = 0;

private:
  mlir::OpBuilder &builder;
  ConfigAttr config;
};

} // namespace wage

#include "dialects/wage/IR/WageInterfaces.h.inc"

#endif // WAGE_DIALECTS_WAGE_IR_WAGEINTERFACES_H
