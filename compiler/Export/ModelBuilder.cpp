//===- ModelBuilder.cpp - an ONNX model, node by node ------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Export/ModelBuilder.h"

#include "compiler/Export/OnnxExporter.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"

#include <cmath>

using llvm::ArrayRef;
using llvm::StringRef;

namespace wage {

onnx::TensorProto::DataType protoType(TensorType type) {
  switch (type) {
  case TensorType::Uint8: return onnx::TensorProto::UINT8;
  case TensorType::Int8: return onnx::TensorProto::INT8;
  case TensorType::Int32: return onnx::TensorProto::INT32;
  case TensorType::Int64: return onnx::TensorProto::INT64;
  case TensorType::Float: return onnx::TensorProto::FLOAT;
  case TensorType::Double: return onnx::TensorProto::DOUBLE;
  }
  return onnx::TensorProto::UNDEFINED;
}

namespace {

/// Constants of at most so many bytes are looked for among those that are there.
constexpr size_t smallConstantBytes = 64;

/// ONNX stores little-endian.
template <typename Element, typename Number> std::string packElements(ArrayRef<Number> numbers) {
  std::string bytes(numbers.size() * sizeof(Element), 0);
  for (size_t i = 0; i < numbers.size(); ++i)
    llvm::support::endian::write(&bytes[i * sizeof(Element)], static_cast<Element>(numbers[i]),
                                 llvm::endianness::little);
  return bytes;
}

template <typename Number> std::string pack(TensorType type, ArrayRef<Number> elements) {
  switch (type) {
  case TensorType::Uint8: return packElements<uint8_t>(elements);
  case TensorType::Int8: return packElements<int8_t>(elements);
  case TensorType::Int32: return packElements<int32_t>(elements);
  case TensorType::Int64: return packElements<int64_t>(elements);
  case TensorType::Float: return packElements<float>(elements);
  case TensorType::Double: return packElements<double>(elements);
  }
  return {};
}

void declare(onnx::ValueInfoProto &value, StringRef name, TensorType type, ArrayRef<int64_t> shape) {
  value.set_name(name.str());
  onnx::TypeProto::Tensor &tensor = *value.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(protoType(type));
  onnx::TensorShapeProto &dims = *tensor.mutable_shape();
  for (int64_t extent : shape) {
    if (extent < 0)
      dims.add_dim()->set_dim_param("batch");
    else
      dims.add_dim()->set_dim_value(extent);
  }
}

} // namespace

ModelBuilder::ModelBuilder() {
  model.set_ir_version(exportedIrVersion);
  model.set_producer_name("wage");
  onnx::OperatorSetIdProto &opset = *model.add_opset_import();
  opset.set_domain("");
  opset.set_version(exportedOpset);
  model.mutable_graph()->set_name("infer");
}

void ModelBuilder::addInput(StringRef name, TensorType type, ArrayRef<int64_t> shape) {
  names.insert(name);
  declare(*model.mutable_graph()->add_input(), name, type, shape);
}

void ModelBuilder::addOutput(StringRef name, StringRef tensor, TensorType type, ArrayRef<int64_t> shape) {
  onnx::NodeProto &node = *model.mutable_graph()->add_node();
  node.set_op_type("Identity");
  node.set_name(name.str());
  node.add_input(tensor.str());
  node.add_output(name.str());
  declare(*model.mutable_graph()->add_output(), name, type, shape);
}

std::string ModelBuilder::makeName(StringRef layer, StringRef what) {
  const std::string base = layer.empty() ? what.str() : (layer + "/" + what).str();
  std::string name = base;
  for (unsigned i = 1; !names.insert(name).second; ++i)
    name = base + "." + std::to_string(i);
  return name;
}

std::string ModelBuilder::addInitializer(StringRef layer, onnx::TensorProto tensor) {
  const bool small = tensor.raw_data().size() <= smallConstantBytes;
  const std::string key = small ? tensor.SerializeAsString() : std::string();
  if (const auto found = smallConstants.find(key); small && found != smallConstants.end())
    return found->second;
  const std::string name = makeName(layer, "constant");
  if (small)
    smallConstants[key] = name;
  tensor.set_name(name);
  *model.mutable_graph()->add_initializer() = std::move(tensor);
  return name;
}

std::string ModelBuilder::addConstant(StringRef layer, TensorType type, ArrayRef<int64_t> shape,
                                      ArrayRef<int64_t> elements) {
  onnx::TensorProto tensor;
  tensor.set_data_type(protoType(type));
  for (int64_t extent : shape)
    tensor.add_dims(extent);
  tensor.set_raw_data(pack(type, elements));
  return addInitializer(layer, std::move(tensor));
}

std::string ModelBuilder::addPowers(StringRef layer, TensorType type, ArrayRef<int32_t> exponents) {
  llvm::SmallVector<double> powers;
  for (int32_t exponent : exponents)
    powers.push_back(std::ldexp(1.0, exponent));
  onnx::TensorProto tensor;
  tensor.set_data_type(protoType(type));
  if (powers.size() != 1)
    tensor.add_dims(powers.size());
  tensor.set_raw_data(pack(type, ArrayRef<double>(powers)));
  return addInitializer(layer, std::move(tensor));
}

std::string ModelBuilder::addNode(StringRef operation, StringRef layer, ArrayRef<std::string> inputs,
                                  ArrayRef<NodeAttribute> attributes) {
  const std::string name = makeName(layer, operation);
  onnx::NodeProto &node = *model.mutable_graph()->add_node();
  node.set_op_type(operation.str());
  node.set_name(name);
  for (const std::string &input : inputs)
    node.add_input(input);
  node.add_output(name);
  for (const NodeAttribute &attribute : attributes) {
    onnx::AttributeProto &proto = *node.add_attribute();
    proto.set_name(attribute.name.str());
    proto.set_type(attribute.isList ? onnx::AttributeProto::INTS : onnx::AttributeProto::INT);
    if (!attribute.isList)
      proto.set_i(attribute.integers[0]);
    else
      for (int64_t integer : attribute.integers)
        proto.add_ints(integer);
  }
  return name;
}

} // namespace wage
