//===- WageTypes.h - types, attributes and enumerations of wage -------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_WAGE_IR_WAGETYPES_H
#define WAGE_DIALECTS_WAGE_IR_WAGETYPES_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"

#include "dialects/wage/IR/WageDialect.h.inc"
#include "dialects/wage/IR/WageEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/wage/IR/WageAttrs.h.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/wage/IR/WageTypes.h.inc"

namespace wage {

/// The grid of a tensor's elements. Requires an element type !wage.grid, asserted.
GridType getGrid(mlir::Value value);

/// A tensor of the shape of `value` on `grid`.
mlir::RankedTensorType withGrid(mlir::Value value, GridType grid);

/// The configuration that `op`'s module was quantised with; null where it has none.
ConfigAttr getConfig(mlir::Operation *op);

} // namespace wage

#endif // WAGE_DIALECTS_WAGE_IR_WAGETYPES_H
