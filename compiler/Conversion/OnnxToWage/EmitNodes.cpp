//===- EmitNodes.cpp - write a planned network: its nodes --------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/OnnxToWage/Emitter.h"
#include "compiler/Conversion/OnnxToWage/Parameters.h"
#include "dialects/wage/IR/WageOps.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace wage {

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

Value Emitter::quantize(Location loc, Value value, GridType grid) {
  return QuantizeActivationOp::create(builder, loc, withGrid(value, grid), value, config.getRounding());
}

Value Emitter::lookUpTable(Location loc, Value input, const TablePlan &table) {
  const int64_t length = int64_t(1) << table.input.getBits();
  const unsigned width = table.result.getBits() <= 8 ? 8 : 16;
  const auto type = RankedTensorType::get({static_cast<int64_t>(table.entries.size()) / length, length},
                                          builder.getIntegerType(width));
  const auto tables = makeEntries(type, table.entries);
  return LookupOp::create(builder, loc, withGrid(input, table.result), input, tables);
}

Value Emitter::rearrange(Location loc, Value input, ArrayRef<int64_t> shape, const Box &box) {
  const auto type = RankedTensorType::get(shape, getGrid(input));
  return RearrangeOp::create(builder, loc, type, input, box.sizes, box.from, box.to);
}

