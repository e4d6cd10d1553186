//===- ChipChecks.cpp - what a chip description must satisfy as a whole ------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "targets/ChipModel/ChipChecks.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"

using namespace llvm;

namespace wage {

namespace {

using rt::ChipDescription;
using rt::CoreGroup;

bool overlap(const CoreGroup &a, const CoreGroup &b) {
  // 64 bits: the end of a rectangle may lie past 32.
  auto meets = [](uint64_t firstA, uint64_t countA, uint64_t firstB, uint64_t countB) {
    return firstA < firstB + countB && firstB < firstA + countA;
  };
  return meets(a.firstX, a.columns, b.firstX, b.columns) && meets(a.firstY, a.rows, b.firstY, b.rows);
}

std::string checkGroups(const ChipDescription &chip) {
  uint64_t covered = 0;
  for (const auto &[i, group] : enumerate(chip.groups)) {
    if (uint64_t{group.firstX} + group.columns > chip.gridColumns ||
        uint64_t{group.firstY} + group.rows > chip.gridRows)
      return "core group '" + group.name + "' reaches past the grid of " +
             (Twine(chip.gridColumns) + " x " + Twine(chip.gridRows) + " cores").str();
    for (const CoreGroup &other : ArrayRef(chip.groups).take_front(i)) {
      if (other.name == group.name)
        return "core group '" + group.name + "' is described twice";
      if (overlap(group, other))
        return "core groups '" + other.name + "' and '" + group.name + "' overlap";
    }
    covered += uint64_t{group.columns} * group.rows;
  }
  uint64_t grid = uint64_t{chip.gridColumns} * chip.gridRows;
  if (covered != grid)
    return ("core groups cover " + Twine(covered) + " cores, needed all " + Twine(grid) + " of the grid").str();
  return {};
}

std::string checkSpikes(const rt::SpikeDescription &spikes) {
  for (const auto &[i, code] : enumerate(spikes.codes))
    if (is_contained(ArrayRef(spikes.codes).take_front(i), code))
      return std::string("spike code '") + rt::spikeCodeName(code) + "' is listed twice";
  return spikes.codes.empty() ? "'codes' of 'spikes' is empty, needed at least one" : "";
}

} // namespace

std::string checkChip(const ChipDescription &chip) {
  uint64_t columns = uint64_t{chip.gridColumns} * chip.chipColumns, rows = uint64_t{chip.gridRows} * chip.chipRows;
  if (columns > maxCores || rows > maxCores || columns * rows > maxCores)
    return ("the system has " + Twine(columns) + " x " + Twine(rows) + " cores, needed at most " + Twine(maxCores))
        .str();
  if (std::string problem = checkGroups(chip); !problem.empty())
    return problem;
  uint64_t next = 0;
  for (uint64_t core : chip.faultyCores) {
    if (core >= columns * rows)
      return ("faulty core " + Twine(core) + " is not one of the " + Twine(columns * rows) + " cores").str();
    if (core < next)
      return ("faulty core " + Twine(core) + " is out of order, needed ascending numbers").str();
    next = core + 1;
  }
  if (chip.offChip.portX >= columns || chip.offChip.portY >= rows)
    return ("the off-chip port at (" + Twine(chip.offChip.portX) + ", " + Twine(chip.offChip.portY) +
            ") is not on the grid of " + Twine(columns) + " x " + Twine(rows) + " cores")
        .str();
  if (chip.offChip.bytes && !chip.offChip.bytesPerCycle)
    return "'off_chip' has memory but no 'bytes_per_cycle'";
  return checkSpikes(chip.spikes);
}

} // namespace wage
