//===- BytesTest.cpp - stages of bytes give the bits of the plain operations ------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// The fused engine runs a traced step operation by operation, and any other in stages of bytes where there is a plan. So runs
// that trace other steps take other ways, and all of them must give the core engine's numbers.
//
//===---------------------------------------------------------------------------===//

#include "runtime/FusedEngine/BytePlan.h"
#include "runtime/Kernels/Isa.h"
#include "test/unit/Programs/Programs.h"

#include <gtest/gtest.h>

using namespace wage::rt;
using namespace wage::rt::testing;

namespace {

bool isPlanned(const std::string &name) {
  const Program program = readTestProgram(name);
  const Expected<FusedProgram> fused = liftProgram(program);
  EXPECT_TRUE(static_cast<bool>(fused)) << name << ": " << fused.status().text();
  return fused && planBytes(program, *fused).has_value();
}

/// Which programs are tested here in stages of bytes: a plan that is no longer found would make the tests below empty.
TEST(BytePlan, TakesChainsOfEightBits) {
  for (const std::string &name : programsInBytes())
    EXPECT_TRUE(isPlanned(name)) << name;
}

/// Whether there is a plan after `change(operations, place)` of one operation of a phase.
template <typename Change>
bool isPlannedAfter(const Program &program, FusedProgram fused, size_t phase, size_t i, Change &&change) {
  std::vector<FusedOp> &ops = fused.phases[phase].ops;
  change(ops, ops.begin() + static_cast<ptrdiff_t>(i));
  return planBytes(program, fused).has_value();
}

FusedOp clearOf(int64_t tensor) {
  FusedOp clear;
  clear.operands = {tensor};
  return clear;
}

/// The tensors that an instruction writes.
std::vector<int64_t> writtenBy(const FusedOp &op) {
  std::vector<int64_t> tensors;
  const std::vector<FieldInfo> &fields = findOpcode(static_cast<uint16_t>(op.opcode))->fields;
  for (size_t k = 0; k < fields.size(); ++k)
    if (fields[k].kind == FieldKind::BufOut || fields[k].kind == FieldKind::BufInOut)
      tensors.push_back(op.operands[k]);
  return tensors;
}

/// A plan computes what all operations say: none can be left out or done twice, nor can what one wrote be cleared behind it.
TEST(BytePlan, NeedsEveryOperation) {
  for (const char *name : {"corner", "bytes", "away"}) {
    const Program program = readTestProgram(name);
    const FusedProgram fused = std::move(*liftProgram(program));
    for (size_t phase = 0; phase < fused.phases.size(); ++phase)
      for (size_t i = 0; i < fused.phases[phase].ops.size(); ++i) {
        SCOPED_TRACE(::testing::Message() << name << ", phase " << phase << ", operation " << i);
        const FusedOp &op = fused.phases[phase].ops[i];
        EXPECT_FALSE(isPlannedAfter(program, fused, phase, i, [](auto &ops, auto at) { ops.erase(at); }));
        if (op.kind != FusedOp::Instruction || op.opcode == Opcode::Clear)
          continue;
        EXPECT_FALSE(isPlannedAfter(program, fused, phase, i, [&](auto &ops, auto at) { ops.insert(at, op); }));
        for (const int64_t tensor : writtenBy(op))
          EXPECT_FALSE(isPlannedAfter(program, fused, phase, i,
                                      [&](auto &ops, auto at) { ops.insert(at + 1, clearOf(tensor)); }))
              << "tensor " << tensor;
      }
  }
}

/// A mask of what the Relu has not seen yet lets other errors pass than one behind it.
TEST(BytePlan, NeedsTheMaskBehindTheRelu) {
  const Program program = readTestProgram("corner");
  FusedProgram fused = std::move(*liftProgram(program));
  bool isChanged = false;
  for (FusedPhase &phase : fused.phases)
    for (size_t i = 0; i + 1 < phase.ops.size(); ++i)
      if (phase.ops[i].opcode == Opcode::Relu && phase.ops[i + 1].opcode == Opcode::Within) {
        phase.ops[i + 1].operands[0] = phase.ops[i].operands[0];
        std::swap(phase.ops[i], phase.ops[i + 1]);
        isChanged = true;
      }
  EXPECT_TRUE(isChanged);
  EXPECT_FALSE(planBytes(program, fused));
}

/// The largest exponent is 31: a shift that does not take from it would be wider than a kernel of 32 bits takes.
TEST(BytePlan, NeedsShiftsOfErrorsBelowZero) {
  const Program program = readTestProgram("corner");
  for (const int64_t shift : {-1, 0, 40}) {
    FusedProgram fused = std::move(*liftProgram(program));
    for (FusedPhase &phase : fused.phases)
      for (FusedOp &op : phase.ops)
        if (op.kind == FusedOp::Instruction && op.opcode == Opcode::ShiftClipBy)
          op.operands[3] = shift;
    EXPECT_EQ(planBytes(program, fused).has_value(), shift < 0) << shift;
  }
}

class Bytes : public ::testing::TestWithParam<std::string> {
protected:
  /// Batches of several sizes; step i is traced if bit i of `traced` is set.
  Schedule schedule(unsigned traced) const {
    Schedule schedule;
    const uint32_t batch = program.config.maxBatch;
    schedule.batches = {batch, 2, batch - batch / 3, 1, batch};
    for (size_t step = 0; step < schedule.batches.size(); ++step)
      schedule.traced.push_back(traced >> step & 1);
    return schedule;
  }

