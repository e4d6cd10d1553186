//===- Encoder.h - chip IR to bytes and back ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TARGETS_BINARY_ENCODER_H
#define WAGE_TARGETS_BINARY_ENCODER_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <cstdint>
#include <vector>

namespace wage {

/// The chip binary of a module with a placed and allocated `chip.program`. What it encodes has passed the loader's verifier.
/// Errors: a diagnostic at the module or operation that cannot be encoded.
mlir::LogicalResult encodeProgram(mlir::ModuleOp module, std::vector<uint8_t> &bytes);

/// The chip IR of a binary; encoding it again gives the same bytes.
/// Errors: a diagnostic at `location` that says what is wrong with the bytes; the result is null.
mlir::OwningOpRef<mlir::ModuleOp> decodeProgram(const std::vector<uint8_t> &bytes, mlir::Location location);

} // namespace wage

#endif // WAGE_TARGETS_BINARY_ENCODER_H
