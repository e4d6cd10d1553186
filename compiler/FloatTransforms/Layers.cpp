//===- Layers.cpp - factors that go into the weights of a layer ------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatTransforms/Layers.h"

using namespace mlir;

namespace wage::onnxir {

std::optional<Layer> Layer::of(Operation *op, Constants &constants) {
  Layer layer(op, constants);
  if (auto conv = dyn_cast_or_null<ConvOp>(op)) {
    const ArrayRef<int64_t> shape = shapeOf(conv.getWeights());
    layer.neurons = shape[0], layer.channels = shape[1], layer.groups = static_cast<int64_t>(conv.getGroup());
    layer.taps = layer.channelStride = floats::product(shape.drop_front(2));
    layer.neuronStride = layer.channels * layer.taps;
  } else if (auto gemm = dyn_cast_or_null<GemmOp>(op)) {
    const ArrayRef<int64_t> shape = shapeOf(gemm.getWeights());
    const bool turned = gemm.getTransB();
    layer.neurons = shape[turned ? 0 : 1], layer.channels = shape[turned ? 1 : 0];
    layer.groups = layer.taps = 1;
    layer.neuronStride = turned ? layer.channels : 1, layer.channelStride = turned ? 1 : layer.neurons;
  } else {
    return std::nullopt;
  }
  if (!isPerSample(op->getResult(0)) || !constants.canRead(layer.getWeights()) ||
      (layer.getBias() && !constants.canRead(layer.getBias())))
    return std::nullopt;
  return layer;
}

Value Layer::getWeights() const { return op->getOperand(1); }
Value Layer::getBias() const { return op->getNumOperands() > 2 ? op->getOperand(2) : Value(); }

/// Calls `function` with each weight's number, neuron and channel of the input.
template <typename Function> void Layer::forEachWeight(Function function) const {
  for (int64_t neuron = 0; neuron < neurons; ++neuron)
    for (int64_t c = 0, first = neuron / (neurons / groups) * channels; c < channels; ++c)
      for (int64_t tap = 0; tap < taps; ++tap)
        function(neuron * neuronStride + c * channelStride + tap, neuron, first + c);
}

void Layer::visitWeights(function_ref<void(float, int64_t, int64_t)> visit) const {
  const FloatTensor weights = *constants.read(getWeights());
  forEachWeight([&](int64_t i, int64_t neuron, int64_t channel) { visit(weights.data()[i], neuron, channel); });
}

std::vector<float> Layer::readWeights() const {
  std::vector<float> result;
  visitWeights([&](float weight, int64_t, int64_t) { result.push_back(weight); });
  return result;
}

void Layer::writeWeights(PatternRewriter &rewriter, ArrayRef<float> weights) {
  FloatTensor result(shapeOf(getWeights()));
  size_t next = 0;
  forEachWeight([&](int64_t i, int64_t, int64_t) { result.mutableData()[i] = weights[next++]; });
  setWeights(rewriter, result);
}

void Layer::setWeights(PatternRewriter &rewriter, const FloatTensor &weights) {
  rewriter.setInsertionPoint(op);
  Value constant = makeConstant(rewriter, constants.nameOf(getWeights()), weights);
  rewriter.modifyOpInPlace(op, [&] { op->setOperand(1, constant); });
}

void Layer::setBias(PatternRewriter &rewriter, const FloatTensor &bias, StringRef name) {
  rewriter.setInsertionPoint(op);
  Value constant = makeConstant(rewriter, name, bias);
  rewriter.modifyOpInPlace(op, [&] {
    if (getBias())
      op->setOperand(2, constant);
    else
      op->insertOperands(2, constant);
  });
}

void Layer::addToBias(PatternRewriter &rewriter, ArrayRef<double> numbers, StringRef name) {
  FloatTensor sum(ArrayRef<int64_t>{neurons});
  const std::optional<FloatTensor> old = getBias() ? constants.read(getBias()) : std::nullopt;
  for (int64_t neuron = 0; neuron < neurons; ++neuron)
    sum.mutableData()[neuron] = static_cast<float>(numbers[neuron] + (old ? old->data()[neuron] : 0));
  setBias(rewriter, sum, old ? StringRef(constants.nameOf(getBias())) : name);
}

bool Layer::takesInputOffsets(const FloatTensor &offsets) const {
  auto conv = dyn_cast<ConvOp>(op);
  const bool isPadded = conv && llvm::any_of(conv.getPads(), [](int64_t pad) { return pad != 0; });
  return !isPadded && isPerChannel(offsets);
}

void Layer::scaleOutputs(PatternRewriter &rewriter, const FloatTensor &factors) {
  const std::vector<float> factor = perChannel(factors, neurons);
  FloatTensor weights = *constants.read(getWeights());
  forEachWeight([&](int64_t i, int64_t neuron, int64_t) { weights.mutableData()[i] *= factor[neuron]; });
  setWeights(rewriter, weights);
  if (!getBias())
    return;
  FloatTensor bias = *constants.read(getBias());
  for (int64_t neuron = 0; neuron < neurons; ++neuron)
    bias.mutableData()[neuron] *= factor[neuron];
  setBias(rewriter, bias, constants.nameOf(getBias()));
}

void Layer::offsetOutputs(PatternRewriter &rewriter, const FloatTensor &offsets, StringRef name) {
  const std::vector<float> numbers = perChannel(offsets, neurons);
  addToBias(rewriter, std::vector<double>(numbers.begin(), numbers.end()), name);
}

void Layer::scaleInputs(PatternRewriter &rewriter, const FloatTensor &factors) {
  const std::vector<float> factor = perChannel(factors, groups * channels);
  FloatTensor weights = *constants.read(getWeights());
  forEachWeight([&](int64_t i, int64_t, int64_t channel) { weights.mutableData()[i] *= factor[channel]; });
  setWeights(rewriter, weights);
}

void Layer::offsetInputs(PatternRewriter &rewriter, const FloatTensor &offsets, StringRef name) {
  const std::vector<float> offset = perChannel(offsets, groups * channels);
  const FloatTensor weights = *constants.read(getWeights());
  std::vector<double> sums(neurons, 0.0);
  forEachWeight([&](int64_t i, int64_t neuron, int64_t channel) {
    sums[neuron] += static_cast<double>(weights.data()[i]) * offset[channel];
  });
  addToBias(rewriter, sums, name);
}

} // namespace wage::onnxir