  const Program program = readTestProgram(GetParam());
};

/// All steps in bytes, all plain, and both by turns.
TEST_P(Bytes, GiveTheBitsOfPlainSteps) {
  const Outcome expected = runProgram(program, Kind::Core, 1, schedule(0));
  ASSERT_EQ(expected.problem, "");
  for (const unsigned threads : {1u, 2u, 3u, 5u})
    for (const unsigned traced : {0u, 31u, 10u, 21u, 1u, 30u}) {
      const Outcome fused = runProgram(program, Kind::Fused, threads, schedule(traced));
      EXPECT_EQ(fused.problem, "");
      EXPECT_EQ(fused.numbers, expected.numbers) << threads << " threads, traced steps " << traced;
    }
}

TEST_P(Bytes, CountActivityAlike) {
  Schedule counted = schedule(0);
  counted.countsActivity = true;
  const Outcome expected = runProgram(program, Kind::Core, 1, counted);
  ASSERT_FALSE(expected.activity.empty());
  for (const unsigned threads : {1u, 3u})
    for (const unsigned traced : {0u, 31u, 10u}) {
      Schedule again = schedule(traced);
      again.countsActivity = true;
      const Outcome fused = runProgram(program, Kind::Fused, threads, again);
      EXPECT_EQ(fused.activity, expected.activity) << threads << " threads, traced steps " << traced;
      EXPECT_EQ(fused.numbers, expected.numbers) << threads << " threads, traced steps " << traced;
    }
}

TEST_P(Bytes, GiveTheSameBitsForAnyInstructionSet) {
  const Outcome expected = runProgram(program, Kind::Core, 1, schedule(0));
  for (const Isa isa : everyIsa) {
    if (!isSupported(isa))
      continue;
    ASSERT_TRUE(setIsa(isa).ok());
    for (const unsigned traced : {0u, 10u})
      EXPECT_EQ(runProgram(program, Kind::Fused, 2, schedule(traced)).numbers, expected.numbers)
          << nameOf(isa) << ", traced steps " << traced;
  }
  ASSERT_TRUE(setIsa("auto").ok());
}

/// What is larger than a pass or a strip takes several: samples, rows of sums, errors, rows of gradients and of weights.
TEST(LargeBytes, TakeSeveralPasses) {
  const Program program = readTestProgram("large");
  Schedule steps;
  steps.batches = {17, 17};
  steps.countsActivity = true;
  const Outcome expected = runProgram(program, Kind::Core, 2, steps);
  ASSERT_EQ(expected.problem, "");
  for (const unsigned threads : {1u, 3u}) {
    const Outcome fused = runProgram(program, Kind::Fused, threads, steps);
    EXPECT_EQ(fused.numbers, expected.numbers) << threads << " threads";
    EXPECT_EQ(fused.activity, expected.activity) << threads << " threads";
  }
}

TEST(LargeBytes, KeepRowsThatTheNextStripReads) {
  const Program inference = readTestProgram("overlaps.infer");
  EXPECT_TRUE(isPlanned("overlaps.infer"));
  Schedule steps;
  steps.countsActivity = true;
  const Outcome expected = runProgram(inference, Kind::Core, 2, steps);
  for (const unsigned threads : {1u, 3u}) {
    const Outcome fused = runProgram(inference, Kind::Fused, threads, steps);
    EXPECT_EQ(fused.numbers, expected.numbers) << threads << " threads";
    EXPECT_EQ(fused.activity, expected.activity) << threads << " threads";
  }
}

/// The same networks, compiled for inference.
TEST_P(Bytes, InferAsTheCores) {
  const Program inference = readTestProgram(GetParam() + ".infer");
  const Outcome expected = runProgram(inference, Kind::Core, 1);
  for (const unsigned threads : {1u, 2u, 3u, 5u})
    EXPECT_EQ(runProgram(inference, Kind::Fused, threads).numbers, expected.numbers) << threads << " threads";
}

INSTANTIATE_TEST_SUITE_P(Training, Bytes, ::testing::ValuesIn(trainingPrograms()),
                         [](const auto &info) { return info.param; });
INSTANTIATE_TEST_SUITE_P(Chains, Bytes, ::testing::ValuesIn(bytePrograms()),
                         [](const auto &info) { return info.param; });

} // namespace
