//===- OnnxOps.td - operations of the onnx level ---------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_ONNX_IR_ONNXOPS_TD
#define WAGE_DIALECTS_ONNX_IR_ONNXOPS_TD

include "dialects/onnx/IR/OnnxLinearOps.td"
include "dialects/onnx/IR/OnnxElementwiseOps.td"
include "dialects/onnx/IR/OnnxWindowOps.td"
include "dialects/onnx/IR/OnnxShapeOps.td"
include "dialects/onnx/IR/OnnxQuantizationOps.td"

#endif // WAGE_DIALECTS_ONNX_IR_ONNXOPS_TD
