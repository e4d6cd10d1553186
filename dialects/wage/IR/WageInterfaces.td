//===- WageInterfaces.td - what passes ask of a wage op ---------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_WAGE_IR_WAGEINTERFACES_TD
#define WAGE_DIALECTS_WAGE_IR_WAGEINTERFACES_TD

include "mlir/IR/OpBase.td"

def Wage_QuantizerOpInterface : OpInterface<"QuantizerOpInterface"> {
  let cppNamespace = "::wage";
  let description = [{
    An op that puts its first result onto a grid of few bits: the input encoder and the quantisers of WAGE.
  }];
  let methods = [
    InterfaceMethod<"Returns k: the first result is made of k-bit WAGE integers.", "int", "getResultBits", (ins), "",
                    [{ return ::wage::getGrid($_op->getResult(0)).getBits(); }]>
  ];
}

def Wage_DifferentiableOpInterface : OpInterface<"DifferentiableOpInterface"> {
  let cppNamespace = "::wage";
  let description = [{
    An op of the forward graph that can say how errors pass back through it. `wage-build-training-step` asks the ops in
    reverse order, each once, when the error of its first result is complete.
  }];
  let methods = [
    InterfaceMethod<[{
      Writes the ops that turn `error`, that of the first result, into errors of those operands that want one
      (`flow.wantsError`), and hands these to `flow.sendError`. New ops take this op's location. Spec: section 6.
    }], "void", "buildBackward", (ins "::mlir::Value":$error, "::wage::ErrorFlow &":$flow)>,
    InterfaceMethod<[{
      Whether the op makes something of its error even where none of its operands wants one: Q_A and Relu, whose Q_E
      and mask are results of a training step wherever they stand, unless layers are frozen.
    }], "bool", "usesError", (ins), "", "return false;">,
    InterfaceMethod<[{
      Empty, or what the op has that its rule does not know, as `groups = 2`; such an op is refused where an error would
      have to pass.
    }], "std::string", "whyNoBackward", (ins), "", "return {};">
  ];
}

#endif // WAGE_DIALECTS_WAGE_IR_WAGEINTERFACES_TD
