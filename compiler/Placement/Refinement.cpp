//===- Refinement.cpp - moves that make traffic less ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Placement/Refinement.h"

#include <algorithm>

namespace wage::placement {

namespace {

/// How far a drawn move goes at first.
constexpr int32_t farthestReach = 4;

/// Of a net's destinations, how many say where it pulls its source.
constexpr uint32_t pullsOfNet = 8;

/// A part of a value, in 65536ths, without a product that runs over.
uint64_t partOf(uint64_t value, uint64_t part) { return (value >> 16) * part + ((value & 0xFFFF) * part >> 16); }

} // namespace

Refinement::Refinement(const Problem &problem, MovableCost &cost, uint64_t seed)
    : problem(problem), cost(cost), draw(seed) {
  for (uint32_t core = 0; core < problem.cores; ++core)
    if (!problem.isFixed(core))
      movable.push_back(core);
}

void Refinement::addCandidate(int64_t x, int64_t y) {
  if (x >= 0 && y >= 0 && x < problem.columns && y < problem.rows)
    candidates.push_back(problem.indexOf({static_cast<int32_t>(x), static_cast<int32_t>(y)}));
}

void Refinement::addAround(Point p) {
  addCandidate(p.x, p.y);
  addCandidate(int64_t(p.x) + 1, p.y), addCandidate(int64_t(p.x) - 1, p.y);
  addCandidate(p.x, int64_t(p.y) + 1), addCandidate(p.x, int64_t(p.y) - 1);
}

/// A position drawn from the square around p.
void Refinement::addNear(Point p, int32_t reach) {
  const auto side = static_cast<uint32_t>(2 * reach + 1);
  const int64_t x = int64_t(p.x) + draw.below(side) - reach, y = int64_t(p.y) + draw.below(side) - reach;
  addCandidate(x, y);
}

/// Below or above those that receive the heaviest tree too: there it costs a link more.
void Refinement::addBesideSiblings(uint32_t core) {
  uint32_t heaviest = nowhere;
  for (uint32_t n : cost.allTrees().receivedBy(core))
    if (heaviest == nowhere || problem.nets[n].bytes > problem.nets[heaviest].bytes)
      heaviest = n;
  if (heaviest == nowhere)
    return;
  const auto [before, after] = cost.neighbours(heaviest, cost.positionOf(core));
  addCandidate(before.x, int64_t(before.y) + 1);
  addCandidate(after.x, int64_t(after.y) - 1);
}

template <typename F> int32_t Refinement::median(F coordinate) {
  std::sort(pulls.begin(), pulls.end(),
            [&](const Pull &a, const Pull &b) { return coordinate(a.at) < coordinate(b.at); });
  int64_t all = 0, passed = 0;
  for (const Pull &pull : pulls)
    all += pull.bytes;
  for (const Pull &pull : pulls)
    if ((passed += pull.bytes) * 2 >= all)
      return coordinate(pull.at);
  return coordinate(pulls.back().at);
}

/// Where a core's partners pull it, each with the bytes that it exchanges.
Point Refinement::medianOf(uint32_t core) {
  pulls.clear();
  auto add = [&](uint32_t node, uint64_t bytes) {
    pulls.push_back({cost.positionOf(node), static_cast<int64_t>(bytes)});
  };
  for (const Partners::Partner &partner : cost.allPartners().of(core))
    pulls.push_back({cost.positionOf(partner.node), partner.bytes});
  for (uint32_t n : cost.allTrees().receivedBy(core))
    add(problem.nets[n].source, problem.nets[n].bytes);
  for (uint32_t n : cost.allTrees().sentBy(core)) {
    const Net &net = problem.nets[n];
    const uint32_t step = std::max(1u, (net.endDestination - net.firstDestination) / pullsOfNet);
    for (uint32_t i = net.firstDestination; i < net.endDestination; i += step)
      add(problem.destinations[i], net.bytes);
  }
  if (pulls.empty())
    return cost.positionOf(core);
  return {median([](Point p) { return p.x; }), median([](Point p) { return p.y; })};
}

/// A position for a core to go to, or `nowhere`: mostly one near, else one by its partners or by its siblings.
uint32_t Refinement::drawPosition(uint32_t core, int32_t reach) {
  candidates.clear();
  switch (draw.below(8)) {
  case 0: addNear(medianOf(core), 2); break;
  case 1: addBesideSiblings(core); break;
  default: addNear(cost.positionOf(core), reach);
  }
  return candidates.empty() ? nowhere : candidates[draw.below(static_cast<uint32_t>(candidates.size()))];
}

void Refinement::anneal(uint64_t work, uint64_t heat) {
  const uint64_t end = cost.work() + work, first = cost.byteHops() / std::max(1u, problem.cores) * heat / 2;
  while (cost.work() < end && !movable.empty()) {
    const uint64_t left = ((end - cost.work()) << 16) / work;
    const uint32_t core = movable[draw.below(static_cast<uint32_t>(movable.size()))];
    const uint32_t position = drawPosition(core, static_cast<int32_t>(1 + (farthestReach * left >> 16)));
    cost.tick();
    if (position == nowhere || !cost.mayMove(core, position))
      continue;
    const uint64_t most = partOf(partOf(first, left), draw.below(1u << 16));
    const int64_t change = cost.changeOf(core, position);
    if (change <= 0 || static_cast<uint64_t>(change) < most)
      cost.move(core, position, change);
  }
}

void Refinement::descend(uint64_t work) {
  std::vector<uint32_t> order = movable;
  const uint64_t end = cost.work() + work;
  for (;;) {
    const uint64_t before = cost.byteHops();
    for (size_t i = order.size(); i > 1; --i)
      std::swap(order[i - 1], order[draw.below(static_cast<uint32_t>(i))]);
    for (uint32_t core : order) {
      if (cost.work() > end)
        return;
      improve(core);
    }
    if (before - cost.byteHops() <= before / 1000)
      return;
  }
}

void Refinement::improve(uint32_t core) {
  candidates.clear();
  const Point p = cost.positionOf(core), goal = medianOf(core);
  addAround(p);
  addAround(goal);
  addBesideSiblings(core);
  addCandidate((int64_t(p.x) + goal.x) / 2, (int64_t(p.y) + goal.y) / 2);
  addNear(p, farthestReach);
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  int64_t best = 0;
  uint32_t where = nowhere;
  for (uint32_t position : candidates)
    if (cost.mayMove(core, position))
      if (const int64_t change = cost.changeOf(core, position); change < best)
        best = change, where = position;
  if (where != nowhere)
    cost.move(core, where, best);
}

} // namespace wage::placement
