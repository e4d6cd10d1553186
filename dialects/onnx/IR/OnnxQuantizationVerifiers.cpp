//===- OnnxQuantizationVerifiers.cpp - verifiers of scales and zero points ------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "dialects/onnx/IR/OnnxOps.h"

#include <cmath>

using namespace mlir;

namespace wage::onnxir {

namespace {

/// (C1), and that scales and zero points are as many as (C2) says.
template <typename Quantization> LogicalResult verifyCounts(Quantization op) {
  auto input = cast<RankedTensorType>(op.getInput().getType()), result = cast<RankedTensorType>(op.getType());
  if (input.getShape() != result.getShape())
    return op.emitOpError() << "input and result must have one shape, got " << input << " -> " << result;
  int64_t needed = 1;
  if (std::optional<int64_t> axis = op.getAxis()) {
    if (*axis < 0 || *axis >= input.getRank() || input.isDynamicDim(*axis))
      return op.emitOpError() << "axis must be a dimension of " << input << " other than an open batch, got " << *axis;
    needed = input.getDimSize(*axis);
  }
  if (static_cast<int64_t>(op.getScales().size()) == needed &&
      static_cast<int64_t>(op.getZeroPoints().size()) == needed)
    return success();
  return op.emitOpError() << "must have " << needed << " scales and zero points, got " << op.getScales().size()
                          << " and " << op.getZeroPoints().size();
}

/// Least and largest integer of `type`; nothing if it has more than 32 bits.
std::optional<std::pair<int64_t, int64_t>> rangeOf(Type type) {
  auto integer = cast<IntegerType>(getElementTypeOrSelf(type));
  const unsigned width = integer.getWidth();
  if (width < 1 || width > 32)
    return std::nullopt;
  if (integer.isUnsigned())
    return std::pair<int64_t, int64_t>(0, (int64_t{1} << width) - 1);
  const int64_t half = int64_t{1} << (width - 1);
  return std::pair<int64_t, int64_t>(-half, half - 1);
}

/// (C3): whether `numbers` are integers of `type`.
LogicalResult verifyHeld(Operation *op, Type type, StringRef name, ArrayRef<int64_t> numbers) {
  const auto range = rangeOf(type);
  if (!range)
    return op->emitOpError() << "needs integers of at most 32 bits, got " << type;
  for (int64_t number : numbers)
    if (number < range->first || number > range->second)
      return op->emitOpError() << name << " must be in " << type << ", got " << number;
  return success();
}

} // namespace

LogicalResult QuantizeLinearOp::verify() {
  if (failed(verifyCounts(*this))) // quantize_linear_c1
    return failure();
  for (float scale : getScales()) // quantize_linear_c2
    if (!(scale > 0) || !std::isfinite(scale))
      return emitOpError() << "scales must be positive, got " << scale;
  const int64_t low = getLow(), high = getHigh();
  if (low >= high) // quantize_linear_c3
    return emitOpError() << "range must not be empty, got [" << low << ", " << high << "]";
  if (failed(verifyHeld(*this, getType(), "zero points", getZeroPoints())))
    return failure();
  return verifyHeld(*this, getType(), "range", {low, high});
}

LogicalResult DequantizeLinearOp::verify() {
  if (failed(verifyCounts(*this))) // dequantize_linear_c1
    return failure();
  for (float scale : getScales()) // dequantize_linear_c2
    if (!std::isfinite(scale))
      return emitOpError() << "scales must be finite, got " << scale;
  return verifyHeld(*this, getInput().getType(), "zero points", getZeroPoints()); // dequantize_linear_c3
}

} // namespace wage::onnxir
