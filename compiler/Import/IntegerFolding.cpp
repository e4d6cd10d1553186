//===- IntegerFolding.cpp - shapes that the graph computes ---------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

//
// Exporters compute the shapes they give to Reshape, Resize and the like: Shape, Gather, Unsqueeze, Concat. All that is
// known here but the batch, which is handed on as itself and must not be computed with. Only lists and single numbers are
// worked on; everything else goes the way of all values and is computed by the float evaluator.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Import/GraphImporter.h"

#include "dialects/onnx/IR/OnnxShapes.h"

#include "llvm/ADT/StringSwitch.h"

#include <cmath>

using namespace mlir;
using llvm::Twine;
using onnx::TensorProto;

namespace wage {

namespace {

/// Longest list that is worked on: no shape is longer.
constexpr size_t maxNumbers = 4096;

/// The result of an integer operation of ONNX; nothing where it has none. What overflows wraps.
std::optional<int64_t> compute(StringRef opType, int64_t a, int64_t b) {
  auto wide = [](int64_t x) { return static_cast<uint64_t>(x); };
  if (opType == "Add")
    return static_cast<int64_t>(wide(a) + wide(b));
  if (opType == "Sub")
    return static_cast<int64_t>(wide(a) - wide(b));
  if (opType == "Mul")
    return static_cast<int64_t>(wide(a) * wide(b));
  if (opType == "Max")
    return std::max(a, b);
  if (opType == "Min")
    return std::min(a, b);
  if (b == 0 || (a == INT64_MIN && b == -1))
    return std::nullopt;
  return a / b; // towards 0, as C++
}

} // namespace

bool GraphImporter::foldIntegers(NodeReader &node) {
  SmallVector<Constant *> inputs;
  for (int i = 0; i < node.getNode().input_size(); ++i) {
    auto found = entries.find(node.getInput(i));
    if (node.getInput(i).empty() || found == entries.end() || !found->second.constant)
      return false;
    inputs.push_back(found->second.constant);
  }
  if (inputs.empty())
    return false;
  if (node.getOpType() == "Cast")
    return foldCast(node, *inputs[0]);
  for (Constant *&input : inputs) {
    if (!isIntegerType(input->elementType) || input->shape.size() > 1 ||
        *onnxir::countElements(input->shape) > static_cast<int64_t>(maxNumbers))
      return false;
    if (!input->proto)
      continue;
    // From here on the numbers stand in the constant itself.
    auto integers = tensors.readIntegers(*input->proto);
    if (!integers) {
      llvm::consumeError(integers.takeError());
      return false; // reported by who reads it next
    }
    Constant copy = *input;
    copy.integers = std::move(*integers);
    copy.proto = nullptr;
    input = addConstant(std::move(copy));
  }
  return foldArithmetic(node, inputs) || foldMovement(node, inputs);
}

bool GraphImporter::foldArithmetic(NodeReader &node, ArrayRef<Constant *> inputs) {
  if (!llvm::is_contained({"Add", "Sub", "Mul", "Div", "Max", "Min"}, node.getOpType()) || inputs.size() != 2)
    return false;
  node.refuseOtherAttributes();
  const Constant &lhs = *inputs[0], &rhs = *inputs[1];
  auto shape = check(node, onnxir::inferBroadcast(lhs.shape, rhs.shape));
  if (node.hasErrors())
    return true;
  Constant result{node.getOutput(0).str(), lhs.elementType, *shape};
  for (int64_t i = 0, count = *onnxir::countElements(*shape); i < count; ++i) {
    int64_t a = lhs.integers[lhs.integers.size() == 1 ? 0 : i], b = rhs.integers[rhs.integers.size() == 1 ? 0 : i];
    std::optional<int64_t> number = compute(node.getOpType(), a, b);
    if (a == openDim || b == openDim || !number) {
      node.error(number ? "computes with the batch, which is left open" : "divides by 0");
      return true;
    }
    result.integers.push_back(*number);
  }
  defineConstant(node, std::move(result));
  return true;
}

/// Unsqueeze and Squeeze between a number and a list of one: where the number stands does not change.
std::optional<GraphImporter::Constant> GraphImporter::foldSqueeze(NodeReader &node, ArrayRef<Constant *> inputs) {
  const Constant &first = *inputs[0];
  const bool becomesList = node.getOpType() == "Unsqueeze";
  if (becomesList && inputs.size() == 2 && inputs[1]->integers.size() != 1)
    return std::nullopt;
  if (becomesList && opset < 13 && node.getInts("axes", {}).size() != 1)
    return std::nullopt;
  if (becomesList ? !first.shape.empty() : first.integers.size() != 1)
    return std::nullopt;
  node.ignore("axes");
  Constant result{node.getOutput(0).str(), first.elementType, {}};
  result.integers = first.integers;
  if (becomesList)
    result.shape = {1};
  return result;
}

/// A part of a list.
std::optional<GraphImporter::Constant> GraphImporter::foldSlice(NodeReader &node, const Constant &list) {
  bool isInput = opset >= 10, hasStarts = false, hasEnds = false, hasSteps = false;
  node.ignore("axes"); // there is one dimension only
  auto starts = getList(node, "starts", 1, isInput, hasStarts), ends = getList(node, "ends", 2, isInput, hasEnds);
  auto steps = getList(node, "steps", 4, true, hasSteps);
  if (!starts || !ends || !steps || starts->size() != 1 || ends->size() != 1 || steps->size() > 1)
    return std::nullopt;
  const int64_t step = hasSteps ? (*steps)[0] : 1;
  if (step == 0)
    return std::nullopt;
  const Range range = Range::of((*starts)[0], (*ends)[0], step, static_cast<int64_t>(list.integers.size()));
  Constant result{node.getOutput(0).str(), list.elementType, {range.count}};
  for (int64_t i = 0; i < range.count; ++i)
    result.integers.push_back(list.integers[range.first + i * range.step]);
  return result;
}

/// Numbers of a list by their places; nothing too where one is not there, which is reported.
std::optional<GraphImporter::Constant> GraphImporter::foldGather(NodeReader &node, const Constant &list,
                                                                 const Constant &indices) {
  node.ignore("axis"); // there is one dimension only
  Constant result{node.getOutput(0).str(), list.elementType, indices.shape};
  const int64_t size = static_cast<int64_t>(list.integers.size());
  for (int64_t index : indices.integers) {
    if (index < -size || index >= size) {
      node.error("index " + Twine(index) + " is not in the " + Twine(size) + " elements of axis 0");
      return std::nullopt;
    }
    result.integers.push_back(list.integers[index < 0 ? index + size : index]);
  }
  return result;
}

/// Lists one behind the other.
std::optional<GraphImporter::Constant> GraphImporter::foldConcat(NodeReader &node, ArrayRef<Constant *> inputs) {
  node.ignore("axis"); // there is one dimension only
  Constant result{node.getOutput(0).str(), inputs[0]->elementType, {}};
  for (Constant *input : inputs) {
    if (input->shape.size() != 1)
      return std::nullopt;
    llvm::append_range(result.integers, input->integers);
  }
  result.shape = {static_cast<int64_t>(result.integers.size())};
  return result;
}

bool GraphImporter::foldMovement(NodeReader &node, ArrayRef<Constant *> inputs) {
  const StringRef opType = node.getOpType();
  const bool isList = inputs[0]->shape.size() == 1;
  std::optional<Constant> result;
  if (opType == "Concat")
    result = foldConcat(node, inputs);
  else if (opType == "Unsqueeze" || opType == "Squeeze")
    result = foldSqueeze(node, inputs);
  else if (opType == "Gather" && isList)
    result = foldGather(node, *inputs[0], *inputs[1]);
  else if (opType == "Slice" && isList)
    result = foldSlice(node, *inputs[0]);
  if (!result)
    return false;
  node.refuseOtherAttributes();
  if (!node.hasErrors())
    defineConstant(node, std::move(*result));
  return true;
}

bool GraphImporter::foldCast(NodeReader &node, Constant &input) {
  int64_t to = node.getInt("to", 0);
  bool isInteger = to > 0 && to < 64 && isIntegerType(static_cast<int32_t>(to));
  if (!isInteger)
    return false;
  Constant result{node.getOutput(0).str(), static_cast<int32_t>(to), input.shape};
  if (isIntegerType(input.elementType)) {
    auto integers = readIntegers(node, input, "input");
    if (!integers)
      return true;
    unsigned width = getElementType(result.elementType).getIntOrFloatBitWidth();
    bool isUnsigned = getElementType(result.elementType).isUnsignedInteger();
    for (int64_t number : *integers) {
      if (number == openDim && width < 32) {
        node.error("computes with the batch, which is left open");
        return true;
      }
      APInt word = APInt(64, static_cast<uint64_t>(number)).trunc(width);
      bool keeps = number == openDim || width == 64;
      result.integers.push_back(keeps        ? number
                                : width == 1 ? number != 0
                                : isUnsigned ? static_cast<int64_t>(word.getZExtValue())
                                             : word.getSExtValue());
    }
    node.ignore("saturate");
    node.refuseOtherAttributes();
    defineConstant(node, std::move(result));
    return true;
  }
  return false; // a float constant is computed like any value
}

} // namespace wage
