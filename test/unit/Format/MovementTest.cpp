//===- MovementTest.cpp - tables, moves and assemblies that are refused ----------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Each change of the program "branches" breaks one rule of VerifyMovement.cpp, of the instructions that use its tables, or of
// the proof before lifting.
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Verifier.h"
#include "runtime/FusedEngine/LiftProof.h"
#include "test/unit/Programs/Mutations.h"
#include "test/unit/Programs/Programs.h"

#include <algorithm>
#include <functional>
#include <gtest/gtest.h>

using namespace wage::rt;
using namespace wage::rt::testing;

namespace {

struct Change {
  std::function<void(Program &)> apply;
  const char *text; ///< must stand in the refusal
};

/// The first buffer that `wanted` holds for.
BufferDecl &bufferWith(Program &p, const std::function<bool(const BufferDecl &)> &wanted) {
  for (Template &t : p.templates)
    for (BufferDecl &buffer : t.buffers)
      if (wanted(buffer))
        return buffer;
  ADD_FAILURE() << "no such buffer";
  return p.templates[0].buffers[0];
}

BufferDecl &tablesBuffer(Program &p) {
  return bufferWith(p, [](const BufferDecl &buffer) { return buffer.tables != noIndex; });
}

BufferDecl &assembledBuffer(Program &p) {
  return bufferWith(p, [](const BufferDecl &buffer) { return buffer.assembly != noIndex; });
}

/// Changes the first instruction of `opcode`, wherever it stands.
void changeFirst(Program &p, Opcode opcode, const std::function<void(Instruction &, Template &)> &apply) {
  for (Template &t : p.templates) {
    std::vector<Instruction> list = instructionsOf(t);
    for (Instruction &in : list)
      if (in.opcode == opcode) {
        apply(in, t);
        return setInstructions(t, list);
      }
  }
  ADD_FAILURE() << "no such instruction";
}

std::function<void(Program &)> operand(Opcode opcode, size_t field, int32_t value) {
  return [=](Program &p) {
    changeFirst(p, opcode, [=](Instruction &in, Template &) { in.operands[field] = {value, false}; });
  };
}

std::string refusalOf(const Program &p) {
  if (Status status = verifyProgram(p); !status.ok())
    return status.text();
  return proveLift(p, StreamIndex(p)).text();
}

const Change changes[] = {
    {[](Program &p) { p.tables[0].bits = 1; }, "tables 0: entries for 1 bits, needed 2 to 16"},
    {[](Program &p) { p.tables[0].type = ElementType::Int32; }, "tables 0: entries are neither of 8 nor of 16 bits"},
    {[](Program &p) { p.tables[0].entries.pop_back(); }, "tables 0: 79 entries, needed a multiple of 16"},
    {[](Program &p) { p.tables[0].entries.clear(); }, "tables 0: 0 entries, needed a multiple of 16"},
    {[](Program &p) { p.tables[0].entries[3] = 300; }, "tables 0: an entry is 300, needed 8 bits"},
    {[](Program &p) { p.moves[0].outElements = 0; }, "move 0: a tensor of 0 elements, needed 1 to 2147483648"},
    {[](Program &p) { p.moves[0].rearrangement.from[0] = -1; }, "move 0: from reaches element -1, needs 0 to"},
    {[](Program &p) { p.moves[0].rearrangement.sizes.push_back(1); }, "move 0: from must have"},
    {[](Program &p) {
       std::reverse(p.moves[0].rearrangement.to.begin() + 1, p.moves[0].rearrangement.to.end());
       std::reverse(p.moves[0].rearrangement.from.begin() + 1, p.moves[0].rearrangement.from.end());
       std::reverse(p.moves[0].rearrangement.sizes.begin(), p.moves[0].rearrangement.sizes.end());
     },
     "move 0: its dimensions are not merged and sorted by the strides of 'to'"},
    {[](Program &p) { p.assemblies[0].segments.clear(); }, "assembly 0: no parts"},
    {[](Program &p) { p.assemblies[0].segments[0].elements = 0; }, "assembly 0: a part of 0 elements"},
    {[](Program &p) { p.assemblies[0].segments[0].begin = uint64_t(1) << 40; },
     "assembly 0: a part of 80 elements from 1099511627776 on"},
    {[](Program &p) { p.assemblies[0].segments[0].templateIndex = 99; }, "of template 99, which is not there"},
    {[](Program &p) { p.assemblies[0].segments[0].buffer = 99; }, "assembly 0: a part of buffer 99 of template"},
    {[](Program &p) { p.assemblies[0].segments[1].begin = 1; },
     "assembly 0: a part of 32 elements from 1 on, of at most 32"},
    {[](Program &p) { assembledBuffer(p).assembly = 99; }, "': assembly 99 of"},
    {[](Program &p) { assembledBuffer(p).tables = 0; }, "or tables as well"},
    {[](Program &p) { tablesBuffer(p).tables = 99; }, "': tables 99 of 1"},
    {[](Program &p) { tablesBuffer(p).lifetime = Lifetime::Sample; },
     "tables need the type of their entries and the lifetime of the step"},
    {[](Program &p) { tablesBuffer(p).firstEntry = {99, true}; }, "': names parameter 99 of"},
    {[](Program &p) { tablesBuffer(p).firstEntry = {-16, false}; }, "': entries [-16, +"},
    {[](Program &p) { tablesBuffer(p).firstEntry = {80, false}; }, "': entries [80, +"},
    {[](Program &p) { p.logits = 99; }, "the logits' assembly 99 is not there, or not of the 5 classes"},
    {[](Program &p) { p.logits = 0; }, "the logits' assembly 0 is not there, or not of the 5 classes"},
    {operand(Opcode::Lookup, 3, 0), "span 0 or begin"},
    {operand(Opcode::Lookup, 3, 1 << 20), "'tables' has"},
    {operand(Opcode::Lookup, 4, -1), "or begin -1, needed 1 and 0 or more"},
    {operand(Opcode::Lookup, 4, 16), "'tables' begins with entry 0, needed that of the first element's table"},
    {[](Program &p) {
       changeFirst(p, Opcode::Lookup, [](Instruction &in, Template &) { in.operands[1] = in.operands[0]; });
     },
     "field 'tables' names a buffer that holds no tables"},
    {[](Program &p) {
       changeFirst(p, Opcode::Lookup, [](Instruction &in, Template &) { in.operands[0] = in.operands[1]; });
     },
     "field 'input' names a buffer that holds tables"},
    {[](Program &p) {
       changeFirst(p, Opcode::Lookup,
                   [](Instruction &in, Template &t) { t.buffers[in.operands[1].value].elements = {16, false}; });
     },
     "'tables' has 16 elements, needed"},
    {[](Program &p) {
       changeFirst(p, Opcode::Multiply,
                   [](Instruction &in, Template &t) { t.buffers[in.operands[2].value].type = ElementType::Mask; });
     },
     "'output' is narrower than a factor"},
    {operand(Opcode::Rearrange, 2, 99), "move 99 of"},
    {operand(Opcode::Rearrange, 3, 1), "'output' needs elements"},
    {operand(Opcode::Rearrange, 4, 1 << 20), "a buffer reaches beyond its tensor"},
    {[](Program &p) { std::swap(p.assemblies[0].segments[0], p.assemblies[0].segments[2]); },
     "a part arrives at the wrong place"},
    {[](Program &p) { assembledBuffer(p).assembly = noIndex; }, "route"},
    {[](Program &p) { std::swap(p.assemblies[p.logits].segments[0], p.assemblies[p.logits].segments[1]); },
     "logits leave for the wrong classes"},
};

TEST(Movement, IsRefusedWhereItIsWrong) {
  const Program honest = readTestProgram("branches");
  ASSERT_EQ(refusalOf(honest), "");
  for (const Change &change : changes) {
    Program program = honest;
    change.apply(program);
    const std::string refusal = refusalOf(program);
    EXPECT_NE(refusal.find(change.text), std::string::npos) << "found: " << refusal << "\nneeded: " << change.text;
  }
}

} // namespace
