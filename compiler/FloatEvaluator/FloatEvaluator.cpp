//===- FloatEvaluator.cpp - runs a network of the onnx level in float32 -------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatEvaluator/FloatEvaluator.h"

#include "compiler/FloatEvaluator/Semantics.h"
#include "dialects/onnx/IR/OnnxShapes.h"

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/Parallel.h"

using namespace mlir;

namespace wage::floats {

namespace {

/// Most numbers that one value of a block may hold: 2 GiB.
constexpr int64_t maxNumbers = int64_t{1} << 29;

ArrayRef<int64_t> shapeOf(Value value) { return cast<ShapedType>(value.getType()).getShape(); }

bool isConstant(Operation *op) { return isa_and_nonnull<onnxir::ConstantOp, ml_program::GlobalLoadConstOp>(op); }

/// The numbers that a constant of the graph holds.
FailureOr<FloatTensor> readConstant(Value value) {
  SymbolTableCollection symbols;
  std::optional<onnxir::ConstantTensor> constant = onnxir::getConstantTensor(value, symbols);
  if (!constant)
    return emitError(value.getLoc()) << "needs a constant with its numbers present";
  ArrayRef<int64_t> shape = constant->value.getShapedType().getShape();
  if (auto count = onnxir::countElements(shape); !count || *count > maxNumbers)
    return emitError(value.getLoc()) << "constant '" << constant->name.getValue() << "' holds "
                                     << onnxir::printShape(shape) << " numbers, needed at most " << maxNumbers;
  if (std::optional<FloatTensor> tensor = readElements(constant->value))
    return *tensor;
  return emitError(value.getLoc()) << "constant '" << constant->name.getValue() << "' has no readable numbers";
}

FailureOr<FloatTensor> evaluateOp(Operation *op, ArrayRef<FloatTensor> operands, int64_t batch) {
  SmallVector<int64_t> shape(shapeOf(op->getResult(0)));
  if (onnxir::hasOpenBatch(shape))
    shape[0] = batch;
  if (auto count = onnxir::countElements(shape); !count || *count > maxNumbers)
    return emitError(op->getLoc()) << "'" << op->getName() << "' makes " << onnxir::printShape(shape)
                                   << " numbers at once, needed at most " << maxNumbers;
  return llvm::TypeSwitch<Operation *, FailureOr<FloatTensor>>(op)
      .Case<onnxir::ConvOp, onnxir::GemmOp, onnxir::MatMulOp, onnxir::AddOp, onnxir::ReluOp, onnxir::UnaryOp,
            onnxir::BinaryOp, onnxir::CastOp, onnxir::BatchNormalizationOp, onnxir::MaxPoolOp, onnxir::AveragePoolOp,
            onnxir::LrnOp, onnxir::ReduceMeanOp, onnxir::SoftmaxOp, onnxir::ArgMaxOp, onnxir::TransposeOp,
            onnxir::SliceOp, onnxir::ConcatOp, onnxir::PadOp, onnxir::GatherOp, onnxir::QuantizeLinearOp,
            onnxir::DequantizeLinearOp>(
          [&](auto known) -> FailureOr<FloatTensor> { return evaluate(known, operands, shape); })
      .Case<onnxir::FlattenOp, onnxir::ReshapeOp, onnxir::IdentityOp, onnxir::DropoutOp>(
          [&](auto) -> FailureOr<FloatTensor> { return operands[0].withShape(shape); })
      .Default([](Operation *other) -> FailureOr<FloatTensor> {
        return emitError(other->getLoc()) << "'" << other->getName() << "' has no meaning in float";
      });
}

} // namespace

FailureOr<FloatEvaluator> FloatEvaluator::create(ModuleOp module) {
  auto main = module.lookupSymbol<func::FuncOp>("main");
  if (!main || !main.getBody().hasOneBlock())
    return emitError(module.getLoc()) << "needs a function @main of one block";
  FloatEvaluator evaluator(main);
  for (Operation &op : main.getBody().front()) {
    if (!isConstant(&op))
      continue;
    FailureOr<FloatTensor> tensor = readConstant(op.getResult(0));
    if (failed(tensor))
      return failure();
    evaluator.constants[op.getResult(0)] = *tensor;
  }
  return evaluator;
}

LogicalResult FloatEvaluator::checkInputs(ArrayRef<FloatTensor> inputs) const {
  func::FuncOp function = main;
  if (inputs.size() != function.getNumArguments())
    return emitError(function.getLoc()) << "the network has " << function.getNumArguments() << " inputs, got "
                                        << inputs.size();
  std::optional<int64_t> batch;
  for (auto [argument, input] : llvm::zip(function.getArguments(), inputs)) {
    SmallVector<int64_t> needed(shapeOf(argument));
    bool isOpen = onnxir::hasOpenBatch(needed);
    if (isOpen && !input.shape.empty())
      needed[0] = batch.value_or(input.shape[0]);
    if (needed != input.shape)
      return emitError(argument.getLoc())
             << "input has shape " << onnxir::printShape(input.shape) << ", needed " << onnxir::printShape(needed);
    if (isOpen)
      batch = needed[0];
  }
  return success();
}

FailureOr<std::vector<FloatTensor>> FloatEvaluator::runBlock(ArrayRef<FloatTensor> inputs, int64_t batch,
                                                             const Observer &observer) const {
  func::FuncOp function = main;
  llvm::DenseMap<Value, FloatTensor> values;
  llvm::DenseMap<Value, size_t> usesLeft;
  for (auto [argument, input] : llvm::zip(function.getArguments(), inputs))
    values[argument] = input;
  const auto lookUp = [&](Value value) {
    const auto constant = constants.find(value);
    return constant != constants.end() ? constant->second : values.lookup(value);
  };
  for (Operation &op : function.getBody().front().without_terminator()) {
    if (isConstant(&op))
      continue;
    if (op.getNumResults() != 1)
      return emitError(op.getLoc()) << "'" << op.getName() << "' has no meaning in float";
    SmallVector<FloatTensor> operands = llvm::map_to_vector(op.getOperands(), lookUp);
    FailureOr<FloatTensor> result = evaluateOp(&op, operands, batch);
    if (failed(result))
      return failure();
    Value made = op.getResult(0);
    if (observer)
      observer(made, *result);
    values[made] = std::move(*result);
    usesLeft[made] = static_cast<size_t>(llvm::range_size(made.getUses()));
    // What nothing looks at any more makes room.
    for (Value operand : op.getOperands())
      if (auto left = usesLeft.find(operand); left != usesLeft.end() && --left->second == 0)
        values.erase(operand);
  }
  std::vector<FloatTensor> results;
  for (Value result : function.getBody().front().getTerminator()->getOperands())
    results.push_back(lookUp(result));
  return results;
}

FailureOr<std::vector<FloatTensor>> FloatEvaluator::run(ArrayRef<FloatTensor> inputs, const Observer &observer) const {
  if (failed(checkInputs(inputs)))
    return failure();
  func::FuncOp function = main;
  const auto isOpen = [](Value value) { return onnxir::hasOpenBatch(shapeOf(value)); };
  auto results = function.getBody().front().getTerminator()->getOperands();
  const bool inBlocks =
      !inputs.empty() && llvm::all_of(function.getArguments(), isOpen) && llvm::all_of(results, isOpen);
  const auto open = llvm::find_if(function.getArguments(), isOpen);
  const int64_t batch =
      open == function.getArguments().end() ? 1 : inputs[open - function.getArguments().begin()].shape[0];
  if (!inBlocks || batch <= samplesPerBlock)
    return runBlock(inputs, batch, observer);

  const size_t blocks = (batch + samplesPerBlock - 1) / samplesPerBlock;
  std::vector<FailureOr<std::vector<FloatTensor>>> parts(blocks, failure());
  llvm::parallelFor(0, blocks, [&](size_t block) {
    const int64_t begin = static_cast<int64_t>(block) * samplesPerBlock, end = std::min(begin + samplesPerBlock, batch);
    SmallVector<FloatTensor> samples;
    for (const FloatTensor &input : inputs)
      samples.push_back(takeSamples(input, begin, end - begin));
    parts[block] = runBlock(samples, end - begin, observer);
  });
  std::vector<FloatTensor> whole;
  for (size_t i = 0; i < results.size(); ++i) {
    SmallVector<int64_t> shape(shapeOf(results[i]));
    shape[0] = batch;
    whole.emplace_back(shape);
    float *to = whole.back().mutableData();
    for (const auto &part : parts) {
      if (failed(part))
        return failure();
      to = std::copy_n((*part)[i].data(), (*part)[i].size(), to);
    }
  }
  return whole;
}

std::optional<FloatTensor> readElements(ElementsAttr elements) {
  ArrayRef<int64_t> shape = elements.getShapedType().getShape();
  if (auto count = onnxir::countElements(shape); !count || *count > maxNumbers)
    return std::nullopt;
  FloatTensor tensor(shape);
  float *to = tensor.mutableData();
  if (auto resource = dyn_cast<DenseF32ResourceElementsAttr>(elements)) {
    std::optional<ArrayRef<float>> numbers = resource.tryGetAsArrayRef();
    if (!numbers || static_cast<int64_t>(numbers->size()) != tensor.size())
      return std::nullopt;
    llvm::copy(*numbers, to);
    return tensor;
  }
  auto dense = dyn_cast<DenseElementsAttr>(elements);
  if (dense && dense.getElementType().isF32())
    llvm::copy(dense.getValues<float>(), to);
  else if (auto type = dense ? dyn_cast<IntegerType>(dense.getElementType()) : IntegerType())
    for (const APInt &number : dense.getValues<APInt>())
      *to++ = static_cast<float>(number.roundToDouble(/*isSigned=*/!type.isUnsigned() && type.getWidth() > 1));
  else
    return std::nullopt;
  return tensor;
}

FailureOr<FloatTensor> evaluateConstant(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || isConstant(op))
    return readConstant(value);
  SmallVector<FloatTensor> operands;
  for (Value operand : op->getOperands()) {
    FailureOr<FloatTensor> tensor = evaluateConstant(operand);
    if (failed(tensor))
      return failure();
    operands.push_back(*tensor);
  }
  return evaluateOp(op, operands, /*batch=*/1);
}

} // namespace wage::floats
