//===- Mesh.h - paths of packets on the network on chip ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FORMAT_MESH_H
#define WAGE_RUNTIME_FORMAT_MESH_H

#include "runtime/Format/Program.h"

namespace wage::rt {

/// What one packet of a route crosses. Dimension-order routing: along X to the destination's column, then along Y. The host
/// sits at position (0, 0), where its packets enter and leave.
struct RoutePath {
  std::vector<uint32_t> links; ///< each link crossed; what paths share counts once with multicast, else as often
  std::vector<uint32_t> hops;  ///< by destination: links to it
  std::vector<uint32_t> chipCrossings; ///< by destination: of those, links between chips
};

/// Number of directed links of the system's mesh: 4 per core, numbered 4 · (y · columns + x) + direction (east, west, south,
/// north) by the core that a packet leaves.
uint64_t linkCount(const Program &program);

/// Bytes per cycle of one of these links: those between chips have a width of their own.
uint32_t linkBytesPerCycle(const Program &program, uint32_t x, uint32_t y, uint32_t direction);

RoutePath routePath(const Program &program, const Route &route);

/// Links between two positions.
inline uint32_t hopDistance(uint32_t ax, uint32_t ay, uint32_t bx, uint32_t by) {
  return (ax > bx ? ax - bx : bx - ax) + (ay > by ? ay - by : by - ay);
}

} // namespace wage::rt

#endif // WAGE_RUNTIME_FORMAT_MESH_H
