//===- OnnxTensors.td - types of the onnx level ----------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_ONNX_IR_ONNXTENSORS_TD
#define WAGE_DIALECTS_ONNX_IR_ONNXTENSORS_TD

include "dialects/onnx/IR/OnnxDialect.td"
include "mlir/Interfaces/InferTypeOpInterface.td"

/// Numbers that are computed with. float16 and double of the file are float32 here.
def Onnx_Tensor : RankedTensorOf<[F32]>;
/// What is only moved: also bytes of a picture, indices and truth values.
def Onnx_Data : RankedTensorOf<[F32, AnyInteger]>;
def Onnx_Matrix : TensorRankOf<[F32], [2]>;
/// [batch, channels, space...] with one to three dimensions of space.
def Onnx_Images : TensorRankOf<[F32], [3, 4, 5]>;
/// The same of bytes and other integers too, where the larger of two is all that is asked.
def Onnx_ImageData : TensorRankOf<[F32, AnyInteger], [3, 4, 5]>;
/// [N], or [1, N] as ONNX's one-directional broadcast allows.
def Onnx_Bias : TensorRankOf<[F32], [1, 2]>;

#endif // WAGE_DIALECTS_ONNX_IR_ONNXTENSORS_TD
