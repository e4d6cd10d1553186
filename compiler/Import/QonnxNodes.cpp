//===- QonnxNodes.cpp - Quant and BipolarQuant of QONNX ---------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// What Brevitas and its relatives write: numbers rounded to a grid that stay float. Source of all formulas: QONNX,
// operators Quant and BipolarQuant.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Import/GraphImporter.h"

#include <cmath>

using namespace mlir;
using llvm::Twine;
using onnx::TensorProto;
using wage::onnxir::BinaryKind;
using wage::onnxir::RoundingMode;
using wage::onnxir::UnaryKind;

namespace wage {

Value GraphImporter::unary(NodeReader &node, UnaryKind kind, Value input,
                           std::optional<std::pair<int64_t, int64_t>> clip) {
  if (!input)
    return {};
  const auto bound = [&](int64_t number) { return builder.getF32FloatAttr(static_cast<float>(number)); };
  return onnxir::UnaryOp::create(builder, node.getLoc(), kind, input, clip ? bound(clip->first) : FloatAttr(),
                                 clip ? bound(clip->second) : FloatAttr());
}

Value GraphImporter::makeScalar(NodeReader &node, double number) {
  Constant *constant = addConstant({node.getName().str() + ".constant", TensorProto::FLOAT, {}});
  constant->floats = {static_cast<float>(number)};
  return load(node, *constant);
}

/// (round(min(max(x / scale + zero point, low), high)) - zero point) * scale, step by step: for scales of any shape.
Value GraphImporter::roundToGrid(NodeReader &node, const QuantOperands &quant) {
  const UnaryKind rounding = quant.rounding == RoundingMode::Floor  ? UnaryKind::Floor
                             : quant.rounding == RoundingMode::Ceil ? UnaryKind::Ceil
                                                                    : UnaryKind::Round;
  Value x = binary(node, BinaryKind::Div, quant.input, quant.scale);
  x = binary(node, BinaryKind::Add, x, quant.zeroPoint);
  x = unary(node, UnaryKind::Clip, x, std::pair(quant.low, quant.high));
  x = unary(node, rounding, x, std::nullopt);
  x = binary(node, BinaryKind::Sub, x, quant.zeroPoint);
  return binary(node, BinaryKind::Mul, x, quant.scale);
}

/// x >= 0 ? 1 : -1.
Value GraphImporter::signOf(NodeReader &node, Value x) {
  x = unary(node, UnaryKind::Floor, x, std::nullopt);
  x = unary(node, UnaryKind::Clip, x, std::pair<int64_t, int64_t>(-1, 0));
  x = binary(node, BinaryKind::Mul, x, makeScalar(node, 2));
  return binary(node, BinaryKind::Add, x, makeScalar(node, 1));
}

/// One bit with a sign: (sign(x / scale + zero point) - zero point) * scale.
Value GraphImporter::makeBipolar(NodeReader &node, const QuantOperands &quant) {
  Value x = binary(node, BinaryKind::Div, quant.input, quant.scale);
  x = signOf(node, binary(node, BinaryKind::Add, x, quant.zeroPoint));
  x = binary(node, BinaryKind::Sub, x, quant.zeroPoint);
  return binary(node, BinaryKind::Mul, x, quant.scale);
}

/// The same as `roundToGrid` by way of integers, which a later pass knows to take away; null if the scales do not run along
/// one dimension, or zero points are not 0.
Value GraphImporter::quantizeAndBack(NodeReader &node, const QuantOperands &quant) {
  ArrayRef<int64_t> shape = shapeOf(quant.input), scaleShape = shapeOf(quant.scale);
  IntegerAttr axis;
  for (auto [i, dim] : llvm::enumerate(scaleShape)) {
    const int64_t place = static_cast<int64_t>(shape.size() - scaleShape.size() + i);
    if (dim != 1 && (axis || scaleShape.size() > shape.size() || shape[place] != dim))
      return {};
    if (dim != 1)
      axis = builder.getI64IntegerAttr(place);
  }
  if (llvm::any_of(quant.zeroPoints, [](float zero) { return zero != 0; }))
    return {};
  const unsigned stored = quant.bits <= 8 ? 8 : quant.bits <= 16 ? 16 : 32;
  auto element =
      IntegerType::get(builder.getContext(), stored, quant.low < 0 ? IntegerType::Signless : IntegerType::Unsigned);
  const SmallVector<int64_t> zeroPoints(quant.scales.size(), 0);
  Value codes = onnxir::QuantizeLinearOp::create(builder, node.getLoc(), getType(shape, element), quant.input,
                                                 quant.scales, zeroPoints, axis, quant.low, quant.high, quant.rounding);
  return onnxir::DequantizeLinearOp::create(builder, node.getLoc(), getType(shape), codes, quant.scales, zeroPoints,
                                            axis);
}

/// Reads rounding_mode, signed, narrow and the bit width.
void GraphImporter::readQuantRange(NodeReader &node, QuantOperands &quant) {
  const bool isSigned = quant.isSigned = node.getInt("signed", 1) != 0, narrow = node.getInt("narrow", 0) != 0;
  const StringRef name = node.getString("rounding_mode", "ROUND");
  if (name.equals_insensitive("CEIL"))
    quant.rounding = RoundingMode::Ceil;
  else if (name.equals_insensitive("FLOOR"))
    quant.rounding = RoundingMode::Floor;
  else if (!name.equals_insensitive("ROUND") && !name.equals_insensitive("HALF_EVEN"))
    node.error("rounding_mode = '" + printable(name) + "' is not supported, only ROUND, CEIL and FLOOR");
  auto widths = getNumbers(node, 3, "bit width");
  if (!widths)
    return;
  const float width = widths->size() == 1 ? widths->front() : 0;
  if (!(width >= 1 && width <= 32) || width != std::floor(width))
    return node.error("bit width '" + printable(node.getInput(3)) + "' is " +
                      (widths->size() == 1 ? printNumber(width) : std::to_string(widths->size()) + " numbers") +
                      ", needed one from 1 to 32");
  quant.bits = static_cast<int>(width);
  const int64_t half = int64_t{1} << (quant.bits - 1);
  quant.low = isSigned ? -half + narrow : 0;
  quant.high = isSigned ? half - 1 : 2 * half - 1 - narrow;
}

/// Reads input, scale and zero point; false if that was not possible.
bool GraphImporter::readQuantOperands(NodeReader &node, QuantOperands &quant, bool hasZeroPoint) {
  auto scales = getNumbers(node, 1, "scale");
  auto zeroPoints = hasZeroPoint ? getNumbers(node, 2, "zero point") : std::vector<float>{0};
  quant.input = getFloats(node, 0);
  if (node.hasErrors() || !scales || !zeroPoints || !quant.input)
    return false;
  quant.scale = getFloats(node, 1);
  quant.zeroPoint = hasZeroPoint ? getFloats(node, 2) : makeScalar(node, 0);
  if (!quant.scale || !quant.zeroPoint)
    return false;
  quant.scales.assign(scales->begin(), scales->end());
  quant.zeroPoints.assign(zeroPoints->begin(), zeroPoints->end());
  for (float scale : quant.scales)
    if (!(scale > 0) || !std::isfinite(scale))
      node.error("scale '" + printable(node.getInput(1)) + "' is " + printNumber(scale) + ", needed a positive one");
  for (Value side : {quant.scale, quant.zeroPoint}) {
    auto shape = check(node, onnxir::inferBroadcast(shapeOf(quant.input), shapeOf(side)));
    if (shape && *shape != onnxir::Shape(shapeOf(quant.input)))
      node.error("scale or zero point has shape " + printShape(shapeOf(side)) + ", needed one that goes with " +
                 printShape(shapeOf(quant.input)));
  }
  SmallVector<int64_t> others(llvm::count_if(quant.zeroPoints, [](float zero) { return zero != 0; }), 1);
  countScales(node.getInput(1), quant.scales, others);
  return !node.hasErrors();
}

void GraphImporter::importBipolarQuant(NodeReader &node) {
  node.refuseOtherAttributes();
  QuantOperands quant;
  if (!readQuantOperands(node, quant, /*hasZeroPoint=*/false))
    return;
  if (Value result = binary(node, BinaryKind::Mul, signOf(node, quant.input), quant.scale))
    defineValue(node, result);
}

void GraphImporter::importQuant(NodeReader &node) {
  QuantOperands quant;
  readQuantRange(node, quant);
  node.refuseOtherAttributes();
  if (!readQuantOperands(node, quant, /*hasZeroPoint=*/true))
    return;
  Value result;
  if (quant.bits == 1 && quant.isSigned)
    result = makeBipolar(node, quant);
  else if (quant.low < quant.high && !isConstantValue(quant.input))
    result = quantizeAndBack(node, quant);
  if (!result)
    result = roundToGrid(node, quant);
  if (result)
    defineValue(node, result);
}

} // namespace wage
