//===- Problem.h - cores, nets and positions of a placement ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Knows nothing of programs or IR: cores are numbers, and who sends how much to whom is a list of nets.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_PLACEMENT_PROBLEM_H
#define WAGE_COMPILER_PLACEMENT_PROBLEM_H

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <tuple>
#include <vector>

namespace wage::placement {

/// A position on the grid of all chips' cores.
struct Point {
  int32_t x = 0, y = 0;
  bool operator==(const Point &o) const { return x == o.x && y == o.y; }
  bool operator!=(const Point &o) const { return !(*this == o); }
};

/// Links between two positions.
inline int64_t distance(Point a, Point b) { return int64_t(std::abs(a.x - b.x)) + std::abs(a.y - b.y); }

constexpr uint32_t nowhere = UINT32_MAX; ///< no position
constexpr uint16_t blocked = UINT16_MAX; ///< area of a position that no core may take
constexpr uint16_t openArea = 0;         ///< area of cores that may stand anywhere

/// What one node sends to others. Nodes are the cores, then the terminals.
struct Net {
  uint64_t bytes = 0; ///< payload times how often it is sent
  uint32_t source = 0;
  uint32_t firstDestination = 0, endDestination = 0; ///< range of Problem::destinations
  bool loadsLinks = true; ///< false: counts in bytes times hops only, as the way to off-chip memory does
};

/// What is to be placed. Packets go along X, then along Y.
///
/// A core of an area other than the open one stands on a position of that area; a core of the open area on any position that
/// is not blocked. A net's destinations are distinct nodes.
struct Problem {
  uint32_t columns = 0, rows = 0;
  bool multicast = true; ///< links that paths of one net share are crossed once
  uint32_t cores = 0;
  std::vector<Point> terminals; ///< nodes that stand where they stand: the host, a port
  std::vector<Net> nets;
  std::vector<uint32_t> destinations;
  std::vector<uint16_t> areaOfPosition; ///< by y * columns + x
  std::vector<uint16_t> areaOfCore;
  std::vector<uint32_t> fixedPosition;     ///< by core: where it must stand, or `nowhere`
  std::vector<uint16_t> kindOfPosition;    ///< what kind of core is at a position
  std::vector<std::vector<bool>> kindSets; ///< sets of kinds, by kind; none: every core may stand on all
  std::vector<uint16_t> kindSetOfCore;     ///< by core: its set

  uint32_t indexOf(Point p) const { return static_cast<uint32_t>(p.y) * columns + static_cast<uint32_t>(p.x); }
  Point pointOf(uint32_t index) const {
    return {static_cast<int32_t>(index % columns), static_cast<int32_t>(index / columns)};
  }
  /// Whether a core may stand at a position, by its area and its kinds.
  bool mayStand(uint32_t core, uint32_t position) const {
    const uint16_t area = areaOfPosition[position];
    return area != blocked && (areaOfCore[core] == openArea || areaOfCore[core] == area) &&
           (kindSets.empty() || kindSets[kindSetOfCore[core]][kindOfPosition[position]]);
  }
  /// Whether paths of a net may share links: it has several destinations and is sent as a multicast.
  bool isTree(const Net &net) const { return multicast && net.endDestination - net.firstDestination > 1; }
  bool isFixed(uint32_t core) const { return fixedPosition[core] != nowhere; }

  /// Adds a net; equal destinations are taken once, and the source itself, which crosses no link, is left out.
  void addNet(uint32_t source, std::vector<uint32_t> to, uint64_t bytes, bool loadsLinks = true);
};

/// Where each core stands.
using Placement = std::vector<Point>;

/// Where a node stands: a core by the placement, a terminal by itself.
inline Point pointOf(const Problem &problem, const Placement &placement, uint32_t node) {
  return node < problem.cores ? placement[node] : problem.terminals[node - problem.cores];
}

/// What a placement costs. Less is better: first bytes times hops, then the busiest link.
struct Traffic {
  uint64_t byteHops = 0;        ///< of each net its bytes times the links that it crosses
  uint64_t largestLinkLoad = 0; ///< bytes
  bool operator<(const Traffic &o) const {
    return std::tie(byteHops, largestLinkLoad) < std::tie(o.byteHops, o.largestLinkLoad);
  }
  bool operator==(const Traffic &o) const { return byteHops == o.byteHops && largestLinkLoad == o.largestLinkLoad; }
};

/// Counts the bytes times hops of a placement from nothing. Time: linear in destinations.
uint64_t countByteHops(const Problem &problem, const Placement &placement);

/// Counts all traffic of a placement from nothing. Time and memory: linear in destinations and positions.
Traffic countTraffic(const Problem &problem, const Placement &placement);

/// Calls visit(from, to, bytes) for every directed link that carries something.
void forEachLink(const Problem &problem, const Placement &placement,
                 const std::function<void(Point, Point, uint64_t)> &visit);

/// No placement is cheaper in bytes times hops, whatever the areas: a tree to k nodes that stand apart has k links, and cores
/// that send to one terminal alone stand around it at best in the order of what they send.
uint64_t leastByteHops(const Problem &problem);

/// Whether every core stands alone, on a position of its area, and a fixed one where it must.
bool isLegal(const Problem &problem, const Placement &placement);

} // namespace wage::placement

#endif // WAGE_COMPILER_PLACEMENT_PROBLEM_H
