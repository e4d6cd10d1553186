//===- QuantizedNodes.cpp - operators between quantised values ------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// QLinearConv and its relatives are defined as a plain operator between DequantizeLinear and QuantizeLinear, and are
// imported as those nodes. Errors name the operator that the file has.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Import/GraphImporter.h"

using namespace mlir;
using llvm::Twine;
using onnx::AttributeProto;
using onnx::TensorProto;

namespace wage {

namespace {

google::protobuf::RepeatedPtrField<AttributeProto> withInt(StringRef name, int64_t number) {
  google::protobuf::RepeatedPtrField<AttributeProto> attributes;
  AttributeProto *attribute = attributes.Add();
  attribute->set_name(name.str());
  attribute->set_type(AttributeProto::INT);
  attribute->set_i(number);
  return attributes;
}

} // namespace

/// A name for a value between the parts, which nothing in the file has.
std::string GraphImporter::makeName(StringRef base) {
  std::string name = base.str();
  for (int suffix = 0; entries.contains(name) || laterNodes.contains(name) || usedNames.contains(name); ++suffix)
    name = (base + "_" + Twine(suffix)).str();
  usedNames.insert(name);
  return name;
}

/// Imports a part of `node` as a node of its own. Inputs at the end that have no name are left out.
void GraphImporter::importPart(NodeReader &node, StringRef opType, Names inputs, StringRef output,
                               const google::protobuf::RepeatedPtrField<AttributeProto> &attributes) {
  onnx::NodeProto part;
  part.set_name(node.getName().str());
  part.set_op_type(opType.str());
  while (!inputs.empty() && inputs.back().empty())
    inputs = inputs.drop_back();
  for (const std::string &input : inputs)
    part.add_input(input);
  part.add_output(output.str());
  *part.mutable_attribute() = attributes;
  importNode(part, 0, node.getShownType());
}

std::string GraphImporter::dequantizePart(NodeReader &node, StringRef data, StringRef scale, StringRef zeroPoint,
                                          int64_t axis) {
  std::string name = makeName(data.str() + "_dequantized");
  importPart(node, "DequantizeLinear", {data.str(), scale.str(), zeroPoint.str()}, name, withInt("axis", axis));
  return name;
}

/// Inputs `i` to `i` + 2 are a value with scale and zero point.
std::string GraphImporter::dequantizeInput(NodeReader &node, int i, int64_t axis) {
  return dequantizePart(node, node.getInput(i), node.getInput(i + 1), node.getInput(i + 2), axis);
}

/// Input `i`, an integer bias whose scale is the product of the inputs `inputScale` and `weightScale`; or no name.
std::string GraphImporter::dequantizeBias(NodeReader &node, int i, int inputScale, int weightScale) {
  if (!has(node, i))
    return "";
  std::string scale = makeName(node.getName().str() + "_bias_scale");
  countedScales.insert(scale); // the file does not hold it
  importPart(node, "Mul", {node.getInput(inputScale).str(), node.getInput(weightScale).str()}, scale);
  return dequantizePart(node, node.getInput(i), scale, "", 0);
}

/// Makes `value` the node's output, quantised by the inputs `scale` and `scale` + 1.
void GraphImporter::quantizeOutput(NodeReader &node, StringRef value, int scale) {
  importPart(node, "QuantizeLinear", {value.str(), node.getInput(scale).str(), node.getInput(scale + 1).str()},
             node.getOutput(0));
}

/// The plain operator `opType` with the node's attributes, from dequantised `inputs` to the quantised output.
void GraphImporter::importBetween(NodeReader &node, StringRef opType, Names inputs, int outputScale) {
  std::string result = makeName(node.getOutput(0).str() + "_real");
  importPart(node, opType, inputs, result, node.getNode().attribute());
  quantizeOutput(node, result, outputScale);
}

void GraphImporter::importQLinearConv(NodeReader &node) {
  std::string input = dequantizeInput(node, 0), weights = dequantizeInput(node, 3);
  importBetween(node, "Conv", {input, weights, dequantizeBias(node, 8, 1, 4)}, 6);
}

void GraphImporter::importQLinearMatMul(NodeReader &node) {
  // Scales may be one per row on the left and one per column on the right.
  std::string lhs = dequantizeInput(node, 0, -2), rhs = dequantizeInput(node, 3, -1);
  importBetween(node, "MatMul", {lhs, rhs}, 6);
}

void GraphImporter::importQLinearBinary(NodeReader &node) {
  std::string lhs = dequantizeInput(node, 0), rhs = dequantizeInput(node, 3);
  importBetween(node, node.getOpType().drop_front(StringRef("QLinear").size()), {lhs, rhs}, 6);
}

void GraphImporter::importQLinearUnary(NodeReader &node) {
  onnx::NodeProto plain = node.getNode();
  // Attributes of this domain alone.
  node.requireInt("channels_last", 0, 0);
  if (node.getOpType() == "QLinearSoftmax" && node.hasAttribute("opset") &&
      (node.getInt("opset", opset) < 13) != (opset < 13))
    node.error("opset = " + Twine(node.getInt("opset", opset)) + " is not supported in a model of opset " +
               Twine(opset));
  if (node.hasErrors())
    return;
  auto &attributes = *plain.mutable_attribute();
  attributes.erase(
      llvm::remove_if(attributes,
                      [](const AttributeProto &a) { return a.name() == "channels_last" || a.name() == "opset"; }),
      attributes.end());
  std::string result = makeName(node.getOutput(0).str() + "_real");
  importPart(node, node.getOpType().drop_front(StringRef("QLinear").size()), {dequantizeInput(node, 0)}, result,
             attributes);
  quantizeOutput(node, result, 3);
}

void GraphImporter::importQLinearConcat(NodeReader &node) {
  const int inputs = node.getNode().input_size();
  if (inputs % 3 != 2)
    return node.error("has " + Twine(inputs) + " inputs, needed two and three for each value");
  SmallVector<std::string> parts;
  for (int i = 2; i < inputs; i += 3)
    parts.push_back(dequantizeInput(node, i));
  importBetween(node, "Concat", parts, 0);
}

void GraphImporter::importQGemm(NodeReader &node) {
  const bool transB = node.getInt("transB", 0) != 0;
  if (has(node, 6) && node.getFloat("alpha", 1) != 1)
    return node.error("alpha = " + printNumber(node.getFloat("alpha", 1)) + " is not supported beside a bias, only 1");
  std::string lhs = dequantizeInput(node, 0, 0), rhs = dequantizeInput(node, 3, transB ? 0 : 1);
  std::string bias = dequantizeBias(node, 6, 1, 4);
  if (has(node, 7))
    return importBetween(node, "Gemm", {lhs, rhs, bias}, 7);
  importPart(node, "Gemm", {lhs, rhs, bias}, node.getOutput(0), node.getNode().attribute());
}

/// ConvInteger and MatMulInteger: a product of integers, less their zero points, which is an integer of 32 bits.
void GraphImporter::importIntegerProduct(NodeReader &node) {
  const bool isConv = node.getOpType() == "ConvInteger";
  std::string one = makeName(node.getName().str() + "_one");
  Constant scale{one, TensorProto::FLOAT, {}};
  scale.floats = {1};
  define(one, {{}, addConstant(std::move(scale))});
  countedScales.insert(one); // the file does not hold it
  std::string lhs = dequantizePart(node, node.getInput(0), one, node.getInput(2), isConv ? 0 : -2);
  std::string rhs = dequantizePart(node, node.getInput(1), one, node.getInput(3), isConv ? 0 : -1);
  std::string product = makeName(node.getOutput(0).str() + "_real");
  importPart(node, isConv ? "Conv" : "MatMul", {lhs, rhs}, product, node.getNode().attribute());
  importPart(node, "Cast", {product}, node.getOutput(0), withInt("to", TensorProto::INT32));
}

} // namespace wage
