//===- GraphPlan.cpp - what each node of a network becomes -------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// One walk in file order. For each value it is known whether it is an accumulator and on which grid it stands, and that
// is settled when the value is made, for all its users: a graph with branches would be walked in the same way. What
// cannot be converted is reported and the walk goes on with a guess, so that one run lists all there is.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/OnnxToWage/GraphPlan.h"

#include "compiler/Conversion/OnnxToWage/Parameters.h"
#include "compiler/Conversion/OnnxToWage/Supported.h"
#include "dialects/onnx/IR/OnnxOps.h"
#include "dialects/onnx/IR/OnnxShapes.h"

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/SymbolTable.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;

namespace wage {

StringRef getNodeName(Location location) {
  auto name = dyn_cast<NameLoc>(location);
  return name ? name.getName().getValue() : StringRef();
}

namespace {

/// What is known of a value while walking.
struct ValueState {
  bool accumulator;     ///< not yet rounded to the grid of activations
  int shift;            ///< s: the value is worth x·2^-(k_A-1+s)
  Operation *activated; ///< the Relu that made it an activation, as far as MaxPool and Flatten hand it on
  bool biasable;        ///< a linear layer's sum, to which a constant may still be added
};

class Planner {
public:
  Planner(func::FuncOp main, const ParameterOptions &options) : options(options) { plan.main = main; }
  FailureOr<GraphPlan> run();

private:
  void visit(Operation &op);
  void visitLinear(Operation *op, Value weights, Value bias, bool axonsFirst);
  void visitAdd(onnxir::AddOp add);
  void visitAveragePool(onnxir::AveragePoolOp pool);
  void visitRelu(onnxir::ReluOp relu);
  void handOn(Operation *op, bool keepsLayout);
  void setResult(Operation *op, ValueState state);
  void checkUses(Value value, Location location, const Twine &what);
  void checkOutput();

  void planWeights(LayerPlan &layer, const onnxir::ConstantTensor &weights);
  void planBias(Operation *op, Value bias, int64_t channels, int shift);

  /// Starts a diagnostic about `op`'s node.
  InFlightDiagnostic refuse(Operation *op);

