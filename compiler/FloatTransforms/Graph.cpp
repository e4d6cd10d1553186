//===- Graph.cpp - what the passes on float graphs share -----------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatTransforms/Graph.h"

#include "compiler/FloatEvaluator/FloatEvaluator.h"
#include "compiler/FloatEvaluator/Semantics.h"

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <array>
#include <cmath>

using namespace mlir;

namespace wage::onnxir {

bool isConstant(Value value) {
  return isa_and_nonnull<ConstantOp, ml_program::GlobalLoadConstOp>(value.getDefiningOp());
}

std::optional<FloatTensor> Constants::read(Value value) {
  std::optional<ConstantTensor> constant = getConstantTensor(value, symbols);
  return constant && constant->value.getElementType().isF32() ? floats::readElements(constant->value) : std::nullopt;
}

bool Constants::canRead(Value value) {
  std::optional<ConstantTensor> constant = getConstantTensor(value, symbols);
  if (!constant || !constant->value.getElementType().isF32())
    return false;
  auto resource = dyn_cast<DenseF32ResourceElementsAttr>(constant->value);
  return resource ? resource.tryGetAsArrayRef().has_value() : isa<DenseElementsAttr>(constant->value);
}

std::string Constants::nameOf(Value value) {
  std::optional<ConstantTensor> constant = getConstantTensor(value, symbols);
  return constant ? constant->name.str() : std::string();
}

Value Constants::reshape(OpBuilder &builder, Value value, ArrayRef<int64_t> shape) {
  if (shapeOf(value) == shape)
    return value;
  std::optional<ConstantTensor> constant = getConstantTensor(value, symbols);
  RankedTensorType type = typeLike(value, shape);
  if (constant)
    if (auto dense = dyn_cast<DenseElementsAttr>(constant->value))
      return ConstantOp::create(builder, value.getLoc(), type, constant->name, dense.reshape(type));
  if (constant)
    if (auto resource = dyn_cast<DenseResourceElementsAttr>(constant->value))
      return ConstantOp::create(builder, value.getLoc(), type, constant->name,
                                DenseResourceElementsAttr::get(type, resource.getRawHandle()));
  return ReshapeOp::create(builder, value.getLoc(), type, value);
}

bool isInput(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    const bool isPointwise = isa<ReluOp, UnaryOp, CastOp, ReshapeOp, TransposeOp>(op) ||
                             (isa<BinaryOp, AddOp>(op) && isConstant(op->getOperand(1)));
    if (!isPointwise)
      return false;
    value = op->getOperand(0);
  }
  return true;
}

Value makeConstant(OpBuilder &builder, StringRef name, const FloatTensor &tensor) {
  // As many as a reader would still look at stand in the text themselves.
  constexpr int64_t mostInText = 16;
  auto type = RankedTensorType::get(tensor.shape, builder.getF32Type());
  const ArrayRef<float> numbers(tensor.data(), tensor.size());
  ElementsAttr value;
  if (!numbers.empty() && llvm::all_equal(numbers))
    value = DenseElementsAttr::get(type, numbers.front());
  else if (tensor.size() <= mostInText)
    value = DenseElementsAttr::get(type, numbers);
  else
    value = DenseResourceElementsAttr::get(type, name, HeapAsmResourceBlob::allocateAndCopyInferAlign(numbers));
  return ConstantOp::create(builder, NameLoc::get(builder.getStringAttr(name)), type, builder.getStringAttr(name),
                            value);
}

std::string nameBehind(Location location, StringRef suffix) {
  auto name = dyn_cast<NameLoc>(location);
  return ((name ? name.getName().getValue() : StringRef("constant")) + suffix).str();
}

RankedTensorType typeLike(Value value, ArrayRef<int64_t> shape) {
  return RankedTensorType::get(shape, getElementTypeOrSelf(value.getType()));
}

Value reshape(OpBuilder &builder, Location loc, Value value, ArrayRef<int64_t> shape) {
  return shapeOf(value) == shape ? value : ReshapeOp::create(builder, loc, typeLike(value, shape), value).getResult();
}

Value transpose(OpBuilder &builder, Location loc, Value value, ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> shape;
  bool moves = false;
  for (auto [i, axis] : llvm::enumerate(permutation)) {
    shape.push_back(shapeOf(value)[axis]);
    moves |= axis != static_cast<int64_t>(i);
  }
  return moves ? TransposeOp::create(builder, loc, typeLike(value, shape), value, permutation).getResult() : value;
}

SmallVector<int64_t> invert(ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> inverse(permutation.size());
  for (auto [i, axis] : llvm::enumerate(permutation))
    inverse[axis] = static_cast<int64_t>(i);
  return inverse;
}

void rewriteGreedily(Operation *root, RewritePatternSet patterns) {
  GreedyRewriteConfig config;
  config.enableFolding(false).enableConstantCSE(false).setUseTopDownTraversal(true);
  config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
  // Every rule makes a graph smaller or brings it nearer to its form. Should two of them undo each other on some graph all the
  // same, it stays as it is then: every state of it computes the same.
  int64_t operations = 0;
  root->walk([&](Operation *) { ++operations; });
  config.setMaxNumRewrites(1000 + 100 * operations);
  (void)applyPatternsGreedily(root, std::move(patterns), config);
}

//===----------------------------------------------------------------------===//
// Factors
//===----------------------------------------------------------------------===//

