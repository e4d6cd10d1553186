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

/// Integers only. Div truncates, so the quotient of the magnitude is its floor:
///   half to even:   (|x| + 2^(s-1) - 1 + floor(|x| / 2^s) mod 2) / 2^s
///   half from zero: (|x| + 2^(s-1)) / 2^s
std::string GraphExporter::roundShift(integer::ShiftClipOp op, const std::string &input, TensorType type) {
  const int64_t shift = static_cast<int32_t>(op.getShift()), half = int64_t(1) << (shift - 1);
  const std::string step = scalar(type, half * 2), magnitude = emit(op, "Abs", {input});
  std::string raised = emit(op, "Add", {magnitude, scalar(type, op.getHalfAway() ? half : half - 1)});
  if (!op.getHalfAway()) {
    const std::string floor = emit(op, "Div", {magnitude, step});
    raised = emit(op, "Add", {raised, emit(op, "Mod", {floor, scalar(type, 2)})});
  }
  return emit(op, "Mul", {emit(op, "Div", {raised, step}), emit(op, "Sign", {input})});
}

LogicalResult GraphExporter::visit(integer::ShiftClipOp op) {
  const int32_t shift = static_cast<int32_t>(op.getShift()), bits = op.getBits();
  const int64_t limit = rt::largestInteger(bits);
  const uint64_t largest = magnitude(op.getInput());
  // A shift of 63 or more leaves nothing of what is below 2^62, and 2^63 has no type here.
  const int32_t right = std::min(shift, 62);
  const uint64_t raised = right > 0 ? largest + (uint64_t(1) << right) : largest;
  const TensorType type = raised <= INT32_MAX ? TensorType::Int32 : TensorType::Int64;
  std::string value = get(op.getInput(), type);
  if (shift > 62)
    value = emit(op, "Mul", {value, scalar(type, 0)});
  else if (shift > 0)
    value = roundShift(op, value, type);
  else if (shift < 0) // clipped first, the product cannot pass 2 * bits
    value = shiftLeft(op, clip(op, value, type, -limit, limit), type, std::min(-shift, bits));
  value = clip(op, value, type, -limit, limit);
  const bool isByte = static_cast<uint64_t>(limit) <= largestByte;
  set(op.getResult(), isByte ? emitCast(op, value, TensorType::Int8) : value, isByte ? TensorType::Int8 : type);
  return success();
}

LogicalResult GraphExporter::visit(integer::ReluOp op) {
  const TensorType type = tensors[op.getInput()].type;
  set(op.getResult(), emit(op, "Clip", {tensors[op.getInput()].name, scalar(type, 0)}), type);
  return success();
}

LogicalResult GraphExporter::visit(integer::ClipOp op) {
  const TensorType type = wideType(op);
  const int64_t limit = std::min<int64_t>(op.getLimit(), type == TensorType::Int32 ? INT32_MAX : INT64_MAX);
  set(op.getResult(), clip(op, get(op.getInput(), type), type, -limit, limit), type);
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
