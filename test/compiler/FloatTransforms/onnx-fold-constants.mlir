// RUN: wage-opt %s -split-input-file --onnx-fold-constants | FileCheck %s

// A function of constants is named after its node.
// CHECK-LABEL: @function
// CHECK: onnx.constant "root", value = dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
// CHECK-NOT: onnx.unary
func.func @function(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %a = onnx.constant "a", value = dense<[1.0, 4.0]> : tensor<2xf32>
  %b = onnx.unary sqrt %a : tensor<2xf32> loc("root")
  %y = onnx.add %x, %b : tensor<?x2xf32>, tensor<2xf32>
  return %y : tensor<?x2xf32>
}

// -----

// Weights under another shape keep the initializer's name.
ml_program.global private @w(dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>) : tensor<2x2xf32>
// CHECK-LABEL: @reshape
// CHECK: onnx.constant "w", value = dense<{{.*}}> : tensor<4x1xf32>
func.func @reshape(%x: tensor<?x4xf32>) -> tensor<?x1xf32> {
  %w = ml_program.global_load_const @w : tensor<2x2xf32>
  %r = onnx.reshape %w : tensor<2x2xf32> -> tensor<4x1xf32>
  %y = onnx.gemm %x, %r : (tensor<?x4xf32>, tensor<4x1xf32>) -> tensor<?x1xf32>
  return %y : tensor<?x1xf32>
}

// -----

// What depends on the input, or on a tensor without its numbers, stays.
ml_program.global private @elsewhere(dense_resource<elsewhere> : tensor<2xf32>) : tensor<2xf32>
// CHECK-LABEL: @stays
// CHECK: onnx.unary sqrt
// CHECK: onnx.relu %arg0
func.func @stays(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %a = ml_program.global_load_const @elsewhere : tensor<2xf32>
  %b = onnx.unary sqrt %a : tensor<2xf32>
  %r = onnx.relu %x : tensor<?x2xf32>
  %y = onnx.add %r, %b : tensor<?x2xf32>, tensor<2xf32>
  return %y : tensor<?x2xf32>
}
