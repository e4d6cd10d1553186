//===- ForceDirected.cpp - swaps of neighbours while tension is left ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Placement/ForceDirected.h"

#include <algorithm>
#include <array>

namespace wage::placement {

namespace {

enum Direction : uint8_t { East = 0, South = 1, West = 2, North = 3 };
constexpr Point steps[4] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};

/// Of the pairs under tension, how many are swapped in a round, as Jin et al. set it.
constexpr uint64_t swappedTenths = 3;

class Relaxation {
public:
  Relaxation(const Problem &problem, const Incidence &incidence, Placement &placement)
      : problem(problem), incidence(incidence), at(placement), coreAt(problem.areaOfPosition.size(), nowhere),
        forces(problem.cores), tension(2 * coreAt.size(), 0), queued(2 * coreAt.size(), 0) {
    for (uint32_t core = 0; core < problem.cores; ++core)
      coreAt[problem.indexOf(at[core])] = core;
    for (const Net &net : problem.nets)
      for (uint32_t i = net.firstDestination; i < net.endDestination; ++i)
        pull(net.source, problem.destinations[i], static_cast<int64_t>(net.bytes));
  }

  void run() {
    for (uint32_t pair = 0; pair < tension.size(); ++pair)
      queue.push_back(pair);
    for (keepTense(); !queue.empty(); keepTense())
      runRound();
  }

private:
  /// A pair is named by its western or northern position, and whether it lies along Y.
  uint32_t positionOf(uint32_t pair) const { return pair / 2; }
  Direction directionOf(uint32_t pair) const { return pair % 2 ? South : East; }
  uint32_t otherOf(uint32_t pair) const { return positionOf(pair) + (pair % 2 ? problem.columns : 1); }

  bool exists(uint32_t pair) const {
    const Point p = problem.pointOf(positionOf(pair));
    return pair % 2 ? static_cast<uint32_t>(p.y) + 1 < problem.rows : static_cast<uint32_t>(p.x) + 1 < problem.columns;
  }

  bool maySwap(uint32_t pair) const {
    if (!exists(pair))
      return false;
    const uint32_t a = positionOf(pair), b = otherOf(pair);
    auto mayGo = [&](uint32_t core, uint32_t to) {
      return core == nowhere || (!problem.isFixed(core) && problem.mayStand(core, to));
    };
    return (coreAt[a] != nowhere || coreAt[b] != nowhere) && mayGo(coreAt[a], b) && mayGo(coreAt[b], a);
  }

  int64_t tensionOf(uint32_t pair) const {
    if (!maySwap(pair))
      return 0;
    const Direction direction = directionOf(pair);
    const uint32_t a = coreAt[positionOf(pair)], b = coreAt[otherOf(pair)];
    return (a == nowhere ? 0 : forces[a][direction]) + (b == nowhere ? 0 : forces[b][direction + 2]);
  }

  /// Adds the forces of one path (or takes them away, with less than no bytes) to its two ends. Towards each other's own
  /// position ends feel nothing: a swap of the two leaves the path as long as it is.
  void pull(uint32_t from, uint32_t to, int64_t bytes) {
    const Point p = pointOf(problem, at, from), q = pointOf(problem, at, to);
    if (from < problem.cores)
      addForces(forces[from], p, q, bytes);
    if (to < problem.cores)
      addForces(forces[to], q, p, bytes);
  }

  static void addForces(std::array<int64_t, 4> &force, Point p, Point q, int64_t bytes) {
    const int64_t dx = q.x - p.x, dy = q.y - p.y;
    auto shortens = [bytes](int64_t along) { return along > 0 ? bytes : -bytes; };
    const int64_t of[4] = {shortens(dx), shortens(dy), shortens(-dx), shortens(-dy)};
    for (int direction = 0; direction < 4; ++direction)
      if (dx != steps[direction].x || dy != steps[direction].y)
        force[direction] += of[direction];
  }

