//===- Lift.h - whole layers out of instruction streams ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FUSEDENGINE_LIFT_H
#define WAGE_RUNTIME_FUSEDENGINE_LIFT_H

#include "runtime/Format/Program.h"
#include "runtime/Support/Status.h"

namespace wage::rt {

/// What a whole tensor is, after the cores' buffers have been joined.
struct FusedTensor {
  ElementType type = ElementType::Int8;
  Lifetime lifetime = Lifetime::Sample;
  int64_t elements = 0;      ///< per slot
  uint32_t tables = noIndex; ///< of Program::tables that it holds from the start
};

/// What the fused engine does on whole tensors: an opcode of the chip, or a host transfer.
struct FusedOp {
  enum Kind { Instruction, HostImage, HostLabels, HostControl, HostLogits, AddInto, Copy } kind = Instruction;
  Opcode opcode = Opcode::Clear;
  /// The instruction's operands: tensors for buffer fields; layers, pools and numbers as they are. Host transfers: the tensor;
  /// of image and logits also its first element, that of the image or the first class, and how many. AddInto and Copy:
  /// destination, source, the first element in each, and how many.
  std::vector<int64_t> operands;
  uint32_t layer = noIndex; ///< whose cores do it; an image's cores have none
};

/// How many of an operation's operands are tensors, unless it is an instruction.
constexpr size_t tensorOperands(FusedOp::Kind kind) {
  return kind == FusedOp::AddInto || kind == FusedOp::Copy ? 2 : 1;
}

struct FusedPhase {
  bool perSample = false;
  std::vector<FusedOp> ops;
};

struct FusedTrace {
  uint32_t point = 0; ///< index in Program::tracePoints
  uint32_t tensor = 0;
};

struct FusedProgram {
  std::vector<FusedTensor> tensors;
  std::vector<FusedPhase> phases;
  std::vector<FusedTrace> traces; ///< one per distinct name, of tensors in bands one per band
};

/// Lifts whole layers from the streams of the cores of a program that has passed proveLift, which says that they compute
/// exactly that. For each layer, the cores whose block begins at row 0 (its roots) tell what happens.
/// Errors: roots that wait for each other in a circle.
Expected<FusedProgram> liftProgram(const Program &program);

} // namespace wage::rt

#endif // WAGE_RUNTIME_FUSEDENGINE_LIFT_H
