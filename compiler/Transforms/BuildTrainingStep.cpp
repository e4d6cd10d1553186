//===- BuildTrainingStep.cpp - differentiate the graph in the IR ---------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Reverse mode by rules per op: the pass walks a copy of @infer backwards and asks each op that an error has reached
// for its backward rule. What the rules are is the dialect's matter (WageBackward.cpp); which errors are formed at all,
// their order and the update are settled here. The order is that of arithmetic.md section 6: reverse file order, which
// is the reverse of the order of the ops, and every error complete before the op above it is asked.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Transforms/Passes.h"

#include "dialects/wage/IR/WageOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"

#define DEBUG_TYPE "wage-build-training-step"

using namespace mlir;

namespace wage {

#define GEN_PASS_DEF_BUILDTRAININGSTEP
#include "compiler/Transforms/Passes.h.inc"

namespace {

/// A weight tensor that is trained.
struct Parameter {
  ml_program::GlobalOp global;
  AsGridOp master;
  int64_t ordinal;
};

void setTrace(Operation *op, const Twine &name) {
  op->setDiscardableAttr(WageDialect::traceAttr, StringAttr::get(op->getContext(), name));
}

/// Whether `op` gives the weights of a layer that does not learn: constants, on the grid of weights in use.
bool isFrozenWeight(Operation &op) {
  auto weights = dyn_cast<AsGridOp>(op);
  return weights && getGrid(weights.getResult()).getRole() == Role::W;
}

/// Walks one function backwards and keeps the error of each value.
class BackwardWalk final : public ErrorFlow {
public:
  BackwardWalk(OpBuilder &builder, ConfigAttr config, Block &forward, ArrayRef<Parameter> parameters);

  bool wantsError(Value value) const override { return wanted.contains(value); }
  void sendError(Value value, Value error) override;
  void addQuantizedError(Value error, Value exponent) override;

  /// Whether the walk can be made: checked before anything is written.
  LogicalResult verify(Value logits) const;
  /// Writes the error at the output and everything behind it.
  void run(Value logits, Value labels);

