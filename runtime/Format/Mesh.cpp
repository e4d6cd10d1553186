//===- Mesh.cpp - paths of packets on the network on chip ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Mesh.h"

#include <algorithm>

namespace wage::rt {

namespace {

enum Direction : uint32_t { East = 0, West = 1, South = 2, North = 3 };

struct Position {
  uint32_t x = 0, y = 0;
};

Position positionOf(const Program &program, uint32_t node) {
  if (node == hostNode)
    return {};
  return {program.cores[node].x, program.cores[node].y};
}

} // namespace

uint64_t linkCount(const Program &program) { return uint64_t(4) * program.systemColumns() * program.systemRows(); }

uint32_t linkBytesPerCycle(const Program &program, uint32_t x, uint32_t y, uint32_t direction) {
  const ChipDescription &chip = program.chip;
  const bool leavesChip = direction == East    ? (x + 1) % chip.gridColumns == 0
                          : direction == West  ? x % chip.gridColumns == 0
                          : direction == South ? (y + 1) % chip.gridRows == 0
                                               : y % chip.gridRows == 0;
  return leavesChip ? chip.noc.interChipBytesPerCycle : chip.noc.linkBytesPerCycle;
}

RoutePath routePath(const Program &program, const Route &route) {
  RoutePath path;
  const uint32_t columns = program.systemColumns();
  for (uint32_t destination : route.destinations) {
    Position at = positionOf(program, route.source);
    const Position to = positionOf(program, destination);
    uint32_t hops = 0, crossings = 0;
    auto step = [&](uint32_t direction, uint32_t &coordinate, uint32_t next, uint32_t chipExtent) {
      path.links.push_back(4 * (at.y * columns + at.x) + direction);
      crossings += coordinate / chipExtent != next / chipExtent;
      coordinate = next;
      ++hops;
    };
    while (at.x != to.x)
      at.x < to.x ? step(East, at.x, at.x + 1, program.chip.gridColumns)
                  : step(West, at.x, at.x - 1, program.chip.gridColumns);
    while (at.y != to.y)
      at.y < to.y ? step(South, at.y, at.y + 1, program.chip.gridRows)
                  : step(North, at.y, at.y - 1, program.chip.gridRows);
    path.hops.push_back(hops);
    path.chipCrossings.push_back(crossings);
  }
  if (program.chip.noc.multicast) {
    // Dimension-order paths from one source form a tree, so a shared link carries the packet once.
    std::sort(path.links.begin(), path.links.end());
    path.links.erase(std::unique(path.links.begin(), path.links.end()), path.links.end());
  }
  return path;
}

} // namespace wage::rt
