// Every operation is printed as it is written, and parsed again.
// RUN: wage-opt %s | wage-opt | FileCheck %s
// RUN: wage-opt %s --emit-bytecode | wage-opt | FileCheck %s

// CHECK-LABEL: func.func @conv(
// CHECK: onnx.conv {{%.*}}, {{%.*}} bias {{%.*}}, strides = [1, 1], pads = [2, 2, 2, 2] : (tensor<?x1x28x28xf32>, tensor<4x1x5x5xf32>, tensor<4xf32>) -> tensor<?x4x28x28xf32>
func.func @conv(%x: tensor<?x1x28x28xf32>, %w: tensor<4x1x5x5xf32>, %b: tensor<4xf32>) -> tensor<?x4x28x28xf32> {
  %y = onnx.conv %x, %w bias %b, strides = [1, 1], pads = [2, 2, 2, 2]
       : (tensor<?x1x28x28xf32>, tensor<4x1x5x5xf32>, tensor<4xf32>) -> tensor<?x4x28x28xf32>
  return %y : tensor<?x4x28x28xf32>
}

// CHECK-LABEL: func.func @gemm(
// CHECK: onnx.gemm {{%.*}}, {{%.*}} trans_b bias {{%.*}} : (tensor<?x64xf32>, tensor<10x64xf32>, tensor<10xf32>) -> tensor<?x10xf32>
func.func @gemm(%x: tensor<?x64xf32>, %w: tensor<10x64xf32>, %b: tensor<10xf32>) -> tensor<?x10xf32> {
  %y = onnx.gemm %x, %w trans_b bias %b
       : (tensor<?x64xf32>, tensor<10x64xf32>, tensor<10xf32>) -> tensor<?x10xf32>
  return %y : tensor<?x10xf32>
}

// CHECK-LABEL: func.func @mat_mul(
// CHECK: onnx.mat_mul {{%.*}}, {{%.*}} : (tensor<?x64xf32>, tensor<64x10xf32>) -> tensor<?x10xf32>
func.func @mat_mul(%x: tensor<?x64xf32>, %w: tensor<64x10xf32>) -> tensor<?x10xf32> {
  %y = onnx.mat_mul %x, %w : (tensor<?x64xf32>, tensor<64x10xf32>) -> tensor<?x10xf32>
  return %y : tensor<?x10xf32>
}

// CHECK-LABEL: func.func @add(
// CHECK: onnx.add {{%.*}}, {{%.*}} : tensor<?x4x8x8xf32>, tensor<4x1x1xf32>
func.func @add(%x: tensor<?x4x8x8xf32>, %b: tensor<4x1x1xf32>) -> tensor<?x4x8x8xf32> {
  %y = onnx.add %x, %b : tensor<?x4x8x8xf32>, tensor<4x1x1xf32>
  return %y : tensor<?x4x8x8xf32>
}

// CHECK-LABEL: func.func @relu(
// CHECK: onnx.relu {{%.*}} : tensor<?x10xf32>
func.func @relu(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
  %y = onnx.relu %x : tensor<?x10xf32>
  return %y : tensor<?x10xf32>
}

// CHECK-LABEL: func.func @max_pool(
// CHECK: onnx.max_pool {{%.*}}, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<?x4x8x8xf32> -> tensor<?x4x4x4xf32>
func.func @max_pool(%x: tensor<?x4x8x8xf32>) -> tensor<?x4x4x4xf32> {
  %y = onnx.max_pool %x, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
       : tensor<?x4x8x8xf32> -> tensor<?x4x4x4xf32>
  return %y : tensor<?x4x4x4xf32>
}

// CHECK-LABEL: func.func @average_pool(
// CHECK: onnx.average_pool {{%.*}}, kernel = [3, 3], strides = [2, 2], pads = [1, 1, 0, 0] count_include_pad : tensor<?x4x8x8xf32> -> tensor<?x4x4x4xf32>
// CHECK: onnx.average_pool {{%.*}}, kernel = [4, 4], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<?x4x4x4xf32> -> tensor<?x4x1x1xf32>
func.func @average_pool(%x: tensor<?x4x8x8xf32>) -> tensor<?x4x1x1xf32> {
  %y = onnx.average_pool %x, kernel = [3, 3], strides = [2, 2], pads = [1, 1, 0, 0] count_include_pad
       : tensor<?x4x8x8xf32> -> tensor<?x4x4x4xf32>
  %z = onnx.average_pool %y, kernel = [4, 4], strides = [1, 1], pads = [0, 0, 0, 0]
       : tensor<?x4x4x4xf32> -> tensor<?x4x1x1xf32>
  return %z : tensor<?x4x1x1xf32>
}

// CHECK-LABEL: func.func @flatten(
// CHECK: onnx.flatten {{%.*}} : tensor<?x4x4x4xf32> -> tensor<?x64xf32>
func.func @flatten(%x: tensor<?x4x4x4xf32>) -> tensor<?x64xf32> {
  %y = onnx.flatten %x : tensor<?x4x4x4xf32> -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// CHECK-LABEL: func.func @reshape(
// CHECK: onnx.reshape {{%.*}} : tensor<?x784xf32> -> tensor<?x1x28x28xf32>
func.func @reshape(%x: tensor<?x784xf32>) -> tensor<?x1x28x28xf32> {
  %y = onnx.reshape %x : tensor<?x784xf32> -> tensor<?x1x28x28xf32>
  return %y : tensor<?x1x28x28xf32>
}

// CHECK-LABEL: func.func @identity(
// CHECK: onnx.identity {{%.*}} : tensor<?x10xf32>
func.func @identity(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
  %y = onnx.identity %x : tensor<?x10xf32>
  return %y : tensor<?x10xf32>
}

// CHECK-LABEL: func.func @dropout(
// CHECK: onnx.dropout {{%.*}} : tensor<?x10xf32>
func.func @dropout(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
  %y = onnx.dropout %x : tensor<?x10xf32>
  return %y : tensor<?x10xf32>
}

// CHECK-LABEL: func.func @constant(
// CHECK: onnx.constant "fc.bias", value = dense<[1.000000e+00, -5.000000e-01]> : tensor<2xf32>
func.func @constant() -> tensor<2xf32> {
  %b = onnx.constant "fc.bias", value = dense<[1.0, -0.5]> : tensor<2xf32>
  return %b : tensor<2xf32>
}

// Gemm and Add take a bias in two shapes each.
// CHECK-LABEL: func.func @bias_shapes(
// CHECK: onnx.gemm {{%.*}}, {{%.*}} bias {{%.*}} : (tensor<?x4xf32>, tensor<4x3xf32>, tensor<1x3xf32>) -> tensor<?x3xf32>
// CHECK: onnx.add {{%.*}}, {{%.*}} : tensor<?x3xf32>, tensor<1x3xf32>
// CHECK: onnx.add {{%.*}}, {{%.*}} : tensor<?x3xf32>, tensor<?x3xf32>
func.func @bias_shapes(%x: tensor<?x4xf32>, %w: tensor<4x3xf32>, %b: tensor<1x3xf32>) -> tensor<?x3xf32> {
  %y = onnx.gemm %x, %w bias %b : (tensor<?x4xf32>, tensor<4x3xf32>, tensor<1x3xf32>) -> tensor<?x3xf32>
  %z = onnx.add %y, %b : tensor<?x3xf32>, tensor<1x3xf32>
  %s = onnx.add %z, %y : tensor<?x3xf32>, tensor<?x3xf32>
  return %s : tensor<?x3xf32>
}
