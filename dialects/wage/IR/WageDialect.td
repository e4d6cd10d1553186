//===- WageDialect.td - the wage level --------------------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_WAGE_IR_WAGEDIALECT_TD
#define WAGE_DIALECTS_WAGE_IR_WAGEDIALECT_TD

include "mlir/IR/OpBase.td"

def Wage_Dialect : Dialect {
  let name = "wage";
  let cppNamespace = "::wage";
  let summary = "Networks quantised as WAGE has it: every value has a role, a width and a power-of-two grid";
  let description = [{
    The level on which the numbers of `arithmetic.md` are decided and differentiation happens. A value is
    `tensor<?x...x!wage.grid<role, bits, exponent>>`: integers n worth n * 2^exponent each. Widths and roundings stand
    on the ops and types, so that each op means something by itself; `wage.config` on the module records the choice
    that they were made from. `Spec` is `docs/arithmetic.md`.

    - The graph is `func.func @infer`; `wage-build-training-step` adds `@train`. The first dimension of values that
      depend on the input is the batch, `?`; all others are static.
    - Parameters are `ml_program.global`s of plain integers, `dense_resource` blobs named as in the ONNX file; they pass
      through `wage.as_grid` and `wage.as_integers`. A weight tensor carries `wage.ordinal`, `wage.scale_log2` and
      `wage.layer`, a bias only the last.
    - `wage.grid` and `wage.weight_bits` stand on operations of the onnx level (the first on the argument of @main too): the
      grid of the activation to be made of a value, and k_W of a linear layer, where they were chosen.
    - `wage.input` and `wage.output` on the module say how the tensors of the model's file relate to those of @infer; they
      stay there down to the chip level.
    - `wage.trace` on an op names the array of the golden model that its first result is; later levels keep it.
      `wage.traced_rows` beside it, [first row, rows of the whole], says that only a band of it is there.
    - `wage.copy` on a layer's products and alignments says which of its position copies does them; none: the first.
    - The location of an op is that of the ONNX node it comes from.
  }];
  let dependentDialects = ["::mlir::func::FuncDialect", "::mlir::ml_program::MLProgramDialect"];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let extraClassDeclaration = [{
    /// Discardable attributes of the level; see the dialect's description.
    static constexpr ::llvm::StringLiteral configAttr = "wage.config";
    static constexpr ::llvm::StringLiteral inputAttr = "wage.input";
    static constexpr ::llvm::StringLiteral outputAttr = "wage.output";
    static constexpr ::llvm::StringLiteral traceAttr = "wage.trace";
    static constexpr ::llvm::StringLiteral tracedRowsAttr = "wage.traced_rows";
    static constexpr ::llvm::StringLiteral copyAttr = "wage.copy";
    static constexpr ::llvm::StringLiteral ordinalAttr = "wage.ordinal";
    static constexpr ::llvm::StringLiteral scaleAttr = "wage.scale_log2";
    static constexpr ::llvm::StringLiteral gridAttr = "wage.grid";
    static constexpr ::llvm::StringLiteral weightBitsAttr = "wage.weight_bits";
    static constexpr ::llvm::StringLiteral layerAttr = "wage.layer";
  }];
}

#endif // WAGE_DIALECTS_WAGE_IR_WAGEDIALECT_TD
