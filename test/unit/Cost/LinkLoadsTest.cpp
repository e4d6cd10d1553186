//===- LinkLoadsTest.cpp - loads of links against paths walked link by link ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Cost/LinkLoads.h"
#include "runtime/Format/Mesh.h"
#include "test/unit/Programs/Mutations.h"

#include <gtest/gtest.h>

#include <map>

using namespace wage::rt;
using namespace wage::rt::testing;

namespace {

/// A program of cores at all positions of a system of 3 x 2 chips of 4 x 5 cores, without streams.
Program meshProgram(bool multicast) {
  Program program;
  program.chip.gridColumns = 4;
  program.chip.gridRows = 5;
  program.chip.chipColumns = 3;
  program.chip.chipRows = 2;
  program.chip.noc.multicast = multicast;
  for (uint32_t y = 0; y < program.systemRows(); ++y)
    for (uint32_t x = 0; x < program.systemColumns(); ++x) {
      Core core;
      core.x = x;
      core.y = y;
      program.cores.push_back(core);
    }
  return program;
}

Route drawRoute(const Program &program, Dice &dice) {
  Route route;
  const auto cores = static_cast<uint32_t>(program.cores.size());
  route.source = dice.below(8) ? dice.below(cores) : hostNode;
  std::vector<bool> taken(cores, false);
  for (uint32_t i = 0, count = 1 + dice.below(9); i < count; ++i)
    if (const uint32_t core = dice.below(cores); !taken[core]) {
      taken[core] = true;
      route.destinations.push_back(core);
    }
  if (route.source != hostNode && dice.below(8) == 0)
    route.destinations = {hostNode};
  return route;
}

/// The number by which Mesh.h knows a link.
uint32_t meshNumber(const Program &program, LinkPosition link) {
  return 4 * (link.y * program.systemColumns() + link.x) + link.direction;
}

class Loads : public ::testing::TestWithParam<bool> {};

/// 300 random routes: links crossed, distances, and the bytes on each link are those of paths that are walked.
TEST_P(Loads, AreThoseOfWalkedPaths) {
  const Program program = meshProgram(GetParam());
  LinkLoads loads(program);
  Dice dice(11);
  for (int round = 0; round < 3; ++round) {
    std::map<uint32_t, uint64_t> expected, found;
    for (int i = 0; i < 100; ++i) {
      const Route route = drawRoute(program, dice);
      const uint64_t bytes = 1 + dice.below(1000);
      const RoutePath path = routePath(program, route);
      for (uint32_t link : path.links)
        expected[link] += bytes;
      EXPECT_EQ(loads.add(route, bytes), path.links.size());
      for (size_t d = 0; d < route.destinations.size(); ++d) {
        const RouteDistance way = routeDistance(program, route.source, route.destinations[d]);
        EXPECT_EQ(way.hops, path.hops[d]);
        EXPECT_EQ(way.chipCrossings, path.chipCrossings[d]);
      }
    }
    loads.drain([&](LinkPosition link, size_t index, uint64_t bytes) {
      EXPECT_LT(index, loads.size());
      found[meshNumber(program, link)] = bytes;
    });
    EXPECT_EQ(found, expected);
  }
}

INSTANTIATE_TEST_SUITE_P(Casts, Loads, ::testing::Bool(),
                         [](const auto &info) { return info.param ? "Multicast" : "Unicast"; });

/// A core at the host's own place: no link at all.
TEST(Loads, NeedNoLinkWithinACore) {
  const Program program = meshProgram(true);
  LinkLoads loads(program);
  Route route;
  route.source = hostNode;
  route.destinations = {0};
  EXPECT_EQ(loads.add(route, 7), 0u);
  loads.drain([](LinkPosition, size_t, uint64_t) { ADD_FAILURE() << "a link has load"; });
}

} // namespace
