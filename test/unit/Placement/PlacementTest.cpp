//===- PlacementTest.cpp - placers, and how traffic is counted ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Placement/Curves.h"
#include "compiler/Placement/ForceDirected.h"
#include "compiler/Placement/LinkRelief.h"
#include "compiler/Placement/Placers.h"
#include "compiler/Placement/Refinement.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>

using namespace wage::placement;

namespace {

constexpr Placer allPlacers[] = {Placer::Raster, Placer::Hilbert, Placer::HilbertForce, Placer::Traffic};

Problem emptyProblem(uint32_t columns, uint32_t rows, uint32_t cores) {
  Problem problem;
  problem.columns = columns, problem.rows = rows, problem.cores = cores;
  problem.terminals = {{0, 0}};
  problem.areaOfPosition.assign(columns * rows, openArea);
  problem.areaOfCore.assign(cores, openArea);
  problem.fixedPosition.assign(cores, nowhere);
  return problem;
}

/// Nets between random nodes, the terminal among them.
Problem randomProblem(uint32_t columns, uint32_t rows, uint32_t cores, uint64_t seed, bool multicast = true) {
  Problem problem = emptyProblem(columns, rows, cores);
  problem.multicast = multicast;
  Draw draw(seed);
  for (uint32_t n = 0; n < 2 * cores; ++n) {
    std::vector<uint32_t> to(1 + draw.below(7));
    for (uint32_t &node : to)
      node = draw.below(cores + 1);
    problem.addNet(draw.below(cores + 1), to, 1 + draw.below(100));
  }
  return problem;
}

/// A chain of stages, each of which sends all of itself to all of the next, at random numbers.
Problem stagedProblem(uint32_t columns, uint32_t rows, uint32_t stages, uint32_t width) {
  Problem problem = emptyProblem(columns, rows, stages * width);
  for (uint32_t s = 0; s < stages; ++s)
    for (uint32_t i = 0; i < width; ++i) {
      std::vector<uint32_t> to;
      for (uint32_t k = 0; s + 1 < stages && k < width; ++k)
        to.push_back((s + 1) * width + k);
      problem.addNet(s == 0 ? problem.cores : s * width + i, s == 0 ? std::vector<uint32_t>{i} : to, 10);
    }
  return problem;
}

uint64_t costOf(const Problem &problem, Placer placer) {
  const std::optional<Placement> placement = place(problem, placer);
  EXPECT_TRUE(placement && isLegal(problem, *placement));
  return placement ? countByteHops(problem, *placement) : UINT64_MAX;
}

TEST(PlacementTest, CountsATreeByHand) {
  Problem problem = emptyProblem(3, 3, 4);
  problem.addNet(0, {1, 2, 3, 3, 0}, 10);
  const Placement placement = {{0, 0}, {2, 0}, {2, 1}, {1, 2}};
  // Trunk (0, 0) to (2, 0), a branch of one link along column 2 and of two along column 1.
  EXPECT_EQ(countTraffic(problem, placement), (Traffic{50, 10}));
  problem.multicast = false;
  EXPECT_EQ(countTraffic(problem, placement), (Traffic{80, 30}));
  problem.nets[0].loadsLinks = false;
  EXPECT_EQ(countTraffic(problem, placement), (Traffic{80, 0}));
}

TEST(PlacementTest, LinksOfBothDirectionsCountApart) {
  Problem problem = emptyProblem(3, 3, 3);
  problem.addNet(0, {1}, 3);
  problem.addNet(1, {0}, 5);
  problem.addNet(3, {2}, 4); // the host, at (0, 0)
  const Placement placement = {{2, 1}, {0, 1}, {0, 2}};
  EXPECT_EQ(countTraffic(problem, placement), (Traffic{3 * 2 + 5 * 2 + 4 * 2, 5}));
  problem.addNet(3, {1}, 2);
  EXPECT_EQ(countTraffic(problem, placement), (Traffic{3 * 2 + 5 * 2 + 4 * 2 + 2, 6}));
}

TEST(PlacementTest, Curves) {
  EXPECT_EQ(rasterOrder(3, 2), (std::vector<uint32_t>{0, 1, 2, 5, 4, 3}));
  EXPECT_EQ(hilbertOrder(2, 2), (std::vector<uint32_t>{0, 2, 3, 1}));
  EXPECT_EQ(hilbertOrder(4, 4), (std::vector<uint32_t>{0, 1, 5, 4, 8, 12, 13, 9, 10, 14, 15, 11, 7, 6, 2, 3}));
  EXPECT_EQ(snakeOrder(3, 3, 2, 2, true), (std::vector<uint32_t>{0, 1, 4, 3, 2, 5, 6, 7, 8}));
  EXPECT_EQ(snakeOrder(3, 3, 2, 2, false), (std::vector<uint32_t>{0, 3, 4, 1, 2, 5, 6, 7, 8}));
}

TEST(PlacementTest, HilbertVisitsEveryPositionOnceAndItsNeighbourNext) {
  for (uint32_t columns = 1; columns <= 20; ++columns)
    for (uint32_t rows = 1; rows <= 20; ++rows) {
      const Problem problem = emptyProblem(columns, rows, 0);
      const std::vector<uint32_t> order = hilbertOrder(columns, rows);
      std::vector<uint32_t> sorted = order;
      std::sort(sorted.begin(), sorted.end());
      std::vector<uint32_t> all(columns * rows);
      std::iota(all.begin(), all.end(), 0);
      ASSERT_EQ(sorted, all) << columns << " x " << rows;
      EXPECT_EQ(order.front(), 0u);
      int diagonal = 0;
      for (size_t i = 1; i < order.size(); ++i) {
        const Point a = problem.pointOf(order[i - 1]), b = problem.pointOf(order[i]);
        EXPECT_TRUE(distance(a, b) == 1 || (std::abs(a.x - b.x) == 1 && std::abs(a.y - b.y) == 1));
        diagonal += distance(a, b) != 1;
      }
      EXPECT_LE(diagonal, columns % 2 == 0 && rows % 2 == 0 ? 0 : 1) << columns << " x " << rows;
    }
}

TEST(PlacementTest, BaselinesByHand) {
  Problem problem = emptyProblem(3, 2, 4);
  problem.areaOfPosition[1] = blocked; // (1, 0)
  EXPECT_EQ(*place(problem, Placer::Raster), (Placement{{0, 0}, {2, 0}, {2, 1}, {1, 1}}));
  problem = emptyProblem(2, 2, 3);
  EXPECT_EQ(*place(problem, Placer::Hilbert), (Placement{{0, 0}, {0, 1}, {1, 1}}));
  // Core 0 sends to core 2 alone: force brings the two together, beside core 1.
  problem.addNet(0, {2}, 7);
  problem.addNet(1, {2}, 1);
  EXPECT_EQ(countByteHops(problem, *place(problem, Placer::Hilbert)), 7u * 2 + 1);
  EXPECT_EQ(countByteHops(problem, *place(problem, Placer::HilbertForce)), 7u + 1);
}

TEST(PlacementTest, ForcesEndWhereNoSwapOfNeighboursHelps) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    Problem problem = randomProblem(6, 5, 25, seed, /*multicast=*/false); // as the paper counts
    Placement placement = *place(problem, Placer::HilbertForce);
    const uint64_t cost = countByteHops(problem, placement);
    EXPECT_LT(cost, countByteHops(problem, *place(problem, Placer::Hilbert)));
    MovableCost movable(problem, placement);
    for (uint32_t core = 0; core < problem.cores; ++core)
      for (uint32_t position = 0; position < 30; ++position)
        if (distance(placement[core], problem.pointOf(position)) == 1) {
          EXPECT_GE(movable.changeOf(core, position), 0) << "seed " << seed;
        }
  }
}

