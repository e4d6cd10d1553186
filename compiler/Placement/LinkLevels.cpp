//===- LinkLevels.cpp - what links carry above a level ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Placement/LinkLevels.h"

#include <algorithm>

namespace wage::placement {

namespace {
constexpr Point steps[] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
}

LinkLevels::LinkLevels(const Problem &problem, const Placement &placement)
    : problem(problem), loads(sides * problem.areaOfPosition.size(), 0) {
  forEachLink(problem, placement, [&](Point from, Point to, uint64_t bytes) {
    loads[linkOf(from, {to.x - from.x, to.y - from.y})] = bytes;
  });
}

Point LinkLevels::step(Link link) const { return steps[link % sides]; }

LinkLevels::Link LinkLevels::linkOf(Point from, Point step) const {
  const size_t side = step.y == 0 ? (step.x > 0 ? 0 : 1) : (step.y > 0 ? 2 : 3);
  return problem.indexOf(from) * sides + side;
}

uint64_t LinkLevels::largest() const { return *std::max_element(loads.begin(), loads.end()); }

void LinkLevels::setLevel(uint64_t newLevel, uint64_t newMost) {
  level = newLevel, most = newMost;
  above = overfull = 0;
  risen.clear();
  for (Link link = 0; link < loads.size(); ++link)
    if (isAbove(link))
      risen.push_back(link), above += loads[link] - level, overfull += loads[link] > most;
}

std::vector<LinkLevels::Link> LinkLevels::linksAbove() {
  std::sort(risen.begin(), risen.end());
  risen.erase(std::unique(risen.begin(), risen.end()), risen.end());
  risen.erase(std::remove_if(risen.begin(), risen.end(), [&](Link link) { return !isAbove(link); }), risen.end());
  std::vector<Link> links = risen;
  std::stable_sort(links.begin(), links.end(), [&](Link a, Link b) { return loads[a] > loads[b]; });
  return links;
}

void LinkLevels::change(Link link, uint64_t load) {
  const bool wasAbove = isAbove(link);
  above -= wasAbove ? loads[link] - level : 0;
  overfull -= loads[link] > most;
  loads[link] = load;
  above += isAbove(link) ? load - level : 0;
  overfull += load > most;
  if (!wasAbove && isAbove(link))
    risen.push_back(link);
  ++changed;
}

} // namespace wage::placement
