//===- LinkRelief.cpp - moves that make the busiest link less busy ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Placement/LinkRelief.h"

#include <tuple>

namespace wage::placement {

namespace {

/// How far below the largest load the level is at first, as a part of it; how much nearer each time that no move is found; the
/// last one.
constexpr uint64_t firstPart = 32, nearer = 4, lastPart = 512;

/// How far a core may move at once, and how far those that make up for it.
constexpr int32_t reach = 3, repairReach = 2;

/// Of those whose nets cross a link, how many cores are tried.
constexpr size_t mostMovers = 8;

/// Detours that are tried with a core, the cheapest first; what part of all bytes times hops one may cost at first; how often the
/// cores around it are gone over to make up for that.
constexpr size_t mostDetours = 6;
constexpr int64_t partForDetour = 10;
constexpr int repairs = 2;

/// A destination beyond a link is tried if its tree has no more of them there: a tree leaves a link with the last.
constexpr size_t mostBeyond = 4;

/// Links and nodes looked at that are as much work as a unit of MovableCost.
constexpr uint64_t looksPerWork = 2;

} // namespace

LinkRelief::LinkRelief(const Problem &problem, MovableCost &cost, uint64_t mostByteHops)
    : problem(problem), cost(cost), others(problem, Incidence::Of::Others), mostByteHops(mostByteHops),
      links(problem, cost.placement()), tree(problem.columns), stamps(problem.nets.size(), 0) {}

uint64_t LinkRelief::work() const { return cost.work() + (links.changes() + looked) / looksPerWork; }

void LinkRelief::run(uint64_t most) {
  end = work() + most;
  uint64_t largest = links.largest();
  for (uint64_t part = firstPart; part <= lastPart && largest > 0 && work() < end; largest = links.largest()) {
    links.setLevel(largest - std::max<uint64_t>(1, largest / part), largest);
    if (!clear())
      part *= nearer;
  }
}

/// Whether at the end no link is above the level. Detours are work: they are made when nothing else is left.
bool LinkRelief::clear() {
  while (links.excess() > 0 && work() < end) {
    const uint64_t before = links.excess();
    relieveAll(&LinkRelief::improve);
    if (links.excess() == before)
      relieveAll(&LinkRelief::detour);
    if (links.excess() == before)
      return false;
  }
  return links.excess() == 0;
}

void LinkRelief::relieveAll(Attempt attempt) {
  for (Link link : links.linksAbove())
    if (links.isAbove(link) && work() < end)
      relieve(link, attempt);
}

void LinkRelief::relieve(Link link, Attempt attempt) {
  collectMovers(link);
  for (const Mover &mover : movers) {
    steps.clear();
    if ((this->*attempt)(mover.core) && !links.isAbove(link))
      return;
    if (work() >= end)
      return;
  }
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
  keepHeaviestMovers(links.begin(link));
}

void LinkRelief::addReceivers(Link link, uint32_t source) {
  forEachSent(source, [&](uint32_t n) {
    const Net &net = problem.nets[n];
    const size_t before = movers.size();
    for (uint32_t i = net.firstDestination; i < net.endDestination; ++i)
      if (isBeyond(link, cost.positionOf(problem.destinations[i])))
        movers.push_back({problem.destinations[i], net.bytes});
    const size_t beyond = movers.size() - before;
    if (problem.isTree(net) && beyond > mostBeyond)
      movers.resize(before);
    if (beyond > 0)
      movers.push_back({source, problem.isTree(net) ? net.bytes : net.bytes * beyond});
    looked += net.endDestination - net.firstDestination;
  });
}

void LinkRelief::addSenders(Link link, uint32_t destination) {
  forEachReceived(destination, [&](uint32_t n) {
    const Net &net = problem.nets[n];
    ++looked;
    if (!isBeyond(link, cost.positionOf(net.source)))
      movers.push_back({destination, net.bytes}), movers.push_back({net.source, net.bytes});
  });
}

/// Those with most bytes; of equal ones the nearest.
void LinkRelief::keepHeaviestMovers(Point link) {
  std::sort(movers.begin(), movers.end(), [](const Mover &a, const Mover &b) { return a.core < b.core; });
  size_t kept = 0;
  for (const Mover &mover : movers)
    if (kept > 0 && movers[kept - 1].core == mover.core)
      movers[kept - 1].bytes += mover.bytes;
    else if (mover.core < problem.cores && !problem.isFixed(mover.core))
      movers[kept++] = mover;
  movers.resize(kept);
  auto rank = [&](const Mover &mover) {
    return std::tuple(~mover.bytes, distance(link, cost.positionOf(mover.core)), mover.core);
  };
  std::sort(movers.begin(), movers.end(), [&](const Mover &a, const Mover &b) { return rank(a) < rank(b); });
  movers.resize(std::min(kept, mostMovers));
}

//===----------------------------------------------------------------------===//
// Moves
//===----------------------------------------------------------------------===//

/// Visits the positions around one.
template <typename F> void LinkRelief::forEachNear(Point p, int32_t distance, F visit) const {
  const auto columns = static_cast<int32_t>(problem.columns), rows = static_cast<int32_t>(problem.rows);
  for (int32_t y = std::max(0, p.y - distance); y <= std::min(rows - 1, p.y + distance); ++y)
    for (int32_t x = std::max(0, p.x - distance); x <= std::min(columns - 1, p.x + distance); ++x)
      visit(problem.indexOf({x, y}));
}

int64_t LinkRelief::byteHopsLeft() const {
  return static_cast<int64_t>(mostByteHops) - static_cast<int64_t>(cost.byteHops());
}

/// Makes a core's best move nearby, if there is one that helps.
bool LinkRelief::improve(uint32_t core) {
  Move best{nowhere, 0, links.excess()};
  forEachNear(cost.positionOf(core), reach, [&](uint32_t position) {
    const Move move = lookAt(core, position, byteHopsLeft());
    if (move.position != nowhere && std::tie(move.excess, move.change) < std::tie(best.excess, best.change))
      best = move;
  });
  const bool helps = best.excess < links.excess(); // one that only saves bytes times hops does not
  if (helps)
    move(core, best);
  return helps;
}

/// Makes a move that helps but costs too much, if moves of the cores around it then make up for that.
bool LinkRelief::detour(uint32_t core) {
  const uint64_t before = links.excess();
  const Point from = cost.positionOf(core);
  for (const Move &way : detoursOf(core)) {
    steps.clear();
    move(core, way);
    for (int i = 0; i < repairs && byteHopsLeft() < 0; ++i)
      for (Point around : {from, problem.pointOf(way.position)})
        forEachNear(around, repairReach, [&](uint32_t position) { cheapen(cost.occupant(position), before); });
    if (byteHopsLeft() >= 0)
      return true;
    undoSteps();
  }
  return false;
}

std::vector<LinkRelief::Move> LinkRelief::detoursOf(uint32_t core) {
  std::vector<Move> found;
  const int64_t mostChange = byteHopsLeft() + static_cast<int64_t>(mostByteHops) / partForDetour;
  forEachNear(cost.positionOf(core), reach, [&](uint32_t position) {
    if (const Move move = lookAt(core, position, mostChange); move.position != nowhere && move.excess < links.excess())
      found.push_back(move);
  });
  std::stable_sort(found.begin(), found.end(), [](const Move &a, const Move &b) { return a.change < b.change; });
  found.resize(std::min(found.size(), mostDetours));
  return found;
}

/// Makes a core's move that saves most bytes times hops while the excess stays below.
void LinkRelief::cheapen(uint32_t core, uint64_t excess) {
  if (core == nowhere)
    return;
  Move best{nowhere, 0, 0};
  forEachNear(cost.positionOf(core), repairReach, [&](uint32_t position) {
    if (const Move move = lookAt(core, position, best.change - 1); move.position != nowhere && move.excess < excess)
      best = move;
  });
  if (best.position != nowhere)
    move(core, best);
}

/// What a move would leave; its position is `nowhere` where it may not be made, costs more or overfills a link.
LinkRelief::Move LinkRelief::lookAt(uint32_t core, uint32_t position, int64_t mostChange) {
  Move move{nowhere, 0, 0};
  if (!cost.mayMove(core, position) || (move.change = cost.changeOf(core, position)) > mostChange)
    return move;
  const uint32_t other = cost.occupant(position);
  const Point from = cost.positionOf(core), to = problem.pointOf(position);
  auto now = [&](uint32_t node) { return cost.positionOf(node); };
  auto then = [&](uint32_t node) { return node == core ? to : node == other ? from : cost.positionOf(node); };
  auto add = [&](Point a, Point b, uint64_t bytes) { links.add(a, b, bytes); };
  auto remove = [&](Point a, Point b, uint64_t bytes) { links.remove(a, b, bytes); };
  collectNets(core, other);
  forEachRun(now, remove);
  forEachRun(then, add);
  move.position = links.isOverfull() ? nowhere : position;
  move.excess = links.excess();
  forEachRun(then, remove);
  forEachRun(now, add);
  return move;
}

void LinkRelief::collectNets(uint32_t core, uint32_t other) {
  nets.clear();
  moving = {core, other};
  ++stamp;
  auto collect = [&](uint32_t n) {
    if (stamps[n] != stamp)
      stamps[n] = stamp, nets.push_back(n);
  };
  for (uint32_t node : {core, other})
    if (node != nowhere)
      forEachSent(node, collect), forEachReceived(node, collect);
}

/// Calls visit(from, to, bytes) for the straight runs of links of all collected nets; of nets that are no trees those of the
/// paths that change.
template <typename P, typename F> void LinkRelief::forEachRun(P positionOf, F visit) {
  auto moves = [&](uint32_t node) { return node == moving.first || node == moving.second; };
  for (uint32_t n : nets) {
    const Net &net = problem.nets[n];
    const Point source = positionOf(net.source);
    const bool isTree = problem.isTree(net), sourceMoves = moves(net.source);
    tree.begin(source);
    for (uint32_t i = net.firstDestination; i < net.endDestination; ++i) {
      const uint32_t node = problem.destinations[i];
      const Point to = positionOf(node), corner = {to.x, source.y};
      if (isTree)
        tree.reach(to);
      else if (sourceMoves || moves(node))
        visit(source, corner, net.bytes), visit(corner, to, net.bytes);
    }
    tree.forEachRun([&](Point from, Point to) { visit(from, to, net.bytes); });
    looked += net.endDestination - net.firstDestination;
  }
}

void LinkRelief::move(uint32_t core, const Move &to) {
  auto now = [&](uint32_t node) { return cost.positionOf(node); };
  steps.push_back({core, {problem.indexOf(cost.positionOf(core)), -to.change, links.excess()}});
  collectNets(core, cost.occupant(to.position));
  forEachRun(now, [&](Point a, Point b, uint64_t bytes) { links.remove(a, b, bytes); });
  cost.move(core, to.position, to.change);
  forEachRun(now, [&](Point a, Point b, uint64_t bytes) { links.add(a, b, bytes); });
}

void LinkRelief::undoSteps() {
  const std::vector<Step> done = std::move(steps);
  for (auto step = done.rbegin(); step != done.rend(); ++step)
    move(step->core, step->back);
}

} // namespace wage::placement
