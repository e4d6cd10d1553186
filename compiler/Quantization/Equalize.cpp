//===- Equalize.cpp - all channels of an activation in one range -------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// An activation has one grid for all its channels, a power of two. Where a number can be moved from the layers behind it to
// those before it (Relu, pools and sums let it pass), a larger channel loses less to the rounding of activations, and more to
// that of the weights behind it, which become smaller beside the other weights of their neurons: the numbers are those of
// the least sum of both.
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatEvaluator/FloatEvaluator.h"
#include "compiler/Quantization/ChannelClasses.h"
#include "compiler/Quantization/MagnitudeCounts.h"
#include "compiler/Quantization/Passes.h"
#include "compiler/Quantization/SampledGraph.h"

#include "llvm/ADT/IntEqClasses.h"

#include <cmath>
#include <mutex>

#define DEBUG_TYPE "onnx-equalize"

using namespace mlir;

namespace wage {

#define GEN_PASS_DEF_ONNXEQUALIZE
#include "compiler/Quantization/Passes.h.inc"

using namespace onnxir;

namespace {

/// Rounds of the search: each takes the steps of the weights from the factors of the last.
constexpr int rounds = 4;

/// The step of the best uniform quantiser of 2^bits - 1 levels for normally distributed numbers of variance 1. Source: Max,
/// Quantizing for Minimum Distortion, IRE Transactions on Information Theory 6, 1960.
double normalStep(int bits) {
  constexpr double steps[] = {1.6, 1.22, 0.65, 0.35, 0.19, 0.104, 0.057, 0.031};
  return steps[std::clamp(bits, 1, 8) - 1];
}

/// Whether integers of an activation are made of `value`. Sums of layers that only go into Relu or another sum stay
/// accumulators; a MaxPool hands on what it gets.
bool isRounded(Value value) {
  if (isa_and_nonnull<ReluOp>(value.getDefiningOp()))
    return true;
  return llvm::any_of(value.getUsers(), [](Operation *user) {
    if (isa<MaxPoolOp>(user))
      return isRounded(user->getResult(0)) && !user->getResult(0).use_empty();
    auto binary = dyn_cast<BinaryOp>(user);
    return !isa<ReluOp, AddOp, UnaryOp, func::ReturnOp>(user) && !(binary && binary.getKind() == BinaryKind::Add);
  });
}

/// What is known of a class of channels.
struct ClassState {
  MagnitudeCounts counts; ///< of the activations in it
  double range = 0;       ///< where their integers should end
  double meanSquare = 0;
  double factor = 1;
  int64_t group = 0; ///< of classes that share activations, and so a grid; 0: of the fixed class
  /// What rounding adds to the sums of the layers behind is activations / factor^2 + weights * factor^2.
  double activations = 0, weights = 0;
};

class Equalizer {
public:
  Equalizer(func::FuncOp main, const Widths &widths)
      : main(main), widths(widths), classes(main, constants), states(classes.size()) {}

  LogicalResult observe(const FloatTensor &samples);
  void chooseFactors();
  void apply();

private:
  void look(Value value, const FloatTensor &tensor);
  template <typename Visitor> void forEachActivation(Visitor visit);
  void group();
  void addNoise(Operation *op, const Layer &layer);
  void improve();
  void fillGrids();
  void scaleUnseen();
  FloatTensor factorsOf(Value value, bool inverse) const;

