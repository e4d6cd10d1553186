//===- OnnxDialect.td - the onnx level --------------------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_ONNX_IR_ONNXDIALECT_TD
#define WAGE_DIALECTS_ONNX_IR_ONNXDIALECT_TD

include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Onnx_Dialect : Dialect {
  let name = "onnx";
  let cppNamespace = "::wage::onnxir";
  let summary = "What wage accepts of ONNX, no more";
  let description = [{
    The graph of the file itself in file order, one op per ONNX node or, where ops of the level already say it, a few. The
    importer has settled what depends on the opset or on a default: padding is explicit (`auto_pad` and `ceil_mode` are
    resolved), shapes are inferred, `alpha` and `beta` of Gemm are folded into its constants or are products of their own, the
    shape operand of Reshape has become the result type. What depends on constants alone is a constant.

    - Values are `tensor<...xf32>`, or integers where numbers are only moved, compared or cast, or count steps of a grid
      (`onnx.quantize_linear`); the first dimension of a value that depends on the input is the batch, `?`, even where the
      file fixes it. All other dimensions are static. A graph that cannot have an open batch has the dimensions that the
      file fixes; no later level takes it.
    - An initializer is an immutable `ml_program.global` that bears its name and is loaded by
      `ml_program.global_load_const`; a Constant node is an `onnx.constant`. `getConstantTensor` finds either.
    - The location of an op is a NameLoc: the node's name, or the name of its first output where it has none.
    - The graph is `func.func @main`; arguments and results carry `onnx.name`, the module `onnx.source` (file name) and
      `onnx.opset`. The module of a quantised network has `onnx.quantized`: how many scales the file holds (`scales`), how many
      of them are no power of two (`not_power_of_two`), and how many zero points are not 0 (`zero_points`).

    Constraints are written where ODS can say them; the others bear labels (C1), ... that verifier and tests repeat.
  }];
  let dependentDialects = ["::mlir::func::FuncDialect", "::mlir::ml_program::MLProgramDialect"];
}

class Onnx_Op<string mnemonic, list<Trait> traits = []>
    : Op<Onnx_Dialect, mnemonic, !listconcat(traits, [Pure])>;

#endif // WAGE_DIALECTS_ONNX_IR_ONNXDIALECT_TD
