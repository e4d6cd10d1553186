//===- LinearProductsTest.cpp - fast products against the reference ------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

// Every instruction set runs one list of blocks, with every operand and target type, and must give the reference's bits.

#include "runtime/Kernels/ReferenceProducts.h"
#include "test/unit/Kernels/Buffers.h"

#include <algorithm>

using namespace wage::rt;
using namespace wage::rt::test;

// clang-format off: it would spread each line over six.
static const Shape shapes[] = {
    // name                     input   kernel stride pad   output   rows        neurons samples
    {"matrix_one_by_one",       1, 1,   1, 1,  1, 1,  0, 0, 1, 1,    0, 1,       1,      1},
    {"matrix_odd_sizes",        1, 1,   1, 1,  1, 1,  0, 0, 1, 1,    0, 37,      13,     5},
    {"matrix_one_sample",       1, 1,   1, 1,  1, 1,  0, 0, 1, 1,    0, 256,     70,     1},
    {"matrix_later_rows",       1, 1,   1, 1,  1, 1,  0, 0, 1, 1,    256, 515,   33,     9},
    {"matrix_two_depth_blocks", 1, 1,   1, 1,  1, 1,  0, 0, 1, 1,    0, 391,     64,     40},
    {"matrix_three_blocks",     1, 1,   1, 1,  1, 1,  0, 0, 1, 1,    0, 769,     32,     2},
    {"matrix_many_samples",     1, 1,   1, 1,  1, 1,  0, 0, 1, 1,    0, 20,      10,     600},
    {"matrix_many_neurons",     1, 1,   1, 1,  1, 1,  0, 0, 1, 1,    0, 11,      530,    3},
    {"matrix_of_planes",        3, 4,   3, 4,  1, 1,  0, 0, 1, 1,    0, 60,      7,      4},
    {"matrix_cuts_planes",      3, 4,   3, 4,  1, 1,  0, 0, 1, 1,    17, 45,     7,      4},
    {"plane_with_padding",      3, 4,   3, 4,  2, 2,  1, 1, 2, 2,    5, 31,      6,      3},
    {"conv_3x3_same",           7, 7,   3, 3,  1, 1,  1, 1, 7, 7,    0, 36,      8,      3},
    {"conv_5x5_lenet",          14, 14, 5, 5,  1, 1,  2, 2, 14, 14,  0, 150,     17,     2},
    {"conv_valid_even_width",   6, 8,   3, 3,  1, 1,  0, 0, 4, 6,    0, 27,      12,     4},
    {"conv_cut_both_ends",      6, 5,   3, 3,  1, 1,  1, 1, 6, 5,    4, 23,      9,      3},
    {"conv_inside_channel",     6, 5,   3, 3,  1, 1,  1, 1, 6, 5,    20, 25,     9,      3},
    {"conv_asymmetric_padding", 6, 7,   4, 2,  1, 1,  2, 1, 7, 7,    3, 29,      5,      3},
    {"conv_pad_beyond_kernel",  4, 5,   2, 2,  1, 1,  3, 4, 9, 12,   0, 8,       3,      2},
    {"conv_stride_2",           9, 8,   3, 3,  2, 2,  1, 1, 5, 4,    0, 27,      10,     5},
    {"conv_stride_3_1",         10, 7,  2, 3,  3, 1,  0, 1, 3, 7,    2, 22,      6,      4},
    {"conv_stride_skips",       9, 9,   1, 1,  3, 3,  0, 0, 3, 3,    0, 5,       4,      7},
    {"conv_unread_border",      8, 8,   3, 3,  2, 2,  0, 0, 3, 3,    0, 18,      3,      2},
    {"conv_1x1_image",          1, 1,   3, 3,  1, 1,  1, 1, 1, 1,    0, 36,      5,      6},
    {"conv_1x1_kernel",         5, 4,   1, 1,  1, 1,  0, 0, 5, 4,    3, 20,      21,     6},
    {"conv_one_column",         13, 1,  3, 1,  1, 1,  1, 0, 13, 1,   0, 12,      3,      5},
    {"conv_one_neuron",         33, 34, 3, 3,  1, 1,  1, 1, 33, 34,  0, 9,       1,      3},
    {"conv_many_groups",        12, 12, 3, 3,  1, 1,  1, 1, 12, 12,  9, 45,      2,      23},
    {"conv_deep",               2, 3,   3, 3,  1, 1,  1, 1, 2, 3,    0, 1161,    11,     3},
};

