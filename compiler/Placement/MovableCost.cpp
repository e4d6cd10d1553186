//===- MovableCost.cpp - bytes times hops while cores move ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Placement/MovableCost.h"

#include <algorithm>

namespace wage::placement {

namespace {

/// The first of sorted values that is not less. No branch depends on them: which way it goes cannot be foreseen.
const uint32_t *lowerBound(Range<uint32_t> values, uint32_t value) {
  constexpr size_t few = 8;
  const uint32_t *first = values.begin();
  size_t count = values.size(), less = 0;
  for (; count > few; count -= count / 2)
    first += (count / 2) * (first[count / 2 - 1] < value);
  for (size_t i = 0; i < count; ++i)
    less += first[i] < value;
  return first + less;
}

} // namespace

MovableCost::MovableCost(const Problem &problem, const Placement &placement)
    : problem(problem), partners(problem), trees(problem, Incidence::Of::Trees), at(placement),
      coreAt(problem.areaOfPosition.size(), nowhere), roles(problem.nets.size(), 0),
      total(countByteHops(problem, placement)) {
  while ((uint64_t(1) << rowBits) < problem.rows)
    ++rowBits;
  at.insert(at.end(), problem.terminals.begin(), problem.terminals.end());
  for (uint32_t core = 0; core < problem.cores; ++core)
    coreAt[problem.indexOf(at[core])] = core;
  keys.reserve(problem.destinations.size());
  for (uint32_t node : problem.destinations)
    keys.push_back(keyOf(at[node]));
  for (const Net &net : problem.nets)
    std::sort(keys.begin() + net.firstDestination, keys.begin() + net.endDestination);
}

bool MovableCost::mayMove(uint32_t core, uint32_t position) const {
  const uint32_t other = coreAt[position];
  return other != core && !problem.isFixed(core) && problem.mayStand(core, position) &&
         (other == nowhere || (!problem.isFixed(other) && problem.mayStand(other, problem.indexOf(at[core]))));
}

//===----------------------------------------------------------------------===//
// One tree
//===----------------------------------------------------------------------===//

int64_t MovableCost::treeLinks(Point source, Range<Key> to) const {
  int64_t links = std::max(source.x, column(to.last[-1])) - std::min(source.x, column(*to.first));
  for (const Key *key = to.first; key != to.last;) {
    const Key *last = key;
    while (last + 1 != to.last && column(last[1]) == column(*key))
      ++last;
    links += std::max(source.y, row(*last)) - std::min(source.y, row(*key));
    key = last + 1;
  }
  return links;
}

/// In its row only the trunk's length changes.
int64_t MovableCost::changeOfSource(const Net &net, Point from, Point to) {
  const Range<Key> reached = keysOf(net);
  if (from.y == to.y) {
    const int32_t least = column(*reached.first), most = column(reached.last[-1]);
    return (std::max(to.x, most) - std::min(to.x, least)) - (std::max(from.x, most) - std::min(from.x, least));
  }
  workDone += reached.size() / 2;
  return treeLinks(to, reached) - treeLinks(from, reached);
}

/// A destination goes away and comes back elsewhere. What it held up is what its column, and the trunk, lose without it.
int64_t MovableCost::changeOfDestination(const Net &net, Point from, Point to) const {
  const Point source = at[net.source];
  const auto [begin, end] = keysOf(net);
  const Key *gone = lowerBound(keysOf(net), keyOf(from));
  auto above = [&](int32_t y) { return std::min(source.y, y); };
  auto below = [&](int32_t y) { return std::max(source.y, y); };
  // Without it: the neighbours in its column, if any.
  const Key *before = gone == begin ? nullptr : gone - 1, *after = gone + 1 == end ? nullptr : gone + 1;
  const bool hasBefore = before && column(*before) == from.x, hasAfter = after && column(*after) == from.x;
  int64_t change = 0;
  if (!hasBefore && !hasAfter)
    change -= below(from.y) - above(from.y);
  else if (!hasBefore)
    change += above(from.y) - above(row(*after));
  else if (!hasAfter)
    change += below(row(*before)) - below(from.y);
  // With it again, between `before` and `after` of its new place.
  const Key *place = lowerBound(keysOf(net), keyOf(to));
  before = place == begin ? nullptr : place - 1, after = place == end ? nullptr : place;
  if (before == gone)
    before = gone == begin ? nullptr : gone - 1;
  if (after == gone)
    after = gone + 1 == end ? nullptr : gone + 1;
  const bool joinsBefore = before && column(*before) == to.x, joinsAfter = after && column(*after) == to.x;
  if (!joinsBefore && !joinsAfter)
    change += below(to.y) - above(to.y);
  else if (!joinsBefore)
    change += above(row(*after)) - above(to.y);
  else if (!joinsAfter)
    change += below(to.y) - below(row(*before));
  // The trunk spans source and all columns.
  const Key *first = gone == begin ? begin + 1 : begin, *last = gone + 1 == end ? end - 2 : end - 1;
  const int32_t least = std::min(source.x, column(*first)), most = std::max(source.x, column(*last));
  change += std::max(most, to.x) - std::min(least, to.x);
  change -= std::max(source.x, column(end[-1])) - std::min(source.x, column(*begin));
  return change;
}

/// As its roles say, the first core goes from a to b and the second from b to a.
int64_t MovableCost::changeOfTree(uint32_t index, uint8_t role, Point a, Point b) {
  const Net &net = problem.nets[index];
  const uint8_t receives = role & (FirstReceives | SecondReceives);
  workDone += 4;
  if (role == FirstReceives)
    return changeOfDestination(net, a, b);
  if (role == SecondReceives)
    return changeOfDestination(net, b, a);
  if (role == receives)
    return 0;
  const Point now = at[net.source], then = role & FirstSends ? b : a;
  if (!receives)
    return changeOfSource(net, now, then);
  workDone += net.endDestination - net.firstDestination;
  const Range<Key> reached = keysOf(net);
  scratch.assign(reached.begin(), reached.end());
  *std::lower_bound(scratch.begin(), scratch.end(), keyOf(then)) = keyOf(now);
  std::sort(scratch.begin(), scratch.end());
  return treeLinks(then, {scratch.data(), scratch.data() + scratch.size()}) - treeLinks(now, reached);
}

void MovableCost::moveDestination(const Net &net, Point from, Point to) {
  Key *gone = keys.data() + (lowerBound(keysOf(net), keyOf(from)) - keys.data());
  Key *place = keys.data() + (lowerBound(keysOf(net), keyOf(to)) - keys.data());
  *gone = keyOf(to);
  place > gone ? std::rotate(gone, gone + 1, place) : std::rotate(place, gone, gone + 1);
}

//===----------------------------------------------------------------------===//
// One move
//===----------------------------------------------------------------------===//

/// What the way to its partners, but for one that takes its place, gets longer.
int64_t MovableCost::changeOfPartners(uint32_t core, uint32_t besides, Point from, Point to) {
  const Range<Partners::Partner> all = partners.of(core);
  workDone += all.size();
  int64_t change = 0;
  for (const Partners::Partner &partner : all)
    if (partner.node != besides)
      change += partner.bytes * (distance(to, at[partner.node]) - distance(from, at[partner.node]));
  return change;
}

void MovableCost::collect(uint32_t core, uint8_t sends, uint8_t receives) {
  auto note = [&](uint32_t net, uint8_t role) {
    if (!roles[net])
      touched.push_back(net);
    roles[net] |= role;
  };
  for (uint32_t net : trees.sentBy(core))
    note(net, sends);
  for (uint32_t net : trees.receivedBy(core))
    note(net, receives);
}

int64_t MovableCost::changeOf(uint32_t core, uint32_t position) {
  const Point from = at[core], to = problem.pointOf(position);
  const uint32_t other = coreAt[position];
  int64_t change = changeOfPartners(core, other, from, to);
  touched.clear();
  collect(core, FirstSends, FirstReceives);
  if (other != nowhere) {
    change += changeOfPartners(other, core, to, from);
    collect(other, SecondSends, SecondReceives);
  }
  for (uint32_t net : touched) {
    change += static_cast<int64_t>(problem.nets[net].bytes) * changeOfTree(net, roles[net], from, to);
    roles[net] = 0;
  }
  return change;
}

void MovableCost::move(uint32_t core, uint32_t position, int64_t change) {
  const Point from = at[core], to = problem.pointOf(position);
  const uint32_t other = coreAt[position];
  touched.clear();
  collect(core, FirstSends, FirstReceives);
  if (other != nowhere)
    collect(other, SecondSends, SecondReceives);
  for (uint32_t net : touched) {
    const uint8_t receives = roles[net] & (FirstReceives | SecondReceives);
    roles[net] = 0;
    if (receives == FirstReceives)
      moveDestination(problem.nets[net], from, to);
    else if (receives == SecondReceives)
      moveDestination(problem.nets[net], to, from);
  }
  coreAt[problem.indexOf(from)] = other;
  coreAt[position] = core;
  if (other != nowhere)
    at[other] = from;
  at[core] = to;
  total = static_cast<uint64_t>(static_cast<int64_t>(total) + change);
}

std::pair<Point, Point> MovableCost::neighbours(uint32_t index, Point p) const {
  const auto [begin, end] = keysOf(problem.nets[index]);
  const Key *found = lowerBound({begin, end}, keyOf(p));
  auto point = [&](const Key *key) { return Point{column(*key), row(*key)}; };
  return {found == begin ? p : point(found - 1), found == end || found + 1 == end ? p : point(found + 1)};
}

} // namespace wage::placement
