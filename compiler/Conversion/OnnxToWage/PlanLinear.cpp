//===- PlanLinear.cpp - plan linear layers -----------------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/OnnxToWage/Parameters.h"
#include "compiler/Conversion/OnnxToWage/Planner.h"
#include "dialects/onnx/IR/OnnxShapes.h"

#include <cmath>

using namespace mlir;

namespace wage {

void Planner::planWeights(LayerPlan &layer, const onnxir::ConstantTensor &weights, double factor) {
  if (Operation *other = weightUsers.try_emplace(weights.name.getValue(), layer.op).first->second; other != layer.op)
    refuse(layer.op) << "weights '" << weights.name.getValue() << "' are those of '" << getNodeName(other->getLoc())
                     << "' too: weights shared by layers are not supported yet";
  if (!options.readsWeights)
    return;
  std::optional<std::vector<float>> floats = readFloats(weights.value);
  if (!floats) {
    refuse(layer.op) << "weights '" << weights.name.getValue() << "' must be float32 with their data present, got "
                     << weights.value.getShapedType();
    return;
  }
  const auto bad = llvm::find_if(*floats, [](float weight) { return !std::isfinite(weight); });
  const bool isFinite = bad == floats->end();
  if (!isFinite)
    refuse(layer.op) << "weights '" << weights.name.getValue() << "' must be finite, got " << *bad << " at element "
                     << bad - floats->begin();
  // What an input integer is worth beyond a power of two is the weights' to say.
  if (factor != 1)
    for (float &weight : *floats)
      weight = static_cast<float>(weight * factor);
  layer.weights = std::move(*floats);
  if (!options.fitsScales || !options.config || !isFinite || layer.scaleLog2.empty())
    return;
  for (int64_t c = 0; c < layer.neurons; ++c)
    layer.scaleLog2[c] = fitScale(layer.weights, layer.axonsFirst ? c : c * layer.fanIn,
                                  layer.axonsFirst ? layer.neurons : 1, layer.fanIn, layer.bits);
}

/// The bias of `op` on the grid of its accumulator. Source: arithmetic.md section 3.
void Planner::planBias(Operation *op, Value bias, int64_t channels, int exponent) {
  const auto constant = onnxir::getConstantTensor(bias, symbols);
  std::optional<std::vector<float>> floats = constant ? readFloats(constant->value) : std::nullopt;
  if (floats && floats->size() == 1)
    floats->resize(channels, floats->front()); // one number for all channels
  if (!floats || static_cast<int64_t>(floats->size()) != channels) {
    refuse(op) << "bias must be a constant of " << channels << " float32 numbers with their data present, got "
               << bias.getType();
    return;
  }
  BiasPlan result{constant->name, {}};
  for (auto [index, number] : llvm::enumerate(*floats)) {
    const double steps = std::ldexp(static_cast<double>(number), -exponent);
    if (!(std::abs(steps) <= std::ldexp(1.0, 61))) { // not a number compares false
      refuse(op) << "bias '" << constant->name.getValue() << "' must be finite and at most 2^61 steps of 2^" << exponent
                 << ", got " << number << " at element " << index;
      return;
    }
    result.steps.push_back(roundHalfEven(steps));
  }
  plan.biasOf[op] = std::move(result);
}

void Planner::visitLinear(Operation *op, Value input, Value weights, Value bias, bool axonsFirst) {
  const ArrayRef<int64_t> shape = cast<ShapedType>(weights.getType()).getShape();
  auto chosenBits = op->getAttrOfType<IntegerAttr>(WageDialect::weightBitsAttr);
  const int bits = chosenBits ? static_cast<int>(chosenBits.getInt())
                              : options.config ? options.config.getWeights() : 1;
  LayerPlan layer{op, {}, llvm::to_vector<4>(shape), {}, axonsFirst, shape[axonsFirst ? 1 : 0], 0, bits, {}};
  const int64_t count = onnxir::countElements(shape).value_or(0);
  layer.fanIn = count ? count / layer.neurons : 0;
  if (layer.fanIn && options.config && options.gain > 0)
    layer.scaleLog2.assign(layer.neurons, alphaExponent(layer.fanIn, options.gain, bits));
  const std::optional<ValueState> state = require(input);
  const Worth worth = state ? state->worth : Worth();
  const auto constant = onnxir::getConstantTensor(weights, symbols);
  if (!count) {
    refuse(op) << "weights must have 1 to " << onnxir::maxElements << " elements, got " << weights.getType();
  } else if (constant) {
    layer.weightName = constant->name;
    planWeights(layer, *constant, worth.factor);
  } else {
    refuse(op) << "weights must be an initializer or a constant, got a value that depends on the input";
  }
  const int exponent = worth.exponent - (bits - 1) - layer.finestScale();
  if (bias)
    planBias(op, bias, layer.neurons, exponent);
  setResult(op, {true, {exponent, 1}, nullptr, true});
  plan.layerOf[op] = plan.layers.size();
  plan.layers.push_back(std::move(layer));
}

} // namespace wage
