//===- OnnxWindowOps.td - pools, means and other looks at several numbers *- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_ONNX_IR_ONNXWINDOWOPS_TD
#define WAGE_DIALECTS_ONNX_IR_ONNXWINDOWOPS_TD

include "dialects/onnx/IR/OnnxTensors.td"

def Onnx_MaxPoolOp : Onnx_Op<"max_pool", [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "Maximum of each window";
  let description = [{
    ONNX MaxPool and GlobalMaxPool. For images, `input` is [batch, C, H, W], the result [batch, C, OH, OW] with
    OH = floor((H + top + bottom - dilation_h * (k_h - 1) - 1) / stride_h) + 1. `pads` is [top, left, bottom, right];
    padding never wins. What ceil_mode adds at the end has become padding. One and three dimensions of space as for
    `onnx.conv`.

    (C1) shapes agree. (C2) a kernel size, stride and dilation per dimension of space, positive; two pads each, not
    negative, smaller in front than the dilated kernel, and behind than it and a stride.

    Example:
    ```mlir
    func.func @max_pool(%x: tensor<?x4x8x8xf32>) -> tensor<?x4x4x4xf32> {
      %y = onnx.max_pool %x, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
           : tensor<?x4x8x8xf32> -> tensor<?x4x4x4xf32>
      return %y : tensor<?x4x4x4xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_ImageData:$input, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads, OptionalAttr<DenseI64ArrayAttr>:$dilations);
  let results = (outs Onnx_ImageData:$result);
  let assemblyFormat = [{ $input `,` `kernel` `=` $kernel `,` `strides` `=` $strides `,` `pads` `=` $pads
                          (`dilations` `=` $dilations^)? attr-dict
                          `:` type($input) `->` type($result) }];
  let hasVerifier = 1; // max_pool_c1, max_pool_c2
}

def Onnx_AveragePoolOp : Onnx_Op<"average_pool"> {
  let summary = "Mean of each window";
  let description = [{
    ONNX AveragePool, and ReduceMean over space; GlobalAveragePool is the same with a window over the whole plane. Shapes
    and attributes are those of `onnx.max_pool`. The sum over a window is divided by the number of its elements that lie
    inside the image, with `count_include_pad` by those inside image and padding; padding adds 0. `overhang` ([bottom,
    right]) is the part of the padding at the end that only ceil_mode adds and that is never counted.

    (C1) shapes agree. (C2) as for `onnx.max_pool`. (C3) `overhang` has a number per dimension of space, at most the
    padding behind, and comes with `count_include_pad` only.

    Example:
    ```mlir
    func.func @average_pool(%x: tensor<?x4x8x8xf32>) -> tensor<?x4x1x1xf32> {
      %y = onnx.average_pool %x, kernel = [8, 8], strides = [1, 1], pads = [0, 0, 0, 0]
           : tensor<?x4x8x8xf32> -> tensor<?x4x1x1xf32>
      return %y : tensor<?x4x1x1xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Images:$input, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads, UnitAttr:$count_include_pad,
                       OptionalAttr<DenseI64ArrayAttr>:$dilations, OptionalAttr<DenseI64ArrayAttr>:$overhang);
  let results = (outs Onnx_Images:$result);
  let assemblyFormat = [{ $input `,` `kernel` `=` $kernel `,` `strides` `=` $strides `,` `pads` `=` $pads
                          (`dilations` `=` $dilations^)? (`overhang` `=` $overhang^)?
                          (`count_include_pad` $count_include_pad^)? attr-dict `:` type($input) `->` type($result) }];
  let hasVerifier = 1; // average_pool_c1, average_pool_c2, average_pool_c3
}

def Onnx_LrnOp : Onnx_Op<"lrn", [SameOperandsAndResultType]> {
  let summary = "Division of each number by a power of the sum of squares of its neighbours in the channels";
  let description = [{
    ONNX LRN: x / (bias + alpha / size * sum)^beta, the sum being over the squares of the same position in channels
    c - floor((size - 1) / 2) to c + ceil((size - 1) / 2) as far as they exist. Channels are dimension 1.

    (C1) `input` has two dimensions at least, and `size` is positive.

    Example:
    ```mlir
    func.func @lrn(%x: tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32> {
      %y = onnx.lrn %x, size = 5, alpha = 1.0e-4, beta = 0.75, bias = 1.0 : tensor<?x16x8x8xf32>
      return %y : tensor<?x16x8x8xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Tensor:$input, I64Attr:$size, F32Attr:$alpha, F32Attr:$beta, F32Attr:$bias);
  let results = (outs Onnx_Tensor:$result);
  let assemblyFormat = [{ $input `,` `size` `=` $size `,` `alpha` `=` $alpha `,` `beta` `=` $beta `,` `bias` `=` $bias
                          attr-dict `:` type($input) }];
  let hasVerifier = 1; // lrn_c1
}

def Onnx_ReduceMeanOp : Onnx_Op<"reduce_mean"> {
  let summary = "Mean over some dimensions";
  let description = [{
    ONNX ReduceMean. `axes` are the dimensions that the mean is taken over, ascending; they vanish, or with `keep_dims`
    become 1.

    (C1) shapes agree. (C2) `axes` are dimensions of the input, ascending, and none is the open batch.

    Example:
    ```mlir
    func.func @reduce_mean(%x: tensor<?x4x8x8xf32>) -> tensor<?x4xf32> {
      %y = onnx.reduce_mean %x, axes = [2, 3] : tensor<?x4x8x8xf32> -> tensor<?x4xf32>
      return %y : tensor<?x4xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Tensor:$input, DenseI64ArrayAttr:$axes, UnitAttr:$keep_dims);
  let results = (outs Onnx_Tensor:$result);
  let assemblyFormat = [{ $input `,` `axes` `=` $axes (`keep_dims` $keep_dims^)? attr-dict
                          `:` type($input) `->` type($result) }];
  let hasVerifier = 1; // reduce_mean_c1, reduce_mean_c2
}

def Onnx_SoftmaxOp : Onnx_Op<"softmax", [SameOperandsAndResultType]> {
  let summary = "Shares of the exponentials along one dimension, or their logarithms";
  let description = [{
    ONNX Softmax as of opset 13: exp(x) / sum(exp(x)) along dimension `axis`; with `log`, LogSoftmax: the logarithm of it.
    The older form over several dimensions is this op between two reshapes.

    (C1) `axis` is a dimension of the input, and not the open batch.

    Example:
    ```mlir
    func.func @softmax(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
      %y = onnx.softmax %x, axis = 1 log : tensor<?x10xf32>
      return %y : tensor<?x10xf32>
    }
    ```
  }];
  let arguments = (ins Onnx_Tensor:$input, I64Attr:$axis, UnitAttr:$log);
  let results = (outs Onnx_Tensor:$result);
  let assemblyFormat = "$input `,` `axis` `=` $axis (`log` $log^)? attr-dict `:` type($input)";
  let hasVerifier = 1; // softmax_c1
}

def Onnx_ArgMaxOp : Onnx_Op<"arg_max"> {
  let summary = "Where the largest number stands along one dimension";
  let description = [{
    ONNX ArgMax. Of equal numbers the first counts, with `last` the last. The dimension vanishes, or with `keep_dims`
    becomes 1.

    (C1) shapes agree. (C2) `axis` is a dimension of the input, not empty and not the open batch.

    Example:
    ```mlir
    func.func @arg_max(%x: tensor<?x10xf32>) -> tensor<?xi64> {
      %y = onnx.arg_max %x, axis = 1 : tensor<?x10xf32> -> tensor<?xi64>
      return %y : tensor<?xi64>
    }
    ```
  }];
  let arguments = (ins Onnx_Tensor:$input, I64Attr:$axis, UnitAttr:$keep_dims, UnitAttr:$last);
  let results = (outs RankedTensorOf<[I64]>:$result);
  let assemblyFormat = [{ $input `,` `axis` `=` $axis (`keep_dims` $keep_dims^)? (`last` $last^)? attr-dict
                          `:` type($input) `->` type($result) }];
  let hasVerifier = 1; // arg_max_c1, arg_max_c2
}

#endif // WAGE_DIALECTS_ONNX_IR_ONNXWINDOWOPS_TD
