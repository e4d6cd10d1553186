//===- ReductionSemantics.cpp - means, shares and maxima along dimensions -----===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatEvaluator/Semantics.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace wage::floats {

FloatTensor evaluate(onnxir::LrnOp op, Operands operands, ShapeRef shape) {
  const AxisView view(shape, 1);
  const int64_t size = op.getSize(), before = (size - 1) / 2, after = size - 1 - before;
  const double alpha = op.getAlpha().convertToFloat(), beta = op.getBeta().convertToFloat();
  const double bias = op.getBias().convertToFloat();
  FloatTensor result(shape);
  const float *in = operands[0].data();
  for (int64_t i = 0; i < result.size(); ++i) {
    const int64_t channel = i / view.inner % view.size;
    const int64_t first = std::max<int64_t>(channel - before, 0), last = std::min(channel + after, view.size - 1);
    double squares = 0;
    for (int64_t other = first; other <= last; ++other) {
      const double x = in[i + (other - channel) * view.inner];
      squares += x * x;
    }
    const double scale = bias + alpha / static_cast<double>(size) * squares;
    result.mutableData()[i] = static_cast<float>(in[i] / std::pow(scale, beta));
  }
  return result;
}

FloatTensor evaluate(onnxir::ReduceMeanOp op, Operands operands, ShapeRef shape) {
  const FloatTensor &input = operands[0];
  // Strides of the result with 0 where a dimension vanishes: each number finds its sum by them.
  llvm::SmallVector<int64_t> keptShape(input.shape);
  for (int64_t axis : op.getAxes())
    keptShape[axis] = 1;
  llvm::SmallVector<int64_t> strides = stridesOf(keptShape), index(input.shape.size(), 0);
  for (int64_t axis : op.getAxes())
    strides[axis] = 0;
  std::vector<double> sums(product(keptShape), 0.0);
  int64_t to = 0;
  for (int64_t i = 0; i < input.size(); ++i) {
    sums[to] += input.data()[i];
    for (size_t d = index.size(); d-- > 0;) {
      to += strides[d];
      if (++index[d] < input.shape[d])
        break;
      to -= strides[d] * input.shape[d];
      index[d] = 0;
    }
  }
  FloatTensor result(shape);
  const double count = sums.empty() ? 1 : static_cast<double>(input.size()) / static_cast<double>(sums.size());
  std::transform(sums.begin(), sums.end(), result.mutableData(),
                 [&](double sum) { return static_cast<float>(sum / count); });
  return result;
}

FloatTensor evaluate(onnxir::SoftmaxOp op, Operands operands, ShapeRef shape) {
  const AxisView view(shape, static_cast<int64_t>(op.getAxis()));
  FloatTensor result(shape);
  if (result.size() == 0)
    return result;
  for (int64_t row = 0; row < view.outer * view.inner; ++row) {
    const int64_t offset = row / view.inner * view.size * view.inner + row % view.inner;
    const float *in = operands[0].data() + offset;
    float *out = result.mutableData() + offset;
    float most = in[0];
    for (int64_t i = 1; i < view.size; ++i)
      most = std::max(most, in[i * view.inner]);
    double sum = 0;
    for (int64_t i = 0; i < view.size; ++i)
      sum += std::exp(static_cast<double>(in[i * view.inner]) - most);
    const double logSum = std::log(sum);
    for (int64_t i = 0; i < view.size; ++i) {
      const double logShare = static_cast<double>(in[i * view.inner]) - most - logSum;
      out[i * view.inner] = static_cast<float>(op.getLog() ? logShare : std::exp(logShare));
    }
  }
  return result;
}

FloatTensor evaluate(onnxir::ArgMaxOp op, Operands operands, ShapeRef shape) {
  const AxisView view(operands[0].shape, static_cast<int64_t>(op.getAxis()));
  FloatTensor result(shape);
  for (int64_t row = 0; row < result.size(); ++row) {
    const float *in = operands[0].data() + row / view.inner * view.size * view.inner + row % view.inner;
    int64_t best = 0;
    for (int64_t i = 1; i < view.size; ++i)
      if (in[i * view.inner] > in[best * view.inner] || (op.getLast() && in[i * view.inner] == in[best * view.inner]))
        best = i;
    result.mutableData()[row] = static_cast<float>(best);
  }
  return result;
}

} // namespace wage::floats