static const Shape forwardShapes[] = {
    // name                     input   kernel stride pad   output   rows        neurons samples  groups dilation
    {"dilated",                 9, 8,   3, 3,  1, 1,  2, 2, 9, 8,    0, 27,      9,      3,       1,     2, 2},
    {"dilated_cut",             9, 8,   3, 3,  1, 2,  0, 3, 3, 4,    5, 31,      9,      3,       1,     3, 2},
    {"dilated_one_axis",        12, 3,  4, 1,  2, 1,  3, 0, 5, 3,    0, 8,       7,      2,       1,     3, 5},
    {"dilated_fills_plane",     5, 5,   3, 3,  1, 1,  0, 0, 1, 1,    0, 18,      4,      5,       1,     2, 2},
    {"dilated_matrix",          3, 1,   3, 1,  1, 1,  0, 0, 1, 1,    0, 6,       4,      5,       1,     1, 4},
    {"depthwise",               9, 9,   3, 3,  1, 1,  1, 1, 9, 9,    0, 63,      7,      5,       7,     1, 1},
    {"depthwise_later_groups",  9, 9,   3, 3,  2, 2,  1, 1, 5, 5,    27, 63,     4,      5,       4,     1, 1},
    {"depthwise_dilated",       20, 37, 3, 3,  1, 1,  2, 2, 20, 37,  0, 27,      3,      2,       3,     2, 2},
    {"depthwise_multiplied",    6, 5,   3, 2,  2, 1,  1, 1, 3, 5,    0, 24,      12,     4,       4,     1, 1},
    {"two_neurons_deep_groups", 6, 5,   3, 3,  1, 1,  1, 1, 6, 5,    0, 108,     4,      4,       2,     1, 1},
    {"groups_of_eight",         6, 5,   3, 3,  1, 1,  1, 1, 6, 5,    36, 108,    16,     4,       2,     1, 1},
    {"groups_of_five_dilated",  8, 7,   2, 3,  1, 2,  1, 2, 7, 4,    0, 36,      15,     3,       3,     2, 2},
    {"grouped_matrix",          1, 1,   1, 1,  1, 1,  0, 0, 1, 1,    0, 12,      8,      6,       4,     1, 1},
    {"grouped_planes",          3, 4,   3, 4,  1, 1,  0, 0, 1, 1,    24, 72,     6,      3,       2,     1, 1},
};
// clang-format on

static int64_t largestOf(ElementType type) {
  return type == ElementType::Int8 ? 127 : type == ElementType::Int16 ? 32767 : (int64_t(1) << 20) - 1;
}

/// The largest operand for which `terms` products with `other` fit the target: what a proved bound means.
static int64_t largestProved(ElementType type, ElementType target, int64_t terms, int64_t other) {
  const int64_t sum = target == ElementType::Int32 ? INT32_MAX : INT64_MAX;
  return std::min(largestOf(type), sum / (terms * other));
}

namespace {
/// Scratch memory of exactly the stated size, full of rubbish, with a guard behind it.
class GuardedScratch {
public:
  explicit GuardedScratch(size_t bytes) : memory(bytes + 64 + guard, char(0xCD)) {
    begin = memory.data() + (64 - reinterpret_cast<uintptr_t>(memory.data()) % 64) % 64;
    end = begin + bytes;
  }
  void *data() { return begin; }
  bool isIntact() const {
    return std::all_of(end, end + guard - 64, [](char byte) { return byte == char(0xCD); });
  }

private:
  static constexpr size_t guard = 256;
  std::vector<char> memory;
  char *begin, *end;
};

class LinearProducts : public testing::TestWithParam<std::tuple<Isa, Shape>> {
protected:
  void SetUp() override {
    if (!isSupported(std::get<0>(GetParam())))
      GTEST_SKIP() << "this machine lacks " << nameOf(std::get<0>(GetParam()));
    ASSERT_TRUE(setIsa(std::get<0>(GetParam())).ok());
    block = std::get<1>(GetParam()).block();
    samples = std::get<1>(GetParam()).samples;
    channels = block.channelEnd() - block.channelBegin();
  }
  void TearDown() override { ASSERT_TRUE(setIsa("auto").ok()); }