  func::FuncOp main;
  const Widths &widths;
  Constants constants;
  ChannelClasses classes;
  std::mutex mutex; ///< samples are evaluated on several threads
  std::vector<ClassState> states;
  std::vector<double> fullRange; ///< of each group: what the largest of its channels fills
};

void Equalizer::look(Value value, const FloatTensor &tensor) {
  if (!classes.isKnown(value) || !isRounded(value))
    return;
  const int64_t channels = classes.channels(value), plane = tensor.size() / (tensor.shape[0] * channels);
  const std::lock_guard<std::mutex> lock(mutex);
  for (int64_t row = 0; row < tensor.shape[0] * channels; ++row)
    states[classes.classOf(value, row % channels)].counts.add(tensor.data() + row * plane, plane);
}

LogicalResult Equalizer::observe(const FloatTensor &samples) {
  FailureOr<floats::FloatEvaluator> evaluator = floats::FloatEvaluator::create(main->getParentOfType<ModuleOp>());
  if (failed(evaluator))
    return failure();
  return evaluator->run(samples, [this](Value value, const FloatTensor &tensor) { look(value, tensor); });
}

/// Calls `visit` with the classes of the channels of each value of which an activation is made.
template <typename Visitor> void Equalizer::forEachActivation(Visitor visit) {
  for (Operation &op : main.getBody().front())
    for (Value value : op.getResults())
      if (classes.isKnown(value) && isRounded(value)) {
        SmallVector<int64_t> indices;
        for (int64_t c = 0; c < classes.channels(value); ++c)
          indices.push_back(classes.classOf(value, c));
        visit(indices);
      }
}

/// Classes that meet in an activation are of one group. One with fixed channels keeps their range, every other gets that of the
/// grid that takes its largest number.
void Equalizer::group() {
  llvm::IntEqClasses groups(static_cast<unsigned>(classes.size()));
  forEachActivation([&](ArrayRef<int64_t> indices) {
    for (int64_t index : indices)
      groups.join(static_cast<unsigned>(indices.front()), static_cast<unsigned>(index));
  });
  groups.compress();
  fullRange.assign(groups.getNumClasses(), 0);
  for (size_t i = 0; i < states.size(); ++i) {
    states[i].group = groups[static_cast<unsigned>(i)];
    fullRange[states[i].group] = std::max(fullRange[states[i].group], states[i].range);
  }
  const double unit = 1 - std::ldexp(1.0, -widths.activations);
  for (double &range : fullRange)
    range = unit * std::exp2(range > 0 ? std::ceil(std::log2(range / unit)) : 0);
  double fixed = 0;
  forEachActivation([&](ArrayRef<int64_t> indices) {
    if (llvm::is_contained(indices, 0) && llvm::any_of(indices, [](int64_t index) { return index != 0; }))
      fixed = std::max(fixed, states[0].range);
  });
  if (fixed > 0)
    fullRange[states[0].group] = fixed;
}

/// Adds what the rounding of the inputs and of the weights of one layer comes to.
void Equalizer::addNoise(Operation *op, const Layer &layer) {
  Value input = op->getOperand(0);
  const int bits = widths.weightsOf(op);
  const double limit = std::max(1.0, std::ldexp(1.0, bits - 1) - 1);
  std::vector<double> largest(layer.getNeurons(), 0), squares(layer.getNeurons(), 0), counts(layer.getNeurons(), 0);
  layer.visitWeights([&](float weight, int64_t neuron, int64_t channel) {
    const double scaled = std::abs(weight) / states[classes.classOf(input, channel)].factor;
    largest[neuron] = std::max(largest[neuron], scaled);
    squares[neuron] += scaled * scaled;
    ++counts[neuron];
  });
  std::vector<double> steps;
  for (auto [most, square, count] : llvm::zip(largest, squares, counts))
    steps.push_back(std::min(most / limit, normalStep(bits) * std::sqrt(square / count)));
  layer.visitWeights([&](float weight, int64_t neuron, int64_t channel) {
    ClassState &state = states[classes.classOf(input, channel)];
    const double step = std::ldexp(fullRange[state.group], 1 - widths.activations);
    state.activations += step * step * weight * weight;
    // A weight that rounds to 0 is wrong by itself, whatever it is multiplied by.
    if (std::abs(weight) / state.factor > steps[neuron] / 4)
      state.weights += state.meanSquare * steps[neuron] * steps[neuron];
  });
}

void Equalizer::improve() {
  for (ClassState &state : states)
    state.activations = state.weights = 0;
  for (Operation &op : main.getBody().front())
    if (std::optional<Layer> layer = op.getNumResults() == 1 ? Layer::of(&op, constants) : std::nullopt)
      if (classes.isKnown(op.getOperand(0)))
        addNoise(&op, *layer);
  for (ClassState &state : MutableArrayRef(states).drop_front()) {
    if (!(state.range > 0))
      continue; // see scaleUnseen
    const double full = fullRange[state.group] / state.range;
    const bool isJudged = state.activations > 0 && state.weights > 0;
    state.factor = isJudged ? std::min(full, std::pow(state.activations / state.weights, 0.25)) : full;
  }
}

/// The largest channel of a group fills its grid.
void Equalizer::fillGrids() {
  std::vector<double> largest(fullRange.size(), 0);
  for (const ClassState &state : ArrayRef(states).drop_front())
    largest[state.group] = std::max(largest[state.group], state.range * state.factor);
  for (ClassState &state : MutableArrayRef(states).drop_front())
    if (state.range > 0 && state.group != states[0].group)
      state.factor *= fullRange[state.group] / largest[state.group];
}

/// Channels that are 0 for every sample get the mean of their group: of their size nothing is known, and the weights behind them
/// stay in proportion to the others.
void Equalizer::scaleUnseen() {
  std::vector<double> logarithms(fullRange.size(), 0), seen(fullRange.size(), 0);
  for (const ClassState &state : states)
    if (state.range > 0)
      logarithms[state.group] += std::log2(state.factor), ++seen[state.group];
  for (ClassState &state : MutableArrayRef(states).drop_front())
    if (!(state.range > 0))
      state.factor = seen[state.group] > 0 ? std::exp2(logarithms[state.group] / seen[state.group]) : 1;
}

void Equalizer::chooseFactors() {
  const double limit = std::ldexp(1.0, widths.activations - 1) - 1;
  for (ClassState &state : states) {
    state.range = state.counts.chooseRange(limit, widths.method);
    state.meanSquare = state.counts.meanSquare();
  }
  group();
  fillGrids();
  for (int i = 0; i < rounds; ++i) {
    improve();
    fillGrids();
  }
  scaleUnseen();
  for (ClassState &state : states)
    if (!std::isnormal(static_cast<float>(state.factor)) || !std::isnormal(static_cast<float>(1 / state.factor)))
      state.factor = 1;
}

FloatTensor Equalizer::factorsOf(Value value, bool inverse) const {
  SmallVector<int64_t> shape(rankOf(value), 1);
  shape[1] = classes.channels(value);
  FloatTensor result(shape);
  for (int64_t c = 0; c < shape[1]; ++c) {
    const double factor = states[classes.classOf(value, c)].factor;
    result.mutableData()[c] = static_cast<float>(inverse ? 1 / factor : factor);
  }
  return result;
}

void Equalizer::apply() {
  PatternRewriter rewriter(main.getContext());
  const SmallVector<Operation *> ops = llvm::map_to_vector(main.getBody().front(), [](Operation &op) { return &op; });
  for (Operation *op : ops) {
    std::optional<Layer> layer = op->getNumResults() == 1 ? Layer::of(op, constants) : std::nullopt;
    if (!layer)
      continue;
    layer->scaleInputs(rewriter, factorsOf(op->getOperand(0), /*inverse=*/true));
    layer->scaleOutputs(rewriter, factorsOf(op->getResult(0), /*inverse=*/false));
  }
}

class OnnxEqualizePass : public impl::OnnxEqualizeBase<OnnxEqualizePass> {
public:
  using OnnxEqualizeBase::OnnxEqualizeBase;

private:
  void runOnOperation() override {
    const SmallVector<double> scale(pixelScale.begin(), pixelScale.end()),
        offset(pixelOffset.begin(), pixelOffset.end());
    FailureOr<SampledGraph> graph = SampledGraph::read(getOperation(), {images, input, limit, {scale, offset}},
                                                       {method, activations, weights, {}}, llvm::to_vector(layerBits));
    if (failed(graph))
      return signalPassFailure();
    Equalizer equalizer(graph->main, graph->widths);
    if (failed(equalizer.observe(graph->samples)))
      return signalPassFailure();
    equalizer.chooseFactors();
    equalizer.apply();
  }
};

} // namespace
} // namespace wage
