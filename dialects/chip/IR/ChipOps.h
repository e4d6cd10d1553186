//===- ChipOps.h - the chip dialect ------------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_CHIP_IR_CHIPOPS_H
#define WAGE_DIALECTS_CHIP_IR_CHIPOPS_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"

#include "dialects/chip/IR/ChipDialect.h.inc"

#define GET_OP_CLASSES
#include "dialects/chip/IR/ChipOps.h.inc"

#endif // WAGE_DIALECTS_CHIP_IR_CHIPOPS_H
