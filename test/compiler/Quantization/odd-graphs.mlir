// Graphs that are not canonical, or have odd numbers, end well: numbers stay numbers, and what is none stays where it was.
// RUN: rm -rf %t && %python %S/Inputs/make_samples.py %t && split-file %s %t/parts
// RUN: wage-opt %t/parts/rows.mlir --onnx-equalize="input=%t/rows.npy" --onnx-calibrate="input=%t/rows.npy w=4" | FileCheck %t/parts/rows.mlir
// RUN: wage-opt %t/parts/odd.mlir --onnx-equalize="input=%t/one.npy" --onnx-calibrate="input=%t/one.npy w=4" | FileCheck %t/parts/odd.mlir
// RUN: wage-opt %t/parts/odd.mlir --onnx-equalize="input=%t/zeros.npy" --onnx-calibrate="input=%t/zeros.npy w=4" | FileCheck %t/parts/odd.mlir
// RUN: wage-opt %t/parts/only.mlir --onnx-equalize="input=%t/one.npy" --onnx-calibrate="input=%t/one.npy" | FileCheck %t/parts/only.mlir
// RUN: wage-opt %t/parts/computed.mlir --onnx-equalize="input=%t/one.npy" --onnx-calibrate="input=%t/one.npy" | FileCheck %t/parts/computed.mlir
// RUN: wage-opt %t/parts/scalar.mlir --onnx-equalize="input=%t/one.npy" --onnx-calibrate="input=%t/one.npy" | FileCheck %t/parts/scalar.mlir

//--- rows.mlir
// A pool and a convolution over one dimension: three numbers in a window count in steps of 4/3.
// CHECK: onnx.conv {{.*}} -> tensor<?x1x6xf32>
func.func @main(%x: tensor<?x2x8xf32>) -> tensor<?x1x6xf32> {
  %0 = onnx.average_pool %x, kernel = [3], strides = [1], pads = [0, 0] : tensor<?x2x8xf32> -> tensor<?x2x6xf32>
  %w = onnx.constant "w", value = dense<[[[0.75], [0.375]]]> : tensor<1x2x1xf32>
  %1 = onnx.conv %0, %w, strides = [1], pads = [0, 0] : (tensor<?x2x6xf32>, tensor<1x2x1xf32>) -> tensor<?x1x6xf32>
  return %1 : tensor<?x1x6xf32>
}

//--- odd.mlir
// 0x7F800000 is infinity, and 0x7FC00000 no number.
// CHECK: onnx.conv {{.*}}wage.grid
// CHECK: onnx.constant "v", value = dense<{{.*}}0x7F800000{{.*}}0x7FC00000
// CHECK: onnx.conv {{.*}}wage.grid
// CHECK: onnx.mat_mul {{.*}}wage.grid
func.func @main(%x: tensor<?x1x4x4xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<[[[[1.0e38]]], [[[-1.0e-40]]], [[[0.0]]]]> : tensor<3x1x1x1xf32>
  %0 = onnx.conv %x, %w, strides = [1, 1], pads = [0, 0, 0, 0]
       : (tensor<?x1x4x4xf32>, tensor<3x1x1x1xf32>) -> tensor<?x3x4x4xf32> loc("first")
  %1 = onnx.relu %0 : tensor<?x3x4x4xf32> loc("relu")
  %v = onnx.constant "v", value = dense<[[[[0x7F800000]], [[1.0]], [[0x7FC00000]]]]> : tensor<1x3x1x1xf32>
  %2 = onnx.conv %1, %v, strides = [1, 1], pads = [0, 0, 0, 0]
       : (tensor<?x3x4x4xf32>, tensor<1x3x1x1xf32>) -> tensor<?x1x4x4xf32> loc("second")
  %3 = onnx.flatten %2 : tensor<?x1x4x4xf32> -> tensor<?x16xf32> loc("flat")
  %u = onnx.constant "u", value = dense<0.25> : tensor<16x2xf32>
  %4 = onnx.mat_mul %3, %u : (tensor<?x16xf32>, tensor<16x2xf32>) -> tensor<?x2xf32> loc("third")
  return %4 : tensor<?x2xf32>
}

//--- only.mlir
// One layer is all there is.
// CHECK: onnx.gemm {{.*}}wage.grid
func.func @main(%x: tensor<?x1x4x4xf32>) -> tensor<?x2xf32> {
  %0 = onnx.flatten %x : tensor<?x1x4x4xf32> -> tensor<?x16xf32>
  %u = onnx.constant "u", value = dense<0.25> : tensor<16x2xf32>
  %1 = onnx.gemm %0, %u : (tensor<?x16xf32>, tensor<16x2xf32>) -> tensor<?x2xf32> loc("only")
  return %1 : tensor<?x2xf32>
}

//--- computed.mlir
// A bias that is computed, of constants alone, has no channels behind a batch.
// CHECK: onnx.gemm {{.*}}wage.grid
func.func @main(%x: tensor<?x1x4x4xf32>) -> tensor<?x2xf32> {
  %0 = onnx.flatten %x : tensor<?x1x4x4xf32> -> tensor<?x16xf32>
  %u = onnx.constant "u", value = dense<0.25> : tensor<16x2xf32>
  %b = onnx.constant "b", value = dense<1.0> : tensor<2xf32>
  %n = onnx.unary neg %b : tensor<2xf32>
  %1 = onnx.gemm %0, %u bias %n : (tensor<?x16xf32>, tensor<16x2xf32>, tensor<2xf32>) -> tensor<?x2xf32> loc("only")
  return %1 : tensor<?x2xf32>
}

//--- scalar.mlir
// A result that depends on nothing has no batch.
// CHECK: return %{{.*}} : tensor<f32>
func.func @main(%x: tensor<?x1x4x4xf32>) -> tensor<f32> {
  %c = onnx.constant "c", value = dense<1.0> : tensor<f32>
  return %c : tensor<f32>
}
