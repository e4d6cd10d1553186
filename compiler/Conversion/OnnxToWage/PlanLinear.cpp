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

WeightWidths LayerPlan::getWidths(ConfigAttr config) const {
  return {bits, bits + config.getGradients() - config.getWeights()};
}

/// The nearest integers of 2^exponent. Errors: nothing where a number is not finite or more than 2^61 steps; `bad` is its index.
static std::optional<std::vector<int64_t>> roundSteps(ArrayRef<double> numbers, int exponent, size_t &bad) {
  std::vector<int64_t> steps;
  for (double number : numbers) {
    const double exact = std::ldexp(number, -exponent);
    bad = steps.size();
    if (!(std::abs(exact) <= std::ldexp(1.0, 61))) // not a number compares false
      return std::nullopt;
    steps.push_back(roundHalfEven(exact));
  }
  return steps;
}

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

/// What rounding the weights has taken from each neuron's sum on average, where the means of the input's channels are known:
/// added to the bias, it leaves the mean as it was. Padding counts as if it had the mean. Source: Nagel et al., Data-Free
/// Quantization Through Weight Equalization and Bias Correction, ICCV 2019, section 4.2.
std::vector<double> Planner::lostMeans(const LayerPlan &layer, double factor) const {
  auto means = layer.op->getAttrOfType<DenseF64ArrayAttr>(onnxir::inputMeanAttr);
  if (!options.keepsMeans || !means || layer.weights.empty() || !options.config)
    return {};
  const WeightWidths widths = layer.getWidths(options.config);
  const std::vector<int8_t> used = quantizeMasters(
      scaleToMasters(layer.weights, layer.scaleLog2, layer.axonsFirst, widths), widths, options.config.getRounding());
  auto conv = dyn_cast<onnxir::ConvOp>(layer.op);
  const int64_t groups = conv ? static_cast<int64_t>(conv.getGroup()) : 1;
  const int64_t perGroup = means.size() / groups, window = layer.fanIn / perGroup;
  std::vector<double> lost(layer.neurons, 0);
  for (int64_t n = 0; n < layer.neurons; ++n) {
    const double step = std::ldexp(1.0, 1 - layer.bits - layer.scaleLog2[n]);
    const int64_t firstChannel = n / (layer.neurons / groups) * perGroup;
    for (int64_t k = 0; k < layer.fanIn; ++k) {
      const int64_t i = layer.axonsFirst ? k * layer.neurons + n : n * layer.fanIn + k;
      // The weights were multiplied by the factor that an integer of the input is worth; the mean is that of real numbers.
      lost[n] += (layer.weights[i] - used[i] * step) / factor * means[firstChannel + k / window];
    }
  }
  return lost;
}

/// The bias of `op` on the grid of its accumulator. Source: arithmetic.md section 3.
void Planner::planBias(Operation *op, Value bias, int64_t channels, int exponent, double factor,
                       ArrayRef<double> correction) {
  const auto constant = onnxir::getConstantTensor(bias, symbols);
  std::optional<std::vector<float>> floats = constant ? readFloats(constant->value) : std::nullopt;
  if (floats && floats->size() == 1)
    floats->resize(channels, floats->front()); // one number for all channels
  if (!floats || static_cast<int64_t>(floats->size()) != channels) {
    refuse(op) << "bias must be a constant of " << channels << " float32 numbers with their data present, got "
               << bias.getType();
    return;
  }
  std::vector<double> real;
  for (auto [index, number] : llvm::enumerate(*floats))
    real.push_back(static_cast<double>(number) * factor + (correction.empty() ? 0 : correction[index]));
  size_t bad = 0;
  if (std::optional<std::vector<int64_t>> steps = roundSteps(real, exponent, bad))
    plan.biasOf[op] = {constant->name, std::move(*steps)};
  else
    refuse(op) << "bias '" << constant->name.getValue() << "' must be finite and at most 2^61 steps of 2^" << exponent
               << ", got " << (*floats)[bad] << " at element " << bad;
}

/// A bias of what rounding has taken alone, of a layer without one in the file.
void Planner::planCorrection(const LayerPlan &layer, int exponent, ArrayRef<double> lost) {
  size_t bad = 0;
  if (std::optional<std::vector<int64_t>> steps = roundSteps(lost, exponent, bad))
    plan.biasOf[layer.op] = {StringAttr::get(layer.op->getContext(), layer.weightName.getValue() + ".correction"),
                             std::move(*steps)};
  else
    refuse(layer.op) << "what rounding the weights takes from a sum must be finite and at most 2^61 steps of 2^"
                     << exponent << ", got " << lost[bad] << " at element " << bad;
}

/// What the weights of the output's layer are multiplied by, a power of two. A network that goes on learning from trained weights
/// learns towards 1 for the class and 0 for the others (section 5), while its outputs have whatever size its own loss gave
/// them: where samples have shown it, the largest of a sample becomes about 1.
double Planner::outputFactor(Operation *op) const {
  const bool learns = !options.infers && options.fitsScales;
  const auto peak = op->getAttrOfType<FloatAttr>(onnxir::outputPeakAttr);
  if (!learns || !peak || !(peak.getValueAsDouble() > 0))
    return 1;
  return std::ldexp(1.0, -static_cast<int>(std::nearbyint(std::log2(peak.getValueAsDouble()))));
}

void Planner::visitLinear(Operation *op, Value input, Value weights, Value bias, bool axonsFirst) {
  const ArrayRef<int64_t> shape = cast<ShapedType>(weights.getType()).getShape();
  auto chosenBits = op->getAttrOfType<IntegerAttr>(WageDialect::weightBitsAttr);
  const int bits = chosenBits       ? static_cast<int>(chosenBits.getInt())
                   : options.config ? options.config.getWeights()
                                    : 1;
  LayerPlan layer{op, {},           llvm::to_vector<4>(shape), {}, axonsFirst, shape[axonsFirst ? 1 : 0], 0, bits,
                  {}, isTrained(op)};
  const int64_t count = onnxir::countElements(shape).value_or(0);
  layer.fanIn = count ? count / layer.neurons : 0;
  if (layer.fanIn && options.config && options.gain > 0)
    layer.scaleLog2.assign(layer.neurons, alphaExponent(layer.fanIn, options.gain, bits));
  const std::optional<ValueState> state = require(input);
  const Worth worth = state ? state->worth : Worth();
  const double factor = outputFactor(op);
  const auto constant = onnxir::getConstantTensor(weights, symbols);
  if (!count) {
    refuse(op) << "weights must have 1 to " << onnxir::maxElements << " elements, got " << weights.getType();
  } else if (constant) {
    layer.weightName = constant->name;
    planWeights(layer, *constant, worth.factor * factor);
  } else {
    refuse(op) << "weights must be an initializer or a constant, got a value that depends on the input";
  }
  const int exponent = worth.exponent - (bits - 1) - layer.finestScale();
  const std::vector<double> lost = lostMeans(layer, worth.factor);
  if (bias)
    planBias(op, bias, layer.neurons, exponent, factor, lost);
  else if (!lost.empty() && layer.weightName)
    planCorrection(layer, exponent, lost);
  plan.outputFactor *= factor;
  setResult(op, {true, {exponent, 1}, nullptr, true});
  plan.layerOf[op] = plan.layers.size();
  plan.layers.push_back(std::move(layer));
}

} // namespace wage
