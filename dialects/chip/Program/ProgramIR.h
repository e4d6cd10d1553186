//===- ProgramIR.h - chip IR and the program it spells out ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_CHIP_PROGRAM_PROGRAMIR_H
#define WAGE_DIALECTS_CHIP_PROGRAM_PROGRAMIR_H

#include "dialects/chip/IR/ChipOps.h"
#include "dialects/wage/IR/WageTypes.h"
#include "runtime/Format/Program.h"

namespace wage::chip {

/// Position of a core that has not been placed.
constexpr uint32_t unplaced = 0xFFFFFFFFu;

/// Writes `program` as a `chip.program` into `module`, in place of any that is there, and sets the module's
/// `wage.config`, `wage.input` and `wage.output`.
/// `ml_program.global`s with the weights are made from the program's images where the module has none of that name.
void writeProgramIR(const rt::Program &program, mlir::ModuleOp module);

/// The same where the globals are there already, and stay what they are.
void rewriteProgramIR(const rt::Program &program, mlir::ModuleOp module);

/// Writes what changes when cores are placed and buffers are given addresses back into the module's `chip.program`: the cores'
/// positions and parameters, the buffers' slots, and the chip's description. Requires: `program` was read from it and has its
/// cores.
void updateCoresIR(const rt::Program &program, mlir::ModuleOp module);

/// Reads the module's `chip.program`. The images are packed from the `ml_program.global`s if `withImages` is set, and are
/// empty otherwise. Errors: a diagnostic at the operation that is missing or does not fit its use.
mlir::FailureOr<rt::Program> readProgramIR(mlir::ModuleOp module, bool withImages);

/// The chip of the module's `chip.program`, without the rest. Errors: as readProgramIR.
mlir::FailureOr<rt::ChipDescription> readChipIR(mlir::ModuleOp module);

/// The widths, mode, rounding and largest batch of `wage.config`, as a program has them.
rt::Config toProgramConfig(ConfigAttr config);

/// The module's `wage.input` and `wage.output`, which programs have where the module does, and back.
void readHostAttributes(mlir::ModuleOp module, rt::Program &program);
void writeHostAttributes(const rt::Program &program, mlir::ModuleOp module);

/// The chip as a dictionary of attributes and back.
mlir::DictionaryAttr chipToAttribute(const rt::ChipDescription &chip, mlir::MLIRContext *context);
mlir::LogicalResult chipFromAttribute(mlir::DictionaryAttr attribute, rt::ChipDescription &chip,
                                      llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

} // namespace wage::chip

#endif // WAGE_DIALECTS_CHIP_PROGRAM_PROGRAMIR_H
