//===- Positions.h - which blocks share a core -------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FORMAT_POSITIONS_H
#define WAGE_RUNTIME_FORMAT_POSITIONS_H

#include "runtime/Format/Program.h"

namespace wage::rt {

/// The positions that a program's blocks stand on. Program::cores lists blocks; those of one position are one core of the chip,
/// whose axons, neurons and memories they share and on which they take turns. Positions are numbered in the order of their
/// first blocks, so that a position has its block's number where none is shared.
class Positions {
public:
  explicit Positions(const Program &program);

  /// Blocks of a position, ascending.
  struct Blocks {
    const uint32_t *first, *last;
    const uint32_t *begin() const { return first; }
    const uint32_t *end() const { return last; }
    size_t size() const { return static_cast<size_t>(last - first); }
    uint32_t front() const { return *first; }
  };

  uint32_t size() const { return static_cast<uint32_t>(firstBlock.size() - 1); }
  uint32_t of(uint32_t core) const { return number[core]; }
  Blocks blocksOf(uint32_t position) const {
    return {blocks.data() + firstBlock[position], blocks.data() + firstBlock[position + 1]};
  }
  bool isShared(uint32_t core) const { return blocksOf(number[core]).size() > 1; }
  /// Whether no block before `core` on its position is `alike`, so that what counts cores and not blocks counts it.
  template <typename Alike> bool isFirst(uint32_t core, Alike alike) const {
    for (uint32_t other : blocksOf(number[core])) {
      if (other == core)
        return true;
      if (alike(other))
        return false;
    }
    return true;
  }
  bool anyShared() const { return size() < number.size(); }

private:
  std::vector<uint32_t> number;     ///< by block: its position
  std::vector<uint32_t> firstBlock; ///< by position, and the end: index in `blocks`
  std::vector<uint32_t> blocks;     ///< by position
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_FORMAT_POSITIONS_H
