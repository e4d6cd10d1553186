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

//===----------------------------------------------------------------------===//
// The model's own tensors
//===----------------------------------------------------------------------===//

def Wage_HostFunctionKind : Wage_Enum<"HostFunctionKind", "what the host computes of the real output", [
  I32EnumAttrCase<"Softmax", 0, "softmax">, I32EnumAttrCase<"LogSoftmax", 1, "log_softmax">,
  I32EnumAttrCase<"ArgMax", 2, "arg_max">, I32EnumAttrCase<"Sigmoid", 3, "sigmoid">, I32EnumAttrCase<"Tanh", 4, "tanh">,
  I32EnumAttrCase<"Relu", 5, "relu">, I32EnumAttrCase<"Softplus", 6, "softplus">, I32EnumAttrCase<"Exp", 7, "exp">,
  I32EnumAttrCase<"Reshape", 8, "reshape">
]>;

def Wage_HostOrderAttr : Wage_Attr<"HostOrder", "host_order"> {
  let summary = "An order of a sample's elements";
  let description = [{
    For every index i of the box `sizes`, element `to[0] + sum i_d * to[1 + d]` of the result is element
    `from[0] + sum i_d * from[1 + d]` of the input, both flat within a sample; elements that are not named are 0. `chip-verify`
    proves that it stays inside both and writes no element twice.

    (C1) `from` and `to` have one entry more than `sizes`. (C2) `sizes` are 1 to 2^24, at most 8 of them.

    Example: see `#wage.host_input`.
  }];
  let parameters = (ins "::mlir::DenseI64ArrayAttr":$sizes, "::mlir::DenseI64ArrayAttr":$from,
                        "::mlir::DenseI64ArrayAttr":$to);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1; // host_order_c1, host_order_c2
}

def Wage_HostFunctionAttr : Wage_Attr<"HostFunction", "host_function"> {
  let summary = "A function that the host applies to the real output";
  let description = [{
    In double precision, behind the chip. `axis` of softmax, log_softmax and arg_max counts as in ONNX, the batch being axis 0;
    `keep_dims` and `last` are arg_max's (of equal numbers the last counts, else the first). `shape` is reshape's, without
    the batch.

    (C1) `axis` is 1 to 8 where the function has one, else 0. (C2) only arg_max has `keep_dims` or `last`.
    (C3) reshape, and nothing else, has a `shape`, of at most 8 extents from 1 to 2^24.

    Example: see `#wage.host_output`.
  }];
  let parameters = (ins EnumParameter<Wage_HostFunctionKind>:$kind, DefaultValuedParameter<"int64_t", "0">:$axis,
                        DefaultValuedParameter<"bool", "false">:$keep_dims, DefaultValuedParameter<"bool", "false">:$last,
                        OptionalParameter<"::mlir::DenseI64ArrayAttr">:$shape);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1; // host_function_c1, host_function_c2, host_function_c3
}

def Wage_HostInputAttr : Wage_Attr<"HostInput", "host_input"> {
  let summary = "How real values in the model's own shape become the input of @infer";
  let description = [{
    Stands on the module as `wage.input`. `shape` is the model's own without the batch, `batch` what its file fixes it to (0:
    any). A real value x that `order` brings to channel c of @infer's argument becomes
    clip(round((x * scale[c] + offset[c]) / step), bits), ties to even: the integers that `wage.encode_input` gives of bytes.
    `scale` and `offset` have one entry for all channels or one each; absent they are 1 and 0, and an absent `order` changes
    nothing. Without the attribute the shape is the argument's, and the step that of the encoded input's grid.

    (C1) `shape` has at most 8 extents, 1 to 2^24, `batch` is 0 to 2^24. (C2) `step` is a positive f64, `bits` 2 to 16.
    (C3) `scale` and `offset` are finite and not empty, no scale is 0.

    Example: images [height, width, channels] of values from 0 to 1, which the network wants from -1 to 1.
    ```mlir
    module attributes {wage.input = #wage.host_input<shape = [4, 6, 3], step = 7.8125e-03, bits = 8, scale = [2.0],
      offset = [-1.0], order = <sizes = [3, 4, 6], from = [0, 1, 18, 3], to = [0, 24, 6, 1]>>} {}
    ```
  }];
  let parameters = (ins "::mlir::DenseI64ArrayAttr":$shape, DefaultValuedParameter<"int64_t", "0">:$batch,
                        "::mlir::FloatAttr":$step, "int64_t":$bits, OptionalParameter<"::mlir::DenseF64ArrayAttr">:$scale,
                        OptionalParameter<"::mlir::DenseF64ArrayAttr">:$offset, OptionalParameter<"HostOrderAttr">:$order);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1; // host_input_c1, host_input_c2, host_input_c3
}

def Wage_HostOutputAttr : Wage_Attr<"HostOutput", "host_output"> {
  let summary = "How the result of @infer becomes real values in the model's own shape";
  let description = [{
    Stands on the module as `wage.output`. The first result's integers times `step`, brought to the model's order by `order`
    (absent: as they are), have `shape` (without the batch, which the file fixes to `batch`, 0: any); then `functions` are
    applied one after the other. Behind an arg_max only reshapes may follow. Without the attribute the shape is the
    result's, and the step that of its grid.

    (C1) `shape` has at most 8 extents, 1 to 2^24, `batch` is 0 to 2^24. (C2) `step` is a positive f64. (C3) `functions`
    are `#wage.host_function`s.

    Example:
    ```mlir
    module attributes {wage.output = #wage.host_output<shape = [10], step = 3.0e-05,
                                                       functions = [#wage.host_function<kind = softmax, axis = 1>]>} {}
    ```
  }];
  let parameters = (ins "::mlir::DenseI64ArrayAttr":$shape, DefaultValuedParameter<"int64_t", "0">:$batch,
                        "::mlir::FloatAttr":$step, OptionalParameter<"HostOrderAttr">:$order,
                        OptionalParameter<"::mlir::ArrayAttr">:$functions);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1; // host_output_c1, host_output_c2, host_output_c3
}

#endif // WAGE_DIALECTS_WAGE_IR_WAGEATTRS_TD
