//===- GraphImporter.cpp - an ONNX graph node by node ------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Import/GraphImporter.h"

#include "dialects/onnx/IR/OnnxShapes.h"

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"

using namespace mlir;
using llvm::Twine;
using onnx::TensorProto;

namespace wage {

GraphImporter::GraphImporter(const onnx::GraphProto &graph, int64_t opset, bool openBatch, StringRef directory,
                             Location file, ModuleOp module)
    : graph(graph), opset(opset), openBatch(openBatch), file(file), module(module), builder(module.getContext()),
      tensors(directory) {
  // Functions of this and later levels live among the parameters' symbols.
  for (StringRef name : {"main", "infer", "train"})
    parameterNames.insert(name);
}

void GraphImporter::error(const Twine &text) {
  errors = true;
  emitError(file) << text;
}

LogicalResult GraphImporter::run() {
  builder.setInsertionPointToEnd(module.getBody());
  function = func::FuncOp::create(builder, file, "main", builder.getFunctionType({}, {}));
  builder.setInsertionPointToEnd(function.addEntryBlock());
  readInitializers();
  indexNames();
  readInputs();
  if (errors && graph.input_size() == 0)
    return failure(); // every node would lack what it needs
  for (auto [index, node] : llvm::enumerate(graph.node()))
    importNode(node, index);
  finishOutputs();
  if (errors)
    return failure();
  eraseUnused();
  writeQuantized();
  return success();
}

void GraphImporter::readInitializers() {
  for (const onnx::SparseTensorProto &sparse : graph.sparse_initializer())
    error("initializer '" + printable(sparse.values().name()) + "' is sparse, needed a dense one");
  for (const TensorProto &tensor : graph.initializer()) {
    Entry entry;
    llvm::Expected<SmallVector<int64_t>> shape = TensorReader::readShape(tensor);
    if (shape)
      entry.constant = addConstant({tensor.name(), tensor.data_type(), *shape, &tensor, {}, {}, /*isNode=*/false});
    else
      error("initializer '" + printable(tensor.name()) + "' " + toString(shape.takeError()));
    if (!entries.try_emplace(tensor.name(), entry).second)
      error("initializer '" + printable(tensor.name()) + "' stands in the file twice");
  }
}

void GraphImporter::indexNames() {
  for (auto [index, node] : llvm::enumerate(graph.node())) {
    for (const std::string &name : node.input())
      usedNames.insert(name);
    for (const std::string &name : node.output())
      if (!name.empty())
        laterNodes.try_emplace(name, NodeReader(node, opset, index, file).getName());
  }
  for (const onnx::ValueInfoProto &output : graph.output())
    usedNames.insert(output.name());
}

void GraphImporter::readInputs() {
  bool found = false;
  for (const onnx::ValueInfoProto &input : graph.input()) {
    auto known = entries.find(input.name());
    if (known != entries.end() && (!known->second.value || known->second.constant))
      continue; // files of IR version 3 list the initializers as inputs
    found = true;
    if (known != entries.end())
      error("graph input '" + printable(input.name()) + "' stands in the file twice");
    else if (!readInput(input))
      define(input.name(), Entry());
  }
  if (!found && openBatch)
    error("the graph has no input");
}

/// What is wrong with a type that is not read.
static std::string printType(const onnx::TypeProto &type) {
  switch (type.value_case()) {
  case onnx::TypeProto::kTensorType: return "element type " + printElementType(type.tensor_type().elem_type());
  case onnx::TypeProto::kSparseTensorType: return "the type of a sparse tensor";
  case onnx::TypeProto::kSequenceType: return "the type of a sequence";
  case onnx::TypeProto::kMapType: return "the type of a map";
  case onnx::TypeProto::kOptionalType: return "the type of an optional value";
  default: return "no type that is known";
  }
}

bool GraphImporter::readInput(const onnx::ValueInfoProto &input) {
  std::string where = "graph input '" + printable(input.name()) + "' ";
  const onnx::TypeProto::Tensor &tensor = input.type().tensor_type();
  Type element = getElementType(tensor.elem_type());
  if (!input.type().has_tensor_type() || !element) {
    error(where + "has " + printType(input.type()) + ", needed a tensor of float, double, float16, integers or bool");
    return false;
  }
  SmallVector<int64_t> shape;
  for (const onnx::TensorShapeProto::Dimension &dim : tensor.shape().dim())
    shape.push_back(dim.has_dim_value() && dim.dim_value() >= (openBatch ? 1 : 0) ? dim.dim_value()
                                                                                  : ShapedType::kDynamic);
  ArrayRef<int64_t> fixed = openBatch ? ArrayRef(shape).drop_front(shape.empty() ? 0 : 1) : ArrayRef(shape);
  if ((openBatch && shape.size() < 2) || !tensor.has_shape() || !onnxir::countElements(fixed)) {
    error(where + "has shape " + printShape(shape) + ", needed a batch and known dimensions of at most " +
          Twine(onnxir::maxElements) + " elements");
    return false;
  }
  if (openBatch) {
    bool sameBatch = ShapedType::isDynamic(shape[0]) || !fixedBatch || fixedBatch == shape[0];
    if (!sameBatch) {
      error(where + "has a batch of " + Twine(shape[0]) + ", another input one of " + Twine(*fixedBatch));
      return false;
    }
    if (!ShapedType::isDynamic(shape[0]))
      fixedBatch = shape[0];
    shape[0] = ShapedType::kDynamic;
  }
  auto loc = NameLoc::get(builder.getStringAttr(input.name()));
  unsigned index = function.getNumArguments();
  if (failed(function.insertArgument(
          index, getType(shape, element),
          builder.getDictionaryAttr({builder.getNamedAttr(onnxir::nameAttr, builder.getStringAttr(input.name()))}),
          loc)))
    return false;
  if (index == 0)
    function->setLoc(loc);
  Value argument = function.getArgument(index);
  computed.insert(argument);
  define(input.name(), {argument, nullptr});
  return true;
}

/// The rule of the node's operator; null, reported, if there is none that it keeps to.
const GraphImporter::OpRule *GraphImporter::findRule(NodeReader &node) {
  const onnx::NodeProto &proto = node.getNode();
  ArrayRef<OpRule> rules = getRules(proto.domain());
  const OpRule *rule = llvm::find_if(rules, [&](const OpRule &r) { return r.opType == node.getOpType(); });
  bool isStandard = proto.domain().empty() || proto.domain() == "ai.onnx";
  if (rules.empty()) {
    node.error("operators of domain '" + printable(proto.domain()) + "' are not supported");
  } else if (rule == rules.end()) {
    node.error("the operator " + (isStandard ? "" : "of domain '" + printable(proto.domain()) + "' ") +
               "is not supported");
  } else if (isStandard && opset < rule->since) {
    node.error("the operator is supported from opset " + Twine(rule->since) + " on");
  } else if (proto.input_size() < rule->minInputs || proto.input_size() > rule->maxInputs) {
    std::string most = rule->maxInputs == anyNumber        ? " or more"
                       : rule->maxInputs > rule->minInputs ? " to " + std::to_string(rule->maxInputs)
                                                           : "";
    node.error("has " + Twine(proto.input_size()) + " inputs, needed " + Twine(rule->minInputs) + most);
  } else if (proto.output_size() < 1 || proto.output_size() > rule->maxOutputs || node.getOutput(0).empty()) {
    std::string most = rule->maxOutputs == anyNumber ? " or more" : " to " + std::to_string(rule->maxOutputs);
    node.error("has " + Twine(proto.output_size()) + " outputs, needed 1" + most + ", the first with a name");
  }
  return node.hasErrors() ? nullptr : rule;
}

void GraphImporter::importNode(const onnx::NodeProto &proto, int index, StringRef shownType) {
  NodeReader node(proto, opset, index, file, shownType);
  if (shownType.empty()) // parts of a node have its name
    node.makeNameDistinct(nodeNames);
  for (const std::string &name : proto.output()) {
    laterNodes.erase(name);
    if (!name.empty() && entries.contains(name))
      node.error("output '" + printable(name) + "' is made twice");
  }
  const OpRule *rule = findRule(node);
  if (rule && !foldIntegers(node) && !node.hasErrors())
    (this->*rule->import)(node);
  errors |= node.hasErrors();
  // What was not made is unknown from here on; the reason has been reported.
  for (const std::string &name : proto.output())
    if (!name.empty())
      entries.try_emplace(name, Entry());
}

void GraphImporter::finishOutputs() {
  SmallVector<Value> results;
  SmallVector<Attribute> names;
  if (graph.output_size() == 0)
    error("the graph has no output");
  for (const onnx::ValueInfoProto &output : graph.output()) {
    std::string where = "graph output '" + printable(output.name()) + "' ";
    auto found = entries.find(output.name());
    if (found == entries.end()) {
      error(where + "is made by no node");
      continue;
    }
    Value result = found->second.value;
    if (Constant *constant = found->second.constant) {
      if (openBatch) {
        error(where + "does not depend on the graph's input");
        continue;
      }
      onnx::NodeProto nobody;
      nobody.set_name(output.name());
      NodeReader node(nobody, opset, 0, file);
      result = load(node, *constant);
      errors |= node.hasErrors();
    }
    if (!result)
      continue; // reported where it should have been made
    results.push_back(result);
    names.push_back(builder.getStringAttr(output.name()));
  }
  if (errors)
    return;
  Location loc = NameLoc::get(cast<StringAttr>(names[0]));
  func::ReturnOp::create(builder, loc, results);
  function.setType(builder.getFunctionType(function.getArgumentTypes(), TypeRange(ValueRange(results))));
  for (auto [i, name] : llvm::enumerate(names))
    function.setResultAttr(i, onnxir::nameAttr, name);
}

/// What folding has left behind.
void GraphImporter::eraseUnused() {
  SmallVector<Operation *> ops;
  for (Operation &op : function.getBody().front().without_terminator())
    ops.push_back(&op);
  for (Operation *op : llvm::reverse(ops))
    if (op->use_empty() && isConstantValue(op->getResult(0)))
      op->erase();
  llvm::StringSet<> loaded;
  function.walk(
      [&](ml_program::GlobalLoadConstOp load) { loaded.insert(load.getGlobal().getLeafReference().getValue()); });
  for (auto global : llvm::make_early_inc_range(module.getOps<ml_program::GlobalOp>()))
    if (!loaded.contains(global.getSymName()))
      global.erase();
}

} // namespace wage
