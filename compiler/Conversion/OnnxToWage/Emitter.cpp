//===- Emitter.cpp - write a planned network: parameters, the function -------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/OnnxToWage/Emitter.h"

#include "compiler/Conversion/OnnxToWage/Parameters.h"
#include "compiler/Quantization/Layout.h"
#include "dialects/wage/IR/WageOps.h"

using namespace mlir;

namespace wage {

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
  const WeightWidths widths = layer.getWidths(config);
  const std::vector<int16_t> masters =
      draw.init == Initialization::Wage
          ? drawMasters(layer.neurons * layer.fanIn, layer.fanIn, draw.gain, ordinal, draw.seed, widths)
      : draw.init == Initialization::Pretrained
          ? scaleToMasters(layer.weights, layer.scaleLog2, layer.axonsFirst, widths)
          : roundToMasters(layer.weights, widths);
  const bool trains = layer.trains;
  MLIRContext *context = builder.getContext();
  const StringRef name = layer.weightName.getValue();
  ElementsAttr value;
  if (!trains)
    value = makeResource(context, layer.weightShape, name,
                         ArrayRef<int8_t>(quantizeMasters(masters, widths, config.getRounding())));
  else if (config.getGradients() <= 8)
    value = makeResource(context, layer.weightShape, name,
                         ArrayRef<int8_t>(std::vector<int8_t>(masters.begin(), masters.end())));
  else
    value = makeResource(context, layer.weightShape, name, ArrayRef<int16_t>(masters));

  auto global = makeGlobal(loc, name, value, trains, getNodeName(loc));
  global->setAttr(WageDialect::ordinalAttr, builder.getI32IntegerAttr(static_cast<int32_t>(ordinal)));
  global->setAttr(WageDialect::scaleAttr, builder.getDenseI32ArrayAttr(layer.scaleLog2));

  const GridType weightGrid = GridType::getUnit(context, Role::W, layer.bits);
  const GridType storedGrid = trains ? GridType::getUnit(context, Role::G, config.getGradients()) : weightGrid;
  Value stored = load(global);
  stored = AsGridOp::create(builder, loc, withGrid(stored, storedGrid), stored);
  if (trains)
    stored = QuantizeWeightOp::create(builder, loc, withGrid(stored, weightGrid), stored, config.getRounding());
  weights.push_back(stored);
}

//===----------------------------------------------------------------------===//
// Host
//===----------------------------------------------------------------------===//

Value Emitter::emitInput(Value images) {
  const EncodingPlan &encoding = plan.encoding;
  DenseIntElementsAttr table; // none for the rule of section 2
  if (!encoding.entries.empty()) {
    SmallVector<int64_t> shape{static_cast<int64_t>(encoding.entries.size()) / 256, 256};
    const unsigned width = encoding.grid.getBits() <= 8 ? 8 : 16;
    table = makeEntries(RankedTensorType::get(ArrayRef(shape).drop_front(shape[0] == 1), builder.getIntegerType(width)),
                        encoding.entries);
  }
  return EncodeInputOp::create(builder, images.getLoc(), withGrid(images, encoding.grid), images, table);
}

/// The order that a layout of sample elements stands for; null for none.
static HostOrderAttr describeOrder(MLIRContext *context, const Layout &layout) {
  if (layout.isIdentity())
    return {};
  SmallVector<int64_t> from{0}, to{0};
  llvm::append_range(from, layout.getStrides());
  llvm::append_range(to, rowMajorStrides(layout.getSizes()));
  return HostOrderAttr::get(context, DenseI64ArrayAttr::get(context, layout.getSizes()),
                            DenseI64ArrayAttr::get(context, from), DenseI64ArrayAttr::get(context, to));
}

static DenseF64ArrayAttr describeNumbers(MLIRContext *context, const ChannelNumbers &numbers, double plain) {
  if (llvm::all_of(numbers, [&](double number) { return number == plain; }))
    return {};
  return DenseF64ArrayAttr::get(context, numbers);
}