  const ParameterOptions &options;
  GraphPlan plan;
  SymbolTableCollection symbols;
  DenseMap<Value, ValueState> states;
  llvm::StringMap<Operation *> weightUsers;
  bool failed = false;
};

InFlightDiagnostic Planner::refuse(Operation *op) {
  failed = true;
  return emitError(op->getLoc()) << getNodeName(op->getLoc()) << " (" << op->getName() << "): ";
}

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

void Planner::planWeights(LayerPlan &layer, const onnxir::ConstantTensor &weights) {
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
  layer.weights = std::move(*floats);
  if (!options.fitsScales || !options.config || !isFinite || layer.scaleLog2.empty())
    return;
  for (int64_t c = 0; c < layer.neurons; ++c)
    layer.scaleLog2[c] = fitScale(layer.weights, layer.axonsFirst ? c : c * layer.fanIn,
                                  layer.axonsFirst ? layer.neurons : 1, layer.fanIn, options.config.getWeights());
}

/// The bias of `op` on the grid of its accumulator. Source: arithmetic.md section 3.
void Planner::planBias(Operation *op, Value bias, int64_t channels, int shift) {
  const auto constant = onnxir::getConstantTensor(bias, symbols);
  std::optional<std::vector<float>> floats = constant ? readFloats(constant->value) : std::nullopt;
  if (!floats || static_cast<int64_t>(floats->size()) != channels) {
    refuse(op) << "bias must be a constant of " << channels << " float32 numbers with their data present, got "
               << bias.getType();
    return;
  }
  BiasPlan result{constant->name, {}};
  for (auto [index, number] : llvm::enumerate(*floats)) {
    const int exponent = options.config ? options.config.getActivations() - 1 + shift : 0;
    const double steps = std::ldexp(static_cast<double>(number), exponent);
    if (!(std::abs(steps) <= std::ldexp(1.0, 61))) { // not a number compares false
      refuse(op) << "bias '" << constant->name.getValue() << "' must be finite and at most 2^61 steps of 2^-"
                 << exponent << ", got " << number << " at element " << index;
      return;
    }
    result.steps.push_back(roundHalfEven(steps));
  }
  plan.biasOf[op] = std::move(result);
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

/// Whether a linear layer takes `value`, which Identity and Dropout may stand before.
bool isTakenByLinear(Value value) {
  return llvm::any_of(value.getUsers(), [](Operation *user) {
    if (isa<onnxir::IdentityOp, onnxir::DropoutOp>(user))
      return isTakenByLinear(user->getResult(0));
    return isa<onnxir::ConvOp, onnxir::GemmOp, onnxir::MatMulOp>(user);
  });
}

/// Records the result of `op`, with the Q_A that follows every accumulator that a linear layer takes.
void Planner::setResult(Operation *op, ValueState state) {
  if (state.accumulator && isTakenByLinear(op->getResult(0))) {
    plan.quantized.insert(op->getResult(0));
    state = {false, 0, nullptr, false};
  }
  states[op->getResult(0)] = state;
  checkUses(op->getResult(0), op->getLoc(), getNodeName(op->getLoc()) + " (" + op->getName().getStringRef() + ")");
}

void Planner::checkUses(Value value, Location location, const Twine &what) {
  if (!value.use_empty())
    return;
  failed = true;
  emitError(location) << what << ": nothing takes its value and it is not the output";
}

void Planner::visitLinear(Operation *op, Value weights, Value bias, bool axonsFirst) {
  const ArrayRef<int64_t> shape = cast<ShapedType>(weights.getType()).getShape();
  LayerPlan layer{op, {}, llvm::to_vector<4>(shape), {}, axonsFirst, shape[axonsFirst ? 1 : 0], 0, {}};
  const int64_t count = onnxir::countElements(shape).value_or(0);
  layer.fanIn = count ? count / layer.neurons : 0;
  if (layer.fanIn && options.config && options.gain > 0)
    layer.scaleLog2.assign(layer.neurons, alphaExponent(layer.fanIn, options.gain, options.config.getWeights()));

  const auto constant = onnxir::getConstantTensor(weights, symbols);
  if (!count) {
    refuse(op) << "weights must have 1 to " << onnxir::maxElements << " elements, got " << weights.getType();
  } else if (constant) {
    layer.weightName = constant->name;
    planWeights(layer, *constant);
  } else {
    refuse(op) << "weights must be an initializer or a constant, got a value that depends on the input";
  }
  const int shift = options.config ? options.config.getWeights() - 1 + layer.finestScale() : 0;
  if (bias)
    planBias(op, bias, layer.neurons, shift);
  setResult(op, {true, shift, nullptr, true});
  plan.layerOf[op] = plan.layers.size();
  plan.layers.push_back(std::move(layer));
}

/// A constant is a bias, of a layer that comes just before; two values make an accumulator on the finer of their grids.
void Planner::visitAdd(onnxir::AddOp add) {
  const ValueState state = states.lookup(add.getLhs());
  if (!onnxir::getConstantTensor(add.getRhs(), symbols)) {
    const auto other = states.find(add.getRhs());
    if (other == states.end())
      return; // reported where the value should have been made
    return setResult(add, {true, std::max(state.shift, other->second.shift), nullptr, false});
  }
  if (!state.biasable)
    refuse(add) << "a constant can be added to a linear layer's result only";
  else
    planBias(add, add.getRhs(), cast<ShapedType>(add.getType()).getDimSize(1), state.shift);
  setResult(add, {true, state.shift, nullptr, true});
}

void Planner::visitAveragePool(onnxir::AveragePoolOp pool) {
  const int64_t window = pool.getKernel()[0] * pool.getKernel()[1];
  const bool isPadded = llvm::any_of(pool.getPads(), [](int64_t pad) { return pad > 0; });
  if (isPadded && !pool.getCountIncludePad())
    refuse(pool)
        << "windows that reach into the padding are averaged over fewer elements (count_include_pad = 0), which "
           "no power of two stands for";
  const ValueState state = states.lookup(pool.getInput());
  setResult(pool, {true, state.shift + static_cast<int>(llvm::Log2_64_Ceil(window)), nullptr, false});
}

void Planner::visitRelu(onnxir::ReluOp relu) {
  plan.quantized.insert(relu.getResult());
  setResult(relu, {false, 0, relu, false});
}

/// Flatten, MaxPool and the like hand on what they get.
void Planner::handOn(Operation *op, bool keepsLayout) {
  ValueState state = states.lookup(op->getOperand(0));
  state.biasable &= keepsLayout;
  setResult(op, state);
}

void Planner::visit(Operation &op) {
  if (std::string why = whyNotLowered(op); !why.empty()) {
    refuse(&op) << why;
    // As if it had been lowered, so that nothing is said of it again further on.
    bool isLinear = isa<onnxir::ConvOp, onnxir::MatMulOp>(op);
    states[op.getResult(0)] = isLinear ? ValueState{true, 0, nullptr, true} : states.lookup(op.getOperand(0));
    return;
  }
  llvm::TypeSwitch<Operation *>(&op)
      .Case([&](onnxir::ConvOp conv) { visitLinear(conv, conv.getWeights(), conv.getBias(), /*axonsFirst=*/false); })
      .Case([&](onnxir::GemmOp gemm) { visitLinear(gemm, gemm.getWeights(), gemm.getBias(), !gemm.getTransB()); })
      .Case([&](onnxir::MatMulOp product) { visitLinear(product, product.getWeights(), Value(), /*axonsFirst=*/true); })
      .Case([&](onnxir::AddOp add) { visitAdd(add); })
      .Case([&](onnxir::ReluOp relu) { visitRelu(relu); })
      .Case([&](onnxir::AveragePoolOp pool) { visitAveragePool(pool); })
      .Case<onnxir::MaxPoolOp, onnxir::FlattenOp, onnxir::ReshapeOp>(
          [&](Operation *handing) { handOn(handing, /*keepsLayout=*/false); })
      .Case<onnxir::IdentityOp, onnxir::DropoutOp>([&](Operation *same) { handOn(same, /*keepsLayout=*/true); })
      .Case<onnxir::ConstantOp, ml_program::GlobalLoadConstOp>([](Operation *) {})
      .Default([&](Operation *other) { refuse(other) << "has no form on the wage level"; });
}

void Planner::checkOutput() {
  Value output = plan.main.getBody().front().getTerminator()->getOperand(0);
  const auto state = states.find(output);
  if (state == states.end())
    return; // reported where it should have been made
  if (Operation *relu = state->second.activated)
    refuse(relu) << "a Relu at the output is not supported: the output must be an accumulator";
  else if (!state->second.accumulator) {
    failed = true;
    emitError(plan.main.getLoc()) << "the network has no linear layer before its output";
  }
  if (auto type = cast<ShapedType>(output.getType()); type.getRank() != 2) {
    failed = true;
    emitError(output.getLoc()) << getNodeName(output.getLoc()) << ": the output must have shape [batch, classes], got "
                               << type;
  }
}

FailureOr<GraphPlan> Planner::run() {
  Value input = plan.main.getArgument(0);
  states[input] = {false, 0, nullptr, false};
  checkUses(input, input.getLoc(), "input '" + getNodeName(input.getLoc()) + "'");
  for (Operation &op : plan.main.getBody().front().without_terminator())
    visit(op);
  checkOutput();
  if (failed)
    return failure();
  return std::move(plan);
}

} // namespace

FailureOr<GraphPlan> planGraph(ModuleOp module, const ParameterOptions &options) {
  auto main = module.lookupSymbol<func::FuncOp>("main");
  if (!main || !main.getBody().hasOneBlock() || main.getNumArguments() != 1 || main.getNumResults() != 1)
    return emitError(module.getLoc()) << "needs a function @main of one block, one argument and one result";
  auto images = dyn_cast<RankedTensorType>(main.getArgument(0).getType());
  if (!images || images.getRank() < 2)
    return emitError(main.getLoc()) << "argument must be a tensor with a batch in front, got "
                                    << main.getArgument(0).getType();
  FailureOr<GraphPlan> plan = Planner(main, options).run();
  if (succeeded(plan) && !images.isDynamicDim(0))
    return emitError(main.getLoc()) << "argument must be a tensor with an open batch in front, got " << images;
  return plan;
}

} // namespace wage
