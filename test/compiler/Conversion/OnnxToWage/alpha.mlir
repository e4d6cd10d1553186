// log2 alpha by fan-in. VGG7 in 2-8-8-8 has 2 16 16 16 16 32 32 16, as in the authors' own log; the golden model's
// selftest holds the same list.
// RUN: wage-opt %s -split-input-file --convert-onnx-to-wage="w=2 init-gain=3" \
// RUN:   --mlir-elide-resource-strings-if-larger=4 | FileCheck %s

// CHECK: wage.scale_log2 = array<i32: 1, 1>
func.func @main(%x: tensor<?x27xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x27xf32>
  %0 = onnx.gemm %x, %w trans_b : (tensor<?x27xf32>, tensor<2x27xf32>) -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
}

// -----

// The fan-in of a convolution is channels times window.
// CHECK: wage.scale_log2 = array<i32: 4, 4>
// CHECK: wage.conv2d {{.*}}, scale_log2 = [4, 4], {{.*}} -> tensor<?x2x1x1x!wage.grid<Z, 0, -12>>
func.func @main(%x: tensor<?x128x3x3xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x128x3x3xf32>
  %0 = onnx.conv %x, %w, strides = [1, 1], pads = [0, 0, 0, 0]
       : (tensor<?x128x3x3xf32>, tensor<2x128x3x3xf32>) -> tensor<?x2x1x1xf32>
  %1 = onnx.flatten %0 : tensor<?x2x1x1xf32> -> tensor<?x2xf32>
  return %1 : tensor<?x2xf32>
}

// -----

// CHECK: wage.scale_log2 = array<i32: 4, 4>
func.func @main(%x: tensor<?x2304xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x2304xf32>
  %0 = onnx.gemm %x, %w trans_b : (tensor<?x2304xf32>, tensor<2x2304xf32>) -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
}

// -----

// CHECK: wage.scale_log2 = array<i32: 5, 5>
func.func @main(%x: tensor<?x4608xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x4608xf32>
  %0 = onnx.gemm %x, %w trans_b : (tensor<?x4608xf32>, tensor<2x4608xf32>) -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
}

// -----

// Axons first: the fan-in is the first dimension.
// CHECK: wage.scale_log2 = array<i32: 5, 5>
func.func @main(%x: tensor<?x8192xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<8192x2xf32>
  %0 = onnx.mat_mul %x, %w : (tensor<?x8192xf32>, tensor<8192x2xf32>) -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
}

// -----

// CHECK: wage.scale_log2 = array<i32: 4, 4>
func.func @main(%x: tensor<?x1024xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x1024xf32>
  %0 = onnx.gemm %x, %w trans_b : (tensor<?x1024xf32>, tensor<2x1024xf32>) -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
}