TEST(PlacementTest, CostOfMovesIsWhatCountingFromNothingSays) {
  for (const bool multicast : {true, false})
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      const Problem problem = randomProblem(7, 5, 24, seed, multicast);
      MovableCost cost(problem, *place(problem, Placer::Raster));
      Draw draw(seed);
      for (int i = 0; i < 400; ++i) {
        ASSERT_EQ(cost.byteHops(), countByteHops(problem, cost.placement())) << "seed " << seed << " move " << i;
        const uint32_t core = draw.below(problem.cores), position = draw.below(35);
        if (cost.mayMove(core, position))
          cost.move(core, position, cost.changeOf(core, position));
      }
      EXPECT_TRUE(isLegal(problem, cost.placement()));
    }
}

TEST(PlacementTest, TrafficIsNeverDearerThanABaseline) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const Problem problem = randomProblem(8, 8, 50, seed);
    const uint64_t traffic = costOf(problem, Placer::Traffic);
    EXPECT_GE(traffic, leastByteHops(problem));
    for (Placer placer : {Placer::Raster, Placer::Hilbert, Placer::HilbertForce})
      EXPECT_LE(traffic, costOf(problem, placer));
  }
  const Problem staged = stagedProblem(10, 10, 6, 8);
  EXPECT_LE(10 * costOf(staged, Placer::Traffic), 9 * costOf(staged, Placer::HilbertForce));
}

