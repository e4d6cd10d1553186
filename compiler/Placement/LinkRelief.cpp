//===- LinkRelief.cpp - moves that make the busiest link less busy ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Placement/LinkRelief.h"

namespace wage::placement {

namespace {

/// How far below the largest load the level is at first, as a part of it; how much nearer each time that no move is found; the
/// last one.
constexpr uint64_t firstPart = 32, nearer = 4, lastPart = 512;

/// How far a core may move at once.
constexpr int32_t reach = 3;

/// Of those whose nets cross a link, how many cores are tried.
constexpr size_t mostMovers = 8;

/// A destination beyond a link is tried if its net has no more of them there: a net leaves a link with the last.
constexpr size_t mostBeyond = 4;

/// Links and nodes looked at that are as much work as a unit of MovableCost.
constexpr uint64_t looksPerWork = 8;

} // namespace

LinkRelief::LinkRelief(const Problem &problem, MovableCost &cost, uint64_t mostByteHops)
    : problem(problem), cost(cost), others(problem, Incidence::Of::Others), mostByteHops(mostByteHops),
      links(problem, cost.placement()), tree(problem.columns), stamps(problem.nets.size(), 0) {}

uint64_t LinkRelief::work() const { return cost.work() + (links.changes() + looked) / looksPerWork; }

void LinkRelief::run(uint64_t most) {
  const uint64_t end = work() + most;
  uint64_t largest = links.largest();
  for (uint64_t part = firstPart; part <= lastPart && largest > 0 && work() < end; largest = links.largest()) {
    links.setLevel(largest - std::max<uint64_t>(1, largest / part), largest);
    if (!clear(end))
      part *= nearer;
  }
}

/// Whether at the end no link is above the level.
bool LinkRelief::clear(uint64_t end) {
  for (;;) {
    const uint64_t before = links.excess();
    for (Link link : links.linksAbove()) {
      if (work() >= end)
        return false;
      if (links.isAbove(link))
        relieve(link);
    }
    if (links.excess() == 0)
      return true;
    if (links.excess() == before)
      return false;
  }
}

void LinkRelief::relieve(Link link) {
  collectMovers(link);
  for (const Mover &mover : movers)
    if (improve(mover.core) && !links.isAbove(link))
      return;
}

//===----------------------------------------------------------------------===//
// Whose nets cross a link
//===----------------------------------------------------------------------===//

template <typename F> void LinkRelief::forEachSent(uint32_t node, F visit) const {
  for (const Incidence *incidence : {&cost.allTrees(), &others})
    for (uint32_t n : incidence->sentBy(node))
      if (problem.nets[n].loadsLinks)
        visit(n);
}

template <typename F> void LinkRelief::forEachReceived(uint32_t node, F visit) const {
  for (const Incidence *incidence : {&cost.allTrees(), &others})
    for (uint32_t n : incidence->receivedBy(node))
      if (problem.nets[n].loadsLinks)
        visit(n);
}

/// Whether who goes along a link's row or column comes to the link before it comes to p's.
bool LinkRelief::isBeyond(Link link, Point p) const {
  const Point begin = links.begin(link), step = links.step(link);
  return (p.x - begin.x) * step.x + (p.y - begin.y) * step.y > 0;
}

/// Visits the nodes in the row or column of a link.
template <typename F> void LinkRelief::forEachNodeAlong(Link link, F visit) const {
  const Point begin = links.begin(link);
  const bool alongX = links.step(link).y == 0;
  for (int32_t i = 0; i < static_cast<int32_t>(alongX ? problem.columns : problem.rows); ++i)
    if (const uint32_t core = cost.occupant(problem.indexOf(alongX ? Point{i, begin.y} : Point{begin.x, i}));
        core != nowhere)
      visit(core);
  for (uint32_t t = 0; t < problem.terminals.size(); ++t)
    if (alongX ? problem.terminals[t].y == begin.y : problem.terminals[t].x == begin.x)
      visit(problem.cores + t);
}

/// What crosses a link along X comes from its row, before the link; what crosses one along Y goes to its column, beyond it.
void LinkRelief::collectMovers(Link link) {
  movers.clear();
  const bool alongX = links.step(link).y == 0;
  forEachNodeAlong(link, [&](uint32_t node) {
    if (isBeyond(link, cost.positionOf(node)) != alongX)
      alongX ? addReceivers(link, node) : addSenders(link, node);
  });
  keepHeaviestMovers();
}

void LinkRelief::addReceivers(Link link, uint32_t source) {
  forEachSent(source, [&](uint32_t n) {
    const Net &net = problem.nets[n];
    const size_t before = movers.size();
    size_t beyond = 0;
    for (uint32_t i = net.firstDestination; i < net.endDestination; ++i)
      if (isBeyond(link, cost.positionOf(problem.destinations[i])) && ++beyond <= mostBeyond)
        addMover(problem.destinations[i], net.bytes);
    if (beyond > mostBeyond)
      movers.resize(before);
    if (beyond > 0)
      addMover(source, net.bytes);
    looked += net.endDestination - net.firstDestination;
  });
}

void LinkRelief::addSenders(Link link, uint32_t destination) {
  forEachReceived(destination, [&](uint32_t n) {
    const Net &net = problem.nets[n];
    ++looked;
    if (isBeyond(link, cost.positionOf(net.source)))
      return;
    addMover(destination, net.bytes);
    addMover(net.source, net.bytes);
  });
}

void LinkRelief::addMover(uint32_t node, uint64_t bytes) {
  if (node < problem.cores && !problem.isFixed(node))
    movers.push_back({node, bytes});
}

void LinkRelief::keepHeaviestMovers() {
  std::sort(movers.begin(), movers.end(), [](const Mover &a, const Mover &b) { return a.core < b.core; });
  size_t kept = 0;
  for (const Mover &mover : movers)
    if (kept > 0 && movers[kept - 1].core == mover.core)
      movers[kept - 1].bytes += mover.bytes;
    else
      movers[kept++] = mover;
  movers.resize(kept);
  std::stable_sort(movers.begin(), movers.end(), [](const Mover &a, const Mover &b) { return a.bytes > b.bytes; });
  movers.resize(std::min(kept, mostMovers));
}

//===----------------------------------------------------------------------===//
// Moves
//===----------------------------------------------------------------------===//

/// Makes a core's best move nearby, if there is one that helps.
bool LinkRelief::improve(uint32_t core) {
  Move best{nowhere, 0, links.excess()};
  const Point p = cost.positionOf(core);
  const auto columns = static_cast<int32_t>(problem.columns), rows = static_cast<int32_t>(problem.rows);
  for (int32_t y = std::max(0, p.y - reach); y <= std::min(rows - 1, p.y + reach); ++y)
    for (int32_t x = std::max(0, p.x - reach); x <= std::min(columns - 1, p.x + reach); ++x)
      consider(core, problem.indexOf({x, y}), best);
  if (best.position == nowhere)
    return false;
  move(core, best.position, best.change);
  return true;
}

void LinkRelief::consider(uint32_t core, uint32_t position, Move &best) {
  if (!cost.mayMove(core, position))
    return;
  const int64_t change = cost.changeOf(core, position);
  if (change > static_cast<int64_t>(mostByteHops) - static_cast<int64_t>(cost.byteHops()))
    return;
  const uint32_t other = cost.occupant(position);
  const Point from = cost.positionOf(core), to = problem.pointOf(position);
  auto now = [&](uint32_t node) { return cost.positionOf(node); };
  auto then = [&](uint32_t node) { return node == core ? to : node == other ? from : cost.positionOf(node); };
  auto add = [&](Point a, Point b, uint64_t bytes) { links.add(a, b, bytes); };
  auto remove = [&](Point a, Point b, uint64_t bytes) { links.remove(a, b, bytes); };
  collectNets(core, other);
  forEachRun(now, remove);
  forEachRun(then, add);
  const bool isEqual = links.excess() == best.excess && best.position != nowhere && change < best.change;
  if (!links.isOverfull() && (links.excess() < best.excess || isEqual))
    best = {position, change, links.excess()};
  forEachRun(then, remove);
  forEachRun(now, add);
}

void LinkRelief::collectNets(uint32_t core, uint32_t other) {
  nets.clear();
  ++stamp;
  auto collect = [&](uint32_t n) {
    if (stamps[n] != stamp)
      stamps[n] = stamp, nets.push_back(n);
  };
  for (uint32_t node : {core, other})
    if (node != nowhere)
      forEachSent(node, collect), forEachReceived(node, collect);
}

/// Calls visit(from, to, bytes) for the straight runs of links of all collected nets.
template <typename P, typename F> void LinkRelief::forEachRun(P positionOf, F visit) {
  for (uint32_t n : nets) {
    const Net &net = problem.nets[n];
    looked += net.endDestination - net.firstDestination;
    forEachTreeOf(problem, net, tree, positionOf, [&](const Tree &whole) {
      whole.forEachRun([&](Point from, Point to) { visit(from, to, net.bytes); });
    });
  }
}

void LinkRelief::move(uint32_t core, uint32_t position, int64_t change) {
  auto now = [&](uint32_t node) { return cost.positionOf(node); };
  collectNets(core, cost.occupant(position));
  forEachRun(now, [&](Point a, Point b, uint64_t bytes) { links.remove(a, b, bytes); });
  cost.move(core, position, change);
  forEachRun(now, [&](Point a, Point b, uint64_t bytes) { links.add(a, b, bytes); });
}

} // namespace wage::placement
