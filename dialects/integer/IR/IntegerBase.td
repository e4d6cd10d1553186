//===- IntegerBase.td - what all integer ops share --------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_INTEGER_IR_INTEGERBASE_TD
#define WAGE_DIALECTS_INTEGER_IR_INTEGERBASE_TD

include "dialects/integer/IR/IntegerDialect.td"
include "dialects/integer/IR/IntegerInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Integer_Tensor : RankedTensorOf<[I1, I8, I16, I32, I64]>;
def Integer_Bytes : RankedTensorOf<[UI8]>;
def Integer_Mask : RankedTensorOf<[I1]>;
def Integer_Scalar64 : 0DTensorOf<[I64]>,
    BuildableType<"::mlir::RankedTensorType::get({}, $_builder.getI64Type())">;
def Integer_Scalar32 : 0DTensorOf<[I32]>,
    BuildableType<"::mlir::RankedTensorType::get({}, $_builder.getI32Type())">;

class Integer_PureOp<string mnemonic, list<Trait> traits = []>
    : Integer_Op<mnemonic, !listconcat(traits, [Pure, DeclareOpInterfaceMethods<Integer_BoundOpInterface>])>;

#endif // WAGE_DIALECTS_INTEGER_IR_INTEGERBASE_TD