TEST(PlacementTest, LinkLevelsByHand) {
  Problem problem = emptyProblem(3, 2, 2);
  problem.addNet(0, {1}, 10);
  LinkLevels links(problem, {{0, 0}, {2, 1}}); // (0, 0) -> (1, 0) -> (2, 0) -> (2, 1)
  links.add({1, 0}, {2, 0}, 5);
  links.add({2, 0}, {0, 0}, 7);
  EXPECT_EQ(links.largest(), 15u);
  links.setLevel(8, 15);
  EXPECT_EQ(links.excess(), 2u + 7 + 2);
  ASSERT_EQ(links.linksAbove().size(), 3u);
  const LinkLevels::Link busiest = links.linksAbove().front();
  EXPECT_EQ(links.begin(busiest), (Point{1, 0}));
  EXPECT_EQ(links.step(busiest), (Point{1, 0}));
  links.add({1, 0}, {0, 0}, 9);
  EXPECT_TRUE(links.isOverfull());
  EXPECT_EQ(links.excess(), 2u + 7 + 2 + 8);
  links.remove({2, 0}, {0, 0}, 7);
  EXPECT_FALSE(links.isOverfull());
  links.remove({0, 0}, {2, 0}, 10);
  EXPECT_EQ(links.excess(), 2u + 1);
  EXPECT_EQ(links.linksAbove().size(), 2u);
}

TEST(PlacementTest, ReliefPartsPathsThatShareALink) {
  Problem problem = emptyProblem(3, 2, 3);
  problem.fixedPosition[0] = 0;
  problem.areaOfPosition[1] = blocked; // (1, 0)
  problem.addNet(1, {0}, 10);
  problem.addNet(2, {0}, 10);
  const Placement shared = {{0, 0}, {0, 1}, {1, 1}}; // both come through (0, 1) -> (0, 0)
  MovableCost cost(problem, shared);
  LinkRelief(problem, cost, cost.byteHops() - 1).run(1000);
  EXPECT_EQ(cost.placement(), shared);
  LinkRelief(problem, cost, cost.byteHops()).run(0);
  EXPECT_EQ(cost.placement(), shared);
  LinkRelief(problem, cost, cost.byteHops()).run(1000);
  EXPECT_EQ(cost.placement(), (Placement{{0, 0}, {0, 1}, {2, 0}}));
  EXPECT_EQ(countTraffic(problem, cost.placement()), (Traffic{30, 10}));
}

TEST(PlacementTest, ReliefMakesADearMoveThatAnotherMakesUpFor) {
  Problem problem = emptyProblem(3, 2, 5);
  problem.fixedPosition[0] = 0; // (0, 0)
  problem.fixedPosition[4] = 2; // (2, 0)
  problem.addNet(1, {0}, 10);
  problem.addNet(2, {0}, 10);
  problem.addNet(3, {4}, 30, /*loadsLinks=*/false);
  problem.addNet(0, {4}, 100, /*loadsLinks=*/false); // a detour may cost a tenth of everything
  const Placement shared = {{0, 0}, {0, 1}, {1, 1}, {1, 0}, {2, 0}};
  EXPECT_EQ(countTraffic(problem, shared), (Traffic{260, 20}));
  // Core 2 parts from core 1 at (1, 0) alone, where core 3 stands: 20 more. From there core 3 goes to (2, 1): 30 less.
  MovableCost cost(problem, shared);
  LinkRelief(problem, cost, cost.byteHops()).run(1000);
  EXPECT_EQ(countTraffic(problem, cost.placement()), (Traffic{250, 10}));
}