  template <typename Fill> void checkForward(ElementType inputType, ElementType outputType);
  template <typename Fill> void checkTransposed(ElementType errorType, ElementType resultType);
  template <typename Fill> void checkOuter(ElementType errorType, ElementType inputType, ElementType gradientType);

  template <typename Fill> GuardedVector<int8_t> weights() {
    GuardedVector<int8_t> values(size_t(block.weights()));
    Fill next(127, 7);
    std::generate(values.begin(), values.end(), [&] { return int8_t(next()); });
    return values;
  }

  LinearBlock block;
  int64_t samples = 0, channels = 0;
};
} // namespace

static constexpr ElementType operandTypes[] = {ElementType::Int8, ElementType::Int16, ElementType::Int32};
static constexpr ElementType targetTypes[] = {ElementType::Int32, ElementType::Int64};

template <typename Fill> void LinearProducts::checkForward(ElementType inputType, ElementType outputType) {
  const GuardedVector<int8_t> values = weights<Fill>();
  Batch input(inputType, channels * block.plane(), samples, 3);
  input.fill(Fill(largestProved(inputType, outputType, block.rows(), 127)));
  Batch expected(outputType, block.neurons * block.positions(), samples, 5), found = expected;
  reference::forwardProduct(block, input.view(), values.data(), expected.view(), samples);
  GuardedScratch scratch(linearScratchBytes(block, samples));
  forwardProduct(block, input.view(), values.data(), found.view(), samples, scratch.data());
  EXPECT_EQ(expected.contents(), found.contents());
  EXPECT_TRUE(scratch.isIntact());
}

template <typename Fill> void LinearProducts::checkTransposed(ElementType errorType, ElementType resultType) {
  const GuardedVector<int8_t> values = weights<Fill>();
  Batch error(errorType, block.neurons * block.positions(), samples, 1);
  error.fill(Fill(largestProved(errorType, resultType, block.neurons * block.window(), 127)));
  Batch expected(resultType, channels * block.plane(), samples, 2), found = expected;
  reference::transposedProduct(block, error.view(), values.data(), expected.view(), samples);
  GuardedScratch scratch(linearScratchBytes(block, samples));
  transposedProduct(block, error.view(), values.data(), found.view(), samples, scratch.data());
  EXPECT_EQ(expected.contents(), found.contents());
  EXPECT_TRUE(scratch.isIntact());
}

template <typename Fill>
void LinearProducts::checkOuter(ElementType errorType, ElementType inputType, ElementType gradientType) {
  const int64_t terms = samples * block.positions(), before = 1000;
  // Half of the target's range is left for what the gradient holds before.
  const int64_t largestError = largestProved(errorType, gradientType, 2 * terms, 1);
  Batch error(errorType, block.neurons * block.positions(), samples, 1);
  error.fill(Fill(largestError, 3));
  Batch input(inputType, channels * block.plane(), samples);
  input.fill(Fill(largestProved(inputType, gradientType, 2 * terms, largestError)));
  Batch expected(gradientType, block.neurons * block.rows(), 1);
  expected.fill(Numbers(before));
  Batch found = expected;
  reference::outerProduct(block, error.view(), input.view(), expected.view().data, gradientType, samples);
  GuardedScratch scratch(linearScratchBytes(block, samples));
  outerProduct(block, error.view(), input.view(), found.view().data, gradientType, samples, scratch.data());
  EXPECT_EQ(expected.contents(), found.contents());
  EXPECT_TRUE(scratch.isIntact());
}

TEST_P(LinearProducts, ForwardEqualsReference) {
  for (const ElementType target : targetTypes)
    for (const ElementType operand : operandTypes) {
      SCOPED_TRACE(testing::Message() << "operand " << int(operand) << ", target " << int(target));
      checkForward<Numbers>(operand, target);
      checkForward<Extremes>(operand, target);
    }
}

