//===- BlockProductsTest.cpp - products of blocks that keep their weights -------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

// Blocks of all kinds, cut anywhere, give the reference's bits whether they go the way of bytes or not: random ones, and sums
// for which 32 bits are too few.

#include "runtime/Kernels/BlockProducts.h"

#include "runtime/Kernels/ReferenceProducts.h"
#include "test/unit/Kernels/Buffers.h"

using namespace wage::rt;
using namespace wage::rt::test;

namespace {
class RandomBlocks : public EachIsa {};

/// A block that holds its weights, with scratch memory of the stated size and a guard behind it.
class Held {
public:
  Held(const LinearBlock &block, int64_t samples, const GuardedVector<int8_t> &weights)
      : shape(std::make_shared<BlockShape>(block, 127, samples)), products(shape),
        scratch(shape->scratchBytes() / 64 * 64 + 64) {
    products.setWeights(weights.data(), /*wantsTransposed=*/!block.isForwardOnly());
  }
  void *memory() { return scratch.data(); }

  const std::shared_ptr<const BlockShape> shape;
  BlockProducts products;

private:
  GuardedVector<char> scratch;
};

/// Types of operands and of sums.
struct Types {
  ElementType operand, sum;
};
} // namespace

INSTANTIATE_TEST_SUITE_P(EveryIsa, RandomBlocks, testing::ValuesIn(everyIsa),
                         [](const auto &info) { return caseNameOf(info.param); });

template <typename Fill> static GuardedVector<int8_t> weightsOf(const LinearBlock &block, Fill next) {
  GuardedVector<int8_t> weights(size_t(block.weights()), 0);
  std::generate(weights.begin(), weights.end(), next);
  return weights;
}

static int64_t inputElements(const LinearBlock &block) {
  return (block.channelEnd() - block.channelBegin()) * block.plane();
}

template <typename Fill>
static void checkForward(const LinearBlock &block, int64_t samples, Types types, const GuardedVector<int8_t> &weights,
                         Fill next) {
  Batch input(types.operand, inputElements(block), samples, 3);
  Batch expected(types.sum, block.neurons * block.positions(), samples, 5), found = expected;
  input.fill(next);
  reference::forwardProduct(block, input.view(), weights.data(), expected.view(), samples);
  Held held(block, samples, weights);
  held.products.forward(input.view(), found.view(), samples, held.memory());
  EXPECT_EQ(found.contents(), expected.contents());
}

template <typename Fill>
static void checkTransposed(const LinearBlock &block, int64_t samples, Types types,
                            const GuardedVector<int8_t> &weights, Fill next) {
  Batch error(types.operand, block.neurons * block.positions(), samples, 1);
  Batch expected(types.sum, inputElements(block), samples, 2), found = expected;
  error.fill(next);
  reference::transposedProduct(block, error.view(), weights.data(), expected.view(), samples);
  Held held(block, samples, weights);
  held.products.transposed(error.view(), found.view(), samples, held.memory());
  EXPECT_EQ(found.contents(), expected.contents());
}

template <typename Fill>
static void checkOuter(const LinearBlock &block, int64_t samples, Types types, const GuardedVector<int8_t> &weights,
                       Fill next) {
  Batch input(types.operand, inputElements(block), samples, 3);
  Batch error(types.operand, block.neurons * block.positions(), samples, 1), expected(types.sum, block.weights(), 1);
  input.fill(next), error.fill(next), expected.fill(Numbers(1000));
  Batch found = expected;
  reference::outerProduct(block, error.view(), input.view(), expected.view().data, types.sum, samples);
  Held held(block, samples, weights);
  held.products.outer(error.view(), input.view(), found.view().data, types.sum, samples, held.memory());
  EXPECT_EQ(found.contents(), expected.contents());
}

/// A block of whole rows and neurons or of some, with groups and dilations now and then.
static LinearBlock randomPart(uint32_t seed) {
  LinearBlock block = randomBlock(seed);
  if (seed % 8 == 0)
    return block;
  block.groups = block.dilationY = block.dilationX = 1;
  std::mt19937 engine(seed);
  if (seed % 3)
    block.rowBegin = std::uniform_int_distribution<int64_t>(0, block.rowEnd - 1)(engine);
  if (seed % 5 == 0) // a window that is the plane
    block.height = block.kernelHeight, block.width = block.kernelWidth, block.outHeight = block.outWidth = 1,
    block.padTop = block.padLeft = seed % 2;
  return block;
}

TEST_P(RandomBlocks, EqualReference) {
  int inBytes = 0;
  for (uint32_t seed = 0; seed < 400; ++seed) {
    const LinearBlock block = randomPart(seed);
    const int64_t samples = seed % 9 + 1;
    const Types types = {seed % 7 ? ElementType::Int8 : ElementType::Int16,
                         seed % 4 ? ElementType::Int32 : ElementType::Int64};
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const GuardedVector<int8_t> weights = weightsOf(block, Numbers(127, seed + 1));
    inBytes += Held(block, samples, weights).shape->inBytes;
    checkForward(block, samples, types, weights, Numbers(127, seed));
    if (block.isForwardOnly())
      continue;
    checkTransposed(block, samples, types, weights, Numbers(127, seed));
    checkOuter(block, samples, types, weights, Numbers(127, seed));
  }
  EXPECT_GT(inBytes, 50) << "blocks that show nothing";
}

// 140000 products of 127 by 127 take more than 31 bits; a target of 64 bits says that there may be so many.
TEST(BlockProductsAtTheBound, SumsOf64Bits) {
  const Types types = {ElementType::Int8, ElementType::Int64};
  const auto largest = [] { return 127; };
  LinearBlock matrix;
  matrix.rowEnd = 140000, matrix.neurons = 1;
  checkForward(matrix, 2, types, weightsOf(matrix, largest), largest);
  std::swap(matrix.rowEnd, matrix.neurons);
  checkTransposed(matrix, 2, types, weightsOf(matrix, largest), largest);
  LinearBlock image;
  image.rowEnd = image.neurons = 1;
  image.height = image.width = image.outHeight = image.outWidth = 265;
  checkOuter(image, 2, types, weightsOf(image, largest), largest);
}
