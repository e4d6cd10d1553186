//===- Problem.cpp - cores, nets and positions of a placement ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Placement/Tree.h"

namespace wage::placement {

void Problem::addNet(uint32_t source, std::vector<uint32_t> to, uint64_t bytes, bool loadsLinks) {
  std::sort(to.begin(), to.end());
  to.erase(std::unique(to.begin(), to.end()), to.end());
  to.erase(std::remove(to.begin(), to.end(), source), to.end());
  const auto first = static_cast<uint32_t>(destinations.size());
  destinations.insert(destinations.end(), to.begin(), to.end());
  nets.push_back({bytes, source, first, static_cast<uint32_t>(destinations.size()), loadsLinks});
}

namespace {

/// Loads of all links. A run of links adds at its two ends only; sums along rows and columns come last.
class LinkLoads {
public:
  LinkLoads(uint32_t columns, uint32_t rows) : columns(columns), rows(rows) {
    for (std::vector<uint64_t> &direction : load)
      direction.assign(size_t(columns + 1) * (rows + 1), 0);
  }

  /// From a to b, which lie in one row or column.
  void addRun(Point a, Point b, uint64_t bytes) {
    std::vector<uint64_t> &loads = load[a.y == b.y ? (a.x < b.x ? 0 : 1) : (a.y < b.y ? 2 : 3)];
    loads[at(std::min(a.x, b.x), std::min(a.y, b.y))] += bytes;
    loads[at(std::max(a.x, b.x), std::max(a.y, b.y))] -= bytes;
  }

  /// Calls visit(direction, end with the smaller coordinate, bytes) for every link, once all runs are added.
  template <typename F> void forEach(F visit) {
    for (int direction = 0; direction < 4; ++direction) {
      const size_t step = direction < 2 ? 1 : columns + 1;
      for (size_t i = 0; i < load[direction].size(); ++i) {
        if (i >= step)
          load[direction][i] += load[direction][i - step]; // runs end at 0 before their row or column does
        if (load[direction][i])
          visit(direction, Point{int32_t(i % (columns + 1)), int32_t(i / (columns + 1))}, load[direction][i]);
      }
    }
  }

private:
  size_t at(int32_t x, int32_t y) const { return size_t(y) * (columns + 1) + size_t(x); }

  const uint32_t columns, rows;
  std::vector<uint64_t> load[4]; ///< east, west, south, north; of links between positions, by their smaller end
};

/// Calls visit(net, tree) for each tree: one of every net, or without multicast one of every destination.
template <typename F> void forEachTree(const Problem &problem, const Placement &placement, F visit) {
  Tree tree(problem.columns);
  for (const Net &net : problem.nets) {
    const Point source = pointOf(problem, placement, net.source);
    tree.begin(source);
    for (uint32_t i = net.firstDestination; i < net.endDestination; ++i) {
      tree.reach(pointOf(problem, placement, problem.destinations[i]));
      if (problem.multicast && i + 1 < net.endDestination)
        continue;
      visit(net, tree);
      tree.begin(source);
    }
  }
}

} // namespace

uint64_t countByteHops(const Problem &problem, const Placement &placement) {
  uint64_t byteHops = 0;
  forEachTree(problem, placement, [&](const Net &net, const Tree &tree) { byteHops += net.bytes * tree.links(); });
  return byteHops;
}

namespace {

LinkLoads loadsOf(const Problem &problem, const Placement &placement) {
  LinkLoads loads(problem.columns, problem.rows);
  forEachTree(problem, placement, [&](const Net &net, const Tree &tree) {
    if (net.loadsLinks)
      tree.forEachRun([&](Point from, Point to) { loads.addRun(from, to, net.bytes); });
  });
  return loads;
}

} // namespace

Traffic countTraffic(const Problem &problem, const Placement &placement) {
  Traffic traffic{countByteHops(problem, placement), 0};
  loadsOf(problem, placement).forEach([&](int, Point, uint64_t bytes) {
    traffic.largestLinkLoad = std::max(traffic.largestLinkLoad, bytes);
  });
  return traffic;
}

void forEachLink(const Problem &problem, const Placement &placement,
                 const std::function<void(Point, Point, uint64_t)> &visit) {
  loadsOf(problem, placement).forEach([&](int direction, Point smaller, uint64_t bytes) {
    const Point larger = direction < 2 ? Point{smaller.x + 1, smaller.y} : Point{smaller.x, smaller.y + 1};
    direction % 2 == 0 ? visit(smaller, larger, bytes) : visit(larger, smaller, bytes);
  });
}

namespace {

/// What it costs at least that cores exchange `bytes` with one terminal: most bytes on the nearest position.
uint64_t leastAround(const Problem &problem, Point terminal, std::vector<uint64_t> bytes) {
  std::vector<int64_t> distances;
  for (uint32_t i = 0; i < problem.areaOfPosition.size(); ++i)
    if (problem.areaOfPosition[i] != blocked)
      distances.push_back(distance(terminal, problem.pointOf(i)));
  std::sort(distances.begin(), distances.end());
  std::sort(bytes.rbegin(), bytes.rend());
  uint64_t least = 0;
  for (size_t i = 0; i < std::min(bytes.size(), distances.size()); ++i)
    least += bytes[i] * static_cast<uint64_t>(distances[i]);
  return least;
}

} // namespace

uint64_t leastByteHops(const Problem &problem) {
  uint64_t least = 0;
  auto isTerminal = [&](uint32_t node) { return node >= problem.cores; };
  std::vector<std::vector<uint64_t>> exchanged(
      problem.terminals.size()); // by terminal and core, of nets of the two alone
  for (const Net &net : problem.nets) {
    const uint64_t fanOut = net.endDestination - net.firstDestination;
    const uint32_t *to = problem.destinations.data() + net.firstDestination;
    const auto fixedEnds = static_cast<uint64_t>(isTerminal(net.source) + std::count_if(to, to + fanOut, isTerminal));
    if (fanOut != 1 || fixedEnds != 1) {
      least += net.bytes * (fanOut - std::min(fanOut, fixedEnds)); // a terminal may share its position with a core
      continue;
    }
    std::vector<uint64_t> &ofCore = exchanged[(isTerminal(*to) ? *to : net.source) - problem.cores];
    ofCore.resize(problem.cores, 0);
    ofCore[isTerminal(*to) ? net.source : *to] += net.bytes;
  }
  for (size_t t = 0; t < exchanged.size(); ++t)
    if (!exchanged[t].empty())
      least += leastAround(problem, problem.terminals[t], std::move(exchanged[t]));
  return least;
}

bool isLegal(const Problem &problem, const Placement &placement) {
  std::vector<bool> taken(problem.areaOfPosition.size(), false);
  if (placement.size() != problem.cores)
    return false;
  for (uint32_t core = 0; core < problem.cores; ++core) {
    const Point p = placement[core];
    if (p.x < 0 || p.y < 0 || static_cast<uint32_t>(p.x) >= problem.columns ||
        static_cast<uint32_t>(p.y) >= problem.rows)
      return false;
    const uint32_t position = problem.indexOf(p);
    const bool ok = problem.isFixed(core) ? problem.fixedPosition[core] == position : problem.mayStand(core, position);
    if (!ok || taken[position])
      return false;
    taken[position] = true;
  }
  return true;
}

} // namespace wage::placement
