//===- OnnxElementwiseOps.td - number by number ----------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_ONNX_IR_ONNXELEMENTWISEOPS_TD
#define WAGE_DIALECTS_ONNX_IR_ONNXELEMENTWISEOPS_TD

include "dialects/onnx/IR/OnnxTensors.td"
include "mlir/IR/EnumAttr.td"

def Onnx_UnaryKind : I32EnumAttr<"UnaryKind", "function of one number", [
  I32EnumAttrCase<"Abs", 0, "abs">, I32EnumAttrCase<"Ceil", 1, "ceil">, I32EnumAttrCase<"Clip", 2, "clip">,
  I32EnumAttrCase<"Elu", 3, "elu">, I32EnumAttrCase<"Erf", 4, "erf">, I32EnumAttrCase<"Exp", 5, "exp">,
  I32EnumAttrCase<"Floor", 6, "floor">, I32EnumAttrCase<"HardSigmoid", 7, "hard_sigmoid">,
  I32EnumAttrCase<"HardSwish", 8, "hard_swish">, I32EnumAttrCase<"LeakyRelu", 9, "leaky_relu">,
  I32EnumAttrCase<"Log", 10, "log">, I32EnumAttrCase<"Neg", 11, "neg">,
  I32EnumAttrCase<"Reciprocal", 12, "reciprocal">, I32EnumAttrCase<"Round", 13, "round">,
  I32EnumAttrCase<"Selu", 14, "selu">, I32EnumAttrCase<"Sigmoid", 15, "sigmoid">,
  I32EnumAttrCase<"Sign", 16, "sign">, I32EnumAttrCase<"Softplus", 17, "softplus">,
  I32EnumAttrCase<"Softsign", 18, "softsign">, I32EnumAttrCase<"Sqrt", 19, "sqrt">, I32EnumAttrCase<"Tanh", 20, "tanh">,
  I32EnumAttrCase<"Gelu", 21, "gelu">, I32EnumAttrCase<"GeluTanh", 22, "gelu_tanh">,
  I32EnumAttrCase<"Mish", 23, "mish">, I32EnumAttrCase<"Celu", 24, "celu">,
  I32EnumAttrCase<"ThresholdedRelu", 25, "thresholded_relu">
]> { let cppNamespace = "::wage::onnxir"; }

def Onnx_BinaryKind : I32EnumAttr<"BinaryKind", "function of two numbers", [
  I32EnumAttrCase<"Add", 0, "add">, I32EnumAttrCase<"Sub", 1, "sub">, I32EnumAttrCase<"Mul", 2, "mul">,
  I32EnumAttrCase<"Div", 3, "div">, I32EnumAttrCase<"Max", 4, "max">, I32EnumAttrCase<"Min", 5, "min">,
  I32EnumAttrCase<"Pow", 6, "pow">, I32EnumAttrCase<"PRelu", 7, "p_relu">
]> { let cppNamespace = "::wage::onnxir"; }

