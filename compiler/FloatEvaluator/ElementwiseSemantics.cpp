//===- ElementwiseSemantics.cpp - number by number ----------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatEvaluator/ScalarFunctions.h"
#include "compiler/FloatEvaluator/Semantics.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace wage::floats {

namespace {

template <typename Function> FloatTensor map(const FloatTensor &input, Function function) {
  FloatTensor result(input.shape);
  std::transform(input.data(), input.data() + input.size(), result.mutableData(), function);
  return result;
}

template <typename Function> FloatTensor zip(Operands operands, ShapeRef shape, Function function) {
  const FloatTensor lhs = broadcast(operands[0], shape), rhs = broadcast(operands[1], shape);
  FloatTensor result(shape);
  std::transform(lhs.data(), lhs.data() + lhs.size(), rhs.data(), result.mutableData(), function);
  return result;
}

/// Not std::max and std::min: those lose a NaN on one side.
double larger(double a, double b) { return std::isnan(a) || a > b ? a : b; }
double smaller(double a, double b) { return std::isnan(a) || a < b ? a : b; }

constexpr double rootHalf = 0.70710678118654752440, rootTwoByPi = 0.79788456080286535588;

double sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }
double unitClip(double x) { return std::max(0.0, std::min(1.0, x)); }

double apply(onnxir::UnaryKind kind, double x, double alpha, double beta) {
  using Kind = onnxir::UnaryKind;
  switch (kind) {
  case Kind::Abs: return std::abs(x);
  case Kind::Celu: return x < 0 ? alpha * std::expm1(x / alpha) : x;
  case Kind::Ceil: return std::ceil(x);
  case Kind::Clip: return std::isnan(x) ? x : std::min(std::max(x, alpha), beta);
  case Kind::Elu: return x < 0 ? alpha * std::expm1(x) : x;
  case Kind::Erf: return std::erf(x);
  case Kind::Exp: return std::exp(x);
  case Kind::Floor: return std::floor(x);
  case Kind::Gelu: return x * (1 + std::erf(x * rootHalf)) / 2;
  case Kind::GeluTanh: return x * (1 + std::tanh(rootTwoByPi * (x + 0.044715 * x * x * x))) / 2;
  case Kind::HardSigmoid: return unitClip(alpha * x + beta);
  case Kind::HardSwish: return x * unitClip(x / 6 + 0.5);
  case Kind::LeakyRelu: return x < 0 ? alpha * x : x;
  case Kind::Log: return std::log(x);
  case Kind::Mish: return x * std::tanh(softplus(x));
  case Kind::Neg: return -x;
  case Kind::Reciprocal: return 1 / x;
  case Kind::Round: return std::nearbyint(x);
  case Kind::Selu: return beta * (x > 0 ? x : alpha * std::expm1(x));
  case Kind::Sigmoid: return 1 / (1 + std::exp(-x));
  case Kind::Sign: return sign(x);
  case Kind::Softplus: return softplus(x);
  case Kind::Softsign: return x / (1 + std::abs(x));
  case Kind::Sqrt: return std::sqrt(x);
  case Kind::Tanh: return std::tanh(x);
  case Kind::ThresholdedRelu: return x > alpha ? x : 0;
  }
  llvm_unreachable("every kind has a case");
}

/// The nearest number that both `type` and float32 hold, fractions dropped.
float castTo(float x, IntegerType type) {
  if (type.getWidth() == 1)
    return x != 0;
  const int bits = static_cast<int>(type.getWidth()) - (type.isUnsigned() ? 0 : 1);
  const double least = type.isUnsigned() ? 0 : -std::ldexp(1.0, bits), most = std::ldexp(1.0, bits) - 1;
  if (std::isnan(x))
    return 0;
  const float result = static_cast<float>(std::min(std::max(std::trunc(static_cast<double>(x)), least), most));
  // The largest integers of 32 and 64 bits are no float32, and the next one is out of range.
  return result < std::ldexp(1.0, bits) ? result : std::nextafter(result, 0.0f);
}

} // namespace

