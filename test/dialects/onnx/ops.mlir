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

// CHECK-LABEL: func.func @unary(
// CHECK: onnx.unary leaky_relu {{%.*}}, alpha = 1.250000e-01 : tensor<?x10xf32>
// CHECK: onnx.unary tanh {{%.*}} : tensor<?x10xf32>
func.func @unary(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
  %y = onnx.unary leaky_relu %x, alpha = 0.125 : tensor<?x10xf32>
  %z = onnx.unary tanh %y : tensor<?x10xf32>
  return %z : tensor<?x10xf32>
}

// CHECK-LABEL: func.func @binary(
// CHECK: onnx.binary mul {{%.*}}, {{%.*}} : (tensor<?x4x8xf32>, tensor<4x1xf32>) -> tensor<?x4x8xf32>
func.func @binary(%x: tensor<?x4x8xf32>, %s: tensor<4x1xf32>) -> tensor<?x4x8xf32> {
  %y = onnx.binary mul %x, %s : (tensor<?x4x8xf32>, tensor<4x1xf32>) -> tensor<?x4x8xf32>
  return %y : tensor<?x4x8xf32>
}

// CHECK-LABEL: func.func @cast(
// CHECK: onnx.cast {{%.*}} : tensor<?x3x32x32xui8> -> tensor<?x3x32x32xf32>
func.func @cast(%x: tensor<?x3x32x32xui8>) -> tensor<?x3x32x32xf32> {
  %y = onnx.cast %x : tensor<?x3x32x32xui8> -> tensor<?x3x32x32xf32>
  return %y : tensor<?x3x32x32xf32>
}

// CHECK-LABEL: func.func @batch_normalization(
// CHECK: onnx.batch_normalization {{%.*}}, scale {{%.*}}, bias {{%.*}}, mean {{%.*}}, variance {{%.*}}, epsilon = 9.99999974E-6 : tensor<?x4x8x8xf32>, tensor<4xf32>
func.func @batch_normalization(%x: tensor<?x4x8x8xf32>, %s: tensor<4xf32>, %b: tensor<4xf32>, %m: tensor<4xf32>,
                               %v: tensor<4xf32>) -> tensor<?x4x8x8xf32> {
  %y = onnx.batch_normalization %x, scale %s, bias %b, mean %m, variance %v, epsilon = 1.0e-5
       : tensor<?x4x8x8xf32>, tensor<4xf32>
  return %y : tensor<?x4x8x8xf32>
}

// CHECK-LABEL: func.func @transpose(
// CHECK: onnx.transpose {{%.*}}, permutation = [0, 3, 1, 2] : tensor<?x8x8x3xf32> -> tensor<?x3x8x8xf32>
func.func @transpose(%x: tensor<?x8x8x3xf32>) -> tensor<?x3x8x8xf32> {
  %y = onnx.transpose %x, permutation = [0, 3, 1, 2] : tensor<?x8x8x3xf32> -> tensor<?x3x8x8xf32>
  return %y : tensor<?x3x8x8xf32>
}

