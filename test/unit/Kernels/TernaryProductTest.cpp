//===- TernaryProductTest.cpp - products of weights of two bits ------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/TernaryProduct.h"

#include "runtime/Kernels/ReferenceProducts.h"
#include "test/unit/Kernels/Buffers.h"

#include <cstdlib>

using namespace wage::rt;
using namespace wage::rt::test;

namespace {
class Ternary : public EachIsa {};
} // namespace

INSTANTIATE_TEST_SUITE_P(EveryIsa, Ternary, testing::ValuesIn(everyIsa),
                         [](const auto &info) { return caseNameOf(info.param); });

/// A layer whose window is its plane.
static LinearBlock planeOf(int64_t channels, int32_t height, int32_t width, int64_t neurons) {
  LinearBlock layer;
  layer.height = layer.kernelHeight = height, layer.width = layer.kernelWidth = width;
  layer.rowEnd = channels * height * width;
  layer.neurons = neurons;
  return layer;
}

/// The samples as the images of one pass, channel-last, with `offset` added.
static GuardedVector<uint8_t> imagesOf(const LinearBlock &layer, const Batch &input, int offset) {
  const int64_t channels = layer.rows() / layer.window();
  GuardedVector<uint8_t> images(size_t(input.samples * layer.rows()), 0);
  for (int64_t sample = 0; sample < input.samples; ++sample)
    for (int64_t e = 0; e < input.elements; ++e)
      images[size_t(sample * layer.rows() + e % layer.plane() * channels + e / layer.plane())] =
          uint8_t(input.at(sample, e) + offset);
  return images;
}

template <typename Fill> static void check(const LinearBlock &layer, int64_t samples, bool isSigned, bool hasBias) {
  SCOPED_TRACE(testing::Message() << layer.rows() << " rows, " << layer.neurons << " neurons, " << samples << " samples"
                                  << (isSigned ? ", signed" : "") << (hasBias ? ", biases" : ""));
  GuardedVector<int8_t> weights(size_t(layer.weights()), 0);
  std::generate(weights.begin(), weights.end(), Fill(1, 3));
  Batch input(ElementType::Int8, layer.rows(), samples), expected(ElementType::Int32, layer.neurons, samples);
  Fill next(127, 4);
  input.fill([&] { return isSigned ? next() : std::abs(next()); });
  reference::forwardProduct(layer, input.view(), weights.data(), expected.view(), samples);
  std::vector<int64_t> bias(size_t(layer.neurons), 0);
  if (hasBias)
    std::generate(bias.begin(), bias.end(), Numbers(100000, 5));

  const int offset = isSigned ? signedOffset : 0;
  const TernaryProduct product(layer);
  GuardedVector<uint8_t> panels(product.panelBytes(), 0x5A);
  GuardedVector<int8_t> activations(product.activationBytes(samples), 0x5A);
  int32_t sums[TernaryProduct::mostSamples];
  for (int64_t block = 0; block < product.blocks(); ++block)
    product.pack(weights.data(), block, block + 1, panels.data());
  product.prepare(imagesOf(layer, input, offset).data(), samples, offset, activations.data(), sums);
  for (int64_t block = 0; block < product.blocks(); ++block) {
    GuardedVector<int32_t> results(size_t(samples * lanesPerBlock), 0x5A5A5A5A);
    product.run(activations.data(), sums, panels.data(), hasBias ? bias.data() : nullptr, block, samples,
                results.data());
    for (int64_t sample = 0; sample < samples; ++sample)
      for (int64_t lane = 0; lane < product.lanesOf(block); ++lane) {
        const int64_t neuron = block * lanesPerBlock + lane;
        ASSERT_EQ(results[size_t(sample * lanesPerBlock + lane)], expected.at(sample, neuron) + bias[size_t(neuron)])
            << "sample " << sample << ", neuron " << neuron;
      }
  }
}

TEST_P(Ternary, EqualsReference) {
  const LinearBlock layers[] = {planeOf(1, 1, 1, 1),   planeOf(15, 1, 1, 3),  planeOf(16, 1, 1, 64),
                                planeOf(17, 1, 1, 65), planeOf(3, 4, 5, 130), planeOf(50, 3, 3, 33),
                                planeOf(4100, 1, 1, 2)};
  for (const LinearBlock &layer : layers)
    for (int64_t samples = 1; samples <= TernaryProduct::mostSamples; ++samples)
      for (const bool isSigned : {false, true}) {
        check<Numbers>(layer, samples, isSigned, /*hasBias=*/true);
        check<Extremes>(layer, samples, isSigned, /*hasBias=*/false);
      }
}
