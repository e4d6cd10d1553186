//===- RoundWeights.cpp - weights rounded with their inputs in view ------------ ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Quantization/RoundWeights.h"

#include "compiler/FloatEvaluator/FloatEvaluator.h"
#include "compiler/FloatEvaluator/Windows.h"
#include "compiler/FloatTransforms/Layers.h"
#include "compiler/Quantization/WeightScale.h"

#include "llvm/ADT/MapVector.h"

#include <Eigen/Dense>

#include <cmath>
#include <memory>
#include <mutex>

using namespace mlir;

namespace wage {

using namespace onnxir;

namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Axons of a neuron, whose products with each other are counted.
constexpr int64_t mostAxons = 2048;
/// All such products of a layer, of all its groups.
constexpr int64_t mostProducts = mostAxons * mostAxons;
constexpr int64_t mostSamples = 256;
/// Numbers of all samples that are looked at.
constexpr int64_t mostNumbers = int64_t(1) << 22;
/// Positions that are looked at in a block of samples.
constexpr int64_t rowsPerBlock = 1024;
/// Of the mean square of an input, added to each: what the samples do not show is not relied on. At least so much, and more where
/// there are few rows beside the axons.
constexpr double leastDamping = 0.01;

/// What the neurons of one group of a layer take: the sum of x xT over samples and positions.
struct Inputs {
  Layer layer;
  std::vector<Matrix> products; ///< of each group
  int64_t rows = 0;             ///< summed in each
};

/// Looks at the inputs of one layer where `positions` of its outputs take them.
class InputReader {
public:
  InputReader(Operation *op, const FloatTensor &input)
      : conv(dyn_cast<ConvOp>(op)), input(input), output(cast<ShapedType>(op->getResult(0).getType()).getShape()) {
    output[0] = input.shape[0];
    if (conv)
      windows.emplace(input.shape, output,
                      WindowShape{shapeOf(conv.getWeights()).drop_front(2), conv.getStrides(), conv.getPads(),
                                  conv.getDilations().value_or(ArrayRef<int64_t>())});
  }