def Onnx_AddOp : Onnx_Op<"add", [AllTypesMatch<["lhs", "result"]>]> {
  let summary = "Sum of a value and a constant per channel, or of two values";
  let description = [{
    ONNX Add. `rhs` has the type of `lhs`, or holds one number per channel (dimension 1 of `lhs`): [N] or [1, N] for a
    matrix, [C, 1, 1] or [1, C, 1, 1] for images. The importer puts what depends on the input on the left.

    (C1) `rhs` has the type of `lhs` or one number per channel in such a shape.

    Example:
    ```mlir
    func.func @add(%x: tensor<?x4x8x8xf32>, %b: tensor<4x1x1xf32>) -> tensor<?x4x8x8xf32> {
      %y = onnx.add %x, %b : tensor<?x4x8x8xf32>, tensor<4x1x1xf32>
      return %y : tensor<?x4x8x8xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Tensor:$lhs, Onnx_Tensor:$rhs);
  let results = (outs Onnx_Tensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs)";
  let hasVerifier = 1; // add_c1
}

def Onnx_ReluOp : Onnx_Op<"relu", [SameOperandsAndResultType]> {
  let summary = "The larger of the element and zero";
  let description = [{
    ONNX Relu.

    Example:
    ```mlir
    func.func @relu(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
      %y = onnx.relu %x : tensor<?x10xf32>
      return %y : tensor<?x10xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Tensor:$input);
  let results = (outs Onnx_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

def Onnx_UnaryOp : Onnx_Op<"unary", [SameOperandsAndResultType]> {
  let summary = "A function of one number, on each element";
  let description = [{
    The ONNX operator of the same name, x being the element, a `alpha` and b `beta`:

    - `abs`, `ceil`, `erf`, `exp`, `floor`, `log`, `neg`, `reciprocal` (1 / x), `sign`, `sqrt`, `tanh`; `round`, ties to even
    - `clip`: min(max(x, a), b). `leaky_relu`: x < 0 ? a x : x. `elu`: x < 0 ? a (exp(x) - 1) : x.
    - `selu`: b (x > 0 ? x : a (exp(x) - 1)). `hard_sigmoid`: max(0, min(1, a x + b)).
    - `hard_swish`: x max(0, min(1, x / 6 + 1/2)). `sigmoid`: 1 / (1 + exp(-x)).
    - `softplus`: log(1 + exp(x)). `softsign`: x / (1 + |x|). `mish`: x tanh(softplus(x)).
    - `gelu`: x (1 + erf(x / sqrt(2))) / 2; `gelu_tanh`: x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2.
    - `celu`: x < 0 ? a (exp(x / a) - 1) : x. `thresholded_relu`: x > a ? x : 0.

    `relu`, which every level knows, is an op of its own.

    (C1) a function has the parameters that its formula names, and no other.

    Example:
    ```mlir
    func.func @unary(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
      %y = onnx.unary leaky_relu %x, alpha = 0.125 : tensor<?x10xf32>
      %z = onnx.unary tanh %y : tensor<?x10xf32>
      return %z : tensor<?x10xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_UnaryKind:$kind, Onnx_Tensor:$input, OptionalAttr<F32Attr>:$alpha,
                       OptionalAttr<F32Attr>:$beta);
  let results = (outs Onnx_Tensor:$result);
  let assemblyFormat = [{ $kind $input (`,` `alpha` `=` $alpha^)? (`,` `beta` `=` $beta^)? attr-dict
                          `:` type($input) }];
  let hasVerifier = 1; // unary_c1
}

def Onnx_BinaryOp : Onnx_Op<"binary"> {
  let summary = "A function of two numbers, on each pair of elements";
  let description = [{
    The ONNX operator of the same name; `p_relu` is x < 0 ? slope * x : x. Shapes are broadcast as NumPy has it; a batch
    goes with a batch, or with 1 or nothing. The sums that a chip knows, of equal types or with a constant per channel,
    are `onnx.add`; kind `add` is for the others.

    (C1) the result has the broadcast shape.

    Example:
    ```mlir
    func.func @binary(%x: tensor<?x4x8xf32>, %s: tensor<4x1xf32>) -> tensor<?x4x8xf32> {
      %y = onnx.binary mul %x, %s : (tensor<?x4x8xf32>, tensor<4x1xf32>) -> tensor<?x4x8xf32>
      return %y : tensor<?x4x8xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_BinaryKind:$kind, Onnx_Tensor:$lhs, Onnx_Tensor:$rhs);
  let results = (outs Onnx_Tensor:$result);
  let assemblyFormat = "$kind $lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1; // binary_c1
}

def Onnx_CastOp : Onnx_Op<"cast"> {
  let summary = "The same numbers in another type";
  let description = [{
    ONNX Cast. Towards integers the fraction is dropped and what the type cannot hold becomes the nearest number that it
    can, NaN 0; towards `i1`, everything but 0 is true. Casts between the file's float types are no op at all: they are
    float32 here.

    (C1) shapes are equal.

    Example:
    ```mlir
    func.func @cast(%x: tensor<?x3x32x32xui8>) -> tensor<?x3x32x32xf32> {
      %y = onnx.cast %x : tensor<?x3x32x32xui8> -> tensor<?x3x32x32xf32>
      return %y : tensor<?x3x32x32xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Data:$input);
  let results = (outs Onnx_Data:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1; // cast_c1
}

def Onnx_BatchNormalizationOp : Onnx_Op<"batch_normalization", [AllTypesMatch<["input", "result"]>,
                                 AllTypesMatch<["scale", "bias", "mean", "variance"]>]> {
  let summary = "Scale and offset of each channel, from the moments that training left";
  let description = [{
    ONNX BatchNormalization in inference mode: scale (x - mean) / sqrt(variance + epsilon) + bias, by channel.

    (C1) `input` has C channels in dimension 1; `scale`, `bias`, `mean` and `variance` are [C].

    Example:
    ```mlir
    func.func @batch_normalization(%x: tensor<?x4x8x8xf32>, %s: tensor<4xf32>, %b: tensor<4xf32>, %m: tensor<4xf32>,
                                   %v: tensor<4xf32>) -> tensor<?x4x8x8xf32> {
      %y = onnx.batch_normalization %x, scale %s, bias %b, mean %m, variance %v, epsilon = 1.0e-5
           : tensor<?x4x8x8xf32>, tensor<4xf32>
      return %y : tensor<?x4x8x8xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Tensor:$input, TensorRankOf<[F32], [1]>:$scale, TensorRankOf<[F32], [1]>:$bias,
                       TensorRankOf<[F32], [1]>:$mean, TensorRankOf<[F32], [1]>:$variance, F32Attr:$epsilon);
  let results = (outs Onnx_Tensor:$result);
  let assemblyFormat = [{ $input `,` `scale` $scale `,` `bias` $bias `,` `mean` $mean `,` `variance` $variance `,`
                          `epsilon` `=` $epsilon attr-dict `:` type($input) `,` type($scale) }];
  let hasVerifier = 1; // batch_normalization_c1
}

#endif // WAGE_DIALECTS_ONNX_IR_ONNXELEMENTWISEOPS_TD
