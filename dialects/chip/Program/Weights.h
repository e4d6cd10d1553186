//===- Weights.h - weight tensors and the cores' packed blocks ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_CHIP_PROGRAM_WEIGHTS_H
#define WAGE_DIALECTS_CHIP_PROGRAM_WEIGHTS_H

#include "runtime/Format/Program.h"

#include "mlir/IR/BuiltinOps.h"

namespace wage::chip {

/// Makes an `ml_program.global` for each layer's weights (unpacked from the images) and bias that the module lacks.
void writeGlobals(const rt::Program &program, mlir::ModuleOp module);

/// Packs each core's block of its layer's global into the program's images and sets the cores' image ranges.
/// Errors: a global that is missing or of another size or element type than the layer says.
mlir::LogicalResult packImages(mlir::ModuleOp module, rt::Program &program);

/// Reads the bias of each layer that names one.
mlir::LogicalResult readBiases(mlir::ModuleOp module, rt::Program &program);

} // namespace wage::chip

#endif // WAGE_DIALECTS_CHIP_PROGRAM_WEIGHTS_H
