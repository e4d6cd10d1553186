//===- OnnxOps.h - the onnx level's dialect and operations ------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_ONNX_IR_ONNXOPS_H
#define WAGE_DIALECTS_ONNX_IR_ONNXOPS_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/onnx/IR/OnnxDialect.h.inc"
#include "dialects/onnx/IR/OnnxEnums.h.inc"

#define GET_OP_CLASSES
#include "dialects/onnx/IR/OnnxOps.h.inc"

namespace wage::onnxir {

/// Discardable attributes of the level; see OnnxDialect.td.
constexpr llvm::StringLiteral nameAttr = "onnx.name";
constexpr llvm::StringLiteral sourceAttr = "onnx.source";
constexpr llvm::StringLiteral opsetAttr = "onnx.opset";
constexpr llvm::StringLiteral inputMeanAttr = "onnx.input_mean";
/// On what makes a classifier's outputs: the mean of the samples' largest ones, a number.
constexpr llvm::StringLiteral outputPeakAttr = "onnx.output_peak";
constexpr llvm::StringLiteral quantizedAttr = "onnx.quantized";

/// A tensor that the file itself holds, under the name the file gives it.
struct ConstantTensor {
  mlir::StringAttr name;
  mlir::ElementsAttr value;
};

/// Returns the tensor behind `value` if it is an initializer (a load of an immutable global) or an `onnx.constant`.
///
/// Errors: nothing for a value that depends on the input.
std::optional<ConstantTensor> getConstantTensor(mlir::Value value, mlir::SymbolTableCollection &symbols);

} // namespace wage::onnxir

#endif // WAGE_DIALECTS_ONNX_IR_ONNXOPS_H
