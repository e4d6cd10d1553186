//===- ElementNodes.cpp - shifts, clips, sums and tables in ONNX -------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Export/GraphExporter.h"

#include "compiler/Analysis/IntegerConstants.h"
#include "runtime/Numerics/Rounding.h"

using namespace mlir;

namespace wage {

std::string GraphExporter::clip(Operation *op, const std::string &input, TensorType type, int64_t least, int64_t most) {
  return emit(op, "Clip", {input, scalar(type, least), scalar(type, most)});
}

std::string GraphExporter::shiftLeft(Operation *op, const std::string &input, TensorType type, int64_t shift) {
  return shift == 0 ? input : emit(op, "Mul", {input, scalar(type, int64_t(1) << shift)});
}

/// sign(x) * floor(|x| + 1/2) of a float64; ONNX's own Round takes ties to even.
std::string GraphExporter::roundHalfAway(integer::ShiftClipOp op, const std::string &input) {
  const std::string half = model.addPowers("", TensorType::Double, {-1});
  const std::string floor = emit(op, "Floor", {emit(op, "Add", {emit(op, "Abs", {input}), half})});
  return emit(op, "Mul", {floor, emit(op, "Sign", {input})});
}

/// In float64, times a power of two. RequantizedLayer.cpp has the argument for float32; with 53 bits instead of 24 a sum is
/// exact up to 2^53, and one that is larger saturates if that times 2^-shift does.
LogicalResult GraphExporter::visit(integer::ShiftClipOp op) {
  const int32_t shift = static_cast<int32_t>(op.getShift()), bits = op.getBits();
  const uint64_t largest = magnitude(op.getInput());
  uint64_t half = op.getHalfAway() && shift > 0 ? uint64_t(1) << (shift - 1) : 0;
  if (largest < half) // all becomes 0, however ties are rounded
    half = 0;
  if (largest + half > largestExactDouble && shift + bits > 53)
    return op.emitOpError() << "rounds sums of up to " << largest << " by " << shift << " bits to " << bits
                            << ", needed sums of up to 2^53 or at most 53 bits in all";
  std::string value =
      emit(op, "Mul", {get(op.getInput(), TensorType::Double), model.addPowers("", TensorType::Double, {-shift})});
  value = half > 0 ? roundHalfAway(op, value) : emit(op, "Round", {value});
  const int64_t limit = rt::largestInteger(bits);
  value = clip(op, value, TensorType::Double, -limit, limit);
  const TensorType type = static_cast<uint64_t>(limit) <= largestByte ? TensorType::Int8 : TensorType::Int32;
  set(op.getResult(), emitCast(op, value, type), type);
  return success();
}

LogicalResult GraphExporter::visit(integer::ReluOp op) {
  const auto [input, type] = tensors[op.getInput()];
  const std::string zero = scalar(type, 0);
  set(op.getResult(),
      type == TensorType::Int64 ? emit(op, "Where", {emit(op, "Greater", {input, zero}), input, zero})
                                : emit(op, "Clip", {input, zero}),
      type);
  return success();
}

LogicalResult GraphExporter::visit(integer::AddBiasOp op) {
  const std::vector<int64_t> *bias = known.find(op.getBias());
  if (!bias)
    return op.emitOpError() << "has a bias that is not known when compiling";
  const TensorType type = wideType(op);
  set(op.getResult(), emit(op, "Add", {get(op.getInput(), type), perChannel(op, type, *bias)}), type);
  return success();
}

LogicalResult GraphExporter::visit(integer::AlignChannelsOp op) {
  SmallVector<int64_t> factors;
  for (int32_t shift : op.getShifts())
    factors.push_back(int64_t(1) << shift);
  TensorType type = wideType(op);
  if (!factors.empty() && *llvm::max_element(factors) > INT32_MAX)
    type = TensorType::Int64;
  set(op.getResult(), emit(op, "Mul", {get(op.getInput(), type), perChannel(op, type, factors)}), type);
  return success();
}

LogicalResult GraphExporter::visit(integer::AddOp op) {
  if (llvm::any_of(op.getShifts(), [](int32_t shift) { return shift > 62; }))
    return op.emitOpError() << "shifts by 63, needed at most 62";
  TensorType type = wideType(op);
  if (llvm::any_of(op.getShifts(), [](int32_t shift) { return shift > 30; }))
    type = TensorType::Int64;
  const std::string lhs = shiftLeft(op, get(op.getLhs(), type), type, op.getShifts()[0]);
  const std::string rhs = shiftLeft(op, get(op.getRhs(), type), type, op.getShifts()[1]);
  set(op.getResult(), emit(op, "Add", {lhs, rhs}), type);
  return success();
}

LogicalResult GraphExporter::visit(integer::TableOp op) {
  const std::optional<std::vector<int64_t>> table = readIntegers(op.getTable());
  if (!table)
    return op.emitOpError() << "has a table that cannot be read";
  const TensorType type = magnitude(op.getResult()) <= largestByte ? TensorType::Int8 : wideType(op);
  const std::string entries = model.addConstant(nodeName(op), type, {static_cast<int64_t>(table->size())}, *table);
  set(op.getResult(), emit(op, "Gather", {entries, get(op.getInput(), TensorType::Int32)}, {{"axis", int64_t(0)}}),
      type);
  return success();
}

} // namespace wage
