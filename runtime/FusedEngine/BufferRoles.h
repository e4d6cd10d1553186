//===- BufferRoles.h - what buffers are to a layer's products ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FUSEDENGINE_BUFFERROLES_H
#define WAGE_RUNTIME_FUSEDENGINE_BUFFERROLES_H

#include "runtime/FusedEngine/StreamIndex.h"
#include "runtime/Support/Status.h"

namespace wage::rt {

/// What each buffer of each template is to the products, and which root buffer a block's buffer corresponds to.
class BufferRoles {
public:
  enum Role : unsigned {
    LayerInput = 1,   ///< read by Forward, Outer or what forms the batch's gradient
    Accumulator = 2,  ///< written by Forward
    Error = 4,        ///< read by Transposed, Outer or what forms the batch's gradient
    ErrorProduct = 8, ///< written by Transposed
    Gradient = 16,    ///< added to by Outer
    Maximum = 32,     ///< raised by MaxAbs or OuterMax
    Exponent = 64,    ///< shifts by ShiftClipBy, Update or OuterUpdate
    Control = 128,    ///< read by Update or OuterUpdate
    Range = 256,      ///< received for Rearrange alone: what a core's part of the result needs, not the core's slice
    Sums = 512        ///< of the neurons that OuterMax or OuterUpdate takes at a time
  };

  BufferRoles(const Program &program, const StreamIndex &index);

  unsigned of(uint32_t t, uint32_t buffer) const { return roles[t][buffer]; }
  /// The root template's buffer that `buffer` of `t` corresponds to (itself in a root template); noIndex if none.
  uint32_t rootBuffer(uint32_t t, uint32_t buffer) const { return toRoot[t][buffer]; }
  /// Whether the buffer is cleared in the same phase before `instruction`, with nothing written to it in between.
  bool isClearedBefore(uint32_t t, uint32_t buffer, uint32_t instruction) const;

private:
  friend Status proveRoles(const Program &, const StreamIndex &, const BufferRoles &);
  void markRanges(uint32_t t);
  Status matchTemplate(uint32_t block, uint32_t root);
  bool matchInstruction(uint32_t block, const Instruction &a, uint32_t root, const Instruction &b);

  const Program &program;
  const StreamIndex &index;
  std::vector<std::vector<unsigned>> roles;
  std::vector<std::vector<uint32_t>> toRoot;
  Status problem; ///< of matching blocks to roots
};

/// The roots of each layer run one template, the others at most one other, and that does the same products,
/// maxima and updates in the same order on corresponding buffers.
Status proveRoles(const Program &program, const StreamIndex &index, const BufferRoles &roles);

} // namespace wage::rt

#endif // WAGE_RUNTIME_FUSEDENGINE_BUFFERROLES_H