Value Emitter::takeOperand(OpOperand &operand) {
  Value value = lookUp(operand.get());
  const Location loc = operand.getOwner()->getLoc();
  if (const auto change = plan.operands.find(&operand); change != plan.operands.end()) {
    if (getGrid(value) != change->second.input)
      value = quantize(loc, value, change->second.input);
    if (!change->second.entries.empty())
      value = lookUpTable(loc, value, change->second);
  }
  if (const auto broadcast = plan.broadcasts.find(&operand); broadcast != plan.broadcasts.end())
    value = rearrange(loc, value, cast<ShapedType>(operand.getOwner()->getResult(0).getType()).getShape(),
                      broadcast->second);
  return value;
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
  const SmallVector<int64_t> dilations = op.getDilations() ? llvm::to_vector(*op.getDilations()) : SmallVector<int64_t>{1, 1};
  return Conv2DOp::create(builder, op.getLoc(), withGrid(op.getResult(), grid), input, weights[ordinal], scale,
                          op.getStrides(), op.getPads(), dilations, op.getGroup());
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

Value Emitter::emitSum(Operation *op) {
  if (plan.biasOf.contains(op))
    return addBias(op, lookUp(op->getOperand(0)));
  auto binary = dyn_cast<onnxir::BinaryOp>(op);
  if (!binary || binary.getKind() == onnxir::BinaryKind::Add) {
    Value lhs = takeOperand(op->getOpOperand(0));
    return AddOp::create(builder, op->getLoc(), lhs, takeOperand(op->getOpOperand(1)));
  }
  if (plan.factors.contains(op))
    return lookUp(binary.getLhs());
  Value lhs = takeOperand(op->getOpOperand(0)), rhs = takeOperand(op->getOpOperand(1));
  const int exponent = getGrid(lhs).getExponent() + getGrid(rhs).getExponent();
  const GridType grid = GridType::getAccumulator(builder.getContext(), exponent);
  return MultiplyOp::create(builder, op->getLoc(), withGrid(lhs, grid), lhs, rhs);
}

Value Emitter::emitConcat(onnxir::ConcatOp op) {
  SmallVector<Value> operands =
      llvm::map_to_vector(op.getInputsMutable(), [&](OpOperand &operand) { return takeOperand(operand); });
  const GridType grid = getGrid(operands.front());
  const auto axis = static_cast<int64_t>(op.getAxis());
  auto type = cast<ShapedType>(op.getResult().getType());
  if (axis == 1)
    return ConcatOp::create(builder, op.getLoc(), withGrid(op.getResult(), grid), operands);
  // The dimension goes to the front of the sample and back.
  SmallVector<int64_t> forth{0, axis}, back(type.getRank());
  for (int64_t d = 1; d < type.getRank(); ++d)
    if (d != axis)
      forth.push_back(d);
  for (auto [to, from] : llvm::enumerate(forth))
    back[from] = static_cast<int64_t>(to);
  const auto reorder = [&](Value value, ArrayRef<int64_t> permutation) {
    const ArrayRef<int64_t> shape = cast<ShapedType>(value.getType()).getShape();
    const SmallVector<int64_t> result = llvm::map_to_vector(permutation, [&](int64_t d) { return shape[d]; });
    return rearrange(op.getLoc(), value, result, describeTranspose(shape, permutation));
  };
  for (Value &operand : operands)
    operand = reorder(operand, forth);
  const SmallVector<int64_t> whole = llvm::map_to_vector(forth, [&](int64_t d) { return type.getDimSize(d); });
  Value joined = ConcatOp::create(builder, op.getLoc(), RankedTensorType::get(whole, grid), operands);
  return reorder(joined, back);
}

/// Copies into the same result, each of elements of its own, add up to it.
Value Emitter::emitMovement(Operation *op) {
  Value input = lookUp(op->getOperand(0)), result;
  const ArrayRef<int64_t> shape = cast<ShapedType>(op->getResult(0).getType()).getShape();
  for (const Box &box : plan.movements.find(op)->second) {
    Value part = rearrange(op->getLoc(), input, shape, box);
    result = result ? AddOp::create(builder, op->getLoc(), result, part).getResult() : part;
  }
  const GridType grid = getGrid(input);
  return getGrid(result) == grid ? result : quantize(op->getLoc(), result, grid);
}

Value Emitter::emitNode(Operation &op) {
  return llvm::TypeSwitch<Operation *, Value>(&op)
      .Case([&](onnxir::ConvOp conv) { return addBias(conv, emitConv(conv)); })
      .Case([&](onnxir::GemmOp gemm) { return addBias(gemm, emitMatmul(gemm, gemm.getInput())); })
      .Case([&](onnxir::MatMulOp product) { return emitMatmul(product, product.getInput()); })
      .Case<onnxir::AddOp, onnxir::BinaryOp>([&](auto sum) { return emitSum(sum); })
      .Case([&](onnxir::AveragePoolOp pool) { return emitAveragePool(pool); })
      .Case([&](onnxir::ConcatOp concat) { return emitConcat(concat); })
      .Case([&](onnxir::ReluOp relu) {
        return ReluOp::create(builder, relu.getLoc(), lookUp(relu.getInput())).getResult();
      })
      .Case([&](onnxir::MaxPoolOp pool) { return emitMaxPool(pool); })
      .Case<onnxir::FlattenOp, onnxir::ReshapeOp>([&](auto reshape) {
        Value input = lookUp(reshape.getInput());
        auto type = withGrid(reshape.getResult(), getGrid(input));
        return ReshapeOp::create(builder, reshape.getLoc(), type, input).getResult();
      })
      .Case<onnxir::TransposeOp, onnxir::SliceOp, onnxir::PadOp, onnxir::GatherOp>(
          [&](Operation *movement) { return emitMovement(movement); })
      .Case<onnxir::IdentityOp, onnxir::DropoutOp>([&](auto same) { return lookUp(same.getInput()); })
      .Default([](Operation *) { return Value(); }); // a constant, taken where it is used
}

void Emitter::emit(Operation &op) {
  if (op.getNumResults() != 1 || values.contains(op.getResult(0)))
    return;
  const Value made = op.getResult(0);
  if (const auto table = plan.tables.find(made); table != plan.tables.end()) {
    values.map(made, lookUpTable(op.getLoc(), lookUp(table->second.base), table->second));
    return;
  }
  if (!plan.made.contains(made))
    return; // the host's, or part of a table
  Value result = emitNode(op);
  if (const auto grid = plan.quantized.find(made); grid != plan.quantized.end())
    result = quantize(op.getLoc(), result, grid->second);
  values.map(made, result);
}

} // namespace wage
