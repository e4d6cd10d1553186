//===- StaticCostTest.cpp - costs without running are what the core engine counts ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Cost/StaticCost.h"
#include "runtime/CoreEngine/CoreEngine.h"
#include "test/unit/Programs/Mutations.h"
#include "test/unit/Programs/Programs.h"

#include <gtest/gtest.h>

using namespace wage::rt;
using namespace wage::rt::testing;

namespace {

/// What the core engine counts for one batch.
Counters countRun(const Program &program, uint32_t samples, bool train) {
  CoreEngine engine(program, 2);
  const std::vector<uint8_t> images = drawImages(program, samples, 5);
  const std::vector<uint32_t> labels = drawLabels(program, samples, 6);
  StepInput input;
  input.images = images.data();
  input.labels = train ? labels.data() : nullptr;
  input.count = samples;
  StepOutput output;
  const Status status = engine.run(input, output);
  EXPECT_TRUE(status.ok()) << status.text();
  return engine.counters();
}

void expectCounted(const Program &program, const RunCost &run, const Counters &counted) {
  const CostSums total = run.total();
  EXPECT_EQ(run.cycles, counted.cycles);
  EXPECT_EQ(total.macs, counted.macs);
  EXPECT_EQ(total.memoryBytes, counted.memoryBytes);
  EXPECT_EQ(total.offChipBytes, counted.offChipBytes);
  EXPECT_EQ(total.packets, counted.packets);
  EXPECT_EQ(total.packetBytes, counted.packetBytes);
  EXPECT_EQ(total.byteHops, counted.byteHops);
  EXPECT_EQ(total.energy(program.chip).total(), counted.energyPj);
}

/// Compares inference, and training where the program can, with the core engine.
void compareWithEngine(const Program &program, uint32_t samples) {
  const Expected<StaticCost> cost = staticCost(program, samples);
  ASSERT_TRUE(bool(cost)) << cost.status().text();
  expectCounted(program, cost->inference, countRun(program, samples, false));
  ASSERT_EQ(cost->training.size(), program.config.mode == Mode::Train ? 1u : 0u);
  for (const RunCost &run : cost->training)
    expectCounted(program, run, countRun(program, samples, true));
}

StaticCost costOfProgram(const Program &program, uint32_t samples) {
  Expected<StaticCost> cost = staticCost(program, samples);
  EXPECT_TRUE(bool(cost)) << cost.status().text();
  return std::move(*cost);
}

bool equal(const CostSums &a, const CostSums &b) {
  return a.macs == b.macs && a.memoryBytes == b.memoryBytes && a.offChipBytes == b.offChipBytes &&
         a.packets == b.packets && a.packetBytes == b.packetBytes && a.byteHops == b.byteHops &&
         a.weightWrites == b.weightWrites && a.busyCycles == b.busyCycles;
}

/// Other numbers of the chip, and other places of the cores on it.
void redraw(Program &program, Dice &dice) {
  ChipDescription &chip = program.chip;
  chip.noc.multicast = dice.below(2);
  chip.noc.linkBytesPerCycle = 1 + dice.below(40);
  chip.noc.hopCycles = dice.below(9);
  chip.noc.interChipCycles = dice.below(200);
  chip.offChip.bytesPerCycle = 1 + dice.below(40);
  chip.offChip.portX = dice.below(program.systemColumns());
  chip.offChip.portY = dice.below(program.systemRows());
  chip.energy = {0.1 * dice.below(9), 0.3 * dice.below(9), 0.7 * dice.below(9), 1.1 * dice.below(99)};
  for (CoreGroup &group : chip.groups) {
    group.macsPerCycle = 1 + dice.below(20);
    group.dataBytesPerCycle = 1 + dice.below(20);
  }
  std::vector<uint32_t> places(program.systemColumns() * program.systemRows());
  for (uint32_t i = 0; i < places.size(); ++i)
    places[i] = i;
  for (uint32_t i = 0; i < program.cores.size(); ++i) {
    std::swap(places[i], places[i + dice.below(static_cast<uint32_t>(places.size()) - i)]);
    program.cores[i].x = places[i] % program.systemColumns();
    program.cores[i].y = places[i] / program.systemColumns();
  }
}

/// Other numbers of samples with a place in a buffer.
void redrawSlots(Program &program, Dice &dice) {
  for (Template &t : program.templates)
    for (BufferDecl &buffer : t.buffers)
      if (buffer.lifetime == Lifetime::Sample)
        buffer.slots = 1 + dice.below(std::min(program.config.maxBatch, 4u));
}

class Costs : public ::testing::TestWithParam<std::string> {
protected:
  const Program program = readTestProgram(GetParam());
};

/// Cycles, bytes, packets, hops, products and energy, for the smallest, a middle and the largest batch.
TEST_P(Costs, AreWhatTheEngineCounts) {
  for (uint32_t samples : {1u, 2u, std::min(program.config.maxBatch, 40u)})
    compareWithEngine(program, std::min(samples, program.config.maxBatch));
}

/// The same on 25 random chips with the cores at random places.
TEST_P(Costs, AreWhatTheEngineCountsOnRandomChips) {
  Dice dice(23);
  for (int round = 0; round < 25; ++round) {
    Program other = program;
    redraw(other, dice);
    compareWithEngine(other, 1 + dice.below(std::min(program.config.maxBatch, 5u)));
    if (HasFailure())
      break;
  }
}

/// The same where buffers have places for other numbers of samples.
TEST_P(Costs, AreWhatTheEngineCountsWhateverWaits) {
  Dice dice(25);
  for (int round = 0; round < 25 && !HasFailure(); ++round) {
    Program other = program;
    redraw(other, dice);
    redrawSlots(other, dice);
    compareWithEngine(other, 1 + dice.below(std::min(program.config.maxBatch, 5u)));
  }
}

/// The same where a few cores hold all blocks, which then take turns.
TEST_P(Costs, AreWhatTheEngineCountsOfSharedCores) {
  Dice dice(24);
  for (int round = 0; round < 25; ++round) {
    Program other = program;
    redraw(other, dice);
    redrawSlots(other, dice);
    const uint32_t shared = 1 + dice.below(static_cast<uint32_t>(program.cores.size()));
    for (size_t i = shared; i < other.cores.size(); ++i) {
      const Core &host = other.cores[dice.below(shared)];
      other.cores[i].x = host.x, other.cores[i].y = host.y;
    }
    compareWithEngine(other, 1 + dice.below(std::min(program.config.maxBatch, 5u)));
    if (HasFailure())
      break;
  }
}

/// All blocks on one core: nothing overlaps, so that a sample takes what all instructions take, and what is waited for packets.
TEST_P(Costs, OfOneCoreAreAllInstructions) {
  Program other = program;
  for (Core &core : other.cores)
    core.x = core.y = 0;
  const StaticCost cost = costOfProgram(other, 1);
  for (const PhaseCost &phase : cost.phases) {
    uint64_t busy = 0;
    for (const CoreSpan &span : phase.spans)
      busy += span.busy;
    EXPECT_EQ(phase.busiestCoreCycles, busy);
    EXPECT_GE(phase.latencyCycles, busy);
  }
}

/// Tables by part, by stage and by core are the same sums cut differently, and links carry the packets' share of byte-hops.
TEST_P(Costs, AddUpEitherWay) {
  const StaticCost cost = costOfProgram(program, 2);
  std::vector<const RunCost *> runs{&cost.inference};
  for (const RunCost &run : cost.training)
    runs.push_back(&run);
  for (const RunCost *run : runs) {
    CostSums ofCores = run->stages.back().total(); // the host's
    for (const CostSums &core : run->cores)
      ofCores += core;
    EXPECT_TRUE(equal(ofCores, run->total()));
    uint64_t linkBytes = 0, offChipHops = 0;
    for (const LinkLoad &load : run->links)
      linkBytes += load.bytes;
    for (uint32_t c = 0; c < program.cores.size(); ++c) {
      const int64_t dx = int64_t(program.cores[c].x) - program.chip.offChip.portX;
      const int64_t dy = int64_t(program.cores[c].y) - program.chip.offChip.portY;
      offChipHops += run->cores[c].offChipBytes * (std::abs(dx) + std::abs(dy));
    }
    EXPECT_EQ(linkBytes + offChipHops, run->total().byteHops);
  }
}

/// A core works between its begin and its end, and the last end is the phase's latency.
TEST_P(Costs, KeepCoresWithinTheirPhase) {
  const StaticCost cost = costOfProgram(program, 1);
  ASSERT_EQ(cost.phases.size(), program.phases.size());
  for (const PhaseCost &phase : cost.phases) {
    uint64_t last = 0, busiest = 0;
    for (const CoreSpan &span : phase.spans) {
      EXPECT_LE(span.begin + span.busy, span.end);
      last = std::max(last, span.end);
      busiest = std::max(busiest, span.busy);
    }
    EXPECT_EQ(phase.latencyCycles, last);
    EXPECT_EQ(phase.busiestCoreCycles, busiest);
    EXPECT_GE(phase.intervalCycles, busiest);
  }
}

/// Inference is all forward; a gradient takes as many products as its layer's forward pass; each master is written once.
TEST_P(Costs, TellThePartsOfTrainingApart) {
  const StaticCost cost = costOfProgram(program, 3);
  for (const RunCost &run : cost.training) {
    const PartSums parts = run.parts();
    const uint64_t forward = parts[CostPart::Forward].macs;
    uint64_t learned = 0, weights = 0;
    for (uint32_t i = 0; i < program.layers.size(); ++i) {
      const Layer &layer = program.layers[i];
      learned += program.learns(layer) ? run.stages[i][CostPart::Forward].macs : 0;
      weights += program.learns(layer) ? uint64_t(layer.geometry.weights()) : 0;
      EXPECT_EQ(run.stages[i][CostPart::Gradient].macs,
                program.learns(layer) ? run.stages[i][CostPart::Forward].macs : 0);
    }
    EXPECT_EQ(parts[CostPart::Gradient].macs, learned);
    EXPECT_LE(parts[CostPart::Error].macs, forward);
    // Who forms the gradient anew does it in the update.
    EXPECT_EQ(parts[CostPart::Update].macs, GetParam() == "recomputed" ? learned : 0u);
    EXPECT_EQ(parts[CostPart::Update].weightWrites, weights);
    EXPECT_EQ(run.total().weightWrites, weights);
  }
  const PartSums parts = cost.inference.parts();
  EXPECT_EQ(parts[CostPart::Forward].macs, cost.inference.total().macs);
  EXPECT_EQ(cost.inference.total().weightWrites, 0u);
}

std::vector<std::string> allPrograms() {
  std::vector<std::string> names = inferencePrograms();
  for (const std::string &name : everyProgram())
    names.insert(names.end(), {name, name + ".infer"});
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, Costs, ::testing::ValuesIn(allPrograms()),
                         [](const auto &info) { return caseNameOf(info.param); });

/// The most that events can cost: every axon has one in every tick.
class BoundsOfEvents : public ::testing::TestWithParam<std::string> {};

TEST_P(BoundsOfEvents, AreNeverPassedByARun) {
  const Program original = readTestProgram(GetParam());
  Dice dice(3);
  for (int chip = 0; chip < 25; ++chip) {
    Program program = original;
    redraw(program, dice);
    program.chip.spikes.eventBytes = 1 + dice.below(9);
    program.chip.spikes.tickCycles = 1 + dice.below(40);
    const uint32_t samples = 1 + dice.below(program.config.maxBatch);
    const StaticCost cost = costOfProgram(program, samples);
    const CostSums most = cost.inference.total();
    const Counters counted = countRun(program, samples, false);
    EXPECT_LE(counted.cycles, cost.inference.cycles) << "chip " << chip;
    EXPECT_LE(counted.macs, most.macs);
    EXPECT_LE(counted.memoryBytes, most.memoryBytes);
    EXPECT_LE(counted.packets, most.packets);
    EXPECT_LE(counted.packetBytes, most.packetBytes);
    EXPECT_LE(counted.byteHops, most.byteHops);
    EXPECT_LE(counted.spikes, most.spikes);
    EXPECT_LE(counted.synapticEvents, most.synapticEvents);
    EXPECT_LE(counted.energyPj, most.energy(program.chip).total());
    EXPECT_GT(counted.spikes, 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(All, BoundsOfEvents, ::testing::ValuesIn(spikingPrograms()),
                         [](const auto &info) { return caseNameOf(info.param); });

/// Swaps the first Send of a phase with a Receive behind it, where there are two such.
bool waitBeforeSending(Template &t, uint32_t phase) {
  for (uint32_t send = t.phaseBegin[phase]; send < t.phaseBegin[phase + 1]; ++send)
    for (uint32_t receive = send + 1; receive < t.phaseBegin[phase + 1]; ++receive)
      if (decodeInstruction(t.words, send).opcode == Opcode::Send &&
          decodeInstruction(t.words, receive).opcode == Opcode::Receive) {
        std::swap_ranges(t.words.begin() + send * instructionWords, t.words.begin() + (send + 1) * instructionWords,
                         t.words.begin() + receive * instructionWords);
        return true;
      }
  return false;
}

/// Cores that wait for the answer before they have asked: an error, as in the engine, and no endless loop.
TEST(StaticCostErrors, NamesThePhaseOfACircle) {
  Program program = readTestProgram("deep");
  const auto last = static_cast<uint32_t>(program.phases.size() - 1);
  bool changed = false;
  for (Template &t : program.templates)
    changed |= t.name.find("block") != std::string::npos && waitBeforeSending(t, last);
  ASSERT_TRUE(changed);
  const Expected<StaticCost> cost = staticCost(program, 1);
  ASSERT_FALSE(bool(cost));
  EXPECT_EQ(cost.status().text(), "cores wait for each other in a circle in phase 'update'");
}

} // namespace
