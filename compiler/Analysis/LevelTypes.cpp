//===- LevelTypes.cpp - which types may stand at a level ---------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Analysis/LevelTypes.h"

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"

using namespace mlir;

namespace wage {

LogicalResult verifyLevelTypes(Operation *op, function_ref<bool(Type)> isAdmitted, StringRef needed) {
  const auto verify = [&](StringRef what, TypeRange types) -> LogicalResult {
    for (Type type : types)
      if (!isAdmitted(type))
        return op->emitOpError() << what << " is " << type << ", " << needed;
    return success();
  };
  if (auto global = dyn_cast<ml_program::GlobalOp>(op))
    return verify("its value", global.getType());
  if (failed(verify("its result", op->getResultTypes())))
    return failure();
  for (Region &region : op->getRegions())
    for (Block &block : region)
      if (failed(verify("its argument", block.getArgumentTypes())))
        return failure();
  return success();
}

} // namespace wage
