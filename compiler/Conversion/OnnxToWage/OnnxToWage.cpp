//===- OnnxToWage.cpp - quantise a float network -------------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Two halves: GraphPlan decides, and reports all that cannot be done before anything is written; what stands here
// writes @infer and the globals by that plan, and cannot fail.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/OnnxToWage/GraphPlan.h"
#include "compiler/Conversion/OnnxToWage/Parameters.h"
#include "compiler/Conversion/OnnxToWage/Passes.h"
#include "dialects/onnx/IR/OnnxOps.h"
#include "dialects/wage/IR/WageOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/IRMapping.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/TypeSwitch.h"

#define DEBUG_TYPE "convert-onnx-to-wage"

using namespace mlir;

namespace wage {

#define GEN_PASS_DEF_CONVERTONNXTOWAGE
#include "compiler/Conversion/OnnxToWage/Passes.h.inc"

namespace {

/// How initial weights are drawn, where they are.
struct Draw {
  Initialization init;
  uint64_t seed;
  int64_t gain;
};

class Emitter {
public:
  Emitter(ModuleOp module, const GraphPlan &plan, ConfigAttr config, Draw draw)
      : module(module), plan(plan), config(config), draw(draw), builder(module.getContext()) {}
  void run();

private:
  void emitWeights(size_t ordinal);
  void emitBody(Value images);
  void emit(Operation &op);
  Value emitConv(onnxir::ConvOp op);
  Value emitMatmul(Operation *op, Value input);
  Value emitMaxPool(onnxir::MaxPoolOp op);
  Value emitAveragePool(onnxir::AveragePoolOp op);
  Value emitAdd(onnxir::AddOp op);
  Value addBias(Operation *op, Value sum);

  ml_program::GlobalOp makeGlobal(Location loc, StringRef name, ElementsAttr value, bool isMutable, StringRef layer);
  Value load(ml_program::GlobalOp global);
  Value lookUp(Value value) { return values.lookup(value); }

