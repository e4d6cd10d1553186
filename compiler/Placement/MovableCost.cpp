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

MovableCost::MovableCost(const Problem &problem, const Incidence &incidence, Placement placement)
    : problem(problem), incidence(incidence), at(std::move(placement)), coreAt(problem.areaOfPosition.size(), nowhere),
      roles(problem.nets.size(), 0) {
  while ((uint64_t(1) << rowBits) < problem.rows)
    ++rowBits;
  for (uint32_t core = 0; core < problem.cores; ++core)
    coreAt[problem.indexOf(at[core])] = core;
  keys.reserve(problem.destinations.size());
  for (uint32_t node : problem.destinations)
    keys.push_back(keyOf(pointOf(problem, at, node)));
  for (const Net &net : problem.nets) {
    std::sort(keys.begin() + net.firstDestination, keys.begin() + net.endDestination);
    total += net.bytes * static_cast<uint64_t>(linksNow(net));
  }
}

bool MovableCost::mayMove(uint32_t core, uint32_t position) const {
  const uint32_t other = coreAt[position];
  return other != core && !problem.isFixed(core) && problem.mayStand(core, position) &&
         (other == nowhere || (!problem.isFixed(other) && problem.mayStand(other, problem.indexOf(at[core]))));
}

//===----------------------------------------------------------------------===//
// One net
//===----------------------------------------------------------------------===//

int64_t MovableCost::treeLinks(Point source, const Key *begin, const Key *end) const {
  if (!problem.multicast) {
    int64_t links = 0;
    for (const Key *key = begin; key != end; ++key)
      links += distance(source, {column(*key), row(*key)});
    return links;
  }
  int64_t links = std::max(source.x, column(end[-1])) - std::min(source.x, column(*begin));
  for (const Key *key = begin; key != end;) {
    const Key *last = key;
    while (last + 1 != end && column(last[1]) == column(*key))
      ++last;
    links += std::max(source.y, row(*last)) - std::min(source.y, row(*key));
    key = last + 1;
  }
  return links;
}

int64_t MovableCost::linksNow(const Net &net) const {
  if (net.firstDestination == net.endDestination)
    return 0;
  return treeLinks(pointOf(problem, at, net.source), keys.data() + net.firstDestination,
                   keys.data() + net.endDestination);
}

/// A destination goes away and comes back elsewhere. What it held up is what its column, and the trunk, lose without it.
int64_t MovableCost::changeOfDestination(const Net &net, Point from, Point to) const {
  const Point source = pointOf(problem, at, net.source);
  if (!problem.multicast)
    return distance(source, to) - distance(source, from);
  const Key *begin = keys.data() + net.firstDestination, *end = keys.data() + net.endDestination;
  const Key *gone = std::lower_bound(begin, end, keyOf(from));
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
  const Key *place = std::lower_bound(begin, end, keyOf(to));
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
  const bool isOnly = end - begin == 1;
  const int32_t least = isOnly ? source.x : std::min(source.x, column(*first));
  const int32_t most = isOnly ? source.x : std::max(source.x, column(*last));
  change += std::max(most, to.x) - std::min(least, to.x);
  change -= std::max(source.x, column(end[-1])) - std::min(source.x, column(*begin));
  return change;
}

/// As its roles say, the first core goes from a to b and the second from b to a.
int64_t MovableCost::changeOfNet(uint32_t index, uint8_t role, Point a, Point b) {
  const Net &net = problem.nets[index];
  workDone += 4;
  if (role == FirstReceives)
    return changeOfDestination(net, a, b);
  if (role == SecondReceives)
    return changeOfDestination(net, b, a);
  if (role == (FirstReceives | SecondReceives))
    return 0;
  workDone += (net.endDestination - net.firstDestination) / 2;
  const Point source = role & FirstSends ? b : role & SecondSends ? a : pointOf(problem, at, net.source);
  const Key *begin = keys.data() + net.firstDestination, *end = keys.data() + net.endDestination;
  const int64_t now = treeLinks(pointOf(problem, at, net.source), begin, end);
  if (!(role & (FirstReceives | SecondReceives)) || (role & FirstReceives && role & SecondReceives))
    return treeLinks(source, begin, end) - now;
  const Key from = keyOf(role & FirstReceives ? a : b), to = keyOf(role & FirstReceives ? b : a);
  scratch.assign(begin, end);
  *std::lower_bound(scratch.begin(), scratch.end(), from) = to;
  std::sort(scratch.begin(), scratch.end());
  return treeLinks(source, scratch.data(), scratch.data() + scratch.size()) - now;
}

void MovableCost::moveDestination(const Net &net, Point from, Point to) {
  const auto begin = keys.begin() + net.firstDestination, end = keys.begin() + net.endDestination;
  const auto gone = std::lower_bound(begin, end, keyOf(from)), place = std::lower_bound(begin, end, keyOf(to));
  *gone = keyOf(to);
  place > gone ? std::rotate(gone, gone + 1, place) : std::rotate(place, gone, gone + 1);
}

//===----------------------------------------------------------------------===//
// One move
//===----------------------------------------------------------------------===//

void MovableCost::collect(uint32_t core, uint8_t sends, uint8_t receives) {
  auto note = [&](uint32_t net, uint8_t role) {
    if (problem.nets[net].firstDestination == problem.nets[net].endDestination)
      return;
    if (!roles[net])
      touched.push_back(net);
    roles[net] |= role;
  };
  for (uint32_t net : incidence.sentBy(core))
    note(net, sends);
  for (uint32_t net : incidence.receivedBy(core))
    note(net, receives);
}

int64_t MovableCost::changeOf(uint32_t core, uint32_t position) {
  const Point from = at[core], to = problem.pointOf(position);
  touched.clear();
  collect(core, FirstSends, FirstReceives);
  if (const uint32_t other = coreAt[position]; other != nowhere)
    collect(other, SecondSends, SecondReceives);
  int64_t change = 0;
  for (uint32_t net : touched) {
    change += static_cast<int64_t>(problem.nets[net].bytes) * changeOfNet(net, roles[net], from, to);
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
  const Net &net = problem.nets[index];
  const Key *begin = keys.data() + net.firstDestination, *end = keys.data() + net.endDestination;
  const Key *found = std::lower_bound(begin, end, keyOf(p));
  auto point = [&](const Key *key) { return Point{column(*key), row(*key)}; };
  return {found == begin ? p : point(found - 1), found == end || found + 1 == end ? p : point(found + 1)};
}

} // namespace wage::placement
