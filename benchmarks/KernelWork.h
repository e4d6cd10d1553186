//===- KernelWork.h - products of single layers, to be measured -------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_BENCHMARKS_KERNELWORK_H
#define WAGE_BENCHMARKS_KERNELWORK_H

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace wage::speed {

/// A convolution padded to keep its side, or with side 1 a matrix product.
struct KernelLayer {
  const char *name;
  int64_t channels, neurons;
  int32_t side, kernel;

  /// Multiply-accumulates of each product of a sample.
  double work() const { return double(channels) * kernel * kernel * double(neurons) * side * side; }
};

/// One product of a layer, as one of the kernels computes it.
struct Kernel {
  const char *name;
  /// Makes the operands of `samples` samples, and gives what computes the product once.
  std::function<void()> (*make)(const KernelLayer &layer, int64_t samples);
};

/// The layers of LeNet (32C5-MP2-64C5-MP2-512FC-10) and VGG7.
const std::vector<KernelLayer> &kernelLayers();

/// The products as the fused engine computes them for weights of two bits, between layouts that its stages write:
/// `forward`, `transposed`, `outer`; and those of plain buffers: `plain-forward`, `plain-transposed`, `plain-outer`.
const std::vector<Kernel> &kernels();

} // namespace wage::speed

#endif // WAGE_BENCHMARKS_KERNELWORK_H
