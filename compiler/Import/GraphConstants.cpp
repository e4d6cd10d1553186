//===- GraphConstants.cpp - names and constants of an ONNX graph ------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatEvaluator/FloatEvaluator.h"
#include "compiler/Import/GraphImporter.h"

#include "dialects/onnx/IR/OnnxShapes.h"

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/AsmState.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using llvm::Twine;
using onnx::TensorProto;

namespace wage {

//===----------------------------------------------------------------------===//
// Types and shapes
//===----------------------------------------------------------------------===//

RankedTensorType GraphImporter::getType(ArrayRef<int64_t> shape, Type element) const {
  return RankedTensorType::get(shape, element ? element : Float32Type::get(file->getContext()));
}

Type GraphImporter::getElementType(int32_t onnxType) const {
  const auto integer = [&](unsigned width, bool isUnsigned = false) -> Type {
    return IntegerType::get(file->getContext(), width, isUnsigned ? IntegerType::Unsigned : IntegerType::Signless);
  };
  switch (onnxType) {
  case TensorProto::BOOL: return integer(1);
  case int4Type: return integer(4);
  case uint4Type: return integer(4, true);
  case TensorProto::INT8: return integer(8);
  case TensorProto::INT16: return integer(16);
  case TensorProto::INT32: return integer(32);
  case TensorProto::INT64: return integer(64);
  case TensorProto::UINT8: return integer(8, true);
  case TensorProto::UINT16: return integer(16, true);
  case TensorProto::UINT32: return integer(32, true);
  case TensorProto::UINT64: return integer(64, true);
  default: return isFloatType(onnxType) ? Float32Type::get(file->getContext()) : Type();
  }
}

ArrayRef<int64_t> GraphImporter::shapeOf(Value value) { return cast<RankedTensorType>(value.getType()).getShape(); }

std::optional<int64_t> GraphImporter::resolveAxis(NodeReader &node, int64_t axis, int64_t rank) {
  if (axis >= -rank && axis < rank)
    return axis < 0 ? axis + rank : axis;
  node.error("axis = " + Twine(axis) + " is none of the " + Twine(rank) + " dimensions");
  return std::nullopt;
}

std::optional<SmallVector<int64_t>> GraphImporter::resolveAxes(NodeReader &node, ArrayRef<int64_t> axes, int64_t rank) {
  SmallVector<int64_t> result;
  for (int64_t axis : axes) {
    auto resolved = resolveAxis(node, axis, rank);
    if (!resolved)
      return std::nullopt;
    if (llvm::is_contained(result, *resolved)) {
      node.error("axes = " + printShape(axes) + " name a dimension twice");
      return std::nullopt;
    }
    result.push_back(*resolved);
  }
  return result;
}

std::optional<onnxir::Shape> GraphImporter::check(NodeReader &node, llvm::Expected<onnxir::Shape> shape) {
  if (shape)
    return std::move(*shape);
  node.error(toString(shape.takeError()));
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

const GraphImporter::Entry *GraphImporter::lookUp(NodeReader &node, int i) {
  StringRef name = node.getInput(i);
  auto found = entries.find(name);
  if (!name.empty() && found != entries.end())
    return found->second.isUnknown() ? nullptr : &found->second;
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

Value GraphImporter::getOperand(NodeReader &node, int i) {
  const Entry *entry = lookUp(node, i);
  if (!entry)
    return {};
  return entry->value ? entry->value : load(node, *entry->constant);
}

Value GraphImporter::getFloats(NodeReader &node, int i) {
  const Entry *entry = lookUp(node, i);
  if (!entry)
    return {};
  if (entry->constant && !isFloatType(entry->constant->elementType)) {
    node.error("initializer '" + printable(entry->constant->name) + "' has element type " +
               printElementType(entry->constant->elementType) + ", needed float, double or float16");
    return {};
  }
  if (entry->value && !getElementTypeOrSelf(entry->value.getType()).isF32()) {
    node.error("input '" + printable(node.getInput(i)) + "' holds integers, needed float, double or float16");
    return {};
  }
  return getOperand(node, i);
}

GraphImporter::Constant *GraphImporter::getConstant(NodeReader &node, int i, StringRef role) {
  const Entry *entry = lookUp(node, i);
  if (!entry)
    return nullptr;
  if (entry->value)
    node.error(role + " '" + printable(node.getInput(i)) + "' is computed, needed an initializer or a Constant");
  return entry->constant;
}

std::optional<std::vector<int64_t>> GraphImporter::readIntegers(NodeReader &node, Constant &constant, StringRef role) {
  if (!constant.proto && isIntegerType(constant.elementType))
    return constant.integers;
  if (constant.proto) {
    llvm::Expected<std::vector<int64_t>> numbers = tensors.readIntegers(*constant.proto);
    if (numbers)
      return std::move(*numbers);
    node.error(role + " '" + printable(constant.name) + "' " + toString(numbers.takeError()));
    return std::nullopt;
  }
  node.error(role + " '" + printable(constant.name) + "' has element type " + printElementType(constant.elementType) +
             ", needed integers or bool");
  return std::nullopt;
}

std::optional<std::vector<int64_t>> GraphImporter::getIntegers(NodeReader &node, int i, StringRef role) {
  Constant *constant = getConstant(node, i, role);
  return constant ? readIntegers(node, *constant, role) : std::nullopt;
}

std::optional<std::vector<float>> GraphImporter::getNumbers(NodeReader &node, int i, StringRef role) {
  Constant *constant = getConstant(node, i, role);
  if (!constant)
    return std::nullopt;
  if (constant->proto) {
    llvm::Expected<std::vector<float>> numbers = tensors.readFloats(*constant->proto, 1, /*finite=*/false);
    if (numbers)
      return std::move(*numbers);
    node.error(role + " '" + printable(node.getInput(i)) + "' " + toString(numbers.takeError()));
    return std::nullopt;
  }
  if (!isFloatType(constant->elementType)) {
    node.error(role + " '" + printable(node.getInput(i)) + "' holds integers, needed float, double or float16");
    return std::nullopt;
  }
  std::vector<float> numbers = constant->floats;
  int64_t count = *onnxir::countElements(constant->shape);
  if (count > longestList) {
    node.error(role + " '" + printable(node.getInput(i)) + "' has " + Twine(count) + " numbers, needed at most " +
               Twine(longestList));
    return std::nullopt;
  }
  if (numbers.size() == 1)
    numbers.resize(count, numbers[0]);
  return numbers;
}

std::optional<SmallVector<int64_t>> GraphImporter::getList(NodeReader &node, StringRef name, int i, bool isInput,
                                                           bool &present) {
  present = isInput ? has(node, i) : node.hasAttribute(name);
  if (!present)
    return SmallVector<int64_t>();
  if (!isInput)
    return node.getInts(name, {});
  auto numbers = getIntegers(node, i, name);
  if (!numbers)
    return std::nullopt;
  if (llvm::is_contained(*numbers, openDim)) {
    node.error(name + " '" + printable(node.getInput(i)) + "' depend on the batch, which is left open");
    return std::nullopt;
  }
  return SmallVector<int64_t>(numbers->begin(), numbers->end());
}

void GraphImporter::refuseOtherOutputs(NodeReader &node, StringRef role) {
  for (int i = 1; i < node.getNode().output_size(); ++i)
    if (StringRef name = node.getOutput(i); !name.empty() && usedNames.contains(name))
      node.error("output " + role + " '" + printable(name) + "' is used, only the first output is supported");
}

std::string GraphImporter::uniqueName(StringRef name) {
  std::string candidate = name.str();
  for (int suffix = 0; !parameterNames.insert(candidate).second; ++suffix)
    candidate = (name + "_" + Twine(suffix)).str();
  return candidate;
}

//===----------------------------------------------------------------------===//
// Constants as values, and values as constants
//===----------------------------------------------------------------------===//

GraphImporter::Constant *GraphImporter::addConstant(Constant constant) {
  constants.push_back(std::move(constant));
  return &constants.back();
}

void GraphImporter::defineConstant(NodeReader &node, Constant constant) {
  define(node.getOutput(0), {{}, addConstant(std::move(constant))});
}

/// Numbers as a resource, which is not printed number by number.
static ElementsAttr toElements(RankedTensorType type, StringRef name, ArrayRef<float> numbers) {
  if (numbers.empty())
    return DenseElementsAttr::get(type, numbers);
  return DenseResourceElementsAttr::get(type, name, HeapAsmResourceBlob::allocateAndCopyInferAlign(numbers));
}

ElementsAttr GraphImporter::makeElements(NodeReader &node, Constant &constant, double scale, StringRef name) {
  std::string where = "initializer '" + printable(constant.name) + "' ";
  RankedTensorType type = getType(constant.shape, getElementType(constant.elementType));
  if (isIntegerType(constant.elementType)) {
    auto integers = readIntegers(node, constant, "initializer");
    if (!integers)
      return {};
    SmallVector<APInt> words;
    unsigned width = type.getElementTypeBitWidth();
    for (int64_t number : *integers) {
      if (number == openDim) {
        node.error(where + "depends on the batch, which is left open");
        return {};
      }
      words.push_back(APInt(64, static_cast<uint64_t>(number)).trunc(width));
    }
    return DenseElementsAttr::get(type, words);
  }
  if (!constant.proto) {
    // One number for all: not written out, be there ever so many.
    if (constant.floats.size() == 1)
      return DenseElementsAttr::get(type, static_cast<float>(constant.floats[0] * scale));
    std::vector<float> scaled = constant.floats;
    for (float &number : scaled)
      number = static_cast<float>(number * scale);
    return toElements(type, name, scaled);
  }
  llvm::Expected<std::vector<float>> numbers = tensors.readFloats(*constant.proto, scale);
  if (numbers)
    return toElements(type, name, *numbers);
  node.error(where + toString(numbers.takeError()));
  return {};
}

Value GraphImporter::load(NodeReader &node, Constant &constant, double scale) {
  if (constant.loaded && constant.loadedScale == scale)
    return constant.loaded;
  if (!getElementType(constant.elementType)) {
    node.error("initializer '" + printable(constant.name) + "' has element type " +
               printElementType(constant.elementType) + ", needed float, double or float16");
    return {};
  }
  std::string name = uniqueName(constant.name);
  ElementsAttr elements = makeElements(node, constant, scale, name);
  if (!elements)
    return {};
  auto loc = NameLoc::get(builder.getStringAttr(constant.name));
  auto type = cast<RankedTensorType>(elements.getType());
  constant.loadedScale = scale;
  if (constant.isNode || !type.getElementType().isF32())
    return constant.loaded = onnxir::ConstantOp::create(builder, loc, type, name, elements);
  OpBuilder globals(function);
  ml_program::GlobalOp::create(globals, loc, name, type, /*is_mutable=*/false, elements,
                               builder.getStringAttr("private"));
  auto symbol = FlatSymbolRefAttr::get(builder.getContext(), name);
  return constant.loaded = ml_program::GlobalLoadConstOp::create(builder, loc, type, symbol);
}

bool GraphImporter::isConstantValue(Value value) const {
  Operation *op = value.getDefiningOp();
  if (!op || computed.contains(value))
    return false;
  return llvm::all_of(op->getOperands(), [&](Value operand) { return isConstantValue(operand); });
}

/// An integer among the constants that `value` is made of that float32 does not hold; nothing if it holds all.
static std::optional<APInt> findRounded(Value value) {
  Operation *op = value.getDefiningOp();
  auto constant = dyn_cast<onnxir::ConstantOp>(op);
  auto dense = constant ? dyn_cast<DenseElementsAttr>(constant.getValue()) : DenseElementsAttr();
  if (auto type = dense ? dyn_cast<IntegerType>(dense.getElementType()) : IntegerType())
    for (const APInt &number : dense.getValues<APInt>()) {
      const APInt magnitude = type.isUnsigned() ? number : number.abs();
      constexpr unsigned digits = 24;
      if (!magnitude.isZero() && magnitude.getActiveBits() - magnitude.countr_zero() > digits)
        return number;
    }
  for (Value operand : op->getOperands())
    if (std::optional<APInt> number = findRounded(operand))
      return number;
  return std::nullopt;
}

void GraphImporter::defineValue(NodeReader &node, Value value, int output) {
  StringRef name = node.getOutput(output);
  if (!isConstantValue(value)) {
    computed.insert(value);
    return define(name, {value, nullptr});
  }
  Type element = getElementTypeOrSelf(value.getType());
  // Constants are computed with as float32, in which integers must not change.
  if (std::optional<APInt> number = element.isF32() ? std::nullopt : findRounded(value))
    return node.error("takes the constant " + llvm::toString(*number, 10, /*Signed=*/!element.isUnsignedInteger()) +
                      ", needed an integer that float32 holds");
  FailureOr<floats::FloatTensor> tensor = floats::evaluateConstant(value);
  if (failed(tensor)) {
    errors = true;
    return;
  }
  Constant constant{name.str(), TensorProto::FLOAT, tensor->shape};
  if (element.isF32()) {
    constant.floats = *tensor->numbers;
  } else {
    // The first ONNX type of these bits: the others share it.
    for (int32_t type : std::initializer_list<int32_t>{
             int4Type, uint4Type, TensorProto::BOOL, TensorProto::INT8, TensorProto::INT16, TensorProto::INT32,
             TensorProto::INT64, TensorProto::UINT8, TensorProto::UINT16, TensorProto::UINT32, TensorProto::UINT64})
      if (getElementType(type) == element)
        constant.elementType = type;
    for (float number : *tensor->numbers)
      constant.integers.push_back(static_cast<int64_t>(number));
  }
  define(name, {{}, addConstant(std::move(constant))});
}

Value GraphImporter::reshape(NodeReader &node, Value value, ArrayRef<int64_t> shape) {
  if (shapeOf(value) == shape)
    return value;
  Type element = getElementTypeOrSelf(value.getType());
  return onnxir::ReshapeOp::create(builder, node.getLoc(), getType(shape, element), value);
}

} // namespace wage
