//===- LinkLoads.cpp - bytes on every link, without walking any path ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Cost/LinkLoads.h"

#include "runtime/Format/Mesh.h"

#include <algorithm>

namespace wage::rt {

namespace {

std::pair<uint32_t, uint32_t> placeOf(const Program &program, uint32_t node) {
  if (node == hostNode)
    return {0, 0};
  return {program.cores[node].x, program.cores[node].y};
}

} // namespace

RouteDistance routeDistance(const Program &program, uint32_t source, uint32_t destination) {
  const auto [ax, ay] = placeOf(program, source);
  const auto [bx, by] = placeOf(program, destination);
  const ChipDescription &chip = program.chip;
  return {hopDistance(ax, ay, bx, by),
          hopDistance(ax / chip.gridColumns, ay / chip.gridRows, bx / chip.gridColumns, by / chip.gridRows)};
}

LinkLoads::LinkLoads(const Program &program) : program(program) {
  for (const Core &core : program.cores) {
    columns = std::max(columns, core.x + 1);
    rows = std::max(rows, core.y + 1);
  }
  changes.assign(size(), 0);
}

LinkPosition LinkLoads::positionOf(size_t index) const {
  const size_t perDirection = size_t(columns + 1) * (rows + 1);
  const auto direction = static_cast<uint32_t>(index / perDirection);
  const size_t stride = size_t(lineLength(direction)) + 1;
  const auto line = static_cast<uint32_t>(index % perDirection / stride);
  const auto at = static_cast<uint32_t>(index % perDirection % stride);
  return direction < 2 ? LinkPosition{at, line, direction} : LinkPosition{line, at, direction};
}

uint64_t LinkLoads::addRun(uint32_t firstDirection, uint32_t line, uint32_t from, uint32_t to, uint64_t bytes) {
  if (from <= to) { // east or south: links that leave from, …, to - 1
    changes[indexOf(firstDirection, line, from)] += bytes;
    changes[indexOf(firstDirection, line, to)] -= bytes;
    return to - from;
  }
  changes[indexOf(firstDirection + 1, line, to + 1)] += bytes; // west or north: links that leave from, …, to + 1
  changes[indexOf(firstDirection + 1, line, from + 1)] -= bytes;
  return from - to;
}

uint64_t LinkLoads::add(const Route &route, uint64_t bytes) {
  const auto [x, y] = placeOf(program, route.source);
  uint64_t links = 0;
  if (!program.chip.noc.multicast) {
    for (uint32_t destination : route.destinations) {
      const auto [toX, toY] = placeOf(program, destination);
      links += addRun(0, y, x, toX, bytes) + addRun(2, toX, y, toY, bytes);
    }
    return links;
  }
  // The tree: one run along the row to either side, from which a column turns off to its farthest destination up and
  // down.
  ends.clear();
  for (uint32_t destination : route.destinations)
    ends.push_back(placeOf(program, destination));
  std::sort(ends.begin(), ends.end());
  links += addRun(0, y, x, std::max(x, ends.back().first), bytes);
  links += addRun(0, y, x, std::min(x, ends.front().first), bytes);
  for (size_t first = 0, next = 0; first < ends.size(); first = next) {
    while (next < ends.size() && ends[next].first == ends[first].first)
      ++next;
    links += addRun(2, ends[first].first, y, std::min(y, ends[first].second), bytes);
    links += addRun(2, ends[first].first, y, std::max(y, ends[next - 1].second), bytes);
  }
  return links;
}

} // namespace wage::rt
