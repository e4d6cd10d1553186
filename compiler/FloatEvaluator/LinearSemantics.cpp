//===- LinearSemantics.cpp - convolutions and matrix products ----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatEvaluator/Semantics.h"
#include "compiler/FloatEvaluator/Windows.h"

#include <Eigen/Core>

#include <algorithm>

using namespace mlir;

namespace wage::floats {

namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using ConstMap = Eigen::Map<const Matrix>;
using BlockMap = Eigen::Map<Matrix, 0, Eigen::OuterStride<>>;

/// Positions that are multiplied at once: their columns stay in the cache.
constexpr int64_t positionsPerBlock = 1024;

/// Has Eigen cut its products by caches that every host has, not by those of this one: so sums are formed in one order, and
/// results are the same bits on all hosts of one kind of processor.
void fixProductOrder() {
  static const bool isFixed = [] {
    Eigen::setCpuCacheSizes(32 << 10, 256 << 10, 2 << 20);
    return true;
  }();
  (void)isFixed;
}

/// Writes what the windows of lines `begin` to `end` see of `image` into columns: [channels * taps, (end - begin) * width].
/// A line is a row of positions.
void fillColumns(const Windows &windows, const float *image, int64_t channels, int64_t begin, int64_t end,
                 float *columns) {
  const int64_t width = windows.positions[2];
  for (int64_t channel = 0; channel < channels; ++channel) {
    const float *plane = image + channel * windows.getPlane();
    for (int64_t tap = 0; tap < windows.getTaps(); ++tap) {
      const int64_t tapWidth = tap % windows.kernel[2], rest = tap / windows.kernel[2];
      const int64_t tapHeight = rest % windows.kernel[1], tapDepth = rest / windows.kernel[1];
      // The positions whose tap lies inside the image.
      int64_t first = 0, last = width;
      while (first < last && !windows.isInside(2, windows.at(2, first, tapWidth)))
        ++first;
      while (last > first && !windows.isInside(2, windows.at(2, last - 1, tapWidth)))
        --last;
      for (int64_t line = begin; line < end; ++line, columns += width) {
        const int64_t depth = windows.at(0, line / windows.positions[1], tapDepth);
        const int64_t height = windows.at(1, line % windows.positions[1], tapHeight);
        if (!windows.isInside(0, depth) || !windows.isInside(1, height) || first == last) {
          std::fill_n(columns, width, 0.0f);
          continue;
        }
        const float *row = plane + (depth * windows.size[1] + height) * windows.size[2];
        const float *source = row + windows.at(2, first, tapWidth);
        std::fill_n(columns, first, 0.0f);
        if (windows.strides[2] == 1)
          std::copy_n(source, last - first, columns + first);
        else
          for (int64_t i = first; i < last; ++i)
            columns[i] = source[(i - first) * windows.strides[2]];
        std::fill(columns + last, columns + width, 0.0f);
      }
    }
  }
}

/// The last two dimensions as a matrix, at `offset` matrices from the first.
ConstMap matrixAt(const FloatTensor &tensor, int64_t offset) {
  const int64_t rows = tensor.shape[tensor.shape.size() - 2], columns = tensor.shape.back();
  return ConstMap(tensor.data() + offset * rows * columns, rows, columns);
}

} // namespace

FloatTensor evaluate(onnxir::ConvOp op, Operands operands, ShapeRef shape) {
  fixProductOrder();
  const FloatTensor &input = operands[0], &weights = operands[1];
  const onnxir::WindowShape window{ShapeRef(weights.shape).drop_front(2), op.getStrides(), op.getPads(),
                                   op.getDilations().value_or(ShapeRef())};
  const Windows windows(input.shape, shape, window);
  const int64_t groups = op.getGroup(), channels = weights.shape[1], neurons = weights.shape[0] / groups;
  const int64_t axons = channels * windows.getTaps(), positions = windows.getPositions();
  const int64_t lines = windows.positions[0] * windows.positions[1], width = windows.positions[2];
  const int64_t linesPerBlock = std::max<int64_t>(positionsPerBlock / std::max<int64_t>(width, 1), 1);
  FloatTensor result(shape);
  if (result.size() == 0)
    return result;
  std::vector<float> columns(axons * std::min(linesPerBlock, lines) * width);
  for (int64_t sampleGroup = 0; sampleGroup < shape[0] * groups; ++sampleGroup) {
    const int64_t group = sampleGroup % groups;
    const float *image = input.data() + sampleGroup * channels * windows.getPlane();
    const ConstMap matrix(weights.data() + group * neurons * axons, neurons, axons);
    for (int64_t begin = 0; begin < lines; begin += linesPerBlock) {
      const int64_t end = std::min(begin + linesPerBlock, lines), count = (end - begin) * width;
      fillColumns(windows, image, channels, begin, end, columns.data());
      BlockMap block(result.mutableData() + sampleGroup * neurons * positions + begin * width, neurons, count,
                     Eigen::OuterStride<>(positions));
      block.noalias() = matrix * ConstMap(columns.data(), axons, count);
      if (op.getBias())
        block.colwise() += Eigen::Map<const Eigen::VectorXf>(operands[2].data() + group * neurons, neurons);
    }
  }
  return result;
}

FloatTensor evaluate(onnxir::GemmOp op, Operands operands, ShapeRef shape) {
  fixProductOrder();
  FloatTensor result(shape);
  Eigen::Map<Matrix> to(result.mutableData(), shape[0], shape[1]);
  if (op.getTransB())
    to.noalias() = matrixAt(operands[0], 0) * matrixAt(operands[1], 0).transpose();
  else
    to.noalias() = matrixAt(operands[0], 0) * matrixAt(operands[1], 0);
  if (op.getBias())
    to.rowwise() += Eigen::Map<const Eigen::RowVectorXf>(operands[2].data(), shape[1]);
  return result;
}

FloatTensor evaluate(onnxir::MatMulOp, Operands operands, ShapeRef shape) {
  fixProductOrder();
  FloatTensor result(shape);
  const ShapeRef stack = shape.drop_back(2);
  const int64_t rows = shape[shape.size() - 2], columns = shape.back();
  // Each side is broadcast over the stack of matrices alone.
  FloatTensor sides[2];
  for (int side = 0; side < 2; ++side) {
    llvm::SmallVector<int64_t> wanted(stack);
    wanted.append({operands[side].shape[operands[side].shape.size() - 2], operands[side].shape.back()});
    sides[side] = broadcast(operands[side], wanted);
  }
  for (int64_t i = 0, count = product(stack); i < count; ++i)
    Eigen::Map<Matrix>(result.mutableData() + i * rows * columns, rows, columns).noalias() =
        matrixAt(sides[0], i) * matrixAt(sides[1], i);
  return result;
}

} // namespace wage::floats
