// RUN: wage-opt %s -split-input-file --onnx-expand-functions | FileCheck %s --check-prefixes=CHECK,INFER
// RUN: wage-opt %s -split-input-file --onnx-expand-functions=training=true | FileCheck %s --check-prefixes=CHECK,TRAIN

// Products and sums have the constant on the right, as a scalar or with the value's rank.
// CHECK-LABEL: @affine
// CHECK: onnx.binary add %{{.*}}, %{{.*}} : (tensor<?x2x2x2xf32>, tensor<1x2x1x1xf32>)
// CHECK: onnx.binary mul %{{.*}}, %{{.*}} : (tensor<?x2x2x2xf32>, tensor<1x2x1x1xf32>)
// CHECK: %[[R:.*]] = onnx.unary reciprocal
// CHECK: onnx.binary mul %[[R]], %{{.*}} : (tensor<?x2x2x2xf32>, tensor<f32>)
// CHECK: onnx.binary mul %{{.*}}, %{{.*}} : (tensor<?x2x2x2xf32>, tensor<f32>)
// CHECK: onnx.binary add %{{.*}}, %{{.*}} : (tensor<?x2x2x2xf32>, tensor<f32>)
func.func @affine(%x: tensor<?x2x2x2xf32>) -> tensor<?x2x2x2xf32> {
  %c = onnx.constant "c", value = dense<[[[1.0]], [[2.0]]]> : tensor<2x1x1xf32>
  %s = onnx.constant "s", value = dense<4.0> : tensor<1x1x1x1xf32>
  %0 = onnx.binary sub %x, %c : (tensor<?x2x2x2xf32>, tensor<2x1x1xf32>) -> tensor<?x2x2x2xf32>
  %1 = onnx.binary div %0, %c : (tensor<?x2x2x2xf32>, tensor<2x1x1xf32>) -> tensor<?x2x2x2xf32>
  %2 = onnx.binary div %s, %1 : (tensor<1x1x1x1xf32>, tensor<?x2x2x2xf32>) -> tensor<?x2x2x2xf32>
  %3 = onnx.binary sub %s, %2 : (tensor<1x1x1x1xf32>, tensor<?x2x2x2xf32>) -> tensor<?x2x2x2xf32>
  return %3 : tensor<?x2x2x2xf32>
}

// -----

