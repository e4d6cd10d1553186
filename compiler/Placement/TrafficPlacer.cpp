//===- TrafficPlacer.cpp - least bytes times hops over multicast trees ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Placement/TrafficPlacer.h"

#include "compiler/Placement/Curves.h"
#include "compiler/Placement/ForceDirected.h"
#include "compiler/Placement/LinkRelief.h"
#include "compiler/Placement/Refinement.h"

#include <algorithm>
#include <cmath>

namespace wage::placement {

namespace {

/// The cheapest placement so far.
struct Best {
  const Problem &problem;
  Placement placement;
  uint64_t byteHops = 0;

  void offer(std::optional<Placement> other) {
    if (other)
      offer(*other, countByteHops(problem, *other));
  }
  void offer(const Placement &other, uint64_t cost) {
    if (placement.empty() || cost < byteHops ||
        (cost == byteHops && countTraffic(problem, other) < countTraffic(problem, placement)))
      placement = other, byteHops = cost;
  }
};

/// Snakes through rectangles that hold all cores, from tall to wide: a stage's blocks, one behind the other, come to stand as a
/// column or a row, as the trees like it.
void offerSnakes(const Problem &problem, Best &best) {
  const double side = std::sqrt(double(problem.cores));
  for (double shape : {0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0}) {
    const auto width = static_cast<uint32_t>(std::max(1.0, std::ceil(side * shape)));
    const uint32_t height = (problem.cores + width - 1) / width;
    if (width > problem.columns || height > problem.rows)
      continue;
    for (const bool alongRows : {true, false})
      best.offer(placeAlong(problem, snakeOrder(problem.columns, problem.rows, width, height, alongRows)));
  }
}

/// Forces carry a core a step at a time, so that their time grows with cores times the side of the grid. Beyond this they would
/// take longer than all the rest; refining then starts from a curve.
constexpr uint32_t mostCoresForForces = 20'000;

/// How much work refining may be, in all its rounds: a share for each core. It gets smaller past 8,000 cores, so that time stays
/// about linear, and is smaller for few, whose other passes are done in no time.
uint64_t workFor(uint64_t cores) {
  constexpr uint64_t perCoreOfFew = 3'000, few = 1'000, perCore = 6'000, full = 8'000, perCoreOfMany = 400;
  if (cores < few)
    return perCoreOfFew * cores;
  return cores <= full ? perCore * cores : std::max(perCore * full * full / cores, perCoreOfMany * cores);
}
/// In a round, whatever the cores: some hundredths of a second.
constexpr uint64_t leastWork = 250'000;

/// How hot refining begins, a round each: small networks are cheap enough to be refined again and again. Found by trial on the
/// networks of benchmarks/mapping.
std::vector<uint64_t> heatsFor(uint32_t cores) {
  return cores < 1'000 ? std::vector<uint64_t>{1, 4, 2, 1} : std::vector<uint64_t>{1};
}

/// Fewer moves than this for each core would only spoil a good start.
constexpr uint64_t leastWorkPerCore = 500;

/// By what part of them bytes times hops may grow for a smaller load of the busiest link. Not beyond those of any start.
constexpr uint64_t partForLinks = 200;
/// How much work that may be: a part of that of refining, and no more than this, since it is a matter of few cores.
constexpr uint64_t partOfWorkForLinks = 3, mostWorkForLinks = 5'000'000;

/// Rounds from the best placement so far; in the end the busiest link of the best.
void refine(const Problem &problem, Best &best) {
  const std::vector<uint64_t> heats = heatsFor(problem.cores);
  const uint64_t work = std::max(leastWork, workFor(problem.cores) / heats.size()), start = best.byteHops;
  std::optional<MovableCost> cost;
  uint64_t seed = 0;
  for (uint64_t heat : heats) {
    if (!cost || cost->placement() != best.placement)
      cost.emplace(problem, best.placement);
    Refinement refinement(problem, *cost, seed++);
    if (work / problem.cores >= leastWorkPerCore)
      refinement.anneal(work, heat);
    refinement.descend(work);
    best.offer(cost->placement(), cost->byteHops());
  }
  if (cost->placement() != best.placement)
    cost.emplace(problem, best.placement);
  LinkRelief relief(problem, *cost, std::min(start, best.byteHops + best.byteHops / partForLinks));
  relief.run(std::clamp(workFor(problem.cores) / partOfWorkForLinks, leastWork, mostWorkForLinks));
  best.placement = cost->placement();
}

} // namespace

std::optional<Placement> placeByTraffic(const Problem &problem) {
  Best best{problem, {}};
  std::optional<Placement> hilbert = placeAlong(problem, hilbertOrder(problem.columns, problem.rows));
  if (!hilbert || problem.cores == 0)
    return hilbert;
  best.offer(placeAlong(problem, rasterOrder(problem.columns, problem.rows)));
  best.offer(hilbert);
  if (problem.cores <= mostCoresForForces) {
    relaxTension(problem, Incidence(problem), *hilbert);
    best.offer(std::move(hilbert));
  }
  offerSnakes(problem, best);
  refine(problem, best);
  return std::move(best.placement);
}

} // namespace wage::placement
