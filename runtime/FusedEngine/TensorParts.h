//===- TensorParts.h - which part of a tensor a buffer holds -----------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FUSEDENGINE_TENSORPARTS_H
#define WAGE_RUNTIME_FUSEDENGINE_TENSORPARTS_H

#include "runtime/FusedEngine/BufferRoles.h"

namespace wage::rt {

/// Where the parts of tensors stand that cores hold, and the proof that they are what instructions and assemblies say.
class TensorParts {
public:
  TensorParts(const Program &program, const StreamIndex &index, const BufferRoles &roles)
      : program(program), index(index), roles(roles) {}

  int64_t elementsAt(const RouteEnd &end) const;
  /// First element, in the whole tensor, of the slice that a root's buffer holds.
  int64_t sliceBegin(const RouteEnd &end) const;
  /// First element, in the layer's input, of what the core's rows read.
  int64_t inputBegin(const RouteEnd &end) const;
  /// First element, in the whole tensor, of what a receiving buffer holds.
  int64_t partBegin(const RouteEnd &end) const;

  /// Whether one segment of the assembly has elements [at, at + elements), and takes them from element `begin` on of the
  /// tensor that the template's roots hold in `buffer` (noIndex: of the image).
  bool isInAssembly(uint32_t assembly, int64_t at, int64_t elements, uint32_t templateIndex, uint32_t buffer,
                    int64_t begin) const;

  /// Errors: tables or moves that take a core to have another part of a tensor than it has; assemblies of what is no whole
  /// tensor on roots, or of other than the elements that they fill.
  Status prove() const;

private:
  Status proveInstruction(uint32_t t, const Instruction &in) const;
  Status proveBegin(uint32_t t, const Instruction &in, size_t buffer, size_t begin) const;
  Status proveSegment(const Segment &segment) const;
  Status proveAssembled(uint32_t t, uint32_t buffer) const;
  int64_t tiledElements(uint32_t t, uint32_t buffer) const;

  const Core &coreOf(const RouteEnd &end) const { return program.cores[end.core]; }

  const Program &program;
  const StreamIndex &index;
  const BufferRoles &roles;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_FUSEDENGINE_TENSORPARTS_H
