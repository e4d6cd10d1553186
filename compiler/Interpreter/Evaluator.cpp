//===- Evaluator.cpp - runs functions of the wage and integer level ----------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Interpreter/Evaluator.h"

#include "compiler/Analysis/IntegerConstants.h"
#include "dialects/check/IR/CheckOps.h"
#include "dialects/integer/IR/IntegerOps.h"
#include "dialects/wage/IR/WageOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/TypeUtilities.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace wage::interpreter {
namespace {

/// The integers a type holds: those of its width, or of its grid.
std::pair<int64_t, int64_t> rangeOf(Type type) {
  if (auto grid = dyn_cast<GridType>(type))
    return grid.getRole() == Role::Z ? std::pair(INT64_MIN, INT64_MAX) : std::pair(-grid.getLimit(), grid.getLimit());
  const auto integer = cast<IntegerType>(type);
  if (integer.getWidth() == 1 || integer.isUnsigned())
    return {0, static_cast<int64_t>(llvm::maxUIntN(integer.getWidth()))};
  return {llvm::minIntN(integer.getWidth()), llvm::maxIntN(integer.getWidth())};
}

/// [2, 0, 5]: where element `index` of a tensor of `shape` stands.
std::string describePosition(size_t index, ArrayRef<int64_t> shape) {
  std::string text;
  for (int64_t extent : llvm::reverse(shape)) {
    text = std::to_string(index % extent) + (text.empty() ? "" : ", ") + text;
    index /= extent;
  }
  return "[" + text + "]";
}

/// The attribute's elements in the shape of its type; a splat is spread out.
std::optional<Tensor> readTensor(Attribute attribute) {
  std::optional<std::vector<int64_t>> elements = readIntegers(attribute);
  if (!elements)
    return std::nullopt;
  return Tensor(cast<ElementsAttr>(attribute).getShapedType().getShape().vec(), std::move(*elements));
}

LogicalResult evaluateConstant(arith::ConstantOp op, Frame &frame) {
  std::optional<Tensor> tensor = readTensor(op.getValue());
  if (!tensor)
    return op.emitOpError() << "cannot be evaluated, needs a tensor of integers";
  return frame.set(op.getResult(), std::move(*tensor));
}

LogicalResult evaluateExpectation(check::ExpectEqOp op, Frame &frame) {
  const Tensor &found = frame.get(op.getValue());
  const std::optional<Tensor> needed = readTensor(op.getExpected());
  if (!needed)
    return op.emitOpError() << "cannot be evaluated, needs a constant of integers";
  if (found.shape != needed->shape)
    return op.emitOpError() << "value has shape [" << ArrayRef(found.shape) << "], expected ["
                            << ArrayRef(needed->shape) << "]";
  for (size_t i = 0; i < found.elements.size(); ++i)
    if (found.elements[i] != needed->elements[i])
      return op.emitOpError() << "element " << describePosition(i, found.shape) << " is " << found.elements[i]
                              << ", expected " << needed->elements[i];
  return success();
}

} // namespace

LogicalResult Frame::set(Value value, Tensor tensor) {
  const auto [lowest, highest] = rangeOf(getElementTypeOrSelf(value));
  for (size_t i = 0; i < tensor.elements.size(); ++i)
    if (tensor.elements[i] < lowest || tensor.elements[i] > highest)
      return emitError(value.getLoc()) << "element " << describePosition(i, tensor.shape) << " is "
                                       << tensor.elements[i] << ", which " << value.getType() << " cannot hold";
  values[value] = std::move(tensor);
  return success();
}

LogicalResult Evaluator::initialize() {
  globals.clear();
  for (auto global : module.getOps<ml_program::GlobalOp>()) {
    std::optional<Tensor> tensor = readTensor(global.getValue().value_or(Attribute()));
    if (!tensor)
      return global.emitOpError() << "has no initial value that can be read, needs a tensor of integers";
    globals[global.getSymName()] = std::move(*tensor);
  }
  return success();
}

LogicalResult Evaluator::evaluate(Operation *op, Frame &frame) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](arith::ConstantOp constant) { return evaluateConstant(constant, frame); })
      .Case([&](check::ExpectEqOp expectation) { return evaluateExpectation(expectation, frame); })
      .Case<ml_program::GlobalLoadOp, ml_program::GlobalLoadConstOp>(
          [&](auto load) { return frame.set(load.getResult(), getGlobal(load.getGlobal().getLeafReference())); })
      .Case([&](ml_program::GlobalStoreOp store) {
        globals[store.getGlobal().getLeafReference()] = frame.get(store.getValue());
        return success();
      })
      .Default([&](Operation *other) -> LogicalResult {
        if (isa_and_nonnull<integer::IntegerDialect>(other->getDialect()))
          return evaluateInteger(other, frame);
        if (isa_and_nonnull<WageDialect>(other->getDialect()))
          return evaluateWage(other, frame);
        return other->emitOpError() << "cannot be evaluated, needs the wage or the integer level";
      });
}

/// Bands are put together; what they make is told with the last row.
void Evaluator::observe(Operation &op, StringRef trace, const Tensor &tensor, llvm::StringMap<Tensor> &bands) {
  const auto rows = op.getAttrOfType<DenseI64ArrayAttr>(WageDialect::tracedRowsAttr);
  if (!rows)
    return observer(trace, tensor);
  std::vector<int64_t> shape = tensor.shape;
  shape[2] = rows[1];
  Tensor &whole = bands.try_emplace(trace, shape).first->second;
  for (int64_t b = 0; b < shape[0]; ++b)
    for (int64_t c = 0; c < shape[1]; ++c)
      for (int64_t y = 0; y < tensor.shape[2]; ++y)
        for (int64_t x = 0; x < shape[3]; ++x)
          whole.at(b, c, rows[0] + y, x) = tensor.at(b, c, y, x);
  if (rows[0] + tensor.shape[2] == rows[1])
    observer(trace, whole);
}

FailureOr<std::vector<Tensor>> Evaluator::call(func::FuncOp function, std::vector<Tensor> arguments) {
  if (function.isExternal())
    return function.emitOpError() << "has no body to evaluate";
  Frame frame;
  llvm::StringMap<Tensor> bands;
  for (auto [parameter, argument] : llvm::zip_equal(function.getArguments(), arguments))
    if (failed(frame.set(parameter, std::move(argument))))
      return failure();
  for (Operation &op : function.front().without_terminator()) {
    if (failed(evaluate(&op, frame)) || (adjuster && failed(adjuster(op, frame))))
      return failure();
    if (const auto trace = op.getAttrOfType<StringAttr>(WageDialect::traceAttr); trace && observer)
      observe(op, trace.getValue(), frame.get(op.getResult(0)), bands);
  }
  std::vector<Tensor> results;
  for (Value result : function.front().getTerminator()->getOperands())
    results.push_back(frame.get(result));
  return results;
}

} // namespace wage::interpreter
