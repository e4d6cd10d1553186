//===- KernelWork.cpp - products of single layers, to be measured -----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "benchmarks/KernelWork.h"
#include "benchmarks/speed/Server.h"
#include "runtime/Kernels/FilterPairs.h"

#include <algorithm>
#include <memory>

using namespace wage::rt;
using namespace wage::speed;

namespace {
constexpr int weightBits = 2;
/// Of unsigned activations by weights, and of errors, which are stored plus 128.
constexpr int largestProduct = 127 * 128, largestErrorProduct = 255 * 128;
/// Positions, and rows of a gradient (of one that is formed twice), computed at a time: as the engine does (ByteEngine.h).
constexpr int64_t stripPositions = 128;
constexpr int64_t gradientRows = 192, tileRows = 48;

/// Memory that vectors of the processor may be loaded from.
template <typename Element> class Aligned {
public:
  explicit Aligned(size_t count) : memory(smallNumbers<Element>(count + 64 / sizeof(Element))) {}
  Element *data() {
    const auto address = reinterpret_cast<uintptr_t>(memory.data());
    return memory.data() + (64 - address % 64) % 64 / sizeof(Element);
  }

private:
  std::vector<Element> memory;
};
} // namespace

static LinearBlock blockOf(const KernelLayer &layer) {
  LinearBlock block;
  block.height = block.width = block.outHeight = block.outWidth = layer.side;
  block.kernelHeight = block.kernelWidth = layer.kernel;
  block.padTop = block.padLeft = layer.kernel / 2;
  block.rowEnd = layer.channels * layer.kernel * layer.kernel;
  block.neurons = layer.neurons;
  return block;
}

//===----------------------------------------------------------------------===//
// Of the fused engine
//===----------------------------------------------------------------------===//

namespace {
/// The forward or transposed product, sample by sample; of a matrix product all at once.
class ConvolutionWork {
public:
  ConvolutionWork(const ByteConvolution &convolution, const LinearBlock &layer, int largest, int64_t samples)
      : convolution(convolution), largest(largest), samples(samples), images(convolution.images().bytes(samples)),
        panels(convolution.panelBytes()), start(paddedLanes(convolution.lanes())),
        results(stripPositions * lanesPerBlock) {
    convolution.pack(smallNumbers<int8_t>(layer.neurons * layer.rows()).data(), 0, convolution.blocks(), panels.data());
  }

  void run() {
    const bool isMatrix = convolution.positions() == 1;
    const int64_t together = isMatrix ? samples : convolution.positions();
    for (int64_t sample = 0; sample < samples; sample += isMatrix ? samples : 1)
      for (int64_t block = 0; block < convolution.blocks(); ++block)
        for (int64_t first = 0; first < together; first += stripPositions)
          convolution.run(images.data(), panels.data(), start.data(), largest, block, sample * together + first,
                          std::min(stripPositions, together - first), results.data());
  }

private:
  const ByteConvolution convolution;
  const int largest;
  const int64_t samples;
  Aligned<uint8_t> images;
  Aligned<int8_t> panels;
  Aligned<int32_t> start, results;
};

/// The forward product by pairs of results.
class PairsWork {
public:
  PairsWork(const LinearBlock &layer, int64_t samples)
      : layer(layer), pairs(layer, weightBits), samples(samples), images(inputImages(layer).bytes(samples)),
        factors(pairs.factorBytes()), panels(pairs.panelBytes()), start(pairs.startElements()),
        scratch(pairs.scratchElements(layer.outHeight)), results(layer.positions() * lanesPerBlock) {
    std::vector<int8_t> weights = smallNumbers<int8_t>(layer.neurons * layer.rows());
    for (int8_t &weight : weights)
      weight = static_cast<int8_t>(weight % 2);
    pairs.pack(weights.data(), nullptr, 0, blocks(), panels.data(), start.data());
    for (size_t i = 0; i < inputImages(layer).bytes(samples); ++i)
      images.data()[i] &= 127;
  }

  void run() {
    for (int64_t sample = 0; sample < samples; ++sample) {
      pairs.makeFactors(images.data() + sample * inputImages(layer).sampleBytes(), factors.data());
      for (int64_t block = 0; block < blocks(); ++block)
        pairs.run(factors.data(), panels.data(), start.data(), block, 0, layer.outHeight, scratch.data(),
                  results.data());
    }
  }

private:
  int64_t blocks() const { return (layer.neurons + lanesPerBlock - 1) / lanesPerBlock; }

  const LinearBlock layer;
  const FilterPairs pairs;
  const int64_t samples;
  Aligned<uint8_t> images, factors;
  Aligned<int8_t> panels;
  Aligned<int32_t> start, scratch, results;
};

/// The gradient of the whole batch, in parts of its rows.
class OuterWork {
public:
  OuterWork(const LinearBlock &layer, int64_t samples)
      : outer(layer, samples), samples(samples), planes(outer.planeBytes()), quads(outer.quadBytes()),
        gradient(outer.gradientElements()), isShallow(outer.isShallow(samples)) {}

