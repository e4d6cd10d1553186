// A quantised network as real numbers: one idea per function.
// RUN: wage-opt %s --onnx-strip-quantization | FileCheck %s

// A range on both sides of 0 was chosen to hold what occurs: nothing is left.
// CHECK-LABEL: func.func @both_sides(
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK-NEXT: return %[[X]]
func.func @both_sides(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %q = onnx.quantize_linear %x, scales = [0.1], zero_points = [3], range = [-128, 127] : tensor<?x4xf32> -> tensor<?x4xi8>
  %y = onnx.dequantize_linear %q, scales = [0.1], zero_points = [3] : tensor<?x4xi8> -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// A range from 0 is a function; once is enough.
// CHECK-LABEL: func.func @from_zero(
// CHECK-NEXT: %[[C:.*]] = onnx.unary clip %{{.*}}, alpha = 0.000000e+00, beta = 1.275000e+02
// CHECK-NEXT: %[[R:.*]] = onnx.reshape %[[C]]
// CHECK-NEXT: return %[[R]]
func.func @from_zero(%x: tensor<?x4x1xf32>) -> tensor<?x4xf32> {
  %q = onnx.quantize_linear %x, scales = [0.5], zero_points = [-128], range = [-128, 127]
       : tensor<?x4x1xf32> -> tensor<?x4x1xi8>
  %r = onnx.reshape %q : tensor<?x4x1xi8> -> tensor<?x4xi8>
  %d = onnx.dequantize_linear %r, scales = [0.5], zero_points = [-128] : tensor<?x4xi8> -> tensor<?x4xf32>
  %p = onnx.quantize_linear %d, scales = [0.5], zero_points = [-128], range = [-128, 127] : tensor<?x4xf32> -> tensor<?x4xi8>
  %y = onnx.dequantize_linear %p, scales = [0.5], zero_points = [-128] : tensor<?x4xi8> -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// Behind a function of the network's own the range cuts nothing that matters.
// CHECK-LABEL: func.func @behind_relu(
// CHECK-NEXT: onnx.relu
// CHECK-NEXT: onnx.average_pool
// CHECK-NEXT: return
func.func @behind_relu(%x: tensor<?x4x2x2xf32>) -> tensor<?x4x1x1xf32> {
  %a = onnx.relu %x : tensor<?x4x2x2xf32>
  %q = onnx.quantize_linear %a, scales = [0.5], zero_points = [0], range = [0, 255] : tensor<?x4x2x2xf32> -> tensor<?x4x2x2xui8>
  %d = onnx.dequantize_linear %q, scales = [0.5], zero_points = [0] : tensor<?x4x2x2xui8> -> tensor<?x4x2x2xf32>
  %p = onnx.average_pool %d, kernel = [2, 2], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<?x4x2x2xf32> -> tensor<?x4x1x1xf32>
  %r = onnx.quantize_linear %p, scales = [0.5], zero_points = [0], range = [0, 255] : tensor<?x4x1x1xf32> -> tensor<?x4x1x1xui8>
  %y = onnx.dequantize_linear %r, scales = [0.5], zero_points = [0] : tensor<?x4x1x1xui8> -> tensor<?x4x1x1xf32>
  return %y : tensor<?x4x1x1xf32>
}

// A bound above that nothing reaches is a Relu.
// CHECK-LABEL: func.func @relu_left(
// CHECK-NEXT: onnx.unary tanh
// CHECK-NEXT: onnx.relu
// CHECK-NEXT: return
func.func @relu_left(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %a = onnx.unary tanh %x : tensor<?x4xf32>
  %q = onnx.quantize_linear %a, scales = [0.5], zero_points = [0], range = [0, 255] : tensor<?x4xf32> -> tensor<?x4xui8>
  %y = onnx.dequantize_linear %q, scales = [0.5], zero_points = [0] : tensor<?x4xui8> -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// A range up to 0.
// CHECK-LABEL: func.func @to_zero(
// CHECK-NEXT: onnx.unary clip %{{.*}}, alpha = -1.275000e+02, beta = 0.000000e+00
// CHECK-NEXT: return
func.func @to_zero(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %q = onnx.quantize_linear %x, scales = [0.5], zero_points = [255], range = [0, 255] : tensor<?x4xf32> -> tensor<?x4xui8>
  %y = onnx.dequantize_linear %q, scales = [0.5], zero_points = [255] : tensor<?x4xui8> -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// Few numbers are steps.
// CHECK-LABEL: func.func @steps(
// CHECK-NEXT: %[[S:.*]] = onnx.constant "{{.*}}", value = dense<2.500000e-01> : tensor<f32>
// CHECK-NEXT: %[[D:.*]] = onnx.binary div %{{.*}}, %[[S]]
// CHECK-NEXT: %[[R:.*]] = onnx.unary floor %[[D]]
// CHECK-NEXT: %[[C:.*]] = onnx.unary clip %[[R]], alpha = 0.000000e+00, beta = 1.500000e+01
// CHECK-NEXT: %[[Y:.*]] = onnx.binary mul %[[C]], %[[S]]
// CHECK-NEXT: return %[[Y]]
func.func @steps(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %q = onnx.quantize_linear %x, scales = [0.25], zero_points = [0], range = [0, 15] rounding = floor : tensor<?x4xf32> -> tensor<?x4xui8>
  %y = onnx.dequantize_linear %q, scales = [0.25], zero_points = [0] : tensor<?x4xui8> -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// Steps per channel, with zero points.
// CHECK-LABEL: func.func @steps_per_channel(
// CHECK: onnx.constant "{{.*}}", value = dense<{{\[\[}}[2.500000e-01]], {{\[\[}}5.000000e-01]]]> : tensor<2x1x1xf32>
// CHECK: onnx.constant "{{.*}}", value = dense<{{.*}}> : tensor<2x1x1xf32>
// CHECK: onnx.binary div
// CHECK: onnx.unary round
// CHECK: onnx.binary add
// CHECK: onnx.unary clip
// CHECK: onnx.binary sub
// CHECK: onnx.binary mul
func.func @steps_per_channel(%x: tensor<?x2x3x3xf32>) -> tensor<?x2x3x3xf32> {
  %q = onnx.quantize_linear %x, scales = [0.25, 0.5], zero_points = [1, 2], range = [0, 15], axis = 1
       : tensor<?x2x3x3xf32> -> tensor<?x2x3x3xui8>
  %y = onnx.dequantize_linear %q, scales = [0.25, 0.5], zero_points = [1, 2], axis = 1 : tensor<?x2x3x3xui8> -> tensor<?x2x3x3xf32>
  return %y : tensor<?x2x3x3xf32>
}

// Bytes of a picture.
// CHECK-LABEL: func.func @bytes(
// CHECK-NEXT: %[[F:.*]] = onnx.cast %{{.*}} : tensor<?x4xui8> -> tensor<?x4xf32>
// CHECK-NEXT: %[[Z:.*]] = onnx.constant "{{.*}}", value = dense<1.280000e+02>
// CHECK-NEXT: %[[D:.*]] = onnx.binary sub %[[F]], %[[Z]]
// CHECK-NEXT: %[[S:.*]] = onnx.constant "{{.*}}", value = dense<7.812500e-03>
// CHECK-NEXT: %[[Y:.*]] = onnx.binary mul %[[D]], %[[S]]
// CHECK-NEXT: return %[[Y]]
func.func @bytes(%x: tensor<?x4xui8>) -> tensor<?x4xf32> {
  %y = onnx.dequantize_linear %x, scales = [0.0078125], zero_points = [128] : tensor<?x4xui8> -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// The same integers on another grid: ((x / 0.5 + 1) - 3) * 0.25.
// CHECK-LABEL: func.func @other_grid(
// CHECK: %[[F:.*]] = onnx.constant "{{.*}}", value = dense<5.000000e-01>
// CHECK: %[[P:.*]] = onnx.binary mul %{{.*}}, %[[F]]
// CHECK: %[[O:.*]] = onnx.constant "{{.*}}", value = dense<-5.000000e-01>
// CHECK: %[[Y:.*]] = onnx.binary add %[[P]], %[[O]]
// CHECK: return %[[Y]]
func.func @other_grid(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %q = onnx.quantize_linear %x, scales = [0.5], zero_points = [1], range = [-128, 127] : tensor<?x4xf32> -> tensor<?x4xi8>
  %y = onnx.dequantize_linear %q, scales = [0.25], zero_points = [3] : tensor<?x4xi8> -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// Movements and functions of integers; padding is an integer too.
// CHECK-LABEL: func.func @integers(
// CHECK-NEXT: %[[P:.*]] = onnx.pad constant %{{.*}}, before = [0, 0, 1], after = [0, 0, 0], value = -1.000000e+00 : tensor<?x2x4xf32>
// CHECK-NEXT: %[[M:.*]] = onnx.max_pool %[[P]], {{.*}} : tensor<?x2x5xf32> -> tensor<?x2x4xf32>
// CHECK-NEXT: %[[C:.*]] = onnx.unary clip %[[M]], alpha = -6.450000e+01, beta = 6.250000e+01
// CHECK-NEXT: %[[T:.*]] = onnx.concat %[[C]], %[[C]] axis = 1 : (tensor<?x2x4xf32>, tensor<?x2x4xf32>) -> tensor<?x4x4xf32>
// CHECK-NEXT: return %[[T]]
func.func @integers(%x: tensor<?x2x4xf32>) -> tensor<?x4x4xf32> {
  %q = onnx.quantize_linear %x, scales = [0.5], zero_points = [2], range = [-128, 127] : tensor<?x2x4xf32> -> tensor<?x2x4xi8>
  %p = onnx.pad constant %q, before = [0, 0, 1], after = [0, 0, 0], value = 0.0 : tensor<?x2x4xi8> -> tensor<?x2x5xi8>
  %m = onnx.max_pool %p, kernel = [2], strides = [1], pads = [0, 0] : tensor<?x2x5xi8> -> tensor<?x2x4xi8>
  %f = onnx.cast %m : tensor<?x2x4xi8> -> tensor<?x2x4xf32>
  %c = onnx.unary clip %f, alpha = -127.0, beta = 127.0 : tensor<?x2x4xf32>
  %i = onnx.cast %c : tensor<?x2x4xf32> -> tensor<?x2x4xi8>
  %t = onnx.concat %i, %i axis = 1 : (tensor<?x2x4xi8>, tensor<?x2x4xi8>) -> tensor<?x4x4xi8>
  %y = onnx.dequantize_linear %t, scales = [0.5], zero_points = [2] : tensor<?x4x4xi8> -> tensor<?x4x4xf32>
  return %y : tensor<?x4x4xf32>
}

// Integers that are looked at as numbers: x / 0.5 + 2.
// CHECK-LABEL: func.func @numbers(
// CHECK: onnx.binary mul %{{.*}}, %{{.*}}
// CHECK: onnx.binary add
// CHECK: onnx.unary exp
func.func @numbers(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %q = onnx.quantize_linear %x, scales = [0.5], zero_points = [2], range = [-128, 127] : tensor<?x2xf32> -> tensor<?x2xi8>
  %f = onnx.cast %q : tensor<?x2xi8> -> tensor<?x2xf32>
  %y = onnx.unary exp %f : tensor<?x2xf32>
  return %y : tensor<?x2xf32>
}

// ConvInteger's accumulators on their way to float.
// CHECK-LABEL: func.func @accumulators(
// CHECK: %[[C:.*]] = onnx.mat_mul
// CHECK: %[[Y:.*]] = onnx.binary mul %[[C]]
// CHECK: return %[[Y]]
func.func @accumulators(%x: tensor<?x2xf32>, %w: tensor<2x2xf32>) -> tensor<?x2xf32> {
  %q = onnx.quantize_linear %x, scales = [0.5], zero_points = [2], range = [-128, 127] : tensor<?x2xf32> -> tensor<?x2xi8>
  %f = onnx.dequantize_linear %q, scales = [1.0], zero_points = [2] : tensor<?x2xi8> -> tensor<?x2xf32>
  %c = onnx.mat_mul %f, %w : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
  %i = onnx.cast %c : tensor<?x2xf32> -> tensor<?x2xi32>
  %y = onnx.dequantize_linear %i, scales = [0.25], zero_points = [0] : tensor<?x2xi32> -> tensor<?x2xf32>
  return %y : tensor<?x2xf32>
}

// A bias of integers is on the grid of the sum: 0.5 of it.
// CHECK-LABEL: func.func @integer_bias(
// CHECK: %[[S:.*]] = onnx.constant "{{.*}}", value = dense<5.000000e-01>
// CHECK: %[[B:.*]] = onnx.binary mul %{{.*}}, %[[S]] : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
// CHECK: %[[Y:.*]] = onnx.add %{{.*}}, %[[B]]
// CHECK: return %[[Y]]
func.func @integer_bias(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %b = onnx.constant "b", value = dense<[4.0, 6.0]> : tensor<2xf32>
  %q = onnx.quantize_linear %x, scales = [0.5], zero_points = [2], range = [-128, 127] : tensor<?x2xf32> -> tensor<?x2xi8>
  %f = onnx.cast %q : tensor<?x2xi8> -> tensor<?x2xf32>
  %s = onnx.add %f, %b : tensor<?x2xf32>, tensor<2xf32>
  %i = onnx.cast %s : tensor<?x2xf32> -> tensor<?x2xi8>
  %y = onnx.dequantize_linear %i, scales = [0.5], zero_points = [2] : tensor<?x2xi8> -> tensor<?x2xf32>
  return %y : tensor<?x2xf32>
}

// What is not known stays: integers that are returned, and inputs on different grids.
// CHECK-LABEL: func.func @returned(
// CHECK-NEXT: onnx.quantize_linear
// CHECK-NEXT: return
func.func @returned(%x: tensor<?x2xf32>) -> tensor<?x2xi8> {
  %q = onnx.quantize_linear %x, scales = [0.5], zero_points = [2], range = [-128, 127] : tensor<?x2xf32> -> tensor<?x2xi8>
  return %q : tensor<?x2xi8>
}

// CHECK-LABEL: func.func @different_grids(
// CHECK: onnx.concat {{.*}} -> tensor<?x4xi8>
// CHECK: onnx.cast {{.*}} : tensor<?x4xi8> -> tensor<?x4xf32>
func.func @different_grids(%x: tensor<?x2xf32>) -> tensor<?x4xf32> {
  %a = onnx.quantize_linear %x, scales = [0.5], zero_points = [2], range = [-128, 127] : tensor<?x2xf32> -> tensor<?x2xi8>
  %b = onnx.quantize_linear %x, scales = [0.5], zero_points = [3], range = [-128, 127] : tensor<?x2xf32> -> tensor<?x2xi8>
  %c = onnx.concat %a, %b axis = 1 : (tensor<?x2xi8>, tensor<?x2xi8>) -> tensor<?x4xi8>
  %y = onnx.dequantize_linear %c, scales = [0.5], zero_points = [2] : tensor<?x4xi8> -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}
