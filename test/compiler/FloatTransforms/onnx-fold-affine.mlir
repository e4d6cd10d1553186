// RUN: wage-opt %s -split-input-file --onnx-fold-affine | FileCheck %s

// Behind a layer: into its weights by neuron, and its bias. A Gemm's neurons may be its columns.
// CHECK-LABEL: @behind
// CHECK: onnx.constant "w", value = dense<{{\[\[}}2.000000e+00, -3.000000e+00], [2.000000e+00, -3.000000e+00]]> : tensor<2x2xf32>
// CHECK: onnx.constant "b", value = dense<[3.000000e+00, -2.000000e+00]> : tensor<2xf32>
// CHECK-NOT: onnx.binary
func.func @behind(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<1.0> : tensor<2x2xf32>
  %b = onnx.constant "b", value = dense<1.0> : tensor<2xf32>
  %s = onnx.constant "s", value = dense<[[2.0, -3.0]]> : tensor<1x2xf32>
  %t = onnx.constant "t", value = dense<1.0> : tensor<f32>
  %0 = onnx.gemm %x, %w bias %b : (tensor<?x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  %1 = onnx.binary mul %0, %s : (tensor<?x2xf32>, tensor<1x2xf32>) -> tensor<?x2xf32>
  %2 = onnx.binary add %1, %t : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  return %2 : tensor<?x2xf32>
}

// -----

// Near misses: the layer's value has another use, and a scale that varies over the plane.
// CHECK-LABEL: @not_behind
// CHECK: onnx.binary mul
// CHECK: onnx.binary mul
func.func @not_behind(%x: tensor<?x1x1x2xf32>) -> (tensor<?x1x1x2xf32>, tensor<?x1x1x2xf32>) {
  %w = onnx.constant "w", value = dense<1.0> : tensor<1x1x1x1xf32>
  %s = onnx.constant "s", value = dense<2.0> : tensor<f32>
  %p = onnx.constant "p", value = dense<[[[[1.0, 2.0]]]]> : tensor<1x1x1x2xf32>
  %0 = onnx.conv %x, %w, strides = [1, 1], pads = [0, 0, 0, 0] : (tensor<?x1x1x2xf32>, tensor<1x1x1x1xf32>) -> tensor<?x1x1x2xf32>
  %1 = onnx.binary mul %0, %s : (tensor<?x1x1x2xf32>, tensor<f32>) -> tensor<?x1x1x2xf32>
  %2 = onnx.relu %0 : tensor<?x1x1x2xf32>
  %3 = onnx.conv %2, %w, strides = [1, 1], pads = [0, 0, 0, 0] : (tensor<?x1x1x2xf32>, tensor<1x1x1x1xf32>) -> tensor<?x1x1x2xf32>
  %4 = onnx.binary mul %3, %p : (tensor<?x1x1x2xf32>, tensor<1x1x1x2xf32>) -> tensor<?x1x1x2xf32>
  return %1, %4 : tensor<?x1x1x2xf32>, tensor<?x1x1x2xf32>
}

// -----

// In front of layers, through what lets a positive scale pass; a constant added on the way becomes smaller.
// CHECK-LABEL: @front
// CHECK: %[[A:.*]] = onnx.binary add %{{.*}}, %{{.*}} : (tensor<?x2x2x2xf32>, tensor<1x2x1x1xf32>)
// CHECK: onnx.relu %[[A]]
// CHECK: %[[W:.*]] = onnx.constant "w", value = dense<{{\[\[}}2.000000e+00, 4.000000e+00]]> : tensor<1x2xf32>
// CHECK: onnx.gemm %{{.*}}, %[[W]] trans_b
// CHECK-NOT: onnx.binary mul
func.func @front(%x: tensor<?x2x2x2xf32>) -> tensor<?x1xf32> {
  %w = onnx.constant "w", value = dense<1.0> : tensor<1x2xf32>
  %s = onnx.constant "s", value = dense<[[[[2.0]], [[4.0]]]]> : tensor<1x2x1x1xf32>
  %t = onnx.constant "t", value = dense<1.0> : tensor<f32>
  %0 = onnx.max_pool %x, kernel = [2, 2], strides = [1, 1], pads = [1, 1, 0, 0] : tensor<?x2x2x2xf32> -> tensor<?x2x2x2xf32>
  %1 = onnx.binary mul %0, %s : (tensor<?x2x2x2xf32>, tensor<1x2x1x1xf32>) -> tensor<?x2x2x2xf32>
  %2 = onnx.binary add %1, %t : (tensor<?x2x2x2xf32>, tensor<f32>) -> tensor<?x2x2x2xf32>
  %3 = onnx.relu %2 : tensor<?x2x2x2xf32>
  %4 = onnx.average_pool %3, kernel = [2, 2], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<?x2x2x2xf32> -> tensor<?x2x1x1xf32>
  %5 = onnx.reshape %4 : tensor<?x2x1x1xf32> -> tensor<?x2xf32>
  %6 = onnx.gemm %5, %w trans_b : (tensor<?x2xf32>, tensor<1x2xf32>) -> tensor<?x1xf32>
  return %6 : tensor<?x1xf32>
}

// -----

// Near misses: a negative scale before a Relu; a branch that leads to no layer; a scale of the network's input.
// CHECK-LABEL: @not_front
// CHECK: onnx.binary mul %arg0
// CHECK: onnx.max_pool
// CHECK: onnx.binary mul
// CHECK: onnx.relu
// CHECK: onnx.binary mul
func.func @not_front(%x: tensor<?x2x2x2xf32>) -> (tensor<?x2x1x1xf32>, tensor<?x2x1x1xf32>) {
  %w = onnx.constant "w", value = dense<1.0> : tensor<2x2x1x1xf32>
  %two = onnx.constant "two", value = dense<2.0> : tensor<f32>
  %minus = onnx.constant "minus", value = dense<-1.0> : tensor<f32>
  %0 = onnx.binary mul %x, %two : (tensor<?x2x2x2xf32>, tensor<f32>) -> tensor<?x2x2x2xf32>
  %1 = onnx.max_pool %0, kernel = [2, 2], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<?x2x2x2xf32> -> tensor<?x2x1x1xf32>
  %2 = onnx.binary mul %1, %minus : (tensor<?x2x1x1xf32>, tensor<f32>) -> tensor<?x2x1x1xf32>
  %3 = onnx.relu %2 : tensor<?x2x1x1xf32>
  %4 = onnx.binary mul %3, %two : (tensor<?x2x1x1xf32>, tensor<f32>) -> tensor<?x2x1x1xf32>
  %5 = onnx.conv %4, %w, strides = [1, 1], pads = [0, 0, 0, 0] : (tensor<?x2x1x1xf32>, tensor<2x2x1x1xf32>) -> tensor<?x2x1x1xf32>
  return %4, %5 : tensor<?x2x1x1xf32>, tensor<?x2x1x1xf32>
}

// -----

// An offset goes into the bias of the layer behind it, and through the branch of a concat.
// CHECK-LABEL: @offset
// CHECK: onnx.constant "t", value = dense<[3.000000e+00, 6.000000e+00]> : tensor<2xf32>
// CHECK: onnx.gemm %{{.*}} bias
// CHECK-NOT: onnx.binary
func.func @offset(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<[[1.0, 2.0], [1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]> : tensor<4x2xf32>
  %t = onnx.constant "t", value = dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %0 = onnx.unary tanh %x : tensor<?x2xf32>
  %p = onnx.add %0, %0 : tensor<?x2xf32>, tensor<?x2xf32>
  %1 = onnx.binary add %p, %t : (tensor<?x2xf32>, tensor<1x2xf32>) -> tensor<?x2xf32>
  %2 = onnx.concat %0, %1 axis = 1 : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x4xf32>
  %3 = onnx.gemm %2, %w : (tensor<?x4xf32>, tensor<4x2xf32>) -> tensor<?x2xf32>
  return %3 : tensor<?x2xf32>
}

// -----

// Near miss: zeros around the image would have to become the offset too.
// CHECK-LABEL: @padded_offset
// CHECK: onnx.binary add
func.func @padded_offset(%x: tensor<?x1x2x2xf32>) -> tensor<?x1x2x2xf32> {
  %w = onnx.constant "w", value = dense<1.0> : tensor<1x1x3x3xf32>
  %t = onnx.constant "t", value = dense<1.0> : tensor<f32>
  %0 = onnx.max_pool %x, kernel = [2, 2], strides = [1, 1], pads = [1, 1, 0, 0] : tensor<?x1x2x2xf32> -> tensor<?x1x2x2xf32>
  %1 = onnx.binary add %0, %t : (tensor<?x1x2x2xf32>, tensor<f32>) -> tensor<?x1x2x2xf32>
  %2 = onnx.conv %1, %w, strides = [1, 1], pads = [1, 1, 1, 1] : (tensor<?x1x2x2xf32>, tensor<1x1x3x3xf32>) -> tensor<?x1x2x2xf32>
  return %2 : tensor<?x1x2x2xf32>
}

// -----

// A layer further before: each channel's scale, though it stands behind the flattened image.
// CHECK-LABEL: @far_before
// CHECK: onnx.constant "w", value = dense<{{\[\[\[\[}}-1.000000e+00]]], {{\[\[\[}}2.000000e+00]]]]> : tensor<2x1x1x1xf32>
// CHECK-NOT: onnx.binary
func.func @far_before(%x: tensor<?x1x2x2xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<1.0> : tensor<2x1x1x1xf32>
  %s = onnx.constant "s", value = dense<[[-1.0, 2.0]]> : tensor<1x2xf32>
  %0 = onnx.conv %x, %w, strides = [1, 1], pads = [0, 0, 0, 0] : (tensor<?x1x2x2xf32>, tensor<2x1x1x1xf32>) -> tensor<?x2x2x2xf32>
  %1 = onnx.average_pool %0, kernel = [2, 2], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<?x2x2x2xf32> -> tensor<?x2x1x1xf32>
  %2 = onnx.reshape %1 : tensor<?x2x1x1xf32> -> tensor<?x2xf32>
  %3 = onnx.binary mul %2, %s : (tensor<?x2xf32>, tensor<1x2xf32>) -> tensor<?x2xf32>
  return %3 : tensor<?x2xf32>
}

// -----

// What is left is a product and then a sum: ((x + 1) * 2 + 3) * 4 = x * 8 + 20.
// CHECK-LABEL: @merge
// CHECK: onnx.constant "{{.*}}", value = dense<8.000000e+00> : tensor<f32>
// CHECK: onnx.binary mul %arg0
// CHECK: onnx.constant "{{.*}}", value = dense<2.000000e+01> : tensor<f32>
// CHECK: onnx.binary add
// CHECK-NEXT: return
func.func @merge(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %a = onnx.constant "a", value = dense<1.0> : tensor<f32>
  %b = onnx.constant "b", value = dense<2.0> : tensor<f32>
  %c = onnx.constant "c", value = dense<3.0> : tensor<f32>
  %d = onnx.constant "d", value = dense<4.0> : tensor<f32>
  %0 = onnx.binary add %x, %a : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %1 = onnx.binary mul %0, %b : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %2 = onnx.binary add %1, %c : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %3 = onnx.binary mul %2, %d : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  return %3 : tensor<?x2xf32>
}

// -----

// What has no numbers has no factors either: dimensions of 0 stay out of it.
// CHECK-LABEL: @empty
// CHECK: onnx.binary mul
// CHECK: onnx.transpose
func.func @empty(%x: tensor<?x3x0xf32>) -> tensor<?x3xf32> {
  %c = onnx.constant "c", value = dense<[[[1.0], [2.0], [3.0]]]> : tensor<1x3x1xf32>
  %0 = onnx.softmax %x, axis = 1 : tensor<?x3x0xf32>
  %1 = onnx.binary mul %0, %c : (tensor<?x3x0xf32>, tensor<1x3x1xf32>) -> tensor<?x3x0xf32>
  %2 = onnx.transpose %1, permutation = [0, 2, 1] : tensor<?x3x0xf32> -> tensor<?x0x3xf32>
  %3 = onnx.reduce_mean %2, axes = [1] : tensor<?x0x3xf32> -> tensor<?x3xf32>
  return %3 : tensor<?x3xf32>
}
