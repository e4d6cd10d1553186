//===- Packing.h - several small blocks on one core ------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PACKING_H
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PACKING_H

#include "compiler/Conversion/IntegerToChip/MappingOptions.h"
#include "compiler/Placement/Problem.h"
#include "runtime/Format/Program.h"

#include <optional>

namespace wage::chip {

/// The groups of the chip whose cores each block can stand on: sets of groups, and by block its set.
struct GroupSets {
  std::vector<std::vector<bool>> sets; ///< by set, by group
  std::vector<uint16_t> ofCore;

  const std::vector<bool> &of(size_t core) const { return sets[ofCore[core]]; }
  /// Gives a block a set, which is listed once.
  void add(std::vector<bool> groups);
};

/// Groups that are in some set.
std::vector<bool> usedGroups(const GroupSets &groups, size_t count);

/// Of every block, by what it holds and what its instructions do (runtime/Format/BlockNeeds.h).
GroupSets groupSetsOf(const rt::Program &program);

/// Which blocks share cores. Cores are numbered in the order of their first blocks.
struct Packed {
  std::vector<uint32_t> coreOf; ///< by block
  uint32_t cores = 0;
  GroupSets groups; ///< by core
};

/// Puts blocks on cores: one each, or as many as fit one core together, rows, neurons, synapses and data memory each for itself.
/// Blocks whose buffers do not all fit a core's data memory stay alone.
///
/// `wishes` says where blocks may stand: blocks share a core where they are of one area, and none or all are fixed at the same
/// position. With Sharing::Fit cores are shared only if positions (those of `wishes`), or `budget` if that is less, are too few;
/// then the largest blocks stay alone. With Sharing::On each block joins what holds it, large blocks first: the core that it
/// exchanges most with, else the fullest. Who shares and who does not is decided in a fixed order, so that the same program is
/// always packed alike.
///
/// A fixed block that does not fit beside others of its position is fixed no more.
Packed packBlocks(const rt::Program &program, placement::Problem &wishes, Sharing sharing, uint64_t budget = 0);

/// Cores in place of blocks: what blocks of one core send each other crosses no link.
placement::Problem contract(placement::Problem problem, const Packed &packed);

/// Cores that need positions of some groups, and how many these have.
struct CoreCount {
  uint64_t need = 0, supply = 0;
  std::vector<bool> groups;
};

/// The groups that lack most positions for the cores that can stand on no others; all groups in use where none lack any.
CoreCount countCores(const placement::Problem &wishes, const Packed &packed);

/// A problem of a program's blocks on its grid, without nets and areas.
placement::Problem gridOf(const rt::Program &program);

/// Positions for all cores, by their groups alone; none if some have no room. Positions are taken along rows, every other row
/// backwards, and those of many groups by cores that can stand on few first.
std::optional<std::vector<uint32_t>> anyPositions(const placement::Problem &wishes, const Packed &packed);

} // namespace wage::chip

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PACKING_H
