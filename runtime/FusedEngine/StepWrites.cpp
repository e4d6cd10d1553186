//===- StepWrites.cpp - that every tensor of a step is written once ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/FusedEngine/StepWrites.h"

namespace wage::rt {

bool StepWrites::add(const FusedOp &op) {
  switch (op.kind) {
  case FusedOp::Instruction: return op.opcode == Opcode::Clear ? clear(op.operands[0]) : addInstruction(op);
  case FusedOp::AddInto: return accumulate(op.operands[0]);
  case FusedOp::HostLogits: return true;
  default: return overwrite(op.operands[0]);
  }
}

bool StepWrites::addInstruction(const FusedOp &op) {
  const std::vector<FieldInfo> &fields = findOpcode(static_cast<uint16_t>(op.opcode))->fields;
  const auto isRead = [&](int64_t tensor) {
    for (size_t k = 0; k < fields.size(); ++k)
      if (fields[k].kind == FieldKind::BufIn && op.operands[k] == tensor)
        return true;
    return false;
  };
  bool isOnce = true;
  for (size_t k = 0; k < fields.size(); ++k) {
    if (fields[k].kind == FieldKind::BufOut && !isRead(op.operands[k]))
      isOnce &= overwrite(op.operands[k]);
    if (fields[k].kind == FieldKind::BufInOut)
      isOnce &= accumulate(op.operands[k]);
  }
  return isOnce;
}

} // namespace wage::rt
