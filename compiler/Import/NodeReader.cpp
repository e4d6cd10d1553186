//===- NodeReader.cpp - attributes of an ONNX node ---------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Import/NodeReader.h"

#include "compiler/Import/TensorReader.h"

#include "mlir/IR/Diagnostics.h"

using namespace llvm;
using onnx::AttributeProto;

namespace wage {

NodeReader::NodeReader(const onnx::NodeProto &node, int64_t opset, int index, mlir::Location file, StringRef shownType)
    : node(node), opset(opset), file(file), name(node.name()),
      shownType(shownType.empty() ? StringRef(node.op_type()) : shownType) {
  if (name.empty() && node.output_size())
    name = node.output(0);
  if (name.empty())
    name = "node " + std::to_string(index);
}

void NodeReader::makeNameDistinct(StringMap<int> &taken) {
  const std::string given = name;
  while (!taken.try_emplace(name, 1).second)
    name = given + "." + std::to_string(taken[given]++);
}

mlir::Location NodeReader::getLoc() const {
  return mlir::NameLoc::get(mlir::StringAttr::get(file->getContext(), name));
}

void NodeReader::error(const Twine &text) {
  errors = true;
  mlir::emitError(file) << printable(name) << " (" << printable(shownType) << ", opset " << opset << "): " << text;
}

StringRef NodeReader::getInput(int i) const { return i < node.input_size() ? StringRef(node.input(i)) : StringRef(); }

StringRef NodeReader::getOutput(int i) const {
  return i < node.output_size() ? StringRef(node.output(i)) : StringRef();
}

bool NodeReader::hasAttribute(StringRef attribute) const {
  return any_of(node.attribute(), [&](const AttributeProto &a) { return a.name() == attribute; });
}

const AttributeProto *NodeReader::find(StringRef attribute, AttributeProto::AttributeType type) {
  for (const AttributeProto &candidate : node.attribute()) {
    if (candidate.name() != attribute)
      continue;
    seen.insert(attribute);
    if (!candidate.ref_attr_name().empty()) {
      error("attribute '" + attribute + "' refers to a function's attribute, needed a value");
      return nullptr;
    }
    // The oldest exporters leave the type out.
    if (candidate.type() == type || candidate.type() == AttributeProto::UNDEFINED)
      return &candidate;
    error("attribute '" + attribute + "' has type " + AttributeProto::AttributeType_Name(candidate.type()) +
          ", needed " + AttributeProto::AttributeType_Name(type));
    return nullptr;
  }
  return nullptr;
}

int64_t NodeReader::getInt(StringRef attribute, int64_t byDefault) {
  const AttributeProto *found = find(attribute, AttributeProto::INT);
  return found ? found->i() : byDefault;
}

double NodeReader::getFloat(StringRef attribute, double byDefault) {
  const AttributeProto *found = find(attribute, AttributeProto::FLOAT);
  return found ? found->f() : byDefault;
}

StringRef NodeReader::getString(StringRef attribute, StringRef byDefault) {
  const AttributeProto *found = find(attribute, AttributeProto::STRING);
  return found ? StringRef(found->s()) : byDefault;
}

SmallVector<int64_t> NodeReader::getInts(StringRef attribute, ArrayRef<int64_t> byDefault) {
  const AttributeProto *found = find(attribute, AttributeProto::INTS);
  return found ? SmallVector<int64_t>(found->ints().begin(), found->ints().end()) : SmallVector<int64_t>(byDefault);
}

void NodeReader::requireInt(StringRef attribute, int64_t byDefault, int64_t needed) {
  int64_t found = getInt(attribute, byDefault);
  if (found != needed)
    error(attribute + " = " + Twine(found) + " is not supported, only " + attribute + " = " + Twine(needed));
}

void NodeReader::refuseOtherAttributes() {
  for (const AttributeProto &attribute : node.attribute())
    if (!seen.contains(attribute.name()))
      error("attribute '" + printable(attribute.name()) + "' is not supported");
}

} // namespace wage
