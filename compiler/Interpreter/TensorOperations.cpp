//===- TensorOperations.cpp - the loops of the interpreter -------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Interpreter/TensorOperations.h"

#include "compiler/Interpreter/Arithmetic.h"

#include <cassert>

namespace wage::interpreter {
namespace {

/// Calls `visit(b, n, oy, ox, c, y, x, i, j)` for every product of a convolution between output (b, n, oy, ox), input
/// (b, c, y, x) and weight (n, c, i, j), positions in the padding left out.
template <typename Visit>
void forEachProduct(const Tensor &plane, int64_t neurons, const Windows &windows, Visit visit) {
  const int64_t batch = plane.shape[0], channels = plane.shape[1], height = plane.shape[2], width = plane.shape[3];
  const int64_t outHeight = windows.count(0, height), outWidth = windows.count(1, width);
  for (int64_t b = 0; b < batch; ++b)
    for (int64_t n = 0; n < neurons; ++n)
      for (int64_t oy = 0; oy < outHeight; ++oy)
        for (int64_t ox = 0; ox < outWidth; ++ox)
          for (int64_t c = 0; c < channels; ++c)
            for (int64_t i = 0; i < windows.kernel[0]; ++i)
              for (int64_t j = 0; j < windows.kernel[1]; ++j) {
                const int64_t y = windows.position(0, oy, i), x = windows.position(1, ox, j);
                if (y >= 0 && y < height && x >= 0 && x < width)
                  visit(b, n, oy, ox, c, y, x, i, j);
              }
}

int64_t weightAt(const Tensor &weights, int64_t n, int64_t k, bool axonsFirst) {
  return axonsFirst ? weights.at(k, n) : weights.at(n, k);
}

} // namespace

/// Adds `weight` times input plane (b, c), as element (i, j) of the kernel sees it, to plane (b, n) of the result. Row by row:
/// a report on a large network multiplies thousands of millions of numbers here.
static void addProducts(const Tensor &input, int64_t b, int64_t c, int64_t weight, const Windows &windows, int64_t i,
                        int64_t j, Tensor &result, int64_t n) {
  const int64_t height = input.shape[2], width = input.shape[3], stride = windows.strides[1];
  int64_t begin = 0, end = result.shape[3];
  while (begin < end && windows.position(1, begin, j) < 0)
    ++begin;
  while (end > begin && windows.position(1, end - 1, j) >= width)
    --end;
  for (int64_t oy = 0; oy < result.shape[2]; ++oy) {
    const int64_t y = windows.position(0, oy, i);
    if (y < 0 || y >= height || begin == end)
      continue;
    const int64_t *from =
        &input.elements[((b * input.shape[1] + c) * height + y) * width + windows.position(1, begin, j)];
    int64_t *to = &result.at(b, n, oy, begin);
    for (int64_t ox = 0; ox < end - begin; ++ox)
      to[ox] += weight * from[ox * stride];
  }
}

Tensor convolve(const Tensor &input, const Tensor &weights, const Windows &windows) {
  const int64_t neurons = weights.shape[0], seen = weights.shape[1];
  const int64_t groups = seen == 0 ? 1 : input.shape[1] / seen;
  Tensor result({input.shape[0], neurons, windows.count(0, input.shape[2]), windows.count(1, input.shape[3])});
  for (int64_t b = 0; b < input.shape[0]; ++b)
    for (int64_t n = 0; n < neurons; ++n)
      for (int64_t c = 0; c < seen; ++c)
        for (int64_t i = 0; i < windows.kernel[0]; ++i)
          for (int64_t j = 0; j < windows.kernel[1]; ++j)
            if (const int64_t weight = weights.at(n, c, i, j))
              addProducts(input, b, n / (neurons / groups) * seen + c, weight, windows, i, j, result, n);
  return result;
}

Tensor convolveTransposed(const Tensor &error, const Tensor &weights, const Windows &windows, int64_t height,
                          int64_t width) {
  Tensor result({error.shape[0], weights.shape[1], height, width});
  forEachProduct(result, weights.shape[0], windows,
                 [&](int64_t b, int64_t n, int64_t oy, int64_t ox, int64_t c, int64_t y, int64_t x, int64_t i,
                     int64_t j) { result.at(b, c, y, x) += error.at(b, n, oy, ox) * weights.at(n, c, i, j); });
  return result;
}

Tensor convolveOuter(const Tensor &error, const Tensor &input, const Windows &windows) {
  Tensor result({error.shape[1], input.shape[1], windows.kernel[0], windows.kernel[1]});
  forEachProduct(input, error.shape[1], windows,
                 [&](int64_t b, int64_t n, int64_t oy, int64_t ox, int64_t c, int64_t y, int64_t x, int64_t i,
                     int64_t j) { result.at(n, c, i, j) += error.at(b, n, oy, ox) * input.at(b, c, y, x); });
  return result;
}

Tensor multiply(const Tensor &input, const Tensor &weights, bool axonsFirst) {
  Tensor result({input.shape[0], weights.shape[axonsFirst ? 1 : 0]});
  for (int64_t b = 0; b < result.shape[0]; ++b)
    for (int64_t n = 0; n < result.shape[1]; ++n)
      for (int64_t k = 0; k < input.shape[1]; ++k)
        result.at(b, n) += input.at(b, k) * weightAt(weights, n, k, axonsFirst);
  return result;
}

Tensor multiplyTransposed(const Tensor &error, const Tensor &weights, bool axonsFirst) {
  Tensor result({error.shape[0], weights.shape[axonsFirst ? 0 : 1]});
  for (int64_t b = 0; b < result.shape[0]; ++b)
    for (int64_t n = 0; n < error.shape[1]; ++n)
      for (int64_t k = 0; k < result.shape[1]; ++k)
        result.at(b, k) += error.at(b, n) * weightAt(weights, n, k, axonsFirst);
  return result;
}

Tensor multiplyOuter(const Tensor &error, const Tensor &input, bool axonsFirst) {
  const int64_t neurons = error.shape[1], axons = input.shape[1];
  Tensor result(axonsFirst ? std::vector<int64_t>{axons, neurons} : std::vector<int64_t>{neurons, axons});
  for (int64_t b = 0; b < error.shape[0]; ++b)
    for (int64_t n = 0; n < neurons; ++n)
      for (int64_t k = 0; k < axons; ++k)
        (axonsFirst ? result.at(k, n) : result.at(n, k)) += error.at(b, n) * input.at(b, k);
  return result;
}

std::pair<Tensor, Tensor> maxPool(const Tensor &input, const Windows &windows) {
  const int64_t height = input.shape[2], width = input.shape[3];
  Tensor values({input.shape[0], input.shape[1], windows.count(0, height), windows.count(1, width)});
  Tensor positions(values.shape);
  for (int64_t b = 0; b < values.shape[0]; ++b)
    for (int64_t c = 0; c < values.shape[1]; ++c)
      for (int64_t oy = 0; oy < values.shape[2]; ++oy)
        for (int64_t ox = 0; ox < values.shape[3]; ++ox) {
          bool found = false; // padding never wins, not even against negative elements
          for (int64_t position = 0; position < windows.kernel[0] * windows.kernel[1]; ++position) {
            const int64_t y = windows.position(0, oy, position / windows.kernel[1]);
            const int64_t x = windows.position(1, ox, position % windows.kernel[1]);
            if (y < 0 || y >= height || x < 0 || x >= width)
              continue;
            if (found && input.at(b, c, y, x) <= values.at(b, c, oy, ox))
              continue; // the first of equal maxima stays
            found = true;
            values.at(b, c, oy, ox) = input.at(b, c, y, x);
            positions.at(b, c, oy, ox) = position;
          }
        }
  return {std::move(values), std::move(positions)};
}

std::optional<Tensor> maxPoolScatter(const Tensor &error, const Tensor &positions, const Windows &windows,
                                     int64_t height, int64_t width) {
  Tensor result({error.shape[0], error.shape[1], height, width});
  for (int64_t b = 0; b < error.shape[0]; ++b)
    for (int64_t c = 0; c < error.shape[1]; ++c)
      for (int64_t oy = 0; oy < error.shape[2]; ++oy)
        for (int64_t ox = 0; ox < error.shape[3]; ++ox) {
          const int64_t position = positions.at(b, c, oy, ox);
          const int64_t y = windows.position(0, oy, position / windows.kernel[1]);
          const int64_t x = windows.position(1, ox, position % windows.kernel[1]);
          if (position < 0 || position >= windows.kernel[0] * windows.kernel[1] || y < 0 || y >= height || x < 0 ||
              x >= width)
            return std::nullopt;
          result.at(b, c, y, x) += error.at(b, c, oy, ox);
        }
  return result;
}

namespace {

/// Calls visit(b, c, oy, ox, y, x) for each position (y, x) of each window (oy, ox) that lies in the plane.
template <typename F>
void forEachPosition(const Tensor &windowed, const Windows &windows, int64_t height, int64_t width, F visit) {
  for (int64_t b = 0; b < windowed.shape[0]; ++b)
    for (int64_t c = 0; c < windowed.shape[1]; ++c)
      for (int64_t oy = 0; oy < windowed.shape[2]; ++oy)
        for (int64_t ox = 0; ox < windowed.shape[3]; ++ox)
          for (int64_t ky = 0; ky < windows.kernel[0]; ++ky)
            for (int64_t kx = 0; kx < windows.kernel[1]; ++kx) {
              const int64_t y = windows.position(0, oy, ky), x = windows.position(1, ox, kx);
              if (y >= 0 && y < height && x >= 0 && x < width)
                visit(b, c, oy, ox, y, x);
            }
}

} // namespace

Tensor sumPool(const Tensor &input, const Windows &windows) {
  const int64_t height = input.shape[2], width = input.shape[3];
  Tensor result({input.shape[0], input.shape[1], windows.count(0, height), windows.count(1, width)});
  forEachPosition(result, windows, height, width,
                  [&](int64_t b, int64_t c, int64_t oy, int64_t ox, int64_t y, int64_t x) {
                    result.at(b, c, oy, ox) += input.at(b, c, y, x);
                  });
  return result;
}

Tensor sumPoolSpread(const Tensor &error, const Windows &windows, int64_t height, int64_t width) {
  Tensor result({error.shape[0], error.shape[1], height, width});
  forEachPosition(error, windows, height, width,
                  [&](int64_t b, int64_t c, int64_t oy, int64_t ox, int64_t y, int64_t x) {
                    result.at(b, c, y, x) += error.at(b, c, oy, ox);
                  });
  return result;
}

Tensor lookUpBytes(const Tensor &bytes, llvm::ArrayRef<int64_t> table) {
  Tensor result = bytes;
  const int64_t channels = static_cast<int64_t>(table.size()) / 256;
  const int64_t plane = channels == 1 ? 1 : Tensor::count({bytes.shape.begin() + 2, bytes.shape.end()});
  for (size_t i = 0; i < result.elements.size(); ++i)
    result.elements[i] = table[i / plane % channels * 256 + bytes.elements[i]];
  return result;
}

Tensor alignChannels(const Tensor &input, llvm::ArrayRef<int32_t> shifts) {
  Tensor result = input;
  const int64_t plane = Tensor::count({input.shape.begin() + 2, input.shape.end()});
  for (size_t i = 0; i < result.elements.size(); ++i)
    result.elements[i] *= int64_t(1) << shifts[i / plane % shifts.size()];
  return result;
}

Tensor addBias(const Tensor &input, const Tensor &bias) {
  Tensor result = input;
  const int64_t channels = input.shape[1];
  const int64_t plane = Tensor::count({input.shape.begin() + 2, input.shape.end()});
  for (size_t i = 0; i < result.elements.size(); ++i)
    result.elements[i] += bias.elements[i / plane % channels];
  return result;
}

std::optional<Tensor> lookUpActivations(const Tensor &input, const Tensor &tables) {
  Tensor result(input.shape);
  const int64_t channels = input.shape[1], count = tables.shape[0], entries = tables.shape[1];
  const int64_t plane = Tensor::count({input.shape.begin() + 2, input.shape.end()});
  for (size_t i = 0; i < input.elements.size(); ++i) {
    const int64_t entry = input.elements[i] + entries / 2;
    if (entry < 0 || entry >= entries)
      return std::nullopt;
    result.elements[i] = tables.at(count == 1 ? 0 : i / plane % channels, entry);
  }
  return result;
}

std::optional<Tensor> multiplyElements(const Tensor &lhs, const Tensor &rhs) {
  Tensor result(lhs.shape);
  for (size_t i = 0; i < lhs.elements.size(); ++i)
    if (__builtin_mul_overflow(lhs.elements[i], rhs.elements[i], &result.elements[i]))
      return std::nullopt;
  return result;
}

Tensor concatenate(const std::vector<const Tensor *> &inputs) {
  std::vector<int64_t> shape = inputs[0]->shape;
  shape[1] = 0;
  for (const Tensor *input : inputs)
    shape[1] += input->shape[1];
  Tensor result(shape, {});
  for (int64_t b = 0; b < shape[0]; ++b)
    for (const Tensor *input : inputs) {
      const int64_t sample = Tensor::count({input->shape.begin() + 1, input->shape.end()});
      const auto begin = input->elements.begin() + b * sample;
      result.elements.insert(result.elements.end(), begin, begin + sample);
    }
  return result;
}

namespace {

/// One dimension of the box after another, from the outermost.
void copyBox(const int64_t *input, int64_t *result, llvm::ArrayRef<int64_t> sizes, llvm::ArrayRef<int64_t> inStrides,
             llvm::ArrayRef<int64_t> outStrides) {
  if (sizes.empty()) {
    *result = *input;
    return;
  }
  for (int64_t i = 0; i < sizes[0]; ++i)
    copyBox(input + i * inStrides[0], result + i * outStrides[0], sizes.drop_front(), inStrides.drop_front(),
            outStrides.drop_front());
}

} // namespace

Tensor rearrange(const Tensor &input, std::vector<int64_t> shape, llvm::ArrayRef<int64_t> sizes,
                 llvm::ArrayRef<int64_t> from, llvm::ArrayRef<int64_t> to) {
  const int64_t inSample = Tensor::count({input.shape.begin() + 1, input.shape.end()});
  const int64_t outSample = Tensor::count({shape.begin() + 1, shape.end()});
  Tensor result(std::move(shape));
  for (int64_t b = 0; b < input.shape[0]; ++b)
    copyBox(input.elements.data() + b * inSample + from[0], result.elements.data() + b * outSample + to[0], sizes,
            from.drop_front(), to.drop_front());
  return result;
}

Tensor subtractOneHot(const Tensor &input, const Tensor &labels, int64_t shift) {
  Tensor result = input;
  for (int64_t b = 0; b < input.shape[0]; ++b)
    result.at(b, labels.elements[b]) -= int64_t(1) << shift;
  return result;
}

uint64_t largestMagnitude(const Tensor &input) {
  uint64_t largest = 0;
  for (int64_t element : input.elements) {
    const uint64_t magnitude = element < 0 ? -static_cast<uint64_t>(element) : static_cast<uint64_t>(element);
    largest = magnitude > largest ? magnitude : largest;
  }
  return largest;
}

Tensor drawRandomBits(std::vector<int64_t> shape, uint32_t ordinal, uint64_t step, uint64_t seed, int64_t bits) {
  Tensor result(std::move(shape));
  for (size_t i = 0; i < result.elements.size(); ++i)
    result.elements[i] = randomBits(i, ordinal, step, seed, bits);
  return result;
}

Tensor map(const Tensor &input, llvm::function_ref<int64_t(int64_t)> function) {
  Tensor result(input.shape);
  for (size_t i = 0; i < input.elements.size(); ++i)
    result.elements[i] = function(input.elements[i]);
  return result;
}

Tensor map(const Tensor &lhs, const Tensor &rhs, llvm::function_ref<int64_t(int64_t, int64_t)> function) {
  assert(lhs.elements.size() == rhs.elements.size());
  Tensor result(lhs.shape);
  for (size_t i = 0; i < lhs.elements.size(); ++i)
    result.elements[i] = function(lhs.elements[i], rhs.elements[i]);
  return result;
}

} // namespace wage::interpreter
