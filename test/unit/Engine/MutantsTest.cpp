//===- MutantsTest.cpp - changed programs give no wrong number silently ----------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// The fused engine believes the streams to compute whole layers. Whatever is changed in a program, one of these must hold: the
// verifier refuses it, the proof before lifting refuses it, the core engine says that it stalls, or the fused engine still
// gives the core engine's bits.
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Streams.h"
#include "runtime/Format/Verifier.h"
#include "runtime/FusedEngine/LiftProof.h"
#include "test/Slower.h"
#include "test/unit/Programs/Mutations.h"
#include "test/unit/Programs/Programs.h"

#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>

using namespace wage::rt;
using namespace wage::rt::testing;

namespace {

enum Fate { Verifier, Proof, Stalled, Equal, Different };

Fate fateOf(const Program &program, std::string &text) {
  if (Status status = verifyProgram(program); !status.ok()) {
    text = status.text();
    return Verifier;
  }
  if (Status status = proveLift(program, StreamIndex(program)); !status.ok()) {
    text = status.text();
    return Proof;
  }
  const Outcome core = runProgram(program, Kind::Core, 1);
  const Outcome fused = runProgram(program, Kind::Fused, 1);
  text = !fused.problem.empty() ? fused.problem : core.problem;
  if (!fused.problem.empty())
    return Proof;
  if (!core.problem.empty())
    return Stalled;
  return fused == core && runProgram(program, Kind::Fused, 2) == core ? Equal : Different;
}

class RandomMutants : public ::testing::TestWithParam<std::string> {};

TEST_P(RandomMutants, AreRefusedOrGiveEqualBits) {
  const char *wanted = std::getenv("WAGE_MUTANTS");
  const unsigned mutants = wanted ? static_cast<unsigned>(std::atoi(wanted)) : 1500 / wage::test::slower();
  const Program original = readTestProgram(GetParam());
  unsigned counts[5] = {};
  for (unsigned seed = 1; seed <= mutants; ++seed) {
    Dice dice(seed);
    Program program = original;
    std::string what = mutate(program, dice), text;
    if (what.empty())
      continue;
    if (dice.chance(4) && verifyProgram(program).ok())
      what += ", and " + mutate(program, dice);
    const Fate fate = fateOf(program, text);
    ++counts[fate];
    if (fate == Stalled)
      printf("seed %u: %s: stalled %s\n", seed, what.c_str(), text.c_str());
    EXPECT_NE(fate, Different) << GetParam() << ", seed " << seed << ": " << what;
  }
  printf("%s: verifier refused %u, proof refused %u, core engine stalled %u, equal bits %u, different bits %u\n",
         GetParam().c_str(), counts[Verifier], counts[Proof], counts[Stalled], counts[Equal], counts[Different]);
}

class LostRoutes : public ::testing::TestWithParam<std::string> {};

// A buffer that no packet fills is filled on no engine.
TEST_P(LostRoutes, AreRefusedOrGiveEqualBits) {
  const Program original = readTestProgram(GetParam());
  unsigned counts[5] = {};
  for (uint32_t route = 0; route < original.routes.size(); ++route) {
    Program program = original;
    std::string text;
    if (!removeRoute(program, route))
      continue;
    const Fate fate = fateOf(program, text);
    ++counts[fate];
    EXPECT_NE(fate, Different) << GetParam() << ", route " << route;
  }
  EXPECT_GT(counts[Verifier] + counts[Proof], 0u);
}

// The fused engine takes a layer's errors whole: each core must count its classes from where its slice begins.
TEST(WrongClasses, AreRefused) {
  Program program = readTestProgram("deep");
  unsigned changed = 0;
  for (Core &core : program.cores)
    for (const Instruction &in : decodeStream(program.templates[core.templateIndex]))
      if (in.opcode == Opcode::SubtractOneHot && in.operands[3].isParameter && changed == 0)
        ++core.parameters[in.operands[3].value], ++changed;
  ASSERT_EQ(changed, 1u);
  ASSERT_TRUE(verifyProgram(program).ok()) << verifyProgram(program).text();
  EXPECT_NE(proveLift(program, StreamIndex(program)).text().find("subtract_one_hot counts classes from 1"),
            std::string::npos);
}

/// Puts the gradients' product of a block in front of the reception of its errors.
bool multiplyBeforeReceiving(Program &program) {
  for (Template &t : program.templates) {
    std::vector<Instruction> list = instructionsOf(t);
    for (size_t i = 0; i + 1 < list.size(); ++i)
      if (list[i].opcode == Opcode::Receive && list[i + 1].opcode == Opcode::Outer &&
          list[i].operands[0].value == list[i + 1].operands[0].value) {
        std::swap(list[i], list[i + 1]);
        setInstructions(t, list);
        return true;
      }
  }
  return false;
}

// Whole layers have their errors at once. A block that multiplies before its errors come is refused by the verifier, which
// knows what has been written, and by the proof, which knows what comes by packets: neither leaves it to the other.
TEST(LateErrors, AreRefused) {
  Program program = readTestProgram("deep");
  ASSERT_TRUE(multiplyBeforeReceiving(program));
  EXPECT_NE(verifyProgram(program).text().find("needs what nothing has written yet"), std::string::npos);
  EXPECT_NE(proveLift(program, StreamIndex(program)).text().find("multiplies errors that it has not received"),
            std::string::npos);
}

std::vector<std::string> severalCores() {
  std::vector<std::string> names = everyProgram();
  for (const std::vector<std::string> &more : {inferencePrograms(), spikingPrograms()})
    names.insert(names.end(), more.begin(), more.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, LostRoutes, ::testing::ValuesIn(severalCores()),
                         [](const auto &info) { return caseNameOf(info.param); });
INSTANTIATE_TEST_SUITE_P(All, RandomMutants, ::testing::ValuesIn(everyProgram()),
                         [](const auto &info) { return info.param; });
INSTANTIATE_TEST_SUITE_P(Chains, RandomMutants, ::testing::Values("corner", "away"),
                         [](const auto &info) { return info.param; });
INSTANTIATE_TEST_SUITE_P(Inference, RandomMutants, ::testing::ValuesIn(inferencePrograms()),
                         [](const auto &info) { return info.param; });
INSTANTIATE_TEST_SUITE_P(Events, RandomMutants, ::testing::Values("events"),
                         [](const auto &info) { return info.param; });
INSTANTIATE_TEST_SUITE_P(Spiking, RandomMutants, ::testing::ValuesIn(spikingPrograms()),
                         [](const auto &info) { return caseNameOf(info.param); });

} // namespace
