//===- AccuracyReport.cpp - how far integers are from floats, layer by layer -===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Quantization/AccuracyReport.h"

#include "compiler/Analysis/IntegerConstants.h"
#include "compiler/FloatEvaluator/FloatEvaluator.h"
#include "compiler/Interpreter/Evaluator.h"
#include "compiler/Quantization/CalibrationData.h"
#include "compiler/Quantization/HostFormats.h"
#include "compiler/Quantization/LayerBits.h"
#include "dialects/onnx/IR/OnnxOps.h"
#include "dialects/wage/IR/WageOps.h"

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Format.h"

#include <cmath>
#include <mutex>

using namespace mlir;

namespace wage {

namespace {

/// Multiplications that the interpreter does in a few seconds.
constexpr int64_t multiplicationsPerReport = int64_t(1) << 31;
constexpr int64_t mostSamples = 64;
constexpr int64_t mostNumbers = int64_t(1) << 26; ///< of all values of both graphs
/// A layer with more of its numbers at the ends of its range is called saturated.
constexpr double shareSaturated = 0.25;

int64_t elementsPerSample(Value value) {
  return floats::product(cast<ShapedType>(value.getType()).getShape().drop_front());
}

int64_t countSamples(func::FuncOp infer, int64_t available) {
  int64_t perSample = 1, numbers = 1;
  for (Operation &op : infer.getBody().front().without_terminator())
    if (auto type = dyn_cast<ShapedType>(op.getResult(0).getType()); type && type.getRank() > 1 && type.isDynamicDim(0))
      numbers += elementsPerSample(op.getResult(0));
  for (auto conv : infer.getOps<Conv2DOp>()) {
    const auto weights = cast<ShapedType>(conv.getWeights().getType());
    perSample += elementsPerSample(conv.getResult()) * (weights.getNumElements() / weights.getDimSize(0));
  }
  for (auto product : infer.getOps<MatmulOp>())
    perSample += cast<ShapedType>(product.getWeights().getType()).getNumElements();
  return std::min({available, mostSamples, std::max<int64_t>(1, multiplicationsPerReport / perSample),
                   std::max<int64_t>(1, mostNumbers / numbers)});
}

/// The numbers of `part` behind those of `whole`, as further samples.
void append(floats::FloatTensor &whole, const floats::FloatTensor &part) {
  if (!whole.numbers) {
    whole = part;
    whole.numbers = std::make_shared<std::vector<float>>(*part.numbers);
    return;
  }
  whole.shape[0] += part.shape[0];
  whole.numbers->insert(whole.numbers->end(), part.numbers->begin(), part.numbers->end());
}

/// The values of the float graph that activations are compared with, by node.
class FloatValues {
public:
  FailureOr<floats::FloatTensor> run(ModuleOp module, const floats::FloatTensor &samples, Value input);
  const floats::FloatTensor *find(StringRef node, int64_t elements) const;
  const floats::FloatTensor *findSums(StringRef node, int64_t elements) const;

private:
  std::mutex mutex; // samples are evaluated on several threads
  llvm::StringMap<llvm::SmallMapVector<Value, floats::FloatTensor, 2>> values;
};

/// Returns what the chip's input stands for. Samples are evaluated in blocks, so that every value of one is seen once.
FailureOr<floats::FloatTensor> FloatValues::run(ModuleOp module, const floats::FloatTensor &samples, Value input) {
  FailureOr<floats::FloatEvaluator> evaluator = floats::FloatEvaluator::create(module);
  if (failed(evaluator))
    return failure();
  floats::FloatTensor encoded;
  const auto look = [&](Value value, const floats::FloatTensor &tensor) {
    const std::lock_guard<std::mutex> lock(mutex);
    append(values[getNodeName(value.getLoc())][value], tensor);
    if (value == input)
      append(encoded, tensor);
  };
  constexpr int64_t most = floats::FloatEvaluator::samplesPerBlock;
  for (int64_t first = 0; first < samples.shape[0]; first += most) {
    const floats::FloatTensor block = takeSamples(samples, first, std::min(most, samples.shape[0] - first));
    if (failed(evaluator->run(block, look)))
      return failure();
  }
  return encoded.numbers ? encoded : samples;
}

/// Of a node that became several operations, the last value of so many elements.
const floats::FloatTensor *FloatValues::find(StringRef node, int64_t elements) const {
  const auto found = values.find(node);
  if (found == values.end())
    return nullptr;
  for (const auto &[value, tensor] : llvm::reverse(found->second))
    if (tensor.size() == elements)
      return &tensor;
  return nullptr;
}

/// What a layer, or a sum with a constant, makes under this name; nothing where names are not unique, as ONNX allows.
const floats::FloatTensor *FloatValues::findSums(StringRef node, int64_t elements) const {
  const auto found = values.find(node);
  if (found == values.end())
    return nullptr;
  const floats::FloatTensor *sums = nullptr;
  for (const auto &[value, tensor] : found->second) {
    Operation *op = value.getDefiningOp();
    if (!op || tensor.size() != elements || !(isLinear(op) || isa<onnxir::AddOp, onnxir::BinaryOp>(op)))
      continue;
    if (sums)
      return nullptr;
    sums = &tensor;
  }
  return sums;
}

/// Lets @infer take integers instead of bytes. Returns their grid.
GridType takeIntegers(func::FuncOp infer) {
  EncodeInputOp encode = *infer.getOps<EncodeInputOp>().begin();
  Block &body = infer.getBody().front();
  const Type type = encode.getResult().getType();
  encode.getResult().replaceAllUsesWith(body.addArgument(type, encode.getLoc()));
  encode.erase();
  body.eraseArgument(0);
  infer.setFunctionType(FunctionType::get(infer.getContext(), {type}, infer.getResultTypes()));
  return cast<GridType>(getElementTypeOrSelf(type));
}

interpreter::Tensor encode(const floats::FloatTensor &values, GridType grid) {
  const auto limit = static_cast<double>(grid.getLimit());
  interpreter::Tensor result(std::vector<int64_t>(values.shape.begin(), values.shape.end()));
  std::transform(values.data(), values.data() + values.size(), result.elements.begin(), [&](float x) {
    return static_cast<int64_t>(
        std::nearbyint(std::clamp(std::ldexp(static_cast<double>(x), -grid.getExponent()), -limit, limit)));
  });
  return result;
}

/// Marks the values to compare by their number.
SmallVector<Operation *> markActivations(func::FuncOp infer) {
  SmallVector<Operation *> marked;
  Operation *output = infer.getBody().front().getTerminator()->getOperand(0).getDefiningOp();
  for (Operation &op : infer.getBody().front()) {
    op.removeDiscardableAttr(WageDialect::traceAttr);
    if (&op != output && !isa<QuantizeActivationOp, LookupOp>(op))
      continue;
    op.setDiscardableAttr(WageDialect::traceAttr,
                          StringAttr::get(infer.getContext(), Twine(static_cast<uint64_t>(marked.size()))));
    marked.push_back(&op);
  }
  return marked;
}

LayerAccuracy compare(Operation *op, const interpreter::Tensor &integers, const floats::FloatTensor *real,
                      std::optional<double> outputStep) {
  GridType grid = getGrid(op->getResult(0));
  LayerAccuracy layer;
  layer.name = getNodeName(op->getLoc()).str();
  layer.bits = outputStep ? 0 : grid.getBits();
  layer.step = outputStep.value_or(std::ldexp(1.0, grid.getExponent()));
  layer.elements = integers.elements.size();
  const int64_t limit = layer.bits ? grid.getLimit() : INT64_MAX;
  for (size_t i = 0; i < integers.elements.size(); ++i) {
    const int64_t n = integers.elements[i];
    layer.saturated += std::abs(n) >= limit;
    layer.zeros += n == 0;
    if (!real)
      continue;
    const double exact = real->data()[i], difference = static_cast<double>(n) * layer.step - exact;
    layer.signal += exact * exact;
    layer.noise += difference * difference;
  }
  return layer;
}

std::string shareText(uint64_t part, uint64_t whole) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format(
      "%.2f %%", whole ? 100.0 * static_cast<double>(part) / static_cast<double>(whole) : 0);
  return text;
}

} // namespace

