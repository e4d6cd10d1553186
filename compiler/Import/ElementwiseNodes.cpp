//===- ElementwiseNodes.cpp - functions of one and of two numbers -------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Import/GraphImporter.h"

#include "dialects/onnx/IR/OnnxShapes.h"

#include "llvm/ADT/StringSwitch.h"

#include <limits>

using namespace mlir;
using llvm::Twine;
using wage::onnxir::BinaryKind;
using wage::onnxir::UnaryKind;

namespace wage {

namespace {

/// A function of one number: its attributes with their defaults; no name, no parameter.
struct UnaryRule {
  StringRef opType;
  UnaryKind kind;
  StringRef alpha, beta;
  double alphaDefault, betaDefault;
};

ArrayRef<UnaryRule> getUnaryRules() {
  // Source: ONNX operator specification.
  static const UnaryRule rules[] = {
      {"Abs", UnaryKind::Abs, "", "", 0, 0},
      {"Ceil", UnaryKind::Ceil, "", "", 0, 0},
      {"Celu", UnaryKind::Celu, "alpha", "", 1, 0},
      {"Elu", UnaryKind::Elu, "alpha", "", 1, 0},
      {"Erf", UnaryKind::Erf, "", "", 0, 0},
      {"Exp", UnaryKind::Exp, "", "", 0, 0},
      {"Floor", UnaryKind::Floor, "", "", 0, 0},
      {"HardSigmoid", UnaryKind::HardSigmoid, "alpha", "beta", 0.2, 0.5},
      {"HardSwish", UnaryKind::HardSwish, "", "", 0, 0},
      {"LeakyRelu", UnaryKind::LeakyRelu, "alpha", "", 0.01, 0},
      {"Log", UnaryKind::Log, "", "", 0, 0},
      {"Mish", UnaryKind::Mish, "", "", 0, 0},
      {"Neg", UnaryKind::Neg, "", "", 0, 0},
      {"Reciprocal", UnaryKind::Reciprocal, "", "", 0, 0},
      {"Round", UnaryKind::Round, "", "", 0, 0},
      {"Selu", UnaryKind::Selu, "alpha", "gamma", 1.67326319217681884765625, 1.05070102214813232421875},
      {"Sigmoid", UnaryKind::Sigmoid, "", "", 0, 0},
      {"Sign", UnaryKind::Sign, "", "", 0, 0},
      {"Softplus", UnaryKind::Softplus, "", "", 0, 0},
      {"Softsign", UnaryKind::Softsign, "", "", 0, 0},
      {"Sqrt", UnaryKind::Sqrt, "", "", 0, 0},
      {"Tanh", UnaryKind::Tanh, "", "", 0, 0},
      {"ThresholdedRelu", UnaryKind::ThresholdedRelu, "alpha", "", 1, 0},
  };
  return rules;
}

BinaryKind getBinaryKind(StringRef opType) {
  return llvm::StringSwitch<BinaryKind>(opType)
      .Cases({"Add", "Sum", "Mean"}, BinaryKind::Add)
      .Case("Sub", BinaryKind::Sub)
      .Case("Mul", BinaryKind::Mul)
      .Case("Div", BinaryKind::Div)
      .Case("Max", BinaryKind::Max)
      .Case("Min", BinaryKind::Min)
      .Default(BinaryKind::Pow);
}

} // namespace

void GraphImporter::importUnary(NodeReader &node) {
  const UnaryRule &rule =
      *llvm::find_if(getUnaryRules(), [&](const UnaryRule &r) { return r.opType == node.getOpType(); });
  const auto parameter = [&](StringRef name, double byDefault) {
    return name.empty() ? FloatAttr() : builder.getF32FloatAttr(static_cast<float>(node.getFloat(name, byDefault)));
  };
  FloatAttr alpha = parameter(rule.alpha, rule.alphaDefault), beta = parameter(rule.beta, rule.betaDefault);
  node.refuseOtherAttributes();
  if (Value input = getFloats(node, 0); input && !node.hasErrors())
    defineValue(node, onnxir::UnaryOp::create(builder, node.getLoc(), rule.kind, input, alpha, beta));
}

void GraphImporter::importGelu(NodeReader &node) {
  const StringRef approximate = node.getString("approximate", "none");
  if (approximate != "none" && approximate != "tanh")
    node.error("approximate = '" + printable(approximate) + "' is not supported, only none and tanh");
  node.refuseOtherAttributes();
  const UnaryKind kind = approximate == "tanh" ? UnaryKind::GeluTanh : UnaryKind::Gelu;
  if (Value input = getFloats(node, 0); input && !node.hasErrors())
    defineValue(node, onnxir::UnaryOp::create(builder, node.getLoc(), kind, input, FloatAttr(), FloatAttr()));
}

/// The integer type of input `i`, at most 32 bits wide so that float32 computes with it; null if it is another one.
Type GraphImporter::getSmallInteger(NodeReader &node, int i) {
  auto found = entries.find(node.getInput(i));
  if (found == entries.end() || found->second.isUnknown())
    return {};
  const Entry &entry = found->second;
  auto type = dyn_cast_or_null<IntegerType>(entry.value ? getElementTypeOrSelf(entry.value.getType())
                                                        : getElementType(entry.constant->elementType));
  return type && type.getWidth() >= 8 && type.getWidth() <= 32 ? type : Type();
}

/// The integers of `constant` as a constant of float32; null, reported, if they cannot be read.
Value GraphImporter::loadAsFloats(NodeReader &node, Constant &constant) {
  auto integers = readIntegers(node, constant, "initializer");
  if (!integers)
    return {};
  if (llvm::is_contained(*integers, openDim)) {
    node.error("initializer '" + printable(constant.name) + "' depends on the batch, which is left open");
    return {};
  }
  Constant floats{constant.name, onnx::TensorProto::FLOAT, constant.shape};
  floats.floats.assign(integers->begin(), integers->end());
  return load(node, *addConstant(std::move(floats)));
}

/// Input `i` as float32. Small integers are cast; `castBack` gives them their type again.
Value GraphImporter::getAsFloats(NodeReader &node, int i) {
  if (!getSmallInteger(node, i))
    return getFloats(node, i);
  const Entry *entry = lookUp(node, i);
  if (entry->constant)
    return loadAsFloats(node, *entry->constant);
  return onnxir::CastOp::create(builder, node.getLoc(), getType(shapeOf(entry->value)), entry->value);
}

Value GraphImporter::castBack(NodeReader &node, Value value, Type integer) {
  if (!value || !integer)
    return value;
  return onnxir::CastOp::create(builder, node.getLoc(), getType(shapeOf(value), integer), value);
}

/// Reports inputs of which some are small integers and others are not.
Type GraphImporter::getCommonInteger(NodeReader &node) {
  const auto isKnown = [&](int i) {
    auto found = entries.find(node.getInput(i));
    return found != entries.end() && !found->second.isUnknown();
  };
  Type first = getSmallInteger(node, 0);
  for (int i = 1; i < node.getNode().input_size(); ++i)
    if (isKnown(0) && isKnown(i) && getSmallInteger(node, i) != first)
      node.error("inputs have different element types");
  return first;
}

void GraphImporter::importRelu(NodeReader &node) {
  node.refuseOtherAttributes();
  Type integer = getSmallInteger(node, 0);
  if (Value input = getAsFloats(node, 0); input && !node.hasErrors())
    defineValue(node, castBack(node, onnxir::ReluOp::create(builder, node.getLoc(), input), integer));
}

/// The numbers of constant input `i`, be they integers; nothing, reported, if it is none.
std::optional<std::vector<float>> GraphImporter::getAnyNumbers(NodeReader &node, int i, StringRef role) {
  if (!getSmallInteger(node, i))
    return getNumbers(node, i, role);
  auto integers = getIntegers(node, i, role);
  return integers ? std::optional(std::vector<float>(integers->begin(), integers->end())) : std::nullopt;
}

void GraphImporter::importClip(NodeReader &node) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  float bounds[] = {-infinity, infinity};
  Type integer = getCommonInteger(node);
  for (int i : {0, 1}) {
    StringRef name = i == 0 ? "min" : "max";
    if (opset < 11) {
      bounds[i] = static_cast<float>(node.getFloat(name, bounds[i]));
    } else if (has(node, i + 1)) {
      auto numbers = getAnyNumbers(node, i + 1, name);
      if (numbers && numbers->size() != 1)
        node.error(name + " has " + Twine(numbers->size()) + " numbers, needed one");
      else if (numbers)
        bounds[i] = numbers->front();
      else
        getAsFloats(node, 0); // for its errors
      if (!numbers || numbers->size() != 1)
        return;
    }
  }
  node.refuseOtherAttributes();
  Value input = getAsFloats(node, 0);
  if (!input || node.hasErrors())
    return;
  Value clipped = onnxir::UnaryOp::create(builder, node.getLoc(), UnaryKind::Clip, input,
                                          builder.getF32FloatAttr(bounds[0]), builder.getF32FloatAttr(bounds[1]));
  defineValue(node, castBack(node, clipped, integer));
}

