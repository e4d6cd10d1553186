//===- Calibrate.cpp - choose grids from samples -----------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

//
// One evaluation of the float graph on all samples; the numbers of every value end in a histogram, from which grids are
// chosen without seeing the samples again.
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatEvaluator/FloatEvaluator.h"
#include "compiler/Quantization/Passes.h"
#include "compiler/Quantization/Pointwise.h"
#include "compiler/Quantization/RoundWeights.h"
#include "dialects/wage/IR/WageTypes.h"

#include "llvm/ADT/MapVector.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>

#define DEBUG_TYPE "onnx-calibrate"

using namespace mlir;

namespace wage {

#define GEN_PASS_DEF_ONNXCALIBRATE
#include "compiler/Quantization/Passes.h.inc"

namespace {

/// Functions with constants per channel are judged by this many of their channels.
constexpr int64_t channelsJudged = 4;

/// What was seen of one value.
struct Seen {
  std::mutex mutex; ///< samples are evaluated on several threads
  Histogram histogram;
  /// Of each channel, where a linear layer takes the value: the sum in steps of 2^-sumScale, so that the order of adding does
  /// not count.
  std::vector<__int128> sums;
  int64_t perChannel = 0; ///< numbers added to each sum
  __int128 peaks = 0;     ///< sum of each sample's largest number, in the same steps
  int64_t samples = 0;
};

constexpr int sumScale = 40;

/// Adds the sum of each channel of [samples, channels, ...]; of numbers too large for the steps nothing is known.
void addSums(const floats::FloatTensor &tensor, Seen &seen) {
  const auto channels = static_cast<int64_t>(seen.sums.size());
  const int64_t plane = tensor.size() / (tensor.shape[0] * channels);
  for (int64_t row = 0; row < tensor.shape[0] * channels; ++row) {
    double sum = 0;
    for (int64_t i = row * plane; i < (row + 1) * plane; ++i)
      sum += tensor.data()[i];
    if (std::abs(sum) < std::ldexp(1.0, 60)) // what is no number compares false
      seen.sums[row % channels] += static_cast<__int128>(std::ldexp(sum, sumScale));
  }
  seen.perChannel += tensor.shape[0] * plane;
}

/// Adds the largest number of each of [samples, numbers].
void addPeaks(const floats::FloatTensor &tensor, Seen &seen) {
  const int64_t numbers = tensor.size() / tensor.shape[0];
  for (int64_t sample = 0; sample < tensor.shape[0]; ++sample) {
    const double peak = *std::max_element(tensor.data() + sample * numbers, tensor.data() + (sample + 1) * numbers);
    if (std::abs(peak) < std::ldexp(1.0, 60))
      seen.peaks += static_cast<__int128>(std::ldexp(peak, sumScale));
  }
  seen.samples += tensor.shape[0];
}

/// The layer that makes `output`, where that is a row of sums, one for each class; else null.
Operation *findClassifier(Value output) {
  return cast<ShapedType>(output.getType()).getRank() == 2 ? findOutputLayer(output) : nullptr;
}

/// The operations that hand on the grid of their operand.
bool handsOn(Operation *op) {
  return isa<onnxir::IdentityOp, onnxir::DropoutOp, onnxir::ReshapeOp, onnxir::FlattenOp, onnxir::MaxPoolOp,
             onnxir::TransposeOp, onnxir::SliceOp, onnxir::PadOp, onnxir::GatherOp>(op);
}

SmallVector<double> meansOf(const Seen &seen) {
  return llvm::map_to_vector(seen.sums, [&](__int128 sum) {
    return std::ldexp(static_cast<double>(sum), -sumScale) / static_cast<double>(std::max<int64_t>(1, seen.perChannel));
  });
}

class Calibrator {
public:
  Calibrator(func::FuncOp main, const LayerBits &layerBits, GridMethod method, int bits)
      : main(main), output(matchOutput(main, /*forTraining=*/true).value), classifier(findClassifier(output)),
        pointwise(main), layerBits(layerBits), method(method), bits(bits) {}

