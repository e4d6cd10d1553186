//===- Supported.h - which forms of a known operation are lowered ----*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_ONNXTOWAGE_SUPPORTED_H
#define WAGE_COMPILER_CONVERSION_ONNXTOWAGE_SUPPORTED_H

#include "mlir/IR/Operation.h"

#include <string>

namespace wage {

/// What of `op`, an operation of the onnx level that has a form on the wage level, has none there: groups, dilations, other
/// than two dimensions of space, matrices in stacks. Empty if nothing.
std::string whyNotLowered(mlir::Operation &op);

} // namespace wage

#endif // WAGE_COMPILER_CONVERSION_ONNXTOWAGE_SUPPORTED_H
