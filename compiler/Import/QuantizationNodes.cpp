//===- QuantizationNodes.cpp - between numbers and integers with a scale -------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// QuantizeLinear and DequantizeLinear. Weights are dequantised here; what depends on the input keeps its quantisation, so
// that the network computes what the file says until a pass takes it away.
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatEvaluator/FloatEvaluator.h"
#include "compiler/Import/GraphImporter.h"

#include <cmath>

using namespace mlir;
using llvm::Twine;
using onnx::TensorProto;
using wage::onnxir::RoundingMode;

namespace wage {

namespace {

bool isPowerOfTwo(float number) {
  int exponent = 0;
  return number > 0 && std::frexp(number, &exponent) == 0.5f;
}

/// Least and largest integer of an ONNX type that quantised values may have; nothing of another one.
std::optional<std::pair<int64_t, int64_t>> rangeOf(int32_t type) {
  switch (type) {
  case int4Type: return std::pair(-8, 7);
  case uint4Type: return std::pair(0, 15);
  case TensorProto::INT8: return std::pair(-128, 127);
  case TensorProto::UINT8: return std::pair(0, 255);
  case TensorProto::INT16: return std::pair(-32768, 32767);
  case TensorProto::UINT16: return std::pair(0, 65535);
  default: return std::nullopt;
  }
}

/// The quantised types of a value.
bool isQuantizedType(Type type) {
  auto integer = dyn_cast<IntegerType>(getElementTypeOrSelf(type));
  return integer && integer.getWidth() > 1 && integer.getWidth() <= 32;
}

} // namespace

void GraphImporter::writeQuantized() {
  if (scaleCount == 0)
    return;
  const auto number = [&](StringRef name, int64_t count) {
    return builder.getNamedAttr(name, builder.getI64IntegerAttr(count));
  };
  module->setAttr(onnxir::quantizedAttr, builder.getDictionaryAttr({number("scales", scaleCount),
                                                                    number("not_power_of_two", notPowerOfTwoCount),
                                                                    number("zero_points", zeroPointCount)}));
}

void GraphImporter::countScales(StringRef name, ArrayRef<float> scales, ArrayRef<int64_t> zeroPoints) {
  if (!countedScales.insert(name).second)
    return;
  scaleCount += static_cast<int64_t>(scales.size());
  notPowerOfTwoCount += llvm::count_if(scales, [](float scale) { return !isPowerOfTwo(scale); });
  zeroPointCount += llvm::count_if(zeroPoints, [](int64_t zero) { return zero != 0; });
}

/// Scales per block of a dimension, and results in types that are no integers, are of opset 21.
void GraphImporter::refuseBlocks(NodeReader &node) {
  node.requireInt("block_size", 0, 0);
  node.ignore("saturate");  // of float8
  node.ignore("precision"); // that of the division, at least
  node.ignore("output_dtype");
}

/// Scale and zero point, inputs 1 and 2, of a value of `shape`.
std::optional<GraphImporter::Quantization> GraphImporter::readQuantization(NodeReader &node, ArrayRef<int64_t> shape) {
  const int64_t axis = node.getInt("axis", 1);
  auto scales = getNumbers(node, 1, "scale");
  const bool hasZero = has(node, 2);
  auto zeros = hasZero ? getIntegers(node, 2, "zero point") : std::vector<int64_t>{0};
  if (!scales || !zeros)
    return std::nullopt;
  Quantization result{SmallVector<float>(scales->begin(), scales->end()),
                      SmallVector<int64_t>(zeros->begin(), zeros->end()), std::nullopt, std::nullopt};
  if (hasZero)
    result.stored = lookUp(node, 2)->constant->elementType;
  countScales(node.getInput(1), result.scales, result.zeroPoints);
  const size_t count = std::max(result.scales.size(), result.zeroPoints.size());
  if (count > 1) {
    auto resolved = resolveAxis(node, axis, shape.size());
    if (!resolved)
      return std::nullopt;
    result.axis = resolved;
    if (result.scales.size() == 1)
      result.scales.resize(count, result.scales[0]);
    if (result.zeroPoints.size() == 1)
      result.zeroPoints.resize(count, result.zeroPoints[0]);
  }
  const int64_t needed = result.axis ? shape[*result.axis] : 1;
  if (static_cast<int64_t>(result.scales.size()) == needed && static_cast<int64_t>(result.zeroPoints.size()) == needed)
    return result;
  node.error("has " + Twine(scales->size()) + " scales and " + Twine(zeros->size()) +
             " zero points for a value of shape " + printShape(shape) + ", needed one, or one per element of axis " +
             Twine(axis));
  return std::nullopt;
}

void GraphImporter::importQuantizeLinear(NodeReader &node) {
  const int64_t wanted = node.getInt("output_dtype", 0);
  refuseBlocks(node);
  Value input = getOperand(node, 0);
  if (!input)
    return;
  auto quantization = readQuantization(node, shapeOf(input));
  node.refuseOtherAttributes();
  if (!quantization || node.hasErrors())
    return;
  const int32_t type = quantization->stored.value_or(wanted ? static_cast<int32_t>(wanted) : TensorProto::UINT8);
  const auto range = rangeOf(type);
  if (!range)
    return node.error("quantises to " + printElementType(type) + ", needed int4, uint4, int8, uint8, int16 or uint16");
  for (float scale : quantization->scales)
    if (!(scale > 0) || !std::isfinite(scale))
      return node.error("scale '" + printable(node.getInput(1)) + "' is " + printNumber(scale) +
                        ", needed a positive one");
  if (isQuantizedType(input.getType()))
    input = onnxir::CastOp::create(builder, node.getLoc(), getType(shapeOf(input)), input);
  if (!getElementTypeOrSelf(input.getType()).isF32())
    return node.error("input '" + printable(node.getInput(0)) + "' holds integers, needed float, double or float16");
  defineValue(node, onnxir::QuantizeLinearOp::create(
                        builder, node.getLoc(), getType(shapeOf(input), getElementType(type)), input,
                        quantization->scales, quantization->zeroPoints,
                        quantization->axis ? builder.getI64IntegerAttr(*quantization->axis) : IntegerAttr(),
                        range->first, range->second, RoundingMode::HalfEven));
}

void GraphImporter::importDequantizeLinear(NodeReader &node) {
  refuseBlocks(node);
  const Entry *entry = lookUp(node, 0);
  if (!entry)
    return;
  Constant *constant = entry->constant;
  auto quantization = readQuantization(node, constant ? ArrayRef<int64_t>(constant->shape) : shapeOf(entry->value));
  node.refuseOtherAttributes();
  if (!quantization || node.hasErrors())
    return;
  Type stored = constant ? getElementType(constant->elementType) : getElementTypeOrSelf(entry->value.getType());
  if (!stored || !isQuantizedType(stored))
    return node.error("input '" + printable(node.getInput(0)) + "' has element type " +
                      (constant ? printElementType(constant->elementType) : std::string("float or int64")) +
                      ", needed int4, uint4, int8, uint8, int16, uint16 or int32");
  if (quantization->stored && getElementType(*quantization->stored) != stored)
    return node.error("zero point '" + printable(node.getInput(2)) + "' has element type " +
                      printElementType(*quantization->stored) + ", needed the input's");
  for (float scale : quantization->scales)
    if (!std::isfinite(scale))
      return node.error("scale '" + printable(node.getInput(1)) + "' is " + printNumber(scale) +
                        ", needed a finite one");
  if (!constant)
    return defineValue(node, onnxir::DequantizeLinearOp::create(
                                 builder, node.getLoc(), getType(shapeOf(entry->value)), entry->value,
                                 quantization->scales, quantization->zeroPoints,
                                 quantization->axis ? builder.getI64IntegerAttr(*quantization->axis) : IntegerAttr()));
  auto integers = readIntegers(node, *constant, "input");
  if (!integers)
    return;
  floats::FloatTensor tensor;
  tensor.shape = constant->shape;
  tensor.numbers = std::make_shared<std::vector<float>>(integers->begin(), integers->end());
  Constant result{node.getOutput(0).str(), TensorProto::FLOAT, constant->shape};
  result.floats =
      *floats::dequantize(tensor, quantization->scales, quantization->zeroPoints, quantization->axis.value_or(0))
           .numbers;
  defineConstant(node, std::move(result));
}

} // namespace wage
