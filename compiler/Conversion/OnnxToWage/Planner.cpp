//===- Planner.cpp - the walk that plans a conversion ------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// One walk in file order. For each value it is known whether it is an accumulator and what its integers are worth, and that
// is settled when the value is made, for all its users. What cannot be converted is reported and the walk goes on with a
// guess, so that one run lists all there is.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/OnnxToWage/Planner.h"

#include "compiler/Conversion/OnnxToWage/Supported.h"

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;

namespace wage {

Worth Worth::scaled(double by) const {
  int shift;
  const double fraction = std::frexp(factor * by, &shift); // in [1/2, 1)
  return {exponent + shift - 1, fraction * 2};
}

double Worth::step() const { return std::ldexp(factor, exponent); }

/// Records that the network cannot be converted, and begins to say why.
InFlightDiagnostic Planner::refuse(Location location) {
  failed = true;
  return emitError(location);
}

InFlightDiagnostic Planner::refuse(Operation *op) {
  return refuse(op->getLoc()) << getNodeName(op->getLoc()) << " (" << op->getName() << "): ";
}

/// The grid of an activation made of `value`: what was chosen for it, else the unit grid.
GridType Planner::gridOf(Value value) const {
  Operation *op = value.getDefiningOp();
  func::FuncOp main = plan.main;
  const Attribute chosen = op ? op->getDiscardableAttr(WageDialect::gridAttr)
                              : main.getArgAttr(cast<BlockArgument>(value).getArgNumber(), WageDialect::gridAttr);
  if (auto type = dyn_cast_or_null<TypeAttr>(chosen))
    return cast<GridType>(type.getValue());
  return GridType::getUnit(main.getContext(), Role::A, options.config ? options.config.getActivations() : 8);
}

//===----------------------------------------------------------------------===//
// What a value needs
//===----------------------------------------------------------------------===//

/// Whether an operation that takes activations only takes `value`: a linear layer, a product, a Concat, a table. Identity and
/// Dropout may stand before it.
bool Planner::needsActivation(Value value) const {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    if (isLinear(user))
      return true;
    if (user->getNumResults() != 1 || hostOps.contains(user))
      return false;
    const Value result = user->getResult(0);
    if (!takesError(result) && functions.isFunction(result))
      return functions.getBase(result) == value;
    if (isa<onnxir::IdentityOp, onnxir::DropoutOp>(user))
      return needsActivation(result);
    auto binary = dyn_cast<onnxir::BinaryOp>(user);
    return isa<onnxir::ConcatOp>(user) ||
           (binary && binary.getKind() == onnxir::BinaryKind::Mul && !functions.getFactor(user));
  });
}

/// Records the result of `op`, with the Q_A that follows an accumulator where it is needed.
void Planner::setResult(Operation *op, ValueState state) {
  const Value result = op->getResult(0);
  if (state.accumulator && needsActivation(result)) {
    const GridType grid = gridOf(result);
    plan.quantized[result] = grid;
    // Rounding shifts integers: what they are worth beyond a power of two stays. A factor of up to 2 can only make the grid too
    // coarse, never clip what it was chosen for.
    state = {false, {grid.getExponent(), state.worth.factor}, state.activated, false};
  }
  states[result] = state;
  plan.made.insert(result);
  checkUses(result, op->getLoc(), getNodeName(op->getLoc()) + " (" + op->getName().getStringRef() + ")");
}

