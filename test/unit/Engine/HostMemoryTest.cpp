//===- HostMemoryTest.cpp - the memory that a run says it takes, and the memory it took ---===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// A program of its own: it puts its own functions, which count, in the place of those that give kernels their memory.
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/HostMemory.h"
#include "runtime/FusedEngine/FusedEngine.h"
#include "test/unit/Programs/Programs.h"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <new>

using namespace wage::rt;
using namespace wage::rt::testing;

static std::atomic<uint64_t> bytesHeld{0};

void *wage::rt::allocateHostMemory(size_t bytes) {
  constexpr size_t line = 64;
  const size_t rounded = (bytes + line - 1) / line * line;
  void *memory = std::aligned_alloc(line, rounded);
  if (!memory)
    throw std::bad_alloc();
  bytesHeld += bytes;
  return std::memset(memory, 0, rounded);
}

void wage::rt::freeHostMemory(void *memory, size_t bytes) {
  if (memory)
    bytesHeld -= bytes;
  std::free(memory);
}

namespace {

class HostMemory : public ::testing::TestWithParam<std::string> {};

/// Stages of bytes keep all they have in such memory, beside the weights of the layers.
TEST_P(HostMemory, IsWhatTheCounterSays) {
  const Program program = readTestProgram(GetParam());
  uint64_t weights = 0;
  for (const Layer &layer : program.layers)
    weights +=
        static_cast<uint64_t>(layer.geometry.weights()) * (program.learns(layer) ? 3 : 1); // masters have 16 bits
  for (const unsigned threads : {1u, 3u}) {
    ASSERT_EQ(bytesHeld, 0u);
    const std::unique_ptr<FusedEngine> engine = std::move(*FusedEngine::create(program, threads));
    EXPECT_GT(bytesHeld, 0u);
    EXPECT_EQ(engine->counters().peakBytes, bytesHeld + weights) << threads << " threads";
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, HostMemory, ::testing::ValuesIn(programsInBytes()),
                         [](const auto &info) { return caseNameOf(info.param); });

} // namespace
