//===- PlacementNetsTest.cpp - traffic as the placer and as the engine count it ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/PlacementNets.h"
#include "compiler/Conversion/IntegerToChip/PlacementWishes.h"
#include "test/unit/Programs/Programs.h"

#include <gtest/gtest.h>

using namespace wage;
using namespace wage::rt::testing;

namespace {

placement::Placement positionsOf(const rt::Program &program) {
  placement::Placement placement;
  for (const rt::Core &core : program.cores)
    placement.push_back({static_cast<int32_t>(core.x), static_cast<int32_t>(core.y)});
  return placement;
}

/// Bytes times hops of one batch more, by the core engine.
uint64_t engineByteHops(const rt::Program &program, uint32_t batch) {
  auto run = [&](std::vector<uint32_t> batches) {
    return runProgram(program, Kind::Core, 1, {std::move(batches)}).counters.byteHops;
  };
  return run({batch, batch}) - run({batch});
}

void expectEngineCounts(const rt::Program &program, const std::string &name) {
  rt::Program copy = program;
  const placement::Problem problem = chip::collectNets(copy);
  const uint32_t batch = program.config.mode == rt::Mode::Train ? program.config.maxBatch : 1;
  EXPECT_EQ(countByteHops(problem, positionsOf(program)), engineByteHops(program, batch)) << name;
}

TEST(PlacementNetsTest, EngineCountsTheSameTraffic) {
  for (const std::string &name : everyProgram()) {
    expectEngineCounts(readTestProgram(name), name);
  }
}

TEST(PlacementNetsTest, AndSoItDoesAlongOneRowOfCoresWithoutMulticast) {
  for (const std::string &name : everyProgram()) {
    rt::Program program = readTestProgram(name);
    program.chip.noc.multicast = false;
    for (uint32_t i = 0; i < program.cores.size() && program.cores.size() <= program.systemColumns(); ++i)
      program.cores[i].x = i, program.cores[i].y = 3;
    expectEngineCounts(program, name);
  }
}

TEST(PlacementNetsTest, AProgramKeepsItsOwnPlacement) {
  for (const std::string &name : everyProgram()) {
    rt::Program program = readTestProgram(name);
    const placement::Placement before = positionsOf(program);
    placement::Problem problem = chip::collectNets(program);
    ASSERT_FALSE(bool(chip::setAreas(problem, program, {})));
    ASSERT_FALSE(bool(chip::keepPlacement(problem, program, readTestProgram(name))));
    EXPECT_EQ(*place(problem, placement::Placer::Traffic), before) << name;
  }
}

TEST(PlacementNetsTest, AChangedLayerIsPlacedAnewAndNoOther) {
  rt::Program program = readTestProgram("deep");
  rt::Program earlier = program;
  const uint32_t layer = program.cores.back().layer;
  ASSERT_NE(layer, rt::noIndex);
  ++earlier.layers[layer].geometry.neurons;
  placement::Problem problem = chip::collectNets(program);
  ASSERT_FALSE(bool(chip::setAreas(problem, program, {})));
  ASSERT_FALSE(bool(chip::keepPlacement(problem, program, earlier)));
  for (uint32_t core = 0; core < problem.cores; ++core)
    EXPECT_EQ(problem.isFixed(core), program.cores[core].layer != layer) << core;
}

} // namespace
