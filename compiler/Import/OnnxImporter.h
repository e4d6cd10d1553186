//===- OnnxImporter.h - an ONNX file as a module -------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_IMPORT_ONNXIMPORTER_H
#define WAGE_COMPILER_IMPORT_ONNXIMPORTER_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBufferRef.h"

namespace wage {

/// Oldest and newest opset that the importer reads.
constexpr int64_t oldestOpset = 7, newestOpset = 17;

/// Returns the graph of the ONNX file at `path` on the onnx level (see dialects/onnx/IR/OnnxDialect.td).
///
/// Shape:  `func.func @main` from the graph's input to its output, the first dimension of both dynamic.
/// Errors: null, after one diagnostic per problem at the location NameLoc(`path`), each naming the node: all that the
///         file holds and wage cannot take is listed at once. Tensors stored outside the file are only read from the
///         file's own folder and below.
mlir::OwningOpRef<mlir::ModuleOp> importOnnxFile(llvm::StringRef path, mlir::MLIRContext &context);

/// The same from the bytes of a file; the buffer's identifier stands for its path.
mlir::OwningOpRef<mlir::ModuleOp> importOnnxBytes(llvm::MemoryBufferRef model, mlir::MLIRContext &context);

} // namespace wage

#endif // WAGE_COMPILER_IMPORT_ONNXIMPORTER_H
