//===- AccumulatorsTest.cpp - how wide sums can become --------------------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Accumulators.h"

#include <gtest/gtest.h>

using namespace wage::rt;

namespace {

/// A core that sends 32-bit errors back through all weights of a layer with one input channel.
Program programOfErrors(int64_t neurons, int32_t kernelHeight, int32_t kernelWidth) {
  Program program;
  program.config.weightBits = 8;
  Layer &layer = program.layers.emplace_back();
  layer.geometry.neurons = neurons;
  layer.geometry.kernelHeight = kernelHeight, layer.geometry.kernelWidth = kernelWidth;
  layer.geometry.rowEnd = layer.geometry.window();
  Template &t = program.templates.emplace_back();
  t.buffers = {{"errors", ElementType::Int32}, {"sums", ElementType::Int64}};
  encodeInstruction({Opcode::Transposed, {{0}, {1}, {0}, {0}, {0}, {0}, {0}}}, t.words);
  program.cores.emplace_back().layer = 0;
  return program;
}

TEST(Accumulators, HoldWhatErrorsSumUpTo) {
  const Program program = programOfErrors(2, 1, 2); // 4 terms of (2^31 - 1) * 127 < 2^38
  EXPECT_EQ(accumulatorBitsNeeded(program, program.cores[0]), 41u);
}

/// 83 * 829 * 983 terms: their sum is above 2^64, and a little more than a multiple of it.
TEST(Accumulators, AreNotTooNarrowWhereSumsLeave64Bits) {
  const Program program = programOfErrors(83, 829, 983);
  EXPECT_EQ(accumulatorBitsNeeded(program, program.cores[0]), 64u);
}

} // namespace