  Value getError(Value value) const { return errors.lookup(value); }
  ArrayRef<Value> getExponents() const { return exponents; }

private:
  Block &forward;
  /// What depends on a trained weight. Where every layer is trained also what a Q_A or Relu in front of them makes: section 6
  /// forms an error at each.
  DenseSet<Value> wanted;
  DenseMap<Value, Value> errors;
  SmallVector<Value> exponents;
};

BackwardWalk::BackwardWalk(OpBuilder &builder, ConfigAttr config, Block &forward, ArrayRef<Parameter> parameters)
    : ErrorFlow(builder, config), forward(forward) {
  for (Parameter parameter : parameters)
    wanted.insert(parameter.master.getResult());
  const bool trainsAll = llvm::none_of(forward, isFrozenWeight);
  for (Operation &op : forward) {
    auto differentiable = dyn_cast<DifferentiableOpInterface>(op);
    const bool uses = trainsAll && differentiable && differentiable.usesError();
    if (op.getNumResults() > 0 && (uses || llvm::any_of(op.getOperands(), [&](Value v) { return wantsError(v); })))
      wanted.insert(op.getResult(0));
  }
}

void BackwardWalk::sendError(Value value, Value error) {
  assert(wantsError(value) && "no one makes use of this error");
  Value &sum = errors[value];
  sum = sum ? AddOp::create(getBuilder(), value.getLoc(), sum, error).getResult() : error;
}

void BackwardWalk::addQuantizedError(Value error, Value exponent) {
  setTrace(error.getDefiningOp(), "error." + Twine(exponents.size()));
  exponents.push_back(exponent);
}

LogicalResult BackwardWalk::verify(Value logits) const {
  auto type = dyn_cast<RankedTensorType>(logits.getType());
  auto grid = type ? dyn_cast<GridType>(type.getElementType()) : GridType();
  if (!grid || grid.getRole() != Role::Z || type.getRank() != 2)
    return emitError(logits.getLoc()) << "output must be accumulators (role Z) of shape [batch, classes], got "
                                      << logits.getType();
  bool good = true;
  for (Operation &op : forward.without_terminator()) {
    const bool takes = op.getNumResults() > 0 && wantsError(op.getResult(0));
    if (takes && op.getResult(0).use_empty()) {
      op.emitOpError() << "has a result that nothing uses, so that it gets no error";
      good = false;
    }
    const bool passes = llvm::any_of(op.getOperands(), [&](Value operand) { return wantsError(operand); });
    auto differentiable = dyn_cast<DifferentiableOpInterface>(op);
    const std::string without = differentiable ? differentiable.whyNoBackward() : "";
    if (passes && (!differentiable || !without.empty())) {
      op.emitOpError() << "has no backward rule" << (without.empty() ? "" : " with " + without)
                       << ", but takes a value that needs an error";
      good = false;
    }
  }
  return success(good);
}

void BackwardWalk::run(Value logits, Value labels) {
  Operation *last = &forward.back();
  OpBuilder &builder = getBuilder();
  builder.setInsertionPoint(last);
  Value error = OutputErrorOp::create(builder, logits.getLoc(), logits, labels);
  const ConfigAttr config = getConfig();
  auto quantized = QuantizeErrorOp::create(builder, logits.getLoc(), error, config.getErrors(), config.getRounding());
  addQuantizedError(quantized.getResult(), quantized.getExponent());
  // Rules write behind the output's error, and masks in front of their op: neither is walked over.
  SmallVector<DifferentiableOpInterface> ops;
  for (Operation &op : llvm::make_range(forward.begin(), error.getDefiningOp()->getIterator()))
    if (auto differentiable = dyn_cast<DifferentiableOpInterface>(op))
      ops.push_back(differentiable);
  if (wantsError(logits))
    sendError(logits, quantized.getResult());
  for (DifferentiableOpInterface op : llvm::reverse(ops))
    if (Value error = getError(op->getResult(0)))
      op.buildBackward(error, *this);
}

/// The trained weight tensors of `function` by ordinal.
FailureOr<SmallVector<Parameter>> collectParameters(func::FuncOp function, SymbolTableCollection &symbols) {
  SmallVector<Parameter> parameters;
  bool good = true;
  for (auto load : function.getOps<ml_program::GlobalLoadOp>()) {
    ml_program::GlobalOp global = load.getGlobalOp(symbols);
    auto ordinal = global->getAttrOfType<IntegerAttr>(WageDialect::ordinalAttr);
    auto master = load->hasOneUse() ? dyn_cast<AsGridOp>(*load->user_begin()) : AsGridOp();
    if (!global.getIsMutable() || !ordinal || !master || getGrid(master.getResult()).getRole() != Role::G) {
      load.emitOpError() << "must load a mutable global with wage.ordinal for one wage.as_grid to role G, got "
                         << load.getGlobal();
      good = false;
      continue;
    }
    parameters.push_back({global, master, ordinal.getInt()});
  }
  llvm::stable_sort(parameters, [](const Parameter &a, const Parameter &b) { return a.ordinal < b.ordinal; });
  // Frozen layers have ordinals too: those of the trained ones may have gaps.
  for (size_t i = 0; i < parameters.size(); ++i)
    if (parameters[i].ordinal < 0 || (i > 0 && parameters[i].ordinal == parameters[i - 1].ordinal)) {
      parameters[i].global.emitOpError() << "has wage.ordinal " << parameters[i].ordinal
                                         << ", needs one that no other weight tensor has, 0 or more";
      good = false;
    }
  if (!good)
    return failure();
  return parameters;
}

/// @train's operands beside the images.
struct StepOperands {
  Value labels, learningRate, step, seed;
};

/// Gives `train` the arguments of a training step behind the images.
StepOperands addStepArguments(func::FuncOp train) {
  MLIRContext *context = train.getContext();
  auto images = dyn_cast<RankedTensorType>(train.getArgument(0).getType());
  const int64_t batch = images && images.getRank() > 0 ? images.getDimSize(0) : ShapedType::kDynamic;
  auto add = [&](StringRef name, ArrayRef<int64_t> shape, int width) -> Value {
    const unsigned index = train.getNumArguments();
    Type type = RankedTensorType::get(shape, IntegerType::get(context, width));
    [[maybe_unused]] LogicalResult added =
        train.insertArgument(index, type, {}, NameLoc::get(StringAttr::get(context, name)));
    assert(succeeded(added) && "a func.func takes any argument");
    return train.getArgument(index);
  };
  Value labels = add("labels", {batch}, 32), learningRate = add("lr", {}, 32);
  Value step = add("step", {}, 64), seed = add("seed", {}, 64);
  return {labels, learningRate, step, seed};
}

/// Writes Q_G, the update and the store of `parameter`; returns the exponent of Q_G.
Value buildUpdate(OpBuilder &builder, ConfigAttr config, Parameter parameter, Value gradient,
                  const StepOperands &operands) {
  AsGridOp master = parameter.master;
  const Location loc = gradient.getLoc();
  setTrace(gradient.getDefiningOp(), "grad." + Twine(parameter.ordinal));
  auto step = QuantizeGradientOp::create(builder, loc, master.getType(), operands.learningRate.getType(), gradient,
                                         operands.learningRate, operands.step, operands.seed, parameter.ordinal,
                                         config.getRandom());
  setTrace(step, "delta." + Twine(parameter.ordinal));
  auto update = UpdateOp::create(builder, loc, master.getResult(), step.getResult(), config.getWeights());
  setTrace(update, "master." + Twine(parameter.ordinal));
  Value stored = AsIntegersOp::create(builder, loc, master.getInput().getType(), update);
  ml_program::GlobalStoreOp::create(builder, loc, FlatSymbolRefAttr::get(parameter.global.getSymNameAttr()), stored);
  return step.getExponent();
}

class BuildTrainingStepPass : public impl::BuildTrainingStepBase<BuildTrainingStepPass> {
  void runOnOperation() override;
  FailureOr<func::FuncOp> getForward();
  LogicalResult differentiate(func::FuncOp train, SymbolTableCollection &symbols);
};

/// The function to differentiate, in a module that is to be trained.
FailureOr<func::FuncOp> BuildTrainingStepPass::getForward() {
  ModuleOp module = getOperation();
  ConfigAttr config = getConfig(module);
  if (!config)
    return emitError(module.getLoc()) << "needs a wage.config to build a training step, got none";
  if (config.getMode() != Mode::Train)
    return emitError(module.getLoc()) << "needs mode = train to build a training step, got " << config;
  auto infer = module.lookupSymbol<func::FuncOp>("infer");
  if (!infer || !infer.getBody().hasOneBlock() || infer.getNumArguments() != 1 || infer.getNumResults() != 1)
    return emitError(module.getLoc()) << "needs a function @infer of one block, one argument and one result";
  if (Operation *taken = module.lookupSymbol("train"))
    return emitError(taken->getLoc()) << "has the name @train, which the training step is to take";
  return infer;
}

LogicalResult BuildTrainingStepPass::differentiate(func::FuncOp train, SymbolTableCollection &symbols) {
  ConfigAttr config = getConfig(train);
  FailureOr<SmallVector<Parameter>> parameters = collectParameters(train, symbols);
  if (failed(parameters))
    return failure();
  Block &body = train.getBody().front();
  Operation *end = body.getTerminator();
  Value logits = end->getOperand(0);
  OpBuilder builder(end);
  BackwardWalk walk(builder, config, body, *parameters);
  if (failed(walk.verify(logits)))
    return failure();

  const StepOperands operands = addStepArguments(train);
  walk.run(logits, operands.labels);
  SmallVector<Value> results(1, logits);
  llvm::append_range(results, walk.getExponents());
  for (Parameter parameter : *parameters)
    results.push_back(buildUpdate(builder, config, parameter, walk.getError(parameter.master.getResult()), operands));
  end->setOperands(results);
  train.setFunctionType(builder.getFunctionType(body.getArgumentTypes(), ValueRange(results).getTypes()));
  return success();
}

void BuildTrainingStepPass::runOnOperation() {
  FailureOr<func::FuncOp> infer = getForward();
  if (failed(infer))
    return signalPassFailure();
  SymbolTableCollection symbols;
  func::FuncOp train = infer->clone();
  train.setName("train");
  getOperation().insert(std::next((*infer)->getIterator()), train);
  if (succeeded(differentiate(train, symbols)))
    return;
  train.erase();
  signalPassFailure();
}

} // namespace
} // namespace wage
