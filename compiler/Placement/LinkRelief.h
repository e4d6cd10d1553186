//===- LinkRelief.h - moves that make the busiest link less busy ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_PLACEMENT_LINKRELIEF_H
#define WAGE_COMPILER_PLACEMENT_LINKRELIEF_H

#include "compiler/Placement/LinkLevels.h"
#include "compiler/Placement/MovableCost.h"
#include "compiler/Placement/Tree.h"

namespace wage::placement {

/// Lowers the largest load of a link, by moves of the cores whose nets cross the busiest ones.
///
/// A level is set a little below the largest load. For each link above it, cores whose nets cross it, those with most bytes
/// first, make the move nearby that leaves the least above the level on all links together, if that is less than before, no
/// link comes to carry more than the largest load was, and bytes times hops stay within a bound. A move that costs more is made
/// too if moves of the cores around it make up for that. When nothing is above the level any more, a lower one is set; when no
/// move is found, one that is nearer to the largest load, up to some times.
///
/// Units: work as MovableCost counts it.
class LinkRelief {
public:
  /// Moves the cores of `cost`.
  LinkRelief(const Problem &problem, MovableCost &cost, uint64_t mostByteHops);

  /// Goes on until no move is found or the work is done. The largest load is never larger after it.
  void run(uint64_t work);

private:
  using Link = LinkLevels::Link;
  /// A core whose nets cross a link, with their bytes.
  struct Mover {
    uint32_t core;
    uint64_t bytes;
  };
  struct Move {
    uint32_t position;
    int64_t change;  ///< of bytes times hops
    uint64_t excess; ///< that it leaves
  };
  /// A move made, and the one that undoes it.
  struct Step {
    uint32_t core;
    Move back;
  };

  uint64_t work() const;
  bool clear();
  using Attempt = bool (LinkRelief::*)(uint32_t core);
  void relieveAll(Attempt attempt);
  void relieve(Link link, Attempt attempt);

  template <typename F> void forEachSent(uint32_t node, F visit) const;
  template <typename F> void forEachReceived(uint32_t node, F visit) const;
  bool isBeyond(Link link, Point p) const;
  template <typename F> void forEachNodeAlong(Link link, F visit) const;
  void collectMovers(Link link);
  void addReceivers(Link link, uint32_t source);
  void addSenders(Link link, uint32_t destination);
  void keepHeaviestMovers(Point link);

  template <typename F> void forEachNear(Point p, int32_t distance, F visit) const;
  int64_t byteHopsLeft() const;
  bool improve(uint32_t core);
  bool detour(uint32_t core);
  std::vector<Move> detoursOf(uint32_t core);
  void cheapen(uint32_t core, uint64_t excess);
  Move lookAt(uint32_t core, uint32_t position, int64_t mostChange);
  void collectNets(uint32_t core, uint32_t other);
  template <typename P, typename F> void forEachRun(P positionOf, F visit);
  void move(uint32_t core, const Move &to);
  void undoSteps();

  const Problem &problem;
  MovableCost &cost;
  const Incidence others; ///< nets that are no trees
  const uint64_t mostByteHops;
  LinkLevels links;
  Tree tree;
  std::vector<Mover> movers;
  std::vector<uint32_t> nets; ///< of the move looked at, those that load links
  std::pair<uint32_t, uint32_t> moving;
  std::vector<uint32_t> stamps; ///< by net: move for which it was last collected
  uint32_t stamp = 0;
  std::vector<Step> steps;
  uint64_t looked = 0; ///< nodes looked at
  uint64_t end = 0;    ///< of the work
};

} // namespace wage::placement

#endif // WAGE_COMPILER_PLACEMENT_LINKRELIEF_H
