//===- kernels.cpp - speed of the three products of a linear layer --------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Usage: benchmark-kernels [--isa=NAME] [--samples=N] [--layer=NAME --product=forward|transposed|outer]
// Prints billions of multiply-accumulates per second of one core for each product of each layer of LeNet
// (32C5-MP2-64C5-MP2-512FC-10) and of VGG7. With a layer and a product, as `vgg7-conv2`, it answers `run N` with the
// seconds of one of N such products, for benchmarks/speed.
//
//===---------------------------------------------------------------------------===//

#include "benchmarks/speed/Server.h"
#include "runtime/Kernels/Isa.h"
#include "runtime/Kernels/LinearProducts.h"

#include <algorithm>
#include <functional>

using namespace wage::rt;
using namespace wage::speed;

namespace {
struct Layer {
  const char *name;
  int64_t channels, neurons;
  int32_t side, kernel, pad;
};

/// Operands and results of the products of one layer.
class Products {
public:
  Products(const Layer &layer, int64_t samples);

  void forward() {
    forwardProduct(block, inputView(), weights.data(), {output.data(), ElementType::Int32, outputs}, samples,
                   scratch());
  }
  void transposed() {
    transposedProduct(block, errorView(), weights.data(), {result.data(), ElementType::Int32, inputs}, samples,
                      scratch());
  }
  void outer() {
    outerProduct(block, errorView(), inputView(), gradient.data(), ElementType::Int32, samples, scratch());
  }

  /// Multiply-accumulates of each.
  double work() const { return double(samples) * double(outputs) * double(block.rows()); }
  double scratchMiB() const { return double(memory.size()) / (1 << 20); }

private:
  BufferView inputView() { return {input.data(), ElementType::Int8, inputs}; }
  BufferView errorView() { return {error.data(), ElementType::Int8, outputs}; }
  void *scratch() { return memory.data() + (64 - reinterpret_cast<uintptr_t>(memory.data()) % 64); }

  const LinearBlock block;
  const int64_t samples, inputs, outputs;
  std::vector<int8_t> input, error, weights;
  std::vector<int32_t> output, result, gradient;
  std::vector<char> memory;
};

/// What is measured, one column each.
struct Kernel {
  const char *name;
  void (Products::*run)();
};
} // namespace

static constexpr Layer layers[] = {
    {"lenet-conv1", 1, 32, 28, 5, 2},   {"lenet-conv2", 32, 64, 14, 5, 2},  {"lenet-fc1", 3136, 512, 1, 1, 0},
    {"lenet-fc2", 512, 10, 1, 1, 0},    {"vgg7-conv1", 3, 128, 32, 3, 1},   {"vgg7-conv2", 128, 128, 32, 3, 1},
    {"vgg7-conv3", 128, 256, 16, 3, 1}, {"vgg7-conv4", 256, 256, 16, 3, 1}, {"vgg7-conv5", 256, 512, 8, 3, 1},
    {"vgg7-conv6", 512, 512, 8, 3, 1},  {"vgg7-fc1", 8192, 1024, 1, 1, 0},  {"vgg7-fc2", 1024, 10, 1, 1, 0},
};

static constexpr Kernel kernels[] = {
    {"forward", &Products::forward}, {"transposed", &Products::transposed}, {"outer", &Products::outer}};

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

Products::Products(const Layer &layer, int64_t samples)
    : block(blockOf(layer)), samples(samples), inputs(layer.channels * block.plane()),
      outputs(block.neurons * block.positions()), input(smallNumbers<int8_t>(samples * inputs)),
      error(smallNumbers<int8_t>(samples * outputs)), weights(smallNumbers<int8_t>(block.neurons * block.rows())),
      output(samples * outputs), result(samples * inputs), gradient(block.neurons * block.rows()),
      memory(linearScratchBytes(block, samples) + 64) {}

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

static void printTable(int64_t samples) {
  std::printf("%s, %lld samples, GMAC/s of one core\n", std::string(nameOf(currentIsa())).c_str(),
              static_cast<long long>(samples));
  std::printf("%-12s", "layer");
  for (const Kernel &kernel : kernels)
    std::printf(" %10s", kernel.name);
  std::printf(" scratch MiB\n");
  for (const Layer &layer : layers) {
    Products products(layer, samples);
    std::printf("%-12s", layer.name);
    for (const Kernel &kernel : kernels)
      std::printf(" %10.1f", measure(products.work(), std::bind(kernel.run, &products)));
    std::printf(" %11.2f\n", products.scratchMiB());
  }
}

static int fail(const std::string &text) {
  std::fprintf(stderr, "benchmark-kernels: %s\n", text.c_str());
  return 2;
}

/// The entry of a table called `name`, or null.
template <typename Entry, size_t N> static const Entry *find(const Entry (&table)[N], const std::string &name) {
  const Entry *found = std::find_if(table, table + N, [&](const Entry &entry) { return name == entry.name; });
  return found == table + N ? nullptr : found;
}

static int serveProduct(const std::string &layerName, const std::string &kernelName, int64_t samples) {
  const Layer *layer = find(layers, layerName);
  if (!layer)
    return fail("layer '" + layerName + "' is unknown, the table without --layer names them");
  const Kernel *kernel = find(kernels, kernelName);
  if (!kernel)
    return fail("product '" + kernelName + "' is unknown, expected forward, transposed or outer");
  Products products(*layer, samples);
  return serve("wage", std::bind(kernel->run, &products));
}

int main(int argc, char **argv) {
  if (Status status = setIsa(option(argc, argv, "--isa", "auto")); !status.ok())
    return fail(status.text());
  const int64_t samples = numberOption(argc, argv, "--samples", 64);
  const std::string layer = option(argc, argv, "--layer", "");
  if (!layer.empty())
    return serveProduct(layer, option(argc, argv, "--product", ""), samples);
  printTable(samples);
  return 0;
}