// CHECK-LABEL: func.func @slice(
// CHECK: onnx.slice {{%.*}}, starts = [0, 7], steps = [1, -2] : tensor<?x8xf32> -> tensor<?x3xf32>
func.func @slice(%x: tensor<?x8xf32>) -> tensor<?x3xf32> {
  %y = onnx.slice %x, starts = [0, 7], steps = [1, -2] : tensor<?x8xf32> -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

// CHECK-LABEL: func.func @concat(
// CHECK: onnx.concat {{%.*}}, {{%.*}} axis = 1 : (tensor<?x4x8xf32>, tensor<?x2x8xf32>) -> tensor<?x6x8xf32>
func.func @concat(%x: tensor<?x4x8xf32>, %y: tensor<?x2x8xf32>) -> tensor<?x6x8xf32> {
  %z = onnx.concat %x, %y axis = 1 : (tensor<?x4x8xf32>, tensor<?x2x8xf32>) -> tensor<?x6x8xf32>
  return %z : tensor<?x6x8xf32>
}

// CHECK-LABEL: func.func @pad(
// CHECK: onnx.pad constant {{%.*}}, before = [0, 0, 1], after = [0, 0, 1], value = 0.000000e+00 : tensor<?x4x8xf32> -> tensor<?x4x10xf32>
func.func @pad(%x: tensor<?x4x8xf32>) -> tensor<?x4x10xf32> {
  %y = onnx.pad constant %x, before = [0, 0, 1], after = [0, 0, 1], value = 0.0
       : tensor<?x4x8xf32> -> tensor<?x4x10xf32>
  return %y : tensor<?x4x10xf32>
}

// CHECK-LABEL: func.func @gather(
// CHECK: onnx.gather {{%.*}}, axis = 1, indices = [2, 0, 0, 1] : tensor<?x3xf32> -> tensor<?x4xf32>
func.func @gather(%x: tensor<?x3xf32>) -> tensor<?x4xf32> {
  %y = onnx.gather %x, axis = 1, indices = [2, 0, 0, 1] : tensor<?x3xf32> -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @lrn(
// CHECK: onnx.lrn {{%.*}}, size = 5, alpha = 9.99999974E-5, beta = 7.500000e-01, bias = 1.000000e+00 : tensor<?x16x8x8xf32>
func.func @lrn(%x: tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32> {
  %y = onnx.lrn %x, size = 5, alpha = 1.0e-4, beta = 0.75, bias = 1.0 : tensor<?x16x8x8xf32>
  return %y : tensor<?x16x8x8xf32>
}

// CHECK-LABEL: func.func @reduce_mean(
// CHECK: onnx.reduce_mean {{%.*}}, axes = [2, 3] : tensor<?x4x8x8xf32> -> tensor<?x4xf32>
func.func @reduce_mean(%x: tensor<?x4x8x8xf32>) -> tensor<?x4xf32> {
  %y = onnx.reduce_mean %x, axes = [2, 3] : tensor<?x4x8x8xf32> -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @softmax(
// CHECK: onnx.softmax {{%.*}}, axis = 1 log : tensor<?x10xf32>
func.func @softmax(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
  %y = onnx.softmax %x, axis = 1 log : tensor<?x10xf32>
  return %y : tensor<?x10xf32>
}

// CHECK-LABEL: func.func @arg_max(
// CHECK: onnx.arg_max {{%.*}}, axis = 1 : tensor<?x10xf32> -> tensor<?xi64>
func.func @arg_max(%x: tensor<?x10xf32>) -> tensor<?xi64> {
  %y = onnx.arg_max %x, axis = 1 : tensor<?x10xf32> -> tensor<?xi64>
  return %y : tensor<?xi64>
}

// CHECK-LABEL: func.func @conv_volumes(
// CHECK: onnx.conv {{%.*}}, {{%.*}}, strides = [1, 2, 1], pads = [0, 0, 0, 0, 0, 0] dilations = [2, 3, 1] group = 2 : (tensor<?x4x9x8x7xf32>, tensor<6x2x3x2x1xf32>) -> tensor<?x6x5x3x7xf32>
func.func @conv_volumes(%x: tensor<?x4x9x8x7xf32>, %w: tensor<6x2x3x2x1xf32>) -> tensor<?x6x5x3x7xf32> {
  %y = onnx.conv %x, %w, strides = [1, 2, 1], pads = [0, 0, 0, 0, 0, 0] dilations = [2, 3, 1] group = 2
       : (tensor<?x4x9x8x7xf32>, tensor<6x2x3x2x1xf32>) -> tensor<?x6x5x3x7xf32>
  return %y : tensor<?x6x5x3x7xf32>
}

// CHECK-LABEL: func.func @pool_rows(
// CHECK: onnx.max_pool {{%.*}}, kernel = [3], strides = [2], pads = [0, 0] dilations = [2] : tensor<?x4x10xf32> -> tensor<?x4x3xf32>
func.func @pool_rows(%x: tensor<?x4x10xf32>) -> tensor<?x4x3xf32> {
  %y = onnx.max_pool %x, kernel = [3], strides = [2], pads = [0, 0] dilations = [2] : tensor<?x4x10xf32> -> tensor<?x4x3xf32>
  return %y : tensor<?x4x3xf32>
}

// CHECK-LABEL: func.func @overhang(
// CHECK: onnx.average_pool {{%.*}}, kernel = [2], strides = [2], pads = [1, 2] overhang = [1] count_include_pad : tensor<?x4x4xf32> -> tensor<?x4x3xf32>
func.func @overhang(%x: tensor<?x4x4xf32>) -> tensor<?x4x3xf32> {
  %y = onnx.average_pool %x, kernel = [2], strides = [2], pads = [1, 2] overhang = [1] count_include_pad
       : tensor<?x4x4xf32> -> tensor<?x4x3xf32>
  return %y : tensor<?x4x3xf32>
}

// CHECK-LABEL: func.func @without_batch(
// CHECK: onnx.reduce_mean {{%.*}}, axes = [1] keep_dims : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
// CHECK: onnx.reshape {{%.*}} : tensor<2x1x4xf32> -> tensor<2x4xf32>
// CHECK: onnx.arg_max {{%.*}}, axis = 1 last : tensor<2x4xf32> -> tensor<2xi64>
// CHECK: onnx.transpose {{%.*}}, permutation = [1, 0, 2] : tensor<2x3x4xf32> -> tensor<3x2x4xf32>
func.func @without_batch(%x: tensor<2x3x4xf32>) -> (tensor<2xi64>, tensor<3x2x4xf32>) {
  %a = onnx.reduce_mean %x, axes = [1] keep_dims : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  %b = onnx.reshape %a : tensor<2x1x4xf32> -> tensor<2x4xf32>
  %c = onnx.arg_max %b, axis = 1 last : tensor<2x4xf32> -> tensor<2xi64>
  %d = onnx.transpose %x, permutation = [1, 0, 2] : tensor<2x3x4xf32> -> tensor<3x2x4xf32>
  return %c, %d : tensor<2xi64>, tensor<3x2x4xf32>
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

// CHECK-LABEL: func.func @quantize_linear(
// CHECK: onnx.quantize_linear {{%.*}}, scales = [1.000000e-01], zero_points = [3], range = [0, 255] : tensor<?x4x8x8xf32> -> tensor<?x4x8x8xui8>
// CHECK: onnx.max_pool {{%.*}}, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<?x4x8x8xui8> -> tensor<?x4x4x4xui8>
// CHECK: onnx.dequantize_linear {{%.*}}, scales = [1.000000e-01], zero_points = [3] : tensor<?x4x4x4xui8> -> tensor<?x4x4x4xf32>
func.func @quantize_linear(%x: tensor<?x4x8x8xf32>) -> tensor<?x4x4x4xf32> {
  %q = onnx.quantize_linear %x, scales = [0.1], zero_points = [3], range = [0, 255]
       : tensor<?x4x8x8xf32> -> tensor<?x4x8x8xui8>
  %p = onnx.max_pool %q, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
       : tensor<?x4x8x8xui8> -> tensor<?x4x4x4xui8>
  %y = onnx.dequantize_linear %p, scales = [0.1], zero_points = [3] : tensor<?x4x4x4xui8> -> tensor<?x4x4x4xf32>
  return %y : tensor<?x4x4x4xf32>
}

// CHECK-LABEL: func.func @quantize_per_axis(
// CHECK: onnx.quantize_linear {{%.*}}, scales = [5.000000e-01, 2.500000e-01], zero_points = [0, 0], range = [-7, 7], axis = 1 rounding = floor : tensor<?x2xf32> -> tensor<?x2xi8>
// CHECK: onnx.dequantize_linear {{%.*}}, scales = [5.000000e-01, 2.500000e-01], zero_points = [0, 0], axis = 1 : tensor<?x2xi8> -> tensor<?x2xf32>
func.func @quantize_per_axis(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %q = onnx.quantize_linear %x, scales = [0.5, 0.25], zero_points = [0, 0], range = [-7, 7], axis = 1 rounding = floor
       : tensor<?x2xf32> -> tensor<?x2xi8>
  %y = onnx.dequantize_linear %q, scales = [0.5, 0.25], zero_points = [0, 0], axis = 1 : tensor<?x2xi8> -> tensor<?x2xf32>
  return %y : tensor<?x2xf32>
}

// CHECK-LABEL: func.func @newer_functions(
// CHECK: onnx.unary gelu
// CHECK: onnx.unary gelu_tanh
// CHECK: onnx.unary mish
// CHECK: onnx.unary celu {{%.*}}, alpha = 2.000000e+00
// CHECK: onnx.unary thresholded_relu {{%.*}}, alpha = 5.000000e-01
func.func @newer_functions(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %0 = onnx.unary gelu %x : tensor<?x2xf32>
  %1 = onnx.unary gelu_tanh %0 : tensor<?x2xf32>
  %2 = onnx.unary mish %1 : tensor<?x2xf32>
  %3 = onnx.unary celu %2, alpha = 2.0 : tensor<?x2xf32>
  %4 = onnx.unary thresholded_relu %3, alpha = 0.5 : tensor<?x2xf32>
  return %4 : tensor<?x2xf32>
}
