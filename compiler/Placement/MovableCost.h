//===- MovableCost.h - bytes times hops while cores move ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_PLACEMENT_MOVABLECOST_H
#define WAGE_COMPILER_PLACEMENT_MOVABLECOST_H

#include "compiler/Placement/Incidence.h"

namespace wage::placement {

/// Bytes times hops of a placement whose cores move one or two at a time, exactly as countTraffic counts.
///
/// Bytes between two nodes alone cost their distance. Of each tree the destinations are kept sorted by column, then row, so that
/// a destination that moves is looked up, and what it adds to its column and to the trunk follows from its neighbours: O(log
/// fan-out). A source that moves to another row costs O(fan-out).
class MovableCost {
public:
  MovableCost(const Problem &problem, const Placement &placement);

  Placement placement() const { return {at.begin(), at.begin() + problem.cores}; }
  /// Where a node stands now.
  Point positionOf(uint32_t node) const { return at[node]; }
  uint64_t byteHops() const { return total; }
  /// The core at a position, or `nowhere`.
  uint32_t occupant(uint32_t position) const { return coreAt[position]; }

  const Partners &allPartners() const { return partners; }
  const Incidence &allTrees() const { return trees; }

  /// Whether a core may go to a position: neither it nor who stands there is fixed, and both may stand at the other's.
  bool mayMove(uint32_t core, uint32_t position) const;

  /// By how much the cost changes if `core` goes to a position and who stands there, if anyone, comes to its place.
  int64_t changeOf(uint32_t core, uint32_t position);

  /// Does it; `change` is what changeOf has said.
  void move(uint32_t core, uint32_t position, int64_t change);

  /// Nets looked at so far, each weighed by the work it was: a clock that is the same on every machine.
  uint64_t work() const { return workDone; }
  /// Counts a move that was not looked at, so that work ends where no core can move.
  void tick() { ++workDone; }

  /// Positions of destinations of a tree on either side of `p` in the order of columns and rows; `p` itself where there is none.
  std::pair<Point, Point> neighbours(uint32_t net, Point p) const;

private:
  using Key = uint32_t;
  Key keyOf(Point p) const { return static_cast<Key>(p.x) << rowBits | static_cast<Key>(p.y); }
  int32_t column(Key key) const { return static_cast<int32_t>(key >> rowBits); }
  int32_t row(Key key) const { return static_cast<int32_t>(key & ((Key(1) << rowBits) - 1)); }

  /// Role bits of the two cores that move in a net.
  enum : uint8_t { FirstSends = 1, FirstReceives = 2, SecondSends = 4, SecondReceives = 8 };
  void collect(uint32_t core, uint8_t sends, uint8_t receives);
  int64_t treeLinks(Point source, Range<Key> to) const;
  Range<Key> keysOf(const Net &net) const {
    return {keys.data() + net.firstDestination, keys.data() + net.endDestination};
  }
  int64_t changeOfPartners(uint32_t core, uint32_t besides, Point from, Point to);
  int64_t changeOfDestination(const Net &net, Point from, Point to) const;
  int64_t changeOfSource(const Net &net, Point from, Point to);
  int64_t changeOfTree(uint32_t net, uint8_t roles, Point a, Point b);
  void moveDestination(const Net &net, Point from, Point to);

  const Problem &problem;
  const Partners partners;
  const Incidence trees;
  std::vector<Point> at;        ///< by node
  std::vector<uint32_t> coreAt; ///< by position
  uint32_t rowBits = 0;
  std::vector<Key> keys;         ///< of the destinations of each tree, sorted within it
  std::vector<uint8_t> roles;    ///< by net: of the move looked at; zero between moves
  std::vector<uint32_t> touched; ///< trees with roles
  std::vector<Key> scratch;
  uint64_t total = 0, workDone = 0;
};

} // namespace wage::placement

#endif // WAGE_COMPILER_PLACEMENT_MOVABLECOST_H
