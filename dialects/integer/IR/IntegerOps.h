//===- IntegerOps.h - the integer level's dialect and operations ---*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_INTEGER_IR_INTEGEROPS_H
#define WAGE_DIALECTS_INTEGER_IR_INTEGEROPS_H

#include "dialects/integer/IR/IntegerBound.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/integer/IR/IntegerDialect.h.inc"

#include "dialects/integer/IR/IntegerInterfaces.h.inc"

#define GET_OP_CLASSES
#include "dialects/integer/IR/IntegerOps.h.inc"

namespace wage::integer {

/// Returns how many windows of `kernel` elements, `stride` apart, fit into `extent` elements and their padding.
///
/// Errors: none; 0 when not one window fits. Requires stride > 0.
/// Source: arithmetic.md section 4 (the convolution and pooling of ONNX, ceil_mode = 0).
int64_t countWindows(int64_t extent, int64_t padBefore, int64_t padAfter, int64_t kernel, int64_t stride);

} // namespace wage::integer

#endif // WAGE_DIALECTS_INTEGER_IR_INTEGEROPS_H
