//===- EnginesTest.cpp - the same bits from both engines, and no packet lost -----===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/CoreEngine/CoreEngine.h"
#include "runtime/Cost/TickLoads.h"
#include "runtime/Format/Cost.h"
#include "runtime/Format/Verifier.h"
#include "runtime/FusedEngine/FusedEngine.h"
#include "test/unit/Programs/Programs.h"

#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>

using namespace wage::rt;
using namespace wage::rt::testing;

namespace {

/// Logits of `count` images on a fresh engine.
std::vector<int64_t> logitsOf(const Program &program, Kind kind, const std::vector<uint8_t> &images, uint32_t count) {
  std::unique_ptr<Engine> engine;
  if (kind == Kind::Core)
    engine = std::make_unique<CoreEngine>(program, 2);
  else
    engine = std::move(*FusedEngine::create(program, 2));
  StepInput input;
  input.images = images.data();
  input.count = count;
  StepOutput output;
  const Status status = engine->run(input, output);
  EXPECT_TRUE(status.ok()) << status.text();
  return output.logits;
}

void expectEqual(const Counters &a, const Counters &b) {
  EXPECT_EQ(a.cycles, b.cycles);
  EXPECT_EQ(a.packets, b.packets);
  EXPECT_EQ(a.packetBytes, b.packetBytes);
  EXPECT_EQ(a.byteHops, b.byteHops);
  EXPECT_EQ(a.offChipBytes, b.offChipBytes);
  EXPECT_EQ(a.macs, b.macs);
  EXPECT_EQ(a.energyPj, b.energyPj);
}

class Engines : public ::testing::TestWithParam<std::string> {
protected:
  const Program program = readTestProgram(GetParam());
};

/// Logits, exponents, every traced tensor and the weights after training: one to four threads, both engines.
TEST_P(Engines, GiveTheSameBitsForAnyThreads) {
  Schedule schedule;
  schedule.trace = true;
  const Outcome expected = runProgram(program, Kind::Core, 1, schedule);
  ASSERT_EQ(expected.problem, "");
  ASSERT_FALSE(expected.traced.empty());
  for (unsigned threads = 1; threads <= 4; ++threads) {
    const Outcome core = runProgram(program, Kind::Core, threads, schedule);
    EXPECT_TRUE(core == expected) << threads << " threads, core engine " << core.problem;
    expectEqual(core.counters, expected.counters);
    const Outcome fused = runProgram(program, Kind::Fused, threads, schedule);
    EXPECT_TRUE(fused == expected) << threads << " threads, fused engine " << fused.problem;
  }
}

/// Tracing only looks: the numbers are those of a run without it.
TEST_P(Engines, AreNotChangedByTracing) {
  Schedule traced;
  traced.trace = true;
  for (Kind kind : {Kind::Core, Kind::Fused}) {
    const Outcome with = runProgram(program, kind, 2, traced), without = runProgram(program, kind, 2);
    EXPECT_EQ(with.numbers, without.numbers);
    EXPECT_FALSE(with.traced.empty());
    EXPECT_TRUE(without.traced.empty());
  }
}

/// Every route in turn loses its packets. The core engine says which core waits in which phase for which route; it neither
/// hangs nor gives a number.
TEST_P(Engines, NoticeEveryLostPacket) {
  for (uint32_t route = 0; route < program.routes.size(); ++route)
    for (unsigned threads : {1u, 3u}) {
      CoreEngine engine(program, threads);
      engine.dropPacketsOf(route);
      const std::string problem = runEngine(program, engine).problem;
      const bool toHost = program.routes[route].destinations[0] == hostNode;
      EXPECT_EQ(problem.find(toHost ? "host waits in phase '" : "core ("), 0u) << "route " << route << ": " << problem;
      EXPECT_NE(problem.find("for a packet of route " + std::to_string(route) + " "), std::string::npos) << problem;
      EXPECT_NE(problem.find("phase '"), std::string::npos) << problem;
      EXPECT_NE(problem.find("that never came"), std::string::npos) << problem;
    }
}

/// An image's logits are its own, whatever else is in the batch and however large that is.
TEST_P(Engines, InferEachSampleByItself) {
  const uint32_t count = program.config.maxBatch;
  const std::vector<uint8_t> images = drawImages(program, count, 3);
  const size_t bytes = images.size() / count;
  for (Kind kind : {Kind::Core, Kind::Fused}) {
    const std::vector<int64_t> together = logitsOf(program, kind, images, count);
    ASSERT_EQ(together.size(), size_t(count) * program.classes);
    for (uint32_t first = 0; first < count; first += 3) {
      const uint32_t tail = std::min(3u, count - first);
      const std::vector<uint8_t> some(images.begin() + static_cast<ptrdiff_t>(first * bytes),
                                      images.begin() + static_cast<ptrdiff_t>((first + tail) * bytes));
      const auto begin = together.begin() + static_cast<ptrdiff_t>(first * program.classes);
      EXPECT_EQ(logitsOf(program, kind, some, tail),
                std::vector<int64_t>(begin, begin + static_cast<ptrdiff_t>(tail * program.classes)));
    }
  }
}

/// The network compiled for inference gives the logits of the untrained training binary.
TEST_P(Engines, InferAsTheInferenceBinary) {
  const Program inference = readTestProgram(GetParam() + ".infer");
  const std::vector<uint8_t> images = drawImages(program, 4, 9);
  const std::vector<int64_t> expected = logitsOf(program, Kind::Core, images, 4);
  for (Kind kind : {Kind::Core, Kind::Fused}) {
    EXPECT_EQ(logitsOf(inference, kind, images, 4), expected);
    EXPECT_EQ(logitsOf(program, kind, images, 4), expected);
  }
  EXPECT_NE(expected, std::vector<int64_t>(expected.size(), expected[0])) << "logits that tell nothing apart";
}

/// The core engine counts what the program says: one packet per route and sample (or step), the multiplications of each block.
TEST_P(Engines, CountPacketsAndProducts) {
  CoreEngine engine(program, 2);
  const std::vector<uint8_t> images = drawImages(program, 4, 1);
  StepInput input;
  input.images = images.data();
  input.count = 4;
  StepOutput output;
  ASSERT_TRUE(engine.run(input, output).ok());
  const Program inference = readTestProgram(GetParam() + ".infer");
  uint64_t macs = 0, bytes = 0;
  for (const Core &core : inference.cores)
    if (core.layer != noIndex)
      macs += blockOf(inference, core).weights() * inference.layers[core.layer].geometry.positions();
  for (const Route &route : inference.routes)
    bytes += (uint64_t(route.elements) * chipBits(route.type) + 7) / 8;
  EXPECT_EQ(engine.counters().macs, 4 * macs);
  EXPECT_EQ(engine.counters().packets, 4 * inference.routes.size());
  EXPECT_EQ(engine.counters().packetBytes, 4 * bytes);
  EXPECT_GE(engine.counters().byteHops, engine.counters().packetBytes / 2);
  EXPECT_GT(engine.counters().cycles, 0u);
}

INSTANTIATE_TEST_SUITE_P(All, Engines, ::testing::ValuesIn(everyProgram()),
                         [](const auto &info) { return info.param; });

/// Programs whose cores exchange events.
class EventEngines : public Engines {};

TEST_P(EventEngines, GiveTheSameBitsForAnyThreads) {
  ASSERT_TRUE(program.hasEvents());
  Schedule schedule;
  schedule.trace = true;
  const Outcome expected = runProgram(program, Kind::Core, 1, schedule);
  ASSERT_EQ(expected.problem, "");
  EXPECT_GT(expected.counters.spikes, 0u);
  EXPECT_GT(expected.counters.synapticEvents, 0u);
  EXPECT_GT(expected.counters.ticks, 0u);
  for (unsigned threads = 1; threads <= 4; ++threads) {
    const Outcome core = runProgram(program, Kind::Core, threads, schedule);
    EXPECT_TRUE(core == expected) << threads << " threads, core engine " << core.problem;
    expectEqual(core.counters, expected.counters);
    EXPECT_EQ(core.counters.spikes, expected.counters.spikes);
    EXPECT_EQ(core.counters.synapticEvents, expected.counters.synapticEvents);
    const Outcome fused = runProgram(program, Kind::Fused, threads, schedule);
    EXPECT_TRUE(fused == expected) << threads << " threads, fused engine " << fused.problem;
  }
}

TEST_P(EventEngines, NoticeEveryLostPacket) {
  for (uint32_t route = 0; route < program.routes.size(); ++route) {
    CoreEngine engine(program, 2);
    engine.dropPacketsOf(route);
    const std::string problem = runEngine(program, engine).problem;
    EXPECT_NE(problem.find("for a packet of route " + std::to_string(route) + " "), std::string::npos) << problem;
  }
}

/// Every sample has its own windows of ticks.
TEST_P(EventEngines, CountTheTicksOfEverySample) {
  uint64_t ofSample = 0;
  for (uint32_t phase = 0; phase < program.inferPhases; ++phase)
    ofSample += ticksOf(program, phase);
  ASSERT_GT(ofSample, 0u);
  const uint32_t count = std::min(3u, program.config.maxBatch);
  const std::vector<uint8_t> images = drawImages(program, count, 6);
  CoreEngine engine(program, 1);
  StepInput input;
  input.images = images.data();
  input.count = count;
  StepOutput output;
  ASSERT_TRUE(engine.run(input, output).ok());
  EXPECT_EQ(engine.counters().ticks, count * ofSample);
}

std::vector<std::string> eventPrograms() {
  std::vector<std::string> names = spikingPrograms();
  names.insert(names.end(), {"events", "events.infer", "shared"});
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, EventEngines, ::testing::ValuesIn(eventPrograms()),
                         [](const auto &info) { return caseNameOf(info.param); });

/// The least bytes per cycle with which the core engine finds no tick too full.
uint32_t leastBandwidth(Program program, bool isOfCrossings) {
  for (uint32_t bytes = 1; bytes < 4096; ++bytes) {
    (isOfCrossings ? program.chip.noc.interChipBytesPerCycle : program.chip.noc.linkBytesPerCycle) = bytes;
    if (runProgram(program, Kind::Core, 1).problem.empty())
      return bytes;
  }
  return 0;
}

/// All cores in one row, whose ticks come at a fixed time and are a cycle long; nothing but links can be too slow.
Program inOneRow(uint32_t coresOfAChip) {
  Program program = readTestProgram("spiking.rate");
  program.chip.gridColumns = coresOfAChip, program.chip.chipColumns = 64 / coresOfAChip;
  program.chip.gridRows = program.chip.chipRows = 1;
  CoreGroup &group = program.chip.groups.front();
  group.firstX = group.firstY = 0, group.columns = coresOfAChip, group.rows = 1, group.macsPerCycle = 1 << 20;
  for (uint32_t c = 0; c < program.cores.size(); ++c)
    program.cores[c].x = c, program.cores[c].y = 0;
  program.chip.noc.linkBytesPerCycle = 4096;
  program.chip.spikes.fixedTicks = true;
  program.chip.spikes.tickCycles = program.chip.spikes.eventBytes = 1;
  return program;
}

/// The synaptic events of the fullest tick of any core: as many cycles, each for one of them, hold it, and one less does not.
uint32_t fullestTick(Program program, const std::vector<uint8_t> &images, uint32_t count) {
  program.chip.groups.front().macsPerCycle = 1;
  StepInput input;
  input.images = images.data();
  input.count = count;
  auto problem = [&](uint32_t cycles) {
    program.chip.spikes.tickCycles = cycles;
    StepOutput output;
    return CoreEngine(program, 1).run(input, output).text();
  };
  uint32_t cycles = 1;
  for (std::string text = problem(cycles); !text.empty(); text = problem(cycles)) {
    const size_t end = text.find(" synaptic events in one tick");
    const size_t begin = text.rfind(' ', end - 1) + 1;
    const auto need = static_cast<uint32_t>(std::atoi(text.substr(begin, end - begin).c_str()));
    if (end == std::string::npos || need <= cycles) {
      ADD_FAILURE() << text;
      return 0;
    }
    cycles = need;
  }
  EXPECT_NE(problem(cycles - 1), "");
  return cycles;
}

TEST(FixedTicks, HoldEverySampleOfABatch) {
  const Program program = inOneRow(64);
  ASSERT_GE(program.config.maxBatch, 2u);
  const std::vector<uint8_t> some = drawImages(program, 1, 4), silent(some.size(), 127);
  std::vector<uint8_t> before = some, behind = silent;
  before.insert(before.end(), silent.begin(), silent.end());
  behind.insert(behind.end(), some.begin(), some.end());
  const uint32_t ofSome = fullestTick(program, some, 1), ofSilent = fullestTick(program, silent, 1);
  ASSERT_NE(ofSome, ofSilent);
  EXPECT_EQ(fullestTick(program, before, 2), std::max(ofSome, ofSilent));
  EXPECT_EQ(fullestTick(program, behind, 2), std::max(ofSome, ofSilent));
}

TEST(FixedTicks, CountPacketsOfAllDestinationsWithoutMulticast) {
  Program program = inOneRow(32);
  const auto several = std::find_if(program.routes.begin(), program.routes.end(), [](const Route &route) {
    return route.carriesEvents() && route.destinations.size() == 2 && route.source != hostNode;
  });
  ASSERT_NE(several, program.routes.end());
  // Of all events only those of this route go from one chip to the next.
  for (uint32_t c = several->source + 1; c < program.cores.size(); ++c)
    program.cores[c].x = 32 + c;
  const uint32_t once = leastBandwidth(program, true);
  EXPECT_GT(once, 1u);
  program.chip.noc.multicast = false;
  EXPECT_EQ(leastBandwidth(program, true), 2 * once);
  program.chip.noc.interChipBytesPerCycle = 2 * once - 1;
  EXPECT_TRUE(tickLoadsOf(program).link->isOver());
}

TEST(FixedTicks, LinksBetweenChipsHaveTheirOwnBandwidth) {
  Program oneChip = inOneRow(64), manyChips = inOneRow(1);
  EXPECT_EQ(leastBandwidth(manyChips, true), leastBandwidth(oneChip, false));
  manyChips.chip.noc.interChipBytesPerCycle = 1;
  EXPECT_TRUE(tickLoadsOf(manyChips).link->isOver());
}

/// Batches larger than what the core engine takes through a phase at once, whole and with a rest.
TEST(LargeBatches, GiveTheSameBits) {
  Schedule schedule;
  schedule.batches = {257, 129};
  for (const char *name : {"deep", "residual"}) {
    Program program = readTestProgram(name);
    program.config.maxBatch = 257;
    const Outcome core = runProgram(program, Kind::Core, 1, schedule);
    ASSERT_EQ(core.problem, "");
    EXPECT_TRUE(runProgram(program, Kind::Fused, 1, schedule) == core) << name;
  }
}

/// The events of a network say what its dense messages say: "deep", cut otherwise.
/// A file may ask for more memory than 64 bits count; a sum that runs over would ask for none.
TEST(HostMemory, IsNeverCountedTooSmall) {
  Program program;
  program.config.maxBatch = 1 << 24;
  program.templates.emplace_back();
  program.templates[0].buffers.push_back({"errors", ElementType::Int64, Lifetime::Batch, {1 << 30}, {0}});
  program.cores.resize(128); // 2^57 bytes each
  EXPECT_EQ(CoreEngine::leastHostMemory(program), ~uint64_t(0));
  program.cores.resize(1);
  EXPECT_EQ(CoreEngine::leastHostMemory(program), uint64_t(1) << 57);
}

TEST(Events, ChangeNoBits) {
  const Program dense = readTestProgram("deep"), events = readTestProgram("events");
  const std::vector<uint8_t> images = drawImages(dense, 5, 8);
  for (Kind kind : {Kind::Core, Kind::Fused})
    EXPECT_EQ(logitsOf(events, kind, images, 5), logitsOf(dense, kind, images, 5));
  const Outcome counted = runProgram(events, Kind::Core, 1);
  ASSERT_EQ(counted.problem, "");
  EXPECT_TRUE(std::any_of(counted.counters.layers.begin(), counted.counters.layers.end(), [](const LayerSpikes &layer) {
    return layer.areErrors && layer.spikes > 0;
  })) << "no error crosses as an event";
}

/// A table per channel: the odd channels' are read backwards, which is the one table fed with inverted bytes.
TEST(Encoding, TakesATablePerChannel) {
  const Program one = readTestProgram("deep.infer");
  Program perChannel = one;
  ASSERT_GT(one.inputChannels, 1u);
  for (uint32_t c = 1; c < one.inputChannels; ++c) {
    perChannel.encoderTable.insert(perChannel.encoderTable.end(), one.encoderTable.begin(), one.encoderTable.end());
    if (c % 2)
      std::reverse(perChannel.encoderTable.end() - 256, perChannel.encoderTable.end());
  }
  ASSERT_TRUE(verifyProgram(perChannel).ok());
  std::vector<uint8_t> images = drawImages(one, 3, 5), inverted = images;
  const size_t plane = size_t(one.inputHeight) * one.inputWidth;
  for (size_t i = 0; i < images.size(); ++i)
    if (i / plane % one.inputChannels % 2)
      inverted[i] = 255 - images[i];
  ASSERT_NE(images, inverted);
  for (Kind kind : {Kind::Core, Kind::Fused})
    EXPECT_EQ(logitsOf(perChannel, kind, images, 3), logitsOf(one, kind, inverted, 3));
}

/// What a chip cannot hold in its cores goes off chip, is counted there, and changes no number.
TEST(Spilling, CostsBytesAndNoBits) {
  const Program program = readTestProgram("deep"), spilled = readTestProgram("spilled");
  const Outcome a = runProgram(program, Kind::Core, 1), b = runProgram(spilled, Kind::Core, 1);
  EXPECT_EQ(a.numbers, b.numbers);
  EXPECT_EQ(a.counters.offChipBytes, 0u);
  EXPECT_GT(b.counters.offChipBytes, 0u);
  EXPECT_GT(b.counters.energyPj, a.counters.energyPj);
}

} // namespace