void Planner::checkUses(Value value, Location location, const Twine &what) {
  if (value.use_empty())
    refuse(location) << what << ": nothing takes its value and it is not the output";
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

void Planner::visitAveragePool(onnxir::AveragePoolOp pool) {
  const int64_t window = pool.getKernel()[0] * pool.getKernel()[1];
  const bool isPadded = llvm::any_of(pool.getPads(), [](int64_t pad) { return pad > 0; });
  if (isPadded && !pool.getCountIncludePad())
    refuse(pool)
        << "windows that reach into the padding are averaged over fewer elements (count_include_pad = 0), which "
           "no power of two stands for";
  const std::optional<ValueState> state = require(pool.getInput());
  if (!state)
    return;
  const auto shift = static_cast<int>(llvm::Log2_64_Ceil(window));
  Worth worth = state->worth;
  worth.exponent -= shift;
  // In training the sum is divided by the power of two (section 4); a lowered network keeps the mean (section 9).
  if (options.keepsMeans)
    worth = worth.scaled(std::ldexp(1.0, shift) / static_cast<double>(window));
  setResult(pool, {true, worth, nullptr, false});
}

void Planner::visitRelu(onnxir::ReluOp relu) {
  const std::optional<ValueState> state = require(relu.getInput());
  if (!state)
    return;
  const bool isOutput = relu.getResult() == plan.output.value && relu.getResult().hasOneUse();
  if (isOutput && options.infers)
    return setResult(relu, {state->accumulator, state->worth, nullptr, false});
  const GridType grid = gridOf(relu.getResult());
  plan.quantized[relu.getResult()] = grid;
  setResult(relu, {false, {grid.getExponent(), state->worth.factor}, relu, false});
}

/// Flatten, MaxPool and the like hand on what they get.
void Planner::handOn(Operation *op, bool keepsLayout) {
  std::optional<ValueState> state = require(op->getOperand(0));
  if (!state)
    return;
  state->biasable &= keepsLayout;
  setResult(op, *state);
}

void Planner::visitMovement(Operation *op) {
  std::string why;
  auto boxes = describeMovement(op, why);
  if (!boxes)
    refuse(op) << why;
  else if (takesError(op->getResult(0)))
    refuse(op) << "has no backward rule: a network with it can only infer";
  else
    plan.movements[op] = std::move(*boxes);
  handOn(op, /*keepsLayout=*/false);
}

void Planner::visit(Operation &op) {
  if (hostOps.contains(&op))
    return;
  // Made where something needs them.
  if (op.getNumResults() == 1 && !takesError(op.getResult(0)) && functions.isFunction(op.getResult(0)))
    return checkUses(op.getResult(0), op.getLoc(), getNodeName(op.getLoc()) + " (" + op.getName().getStringRef() + ")");
  if (std::string why = whyNotLowered(op); !why.empty()) {
    refuse(&op) << why;
    // As if it had been lowered, so that nothing is said of it again further on.
    states[op.getResult(0)] = isLinear(&op) ? ValueState{true, {}, nullptr, true} : states.lookup(op.getOperand(0));
    return;
  }
  llvm::TypeSwitch<Operation *>(&op)
      .Case([&](onnxir::ConvOp conv) {
        visitLinear(conv, conv.getInput(), conv.getWeights(), conv.getBias(), /*axonsFirst=*/false);
      })
      .Case([&](onnxir::GemmOp gemm) {
        visitLinear(gemm, gemm.getInput(), gemm.getWeights(), gemm.getBias(), !gemm.getTransB());
      })
      .Case([&](onnxir::MatMulOp product) {
        visitLinear(product, product.getInput(), product.getWeights(), Value(), /*axonsFirst=*/true);
      })
      .Case<onnxir::AddOp, onnxir::BinaryOp>([&](Operation *binary) { visitBinary(binary); })
      .Case([&](onnxir::ReluOp relu) { visitRelu(relu); })
      .Case([&](onnxir::AveragePoolOp pool) { visitAveragePool(pool); })
      .Case([&](onnxir::ConcatOp concat) { visitConcat(concat); })
      .Case<onnxir::MaxPoolOp, onnxir::FlattenOp, onnxir::ReshapeOp>(
          [&](Operation *handing) { handOn(handing, /*keepsLayout=*/false); })
      .Case<onnxir::TransposeOp, onnxir::SliceOp, onnxir::PadOp, onnxir::GatherOp>(
          [&](Operation *movement) { visitMovement(movement); })
      .Case<onnxir::IdentityOp, onnxir::DropoutOp>([&](Operation *same) { handOn(same, /*keepsLayout=*/true); })
      .Case<onnxir::ConstantOp, ml_program::GlobalLoadConstOp>([](Operation *) {})
      .Default([&](Operation *other) {
        refuse(other) << (isa<onnxir::SoftmaxOp, onnxir::ArgMaxOp>(other) ? "is supported at the output only"
                                                                          : "has no form on the wage level");
      });
}

FailureOr<GraphPlan> Planner::run() {
  planInput();
  markHostOps();
  planTraining();
  for (Operation &op : plan.main.getBody().front().without_terminator())
    visit(op);
  planOutput();
  if (failed)
    return failure();
  return std::move(plan);
}

FailureOr<GraphPlan> planGraph(ModuleOp module, const PlanOptions &options) {
  auto main = module.lookupSymbol<func::FuncOp>("main");
  if (!main || !main.getBody().hasOneBlock() || main.getNumArguments() != 1 || main.getNumResults() != 1)
    return emitError(module.getLoc()) << "needs a function @main of one block, one argument and one result";
  auto images = dyn_cast<RankedTensorType>(main.getArgument(0).getType());
  auto output = dyn_cast<RankedTensorType>(main.getResultTypes().front());
  if (!images || images.getRank() < 2)
    return emitError(main.getLoc()) << "argument must be a tensor with a batch in front, got "
                                    << main.getArgument(0).getType();
  if (!output || output.getRank() < 1)
    return emitError(main.getLoc()) << "result must be a tensor with a batch in front, got "
                                    << main.getResultTypes().front();
  FailureOr<GraphPlan> plan = Planner(main, options).run();
  if (succeeded(plan) && !images.isDynamicDim(0))
    return emitError(main.getLoc()) << "argument must be a tensor with an open batch in front, got " << images;
  // What the attributes that describe the host's tensors hold.
  constexpr int64_t largestExtent = int64_t(1) << 24, mostDimensions = 9;
  for (RankedTensorType type : {images, output})
    if (succeeded(plan) && (type.getRank() > mostDimensions || llvm::any_of(type.getShape(), [](int64_t extent) {
                              return extent > largestExtent || extent == 0;
                            })))
      return emitError(main.getLoc()) << "input and output must have at most " << mostDimensions
                                      << " dimensions of 1 to " << largestExtent << " elements, got " << type;
  return plan;
}

} // namespace wage