Value GraphImporter::binary(NodeReader &node, BinaryKind kind, Value lhs, Value rhs) {
  if (!lhs || !rhs)
    return {};
  if (kind == BinaryKind::Add) {
    if (isConstantValue(lhs) && !isConstantValue(rhs))
      std::swap(lhs, rhs);
    if (lhs.getType() == rhs.getType() || onnxir::isPerChannel(shapeOf(rhs), shapeOf(lhs)))
      return onnxir::AddOp::create(builder, node.getLoc(), lhs, rhs);
  }
  auto shape = check(node, onnxir::inferBroadcast(shapeOf(lhs), shapeOf(rhs)));
  return shape ? onnxir::BinaryOp::create(builder, node.getLoc(), getType(*shape), kind, lhs, rhs) : Value();
}

/// Input 1 as float32; exporters write squares with an int64 2.
Value GraphImporter::getExponent(NodeReader &node) {
  const Entry *entry = lookUp(node, 1);
  if (!entry)
    return {};
  const bool isInteger = entry->constant && isIntegerType(entry->constant->elementType);
  return isInteger ? loadAsFloats(node, *entry->constant) : getAsFloats(node, 1);
}

void GraphImporter::importBinary(NodeReader &node) {
  // The exponent of Pow alone may have another type than the result.
  bool isPower = node.getOpType() == "Pow";
  Type integer = isPower ? getSmallInteger(node, 0) : getCommonInteger(node);
  Value lhs = getAsFloats(node, 0), rhs = isPower ? getExponent(node) : getAsFloats(node, 1);
  if (opset < 7) {
    // The right side is put at dimension `axis` of the left one.
    bool broadcasts = node.getInt("broadcast", 0) != 0;
    int64_t rank = lhs ? shapeOf(lhs).size() : 0, own = rhs ? shapeOf(rhs).size() : 0;
    int64_t axis = node.getInt("axis", rank - own);
    if (lhs && rhs && !broadcasts && shapeOf(lhs) != shapeOf(rhs))
      node.error("shapes " + printShape(shapeOf(lhs)) + " and " + printShape(shapeOf(rhs)) +
                 " need broadcast = 1 to go together");
    if (lhs && rhs && broadcasts) {
      if (axis < 0 || axis + own > rank)
        return node.error("axis = " + Twine(axis) + " has no room for " + printShape(shapeOf(rhs)) + " in " +
                          printShape(shapeOf(lhs)));
      SmallVector<int64_t> shape(shapeOf(rhs));
      shape.append(rank - axis - own, 1);
      rhs = reshape(node, rhs, shape);
    }
  }
  node.refuseOtherAttributes();
  if (!node.hasErrors())
    if (Value result = castBack(node, binary(node, getBinaryKind(node.getOpType()), lhs, rhs), integer))
      defineValue(node, result);
}

