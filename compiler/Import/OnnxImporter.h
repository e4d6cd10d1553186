//===- OnnxImporter.h - an ONNX file as a module -------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_IMPORT_ONNXIMPORTER_H
#define WAGE_COMPILER_IMPORT_ONNXIMPORTER_H

#include "compiler/FloatEvaluator/FloatTensor.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"

namespace wage {

/// Oldest and newest opset that the importer reads. Most operators came to their present form with opset 6 or 7; those of
/// older files that did not change are read too.
constexpr int64_t oldestOpset = 1, newestOpset = 21;

/// Newest version of the file format that is read.
constexpr int64_t newestIrVersion = 10;

/// What the first dimension of the graph's values is.
enum class BatchPolicy {
  Open,       ///< an open batch, whatever the file says: what the later levels need
  OpenOrFixed ///< where the graph cannot have one, the dimensions that the file fixes
};

/// Returns the graph of the ONNX file at `path` on the onnx level (see dialects/onnx/IR/OnnxDialect.td).
///
/// Shape:  `func.func @main` from the graph's inputs to its outputs, the first dimension of all dynamic, or as `policy` says.
/// Errors: null, after one diagnostic per problem at the location NameLoc(`path`), each naming the node: all that the
///         file holds and wage cannot take is listed at once. Tensors stored outside the file are only read from the
///         file's own folder and below.
mlir::OwningOpRef<mlir::ModuleOp> importOnnxFile(llvm::StringRef path, mlir::MLIRContext &context,
                                                 BatchPolicy policy = BatchPolicy::Open);

/// The same from the bytes of a file; the buffer's identifier stands for its path.
mlir::OwningOpRef<mlir::ModuleOp> importOnnxBytes(llvm::MemoryBufferRef model, mlir::MLIRContext &context,
                                                  BatchPolicy policy = BatchPolicy::Open);

/// Reads the numbers of a tensor as ONNX's own test vectors are stored: one TensorProto, `.pb`.
///
/// Errors: not such a file, or elements that float32 does not hold.
llvm::Expected<floats::FloatTensor> readTensorFile(llvm::StringRef path);

} // namespace wage

#endif // WAGE_COMPILER_IMPORT_ONNXIMPORTER_H
