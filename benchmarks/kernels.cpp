//===- kernels.cpp - speed of the three products of a linear layer --------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Usage: benchmark-kernels [--isa=NAME] [--samples=N]. Prints billions of multiply-accumulates per second of one core for
// each product of each layer of LeNet (32C5-MP2-64C5-MP2-512FC-10) and of some layers of VGG7.
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/Isa.h"
#include "runtime/Kernels/LinearProducts.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

using namespace wage::rt;

namespace {
struct Layer {
  const char *name;
  int64_t channels, neurons;
  int32_t side, kernel, pad;
};
} // namespace

static constexpr Layer layers[] = {
    {"lenet conv1", 1, 32, 28, 5, 2},  {"lenet conv2", 32, 64, 14, 5, 2},  {"lenet fc1", 3136, 512, 1, 1, 0},
    {"lenet fc2", 512, 10, 1, 1, 0},   {"vgg7 conv2", 128, 128, 32, 3, 1}, {"vgg7 conv4", 256, 256, 16, 3, 1},
    {"vgg7 conv6", 512, 512, 8, 3, 1}, {"vgg7 fc1", 8192, 1024, 1, 1, 0},
};

static LinearBlock blockOf(const Layer &layer) {
  LinearBlock block;
  block.height = block.width = layer.side;
  block.kernelHeight = block.kernelWidth = layer.kernel;
  block.padTop = block.padLeft = layer.pad;
  block.outHeight = block.outWidth = layer.side + 2 * layer.pad - layer.kernel + 1;
  block.rowEnd = layer.channels * layer.kernel * layer.kernel;
  block.neurons = layer.neurons;
  return block;
}

/// Billions of multiply-accumulates per second: the best of runs that together take about half a second.
template <typename Run> static double measure(double work, Run &&run) {
  using Clock = std::chrono::steady_clock;
  double best = 1e30, total = 0;
  for (int round = 0; round < 3 || total < 0.5; ++round) {
    const auto start = Clock::now();
    run();
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    best = std::min(best, seconds);
    total += seconds;
  }
  return work / best * 1e-9;
}

static std::vector<int8_t> smallNumbers(int64_t count) {
  std::vector<int8_t> numbers(static_cast<size_t>(count));
  uint32_t state = 1;
  for (int8_t &number : numbers)
    number = static_cast<int8_t>(static_cast<int32_t>((state = state * 1664525u + 1013904223u) >> 24) % 101 - 50);
  return numbers;
}

static void benchmark(const Layer &layer, int64_t samples) {
  const LinearBlock block = blockOf(layer);
  const int64_t inputs = layer.channels * block.plane(), outputs = block.neurons * block.positions();
  std::vector<int8_t> input = smallNumbers(samples * inputs), error = smallNumbers(samples * outputs);
  const std::vector<int8_t> weights = smallNumbers(block.neurons * block.rows());
  std::vector<int32_t> output(samples * outputs), result(samples * inputs), gradient(block.neurons * block.rows());
  std::vector<char> memory(linearScratchBytes(block, samples) + 64);
  void *scratch = memory.data() + (64 - reinterpret_cast<uintptr_t>(memory.data()) % 64);
  const BufferView inputView = {input.data(), ElementType::Int8, inputs};
  const BufferView errorView = {error.data(), ElementType::Int8, outputs};
  const double work = double(samples) * double(outputs) * double(block.rows());
  const double forward = measure(work, [&] {
    forwardProduct(block, inputView, weights.data(), {output.data(), ElementType::Int32, outputs}, samples, scratch);
  });
  const double transposed = measure(work, [&] {
    transposedProduct(block, errorView, weights.data(), {result.data(), ElementType::Int32, inputs}, samples, scratch);
  });
  const double outer = measure(
      work, [&] { outerProduct(block, errorView, inputView, gradient.data(), ElementType::Int32, samples, scratch); });
  std::printf("%-12s %8.1f %10.1f %8.1f   %7.2f MiB\n", layer.name, forward, transposed, outer,
              double(memory.size()) / (1 << 20));
}

int main(int argc, char **argv) {
  int64_t samples = 64;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    Status status;
    if (argument.substr(0, 6) == "--isa=")
      status = setIsa(argument.substr(6));
    else if (argument.substr(0, 10) == "--samples=")
      samples = std::max<int64_t>(1, std::atoll(argument.substr(10).data()));
    else
      status = Status::error("argument '" + std::string(argument) + "' is unknown, expected --isa=NAME or --samples=N");
    if (!status.ok()) {
      std::fprintf(stderr, "benchmark-kernels: %s\n", status.text().c_str());
      return 2;
    }
  }
  std::printf("%s, %lld samples, GMAC/s of one core\n", std::string(nameOf(currentIsa())).c_str(),
              static_cast<long long>(samples));
  std::printf("layer         forward transposed    outer   scratch\n");
  for (const Layer &layer : layers)
    benchmark(layer, samples);
  return 0;
}