void GraphImporter::importVariadic(NodeReader &node) {
  node.refuseOtherAttributes();
  SmallVector<Value> inputs;
  bool known = true;
  Type integer = getCommonInteger(node);
  for (int i = 0; i < node.getNode().input_size(); ++i) {
    inputs.push_back(getAsFloats(node, i));
    known &= !!inputs.back();
  }
  if (node.hasErrors() || !known)
    return;
  Value result = inputs.front();
  for (Value input : ArrayRef(inputs).drop_front())
    result = binary(node, getBinaryKind(node.getOpType()), result, input);
  if (result && node.getOpType() == "Mean")
    result = binary(node, BinaryKind::Mul, result, makeScalar(node, 1.0 / static_cast<double>(inputs.size())));
  if (inputs.size() == 1)
    result = onnxir::IdentityOp::create(builder, node.getLoc(), result);
  if (result)
    defineValue(node, castBack(node, result, integer));
}

void GraphImporter::importPRelu(NodeReader &node) {
  node.refuseOtherAttributes();
  Value input = getFloats(node, 0), slope = getFloats(node, 1);
  if (node.hasErrors() || !input || !slope)
    return;
  ArrayRef<int64_t> shape = shapeOf(input);
  if (opset < 7 && shapeOf(slope).size() == 1 && shapeOf(slope)[0] != 1 && shape.size() > 1) {
    // One slope per channel.
    SmallVector<int64_t> perChannel(shape.size() - 1, 1);
    perChannel[0] = shapeOf(slope)[0];
    slope = reshape(node, slope, perChannel);
  }
  Value result = binary(node, BinaryKind::PRelu, input, slope);
  if (result && shapeOf(result) != shape)
    return node.error("slope has shape " + printShape(shapeOf(slope)) + ", needed one that goes with " +
                      printShape(shape));
  if (result)
    defineValue(node, result);
}

