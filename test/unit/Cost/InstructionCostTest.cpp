//===- InstructionCostTest.cpp - what instructions cost by the model's words ----------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// The core engine and the costs without running count by the same function: that they agree says nothing of the model itself.
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Cost.h"

#include <gtest/gtest.h>

using namespace wage::rt;

namespace {

Operand number(int64_t value) { return {static_cast<int32_t>(value), false}; }

/// A core with two sums of 16 elements, the second off chip, a maximum, and links to packets of 10 and of 6 elements.
struct Sketch {
  Program program;
  Core core;

  Sketch() {
    program.chip.gridColumns = program.chip.gridRows = program.chip.chipColumns = program.chip.chipRows = 1;
    CoreGroup group;
    group.columns = group.rows = 1, group.dataBytesPerCycle = 8, group.macsPerCycle = 4;
    program.chip.groups = {group};
    program.chip.offChip.bytesPerCycle = 4;
    program.templates.resize(1);
    addBuffer(ElementType::Int32, 16, 0);
    addBuffer(ElementType::Int32, 16, offChipBit);
    addBuffer(ElementType::Int64, 1, 4);
    for (const uint32_t elements : {10u, 6u}) {
      core.links.push_back({static_cast<uint32_t>(program.routes.size()), 0});
      program.routes.push_back({0, {0}, elements, ElementType::Int32});
    }
  }
  void addBuffer(ElementType type, int64_t elements, uint32_t address) {
    BufferDecl buffer;
    buffer.type = type, buffer.elements = number(elements), buffer.address = number(static_cast<int32_t>(address));
    program.templates[0].buffers.push_back(buffer);
  }
  InstructionCost receive(int64_t buffer, int64_t links, int64_t mode) const {
    return costOf(program, core, {Opcode::Receive, {number(buffer), number(0), number(links), number(mode)}});
  }
};

// 16 elements of 4 bytes come on two links; what is stored is written, what is added or compared is read before.
TEST(InstructionCost, ReceivesReadWhatTheyAddTo) {
  const Sketch sketch;
  EXPECT_EQ(sketch.receive(0, 2, 0).memoryBytes, 64u);
  EXPECT_EQ(sketch.receive(0, 2, 0).cycles, 8u);
  for (const int64_t mode : {1, 2}) {
    EXPECT_EQ(sketch.receive(0, 2, mode).memoryBytes, 128u) << mode;
    EXPECT_EQ(sketch.receive(0, 2, mode).cycles, 16u) << mode;
    EXPECT_EQ(sketch.receive(0, 1, mode).memoryBytes, 80u) << mode;
  }
}

TEST(InstructionCost, MessagesCostTheBytesOfTheirLinks) {
  const Sketch sketch;
  const InstructionCost sent = costOf(sketch.program, sketch.core, {Opcode::Send, {number(0), number(1), number(1)}});
  EXPECT_EQ(sent.memoryBytes, 24u);
  EXPECT_EQ(sent.cycles, 3u);
  EXPECT_EQ(sketch.receive(0, 0, 1).memoryBytes, 0u);
  EXPECT_EQ(sketch.receive(0, 0, 1).cycles, 0u);
}

TEST(InstructionCost, BuffersOffChipTakeTheOffChipLink) {
  const Sketch sketch;
  const InstructionCost cost = sketch.receive(1, 2, 1);
  EXPECT_EQ(cost.memoryBytes, 0u);
  EXPECT_EQ(cost.offChipBytes, 128u);
  EXPECT_EQ(cost.cycles, 32u);
}

// A Relu reads one buffer and writes another; the maximum of magnitudes is raised in place, which reads and writes it.
TEST(InstructionCost, OperandsStreamOnceAndTwiceInPlace) {
  const Sketch sketch;
  const InstructionCost relu = costOf(sketch.program, sketch.core, {Opcode::Relu, {number(0), number(1)}});
  EXPECT_EQ(relu.memoryBytes, 64u);
  EXPECT_EQ(relu.offChipBytes, 64u);
  EXPECT_EQ(relu.cycles, 16u);
  const InstructionCost raised = costOf(sketch.program, sketch.core, {Opcode::MaxAbs, {number(0), number(2)}});
  EXPECT_EQ(raised.memoryBytes, 64u + 2 * 8u);
  EXPECT_EQ(raised.cycles, 10u);
}

} // namespace