TEST_P(LinearProducts, TransposedEqualsReference) {
  for (const ElementType target : targetTypes)
    for (const ElementType operand : operandTypes) {
      SCOPED_TRACE(testing::Message() << "operand " << int(operand) << ", target " << int(target));
      checkTransposed<Numbers>(operand, target);
      checkTransposed<Extremes>(operand, target);
    }
}

TEST_P(LinearProducts, OuterEqualsReference) {
  for (const ElementType target : targetTypes)
    for (const ElementType error : operandTypes)
      for (const ElementType input : operandTypes) {
        SCOPED_TRACE(testing::Message() << "error " << int(error) << ", input " << int(input) << ", target "
                                        << int(target));
        checkOuter<Numbers>(error, input, target);
        checkOuter<Extremes>(error, input, target);
      }
}

INSTANTIATE_TEST_SUITE_P(EveryIsa, LinearProducts,
                         testing::Combine(testing::ValuesIn(everyIsa), testing::ValuesIn(shapes)),
                         [](const auto &info) {
                           return caseNameOf(std::get<0>(info.param)) + "_" + std::get<1>(info.param).name;
                         });

// Groups and dilations, which only the forward product takes.
class GroupedProducts : public LinearProducts {};

TEST_P(GroupedProducts, ForwardEqualsReference) {
  for (const ElementType target : targetTypes)
    for (const ElementType operand : operandTypes) {
      SCOPED_TRACE(testing::Message() << "operand " << int(operand) << ", target " << int(target));
      checkForward<Numbers>(operand, target);
      checkForward<Extremes>(operand, target);
    }
}

INSTANTIATE_TEST_SUITE_P(EveryIsa, GroupedProducts,
                         testing::Combine(testing::ValuesIn(everyIsa), testing::ValuesIn(forwardShapes)),
                         [](const auto &info) {
                           return caseNameOf(std::get<0>(info.param)) + "_" + std::get<1>(info.param).name;
                         });

// A forged program may claim a type that is too narrow: then sums wrap, the same in every body, and nothing is undefined.
class WrappingSums : public EachIsa {};

TEST_P(WrappingSums, AreThoseModuloThirtyTwoBits) {
  LinearBlock block;
  block.rowEnd = 1200;
  block.neurons = 3;
  const int64_t samples = 2;
  const auto wrapped = [](int64_t sum) { return int64_t(static_cast<int32_t>(static_cast<uint32_t>(sum))); };
  const GuardedVector<int8_t> weights(size_t(block.weights()), 127);
  Batch input(ElementType::Int16, block.rowEnd, samples), error(ElementType::Int16, block.neurons, samples);
  input.fill([] { return 32767; });
  error.fill([] { return 32767; });
  GuardedScratch scratch(linearScratchBytes(block, samples));
  Batch sums(ElementType::Int32, block.neurons, samples), referenceSums = sums;
  forwardProduct(block, input.view(), weights.data(), sums.view(), samples, scratch.data());
  reference::forwardProduct(block, input.view(), weights.data(), referenceSums.view(), samples);
  Batch gradient(ElementType::Int32, block.weights(), 1);
  gradient.fill([] { return 0; });
  Batch referenceGradient = gradient;
  for (int time = 0; time < 2; ++time) {
    outerProduct(block, error.view(), input.view(), gradient.view().data, ElementType::Int32, samples, scratch.data());
    reference::outerProduct(block, error.view(), input.view(), referenceGradient.view().data, ElementType::Int32,
                            samples);
  }
  EXPECT_EQ(sums.at(1, 2), wrapped(int64_t(1200) * 32767 * 127));
  EXPECT_EQ(gradient.at(0, block.weights() - 1), wrapped(int64_t(4) * 32767 * 32767));
  EXPECT_EQ(sums.contents(), referenceSums.contents());
  EXPECT_EQ(gradient.contents(), referenceGradient.contents());
}

INSTANTIATE_TEST_SUITE_P(EveryIsa, WrappingSums, testing::ValuesIn(everyIsa),
                         [](const auto &info) { return caseNameOf(info.param); });

class RandomGeometries : public EachIsa {};

