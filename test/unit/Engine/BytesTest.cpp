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
  for (const char *name : {"flat", "sign", "frozen", "learning", "bytes", "strided", "corner", "away"}) {
    EXPECT_TRUE(isPlanned(name)) << name;
    EXPECT_TRUE(isPlanned(std::string(name) + ".infer")) << name;
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