// Near miss: a constant that makes the value larger.
// CHECK-LABEL: @larger
// CHECK: onnx.binary sub
func.func @larger(%x: tensor<?x1xf32>) -> tensor<?x2xf32> {
  %c = onnx.constant "c", value = dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = onnx.binary sub %x, %c : (tensor<?x1xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
}

// -----

// A difference of values is a sum with one of them times -1.
// CHECK-LABEL: @difference
// CHECK: %[[M:.*]] = onnx.binary mul %arg1, %{{.*}} : (tensor<?x2xf32>, tensor<f32>)
// CHECK: onnx.add %arg0, %[[M]]
func.func @difference(%x: tensor<?x2xf32>, %y: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %0 = onnx.binary sub %x, %y : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
}

// -----

// CHECK-LABEL: @unary
// CHECK: onnx.unary clip %arg0, alpha = 5.000000e-01, beta = 0x7F800000
// CHECK: onnx.unary leaky_relu %{{.*}}, alpha = 2.500000e-01
// CHECK: %[[Y:.*]] = onnx.unary tanh
// CHECK: onnx.binary mul %[[Y]], %[[Y]]
// CHECK: onnx.binary mul %{{.*}}, %{{.*}} : (tensor<?x2xf32>, tensor<f32>)
func.func @unary(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %half = onnx.constant "half", value = dense<0.5> : tensor<1xf32>
  %slope = onnx.constant "slope", value = dense<0.25> : tensor<2xf32>
  %two = onnx.constant "two", value = dense<2.0> : tensor<f32>
  %0 = onnx.binary max %half, %x : (tensor<1xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  %1 = onnx.binary p_relu %0, %slope : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  %2 = onnx.unary tanh %1 : tensor<?x2xf32>
  %3 = onnx.binary pow %2, %two : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %4 = onnx.unary neg %3 : tensor<?x2xf32>
  return %4 : tensor<?x2xf32>
}

// -----

// Near misses: slopes per channel, another power, two to the x.
// CHECK-LABEL: @no_unary
// CHECK: onnx.binary p_relu
// CHECK: onnx.binary pow
// CHECK: onnx.binary pow
func.func @no_unary(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %slope = onnx.constant "slope", value = dense<[0.25, 0.5]> : tensor<2xf32>
  %two = onnx.constant "two", value = dense<2.0> : tensor<f32>
  %three = onnx.constant "three", value = dense<3.0> : tensor<f32>
  %0 = onnx.binary p_relu %x, %slope : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  %1 = onnx.binary pow %0, %three : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %2 = onnx.binary pow %two, %1 : (tensor<f32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  return %2 : tensor<?x2xf32>
}

// -----

// Relu6 as exporters write it; in training, Relu is a layer's own.
// CHECK-LABEL: @relu6
// INFER-NEXT: onnx.unary clip %arg0, alpha = 0.000000e+00, beta = 6.000000e+00
// TRAIN-NEXT: onnx.relu
func.func @relu6(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %0 = onnx.relu %x : tensor<?x2xf32>
  %1 = onnx.unary clip %0, alpha = -1.0, beta = 6.0 : tensor<?x2xf32>
  return %1 : tensor<?x2xf32>
}

// -----

// scale / sqrt(variance + epsilon) is 2 and 1, and the offsets 1 - 3 * 2 and 2 - 4.
// CHECK-LABEL: @batch_normalization
// INFER: onnx.constant "bn.scale", value = dense<{{.*}}2.000000e+00{{.*}}1.000000e+00{{.*}}> : tensor<1x2x1xf32>
// INFER: onnx.binary mul %arg0
// INFER: onnx.constant "bn.offset", value = dense<{{.*}}-5.000000e+00{{.*}}-2.000000e+00{{.*}}> : tensor<1x2x1xf32>
// INFER: onnx.binary add
// TRAIN: onnx.batch_normalization
func.func @batch_normalization(%x: tensor<?x2x3xf32>) -> tensor<?x2x3xf32> {
  %s = onnx.constant "s", value = dense<[4.0, 2.0]> : tensor<2xf32>
  %b = onnx.constant "b", value = dense<[1.0, 2.0]> : tensor<2xf32>
  %m = onnx.constant "m", value = dense<[3.0, 4.0]> : tensor<2xf32>
  %v = onnx.constant "v", value = dense<3.0> : tensor<2xf32>
  %y = onnx.batch_normalization %x, scale %s, bias %b, mean %m, variance %v, epsilon = 1.0 : tensor<?x2x3xf32>, tensor<2xf32> loc("bn")
  return %y : tensor<?x2x3xf32>
}

// -----

// Each neuron of the band sums one channel before and one behind.
// CHECK-LABEL: @lrn
// INFER: %[[S:.*]] = onnx.binary mul %arg0, %arg0
// INFER: %[[B:.*]] = onnx.constant "n.band", value = dense<{{\[\[\[\[}}5.000000e-01]], {{\[\[}}5.000000e-01]], {{\[\[}}0.000000e+00]]],
// INFER: %[[C:.*]] = onnx.conv %[[S]], %[[B]] bias %{{.*}}, strides = [1, 1], pads = [0, 0, 0, 0]
// INFER: %[[P:.*]] = onnx.binary pow %[[C]], %{{.*}} : (tensor<?x3x2x2xf32>, tensor<f32>)
// INFER: onnx.binary mul %arg0, %[[P]]
// TRAIN-NEXT: onnx.lrn
func.func @lrn(%x: tensor<?x3x2x2xf32>) -> tensor<?x3x2x2xf32> {
  %0 = onnx.lrn %x, size = 3, alpha = 1.5, beta = 0.75, bias = 1.0 : tensor<?x3x2x2xf32> loc("n")
  return %0 : tensor<?x3x2x2xf32>
}