/// A function of the host behind the output.
static HostFunctionAttr describeFunction(Operation *op) {
  MLIRContext *context = op->getContext();
  const auto make = [&](HostFunctionKind kind, int64_t axis, bool keepDims, bool last, DenseI64ArrayAttr shape) {
    return HostFunctionAttr::get(context, kind, axis, keepDims, last, shape);
  };
  if (auto softmax = dyn_cast<onnxir::SoftmaxOp>(op))
    return make(softmax.getLog() ? HostFunctionKind::LogSoftmax : HostFunctionKind::Softmax, softmax.getAxis(), false,
                false, {});
  if (auto maximum = dyn_cast<onnxir::ArgMaxOp>(op))
    return make(HostFunctionKind::ArgMax, maximum.getAxis(), maximum.getKeepDims(), maximum.getLast(), {});
  if (const auto kind = getHostFunction(op))
    return make(*kind, 0, false, false, {});
  const auto shape = cast<ShapedType>(op->getResult(0).getType()).getShape().drop_front();
  return make(HostFunctionKind::Reshape, 0, false, false, DenseI64ArrayAttr::get(context, shape));
}

/// How the model's own tensors become those of @infer.
void Emitter::describeHost() {
  MLIRContext *context = module.getContext();
  const auto sampleShape = [&](ArrayRef<int64_t> shape) { return DenseI64ArrayAttr::get(context, shape.drop_front()); };
  const InputFormat &input = plan.input;
  GridType grid = plan.encoding.grid;
  const auto inputStep = builder.getF64FloatAttr(std::ldexp(1.0, grid.getExponent()));
  module->setAttr(WageDialect::inputAttr,
                  HostInputAttr::get(context, sampleShape(cast<ShapedType>(input.argument.getType()).getShape()), 0,
                                     inputStep, grid.getBits(), describeNumbers(context, input.scale, 1),
                                     describeNumbers(context, input.offset, 0), describeOrder(context, input.layout)));
  const OutputFormat &output = plan.output;
  SmallVector<Attribute> functions =
      llvm::map_to_vector(output.functions, [](Operation *op) -> Attribute { return describeFunction(op); });
  module->setAttr(WageDialect::outputAttr,
                  HostOutputAttr::get(context, DenseI64ArrayAttr::get(context, output.layout.getSizes()), 0,
                                      builder.getF64FloatAttr(plan.outputStep), describeOrder(context, output.layout),
                                      functions.empty() ? ArrayAttr() : builder.getArrayAttr(functions)));
}

//===----------------------------------------------------------------------===//
// The function
//===----------------------------------------------------------------------===//

void Emitter::emitBody(Value images) {
  for (size_t ordinal = 0; ordinal < plan.layers.size(); ++ordinal)
    emitWeights(ordinal);
  values.map(plan.input.value, emitInput(images));
  func::FuncOp main = plan.main;
  Block &body = main.getBody().front();
  for (Operation &op : body.without_terminator())
    emit(op);
  Value logits = lookUp(plan.output.value);
  logits.getDefiningOp()->setDiscardableAttr(WageDialect::traceAttr, builder.getStringAttr("out"));
  func::ReturnOp::create(builder, body.getTerminator()->getLoc(), logits);
}

void Emitter::run() {
  func::FuncOp main = plan.main;
  SmallVector<Operation *> old = llvm::map_to_vector(module.getOps(), [](Operation &op) { return &op; });
  builder.setInsertionPoint(main);
  auto images = RankedTensorType::get(cast<ShapedType>(plan.input.value.getType()).getShape(),
                                      builder.getIntegerType(8, /*isSigned=*/false));
  auto infer = func::FuncOp::create(builder, main.getLoc(), "infer", builder.getFunctionType({images}, {}));
  Block *body = infer.addEntryBlock();
  body->getArgument(0).setLoc(plan.input.argument.getLoc());
  builder.setInsertionPointToStart(body);
  emitBody(body->getArgument(0));
  infer.setFunctionType(builder.getFunctionType({images}, body->getTerminator()->getOperandTypes()));
  infer->moveBefore(main); // behind the globals
  describeHost();
  for (Operation *op : old)
    op->erase();
  module->removeAttr(onnxir::sourceAttr);
  module->removeAttr(onnxir::opsetAttr);
  module->setAttr(WageDialect::configAttr, config);
}

} // namespace wage