double LayerAccuracy::getSnr() const { return 10 * std::log10(signal / noise); }

namespace {

/// One run of both graphs.
class Comparison {
public:
  Comparison(ModuleOp floats, ModuleOp integers)
      : floats(floats), integers(integers), copy(integers.clone()), infer(copy->lookupSymbol<func::FuncOp>("infer")) {}

  FailureOr<AccuracyReport> run(const floats::FloatTensor &samples);

private:
  LogicalResult adjust(Operation &op, interpreter::Frame &frame);
  void compareActivation(StringRef trace, const interpreter::Tensor &tensor);
  /// What an integer of the output is worth; nothing for every other operation.
  std::optional<double> outputStepOf(Operation *op) const;

  ModuleOp floats, integers;
  OwningOpRef<ModuleOp> copy; ///< takes integers, and is evaluated
  func::FuncOp infer;
  FloatValues values;
  SmallVector<Operation *> marked;
  AccuracyReport report;
};

std::optional<double> Comparison::outputStepOf(Operation *op) const {
  const auto output = (*copy)->getAttrOfType<HostOutputAttr>(WageDialect::outputAttr);
  func::FuncOp function = infer;
  const bool isOutput = function.getBody().front().getTerminator()->getOperand(0).getDefiningOp() == op;
  return isOutput && output ? std::optional(output.getStep().getValueAsDouble()) : std::nullopt;
}

void Comparison::compareActivation(StringRef trace, const interpreter::Tensor &tensor) {
  size_t index = 0;
  trace.getAsInteger(10, index);
  Operation *op = marked[index];
  const auto *real = values.find(getNodeName(op->getLoc()), static_cast<int64_t>(tensor.elements.size()));
  report.layers.push_back(compare(op, tensor, real, outputStepOf(op)));
}

/// How what was found goes along with what is wanted: of one channel, or of several, each about its own mean.
struct Spread {
  double covariance = 0, variance = 0;