  void run() {
    for (int64_t block = 0; block < outer.blocks(); ++block)
      for (int64_t row = 0; row < outer.rows(); row += rowsAtOnce)
        // A shallow one is formed again for the update, and nothing of it is kept.
        outer.run(planes.data(), quads.data(), samples, 0, block, row, std::min(row + rowsAtOnce, outer.rows()),
                  isShallow ? gradient.data() : gradient.data() + row * outer.gradientRow() + block * lanesPerBlock,
                  isShallow ? lanesPerBlock : outer.gradientRow(), /*accumulates=*/false, &largest);
  }

private:
  const ByteOuterProduct outer;
  const int64_t samples;
  Aligned<uint8_t> planes;
  Aligned<int8_t> quads;
  Aligned<int32_t> gradient;
  uint32_t largest = 0;
  const bool isShallow;
  const int64_t rowsAtOnce = isShallow ? tileRows : gradientRows;
};
} // namespace

/// What runs `work`, and keeps it.
template <typename Work> static std::function<void()> running(std::shared_ptr<Work> work) {
  return [work] { work->run(); };
}

static std::function<void()> makeForward(const KernelLayer &layer, int64_t samples) {
  const LinearBlock block = blockOf(layer);
  if (FilterPairs::takes(block, weightBits, 0))
    return running(std::make_shared<PairsWork>(block, samples));
  return running(std::make_shared<ConvolutionWork>(ByteConvolution::forward(block), block, largestProduct, samples));
}

static std::function<void()> makeTransposed(const KernelLayer &layer, int64_t samples) {
  const LinearBlock block = blockOf(layer);
  return running(
      std::make_shared<ConvolutionWork>(ByteConvolution::transposed(block), block, largestErrorProduct, samples));
}

static std::function<void()> makeOuter(const KernelLayer &layer, int64_t samples) {
  return running(std::make_shared<OuterWork>(blockOf(layer), samples));
}

//===----------------------------------------------------------------------===//
// Of plain buffers
//===----------------------------------------------------------------------===//

namespace {
/// Operands and results of the products of LinearProducts.h.
class PlainWork {
public:
  PlainWork(const LinearBlock &block, int64_t samples)
      : block(block), samples(samples), inputs((block.channelEnd() - block.channelBegin()) * block.plane()),
        outputs(block.neurons * block.positions()), input(samples * inputs), error(samples * outputs),
        weights(block.weights()), output(samples * outputs), result(samples * inputs), gradient(block.weights()),
        scratch(linearScratchBytes(block, samples)) {}

  void forward() {
    forwardProduct(block, inputView(), weights.data(), {output.data(), ElementType::Int32, outputs}, samples,
                   scratch.data());
  }
  void transposed() {
    transposedProduct(block, errorView(), weights.data(), {result.data(), ElementType::Int32, inputs}, samples,
                      scratch.data());
  }
  void outer() {
    outerProduct(block, errorView(), inputView(), gradient.data(), ElementType::Int32, samples, scratch.data());
  }

private:
  BufferView inputView() { return {input.data(), ElementType::Int8, inputs}; }
  BufferView errorView() { return {error.data(), ElementType::Int8, outputs}; }

  const LinearBlock block;
  const int64_t samples, inputs, outputs;
  Aligned<int8_t> input, error, weights;
  Aligned<int32_t> output, result, gradient;
  Aligned<char> scratch;
};
} // namespace

template <void (PlainWork::*product)()>
static std::function<void()> makePlain(const KernelLayer &layer, int64_t samples) {
  const auto work = std::make_shared<PlainWork>(blockOf(layer), samples);
  return [work] { (work.get()->*product)(); };
}

const std::vector<KernelLayer> &wage::speed::kernelLayers() {
  static const std::vector<KernelLayer> layers = {
      {"lenet-conv1", 1, 32, 28, 5},   {"lenet-conv2", 32, 64, 14, 5},  {"lenet-fc1", 3136, 512, 1, 1},
      {"lenet-fc2", 512, 10, 1, 1},    {"vgg7-conv1", 3, 128, 32, 3},   {"vgg7-conv2", 128, 128, 32, 3},
      {"vgg7-conv3", 128, 256, 16, 3}, {"vgg7-conv4", 256, 256, 16, 3}, {"vgg7-conv5", 256, 512, 8, 3},
      {"vgg7-conv6", 512, 512, 8, 3},  {"vgg7-fc1", 8192, 1024, 1, 1},  {"vgg7-fc2", 1024, 10, 1, 1},
  };
  return layers;
}

const std::vector<Kernel> &wage::speed::kernels() {
  static const std::vector<Kernel> all = {
      {"forward", makeForward},
      {"transposed", makeTransposed},
      {"outer", makeOuter},
      {"plain-forward", makePlain<&PlainWork::forward>},
      {"plain-transposed", makePlain<&PlainWork::transposed>},
      {"plain-outer", makePlain<&PlainWork::outer>},
  };
  return all;
}
