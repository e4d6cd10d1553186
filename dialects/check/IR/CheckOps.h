//===- CheckOps.h - assertions for tests ---------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_CHECK_IR_CHECKOPS_H
#define WAGE_DIALECTS_CHECK_IR_CHECKOPS_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"

#include "dialects/check/IR/CheckDialect.h.inc"

#define GET_OP_CLASSES
#include "dialects/check/IR/CheckOps.h.inc"

#endif // WAGE_DIALECTS_CHECK_IR_CHECKOPS_H
