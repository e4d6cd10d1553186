//===- kernels.cpp - speed of the three products of a linear layer --------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Usage: benchmark-kernels [--isa=NAME] [--samples=N] [--layer=NAME --product=NAME]
// Prints billions of multiply-accumulates per second of one core for each product of each layer of LeNet and of VGG7.
// With a layer and a product, as `vgg7-conv2` and `outer`, it answers `run N` with the seconds of one of N such
// products, for benchmarks/speed.
//
//===---------------------------------------------------------------------------===//

#include "benchmarks/KernelWork.h"
#include "benchmarks/speed/Server.h"
#include "runtime/Kernels/Isa.h"

#include <algorithm>

using namespace wage::rt;
using namespace wage::speed;

/// Billions of multiply-accumulates per second: the best of three runs or more, which together take half a second at least.
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
  std::printf("%s, %lld samples, GMAC/s of one core\n%-12s", std::string(nameOf(currentIsa())).c_str(),
              static_cast<long long>(samples), "layer");
  for (const Kernel &kernel : kernels())
    std::printf(" %16s", kernel.name);
  std::printf("\n");
  for (const KernelLayer &layer : kernelLayers()) {
    std::printf("%-12s", layer.name);
    for (const Kernel &kernel : kernels())
      std::printf(" %16.1f", measure(double(samples) * layer.work(), kernel.make(layer, samples)));
    std::printf("\n");
  }
}

static int fail(const std::string &text) {
  std::fprintf(stderr, "benchmark-kernels: %s\n", text.c_str());
  return 2;
}

/// The entry called `name`, or null.
template <typename Entry> static const Entry *find(const std::vector<Entry> &table, const std::string &name) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const Entry &entry) { return name == entry.name; });
  return found == table.end() ? nullptr : &*found;
}

static int serveProduct(const std::string &layerName, const std::string &kernelName, int64_t samples) {
  const KernelLayer *layer = find(kernelLayers(), layerName);
  if (!layer)
    return fail("layer '" + layerName + "' is unknown, expected one of those that are printed without --layer");
  const Kernel *kernel = find(kernels(), kernelName);
  if (!kernel)
    return fail("product '" + kernelName + "' is unknown, expected one of those that are printed without --layer");
  return serve("wage", kernel->make(*layer, samples));
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
