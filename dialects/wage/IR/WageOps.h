//===- WageOps.h - the wage level's dialect and operations ------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_WAGE_IR_WAGEOPS_H
#define WAGE_DIALECTS_WAGE_IR_WAGEOPS_H

#include "dialects/wage/IR/WageInterfaces.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#define GET_OP_CLASSES
#include "dialects/wage/IR/WageOps.h.inc"

namespace wage {

/// Grid of a sum of `operand` x weight products, forward or transposed: one step is worth a step of the operand times a
/// step of the weights, divided by the largest alpha, 2^max(scaleLog2), to whose grid the other channels are shifted.
/// Source: arithmetic.md sections 3, 4 and 6.
GridType getProductGrid(GridType operand, GridType weights, llvm::ArrayRef<int32_t> scaleLog2);

/// ceil(log2 n) for windows of n = kernel[0] * kernel[1] elements: how much finer the grid of their sum is. Source: section 4.
int getAverageShift(llvm::ArrayRef<int64_t> kernel);

} // namespace wage

#endif // WAGE_DIALECTS_WAGE_IR_WAGEOPS_H
