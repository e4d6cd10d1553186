//===- OnnxShapeOps.td - where numbers stand -------------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_ONNX_IR_ONNXSHAPEOPS_TD
#define WAGE_DIALECTS_ONNX_IR_ONNXSHAPEOPS_TD

include "dialects/onnx/IR/OnnxTensors.td"
include "mlir/IR/EnumAttr.td"

def Onnx_FlattenOp : Onnx_Op<"flatten"> {
  let summary = "All elements of a sample in one row";
  let description = [{
    ONNX Flatten with axis = 1: [batch, d1, d2, ...] becomes [batch, d1 * d2 * ...], row-major.

    (C1) the result is [batch, elements per sample].

    Example:
    ```mlir
    func.func @flatten(%x: tensor<?x4x4x4xf32>) -> tensor<?x64xf32> {
      %y = onnx.flatten %x : tensor<?x4x4x4xf32> -> tensor<?x64xf32>
      return %y : tensor<?x64xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Tensor:$input);
  let results = (outs Onnx_Matrix:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1; // flatten_c1
}

def Onnx_ReshapeOp : Onnx_Op<"reshape", [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "The same elements of each sample in row-major order under another shape";
  let description = [{
    ONNX Reshape whose shape is a constant and keeps the batch in front; the shape has become the result type. So have the
    axes of Squeeze and Unsqueeze, and that of a Flatten which is not `onnx.flatten`. In a graph without an open batch every
    shape of as many elements will do.

    (C1) the batch stays first and the elements per sample agree.

    Example:
    ```mlir
    func.func @reshape(%x: tensor<?x784xf32>) -> tensor<?x1x28x28xf32> {
      %y = onnx.reshape %x : tensor<?x784xf32> -> tensor<?x1x28x28xf32>
      return %y : tensor<?x1x28x28xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Data:$input);
  let results = (outs Onnx_Data:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1; // reshape_c1
}

def Onnx_IdentityOp : Onnx_Op<"identity", [SameOperandsAndResultType]> {
  let summary = "The value itself";
  let description = [{
    ONNX Identity.

    Example:
    ```mlir
    func.func @identity(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
      %y = onnx.identity %x : tensor<?x10xf32>
      return %y : tensor<?x10xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Tensor:$input);
  let results = (outs Onnx_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

def Onnx_DropoutOp : Onnx_Op<"dropout", [SameOperandsAndResultType]> {
  let summary = "The value itself: nothing is dropped outside the exporter's own training";
  let description = [{
    ONNX Dropout in inference mode, mask not used.

    Example:
    ```mlir
    func.func @dropout(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
      %y = onnx.dropout %x : tensor<?x10xf32>
      return %y : tensor<?x10xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Tensor:$input);
  let results = (outs Onnx_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

def Onnx_ConstantOp : Onnx_Op<"constant", [AllTypesMatch<["value", "result"]>]> {
  let summary = "A tensor that stands in the graph";
  let description = [{
    ONNX Constant. `name` is the name the file gives the tensor (the node's output), by which later levels name the
    parameter made from it.

    Example:
    ```mlir
    func.func @constant() -> tensor<2xf32> {
      %b = onnx.constant "fc.bias", value = dense<[1.0, -0.5]> : tensor<2xf32>
      return %b : tensor<2xf32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$name, ElementsAttr:$value);
  let results = (outs Onnx_Data:$result);
  let assemblyFormat = "$name `,` `value` `=` $value attr-dict";
}

def Onnx_TransposeOp : Onnx_Op<"transpose", [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "Dimensions in another order";
  let description = [{
    ONNX Transpose: dimension i of the result is dimension `permutation[i]` of the input.

    (C1) shapes agree. (C2) `permutation` holds every dimension once, and keeps an open batch in front.

    Example:
    ```mlir
    func.func @transpose(%x: tensor<?x8x8x3xf32>) -> tensor<?x3x8x8xf32> {
      %y = onnx.transpose %x, permutation = [0, 3, 1, 2] : tensor<?x8x8x3xf32> -> tensor<?x3x8x8xf32>
      return %y : tensor<?x3x8x8xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Data:$input, DenseI64ArrayAttr:$permutation);
  let results = (outs Onnx_Data:$result);
  let assemblyFormat = "$input `,` `permutation` `=` $permutation attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1; // transpose_c1, transpose_c2
}

def Onnx_SliceOp : Onnx_Op<"slice", [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "Every n-th element of a range, in each dimension";
  let description = [{
    ONNX Slice and Split, and Pad with negative numbers: element i of dimension d is element `starts[d] + i * steps[d]` of
    the input. How many there are stands in the result type. An open batch is taken whole.

    (C1) a start and a step per dimension, and the batch stays whole. (C2) what is taken is there.

    Example:
    ```mlir
    func.func @slice(%x: tensor<?x8xf32>) -> tensor<?x3xf32> {
      %y = onnx.slice %x, starts = [0, 7], steps = [1, -2] : tensor<?x8xf32> -> tensor<?x3xf32>
      return %y : tensor<?x3xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Data:$input, DenseI64ArrayAttr:$starts, DenseI64ArrayAttr:$steps);
  let results = (outs Onnx_Data:$result);
  let assemblyFormat = [{ $input `,` `starts` `=` $starts `,` `steps` `=` $steps attr-dict
                          `:` type($input) `->` type($result) }];
  let hasVerifier = 1; // slice_c1, slice_c2
}

def Onnx_ConcatOp : Onnx_Op<"concat"> {
  let summary = "Values behind one another along a dimension";
  let description = [{
    ONNX Concat.

    (C1) there is an input, and shapes and element types agree. (C2) `axis` is a dimension of the inputs, and not the open batch.

    Example:
    ```mlir
    func.func @concat(%x: tensor<?x4x8xf32>, %y: tensor<?x2x8xf32>) -> tensor<?x6x8xf32> {
      %z = onnx.concat %x, %y axis = 1 : (tensor<?x4x8xf32>, tensor<?x2x8xf32>) -> tensor<?x6x8xf32>
      return %z : tensor<?x6x8xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<Onnx_Data>:$inputs, I64Attr:$axis);
  let results = (outs Onnx_Data:$result);
  let assemblyFormat = "$inputs `axis` `=` $axis attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1; // concat_c1, concat_c2
}

def Onnx_PadMode : I32EnumAttr<"PadMode", "what stands in the padding", [
  I32EnumAttrCase<"Constant", 0, "constant">, I32EnumAttrCase<"Reflect", 1, "reflect">,
  I32EnumAttrCase<"Edge", 2, "edge">, I32EnumAttrCase<"Wrap", 3, "wrap">
]> { let cppNamespace = "::wage::onnxir"; }

def Onnx_PadOp : Onnx_Op<"pad", [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "A border around a value";
  let description = [{
    ONNX Pad. `before` and `after` count what is added to each dimension. In the border stands `value` (`constant`), the
    input mirrored at its first and last element, which are not repeated (`reflect`), its nearest element (`edge`), or
    the input again (`wrap`).

    (C1) shapes agree. (C2) a number before and after each dimension, not negative, and 0 for an open batch; `reflect` adds
    less than there is, the other modes but `constant` nothing to an empty dimension.

    Example:
    ```mlir
    func.func @pad(%x: tensor<?x4x8xf32>) -> tensor<?x4x10xf32> {
      %y = onnx.pad constant %x, before = [0, 0, 1], after = [0, 0, 1], value = 0.0
           : tensor<?x4x8xf32> -> tensor<?x4x10xf32>
      return %y : tensor<?x4x10xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_PadMode:$mode, Onnx_Data:$input, DenseI64ArrayAttr:$before, DenseI64ArrayAttr:$after,
                       F32Attr:$value);
  let results = (outs Onnx_Data:$result);
  let assemblyFormat = [{ $mode $input `,` `before` `=` $before `,` `after` `=` $after `,` `value` `=` $value attr-dict
                          `:` type($input) `->` type($result) }];
  let hasVerifier = 1; // pad_c1, pad_c2
}

def Onnx_GatherOp : Onnx_Op<"gather", [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "Elements of one dimension, in an order of their own";
  let description = [{
    ONNX Gather with constant indices, and one dimension of Resize or Upsample with nearest neighbours: element i of
    dimension `axis` is element `indices[i]` of the input. Indices of several dimensions are a reshape behind it.

    (C1) shapes agree. (C2) `axis` is a dimension, and not the open batch. (C3) indices are in it, from 0 up.

    Example:
    ```mlir
    func.func @gather(%x: tensor<?x3xf32>) -> tensor<?x4xf32> {
      %y = onnx.gather %x, axis = 1, indices = [2, 0, 0, 1] : tensor<?x3xf32> -> tensor<?x4xf32>
      return %y : tensor<?x4xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Data:$input, I64Attr:$axis, DenseI64ArrayAttr:$indices);
  let results = (outs Onnx_Data:$result);
  let assemblyFormat = [{ $input `,` `axis` `=` $axis `,` `indices` `=` $indices attr-dict
                          `:` type($input) `->` type($result) }];
  let hasVerifier = 1; // gather_c1, gather_c2, gather_c3
}

#endif // WAGE_DIALECTS_ONNX_IR_ONNXSHAPEOPS_TD
