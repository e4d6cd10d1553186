//===- SharedSemantics.h - ops that mean the same on two levels -------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Tables, products, concatenation and rearrangement work on integers alike on the wage and on the integer level: no grid
// changes what they compute.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_INTERPRETER_SHAREDSEMANTICS_H
#define WAGE_COMPILER_INTERPRETER_SHAREDSEMANTICS_H

#include "compiler/Analysis/IntegerConstants.h"
#include "compiler/Interpreter/Evaluator.h"
#include "compiler/Interpreter/TensorOperations.h"

namespace wage::interpreter {

/// The type's shape with the batch of `input`.
inline std::vector<int64_t> shapeWithBatch(mlir::Value value, const Tensor &input) {
  std::vector<int64_t> shape = llvm::cast<mlir::ShapedType>(value.getType()).getShape().vec();
  shape[0] = input.shape[0];
  return shape;
}

template <typename Op> llvm::LogicalResult evaluateLookup(Op op, Frame &frame) {
  std::optional<std::vector<int64_t>> entries = readIntegers(op.getTables());
  if (!entries)
    return op.emitOpError() << "cannot be evaluated, its tables cannot be read";
  const Tensor tables(op.getTables().getType().getShape().vec(), std::move(*entries));
  std::optional<Tensor> result = lookup(frame.get(op.getInput()), tables);
  if (!result)
    return op.emitOpError() << "has an input without an entry in its tables";
  return frame.set(op.getResult(), std::move(*result));
}

template <typename Op> llvm::LogicalResult evaluateMultiply(Op op, Frame &frame) {
  std::optional<Tensor> result = multiplyElements(frame.get(op.getLhs()), frame.get(op.getRhs()));
  if (!result)
    return op.emitOpError() << "has a product that leaves 64 bits";
  return frame.set(op.getResult(), std::move(*result));
}

template <typename Op> llvm::LogicalResult evaluateConcat(Op op, Frame &frame) {
  std::vector<const Tensor *> inputs;
  for (mlir::Value input : op.getInputs())
    inputs.push_back(&frame.get(input));
  return frame.set(op.getResult(), concatenate(inputs));
}

template <typename Op> llvm::LogicalResult evaluateRearrange(Op op, Frame &frame) {
  const Tensor &input = frame.get(op.getInput());
  return frame.set(op.getResult(),
                   rearrange(input, shapeWithBatch(op.getResult(), input), op.getSizes(), op.getFrom(), op.getTo()));
}

} // namespace wage::interpreter

#endif // WAGE_COMPILER_INTERPRETER_SHAREDSEMANTICS_H
