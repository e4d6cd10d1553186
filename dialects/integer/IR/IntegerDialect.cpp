//===- IntegerDialect.cpp - registration of the integer level ----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "dialects/integer/IR/IntegerOps.h"

#include "dialects/integer/IR/IntegerDialect.cpp.inc"

#include "dialects/integer/IR/IntegerInterfaces.cpp.inc"

void wage::integer::IntegerDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/integer/IR/IntegerOps.cpp.inc"
      >();
}
