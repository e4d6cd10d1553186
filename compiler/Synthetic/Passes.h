//===- Passes.h - networks made for measuring -------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_SYNTHETIC_PASSES_H
#define WAGE_COMPILER_SYNTHETIC_PASSES_H

#include "dialects/onnx/IR/OnnxOps.h"

#include "mlir/Pass/Pass.h"

namespace wage {

#define GEN_PASS_DECL
#include "compiler/Synthetic/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "compiler/Synthetic/Passes.h.inc"

} // namespace wage

#endif // WAGE_COMPILER_SYNTHETIC_PASSES_H