TEST_P(RandomGeometries, ForwardEqualsReference) {
  for (uint32_t seed = 0; seed < 200; ++seed) {
    const LinearBlock block = randomBlock(seed);
    const ElementType type = seed % 3 ? ElementType::Int8 : ElementType::Int16;
    Batch input(type, block.channelEnd() * block.plane(), 3);
    input.fill(Numbers(largestOf(type), seed));
    GuardedVector<int8_t> weights(size_t(block.weights()));
    std::generate(weights.begin(), weights.end(), Numbers(127, seed + 1));
    Batch expected(seed % 2 ? ElementType::Int32 : ElementType::Int64, block.neurons * block.positions(), 3, 1);
    Batch found = expected;
    reference::forwardProduct(block, input.view(), weights.data(), expected.view(), 3);
    GuardedScratch scratch(linearScratchBytes(block, 3));
    forwardProduct(block, input.view(), weights.data(), found.view(), 3, scratch.data());
    EXPECT_EQ(expected.contents(), found.contents()) << seed;
    EXPECT_TRUE(scratch.isIntact()) << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(EveryIsa, RandomGeometries, testing::ValuesIn(everyIsa),
                         [](const auto &info) { return caseNameOf(info.param); });

// One sum that uses all 31 bits of its accumulator: 516 · 32767 · 127 = 2^31 - 196604.
TEST(LinearProductsAtTheBound, ForwardUses31Bits) {
  LinearBlock block;
  block.rowEnd = 516;
  block.neurons = 2;
  std::vector<int8_t> weights(size_t(block.rows()), 127);
  weights.resize(size_t(2 * block.rows()), -127);
  Batch input(ElementType::Int16, block.rows(), 1), output(ElementType::Int32, 2, 1);
  input.fill([] { return 32767; });
  GuardedScratch scratch(linearScratchBytes(block, 1));
  forwardProduct(block, input.view(), weights.data(), output.view(), 1, scratch.data());
  EXPECT_EQ(output.at(0, 0), 516ll * 32767 * 127);
  EXPECT_EQ(output.at(0, 1), -516ll * 32767 * 127);
}

// A sum that needs 64 bits, of products that a single 32-bit block could hold only in part.
TEST(LinearProductsAtTheBound, ForwardNeeds64Bits) {
  LinearBlock block;
  block.rowEnd = 5000;
  block.neurons = 1;
  const std::vector<int8_t> weights(size_t(block.rows()), 127);
  Batch input(ElementType::Int16, block.rows(), 1), output(ElementType::Int64, 1, 1);
  input.fill([] { return -32767; });
  GuardedScratch scratch(linearScratchBytes(block, 1));
  forwardProduct(block, input.view(), weights.data(), output.view(), 1, scratch.data());
  EXPECT_EQ(output.at(0, 0), -5000ll * 32767 * 127);
}

// No samples: outputs are untouched and the gradient keeps what it holds.
TEST(LinearProductsAtTheBound, EmptyBatch) {
  for (const int32_t side : {1, 4}) {
    LinearBlock block;
    block.height = block.width = block.outHeight = block.outWidth = side;
    block.rowEnd = 3;
    block.neurons = 2;
    const std::vector<int8_t> weights(6, 1);
    std::vector<int32_t> gradient(6, 42);
    GuardedScratch scratch(linearScratchBytes(block, 0));
    const BufferView nothing = {nullptr, ElementType::Int8, 16}, sums = {nullptr, ElementType::Int32, 16};
    forwardProduct(block, nothing, weights.data(), sums, 0, scratch.data());
    transposedProduct(block, nothing, weights.data(), sums, 0, scratch.data());
    outerProduct(block, nothing, nothing, gradient.data(), ElementType::Int32, 0, scratch.data());
    EXPECT_EQ(gradient, std::vector<int32_t>(6, 42));
  }
}

// Scratch memory stays small for a layer of VGG7's size, whatever the batch.
TEST(LinearProductsAtTheBound, ScratchIsModest) {
  LinearBlock block;
  block.height = block.width = block.outHeight = block.outWidth = 8;
  block.kernelHeight = block.kernelWidth = 3;
  block.padTop = block.padLeft = 1;
  block.rowEnd = 512 * 9;
  block.neurons = 512;
  EXPECT_LT(linearScratchBytes(block, 1), size_t(8) << 20);
  EXPECT_LT(linearScratchBytes(block, 4096), size_t(8) << 20);
}
