//===- Semantics.h - what each operation of the onnx level computes -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_FLOATEVALUATOR_SEMANTICS_H
#define WAGE_COMPILER_FLOATEVALUATOR_SEMANTICS_H

#include "compiler/FloatEvaluator/FloatTensor.h"
#include "dialects/onnx/IR/OnnxOps.h"

namespace wage::floats {

// One function per operation: operands in, result out. `shape` is the result's, the batch filled in; shapes agree as the
// verifiers demand. Meaning: the descriptions in dialects/onnx/IR.

using Operands = llvm::ArrayRef<FloatTensor>;
using ShapeRef = llvm::ArrayRef<int64_t>;

// LinearSemantics.cpp
FloatTensor evaluate(onnxir::ConvOp op, Operands operands, ShapeRef shape);
FloatTensor evaluate(onnxir::GemmOp op, Operands operands, ShapeRef shape);
FloatTensor evaluate(onnxir::MatMulOp op, Operands operands, ShapeRef shape);
// ElementwiseSemantics.cpp
FloatTensor evaluate(onnxir::AddOp op, Operands operands, ShapeRef shape);
FloatTensor evaluate(onnxir::ReluOp op, Operands operands, ShapeRef shape);
FloatTensor evaluate(onnxir::UnaryOp op, Operands operands, ShapeRef shape);
FloatTensor evaluate(onnxir::BinaryOp op, Operands operands, ShapeRef shape);
FloatTensor evaluate(onnxir::CastOp op, Operands operands, ShapeRef shape);
FloatTensor evaluate(onnxir::BatchNormalizationOp op, Operands operands, ShapeRef shape);
// WindowSemantics.cpp
FloatTensor evaluate(onnxir::MaxPoolOp op, Operands operands, ShapeRef shape);
FloatTensor evaluate(onnxir::AveragePoolOp op, Operands operands, ShapeRef shape);
// ReductionSemantics.cpp
FloatTensor evaluate(onnxir::LrnOp op, Operands operands, ShapeRef shape);
FloatTensor evaluate(onnxir::ReduceMeanOp op, Operands operands, ShapeRef shape);
FloatTensor evaluate(onnxir::SoftmaxOp op, Operands operands, ShapeRef shape);
FloatTensor evaluate(onnxir::ArgMaxOp op, Operands operands, ShapeRef shape);
// MovementSemantics.cpp
FloatTensor evaluate(onnxir::TransposeOp op, Operands operands, ShapeRef shape);
FloatTensor evaluate(onnxir::SliceOp op, Operands operands, ShapeRef shape);
FloatTensor evaluate(onnxir::ConcatOp op, Operands operands, ShapeRef shape);
FloatTensor evaluate(onnxir::PadOp op, Operands operands, ShapeRef shape);
FloatTensor evaluate(onnxir::GatherOp op, Operands operands, ShapeRef shape);
// QuantizationSemantics.cpp
FloatTensor evaluate(onnxir::QuantizeLinearOp op, Operands operands, ShapeRef shape);
FloatTensor evaluate(onnxir::DequantizeLinearOp op, Operands operands, ShapeRef shape);

/// A tensor of `shape` whose element at index i (a tuple) is `input`'s number at offset + sum of i[d] * strides[d].
FloatTensor copyStrided(const FloatTensor &input, ShapeRef shape, int64_t offset, llvm::ArrayRef<int64_t> strides);
/// `input` broadcast to `shape`.
FloatTensor broadcast(const FloatTensor &input, ShapeRef shape);

/// A tensor cut along one dimension: [outer, size, inner].
struct AxisView {
  int64_t outer, size, inner;
  AxisView(ShapeRef shape, int64_t axis)
      : outer(product(shape.take_front(axis))), size(shape[axis]), inner(product(shape.drop_front(axis + 1))) {}
};

} // namespace wage::floats

#endif // WAGE_COMPILER_FLOATEVALUATOR_SEMANTICS_H
