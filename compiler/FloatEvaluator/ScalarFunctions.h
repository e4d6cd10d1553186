//===- ScalarFunctions.h - functions of one and two numbers ----*- C++ -*--===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_FLOATEVALUATOR_SCALARFUNCTIONS_H
#define WAGE_COMPILER_FLOATEVALUATOR_SCALARFUNCTIONS_H

#include "dialects/onnx/IR/OnnxOps.h"

namespace wage::floats {

/// The function of `op` at `x`, in double precision. Source: the description of `onnx.unary`.
double applyUnary(onnxir::UnaryOp op, double x);

/// The function of two numbers, in double precision. Source: the description of `onnx.binary`.
double applyBinary(onnxir::BinaryKind kind, double x, double y);

} // namespace wage::floats

#endif // WAGE_COMPILER_FLOATEVALUATOR_SCALARFUNCTIONS_H
