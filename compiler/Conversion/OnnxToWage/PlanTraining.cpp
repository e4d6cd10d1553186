//===- PlanTraining.cpp - plan which layers go on learning -------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/OnnxToWage/Planner.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace wage {

namespace {

/// What a user may call a linear layer.
struct LayerNames {
  Operation *op;
  std::string node, weights;

  bool has(StringRef name) const { return node == name || weights == name; }
};

std::string quote(const std::string &name) { return "'" + name + "'"; }

std::string listOf(ArrayRef<std::string> names) { return llvm::join(llvm::map_range(names, quote), ", "); }

std::vector<LayerNames> nameLayers(Block &body, SymbolTableCollection &symbols) {
  std::vector<LayerNames> layers;
  for (Operation &op : body) {
    if (!isLinear(&op))
      continue;
    const auto weights = onnxir::getConstantTensor(op.getOperand(1), symbols);
    layers.push_back({&op, std::string(getNodeName(op.getLoc())), weights ? weights->name.str() : ""});
  }
  return layers;
}

} // namespace

/// Finds the layers that the user names, and what an error passes on its way to them.
void Planner::planTraining() {
  if (options.infers || trainsAll())
    return;
  Block &body = plan.main.getBody().front();
  const std::vector<LayerNames> layers = nameLayers(body, symbols);
  std::vector<std::string> unknown;
  for (const std::string &name : options.trainLayers) {
    bool isKnown = false;
    for (const LayerNames &layer : layers)
      if (layer.has(name))
        trainedLayers.insert(layer.op), isKnown = true;
    if (!isKnown)
      unknown.push_back(name);
  }
  if (!unknown.empty()) {
    std::vector<std::string> known;
    for (const LayerNames &layer : layers)
      known.push_back(layer.node);
    refuse(plan.main.getLoc()) << "train-layers names " << listOf(unknown)
                               << ", which no linear layer is called; there are " << listOf(known);
  }
  for (Operation &op : body)
    if (trainedLayers.contains(&op) ||
        llvm::any_of(op.getOperands(), [&](Value operand) { return learned.contains(operand); }))
      learned.insert(op.result_begin(), op.result_end());
}

} // namespace wage