FloatTensor evaluate(onnxir::AddOp, Operands operands, ShapeRef shape) {
  const FloatTensor &rhs = operands[1];
  if (llvm::ArrayRef(rhs.shape) == shape)
    return zip(operands, shape, std::plus<float>());
  // One number per channel: [C], [1, C], [C, 1, 1], ...
  FloatTensor result(shape);
  const AxisView view(shape, 1);
  for (int64_t i = 0; i < result.size(); ++i)
    result.mutableData()[i] = operands[0].data()[i] + rhs.data()[i / view.inner % view.size];
  return result;
}

FloatTensor evaluate(onnxir::ReluOp, Operands operands, ShapeRef) {
  return map(operands[0], [](float x) { return x < 0 ? 0.0f : x; });
}

double applyUnary(onnxir::UnaryOp op, double x) {
  const double alpha = op.getAlpha() ? op.getAlpha()->convertToFloat() : 0;
  const double beta = op.getBeta() ? op.getBeta()->convertToFloat() : 0;
  return apply(op.getKind(), x, alpha, beta);
}

double applyBinary(onnxir::BinaryKind kind, double x, double y) {
  using Kind = onnxir::BinaryKind;
  switch (kind) {
  case Kind::Add: return x + y;
  case Kind::Sub: return x - y;
  case Kind::Mul: return x * y;
  case Kind::Div: return x / y;
  case Kind::Max: return larger(x, y);
  case Kind::Min: return smaller(x, y);
  case Kind::Pow: return std::pow(x, y);
  case Kind::PRelu: return x < 0 ? y * x : x;
  }
  llvm_unreachable("every kind has a case");
}

FloatTensor evaluate(onnxir::UnaryOp op, Operands operands, ShapeRef) {
  const double alpha = op.getAlpha() ? op.getAlpha()->convertToFloat() : 0;
  const double beta = op.getBeta() ? op.getBeta()->convertToFloat() : 0;
  const onnxir::UnaryKind kind = op.getKind();
  return map(operands[0], [&](float x) { return static_cast<float>(apply(kind, x, alpha, beta)); });
}

FloatTensor evaluate(onnxir::BinaryOp op, Operands operands, ShapeRef shape) {
  using Kind = onnxir::BinaryKind;
  switch (op.getKind()) {
  case Kind::Add: return zip(operands, shape, std::plus<float>());
  case Kind::Sub: return zip(operands, shape, std::minus<float>());
  case Kind::Mul: return zip(operands, shape, std::multiplies<float>());
  case Kind::Div: return zip(operands, shape, std::divides<float>());
  default: return zip(operands, shape, [&](double x, double y) { return applyBinary(op.getKind(), x, y); });
  }
  llvm_unreachable("every kind has a case");
}

FloatTensor evaluate(onnxir::CastOp op, Operands operands, ShapeRef) {
  auto type = dyn_cast<IntegerType>(getElementTypeOrSelf(op.getResult().getType()));
  return type ? map(operands[0], [&](float x) { return castTo(x, type); }) : operands[0];
}

FloatTensor evaluate(onnxir::BatchNormalizationOp op, Operands operands, ShapeRef shape) {
  FloatTensor result(shape);
  const AxisView view(shape, 1);
  const double epsilon = op.getEpsilon().convertToFloat();
  for (int64_t row = 0; row < view.outer * view.size; ++row) {
    const int64_t channel = row % view.size;
    const double factor = operands[1].data()[channel] / std::sqrt(operands[4].data()[channel] + epsilon);
    const double offset = operands[2].data()[channel] - operands[3].data()[channel] * factor;
    for (int64_t i = row * view.inner; i < (row + 1) * view.inner; ++i)
      result.mutableData()[i] = static_cast<float>(operands[0].data()[i] * factor + offset);
  }
  return result;
}

} // namespace wage::floats