  LogicalResult observe(ModuleOp module, const floats::FloatTensor &samples);
  void chooseGrids();
  void attach();

private:
  void look(Value value, const floats::FloatTensor &tensor);
  ErrorMeasure measureBehind(Value value) const;
  bool makesOutput(Value value) const;
  bool collectFunctions(Value value, SmallVectorImpl<Value> &functions) const;
  void unify(onnxir::ConcatOp concat);

  func::FuncOp main;
  const Value output;          ///< of the layers: what a loss compares with labels
  Operation *const classifier; ///< that makes `output`; null if it is none
  Pointwise pointwise;
  const LayerBits &layerBits;
  const GridMethod method;
  const int bits;
  llvm::MapVector<Value, std::unique_ptr<Seen>> seen;
  DenseMap<Value, int> exponents;
};

void Calibrator::look(Value value, const floats::FloatTensor &tensor) {
  const auto found = seen.find(value);
  if (found == seen.end())
    return;
  Histogram part;
  part.add(tensor.data(), tensor.size());
  const std::lock_guard<std::mutex> lock(found->second->mutex);
  found->second->histogram.add(part);
  if (!found->second->sums.empty())
    addSums(tensor, *found->second);
  if (value == output && classifier && tensor.size() > 0)
    addPeaks(tensor, *found->second);
}

LogicalResult Calibrator::observe(ModuleOp module, const floats::FloatTensor &samples) {
  seen[main.getArgument(0)] = std::make_unique<Seen>();
  for (Operation &op : main.getBody().front().without_terminator())
    if (op.getNumResults() == 1 && getElementTypeOrSelf(op.getResult(0)).isF32() && op.getNumOperands() > 0)
      seen[op.getResult(0)] = std::make_unique<Seen>();
  for (const auto &[value, what] : seen)
    if (llvm::any_of(value.getUses(),
                     [](OpOperand &use) { return use.getOperandNumber() == 0 && isLinear(use.getOwner()); }))
      what->sums.resize(cast<ShapedType>(value.getType()).getDimSize(1));
  look(main.getArgument(0), samples);
  FailureOr<floats::FloatEvaluator> evaluator = floats::FloatEvaluator::create(module);
  if (failed(evaluator))
    return failure();
  return evaluator->run(samples, [this](Value value, const floats::FloatTensor &tensor) { look(value, tensor); });
}

/// The functions of `value` that become tables: those with a use that is no function of it too. False if `value` has a use
/// that is none.
bool Calibrator::collectFunctions(Value value, SmallVectorImpl<Value> &functions) const {
  const Value base = pointwise.getBase(value);
  bool onlyFunctions = true;
  for (Operation *user : value.getUsers()) {
    const bool isFunction = user->getNumResults() == 1 && pointwise.isFunction(user->getResult(0)) &&
                            pointwise.getBase(user->getResult(0)) == base;
    onlyFunctions &= isFunction;
    if (isFunction && !collectFunctions(user->getResult(0), functions) &&
        !llvm::is_contained(functions, user->getResult(0)))
      functions.push_back(user->getResult(0));
  }
  return onlyFunctions && !value.use_empty();
}

/// The error behind all functions of `value`, if it has no other use.
ErrorMeasure Calibrator::measureBehind(Value value) const {
  SmallVector<Value> functions;
  if (!collectFunctions(value, functions) || functions.empty())
    return nullptr;
  return [this, functions](double exact, double rounded) {
    double sum = 0;
    for (Value function : functions) {
      const int64_t channels = std::min(pointwise.countChannels(function), channelsJudged);
      for (int64_t c = 0; c < channels; ++c) {
        const double error = pointwise.evaluate(function, c, exact) - pointwise.evaluate(function, c, rounded);
        sum += std::isfinite(error) ? error * error / static_cast<double>(channels) : 0;
      }
    }
    return std::sqrt(sum);
  };
}

/// Gives the operands one grid, the coarsest, as far as nothing else reads them.
void Calibrator::unify(onnxir::ConcatOp concat) {
  SmallVector<Value> operands;
  for (Value operand : concat.getInputs()) {
    while (operand.getDefiningOp() && handsOn(operand.getDefiningOp()))
      operand = operand.getDefiningOp()->getOperand(0);
    operands.push_back(operand);
  }
  int coarsest = exponents.lookup(operands.front());
  for (Value operand : operands)
    coarsest = std::max(coarsest, exponents.lookup(operand));
  for (auto [operand, origin] : llvm::zip(concat.getInputs(), operands))
    if (origin.hasOneUse() || origin == operand) {
      exponents[origin] = coarsest;
      exponents[operand] = coarsest;
    }
  exponents[concat.getResult()] = coarsest;
}

/// Whether the output is made of `value` without another layer, which would average errors out: there the largest numbers decide.
bool Calibrator::makesOutput(Value value) const {
  SmallVector<Value> open{value};
  DenseSet<Value> known;
  while (!open.empty())
    for (Operation *user : open.pop_back_val().getUsers()) {
      if (user->hasTrait<OpTrait::IsTerminator>())
        return true;
      if (!isLinear(user) && user->getNumResults() == 1 && known.insert(user->getResult(0)).second)
        open.push_back(user->getResult(0));
    }
  return false;
}

void Calibrator::chooseGrids() {
  for (const auto &[value, what] : seen) {
    const int width = layerBits.getActivationBits(value, bits);
    const ErrorMeasure measure = method == GridMethod::Mse ? measureBehind(value) : ErrorMeasure();
    const bool clips = method != GridMethod::Mse || measure || !makesOutput(value);
    exponents[value] = chooseExponent(what->histogram, width, clips ? method : GridMethod::Max, measure);
  }
  for (auto concat : main.getOps<onnxir::ConcatOp>())
    unify(concat);
}

void Calibrator::attach() {
  MLIRContext *context = main.getContext();
  for (const auto &[value, what] : seen) {
    // The type's own range: numbers beyond it are refused where they are used.
    const int exponent = std::clamp(exponents.lookup(value), -63, 63);
    const auto grid =
        TypeAttr::get(GridType::get(context, Role::A, layerBits.getActivationBits(value, bits), exponent));
    if (Operation *op = value.getDefiningOp())
      op->setDiscardableAttr(WageDialect::gridAttr, grid);
    else
      main.setArgAttr(0, WageDialect::gridAttr, grid);
  }
  if (const auto found = seen.find(output); found != seen.end() && found->second->samples) {
    const double peak =
        std::ldexp(static_cast<double>(found->second->peaks), -sumScale) / static_cast<double>(found->second->samples);
    classifier->setDiscardableAttr(onnxir::outputPeakAttr, Builder(context).getF64FloatAttr(peak));
  }
  for (Operation &op : main.getBody().front()) {
    if (!isLinear(&op))
      continue;
    if (const auto widths = layerBits.find(getNodeName(op.getLoc())))
      op.setDiscardableAttr(WageDialect::weightBitsAttr,
                            IntegerAttr::get(IntegerType::get(context, 32), widths->weights));
    if (const auto input = seen.find(op.getOperand(0)); input != seen.end())
      op.setDiscardableAttr(onnxir::inputMeanAttr, DenseF64ArrayAttr::get(context, meansOf(*input->second)));
  }
}

class OnnxCalibratePass : public impl::OnnxCalibrateBase<OnnxCalibratePass> {
public:
  using OnnxCalibrateBase::OnnxCalibrateBase;

private:
  void runOnOperation() override {
    if (failed(calibrate(getOperation())))
      signalPassFailure();
  }
  LogicalResult calibrate(ModuleOp module);
};

LogicalResult OnnxCalibratePass::calibrate(ModuleOp module) {
  const SmallVector<double> scale(pixelScale.begin(), pixelScale.end()), offset(pixelOffset.begin(), pixelOffset.end());
  FailureOr<SampledGraph> graph = SampledGraph::read(module, {images, input, limit, {scale, offset}},
                                                     {method, activations, weights, {}}, llvm::to_vector(layerBits));
  if (failed(graph))
    return failure();
  Calibrator calibrator(graph->main, graph->widths.layers, method, activations);
  if (failed(calibrator.observe(module, graph->samples)))
    return failure();
  calibrator.chooseGrids();
  calibrator.attach();
  return success(!round || succeeded(roundWeights(*graph)));
}

} // namespace
} // namespace wage