std::optional<FloatTensor> readFactors(Constants &constants, Value constant, Value value) {
  const ArrayRef<int64_t> own = shapeOf(constant), full = shapeOf(value);
  if (!isPerSample(value) || !isWithinReach(value) || own.size() > full.size() || !isConstant(constant))
    return std::nullopt;
  SmallVector<int64_t> shape(full.size() - own.size(), 1);
  shape.append(own.begin(), own.end());
  for (auto [dim, most] : llvm::zip(shape, full))
    if (dim != 1 && dim != most)
      return std::nullopt;
  std::optional<FloatTensor> tensor = constants.read(constant);
  if (!tensor || tensor->size() == 0)
    return std::nullopt;
  return compress(tensor->withShape(shape));
}

FloatTensor compress(FloatTensor factors) {
  for (size_t axis = 0; axis < factors.shape.size(); ++axis) {
    const int64_t size = factors.shape[axis];
    if (size == 1)
      continue;
    const int64_t inner = floats::product(ArrayRef(factors.shape).drop_front(axis + 1));
    const int64_t outer = factors.size() / size / inner;
    const float *numbers = factors.data();
    bool varies = false;
    for (int64_t row = 0; row < outer && !varies; ++row)
      for (int64_t i = inner; i < size * inner && !varies; ++i)
        varies = numbers[row * size * inner + i] != numbers[row * size * inner + i - inner];
    if (varies)
      continue;
    SmallVector<int64_t> shape(factors.shape);
    shape[axis] = 1;
    FloatTensor smaller(shape);
    for (int64_t row = 0; row < outer; ++row)
      std::copy_n(numbers + row * size * inner, inner, smaller.mutableData() + row * inner);
    factors = std::move(smaller);
  }
  return factors;
}

FloatTensor expand(const FloatTensor &factors, Value value) { return floats::broadcast(factors, sampleShape(value)); }

std::vector<float> perChannel(const FloatTensor &factors, int64_t channels) {
  std::vector<float> numbers(factors.data(), factors.data() + factors.size());
  if (numbers.size() == 1)
    numbers.resize(channels, numbers.front());
  return numbers;
}

bool isPerChannel(const FloatTensor &factors) {
  return factors.shape.size() >= 2 && factors.size() == factors.shape[1];
}

bool allAre(const FloatTensor &factors, float number) {
  return std::all_of(factors.data(), factors.data() + factors.size(), [&](float x) { return x == number; });
}

bool allPositive(const FloatTensor &factors) {
  return std::all_of(factors.data(), factors.data() + factors.size(), [](float x) { return x > 0; });
}

FloatTensor combine(Combination combination, const FloatTensor &lhs, const FloatTensor &rhs) {
  SmallVector<int64_t> shape;
  for (auto [left, right] : llvm::zip(lhs.shape, rhs.shape))
    shape.push_back(std::max(left, right));
  const FloatTensor left = floats::broadcast(lhs, shape), right = floats::broadcast(rhs, shape);
  FloatTensor result(shape);
  std::transform(left.data(), left.data() + left.size(), right.data(), result.mutableData(), [&](double x, double y) {
    switch (combination) {
    case Combination::Product: return static_cast<float>(x * y);
    case Combination::Sum: return static_cast<float>(x + y);
    case Combination::Quotient: return static_cast<float>(x / y);
    }
    llvm_unreachable("every combination has a case");
  });
  return compress(std::move(result));
}

std::optional<std::pair<FloatTensor, FloatTensor>> readBatchNormalization(Constants &constants,
                                                                          BatchNormalizationOp op) {
  SmallVector<int64_t> shape(rankOf(op.getInput()), 1);
  shape[1] = shapeOf(op.getInput())[1];
  const std::array<Value, 4> parameters = {op.getScale(), op.getBias(), op.getMean(), op.getVariance()};
  std::array<FloatTensor, 4> numbers;
  for (auto [parameter, value] : llvm::zip(numbers, parameters)) {
    std::optional<FloatTensor> tensor = constants.read(value);
    if (!tensor || tensor->size() == 0)
      return std::nullopt;
    parameter = tensor->withShape(shape);
  }
  const auto &[scale, bias, mean, variance] = numbers;
  FloatTensor factor(shape), offset(shape);
  const double epsilon = op.getEpsilon().convertToFloat();
  for (int64_t c = 0; c < factor.size(); ++c) {
    const double exact = scale.data()[c] / std::sqrt(variance.data()[c] + epsilon);
    factor.mutableData()[c] = static_cast<float>(exact);
    offset.mutableData()[c] = static_cast<float>(bias.data()[c] - mean.data()[c] * exact);
  }
  return std::pair(compress(std::move(factor)), compress(std::move(offset)));
}

FloatTensor uniform(Value like, float number) {
  FloatTensor tensor(SmallVector<int64_t>(rankOf(like), 1));
  tensor.mutableData()[0] = number;
  return tensor;
}

Value makeFactors(OpBuilder &builder, StringRef name, const FloatTensor &factors) {
  return makeConstant(builder, name, isUniform(factors) ? factors.withShape({}) : factors);
}

Value applyFactors(OpBuilder &builder, Location loc, BinaryKind kind, Value value, const FloatTensor &factors,
                   StringRef name) {
  if (allAre(factors, kind == BinaryKind::Mul ? 1 : 0))
    return value;
  return BinaryOp::create(builder, loc, value.getType(), kind, value, makeFactors(builder, name, factors));
}

} // namespace wage::onnxir
