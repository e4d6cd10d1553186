//===- OccupancyTest.cpp - memory that buffers take, line by line --------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Cost/Occupancy.h"
#include "runtime/Format/Extents.h"
#include "test/unit/Programs/Programs.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

using namespace wage::rt;
using namespace wage::rt::testing;

namespace {

struct Lines {
  std::set<uint64_t> core, offChip;
  uint64_t ofAllBuffers = 0;
};

Lines linesOfBuffers(const Program &program, const Core &core) {
  Lines lines;
  for (const BufferDecl &buffer : program.templates[core.templateIndex].buffers) {
    const Extent extent = extentOf(program, core, buffer);
    for (uint64_t line = extent.begin; line < extent.end; ++line)
      (extent.isOffChip ? lines.offChip : lines.core).insert(line);
    lines.ofAllBuffers += extent.lines();
  }
  return lines;
}

// A line counts once, however many buffers take it in turn.
TEST(Occupancy, CountsLinesThatBuffersShareOnce) {
  uint64_t shared = 0;
  for (const char *name : {"deep", "spilled", "buffered", "recomputed"}) {
    const Program program = readTestProgram(name);
    uint64_t most = 0, offChip = 0;
    for (const Core &core : program.cores) {
      const Lines lines = linesOfBuffers(program, core);
      const CoreMemory memory = memoryOf(program, core);
      EXPECT_EQ(memory.core, lines.core.size() * addressLineBytes) << name;
      EXPECT_EQ(memory.offChip, lines.offChip.size() * addressLineBytes) << name;
      most = std::max(most, memory.core), offChip += memory.offChip;
      shared += lines.ofAllBuffers - lines.core.size() - lines.offChip.size();
    }
    for (const Occupancy &limit : occupancies(program)) {
      const std::string what = limit.limit;
      if (what == "data memory" || what == "off-chip memory") {
        EXPECT_EQ(limit.need, what == "data memory" ? most : offChip) << name << ", " << what;
      }
    }
  }
  EXPECT_GT(shared, 0u);
}

// Of two buffers of which one begins in the other, what lies behind that counts, not the whole.
TEST(Occupancy, CountsTheRestOfABufferThatBeginsInAnother) {
  Program program;
  program.templates.resize(1);
  program.cores.resize(1);
  for (const auto &[address, bytes] : {std::pair(0, 160), {144, 48}, {160, 16}, {320, 16}}) {
    BufferDecl buffer;
    buffer.lifetime = Lifetime::Step;
    buffer.type = ElementType::Int8;
    buffer.elements = {bytes, false}, buffer.address = {address / int(addressLineBytes), false};
    program.templates[0].buffers.push_back(buffer);
  }
  EXPECT_EQ(memoryOf(program, program.cores[0]).core, 192u + 16u);
}

} // namespace
