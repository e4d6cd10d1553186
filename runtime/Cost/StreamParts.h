//===- StreamParts.h - what each instruction of a stream is for ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_COST_STREAMPARTS_H
#define WAGE_RUNTIME_COST_STREAMPARTS_H

#include "runtime/Cost/CostSums.h"

namespace wage::rt {

/// A template's instructions, and what each is for.
struct StreamParts {
  std::vector<Instruction> instructions;
  std::vector<CostPart> parts;
};

/// Whether one of an instruction's operands is a buffer.
bool usesBuffer(const Instruction &in, int32_t buffer);

/// Decodes every template. In this order: a product of errors and activations, and a message of its sums, is Gradient (but one
/// that updates at once); a phase in which some core updates is Update; a phase of inference is Forward; the rest is Error. A
/// Clear is for what uses its buffer next.
std::vector<StreamParts> readStreams(const Program &program);

} // namespace wage::rt

#endif // WAGE_RUNTIME_COST_STREAMPARTS_H
