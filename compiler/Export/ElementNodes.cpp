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

LogicalResult GraphExporter::visit(integer::MultiplyOp op) {
  const TensorType type = wideType(op);
  set(op.getResult(), emit(op, "Mul", {get(op.getLhs(), type), get(op.getRhs(), type)}), type);
  return success();
}

/// One table or one per channel, end to end; `first` is what the first entry stands for.
LogicalResult GraphExporter::lookUp(Operation *op, ElementsAttr tables, int64_t first) {
  const std::optional<std::vector<int64_t>> entries = readIntegers(tables);
  if (!entries)
    return op->emitOpError() << "has tables that cannot be read";
  const Value result = op->getResult(0);
  const int64_t length = tables.getShapedType().getShape().back(), count = entries->size();
  SmallVector<int64_t> offsets; // by channel, or one for all
  for (int64_t begin = 0; begin < count; begin += length)
    offsets.push_back(begin - first);
  std::string index = get(op->getOperand(0), TensorType::Int32);
  if (offsets.size() > 1)
    index = emit(op, "Add", {index, perChannel(op, TensorType::Int32, offsets)});
  else if (first != 0)
    index = emit(op, "Add", {index, scalar(TensorType::Int32, -first)});
  const TensorType type = magnitude(result) <= largestByte ? TensorType::Int8
                          : magnitude(result) <= INT32_MAX ? TensorType::Int32
                                                           : TensorType::Int64;
  const std::string table = model.addConstant(nodeName(op), type, {count}, *entries);
  set(result, emit(op, "Gather", {table, index}, {{"axis", int64_t(0)}}), type);
  return success();
}

LogicalResult GraphExporter::visit(integer::TableOp op) { return lookUp(op, op.getTable(), 0); }

LogicalResult GraphExporter::visit(integer::LookupOp op) {
  return lookUp(op, op.getTables(), -(op.getTables().getShapedType().getDimSize(1) / 2));
}

} // namespace wage
