//===- HostFormats.cpp - what the host does before and behind the chip -------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Quantization/HostFormats.h"

#include "compiler/Quantization/LayerBits.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;

namespace wage {

namespace {

/// The shape without the batch; that of a scalar, which has none, is its own.
ArrayRef<int64_t> sampleShape(Value value) {
  const ArrayRef<int64_t> shape = cast<ShapedType>(value.getType()).getShape();
  return shape.drop_front(shape.empty() ? 0 : 1);
}

/// `layout` behind a reshape or transpose. Errors: nothing for another operation, or where that is no view.
std::optional<Layout> reorder(const Layout &layout, Operation *op) {
  if (isa<onnxir::ReshapeOp, onnxir::FlattenOp>(op)) {
    if (auto reshaped = layout.reshaped(sampleShape(op->getResult(0))); succeeded(reshaped))
      return *reshaped;
  } else if (auto transpose = dyn_cast<onnxir::TransposeOp>(op)) {
    SmallVector<int64_t> permutation;
    for (int64_t dimension : transpose.getPermutation().drop_front())
      permutation.push_back(dimension - 1);
    if (transpose.getPermutation().front() == 0)
      return layout.transposed(permutation);
  }
  return std::nullopt;
}

bool isSame(Operation *op) {
  return isa<onnxir::IdentityOp, onnxir::DropoutOp>(op) ||
         (isa<onnxir::CastOp>(op) && getElementTypeOrSelf(op->getResult(0)).isF32());
}

//===----------------------------------------------------------------------===//
// Input
//===----------------------------------------------------------------------===//

/// x -> x * scale + offset, composed with what `op` does. Errors: false for another operation, and the format is unchanged.
bool foldAffine(InputFormat &format, Operation *op, SymbolTableCollection &symbols) {
  auto binary = dyn_cast<onnxir::BinaryOp>(op);
  const bool isAdd = isa<onnxir::AddOp>(op) || (binary && binary.getKind() == onnxir::BinaryKind::Add);
  const bool isSub = binary && binary.getKind() == onnxir::BinaryKind::Sub;
  const bool isMul = binary && binary.getKind() == onnxir::BinaryKind::Mul;
  const bool isDiv = binary && binary.getKind() == onnxir::BinaryKind::Div;
  if ((!isAdd && !isSub && !isMul && !isDiv) || op->getOperand(0) != format.value)
    return false;
  const auto numbers = readChannelNumbers(op->getOperand(1), op->getResult(0), symbols);
  if (!numbers || !llvm::all_of(*numbers, [&](double n) { return std::isfinite(n) && (!(isMul || isDiv) || n > 0); }))
    return false;
  const size_t channels = std::max(numbers->size(), format.scale.size());
  auto at = [](const ChannelNumbers &list, size_t c) { return list[list.size() == 1 ? 0 : c]; };
  ChannelNumbers scale(channels), offset(channels);
  for (size_t c = 0; c < channels; ++c) {
    const double n = at(*numbers, c), factor = isMul ? n : isDiv ? 1 / n : 1, summand = isAdd ? n : isSub ? -n : 0;
    scale[c] = at(format.scale, c) * factor;
    offset[c] = at(format.offset, c) * factor + summand;
  }
  format.scale = std::move(scale), format.offset = std::move(offset);
  return true;
}

} // namespace

InputFormat matchInput(func::FuncOp main) {
  const Value argument = main.getArgument(0);
  InputFormat format{argument, argument, Layout(sampleShape(argument)), {1.0}, {0.0}};
  InputFormat folded = format; // without reshapes that nothing but themselves would be folded with: those cost nothing
  SymbolTableCollection symbols;
  while (format.value.hasOneUse()) {
    Operation *op = *format.value.user_begin();
    if (op->hasTrait<OpTrait::IsTerminator>())
      break;
    // Channels are counted in the order that the chip sees: none may have been scaled when the order changes.
    const bool isScaled = format.scale.size() > 1;
    const auto layout = isScaled ? std::nullopt : reorder(format.layout, op);
    if (layout)
      format.layout = *layout;
    else if (!isSame(op) && !foldAffine(format, op, symbols))
      break;
    format.value = op->getResult(0);
    if (!layout || !format.layout.isIdentity())
      folded = format;
  }
  return folded;
}

//===----------------------------------------------------------------------===//
// Output
//===----------------------------------------------------------------------===//

std::optional<HostFunctionKind> getHostFunction(Operation *op) {
  if (isa<onnxir::ReluOp>(op))
    return HostFunctionKind::Relu;
  auto unary = dyn_cast<onnxir::UnaryOp>(op);
  if (!unary)
    return std::nullopt;
  switch (unary.getKind()) {
  case onnxir::UnaryKind::Exp: return HostFunctionKind::Exp;
  case onnxir::UnaryKind::Sigmoid: return HostFunctionKind::Sigmoid;
  case onnxir::UnaryKind::Softplus: return HostFunctionKind::Softplus;
  case onnxir::UnaryKind::Tanh: return HostFunctionKind::Tanh;
  default: return std::nullopt;
  }
}

OutputFormat matchOutput(func::FuncOp main, bool forTraining) {
  Value value = main.getBody().front().getTerminator()->getOperand(0);
  const auto isReshape = [](Operation *op) { return isa<onnxir::ReshapeOp, onnxir::FlattenOp>(op); };
  const auto isFunction = [&](Operation *op) {
    return isa<onnxir::SoftmaxOp, onnxir::ArgMaxOp>(op) || (!forTraining && getHostFunction(op));
  };
  /// The operations before `value` that match, last first.
  const auto collect = [](Value &value, auto matches) {
    SmallVector<Operation *> ops;
    for (Operation *op = value.getDefiningOp(); op && value.hasOneUse() && matches(op); op = value.getDefiningOp()) {
      ops.push_back(op);
      value = op->getOperand(0);
    }
    return ops;
  };
  Value behind = value;
  SmallVector<Operation *> functions =
      collect(behind, [&](Operation *op) { return isSame(op) || isReshape(op) || isFunction(op); });
  while (!functions.empty() && !isFunction(functions.back()))
    functions.pop_back(); // what only reorders stands before the first function
  if (!functions.empty())
    value = functions.back()->getOperand(0);
  OutputFormat format{value, Layout(sampleShape(value)), {}};
  for (Operation *op : llvm::reverse(functions))
    if (!isSame(op))
      format.functions.push_back(op);
  if (forTraining)
    return format;
  const SmallVector<Operation *> orders =
      collect(value, [&](Operation *op) { return isSame(op) || isReshape(op) || isa<onnxir::TransposeOp>(op); });
  Layout layout(sampleShape(value));
  for (Operation *op : llvm::reverse(orders)) {
    const auto next = isSame(op) ? std::optional(layout) : reorder(layout, op);
    if (!next)
      return format; // no view: the chip reorders
    layout = *next;
  }
  if (!layout.isIdentity()) // else a reshape costs nothing where it stands
    format.value = value, format.layout = layout;
  return format;
}

Operation *findOutputLayer(Value output) {
  SymbolTableCollection symbols;
  Operation *op = output.getDefiningOp();
  const auto keepsFactor = [&](Operation *op) {
    auto binary = dyn_cast<onnxir::BinaryOp>(op);
    const bool adds = isa<onnxir::AddOp>(op) || (binary && binary.getKind() == onnxir::BinaryKind::Add);
    return isSame(op) || isa<onnxir::ReshapeOp, onnxir::FlattenOp, onnxir::AveragePoolOp>(op) ||
           (adds && onnxir::getConstantTensor(op->getOperand(1), symbols));
  };
  while (op && keepsFactor(op))
    op = op->getOperand(0).hasOneUse() ? op->getOperand(0).getDefiningOp() : nullptr;
  return op && isLinear(op) ? op : nullptr;
}

} // namespace wage