  /// Visits the paths that end at a core, but for those that `skip` also ends: from, to, bytes.
  template <typename F> void forEachPath(uint32_t core, uint32_t skip, F visit) const {
    for (uint32_t n : incidence.sentBy(core)) {
      const Net &net = problem.nets[n];
      for (uint32_t i = net.firstDestination; i < net.endDestination; ++i)
        if (const uint32_t to = problem.destinations[i]; to != skip && to != core)
          visit(core, to, static_cast<int64_t>(net.bytes));
    }
    for (uint32_t n : incidence.receivedBy(core))
      if (const Net &net = problem.nets[n]; net.source != skip && net.source != core)
        visit(net.source, core, static_cast<int64_t>(net.bytes));
  }

  void enqueueAround(Point p) {
    auto enqueue = [&](int32_t x, int32_t y, uint32_t alongY) {
      if (x < 0 || y < 0)
        return;
      const uint32_t pair = 2 * problem.indexOf({x, y}) + alongY;
      if (queued[pair] != round) {
        queued[pair] = round;
        next.push_back(pair);
      }
    };
    enqueue(p.x, p.y, 0), enqueue(p.x - 1, p.y, 0);
    enqueue(p.x, p.y, 1), enqueue(p.x, p.y - 1, 1);
  }

  void swap(uint32_t pair) {
    const uint32_t positions[2] = {positionOf(pair), otherOf(pair)};
    const uint32_t cores[2] = {coreAt[positions[0]], coreAt[positions[1]]};
    // Paths between the two are of the first's. All forces are taken away before and added after.
    auto forEachOfBoth = [&](auto visit) {
      if (cores[0] != nowhere)
        forEachPath(cores[0], nowhere, visit);
      if (cores[1] != nowhere)
        forEachPath(cores[1], cores[0], visit);
    };
    forEachOfBoth([&](uint32_t from, uint32_t to, int64_t bytes) { pull(from, to, -bytes); });
    for (int i = 0; i < 2; ++i) {
      coreAt[positions[i]] = cores[1 - i];
      if (cores[i] != nowhere)
        at[cores[i]] = problem.pointOf(positions[1 - i]);
    }
    forEachOfBoth([&](uint32_t from, uint32_t to, int64_t bytes) {
      pull(from, to, bytes);
      for (uint32_t node : {from, to})
        if (node < problem.cores)
          enqueueAround(at[node]);
    });
    for (uint32_t position : positions)
      enqueueAround(problem.pointOf(position));
  }

  /// Leaves in the queue what is under tension, and notes how much.
  void keepTense() {
    size_t kept = 0;
    for (uint32_t pair : queue)
      if ((tension[pair] = tensionOf(pair)) > 0)
        queue[kept++] = pair;
    queue.resize(kept);
  }

  void runRound() {
    ++round;
    next.clear();
    std::sort(queue.begin(), queue.end(),
              [&](uint32_t a, uint32_t b) { return tension[a] != tension[b] ? tension[a] > tension[b] : a < b; });
    const auto swapped = std::max<size_t>(1, queue.size() * swappedTenths / 10);
    for (size_t i = 0; i < swapped; ++i)
      if (tensionOf(queue[i]) >= tension[queue[i]])
        swap(queue[i]);
    for (size_t i = 0; i < queue.size(); ++i)
      if (queued[queue[i]] != round) {
        queued[queue[i]] = round;
        next.push_back(queue[i]);
      }
    queue.swap(next);
  }

  const Problem &problem;
  const Incidence &incidence;
  Placement &at;
  std::vector<uint32_t> coreAt;               ///< by position
  std::vector<std::array<int64_t, 4>> forces; ///< by core and direction
  std::vector<int64_t> tension;               ///< by pair, as of the last keepTense
  std::vector<uint32_t> queued;               ///< by pair: round in which it was last queued
  std::vector<uint32_t> queue, next;
  uint32_t round = 0;
};

} // namespace

void relaxTension(const Problem &problem, const Incidence &incidence, Placement &placement) {
  Relaxation(problem, incidence, placement).run();
}

} // namespace wage::placement
