//===- LivenessTest.cpp - when buffers may share memory ---------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Liveness.h"

#include <gtest/gtest.h>

using namespace wage::rt;

namespace {

constexpr LiveRange always{0, noIndex};

Operand number(int64_t value) { return {static_cast<int32_t>(value), false}; }

/// One core of one template with three phases, the first two per sample; buffers 0 to 5 of four elements.
struct Sketch {
  Program program;
  std::vector<std::vector<Instruction>> phases{3};
  Core core;

  Sketch() {
    program.phases.resize(3);
    program.phases[0].perSample = program.phases[1].perSample = true;
    program.templates.resize(1);
    for (int i = 0; i < 6; ++i) {
      BufferDecl buffer;
      buffer.elements = number(4);
      program.templates[0].buffers.push_back(buffer);
    }
  }
  BufferDecl &buffer(size_t index) { return program.templates[0].buffers[index]; }
  void clear(size_t phase, int64_t buffer) { phases[phase].push_back({Opcode::Clear, {number(buffer)}}); }
  void relu(size_t phase, int64_t from, int64_t to) {
    phases[phase].push_back({Opcode::Relu, {number(from), number(to)}});
  }
  /// A receive of packets that hold `parts`, from the first element on.
  void receive(int64_t buffer, const std::vector<std::pair<uint32_t, uint32_t>> &parts, int64_t mode = 0) {
    const auto first = static_cast<int64_t>(core.links.size());
    for (const auto &[offset, elements] : parts) {
      core.links.push_back({static_cast<uint32_t>(program.routes.size()), offset});
      program.routes.push_back({0, {0}, elements, ElementType::Int8});
    }
    phases[0].push_back({Opcode::Receive, {number(buffer), number(first), number(int64_t(parts.size())), number(mode)}});
  }
  LiveRange rangeOf(size_t index) {
    Template &t = program.templates[0];
    t.words.clear(), t.phaseBegin.clear();
    for (const auto &phase : phases) {
      t.phaseBegin.push_back(static_cast<uint32_t>(t.words.size() / instructionWords));
      for (const Instruction &instruction : phase)
        encodeInstruction(instruction, t.words);
    }
    t.phaseBegin.push_back(static_cast<uint32_t>(t.words.size() / instructionWords));
    return Liveness(program, t).rangeOf(index, core);
  }
};

TEST(Liveness, SampleBuffersAreNeededFromTheirWriterToTheirLastReader) {
  Sketch s;
  s.clear(0, 0), s.relu(0, 0, 1), s.relu(0, 1, 2);
  EXPECT_EQ(s.rangeOf(0), (LiveRange{0, 1}));
  EXPECT_EQ(s.rangeOf(1), (LiveRange{1, 2}));
  EXPECT_EQ(s.rangeOf(2), (LiveRange{2, 2}));
  EXPECT_TRUE(s.rangeOf(0).meets(s.rangeOf(1))); // one instruction reads one and writes the other
  EXPECT_FALSE(s.rangeOf(0).meets(s.rangeOf(2)));
}

TEST(Liveness, BatchBuffersAreNeededInWholePhases) {
  Sketch s;
  for (size_t i : {1, 2})
    s.buffer(i).lifetime = Lifetime::Batch;
  s.clear(0, 0), s.clear(0, 1), s.clear(1, 2), s.clear(1, 3), s.relu(1, 1, 4), s.clear(2, 5);
  EXPECT_EQ(s.rangeOf(1), (LiveRange{0, 4})); // other samples' slots, from the phase's first instruction to its last
  EXPECT_EQ(s.rangeOf(2), (LiveRange{2, 4}));
  EXPECT_TRUE(s.rangeOf(1).meets(s.rangeOf(0)));
  EXPECT_FALSE(s.rangeOf(2).meets(s.rangeOf(0)));
  EXPECT_TRUE(s.rangeOf(2).meets(s.rangeOf(3)));
}

TEST(Liveness, PlacesForFurtherSamplesAreNeededInWholePhases) {
  Sketch s;
  s.clear(0, 1), s.receive(0, {{0, 4}}), s.relu(0, 0, 2), s.clear(0, 3), s.clear(1, 4);
  EXPECT_EQ(s.rangeOf(0), (LiveRange{1, 2}));
  EXPECT_FALSE(s.rangeOf(0).meets(s.rangeOf(1)));
  s.buffer(0).slots = 2; // the next sample's packets come while this one's buffers are in use
  EXPECT_EQ(s.rangeOf(0), (LiveRange{0, 3}));
  EXPECT_TRUE(s.rangeOf(0).meets(s.rangeOf(1)));
  EXPECT_FALSE(s.rangeOf(0).meets(s.rangeOf(4)));
}

TEST(Liveness, PacketsMustFillABuffer) {
  Sketch whole, hole, tail, overlap, none, sum;
  whole.receive(0, {{2, 2}, {0, 2}}), hole.receive(0, {{0, 1}, {2, 2}}), tail.receive(0, {{0, 3}});
  overlap.receive(0, {{0, 3}, {1, 3}}), none.receive(0, {}), sum.receive(0, {{0, 4}}, /*mode=*/1);
  for (Sketch *s : {&whole, &overlap})
    EXPECT_EQ(s->rangeOf(0), (LiveRange{0, 0}));
  for (Sketch *s : {&hole, &tail, &none, &sum})
    EXPECT_EQ(s->rangeOf(0), always);
}

TEST(Liveness, LinksThatAreNotThereFillNothing) {
  Sketch s, route;
  s.receive(0, {{0, 4}}), route.receive(0, {{0, 4}});
  s.core.links.clear(), route.program.routes.clear();
  EXPECT_EQ(s.rangeOf(0), always);
  EXPECT_EQ(route.rangeOf(0), always);
}

TEST(Liveness, WhatIsReadFirstIsNeededAlways) {
  Sketch s;
  s.relu(0, 0, 1), s.relu(0, 2, 2), s.clear(0, 3), s.relu(1, 3, 4);
  EXPECT_EQ(s.rangeOf(0), always); // nobody wrote it
  EXPECT_EQ(s.rangeOf(2), always); // in place
  EXPECT_EQ(s.rangeOf(3), always); // of a sample, but handed on to another phase
  EXPECT_EQ(s.rangeOf(5), always); // unused
}

TEST(Liveness, WhatAStepKnowsIsNeededAlways) {
  Sketch s;
  s.buffer(0).lifetime = Lifetime::Step, s.buffer(1).tables = 0;
  s.clear(2, 0), s.clear(0, 1);
  EXPECT_EQ(s.rangeOf(0), always);
  EXPECT_EQ(s.rangeOf(1), always);
}

} // namespace
