//===- WindowSemantics.cpp - pools -------------------------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatEvaluator/Semantics.h"
#include "compiler/FloatEvaluator/Windows.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace mlir;

namespace wage::floats {

namespace {

/// Calls `visit` with the result's index and the three coordinates of its window, for every channel of every sample.
template <typename Visit> void forEachWindow(const Windows &windows, int64_t channels, Visit visit) {
  for (int64_t channel = 0, to = 0; channel < channels; ++channel)
    for (int64_t depth = 0; depth < windows.positions[0]; ++depth)
      for (int64_t height = 0; height < windows.positions[1]; ++height)
        for (int64_t width = 0; width < windows.positions[2]; ++width)
          visit(channel, std::array<int64_t, 3>{depth, height, width}, to++);
}

/// Calls `visit` with each number of `plane` that the window at `position` sees.
template <typename Visit>
void forEachTap(const Windows &windows, const std::array<int64_t, 3> &position, const float *plane, Visit visit) {
  for (int64_t z = 0; z < windows.kernel[0]; ++z) {
    const int64_t depth = windows.at(0, position[0], z);
    if (!windows.isInside(0, depth))
      continue;
    for (int64_t y = 0; y < windows.kernel[1]; ++y) {
      const int64_t height = windows.at(1, position[1], y);
      if (!windows.isInside(1, height))
        continue;
      const float *row = plane + (depth * windows.size[1] + height) * windows.size[2];
      for (int64_t x = 0; x < windows.kernel[2]; ++x)
        if (const int64_t width = windows.at(2, position[2], x); windows.isInside(2, width))
          visit(row[width]);
    }
  }
}

/// How many taps of the window at `position` lie inside image and padding, less what hangs over.
int64_t countPadded(const Windows &windows, const std::array<int64_t, 3> &position,
                    const std::array<int64_t, 3> &overhang) {
  int64_t count = 1;
  for (int d = 0; d < 3; ++d) {
    const int64_t end = windows.size[d] + windows.padEnd[d] - overhang[d];
    int64_t inside = 0;
    for (int64_t tap = 0; tap < windows.kernel[d]; ++tap)
      inside += windows.at(d, position[d], tap) < end;
    count *= inside;
  }
  return count;
}

template <typename Pool> Windows windowsOf(Pool op, ShapeRef input, ShapeRef output) {
  return Windows(input, output,
                 {op.getKernel(), op.getStrides(), op.getPads(), op.getDilations().value_or(ShapeRef())});
}

} // namespace

FloatTensor evaluate(onnxir::MaxPoolOp op, Operands operands, ShapeRef shape) {
  const Windows windows = windowsOf(op, operands[0].shape, shape);
  FloatTensor result(shape);
  forEachWindow(windows, shape[0] * shape[1], [&](int64_t channel, const std::array<int64_t, 3> &position, int64_t to) {
    float most = -std::numeric_limits<float>::infinity();
    forEachTap(windows, position, operands[0].data() + channel * windows.getPlane(), [&](float x) {
      if (x > most || std::isnan(x))
        most = x;
    });
    result.mutableData()[to] = most;
  });
  return result;
}

FloatTensor evaluate(onnxir::AveragePoolOp op, Operands operands, ShapeRef shape) {
  const Windows windows = windowsOf(op, operands[0].shape, shape);
  std::array<int64_t, 3> overhang = {0, 0, 0};
  if (op.getOverhang())
    std::copy_backward(op.getOverhang()->begin(), op.getOverhang()->end(), overhang.end());
  FloatTensor result(shape);
  forEachWindow(windows, shape[0] * shape[1], [&](int64_t channel, const std::array<int64_t, 3> &position, int64_t to) {
    double sum = 0;
    int64_t count = 0;
    forEachTap(windows, position, operands[0].data() + channel * windows.getPlane(), [&](float x) {
      sum += x;
      ++count;
    });
    if (op.getCountIncludePad())
      count = countPadded(windows, position, overhang);
    result.mutableData()[to] = static_cast<float>(count ? sum / static_cast<double>(count) : 0);
  });
  return result;
}

} // namespace wage::floats
