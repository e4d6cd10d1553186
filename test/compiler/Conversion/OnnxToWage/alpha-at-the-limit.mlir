// A fan-in on the limit between two powers of alpha takes the larger one: 2 * 9 * 32 = 9 * 4^2 * 4 with a gain of 9 and weights
// of 2 bits, and alpha_exponent(32, 9, 2) of the golden model is 1, alpha_exponent(31, 9, 2) is 0.
// RUN: wage-opt %s -split-input-file --convert-onnx-to-wage="w=2 init-gain=9" \
// RUN:   --mlir-elide-resource-strings-if-larger=4 | FileCheck %s

// CHECK: wage.scale_log2 = array<i32: 1, 1>
func.func @main(%x: tensor<?x32xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x32xf32>
  %0 = onnx.gemm %x, %w trans_b : (tensor<?x32xf32>, tensor<2x32xf32>) -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
}

// -----

// CHECK: wage.scale_log2 = array<i32: 0, 0>
func.func @main(%x: tensor<?x31xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x31xf32>
  %0 = onnx.gemm %x, %w trans_b : (tensor<?x31xf32>, tensor<2x31xf32>) -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
}
