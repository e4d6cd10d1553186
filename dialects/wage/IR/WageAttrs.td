//===- WageAttrs.td - enumerations and attributes of wage -------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_WAGE_IR_WAGEATTRS_TD
#define WAGE_DIALECTS_WAGE_IR_WAGEATTRS_TD

include "dialects/wage/IR/WageDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

class Wage_Enum<string name, string summary, list<I32EnumAttrCase> cases> : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::wage";
}

def Wage_Role : Wage_Enum<"Role", "what a value is in WAGE", [
  I32EnumAttrCase<"W", 0>, // weights in use
  I32EnumAttrCase<"A", 1>, // activations
  I32EnumAttrCase<"G", 2>, // master weights and their steps
  I32EnumAttrCase<"E", 3>, // errors after Q_E
  I32EnumAttrCase<"Z", 4>  // exact accumulators: forward sums, unrounded errors, gradients
]>;

def Wage_Rounding : Wage_Enum<"Rounding", "where a tie goes", [
  I32EnumAttrCase<"HalfEven", 0, "half_even">, I32EnumAttrCase<"HalfAway", 1, "half_away">
]>;

def Wage_Mode : Wage_Enum<"Mode", "what the chip is to do", [
  I32EnumAttrCase<"Train", 0, "train">, I32EnumAttrCase<"Infer", 1, "infer">
]>;

class Wage_Attr<string name, string keyword> : AttrDef<Wage_Dialect, name> {
  let mnemonic = keyword;
}

def Wage_ConfigAttr : Wage_Attr<"Config", "config"> {
  let summary = "The choices a network was quantised with";
  let description = [{
    Stands on the module as `wage.config`. `weights` ... `errors` are the bit widths k_W, k_A, k_G, k_E, `random` is
    k_R, `batch` the largest batch a step may have. All fields are always present, also those that inference does not
    use.

    (C1) `weights` is 1 to 8, `activations`, `gradients` and `errors` 2 to 16, `random` 1 to 16, `batch` at least 1.
    (C2) `gradients` is at least `weights`.

    Example:
    ```mlir
    module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                                  random = 16, rounding = half_even, batch = 128>} {}
    ```
  }];
  let parameters = (ins EnumParameter<Wage_Mode>:$mode, "int":$weights, "int":$activations, "int":$gradients,
                        "int":$errors, "int":$random, EnumParameter<Wage_Rounding>:$rounding, "int":$batch);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1; // config_c1, config_c2
}

#endif // WAGE_DIALECTS_WAGE_IR_WAGEATTRS_TD