  /// How much of what is wanted is there: coarse weights make sums smaller.
  double getGain() const { return variance > 0 ? std::clamp(covariance / variance, 0.0, 1.0) : 1; }
};

/// What is known of one channel on all samples and positions: integers, and what they should be, in steps.
struct ChannelMoments {
  double count = 0, found = 0, wanted = 0, product = 0, square = 0; ///< sums

  void add(double isFound, double isWanted) {
    count += 1, found += isFound, wanted += isWanted;
    product += isFound * isWanted, square += isWanted * isWanted;
  }
  Spread getSpread() const { return {product - found * wanted / count, square - wanted * wanted / count}; }
};

/// Elements of one channel of one sample.
int64_t planeOf(const interpreter::Tensor &tensor) {
  return static_cast<int64_t>(tensor.elements.size()) / (tensor.shape[0] * tensor.shape[1]);
}

/// What each channel's sum is off on average, in steps. A sum that coarse weights make smaller should have a mean as much smaller:
/// with the whole of it, a Relu behind might never open. A row of outputs is that of a classifier, whose numbers are compared with
/// each other and are all as much smaller; other outputs are wanted as they are.
std::vector<int64_t> meanErrors(const interpreter::Tensor &sums, const floats::FloatTensor &real, double step,
                                bool isOutput) {
  const int64_t channels = sums.shape[1], plane = planeOf(sums);
  std::vector<ChannelMoments> moments(channels);
  for (int64_t i = 0; i < static_cast<int64_t>(sums.elements.size()); ++i)
    moments[i / plane % channels].add(static_cast<double>(sums.elements[i]), real.data()[i] / step);
  Spread all;
  for (const ChannelMoments &channel : moments) {
    const Spread own = channel.getSpread();
    all.covariance += own.covariance, all.variance += own.variance;
  }
  std::vector<int64_t> means;
  for (const ChannelMoments &channel : moments) {
    const double gain = !isOutput ? channel.getSpread().getGain() : sums.shape.size() == 2 ? all.getGain() : 1;
    const double error = (gain * channel.wanted - channel.found) / channel.count;
    // Numbers of no use here come from floats that are none, or beyond all integers.
    means.push_back(std::abs(error) < std::ldexp(1.0, 52) ? static_cast<int64_t>(std::nearbyint(error)) : 0);
  }
  return means;
}

/// Adds `numbers` to a global of 64-bit integers; false if it is none.
bool addToGlobal(ml_program::GlobalOp global, ArrayRef<int64_t> numbers) {
  std::optional<std::vector<int64_t>> old = readIntegers(global.getValue().value_or(Attribute()));
  auto type = dyn_cast<RankedTensorType>(global.getType());
  if (!old || old->size() != numbers.size() || !type || !type.getElementType().isInteger(64))
    return false;
  for (auto [sum, number] : llvm::zip(*old, numbers))
    sum += number;
  global.setValueAttr(DenseI64ResourceElementsAttr::get(
      type, global.getSymName(), HeapAsmResourceBlob::allocateAndCopyInferAlign(ArrayRef(*old))));
  return true;
}

/// Changes the bias that `op` adds, here and in the module that goes on.
LogicalResult Comparison::adjust(Operation &op, interpreter::Frame &frame) {
  auto bias = dyn_cast<AddBiasOp>(op);
  auto load = bias ? bias.getBias().getDefiningOp<ml_program::GlobalLoadConstOp>() : ml_program::GlobalLoadConstOp();
  if (!load)
    return success();
  interpreter::Tensor sums = frame.get(bias.getResult());
  const auto *real = values.findSums(getNodeName(op.getLoc()), static_cast<int64_t>(sums.elements.size()));
  auto global = integers.lookupSymbol<ml_program::GlobalOp>(load.getGlobal().getLeafReference());
  if (!real || !global)
    return success();
  const std::optional<double> outputStep = outputStepOf(&op);
  const double step = outputStep.value_or(std::ldexp(1.0, getGrid(bias.getResult()).getExponent()));
  const std::vector<int64_t> errors = meanErrors(sums, *real, step, outputStep.has_value());
  if (!addToGlobal(global, errors))
    return success();
  const int64_t channels = sums.shape[1], plane = planeOf(sums);
  for (size_t i = 0; i < sums.elements.size(); ++i)
    sums.elements[i] += errors[static_cast<int64_t>(i) / plane % channels];
  return frame.set(bias.getResult(), std::move(sums));
}

FailureOr<AccuracyReport> Comparison::run(const floats::FloatTensor &samples) {
  report.samples = countSamples(infer, samples.shape.front());
  const auto main = floats.lookupSymbol<func::FuncOp>("main");
  const FailureOr<floats::FloatTensor> encoded =
      values.run(floats, takeSamples(samples, 0, report.samples), matchInput(main).value);
  if (failed(encoded))
    return failure();
  const GridType grid = takeIntegers(infer);
  marked = markActivations(infer);
  interpreter::Evaluator evaluator(*copy);
  evaluator.setAdjuster([this](Operation &op, interpreter::Frame &frame) { return adjust(op, frame); });
  evaluator.setObserver(
      [this](StringRef trace, const interpreter::Tensor &tensor) { compareActivation(trace, tensor); });
  if (failed(evaluator.initialize()) || failed(evaluator.call(infer, {encode(*encoded, grid)})))
    return failure();
  return report;
}

} // namespace

