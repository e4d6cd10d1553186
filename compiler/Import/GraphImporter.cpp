//===- GraphImporter.cpp - an ONNX graph node by node ------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Import/GraphImporter.h"

#include "dialects/onnx/IR/OnnxOps.h"
#include "dialects/onnx/IR/OnnxShapes.h"

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/AsmState.h"

using namespace mlir;
using llvm::Twine;
using onnx::TensorProto;

namespace wage {

GraphImporter::GraphImporter(const onnx::GraphProto &graph, int64_t opset, StringRef directory, Location file,
                             ModuleOp module)
    : graph(graph), opset(opset), file(file), module(module), builder(module.getContext()), tensors(directory) {
  // Functions of this and later levels live among the parameters' symbols.
  for (StringRef name : {"main", "infer", "train"})
    parameterNames.insert(name);
}

ArrayRef<GraphImporter::OpRule> GraphImporter::getRules() {
  using G = GraphImporter;
  static const OpRule rules[] = {
      // operator, fewest and most inputs, most outputs
      {"Conv", 2, 3, 1, &G::importConv},
      {"Gemm", 2, 3, 1, &G::importGemm},
      {"MatMul", 2, 2, 1, &G::importMatMul},
      {"Add", 2, 2, 1, &G::importAdd},
      {"Relu", 1, 1, 1, &G::importRelu},
      {"MaxPool", 1, 1, 2, &G::importMaxPool},
      {"Flatten", 1, 1, 1, &G::importFlatten},
      {"Reshape", 2, 2, 1, &G::importReshape},
      {"Identity", 1, 1, 1, &G::importIdentity},
      {"Dropout", 1, 3, 2, &G::importDropout},
      {"Constant", 0, 0, 1, &G::importConstant},
      {"AveragePool", 1, 1, 1, &G::importAveragePool},
      {"GlobalAveragePool", 1, 1, 1, &G::importGlobalAveragePool},
  };
  return rules;
}

void GraphImporter::error(const Twine &text) {
  errors = true;
  emitError(file) << text;
}

LogicalResult GraphImporter::run() {
  readInitializers();
  indexNames();
  if (!readInput())
    return failure();
  for (auto [index, node] : llvm::enumerate(graph.node()))
    importNode(node, index);
  finishOutput();
  return failure(errors);
}

//===----------------------------------------------------------------------===//
// The graph as a whole
//===----------------------------------------------------------------------===//

void GraphImporter::readInitializers() {
  for (const onnx::SparseTensorProto &sparse : graph.sparse_initializer())
    error("initializer '" + printable(sparse.values().name()) + "' is sparse, needed a dense one");
  for (const TensorProto &tensor : graph.initializer()) {
    fileTensors.push_back({tensor.name(), &tensor, /*isNode=*/false, {}, 1, {}});
    Entry entry;
    llvm::Expected<SmallVector<int64_t>> shape = TensorReader::readShape(tensor);
    if (shape) {
      entry.tensor = &fileTensors.back();
      entry.shape = *shape;
    } else {
      error("initializer '" + printable(tensor.name()) + "' " + toString(shape.takeError()));
    }
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

bool GraphImporter::readInput() {
  const onnx::ValueInfoProto *input = nullptr;
  for (const onnx::ValueInfoProto &candidate : graph.input()) {
    if (entries.contains(candidate.name()))
      continue; // files of IR version 3 list the initializers as inputs
    if (input) {
      error("graph inputs '" + printable(input->name()) + "' and '" + printable(candidate.name()) +
            "' have no initializer, needed one input only");
      return false;
    }
    input = &candidate;
  }
  if (!input) {
    error("the graph has no input");
    return false;
  }
  std::string where = "graph input '" + printable(input->name()) + "' ";
  const onnx::TypeProto::Tensor &tensor = input->type().tensor_type();
  int32_t type = tensor.elem_type();
  if (type != TensorProto::FLOAT && type != TensorProto::DOUBLE && type != TensorProto::FLOAT16) {
    error(where + "has element type " + printElementType(type) + ", needed float, double or float16");
    return false;
  }
  SmallVector<int64_t> shape;
  for (const onnx::TensorShapeProto::Dimension &dim : tensor.shape().dim())
    shape.push_back(dim.has_dim_value() && dim.dim_value() > 0 ? dim.dim_value() : ShapedType::kDynamic);
  if (shape.size() < 2 || llvm::any_of(ArrayRef(shape).drop_front(), ShapedType::isDynamic) ||
      !onnxir::countElements(ArrayRef(shape).drop_front())) {
    error(where + "has shape " + printShape(shape) + ", needed a batch and known dimensions of at most " +
          Twine(onnxir::maxElements) + " elements");
    return false;
  }
  if (!ShapedType::isDynamic(shape[0]))
    fixedBatch = shape[0];
  shape[0] = ShapedType::kDynamic;

  auto loc = NameLoc::get(builder.getStringAttr(input->name()));
  builder.setInsertionPointToEnd(module.getBody());
  function = func::FuncOp::create(builder, loc, "main", builder.getFunctionType({getType(shape)}, {}));
  Block *body = function.addEntryBlock();
  body->getArgument(0).setLoc(loc);
  function.setArgAttr(0, onnxir::nameAttr, builder.getStringAttr(input->name()));
  builder.setInsertionPointToEnd(body);
  define(input->name(), {body->getArgument(0), nullptr, shape, true});
  return true;
}

void GraphImporter::importNode(const onnx::NodeProto &proto, int index) {
  NodeReader node(proto, opset, index, file);
  for (const std::string &name : proto.output()) {
    laterNodes.erase(name);
    if (!name.empty() && entries.contains(name))
      node.error("output '" + printable(name) + "' is made twice");
  }
  const OpRule *rule = llvm::find_if(getRules(), [&](const OpRule &r) { return r.opType == node.getOpType(); });
  if (!proto.domain().empty() && proto.domain() != "ai.onnx")
    node.error("operators of domain '" + printable(proto.domain()) + "' are not supported");
  else if (rule == getRules().end())
    node.error("the operator is not supported");
  else if (proto.input_size() < rule->minInputs || proto.input_size() > rule->maxInputs)
    node.error("has " + Twine(proto.input_size()) + " inputs, needed " + Twine(rule->minInputs) +
               (rule->maxInputs > rule->minInputs ? " to " + Twine(rule->maxInputs) : Twine()));
  else if (proto.output_size() < 1 || proto.output_size() > rule->maxOutputs || node.getOutput(0).empty())
    node.error("has " + Twine(proto.output_size()) + " outputs, needed 1 to " + Twine(rule->maxOutputs) +
               ", the first with a name");
  else
    (this->*rule->import)(node);
  errors |= node.hasErrors();
  // What was not made is unknown from here on; the reason has been reported.
  for (const std::string &name : proto.output())
    if (!name.empty())
      entries.try_emplace(name, Entry{{}, nullptr, {}, /*isComputed=*/node.getOpType() != "Constant"});
}

void GraphImporter::finishOutput() {
  if (graph.output_size() != 1)
    return error("the graph has " + Twine(graph.output_size()) + " outputs, needed 1");
  StringRef name = graph.output(0).name();
  auto found = entries.find(name);
  if (found == entries.end())
    return error("graph output '" + printable(name) + "' is made by no node");
  if (found->second.tensor)
    return error("graph output '" + printable(name) + "' does not depend on the graph's input");
  if (!found->second.value)
    return; // reported where it should have been made
  Value result = found->second.value;
  func::ReturnOp::create(builder, NameLoc::get(builder.getStringAttr(name)), result);
  function.setType(builder.getFunctionType(function.getArgumentTypes(), result.getType()));
  function.setResultAttr(0, onnxir::nameAttr, builder.getStringAttr(name));
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

RankedTensorType GraphImporter::getType(ArrayRef<int64_t> shape) const {
  return RankedTensorType::get(shape, Float32Type::get(file->getContext()));
}

void GraphImporter::define(StringRef name, Entry entry) { entries.try_emplace(name, std::move(entry)); }

void GraphImporter::defineValue(NodeReader &node, Value value) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(value.getType()).getShape();
  define(node.getOutput(0), {value, nullptr, SmallVector<int64_t>(shape), true});
}

const GraphImporter::Entry *GraphImporter::lookUp(NodeReader &node, int i) {
  StringRef name = node.getInput(i);
  auto found = entries.find(name);
  if (!name.empty() && found != entries.end())
    return &found->second;
  auto later = laterNodes.find(name);
  if (name.empty())
    node.error("input " + Twine(i) + " is left out, needed a name");
  else if (later != laterNodes.end())
    node.error("input '" + printable(name) + "' is made by '" + printable(later->second) +
               "', needed nodes in order and without a cycle");
  else if (name == node.getOutput(0))
    node.error("input '" + printable(name) + "' is the node's own output");
  else
    node.error("input '" + printable(name) + "' is neither an initializer nor made by any node");
  return nullptr;
}

Value GraphImporter::getValue(NodeReader &node, int i) {
  const Entry *entry = lookUp(node, i);
  if (!entry)
    return {};
  if (entry->tensor)
    node.error("input '" + printable(node.getInput(i)) +
               "' is a constant, needed a value that depends on the graph's input");
  return entry->value;
}

const GraphImporter::Entry *GraphImporter::getTensor(NodeReader &node, int i, StringRef role) {
  const Entry *entry = lookUp(node, i);
  if (!entry)
    return nullptr;
  if (entry->value)
    node.error(role + " '" + printable(node.getInput(i)) + "' is computed, needed an initializer or a Constant");
  return entry->tensor ? entry : nullptr;
}

void GraphImporter::refuseSecondOutput(NodeReader &node, StringRef role) {
  if (!node.getOutput(1).empty() && usedNames.contains(node.getOutput(1)))
    node.error("output " + role + " '" + printable(node.getOutput(1)) +
               "' is used, only the first output is supported");
}

std::optional<std::vector<int64_t>> GraphImporter::getIntegers(NodeReader &node, int i, StringRef role) {
  const Entry *entry = getTensor(node, i, role);
  if (!entry)
    return std::nullopt;
  llvm::Expected<std::vector<int64_t>> numbers = tensors.readIntegers(*entry->tensor->proto);
  if (numbers)
    return std::move(*numbers);
  node.error(role + " '" + printable(node.getInput(i)) + "' " + toString(numbers.takeError()));
  return std::nullopt;
}

std::string GraphImporter::uniqueName(StringRef name) {
  std::string candidate = name.str();
  for (int suffix = 0; !parameterNames.insert(candidate).second; ++suffix)
    candidate = (name + "_" + Twine(suffix)).str();
  return candidate;
}

Value GraphImporter::load(NodeReader &node, const Entry &entry, double scale) {
  FileTensor &tensor = *entry.tensor;
  std::string where = "'" + printable(tensor.name) + "' ";
  if (tensor.loaded) {
    if (tensor.loadedScale == scale && tensor.loadedShape == entry.shape)
      return tensor.loaded;
    node.error("initializer " + where + "is also used with another shape or scale: " + printShape(tensor.loadedShape) +
               " times " + printNumber(tensor.loadedScale) + " there, " + printShape(entry.shape) + " times " +
               printNumber(scale) + " here");
    return {};
  }
  if (llvm::is_contained(entry.shape, 0)) {
    node.error("initializer " + where + "is empty: its shape is " + printShape(entry.shape));
    return {};
  }
  llvm::Expected<std::vector<float>> numbers = tensors.readFloats(*tensor.proto, scale);
  if (!numbers) {
    node.error("initializer " + where + toString(numbers.takeError()));
    return {};
  }
  std::string name = uniqueName(tensor.name);
  RankedTensorType type = getType(entry.shape);
  auto elements = DenseResourceElementsAttr::get(
      type, name, HeapAsmResourceBlob::allocateAndCopyInferAlign(ArrayRef<float>(*numbers)));
  auto loc = NameLoc::get(builder.getStringAttr(tensor.name));
  tensor.loadedScale = scale;
  tensor.loadedShape = entry.shape;
  if (tensor.isNode)
    return tensor.loaded = onnxir::ConstantOp::create(builder, loc, type, name, elements);
  OpBuilder globals(function);
  ml_program::GlobalOp::create(globals, loc, name, type, /*is_mutable=*/false, elements,
                               builder.getStringAttr("private"));
  auto symbol = FlatSymbolRefAttr::get(builder.getContext(), name);
  return tensor.loaded = ml_program::GlobalLoadConstOp::create(builder, loc, type, symbol);
}

} // namespace wage
