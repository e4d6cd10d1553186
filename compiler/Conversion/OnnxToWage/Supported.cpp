//===- Supported.cpp - which forms of a known operation are lowered ----------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/OnnxToWage/Supported.h"

#include "dialects/onnx/IR/OnnxOps.h"
#include "dialects/onnx/IR/OnnxShapes.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace wage {

namespace {

ArrayRef<int64_t> shapeOf(Value value) { return cast<ShapedType>(value.getType()).getShape(); }

template <typename Pool> std::string whyNotPool(Pool pool) {
  if (shapeOf(pool.getInput()).size() != 4)
    return "values of shape " + onnxir::printShape(shapeOf(pool.getInput())) +
           " are not supported, only [batch, channels, height, width]";
  if (pool.getDilations())
    return "dilations = " + onnxir::printShape(*pool.getDilations()) + " is not supported, only dilations = [1, 1]";
  return {};
}

} // namespace

std::string whyNotLowered(Operation &op) {
  return llvm::TypeSwitch<Operation *, std::string>(&op)
      .Case([](onnxir::ConvOp conv) -> std::string {
        if (shapeOf(conv.getInput()).size() == 4)
          return {};
        return "values of shape " + onnxir::printShape(shapeOf(conv.getInput())) +
               " are not supported, only [batch, channels, height, width]";
      })
      .Case([](onnxir::MaxPoolOp pool) { return whyNotPool(pool); })
      .Case([](onnxir::AveragePoolOp pool) {
        std::string why = whyNotPool(pool);
        return why.empty() && pool.getOverhang() ? "ceil_mode with count_include_pad is not supported" : why;
      })
      .Case([](onnxir::MatMulOp product) -> std::string {
        if (shapeOf(product.getInput()).size() == 2 && shapeOf(product.getWeights()).size() == 2)
          return {};
        return "a product of shapes " + onnxir::printShape(shapeOf(product.getInput())) + " and " +
               onnxir::printShape(shapeOf(product.getWeights())) + " is not supported, only of two matrices";
      })
      .Case([](onnxir::UnaryOp unary) {
        return (onnxir::stringifyUnaryKind(unary.getKind()) + " has no backward rule: a network with it can only infer")
            .str();
      })
      .Default([](Operation *) { return std::string(); });
}

} // namespace wage
