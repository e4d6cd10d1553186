// RUN: wage-opt %s -split-input-file --onnx-form-layers | FileCheck %s --check-prefixes=CHECK,INFER
// RUN: wage-opt %s -split-input-file --onnx-form-layers=training=true | FileCheck %s --check-prefixes=CHECK,TRAIN

// Rows times a constant: the initializer itself, in its own layout.
ml_program.global private @w(dense<1.0> : tensor<3x2xf32>) : tensor<3x2xf32>
// CHECK-LABEL: @rows
// CHECK: %[[W:.*]] = ml_program.global_load_const @w
// CHECK: onnx.gemm %arg0, %[[W]] : (tensor<?x3xf32>, tensor<3x2xf32>) -> tensor<?x2xf32>
func.func @rows(%x: tensor<?x3xf32>) -> tensor<?x2xf32> {
  %w = ml_program.global_load_const @w : tensor<3x2xf32>
  %y = onnx.mat_mul %x, %w : (tensor<?x3xf32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  return %y : tensor<?x2xf32>
}

// -----

// A stack of one row each.
// CHECK-LABEL: @single
// CHECK: %[[R:.*]] = onnx.reshape %arg0 : tensor<?x1x3xf32> -> tensor<?x3xf32>
// CHECK: onnx.constant "w", value = dense<1.000000e+00> : tensor<3x2xf32>
// CHECK: %[[G:.*]] = onnx.gemm %[[R]]
// CHECK: onnx.reshape %[[G]] : tensor<?x2xf32> -> tensor<?x1x2xf32>
func.func @single(%x: tensor<?x1x3xf32>) -> tensor<?x1x2xf32> {
  %w = onnx.constant "w", value = dense<1.0> : tensor<1x3x2xf32>
  %y = onnx.mat_mul %x, %w : (tensor<?x1x3xf32>, tensor<1x3x2xf32>) -> tensor<?x1x2xf32>
  return %y : tensor<?x1x2xf32>
}

// -----

// The last dimension becomes the channels; the weights are turned, which training does not allow.
// CHECK-LABEL: @stack
// INFER: %[[T:.*]] = onnx.transpose %arg0, permutation = [0, 2, 1]
// INFER: %[[R:.*]] = onnx.reshape %[[T]] : tensor<?x2x4xf32> -> tensor<?x2x1x4xf32>
// INFER: %[[W:.*]] = onnx.constant "w", value = dense<{{\[\[\[\[}}1.000000e+00]], {{\[\[}}4.000000e+00]]],{{.*}}> : tensor<3x2x1x1xf32>
// INFER: %[[C:.*]] = onnx.conv %[[R]], %[[W]], strides = [1, 1], pads = [0, 0, 0, 0]
// INFER: %[[S:.*]] = onnx.reshape %[[C]] : tensor<?x3x1x4xf32> -> tensor<?x3x4xf32>
// INFER: onnx.transpose %[[S]], permutation = [0, 2, 1]
// TRAIN: onnx.mat_mul
func.func @stack(%x: tensor<?x4x2xf32>) -> tensor<?x4x3xf32> {
  %w = onnx.constant "w", value = dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %y = onnx.mat_mul %x, %w : (tensor<?x4x2xf32>, tensor<2x3xf32>) -> tensor<?x4x3xf32>
  return %y : tensor<?x4x3xf32>
}

// -----

// A constant on the left: its rows are neurons as they stand.
// CHECK-LABEL: @left
// CHECK: onnx.reshape %arg0 : tensor<?x2x4xf32> -> tensor<?x2x1x4xf32>
// CHECK: onnx.constant "w", value = dense<{{.*}}> : tensor<3x2x1x1xf32>
// CHECK: onnx.conv
// CHECK: onnx.reshape %{{.*}} : tensor<?x3x1x4xf32> -> tensor<?x3x4xf32>
func.func @left(%x: tensor<?x2x4xf32>) -> tensor<?x3x4xf32> {
  %w = onnx.constant "w", value = dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>
  %y = onnx.mat_mul %w, %x : (tensor<3x2xf32>, tensor<?x2x4xf32>) -> tensor<?x3x4xf32>
  return %y : tensor<?x3x4xf32>
}

// -----

// Near misses: two values, and a constant that is a stack itself.
// CHECK-LABEL: @products
// CHECK: onnx.mat_mul %arg0, %arg0
// CHECK: onnx.mat_mul
func.func @products(%x: tensor<?x3x3xf32>) -> tensor<?x3x2xf32> {
  %w = onnx.constant "w", value = dense<1.0> : tensor<2x3x2xf32>
  %0 = onnx.mat_mul %x, %x : (tensor<?x3x3xf32>, tensor<?x3x3xf32>) -> tensor<?x3x3xf32>
  %1 = onnx.reshape %0 : tensor<?x3x3xf32> -> tensor<?x1x3x3xf32>
  %2 = onnx.mat_mul %1, %w : (tensor<?x1x3x3xf32>, tensor<2x3x2xf32>) -> tensor<?x2x3x2xf32>
  %3 = onnx.slice %2, starts = [0, 0, 0, 0], steps = [1, 1, 1, 1] : tensor<?x2x3x2xf32> -> tensor<?x1x3x2xf32>
  %4 = onnx.reshape %3 : tensor<?x1x3x2xf32> -> tensor<?x3x2xf32>
  return %4 : tensor<?x3x2xf32>
}

// -----

// One dimension of space gets a height of 1.
// CHECK-LABEL: @flat
// CHECK: onnx.reshape %arg0 : tensor<?x2x9xf32> -> tensor<?x2x1x9xf32>
// CHECK: onnx.constant "w", value = dense<1.000000e+00> : tensor<2x1x1x3xf32>
// CHECK: %[[C:.*]] = onnx.conv %{{.*}}, %{{.*}}, strides = [1, 2], pads = [0, 2, 0, 1] dilations = [1, 2] group = 2
// CHECK: onnx.average_pool %[[C]], kernel = [1, 2], strides = [1, 2], pads = [0, 1, 0, 1] overhang = [0, 1] count_include_pad
// CHECK: onnx.reshape %{{.*}} : tensor<?x2x1x3xf32> -> tensor<?x2x3xf32>
func.func @flat(%x: tensor<?x2x9xf32>) -> tensor<?x2x3xf32> {
  %w = onnx.constant "w", value = dense<1.0> : tensor<2x1x3xf32>
  %0 = onnx.conv %x, %w, strides = [2], pads = [2, 1] dilations = [2] group = 2 : (tensor<?x2x9xf32>, tensor<2x1x3xf32>) -> tensor<?x2x4xf32>
  %1 = onnx.average_pool %0, kernel = [2], strides = [2], pads = [1, 1] overhang = [1] count_include_pad : tensor<?x2x4xf32> -> tensor<?x2x3xf32>
  return %1 : tensor<?x2x3xf32>
}
