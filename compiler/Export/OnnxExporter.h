//===- OnnxExporter.h - the integer inference graph as standard ONNX -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_EXPORT_ONNXEXPORTER_H
#define WAGE_COMPILER_EXPORT_ONNXEXPORTER_H

#include "mlir/IR/BuiltinOps.h"

#include <string>

namespace wage {

/// The opset that exported files are written for, and their version of the file format.
constexpr int64_t exportedOpset = 13, exportedIrVersion = 7;

/// Returns the bytes of an ONNX file that computes exactly what `@infer` of `module` computes, in standard operators.
///
/// Shape:  input `input`, uint8 as `@infer` takes it, output `logits`, int32 or int64 as `@infer` gives it; the first
///         dimension of both is open and called `batch`.
/// Errors: failure, after a diagnostic at each operation that ONNX cannot say exactly, or one if the file would pass
///         2 GiB, where ONNX files end. `module` is at the integer level with proved widths.
/// Source: docs/rationale/export.md says why each form is exact.
mlir::FailureOr<std::string> exportOnnx(mlir::ModuleOp module);

} // namespace wage

#endif // WAGE_COMPILER_EXPORT_ONNXEXPORTER_H
