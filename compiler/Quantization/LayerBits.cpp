//===- LayerBits.cpp - widths that a user chose for single layers ------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Quantization/LayerBits.h"

#include "dialects/onnx/IR/OnnxOps.h"

#include <set>

using namespace mlir;

namespace wage {

namespace {

/// Behind these an activation still is the layer's own.
bool isOfLayer(Operation *op) {
  return isa<onnxir::ReluOp, onnxir::UnaryOp, onnxir::BinaryOp, onnxir::AddOp, onnxir::MaxPoolOp, onnxir::AveragePoolOp,
             onnxir::ReshapeOp, onnxir::FlattenOp, onnxir::IdentityOp, onnxir::DropoutOp>(op);
}

} // namespace

bool isLinear(Operation *op) { return isa<onnxir::ConvOp, onnxir::GemmOp, onnxir::MatMulOp>(op); }

StringRef getNodeName(Location location) {
  auto name = dyn_cast<NameLoc>(location);
  return name ? name.getName().getValue() : StringRef();
}

llvm::Expected<LayerBits> LayerBits::parse(ArrayRef<std::string> entries) {
  LayerBits result;
  for (StringRef entry : entries) {
    const auto [name, widths] = entry.rsplit(':');
    const auto [weights, activations] = widths.split('-');
    LayerWidths layer;
    if (name.empty() || weights.getAsInteger(10, layer.weights) || activations.getAsInteger(10, layer.activations) ||
        layer.weights < 1 || layer.weights > 8 || layer.activations < 2 || layer.activations > 16)
      return llvm::createStringError("layer bits '" + entry +
                                     "' must be NODE:W-A with W of 1 to 8 and A of 2 to 16 bits");
    if (!result.layers.try_emplace(name, layer).second)
      return llvm::createStringError("layer bits of '" + name + "' are given twice");
  }
  return result;
}

std::optional<LayerWidths> LayerBits::find(StringRef name) const {
  const auto found = layers.find(name);
  return found == layers.end() ? std::nullopt : std::optional(found->second);
}

int LayerBits::getActivationBits(Value value, int fallback) const {
  for (Operation *op = value.getDefiningOp(); op; op = op->getOperand(0).getDefiningOp()) {
    if (isLinear(op)) {
      const auto widths = find(getNodeName(op->getLoc()));
      return widths ? widths->activations : fallback;
    }
    if (!isOfLayer(op))
      break;
  }
  return fallback;
}

LogicalResult LayerBits::verify(func::FuncOp main) const {
  std::set<StringRef> names;
  for (Operation &op : main.getBody().front())
    if (isLinear(&op))
      names.insert(getNodeName(op.getLoc()));
  SmallVector<StringRef> unknown;
  for (const auto &layer : layers)
    if (!names.count(layer.getKey()))
      unknown.push_back(layer.getKey());
  llvm::sort(unknown);
  for (StringRef name : unknown)
    emitError(main.getLoc()) << "layer bits are given for '" << name << "', which is no linear layer of the network";
  return success(unknown.empty());
}

} // namespace wage