void GraphImporter::importCast(NodeReader &node) {
  int64_t to = node.getInt("to", 0);
  node.ignore("saturate"); // of types that are not supported
  node.refuseOtherAttributes();
  Type element = to > 0 && to < 64 ? getElementType(static_cast<int32_t>(to)) : Type();
  if (!element)
    node.error("to = " + printElementType(static_cast<int32_t>(to)) + " is not supported");
  const Entry *entry = lookUp(node, 0);
  if (node.hasErrors() || !entry)
    return;
  bool fromFloat =
      entry->value ? getElementTypeOrSelf(entry->value.getType()).isF32() : isFloatType(entry->constant->elementType);
  if (fromFloat && element.isF32())
    return define(node.getOutput(0), *entry); // float16 and double are float32 already
  if (Value input = getOperand(node, 0))
    defineValue(node, onnxir::CastOp::create(builder, node.getLoc(), getType(shapeOf(input), element), input));
}

void GraphImporter::importBatchNormalization(NodeReader &node) {
  float epsilon = static_cast<float>(node.getFloat("epsilon", 1e-5));
  node.ignore("momentum"); // of training
  if (opset < 9)
    node.requireInt("spatial", 1, 1);
  if (opset < 7)
    node.requireInt("is_test", 0, 1);
  if (opset >= 14)
    node.requireInt("training_mode", 0, 0);
  node.refuseOtherAttributes();
  refuseOtherOutputs(node, "of training");
  SmallVector<Value> operands;
  for (int i = 0; i < 5; ++i)
    operands.push_back(getFloats(node, i));
  if (node.hasErrors() || llvm::is_contained(operands, Value()))
    return;
  ArrayRef<int64_t> shape = shapeOf(operands[0]);
  if (shape.size() < 2)
    return node.error("input has shape " + printShape(shape) + ", needed channels in dimension 1");
  for (Value parameter : ArrayRef(operands).drop_front())
    if (shapeOf(parameter) != ArrayRef<int64_t>{shape[1]})
      return node.error("a parameter has shape " + printShape(shapeOf(parameter)) + ", needed " +
                        printShape({shape[1]}));
  defineValue(node, onnxir::BatchNormalizationOp::create(builder, node.getLoc(), operands[0].getType(), operands[0],
                                                         operands[1], operands[2], operands[3], operands[4],
                                                         llvm::APFloat(epsilon)));
}

} // namespace wage