  ModuleOp module;
  const GraphPlan &plan;
  ConfigAttr config;
  Draw draw;
  OpBuilder builder;
  IRMapping values;
  SmallVector<Value> weights; ///< in use, by ordinal
  // The names of the functions of the level are not a parameter's.
  llvm::StringSet<> names = llvm::StringSet<>({"infer", "train"});
};

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

ml_program::GlobalOp Emitter::makeGlobal(Location loc, StringRef name, ElementsAttr value, bool isMutable,
                                         StringRef layer) {
  // One initializer may be the bias of several layers, each with a grid of its own.
  std::string unique = name.str();
  for (int i = 1; !names.insert(unique).second; ++i)
    unique = (name + "_" + Twine(i)).str();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(plan.main);
  auto global = ml_program::GlobalOp::create(builder, loc, unique, value.getShapedType(), isMutable, value,
                                             builder.getStringAttr("private"));
  global->setAttr(WageDialect::layerAttr, builder.getStringAttr(layer));
  return global;
}

Value Emitter::load(ml_program::GlobalOp global) {
  const auto symbol = FlatSymbolRefAttr::get(global.getSymNameAttr());
  if (global.getIsMutable())
    return ml_program::GlobalLoadOp::create(builder, global.getLoc(), global.getType(), symbol);
  return ml_program::GlobalLoadConstOp::create(builder, global.getLoc(), global.getType(), symbol);
}

/// The global of weight tensor `ordinal`, and the weights in use made from it.
void Emitter::emitWeights(size_t ordinal) {
  const LayerPlan &layer = plan.layers[ordinal];
  const Location loc = layer.op->getLoc();
  const std::vector<int16_t> masters =
      draw.init == Initialization::Wage
          ? drawMasters(layer.neurons * layer.fanIn, layer.fanIn, draw.gain, ordinal, draw.seed, config)
      : draw.init == Initialization::Pretrained
          ? scaleToMasters(layer.weights, layer.scaleLog2, layer.axonsFirst, config)
          : roundToMasters(layer.weights, config);
  const bool trains = config.getMode() == Mode::Train;
  MLIRContext *context = builder.getContext();
  const StringRef name = layer.weightName.getValue();
  ElementsAttr value;
  if (!trains)
    value = makeResource(context, layer.weightShape, name, ArrayRef<int8_t>(quantizeMasters(masters, config)));
  else if (config.getGradients() <= 8)
    value = makeResource(context, layer.weightShape, name,
                         ArrayRef<int8_t>(std::vector<int8_t>(masters.begin(), masters.end())));
  else
    value = makeResource(context, layer.weightShape, name, ArrayRef<int16_t>(masters));

  auto global = makeGlobal(loc, name, value, trains, getNodeName(loc));
  global->setAttr(WageDialect::ordinalAttr, builder.getI32IntegerAttr(static_cast<int32_t>(ordinal)));
  global->setAttr(WageDialect::scaleAttr, builder.getDenseI32ArrayAttr(layer.scaleLog2));

  const GridType weightGrid = GridType::getUnit(context, Role::W, config.getWeights());
  const GridType storedGrid = trains ? GridType::getUnit(context, Role::G, config.getGradients()) : weightGrid;
  Value stored = load(global);
  stored = AsGridOp::create(builder, loc, withGrid(stored, storedGrid), stored);
  if (trains)
    stored = QuantizeWeightOp::create(builder, loc, withGrid(stored, weightGrid), stored, config.getRounding());
  weights.push_back(stored);
}

Value Emitter::addBias(Operation *op, Value sum) {
  const auto bias = plan.biasOf.find(op);
  if (bias == plan.biasOf.end())
    return sum;
  const auto [name, steps] = bias->second;
  auto value = makeResource(builder.getContext(), {static_cast<int64_t>(steps.size())}, name.getValue(),
                            ArrayRef<int64_t>(steps));
  auto global = makeGlobal(op->getLoc(), name.getValue(), value, /*isMutable=*/false, getNodeName(op->getLoc()));
  return AddBiasOp::create(builder, op->getLoc(), sum, load(global));
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

Value Emitter::emitConv(onnxir::ConvOp op) {
  const size_t ordinal = plan.layerOf.lookup(op);
  const ArrayRef<int32_t> scale = plan.layers[ordinal].scaleLog2;
  Value input = lookUp(op.getInput());
  const GridType grid = getProductGrid(getGrid(input), getGrid(weights[ordinal]), scale);
  return Conv2DOp::create(builder, op.getLoc(), withGrid(op.getResult(), grid), input, weights[ordinal], scale,
                          op.getStrides(), op.getPads());
}

/// Gemm and MatMul.
Value Emitter::emitMatmul(Operation *op, Value onnxInput) {
  const size_t ordinal = plan.layerOf.lookup(op);
  const LayerPlan &layer = plan.layers[ordinal];
  const ArrayRef<int32_t> scale = layer.scaleLog2;
  Value input = lookUp(onnxInput);
  const GridType grid = getProductGrid(getGrid(input), getGrid(weights[ordinal]), scale);
  return MatmulOp::create(builder, op->getLoc(), withGrid(op->getResult(0), grid), input, weights[ordinal], scale,
                          layer.axonsFirst);
}

Value Emitter::emitMaxPool(onnxir::MaxPoolOp op) {
  Value input = lookUp(op.getInput());
  const int64_t last = op.getKernel()[0] * op.getKernel()[1] - 1;
  const unsigned width = llvm::isInt<8>(last) ? 8 : llvm::isInt<16>(last) ? 16 : 32;
  auto values = withGrid(op.getResult(), getGrid(input));
  auto positions = RankedTensorType::get(values.getShape(), builder.getIntegerType(width));
  return MaxPoolOp::create(builder, op.getLoc(), values, positions, input, op.getKernel(), op.getStrides(),
                           op.getPads())
      .getValues();
}

Value Emitter::emitAveragePool(onnxir::AveragePoolOp op) {
  Value input = lookUp(op.getInput());
  const int exponent = getGrid(input).getExponent() - getAverageShift(op.getKernel());
  auto type = withGrid(op.getResult(), GridType::getAccumulator(builder.getContext(), exponent));
  return AveragePoolOp::create(builder, op.getLoc(), type, input, op.getKernel(), op.getStrides(), op.getPads());
}

Value Emitter::emitAdd(onnxir::AddOp op) {
  if (plan.biasOf.contains(op))
    return addBias(op, lookUp(op.getLhs()));
  return AddOp::create(builder, op.getLoc(), lookUp(op.getLhs()), lookUp(op.getRhs()));
}

void Emitter::emit(Operation &op) {
  Value result = llvm::TypeSwitch<Operation *, Value>(&op)
                     .Case([&](onnxir::ConvOp conv) { return addBias(conv, emitConv(conv)); })
                     .Case([&](onnxir::GemmOp gemm) { return addBias(gemm, emitMatmul(gemm, gemm.getInput())); })
                     .Case([&](onnxir::MatMulOp product) { return emitMatmul(product, product.getInput()); })
                     .Case([&](onnxir::AddOp add) { return emitAdd(add); })
                     .Case([&](onnxir::AveragePoolOp pool) { return emitAveragePool(pool); })
                     .Case([&](onnxir::ReluOp relu) {
                       return ReluOp::create(builder, relu.getLoc(), lookUp(relu.getInput())).getResult();
                     })
                     .Case([&](onnxir::MaxPoolOp pool) { return emitMaxPool(pool); })
                     .Case<onnxir::FlattenOp, onnxir::ReshapeOp>([&](auto reshape) {
                       Value input = lookUp(reshape.getInput());
                       auto type = withGrid(reshape.getResult(), getGrid(input));
                       return ReshapeOp::create(builder, reshape.getLoc(), type, input).getResult();
                     })
                     .Case<onnxir::IdentityOp, onnxir::DropoutOp>([&](auto same) { return lookUp(same.getInput()); })
                     .Default([](Operation *) { return Value(); }); // a constant, taken where it is used
  if (!result)
    return;
  if (plan.quantized.contains(op.getResult(0))) {
    const GridType grid = GridType::getUnit(builder.getContext(), Role::A, config.getActivations());
    result = QuantizeActivationOp::create(builder, op.getLoc(), withGrid(result, grid), result, config.getRounding());
  }
  values.map(op.getResult(0), result);
}

void Emitter::emitBody(Value images) {
  for (size_t ordinal = 0; ordinal < plan.layers.size(); ++ordinal)
    emitWeights(ordinal);
  func::FuncOp main = plan.main;
  const GridType activations = GridType::getUnit(builder.getContext(), Role::A, config.getActivations());
  Value encoded = EncodeInputOp::create(builder, images.getLoc(), withGrid(images, activations), images);
  values.map(main.getArgument(0), encoded);
  Block &body = main.getBody().front();
  for (Operation &op : body.without_terminator())
    emit(op);
  Value logits = lookUp(body.getTerminator()->getOperand(0));
  logits.getDefiningOp()->setDiscardableAttr(WageDialect::traceAttr, builder.getStringAttr("out"));
  func::ReturnOp::create(builder, body.getTerminator()->getLoc(), logits);
}

void Emitter::run() {
  func::FuncOp main = plan.main;
  SmallVector<Operation *> old = llvm::map_to_vector(module.getOps(), [](Operation &op) { return &op; });
  builder.setInsertionPoint(main);
  const Value argument = main.getArgument(0);
  auto images = RankedTensorType::get(cast<ShapedType>(argument.getType()).getShape(),
                                      builder.getIntegerType(8, /*isSigned=*/false));
  auto infer = func::FuncOp::create(builder, main.getLoc(), "infer", builder.getFunctionType({images}, {}));
  Block *body = infer.addEntryBlock();
  body->getArgument(0).setLoc(argument.getLoc());
  builder.setInsertionPointToStart(body);
  emitBody(body->getArgument(0));
  infer.setFunctionType(builder.getFunctionType({images}, body->getTerminator()->getOperandTypes()));
  infer->moveBefore(main); // behind the globals
  for (Operation *op : old)
    op->erase();
  module->removeAttr(onnxir::sourceAttr);
  module->removeAttr(onnxir::opsetAttr);
  module->setAttr(WageDialect::configAttr, config);
}

class ConvertOnnxToWagePass : public impl::ConvertOnnxToWageBase<ConvertOnnxToWagePass> {
public:
  using ConvertOnnxToWageBase::ConvertOnnxToWageBase;

private:
  void runOnOperation() override;
};

void ConvertOnnxToWagePass::runOnOperation() {
  ModuleOp module = getOperation();
  auto config = ConfigAttr::getChecked([&] { return emitError(module.getLoc()); }, &getContext(), mode.getValue(),
                                       weights.getValue(), activations.getValue(), gradients.getValue(),
                                       errors.getValue(), random.getValue(), rounding.getValue(), batch.getValue());
  if (initGain < 1)
    emitError(module.getLoc()) << "init-gain must be at least 1, got " << initGain.getValue();
  const bool draws = init == Initialization::Wage, fits = init == Initialization::Pretrained;
  FailureOr<GraphPlan> plan = planGraph(module, {config, !draws, fits, initGain.getValue()});
  if (failed(plan) || !config || initGain < 1)
    return signalPassFailure();
  Emitter(module, *plan, config, {init.getValue(), initSeed.getValue(), initGain.getValue()}).run();
}

} // namespace
} // namespace wage
