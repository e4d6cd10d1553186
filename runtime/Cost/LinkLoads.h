//===- LinkLoads.h - bytes on every link, without walking any path ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_COST_LINKLOADS_H
#define WAGE_RUNTIME_COST_LINKLOADS_H

#include "runtime/Format/Program.h"

#include <array>

namespace wage::rt {

/// How far a packet travels to one destination.
struct RouteDistance {
  uint32_t hops = 0, chipCrossings = 0;
};

/// Distance between two nodes along X, then along Y; `hostNode` sits at (0, 0).
RouteDistance routeDistance(const Program &program, uint32_t source, uint32_t destination);

/// A directed link, by the core that a packet leaves.
struct LinkPosition {
  uint32_t x = 0, y = 0, direction = 0; ///< east, west, south, north
};
inline constexpr std::array<const char *, 4> linkDirectionNames{"east", "west", "south", "north"};

/// Gathers the bytes that packets put on links. A straight run of any length is two additions: the bytes are added
/// where it begins and taken off where it ends, and sums along each row and column give the loads. So the work is in
/// proportion to the destinations, not to the distances (runtime/Format/Mesh.h, which the core engine uses, steps from
/// link to link).
class LinkLoads {
public:
  /// Sized for the links between positions of `program` that packets can cross: not for the whole grid.
  explicit LinkLoads(const Program &program);

  /// Adds one packet of `bytes` bytes on `route`. Returns the links it crosses; with multicast shared ones count once.
  uint64_t add(const Route &route, uint64_t bytes);

  /// Calls visit(position, index, bytes) for each link with load, by rows of east and west, then columns of south and
  /// north, and begins anew. `index` is below size() and always the same for a link.
  template <typename Visit> void drain(Visit visit) {
    for (uint32_t direction = 0; direction < 4; ++direction)
      for (uint32_t line = 0; line < lines(direction); ++line)
        drainLine(direction, line, visit);
  }

  size_t size() const { return size_t(4) * (columns + 1) * (rows + 1); }
  LinkPosition positionOf(size_t index) const;

private:
  uint32_t lines(uint32_t direction) const { return direction < 2 ? rows : columns; }
  uint32_t lineLength(uint32_t direction) const { return direction < 2 ? columns : rows; }
  size_t indexOf(uint32_t direction, uint32_t line, uint32_t at) const {
    const size_t stride = size_t(lineLength(direction)) + 1;
    return direction * (size_t(columns + 1) * (rows + 1)) + line * stride + at;
  }
  /// One packet over the links of `line` that leave positions from `from` towards `to`. Returns how many.
  uint64_t addRun(uint32_t firstDirection, uint32_t line, uint32_t from, uint32_t to, uint64_t bytes);

  template <typename Visit> void drainLine(uint32_t direction, uint32_t line, Visit visit) {
    uint64_t bytes = 0;
    for (uint32_t at = 0; at <= lineLength(direction); ++at) {
      const size_t index = indexOf(direction, line, at);
      bytes += changes[index]; // wraps around below zero and back
      changes[index] = 0;
      if (bytes)
        visit(positionOf(index), index, bytes);
    }
  }

  const Program &program;
  uint32_t columns = 1, rows = 1;
  std::vector<uint64_t> changes;
  std::vector<std::pair<uint32_t, uint32_t>> ends; ///< of the packet being added
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_COST_LINKLOADS_H
