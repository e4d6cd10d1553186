//===- HostTensors.h - what the integers are worth, kept behind the grids ------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_WAGETOINTEGER_HOSTTENSORS_H
#define WAGE_COMPILER_CONVERSION_WAGETOINTEGER_HOSTTENSORS_H

#include "mlir/IR/BuiltinOps.h"

namespace wage {

/// Writes `wage.input` and `wage.output` of @infer's own shapes and grids onto a module of the wage level, where it has none:
/// below that level nobody knows what an integer is worth. Does nothing where @infer has no encoded input or no grid to go by.
void stateHostTensors(mlir::ModuleOp module);

} // namespace wage

#endif // WAGE_COMPILER_CONVERSION_WAGETOINTEGER_HOSTTENSORS_H
