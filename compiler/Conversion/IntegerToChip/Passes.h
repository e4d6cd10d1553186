//===- Passes.h - integer IR to the chip level ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PASSES_H
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PASSES_H

#include "compiler/Conversion/IntegerToChip/MappingOptions.h"
#include "dialects/chip/IR/ChipOps.h"

#include "mlir/Pass/Pass.h"

namespace wage::chip {

#define GEN_PASS_DECL
#include "compiler/Conversion/IntegerToChip/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "compiler/Conversion/IntegerToChip/Passes.h.inc"

} // namespace wage::chip

namespace wage {
using chip::registerIntegerToChipPasses;
} // namespace wage

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PASSES_H
