//===- MovementSemantics.cpp - numbers that only change their place -----------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatEvaluator/Semantics.h"

#include <algorithm>

using namespace mlir;

namespace wage::floats {

FloatTensor copyStrided(const FloatTensor &input, ShapeRef shape, int64_t offset, llvm::ArrayRef<int64_t> strides) {
  FloatTensor result(shape);
  if (result.size() == 0)
    return result;
  if (shape.empty()) {
    result.mutableData()[0] = input.data()[offset];
    return result;
  }
  const int64_t width = shape.back(), step = strides.back();
  llvm::SmallVector<int64_t> index(shape.size() - 1, 0);
  for (float *out = result.mutableData(), *end = out + result.size(); out != end; out += width) {
    const float *in = input.data() + offset;
    if (step == 1)
      std::copy_n(in, width, out);
    else
      for (int64_t i = 0; i < width; ++i)
        out[i] = in[i * step];
    for (size_t d = index.size(); d-- > 0;) {
      offset += strides[d];
      if (++index[d] < shape[d])
        break;
      offset -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
  return result;
}

FloatTensor broadcast(const FloatTensor &input, ShapeRef shape) {
  if (llvm::ArrayRef(input.shape) == shape)
    return input;
  llvm::SmallVector<int64_t> strides(shape.size(), 0), own = stridesOf(input.shape);
  const size_t missing = shape.size() - input.shape.size();
  for (size_t d = 0; d < input.shape.size(); ++d)
    strides[missing + d] = input.shape[d] == 1 ? 0 : own[d];
  return copyStrided(input, shape, 0, strides);
}

FloatTensor evaluate(onnxir::TransposeOp op, Operands operands, ShapeRef shape) {
  const llvm::SmallVector<int64_t> own = stridesOf(operands[0].shape);
  llvm::SmallVector<int64_t> strides;
  for (int64_t axis : op.getPermutation())
    strides.push_back(own[axis]);
  return copyStrided(operands[0], shape, 0, strides);
}

FloatTensor evaluate(onnxir::SliceOp op, Operands operands, ShapeRef shape) {
  llvm::SmallVector<int64_t> strides = stridesOf(operands[0].shape);
  int64_t offset = 0;
  for (size_t d = 0; d < strides.size(); ++d) {
    offset += op.getStarts()[d] * strides[d];
    strides[d] *= op.getSteps()[d];
  }
  return copyStrided(operands[0], shape, offset, strides);
}

FloatTensor evaluate(onnxir::ConcatOp op, Operands operands, ShapeRef shape) {
  FloatTensor result(shape);
  const AxisView whole(shape, static_cast<int64_t>(op.getAxis()));
  float *to = result.mutableData();
  for (int64_t row = 0; row < whole.outer; ++row)
    for (const FloatTensor &part : operands) {
      const int64_t count = part.shape[op.getAxis()] * whole.inner;
      to = std::copy_n(part.data() + row * count, count, to);
    }
  return result;
}

/// The source of element `i` of a padded dimension of `size`; -1 where `value` stands.
static int64_t padSource(onnxir::PadMode mode, int64_t i, int64_t size) {
  if (i >= 0 && i < size)
    return i;
  switch (mode) {
  case onnxir::PadMode::Constant: return -1;
  case onnxir::PadMode::Edge: return i < 0 ? 0 : size - 1;
  case onnxir::PadMode::Reflect: return i < 0 ? -i : 2 * (size - 1) - i;
  case onnxir::PadMode::Wrap: return (i % size + size) % size;
  }
  llvm_unreachable("every mode has a case");
}

FloatTensor evaluate(onnxir::PadOp op, Operands operands, ShapeRef shape) {
  const FloatTensor &input = operands[0];
  const llvm::SmallVector<int64_t> strides = stridesOf(input.shape);
  FloatTensor result(shape);
  llvm::SmallVector<int64_t> index(shape.size(), 0);
  const float value = op.getValue().convertToFloat();
  for (int64_t to = 0; to < result.size(); ++to) {
    int64_t from = 0;
    for (size_t d = 0; d < shape.size() && from >= 0; ++d) {
      const int64_t source = padSource(op.getMode(), index[d] - op.getBefore()[d], input.shape[d]);
      from = source < 0 ? -1 : from + source * strides[d];
    }
    result.mutableData()[to] = from < 0 ? value : input.data()[from];
    for (size_t d = index.size(); d-- > 0;) {
      if (++index[d] < shape[d])
        break;
      index[d] = 0;
    }
  }
  return result;
}

FloatTensor evaluate(onnxir::GatherOp op, Operands operands, ShapeRef shape) {
  FloatTensor result(shape);
  const AxisView view(operands[0].shape, static_cast<int64_t>(op.getAxis()));
  float *to = result.mutableData();
  for (int64_t row = 0; row < view.outer; ++row)
    for (int64_t index : op.getIndices())
      to = std::copy_n(operands[0].data() + (row * view.size + index) * view.inner, view.inner, to);
  return result;
}

} // namespace wage::floats
