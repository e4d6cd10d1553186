//===- LinkLevels.h - what links carry above a level ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_PLACEMENT_LINKLEVELS_H
#define WAGE_COMPILER_PLACEMENT_LINKLEVELS_H

#include "compiler/Placement/Problem.h"

namespace wage::placement {

/// Loads of all links while nets come and go, and which are above a level.
class LinkLevels {
public:
  using Link = size_t; ///< by the position it leaves and the side to which

  LinkLevels(const Problem &problem, const Placement &placement);

  /// Where a link begins, and which way it goes: a step along X or Y.
  Point begin(Link link) const { return problem.pointOf(static_cast<uint32_t>(link / sides)); }
  Point step(Link link) const;

  uint64_t load(Link link) const { return loads[link]; }
  uint64_t largest() const;

  /// From now on counts what is above `newLevel`, and no link may carry more than `newMost`.
  void setLevel(uint64_t newLevel, uint64_t newMost);
  bool isAbove(Link link) const { return loads[link] > level; }
  /// Bytes above the level, of all links together.
  uint64_t excess() const { return above; }
  /// Whether some link carries more than it may.
  bool isOverfull() const { return overfull > 0; }
  /// Links above the level, the busiest first.
  std::vector<Link> linksAbove();

  /// Adds bytes to the links from a to b, which lie in one row or column.
  void add(Point a, Point b, uint64_t bytes) {
    forEachLinkOf(a, b, [&](Link link) { change(link, loads[link] + bytes); });
  }
  void remove(Point a, Point b, uint64_t bytes) {
    forEachLinkOf(a, b, [&](Link link) { change(link, loads[link] - bytes); });
  }

  /// Links changed so far.
  uint64_t changes() const { return changed; }

private:
  static constexpr size_t sides = 4;
  Link linkOf(Point from, Point step) const;
  void change(Link link, uint64_t load);
  template <typename F> void forEachLinkOf(Point a, Point b, F visit) {
    const Point step{(b.x > a.x) - (b.x < a.x), (b.y > a.y) - (b.y < a.y)};
    for (; a != b; a = {a.x + step.x, a.y + step.y})
      visit(linkOf(a, step));
  }

  const Problem &problem;
  std::vector<uint64_t> loads;
  std::vector<Link> risen; ///< all that are above the level, and some that were
  uint64_t level = 0, most = UINT64_MAX, above = 0, overfull = 0, changed = 0;
};

} // namespace wage::placement

#endif // WAGE_COMPILER_PLACEMENT_LINKLEVELS_H