TEST(PlacementTest, ReliefNeverLoadsALinkMoreAndKeepsWithinItsBound) {
  uint64_t before = 0, after = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Problem problem = randomProblem(8, 7, 40, seed, /*multicast=*/seed % 2 == 0);
    problem.fixedPosition[3] = 55, problem.areaOfPosition[20] = blocked;
    for (size_t n = 0; n < problem.nets.size(); n += 5)
      problem.nets[n].loadsLinks = false;
    const Placement start = *place(problem, Placer::HilbertForce);
    const Traffic first = countTraffic(problem, start);
    const uint64_t most = first.byteHops + first.byteHops / 100;
    for (uint64_t work : {300, 3'000, 30'000, 300'000}) {
      MovableCost cost(problem, start);
      LinkRelief(problem, cost, most).run(work);
      ASSERT_TRUE(isLegal(problem, cost.placement()));
      const Traffic last = countTraffic(problem, cost.placement());
      EXPECT_EQ(last.byteHops, cost.byteHops());
      EXPECT_LE(last.byteHops, most);
      EXPECT_LE(last.largestLinkLoad, first.largestLinkLoad);
      before += first.largestLinkLoad, after += last.largestLinkLoad;
    }
  }
  EXPECT_LT(10 * after, 8 * before);
}

TEST(PlacementTest, TrafficFindsTheOptimumOfSmallGrids) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const Problem problem = randomProblem(3, 2, 5, seed);
    std::vector<uint32_t> positions = {0, 1, 2, 3, 4, 5};
    uint64_t least = UINT64_MAX;
    do {
      Placement placement;
      for (uint32_t core = 0; core < problem.cores; ++core)
        placement.push_back(problem.pointOf(positions[core]));
      least = std::min(least, countByteHops(problem, placement));
    } while (std::next_permutation(positions.begin(), positions.end()));
    EXPECT_EQ(costOf(problem, Placer::Traffic), least) << "seed " << seed;
    EXPECT_LE(leastByteHops(problem), least);
  }
}

TEST(PlacementTest, LeastByteHopsByHand) {
  Problem problem = emptyProblem(2, 2, 4);
  problem.addNet(0, {1, 2}, 5); // two links
  problem.addNet(4, {0, 1}, 3); // one of them may stand where the host is
  problem.addNet(2, {4}, 7);    // at best at the host
  problem.addNet(3, {4}, 2);    // at best beside it
  EXPECT_EQ(leastByteHops(problem), 5u * 2 + 3 + 0 + 2);
}

TEST(PlacementTest, AreasFixedCoresAndBlockedPositionsHoldUnderEveryPlacer) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    Problem problem = randomProblem(8, 8, 40, seed);
    for (uint32_t y = 4; y < 7; ++y)
      for (uint32_t x = 1; x < 4; ++x)
        problem.areaOfPosition[y * 8 + x] = 1;
    for (uint32_t core = 10; core < 18; ++core)
      problem.areaOfCore[core] = 1;
    for (uint32_t position : {3u, 9u, 20u, 63u})
      problem.areaOfPosition[position] = blocked;
    problem.fixedPosition[5] = 62;
    problem.fixedPosition[6] = 0;
    for (Placer placer : allPlacers)
      costOf(problem, placer);
    problem.areaOfPosition[4 * 8 + 1] = problem.areaOfPosition[4 * 8 + 2] = blocked; // 7 positions for 8 cores
    for (Placer placer : allPlacers)
      EXPECT_FALSE(place(problem, placer));
  }
}

TEST(PlacementTest, TheSameProblemGivesTheSamePlacement) {
  const Problem problem = randomProblem(9, 7, 60, 3);
  for (Placer placer : allPlacers)
    EXPECT_EQ(*place(problem, placer), *place(problem, placer));
}

TEST(PlacementTest, NothingToPlaceAndNoRoom) {
  for (Placer placer : allPlacers) {
    EXPECT_EQ(place(emptyProblem(2, 2, 0), placer), Placement());
    EXPECT_EQ(place(emptyProblem(1, 1, 1), placer), Placement{Point()});
    EXPECT_FALSE(place(emptyProblem(2, 2, 5), placer));
  }
}

TEST(PlacementTest, WordsOfPlacers) {
  EXPECT_EQ(parsePlacer("raster"), Placer::Raster);
  EXPECT_EQ(parsePlacer("hilbert"), Placer::Hilbert);
  EXPECT_EQ(parsePlacer("hilbert+force"), Placer::HilbertForce);
  EXPECT_EQ(parsePlacer("traffic"), Placer::Traffic);
  EXPECT_FALSE(parsePlacer("Traffic"));
}

} // namespace