  int64_t countPositions() const { return input.shape[0] * (windows ? windows->getPositions() : 1); }
  /// The axons of position `index`, channels [first, first + channels).
  void read(int64_t index, int64_t first, int64_t channels, float *axons) const;

private:
  ConvOp conv;
  const FloatTensor &input;
  SmallVector<int64_t> output;
  std::optional<floats::Windows> windows;
};

void InputReader::read(int64_t index, int64_t first, int64_t channels, float *axons) const {
  if (!windows) {
    std::copy_n(input.data() + index * input.shape[1] + first, channels, axons);
    return;
  }
  const floats::Windows &w = *windows;
  const int64_t sample = index / w.getPositions(), position = index % w.getPositions();
  const int64_t at[3] = {position / (w.positions[1] * w.positions[2]), position / w.positions[2] % w.positions[1],
                         position % w.positions[2]};
  for (int64_t c = first; c < first + channels; ++c) {
    const float *plane = input.data() + (sample * input.shape[1] + c) * w.getPlane();
    for (int64_t tap = 0; tap < w.getTaps(); ++tap) {
      const int64_t taps[3] = {tap / (w.kernel[1] * w.kernel[2]), tap / w.kernel[2] % w.kernel[1], tap % w.kernel[2]};
      int64_t place = 0;
      bool isInside = true;
      for (int d = 0; d < 3; ++d) {
        const int64_t i = w.at(d, at[d], taps[d]);
        isInside &= w.isInside(d, i);
        place = place * w.size[d] + i;
      }
      *axons++ = isInside ? plane[place] : 0;
    }
  }
}

void addProducts(Operation *op, const FloatTensor &input, Inputs &inputs) {
  const InputReader reader(op, input);
  const int64_t positions = reader.countPositions(), rows = std::min(positions, rowsPerBlock);
  const int64_t channels = inputs.layer.getChannelsPerGroup();
  inputs.rows += rows;
  for (auto [group, products] : llvm::enumerate(inputs.products)) {
    Rows seen(rows, products.rows());
    for (int64_t i = 0; i < rows; ++i)
      reader.read(i * positions / rows, static_cast<int64_t>(group) * channels, channels, seen.row(i).data());
    if (seen.allFinite())
      products.selfadjointView<Eigen::Lower>().rankUpdate(seen.cast<double>().transpose());
  }
}

/// Whether a result counts in the steps of its operands. A function does not: its table has a grid of its own.
bool keepsSteps(Operation *op) {
  auto binary = dyn_cast<BinaryOp>(op);
  return isa<AddOp, ReluOp, MaxPoolOp, AveragePoolOp, ReshapeOp, FlattenOp, IdentityOp, DropoutOp, TransposeOp, SliceOp,
             PadOp, GatherOp, ConcatOp>(op) ||
         (binary && binary.getKind() == BinaryKind::Add);
}

/// What a step of an activation is worth beyond a power of two: a mean over n numbers is their sum, divided by a power of two.
/// Layers count in such steps (arithmetic.md section 9), up to which their weights are rounded.
double stepFactor(Value value) {
  double factor = 1;
  while (Operation *op = value.getDefiningOp()) {
    if (!keepsSteps(op))
      break;
    if (auto pool = dyn_cast<AveragePoolOp>(op)) {
      const int64_t window = floats::product(pool.getKernel());
      factor *= std::exp2(llvm::Log2_64_Ceil(window)) / static_cast<double>(window);
    }
    value = op->getOperand(0);
  }
  int exponent;
  return std::frexp(factor, &exponent) * 2;
}

/// The upper triangle U with UT U = products^-1; nothing where they have none.
std::optional<Matrix> factorizeInverse(const Matrix &products, int64_t rows) {
  const int64_t axons = products.rows();
  Matrix whole = products.selfadjointView<Eigen::Lower>();
  const double mean = whole.diagonal().mean();
  if (!(mean > 0))
    return std::nullopt;
  const double few = static_cast<double>(axons) / static_cast<double>(rows + axons);
  whole.diagonal().array() += std::max(leastDamping, few / 2) * mean;
  const Eigen::LLT<Matrix> inverse(whole.llt().solve(Matrix::Identity(axons, axons)));
  if (inverse.info() != Eigen::Success)
    return std::nullopt;
  return Matrix(inverse.matrixU());
}

/// Rounds the weights [neurons, axons] of one group to multiples of their neuron's step.
void roundGroup(Eigen::Ref<Matrix> weights, const Matrix &factors, ArrayRef<double> steps, double limit) {
  const int64_t axons = weights.cols();
  for (int64_t k = 0; k < axons; ++k) {
    Eigen::VectorXd error(weights.rows());
    for (int64_t n = 0; n < weights.rows(); ++n) {
      const double rounded = std::clamp(std::nearbyint(weights(n, k) / steps[n]), -limit, limit) * steps[n];
      error[n] = (weights(n, k) - rounded) / factors(k, k);
      weights(n, k) = rounded;
    }
    if (const int64_t rest = axons - k - 1)
      weights.rightCols(rest).noalias() -= error * factors.row(k).tail(rest);
  }
}

void roundLayer(Operation *op, Inputs &inputs, int bits, PatternRewriter &rewriter) {
  const double factor = stepFactor(op->getOperand(0)), limit = std::ldexp(1.0, bits - 1) - 1;
  std::vector<float> weights = inputs.layer.readWeights();
  const auto axons = inputs.products.front().rows(), neurons = static_cast<int64_t>(weights.size()) / axons;
  const int64_t perGroup = neurons / static_cast<int64_t>(inputs.products.size());
  for (float &weight : weights)
    weight = static_cast<float>(weight * factor);
  for (auto [group, products] : llvm::enumerate(inputs.products)) {
    const std::optional<Matrix> factors = factorizeInverse(products, inputs.rows);
    const int64_t first = static_cast<int64_t>(group) * perGroup;
    if (!factors)
      continue;
    std::vector<double> steps;
    for (int64_t n = first; n < first + perGroup; ++n)
      steps.push_back(std::ldexp(1.0, 1 - bits - fitScale(weights, n * axons, 1, axons, bits)));
    Eigen::Map<Rows> rows(weights.data() + first * axons, perGroup, axons);
    Matrix exact = rows.cast<double>();
    roundGroup(exact, *factors, steps, limit);
    rows = exact.cast<float>();
  }
  for (float &weight : weights)
    weight = static_cast<float>(weight / factor);
  inputs.layer.writeWeights(rewriter, weights);
}

/// The layers of `main` whose weights are rounded here.
llvm::MapVector<Operation *, std::unique_ptr<Inputs>> collectLayers(func::FuncOp main, const Widths &widths,
                                                                    Constants &constants) {
  llvm::MapVector<Operation *, std::unique_ptr<Inputs>> layers;
  for (Operation &op : main.getBody().front()) {
    std::optional<Layer> layer = op.getNumResults() == 1 ? Layer::of(&op, constants) : std::nullopt;
    if (!layer || widths.weightsOf(&op) < 2)
      continue;
    const int64_t axons = layer->getAxons(), groups = layer->getGroups();
    if (axons < 1 || axons > mostAxons || groups * axons * axons > mostProducts)
      continue;
    const std::vector<float> weights = layer->readWeights();
    // A step is worth up to twice a power of two.
    if (llvm::all_of(weights, [](float weight) { return std::isfinite(2 * weight); }))
      layers[&op] = std::make_unique<Inputs>(Inputs{*layer, std::vector<Matrix>(groups, Matrix::Zero(axons, axons))});
  }
  return layers;
}

} // namespace

LogicalResult roundWeights(const SampledGraph &graph) {
  func::FuncOp main = graph.main;
  Constants constants;
  llvm::MapVector<Operation *, std::unique_ptr<Inputs>> layers = collectLayers(main, graph.widths, constants);
  FailureOr<floats::FloatEvaluator> evaluator = floats::FloatEvaluator::create(main->getParentOfType<ModuleOp>());
  if (failed(evaluator))
    return failure();
  std::mutex mutex;
  const auto look = [&](Value value, const FloatTensor &tensor) {
    const std::lock_guard<std::mutex> lock(mutex);
    for (Operation *user : value.getUsers())
      if (const auto found = layers.find(user); found != layers.end() && user->getOperand(0) == value)
        addProducts(user, tensor, *found->second);
  };
  // One block after the other: sums of floats depend on their order.
  const int64_t available = graph.samples.shape[0], numbers = graph.samples.size() / available;
  const int64_t samples = std::min({available, mostSamples, std::max<int64_t>(1, mostNumbers / numbers)});
  constexpr int64_t most = floats::FloatEvaluator::samplesPerBlock;
  for (int64_t first = 0; first < samples; first += most) {
    const FloatTensor block = takeSamples(graph.samples, first, std::min(most, samples - first));
    look(main.getArgument(0), block);
    if (failed(evaluator->run(block, look)))
      return failure();
  }
  PatternRewriter rewriter(main.getContext());
  for (auto &[op, inputs] : layers)
    roundLayer(op, *inputs, graph.widths.weightsOf(op), rewriter);
  return success();
}

} // namespace wage
