//===- CheckOps.cpp - registration and verifiers of the check dialect --------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "dialects/check/IR/CheckOps.h"

#include "mlir/IR/TypeUtilities.h"

#include "dialects/check/IR/CheckDialect.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/check/IR/CheckOps.cpp.inc"

void wage::check::CheckDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/check/IR/CheckOps.cpp.inc"
      >();
}

mlir::LogicalResult wage::check::ExpectEqOp::verify() {
  const auto expected = mlir::cast<mlir::ShapedType>(getExpected().getShapedType());
  if (expected.getElementType() == mlir::getElementTypeOrSelf(getValue()) &&
      mlir::succeeded(mlir::verifyCompatibleShape(expected, getValue().getType())))
    return mlir::success();
  return emitOpError() << "expected must have the value's shape and element type, got " << expected << " for "
                       << getValue().getType();
}
