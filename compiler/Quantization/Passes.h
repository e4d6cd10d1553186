//===- Passes.h - grids from samples --------------------------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_QUANTIZATION_PASSES_H
#define WAGE_COMPILER_QUANTIZATION_PASSES_H

#include "compiler/Quantization/GridChoice.h"

#include "mlir/Pass/Pass.h"

namespace wage {

#define GEN_PASS_DECL
#include "compiler/Quantization/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "compiler/Quantization/Passes.h.inc"

} // namespace wage

#endif // WAGE_COMPILER_QUANTIZATION_PASSES_H
