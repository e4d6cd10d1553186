//===- LoweringHelpers.h - questions about integer values ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_LOWERINGHELPERS_H
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_LOWERINGHELPERS_H

#include "dialects/integer/IR/IntegerOps.h"
#include "runtime/Kernels/LinearProducts.h"
#include "runtime/Numerics/Rearrangement.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Operation.h"
#include <string>

namespace wage::chip {

/// Elements of one sample of a batch tensor (of the whole tensor where there is no batch).
int64_t elementsPerSample(mlir::Value value);

/// The shape without the batch dimension.
std::vector<int64_t> sampleShape(mlir::Value value);

/// The buffer type of a tensor's elements.
rt::ElementType elementType(mlir::Value value);

/// "node.operation", for buffers.
std::string valueName(mlir::Value value);

/// The operation that computed the value's elements: reshapes only rename them.
mlir::Operation *originOf(mlir::Value value);

/// Whether weights in use are made of numbers that training changes.
bool isLearned(mlir::Value weights);

/// The function that is mapped: @train, or @infer, by the module's wage.config.
/// Errors: reported at the module; no configuration, no such function, or one that is not of one block.
mlir::FailureOr<mlir::func::FuncOp> entryFunction(mlir::ModuleOp module);

/// The name of a linear layer: its weights' own, or the ONNX node's.
std::string layerName(mlir::Operation *layer);

/// The name of the global that weights in use come from; "" if they come from none.
llvm::StringRef globalName(mlir::Value weights);

/// The weights of the layer whose transposed product takes an error with aligned channels; "" if none does.
llvm::StringRef alignedFor(integer::AlignChannelsOp op);

/// The weight tensor that a gradient, or a part of it, is the update of; "" if it has none, or several.
llvm::StringRef updatedWeights(mlir::Value gradient);

/// The position copy of its layer that does an operation (`wage.copy`).
int64_t copyOf(mlir::Operation *op);
void setCopy(mlir::Operation *op, int64_t copy);

/// Says of an operation, if it is traced, that its result has the rows from `first` on of `rows` in all.
void setTracedRows(mlir::Operation *op, int64_t first, int64_t rows);

/// The trace of one operation becomes that of another.
void moveTrace(mlir::Operation *from, mlir::Operation *to);

/// Whether the use is the activation operand of a linear layer's forward or outer product.
bool isLayerInput(mlir::OpOperand &use);

/// The movement of a rearrangement, normalized.
rt::Rearrangement movementOf(integer::RearrangeOp op);

} // namespace wage::chip

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_LOWERINGHELPERS_H
