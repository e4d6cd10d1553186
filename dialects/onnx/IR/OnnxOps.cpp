//===- OnnxOps.cpp - the onnx level's dialect ------------------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "dialects/onnx/IR/OnnxOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"

using namespace mlir;

#include "dialects/onnx/IR/OnnxDialect.cpp.inc"
#include "dialects/onnx/IR/OnnxEnums.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/onnx/IR/OnnxOps.cpp.inc"

namespace wage::onnxir {

void OnnxDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/onnx/IR/OnnxOps.cpp.inc"
      >();
}

std::optional<ConstantTensor> getConstantTensor(Value value, SymbolTableCollection &symbols) {
  if (auto constant = value.getDefiningOp<ConstantOp>())
    return ConstantTensor{constant.getNameAttr(), constant.getValue()};
  auto load = value.getDefiningOp<ml_program::GlobalLoadConstOp>();
  ml_program::GlobalOp global = load ? load.getGlobalOp(symbols) : nullptr;
  if (!global || global.getIsMutable())
    return std::nullopt;
  auto elements = dyn_cast_or_null<ElementsAttr>(global.getValueAttr());
  if (!elements)
    return std::nullopt;
  return ConstantTensor{global.getSymNameAttr(), elements};
}

} // namespace wage::onnxir
