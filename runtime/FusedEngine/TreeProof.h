//===- TreeProof.h - sums and maxima that climb trees of cores ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FUSEDENGINE_TREEPROOF_H
#define WAGE_RUNTIME_FUSEDENGINE_TREEPROOF_H

#include "runtime/FusedEngine/BufferRoles.h"

#include <map>

namespace wage::rt {

/// One tree of messages within a stage: who sends to whom, by what instructions.
struct Tree {
  std::map<uint32_t, uint32_t> parent;                                ///< by sending core: the receiving core
  std::map<uint32_t, uint32_t> sendAt, firstReceiveAt, lastReceiveAt; ///< by core: instruction
};

/// Buffers that hold one thing, by template.
using Buffers = std::vector<std::pair<uint32_t, uint32_t>>;

/// The core that tells a maximum to others.
struct Telling {
  uint32_t teller = noIndex, tellAt = 0;
  std::map<uint32_t, uint32_t> told; ///< core to receiving instruction
};

/// What LiftProof.h says of sums and maxima, and of the gradients of copies.
class TreeProof {
public:
  TreeProof(const Program &program, const StreamIndex &index, const BufferRoles &roles);

  /// Every core off the edge (the roots, or neurons that begin at 0) reaches a core on it; each multiplies first, then adds
  /// what it receives, then sends its sum on.
  Status proveSum(const Tree &tree, bool overRows, uint32_t stage, uint32_t rootBuffer) const;

  /// Every core that has the maximum raises it by its own, then by its children's, then sends it to its parent; one core gets
  /// them all and tells all others; only then is an exponent taken. `buffers`: those of this maximum.
  Status proveMaximum(const Tree &tree, const Telling &telling, const Buffers &buffers) const;

  /// The gradients of a layer's copies, block by block: cleared by all before any error is multiplied, summed once each core has
  /// its part of the whole batch, told to all, and only then used. `cores`: those that hold the block, each of another copy.
  Status proveGradient(const Tree &tree, const Telling &telling, const std::vector<uint32_t> &cores,
                       const Buffers &buffers) const;

private:
  uint32_t raiseOf(uint32_t t, uint32_t rootBuffer) const;
  uint32_t instructionOn(uint32_t t, uint32_t rootBuffer, std::initializer_list<Opcode> opcodes, int operand) const;
  uint32_t phaseOf(uint32_t t, uint32_t instruction) const;
  bool reaches(const Tree &tree, uint32_t from, uint32_t goal) const;

  const Program &program;
  const StreamIndex &index;
  const BufferRoles &roles;
  std::vector<std::vector<uint32_t>> coresOf; ///< by stage, ascending
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_FUSEDENGINE_TREEPROOF_H
