//===- Extents.h - the memory that a buffer has ---------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FORMAT_EXTENTS_H
#define WAGE_RUNTIME_FORMAT_EXTENTS_H

#include "runtime/Format/Program.h"

namespace wage::rt {

/// Lines [begin, end) of a core's own memory, or of the memory off chip.
struct Extent {
  uint64_t begin = 0, end = 0;
  bool isOffChip = false;

  uint64_t lines() const { return end - begin; }
};

/// Lines that a buffer takes on a core, wherever they are.
inline uint64_t linesOf(const Program &program, const Core &core, const BufferDecl &buffer) {
  return bufferLines(buffer.type, static_cast<uint64_t>(operandValue(buffer.elements, core)),
                     bufferSlots(buffer, program.config));
}

/// Where a buffer lies on a core.
inline Extent extentOf(const Program &program, const Core &core, const BufferDecl &buffer) {
  const auto address = static_cast<uint32_t>(operandValue(buffer.address, core));
  const uint64_t begin = address & ~offChipBit;
  return {begin, begin + linesOf(program, core, buffer), (address & offChipBit) != 0};
}

} // namespace wage::rt

#endif // WAGE_RUNTIME_FORMAT_EXTENTS_H
