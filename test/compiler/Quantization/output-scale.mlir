// A network that goes on learning gets outputs of about 1, the label's size: what makes them is the last layer, through a bias, a mean
// and a reshape. Samples are 1 and 0, or 0 and 1, so that the largest output is 8 on average, or 12 with a bias.
// RUN: rm -rf %t && %python %S/Inputs/make_samples.py %t && split-file %s %t/parts
// RUN: wage-opt %t/parts/plain.mlir --onnx-calibrate="input=%t/pairs.npy" --convert-onnx-to-wage="mode=train init=pretrained w=8" | FileCheck %t/parts/plain.mlir
// RUN: wage-opt %t/parts/bias.mlir --onnx-calibrate="input=%t/pairs.npy" --convert-onnx-to-wage="mode=train init=pretrained w=8" | FileCheck %t/parts/bias.mlir
// RUN: wage-opt %t/parts/mean.mlir --onnx-calibrate="input=%t/pairs.npy" --convert-onnx-to-wage="mode=train init=pretrained w=8" | FileCheck %t/parts/mean.mlir
// RUN: wage-opt %t/parts/bias.mlir --onnx-calibrate="input=%t/pairs.npy" --convert-onnx-to-wage="mode=infer init=pretrained w=8" | FileCheck %s --check-prefix=INFER

// A network that only infers keeps the size of its outputs.
// INFER: scale_log2 = array<i32: -8, -8>

//--- plain.mlir
// An eighth: weights of 2 become 1 * 2^-7 * 2^5.
// CHECK: scale_log2 = array<i32: -5, -5>
func.func @main(%x: tensor<?x2x2x2xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<[[2.0, 2.0, 2.0, 2.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 2.0, 2.0, 2.0, 2.0]]> : tensor<2x8xf32>
  %0 = onnx.flatten %x : tensor<?x2x2x2xf32> -> tensor<?x8xf32> loc("flat")
  %1 = onnx.gemm %0, %w trans_b : (tensor<?x8xf32>, tensor<2x8xf32>) -> tensor<?x2xf32> loc("fc")
  return %1 : tensor<?x2xf32>
}

//--- bias.mlir
// A sixteenth, of the bias too: 128 * 2^-9 = 4 / 16.
// CHECK: scale_log2 = array<i32: -4, -4>
// CHECK: wage.add_bias {{.*}} : tensor<?x2x!wage.grid<Z, 0, -9>>
// CHECK: b: "0x0800000080000000000000008000000000000000"
func.func @main(%x: tensor<?x2x2x2xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<[[2.0, 2.0, 2.0, 2.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 2.0, 2.0, 2.0, 2.0]]> : tensor<2x8xf32>
  %b = onnx.constant "b", value = dense<4.0> : tensor<2xf32>
  %0 = onnx.flatten %x : tensor<?x2x2x2xf32> -> tensor<?x8xf32> loc("flat")
  %1 = onnx.gemm %0, %w trans_b : (tensor<?x8xf32>, tensor<2x8xf32>) -> tensor<?x2xf32> loc("fc")
  %2 = onnx.add %1, %b : tensor<?x2xf32>, tensor<2xf32> loc("bias")
  return %2 : tensor<?x2xf32>
}

//--- mean.mlir
// An eighth: weights of 8 become 1 * 2^-7 * 2^7.
// CHECK: scale_log2 = array<i32: -7, -7>
func.func @main(%x: tensor<?x2x2x2xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<[[[[8.0]], [[0.0]]], [[[0.0]], [[8.0]]]]> : tensor<2x2x1x1xf32>
  %0 = onnx.conv %x, %w, strides = [1, 1], pads = [0, 0, 0, 0]
       : (tensor<?x2x2x2xf32>, tensor<2x2x1x1xf32>) -> tensor<?x2x2x2xf32> loc("conv")
  %1 = onnx.average_pool %0, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<?x2x2x2xf32> -> tensor<?x2x1x1xf32> loc("mean")
  %2 = onnx.flatten %1 : tensor<?x2x1x1xf32> -> tensor<?x2xf32> loc("flat")
  return %2 : tensor<?x2xf32>
}
