//===- ReferenceProductsTest.cpp - the reference products by themselves --------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/ReferenceProducts.h"
#include "test/unit/Kernels/Buffers.h"

using namespace wage::rt;
using namespace wage::rt::test;

/// A 2x2 kernel over a 2x3 plane, one row and one column of padding on top and left: every output is written out below.
static LinearBlock smallBlock() {
  LinearBlock block;
  block.height = 2, block.width = 3;
  block.kernelHeight = block.kernelWidth = 2;
  block.padTop = block.padLeft = 1;
  block.outHeight = 2, block.outWidth = 3;
  block.rowEnd = 4;
  block.neurons = 1;
  return block;
}

TEST(ReferenceProducts, ForwardOfASmallPlane) {
  Batch input(ElementType::Int8, 6, 1), output(ElementType::Int32, 6, 1);
  int64_t next = 0;
  input.fill([&] { return ++next; }); // 1 2 3 / 4 5 6
  const int8_t weights[] = {1, 10, 100, -1};
  reference::forwardProduct(smallBlock(), input.view(), weights, output.view(), 1);
  const int64_t expected[] = {-1, 100 - 2, 200 - 3, 10 - 4, 1 + 20 + 400 - 5, 2 + 30 + 500 - 6};
  for (int64_t i = 0; i < 6; ++i)
    EXPECT_EQ(output.at(0, i), expected[i]) << i;
}

TEST(ReferenceProducts, TransposedOfOneError) {
  Batch error(ElementType::Int16, 6, 1), result(ElementType::Int64, 6, 1);
  error.fill([] { return 0; });
  error.set(0, 4, 3); // reads the plane's 1 2 / 4 5
  const int8_t weights[] = {1, 10, 100, -1};
  reference::transposedProduct(smallBlock(), error.view(), weights, result.view(), 1);
  const int64_t expected[] = {3, 30, 0, 300, -3, 0};
  for (int64_t i = 0; i < 6; ++i)
    EXPECT_EQ(result.at(0, i), expected[i]) << i;
}

// The products are the derivatives of one another: e · forward(w, x) = x · transposed(w, e) = w · outer(e, x).
TEST(ReferenceProducts, AreAdjoint) {
  LinearBlock block;
  block.height = 7, block.width = 6;
  block.kernelHeight = 3, block.kernelWidth = 2;
  block.strideY = 2, block.strideX = 1;
  block.padTop = 1, block.padLeft = 0;
  block.outHeight = 4, block.outWidth = 6; // one column of padding on the right
  block.rowBegin = 4, block.rowEnd = 15;   // cuts the first and the last channel
  block.neurons = 3;
  const int64_t inputs = 3 * block.plane(), outputs = block.neurons * block.positions(), samples = 2;
  Batch input(ElementType::Int8, inputs, samples), error(ElementType::Int8, outputs, samples);
  input.fill(Numbers(127, 1));
  error.fill(Numbers(127, 2));
  std::vector<int8_t> weights;
  Numbers numbers(127, 3);
  for (int64_t i = 0; i < block.neurons * block.rows(); ++i)
    weights.push_back(int8_t(numbers()));

  Batch output(ElementType::Int64, outputs, samples), result(ElementType::Int64, inputs, samples);
  std::vector<int64_t> gradient(weights.size(), 0);
  reference::forwardProduct(block, input.view(), weights.data(), output.view(), samples);
  reference::transposedProduct(block, error.view(), weights.data(), result.view(), samples);
  reference::outerProduct(block, error.view(), input.view(), gradient.data(), ElementType::Int64, samples);

  int64_t forward = 0, transposed = 0, outer = 0;
  for (int64_t sample = 0; sample < samples; ++sample) {
    for (int64_t i = 0; i < outputs; ++i)
      forward += error.at(sample, i) * output.at(sample, i);
    for (int64_t i = 0; i < inputs; ++i)
      transposed += input.at(sample, i) * result.at(sample, i);
  }
  for (size_t i = 0; i < weights.size(); ++i)
    outer += weights[i] * gradient[i];
  EXPECT_EQ(forward, transposed);
  EXPECT_EQ(forward, outer);
  EXPECT_NE(forward, 0);
}

// Groups and dilations are zeros among the weights of a layer without: a kernel as large as its window, of all channels.
TEST(ReferenceProducts, GroupsAndDilationsAreZeros) {
  for (uint32_t seed = 0; seed < 50; ++seed) {
    const LinearBlock block = randomBlock(seed);
    LinearBlock dense = block;
    dense.kernelHeight = int32_t(block.windowHeight()), dense.kernelWidth = int32_t(block.windowWidth());
    dense.dilationY = dense.dilationX = 1;
    dense.groups = 1;
    dense.rowEnd = block.channelEnd() * dense.window();
    std::vector<int8_t> weights(size_t(block.weights())), spread(size_t(dense.weights()), 0);
    Numbers numbers(127, seed);
    const int64_t seen = block.channelEnd() / block.groups;
    for (int64_t i = 0; i < block.weights(); ++i) {
      const int64_t neuron = i / block.rowsPerNeuron(), row = i % block.rowsPerNeuron(), tap = row % block.window();
      const int64_t channel = neuron / block.neuronsPerGroup() * seen + row / block.window();
      const int64_t y = tap / block.kernelWidth * block.dilationY, x = tap % block.kernelWidth * block.dilationX;
      spread[size_t((neuron * block.channelEnd() + channel) * dense.window() + y * dense.kernelWidth + x)] =
          weights[size_t(i)] = int8_t(numbers());
    }
    Batch input(ElementType::Int8, block.channelEnd() * block.plane(), 2);
    input.fill(Numbers(127, seed + 1));
    Batch expected(ElementType::Int32, block.neurons * block.positions(), 2), found = expected;
    reference::forwardProduct(dense, input.view(), spread.data(), expected.view(), 2);
    reference::forwardProduct(block, input.view(), weights.data(), found.view(), 2);
    EXPECT_EQ(expected.contents(), found.contents()) << seed;
  }
}