FailureOr<AccuracyReport> correctBiases(ModuleOp floats, ModuleOp integers, const floats::FloatTensor &samples) {
  return Comparison(floats, integers).run(samples);
}

void printAccuracy(const AccuracyReport &report, llvm::raw_ostream &out) {
  size_t width = 5;
  for (const LayerAccuracy &layer : report.layers)
    width = std::max(width, layer.name.size());
  out << "integers against floats on " << report.samples << (report.samples == 1 ? " sample" : " samples") << "\n  "
      << llvm::left_justify("layer", width) << "   bits         step   saturated        zero  signal to noise\n";
  for (const LayerAccuracy &layer : report.layers) {
    out << "  " << llvm::left_justify(layer.name, width)
        << llvm::format("   %4s", layer.bits ? std::to_string(layer.bits).c_str() : "sum")
        << llvm::format("   %10.4g", layer.step)
        << llvm::right_justify(layer.bits ? shareText(layer.saturated, layer.elements) : "-", 12)
        << llvm::right_justify(shareText(layer.zeros, layer.elements), 12);
    if (layer.signal > 0 && layer.noise > 0)
      out << llvm::format("  %12.1f dB", layer.getSnr());
    else
      out << (layer.signal > 0 ? "            exact" : "                -");
    out << "\n";
  }
}

void warnOfLostLayers(const AccuracyReport &report, Location location) {
  for (const LayerAccuracy &layer : report.layers) {
    if (layer.zeros == layer.elements)
      emitWarning(location) << layer.name << ": is 0 for every sample (dead); check preprocessing and the layer's grid";
    else if (layer.bits && static_cast<double>(layer.saturated) > shareSaturated * static_cast<double>(layer.elements))
      emitWarning(location) << layer.name << ": " << shareText(layer.saturated, layer.elements)
                            << " of its numbers are saturated; calibrate with more samples or more bits";
  }
}

} // namespace wage
