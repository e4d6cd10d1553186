//===- Passes.h - from onnx to wage -------------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_ONNXTOWAGE_PASSES_H
#define WAGE_COMPILER_CONVERSION_ONNXTOWAGE_PASSES_H

#include "dialects/wage/IR/WageTypes.h"

#include "mlir/Pass/Pass.h"

namespace wage {

/// What the master weights start from: the model's own weights, or a uniform draw. Source: arithmetic.md section 3.
enum class Initialization { Model, Wage, Pretrained };

#define GEN_PASS_DECL
#include "compiler/Conversion/OnnxToWage/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "compiler/Conversion/OnnxToWage/Passes.h.inc"

} // namespace wage

#endif // WAGE_COMPILER_CONVERSION_ONNXTOWAGE_PASSES_H
