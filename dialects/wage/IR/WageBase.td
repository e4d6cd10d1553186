//===- WageBase.td - what all wage ops share --------------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_WAGE_IR_WAGEBASE_TD
#define WAGE_DIALECTS_WAGE_IR_WAGEBASE_TD

include "dialects/wage/IR/WageTypes.td"
include "dialects/wage/IR/WageInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

/// No op of the level has a side effect: parameters are read and written by ml_program ops.
class Wage_Op<string mnemonic, list<Trait> traits = []>
    : Op<Wage_Dialect, mnemonic, !listconcat(traits, [Pure])>;

def Wage_Differentiable : DeclareOpInterfaceMethods<Wage_DifferentiableOpInterface>;
def Wage_ErrorUser : DeclareOpInterfaceMethods<Wage_DifferentiableOpInterface, ["usesError"]>;

/// One whose backward rule does not know every form of the op.
def Wage_PartlyDifferentiable : DeclareOpInterfaceMethods<Wage_DifferentiableOpInterface, ["whyNoBackward"]>;
def Wage_Quantizer : DeclareOpInterfaceMethods<Wage_QuantizerOpInterface>;

#endif // WAGE_DIALECTS_WAGE_IR_WAGEBASE_TD
