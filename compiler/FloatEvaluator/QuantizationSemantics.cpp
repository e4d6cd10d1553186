//===- QuantizationSemantics.cpp - integers with a scale, in float32 ----------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatEvaluator/FloatEvaluator.h"
#include "compiler/FloatEvaluator/Semantics.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace wage::floats {

namespace {

/// Calls `function` with each number and the place of its scale and zero point.
template <typename Function>
FloatTensor mapPerScale(const FloatTensor &input, size_t scales, int64_t axis, Function function) {
  FloatTensor result(input.shape);
  const int64_t inner = scales == 1 ? 1 : AxisView(input.shape, axis).inner;
  for (int64_t i = 0, count = input.size(); i < count; ++i)
    result.mutableData()[i] = function(input.data()[i], i / inner % static_cast<int64_t>(scales));
  return result;
}

float roundAs(onnxir::RoundingMode mode, float x) {
  switch (mode) {
  case onnxir::RoundingMode::HalfEven: return std::nearbyint(x);
  case onnxir::RoundingMode::Floor: return std::floor(x);
  case onnxir::RoundingMode::Ceil: return std::ceil(x);
  }
  llvm_unreachable("every mode has a case");
}

} // namespace

FloatTensor evaluate(onnxir::QuantizeLinearOp op, Operands operands, ShapeRef) {
  const ArrayRef<float> scales = op.getScales();
  const ArrayRef<int64_t> zeroPoints = op.getZeroPoints();
  const int64_t lowest = op.getLow(), highest = op.getHigh();
  const double low = static_cast<double>(lowest), high = static_cast<double>(highest);
  const onnxir::RoundingMode mode = op.getRounding();
  return mapPerScale(operands[0], scales.size(), op.getAxis().value_or(0), [&](float x, int64_t i) {
    const float quotient = x / scales[i];
    const double rounded = std::isnan(quotient) ? 0 : roundAs(mode, quotient);
    return static_cast<float>(std::min(std::max(rounded + static_cast<double>(zeroPoints[i]), low), high));
  });
}

FloatTensor dequantize(const FloatTensor &integers, ArrayRef<float> scales, ArrayRef<int64_t> zeroPoints,
                       int64_t axis) {
  return mapPerScale(integers, scales.size(), axis, [&](float x, int64_t i) {
    return static_cast<float>((static_cast<double>(x) - static_cast<double>(zeroPoints[i])) * scales[i]);
  });
}

FloatTensor evaluate(onnxir::DequantizeLinearOp op, Operands operands, ShapeRef) {
  return dequantize(operands[0], op.getScales(), op.getZeroPoints(), op.getAxis().value_or(0));
}

} // namespace wage::floats
