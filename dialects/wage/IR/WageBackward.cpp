//===- WageBackward.cpp - the backward rule of each forward op -----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Source: arithmetic.md section 6. The masks of Q_A and Relu look at forward values and are built beside the op they
// belong to: what is kept from forward to backward is then one bit per element, not the unrounded value.
//
//===---------------------------------------------------------------------------===//

#include "dialects/wage/IR/WageOps.h"

using namespace mlir;

namespace wage {

namespace {

RankedTensorType gradientType(Value weights) {
  return withGrid(weights, GridType::getAccumulator(weights.getContext(), 0));
}

RankedTensorType maskType(Value value) {
  return RankedTensorType::get(cast<ShapedType>(value.getType()).getShape(), IntegerType::get(value.getContext(), 1));
}

} // namespace

/// Straight through: the gradient of the weights in use is that of the masters.
void QuantizeWeightOp::buildBackward(Value error, ErrorFlow &flow) {
  if (flow.wantsError(getInput()))
    flow.sendError(getInput(), error);
}

//===----------------------------------------------------------------------===//
// Linear layers: the outer product for the weights, the transposed one for the input
//===----------------------------------------------------------------------===//

std::string Conv2DOp::whyNoBackward() {
  if (getGroups() != 1)
    return "groups = " + std::to_string(getGroups());
  const ArrayRef<int64_t> dilations = getDilations();
  if (llvm::all_of(dilations, [](int64_t dilation) { return dilation == 1; }))
    return {};
  return "dilations = [" + std::to_string(dilations[0]) + ", " + std::to_string(dilations[1]) + "]";
}

void Conv2DOp::buildBackward(Value error, ErrorFlow &flow) {
  OpBuilder &builder = flow.getBuilder();
  if (flow.wantsError(getWeights()))
    flow.sendError(getWeights(), Conv2DOuterOp::create(builder, getLoc(), gradientType(getWeights()), error, getInput(),
                                                       getStrides(), getPads()));
  if (!flow.wantsError(getInput()))
    return;
  const GridType grid = getProductGrid(getGrid(error), getGrid(getWeights()), getScaleLog2());
  flow.sendError(getInput(), Conv2DTransposedOp::create(builder, getLoc(), withGrid(getInput(), grid), error,
                                                        getWeights(), getScaleLog2(), getStrides(), getPads()));
}

void MatmulOp::buildBackward(Value error, ErrorFlow &flow) {
  OpBuilder &builder = flow.getBuilder();
  if (flow.wantsError(getWeights()))
    flow.sendError(getWeights(), MatmulOuterOp::create(builder, getLoc(), gradientType(getWeights()), error, getInput(),
                                                       getAxonsFirst()));
  if (!flow.wantsError(getInput()))
    return;
  const GridType grid = getProductGrid(getGrid(error), getGrid(getWeights()), getScaleLog2());
  flow.sendError(getInput(), MatmulTransposedOp::create(builder, getLoc(), withGrid(getInput(), grid), error,
                                                        getWeights(), getScaleLog2(), getAxonsFirst()));
}

void AddBiasOp::buildBackward(Value error, ErrorFlow &flow) {
  if (flow.wantsError(getInput()))
    flow.sendError(getInput(), error);
}

//===----------------------------------------------------------------------===//
// Activation: Q_A's clip, Q_E over the batch, Relu's mask, in this order
//===----------------------------------------------------------------------===//

bool QuantizeActivationOp::usesError() { return true; }

bool ReluOp::usesError() { return true; }

void QuantizeActivationOp::buildBackward(Value error, ErrorFlow &flow) {
  OpBuilder forward(*this);
  const GridType activation = getGrid(getResult());
  Value within = WithinOp::create(forward, getLoc(), maskType(getInput()), getInput(), activation.getBits());
  OpBuilder &builder = flow.getBuilder();
  Value inside = ApplyMaskOp::create(builder, getLoc(), error, within);
  const ConfigAttr config = flow.getConfig();
  auto quantized = QuantizeErrorOp::create(builder, getLoc(), inside, config.getErrors(), config.getRounding());
  flow.addQuantizedError(quantized.getResult(), quantized.getExponent());
  if (flow.wantsError(getInput()))
    flow.sendError(getInput(), quantized.getResult());
}

void ReluOp::buildBackward(Value error, ErrorFlow &flow) {
  OpBuilder forward(*this);
  Value positive = PositiveOp::create(forward, getLoc(), maskType(getInput()), getInput());
  Operation *masked = ApplyMaskOp::create(flow.getBuilder(), getLoc(), error, positive);
  // What the golden model shows of a Q_E is its error after this mask.
  Operation *source = error.getDefiningOp();
  if (Attribute trace = source ? source->removeDiscardableAttr(WageDialect::traceAttr) : Attribute())
    masked->setDiscardableAttr(WageDialect::traceAttr, trace);
  if (flow.wantsError(getInput()))
    flow.sendError(getInput(), masked->getResult(0));
}

//===----------------------------------------------------------------------===//
// Pooling and shape
//===----------------------------------------------------------------------===//

void MaxPoolOp::buildBackward(Value error, ErrorFlow &flow) {
  if (!flow.wantsError(getInput()))
    return;
  const GridType sum = GridType::getAccumulator(getContext(), getGrid(error).getExponent());
  flow.sendError(getInput(), MaxPoolScatterOp::create(flow.getBuilder(), getLoc(), withGrid(getInput(), sum), error,
                                                      getPositions(), getKernel(), getStrides(), getPads()));
}

/// Copied to both; each operand has its own grid for what the error is worth, relative to the last Q_E, not to the value.
void AddOp::buildBackward(Value error, ErrorFlow &flow) {
  for (Value operand : getOperands())
    if (flow.wantsError(operand))
      flow.sendError(operand, error);
}

void AveragePoolOp::buildBackward(Value error, ErrorFlow &flow) {
  if (!flow.wantsError(getInput()))
    return;
  const int exponent = getGrid(error).getExponent() - getAverageShift(getKernel());
  const GridType sum = GridType::getAccumulator(getContext(), exponent);
  flow.sendError(getInput(), AveragePoolSpreadOp::create(flow.getBuilder(), getLoc(), withGrid(getInput(), sum), error,
                                                         getKernel(), getStrides(), getPads()));
}

void ReshapeOp::buildBackward(Value error, ErrorFlow &flow) {
  if (flow.wantsError(getInput()))
    flow.sendError(getInput(),
                   ReshapeOp::create(flow.getBuilder(), getLoc(), withGrid(getInput(), getGrid(error)), error));
}

} // namespace wage
