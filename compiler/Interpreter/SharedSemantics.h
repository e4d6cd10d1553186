//===- SharedSemantics.h - ops that mean the same on two levels -------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Tables, products, pools, masks, movement and the gradients of weights work on integers alike on the wage and on the
// integer level: no grid changes what they compute.
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

/// Rows and columns of a convolution's or pool's plane, which only its type tells.
inline std::pair<int64_t, int64_t> planeOf(mlir::Value value) {
  const llvm::ArrayRef<int64_t> shape = llvm::cast<mlir::ShapedType>(value.getType()).getShape();
  return {shape[2], shape[3]};
}

inline llvm::ArrayRef<int64_t> kernelOf(mlir::Value weights) {
  return llvm::cast<mlir::ShapedType>(weights.getType()).getShape().drop_front(2);
}

/// Errors: a learning rate 2^`lrLog2` out of range, reported at `op`. Source: arithmetic.md section 7.
inline llvm::LogicalResult checkLearningRate(mlir::Operation *op, int64_t lrLog2) {
  if (lrLog2 >= -32 && lrLog2 <= 15)
    return llvm::success();
  return op->emitOpError() << "learning rate is 2^" << lrLog2 << ", needs 2^-32 to 2^15";
}

/// Errors: a label that is no class of the `classes`, reported at `op`.
inline llvm::LogicalResult checkLabels(mlir::Operation *op, const Tensor &labels, int64_t classes) {
  for (int64_t label : labels.elements)
    if (label < 0 || label >= classes)
      return op->emitOpError() << "label " << label << " is no class, needs 0 to " << classes - 1;
  return llvm::success();
}

template <typename Op> llvm::LogicalResult evaluateConv2DOuter(Op op, Frame &frame) {
  const Windows windows{kernelOf(op.getResult()), op.getStrides(), op.getPads()};
  return frame.set(op.getResult(), convolveOuter(frame.get(op.getError()), frame.get(op.getInput()), windows));
}

template <typename Op> llvm::LogicalResult evaluateMatmulOuter(Op op, Frame &frame) {
  return frame.set(op.getResult(),
                   multiplyOuter(frame.get(op.getError()), frame.get(op.getInput()), op.getAxonsFirst()));
}

template <typename Op> llvm::LogicalResult evaluateAddBias(Op op, Frame &frame) {
  return frame.set(op.getResult(), addBias(frame.get(op.getInput()), frame.get(op.getBias())));
}

template <typename Op> llvm::LogicalResult evaluateRelu(Op op, Frame &frame) {
  return frame.set(op.getResult(), map(frame.get(op.getInput()), [](int64_t x) { return x > 0 ? x : int64_t(0); }));
}

template <typename Op> llvm::LogicalResult evaluatePositive(Op op, Frame &frame) {
  return frame.set(op.getResult(), map(frame.get(op.getInput()), [](int64_t x) { return x > 0; }));
}

template <typename Op> llvm::LogicalResult evaluateApplyMask(Op op, Frame &frame) {
  return frame.set(op.getResult(), map(frame.get(op.getInput()), frame.get(op.getMask()),
                                       [](int64_t x, int64_t mask) { return mask ? x : 0; }));
}

template <typename Op> llvm::LogicalResult evaluateReshape(Op op, Frame &frame) {
  const Tensor &input = frame.get(op.getInput());
  return frame.set(op.getResult(), Tensor(shapeWithBatch(op.getResult(), input), input.elements));
}

template <typename Op> llvm::LogicalResult evaluateMaxPool(Op op, Frame &frame) {
  auto [values, positions] = maxPool(frame.get(op.getInput()), {op.getKernel(), op.getStrides(), op.getPads()});
  if (failed(frame.set(op.getValues(), std::move(values))))
    return llvm::failure();
  return frame.set(op.getPositions(), std::move(positions));
}

template <typename Op> llvm::LogicalResult evaluateMaxPoolScatter(Op op, Frame &frame) {
  const auto [height, width] = planeOf(op.getResult());
  std::optional<Tensor> result = maxPoolScatter(frame.get(op.getError()), frame.get(op.getPositions()),
                                                {op.getKernel(), op.getStrides(), op.getPads()}, height, width);
  if (!result)
    return op.emitOpError() << "has a position outside its window or in the padding";
  return frame.set(op.getResult(), std::move(*result));
}

/// A sum, or on the wage level an average, of each window.
template <typename Op> llvm::LogicalResult evaluateSumPool(Op op, Frame &frame) {
  return frame.set(op.getResult(), sumPool(frame.get(op.getInput()), {op.getKernel(), op.getStrides(), op.getPads()}));
}

template <typename Op> llvm::LogicalResult evaluateSumPoolSpread(Op op, Frame &frame) {
  const auto [height, width] = planeOf(op.getResult());
  const Windows windows{op.getKernel(), op.getStrides(), op.getPads()};
  return frame.set(op.getResult(), sumPoolSpread(frame.get(op.getError()), windows, height, width));
}

template <typename Op> llvm::LogicalResult evaluateLookup(Op op, Frame &frame) {
  std::optional<std::vector<int64_t>> entries = readIntegers(op.getTables());
  if (!entries)
    return op.emitOpError() << "cannot be evaluated, its tables cannot be read";
  const Tensor tables(op.getTables().getType().getShape().vec(), std::move(*entries));
  std::optional<Tensor> result = lookUpActivations(frame.get(op.getInput()), tables);
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
