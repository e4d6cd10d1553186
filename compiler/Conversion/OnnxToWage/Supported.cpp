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

/// What of windows over `images` is not lowered.
template <typename Windowed> std::string whyNotWindows(Windowed op) {
  if (shapeOf(op.getInput()).size() != 4)
    return "values of shape " + onnxir::printShape(shapeOf(op.getInput())) +
           " are not supported yet, only [batch, channels, height, width]";
  if (op.getDilations())
    return "dilations = " + onnxir::printShape(*op.getDilations()) + " is not supported yet, only dilations = [1, 1]";
  return {};
}

std::string whyNotPads(ArrayRef<int64_t> kernel, ArrayRef<int64_t> pads) {
  for (size_t side = 0; side < pads.size(); ++side)
    if (pads[side] >= kernel[side % kernel.size()])
      return "pads = " + onnxir::printShape(pads) +
             " with ceil_mode are not supported yet, only pads smaller than the kernel " + onnxir::printShape(kernel);
  return {};
}

} // namespace

std::string whyNotLowered(Operation &op) {
  return llvm::TypeSwitch<Operation *, std::string>(&op)
      .Case([](onnxir::ConvOp conv) -> std::string {
        if (std::string why = whyNotWindows(conv); !why.empty())
          return why;
        if (conv.getGroup() != 1)
          return "group = " + std::to_string(conv.getGroup()) + " is not supported yet, only group = 1";
        return {};
      })
      .Case([](onnxir::MaxPoolOp pool) {
        std::string why = whyNotWindows(pool);
        return why.empty() ? whyNotPads(pool.getKernel(), pool.getPads()) : why;
      })
      .Case([](onnxir::AveragePoolOp pool) {
        std::string why = whyNotWindows(pool);
        if (why.empty() && pool.getOverhang())
          why = "ceil_mode with count_include_pad is not supported yet";
        return why.empty() ? whyNotPads(pool.getKernel(), pool.getPads()) : why;
      })
      .Case([](onnxir::MatMulOp product) -> std::string {
        if (shapeOf(product.getInput()).size() == 2 && shapeOf(product.getWeights()).size() == 2)
          return {};
        return "a product of shapes " + onnxir::printShape(shapeOf(product.getInput())) + " and " +
               onnxir::printShape(shapeOf(product.getWeights())) + " is not supported yet, only of two matrices";
      })
      .Case([](onnxir::UnaryOp unary) {
        return (onnxir::stringifyUnaryKind(unary.getKind()) + " has no form on the wage level").str();
      })
      .Case([](onnxir::BinaryOp binary) {
        return (onnxir::stringifyBinaryKind(binary.getKind()) + " has no form on the wage level").str();
      })
      .Default([](Operation *) { return std::string(); });
}

} // namespace wage
