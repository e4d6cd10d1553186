// RUN: wage-opt %s -split-input-file --onnx-move-transposes | FileCheck %s --check-prefixes=CHECK,INFER
// RUN: wage-opt %s -split-input-file --onnx-move-transposes=training=true | FileCheck %s --check-prefixes=CHECK,TRAIN

// Down through all that does not care, constants, pads and slices with it, until the opposite comes.
// CHECK-LABEL: @nhwc
// CHECK-NOT: onnx.transpose
// CHECK: onnx.binary add %{{.*}}, %{{.*}} : (tensor<?x2x4x4xf32>, tensor<1x2x1x1xf32>)
// CHECK: onnx.relu
// CHECK: onnx.pad constant %{{.*}}, before = [0, 0, 1, 0], after = [0, 0, 2, 0]
// CHECK: onnx.slice %{{.*}}, starts = [0, 1, 0, 0], steps = [1, -1, 1, 1] : tensor<?x2x7x4xf32> -> tensor<?x2x7x3xf32>
// CHECK: onnx.concat %{{.*}}, %{{.*}} axis = 1
// CHECK: onnx.max_pool
func.func @nhwc(%x: tensor<?x2x4x4xf32>) -> tensor<?x4x7x3xf32> {
  %c = onnx.constant "c", value = dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = onnx.max_pool %x, kernel = [3, 3], strides = [1, 1], pads = [1, 1, 1, 1] : tensor<?x2x4x4xf32> -> tensor<?x2x4x4xf32>
  %1 = onnx.transpose %0, permutation = [0, 2, 3, 1] : tensor<?x2x4x4xf32> -> tensor<?x4x4x2xf32>
  %2 = onnx.binary add %1, %c : (tensor<?x4x4x2xf32>, tensor<2xf32>) -> tensor<?x4x4x2xf32>
  %3 = onnx.relu %2 : tensor<?x4x4x2xf32>
  %4 = onnx.pad constant %3, before = [0, 1, 0, 0], after = [0, 2, 0, 0], value = 0.0 : tensor<?x4x4x2xf32> -> tensor<?x7x4x2xf32>
  %5 = onnx.slice %4, starts = [0, 0, 0, 1], steps = [1, 1, 1, -1] : tensor<?x7x4x2xf32> -> tensor<?x7x3x2xf32>
  %6 = onnx.concat %5, %5 axis = 3 : (tensor<?x7x3x2xf32>, tensor<?x7x3x2xf32>) -> tensor<?x7x3x4xf32>
  %7 = onnx.transpose %6, permutation = [0, 3, 1, 2] : tensor<?x7x3x4xf32> -> tensor<?x4x7x3xf32>
  %8 = onnx.max_pool %7, kernel = [1, 3], strides = [1, 1], pads = [0, 1, 0, 1] : tensor<?x4x7x3xf32> -> tensor<?x4x7x3xf32>
  return %8 : tensor<?x4x7x3xf32>
}

// -----

// A sum of two branches, and a product with what has one number per channel.
// CHECK-LABEL: @branches
// CHECK: %[[A:.*]] = onnx.add %[[X:.*]], %[[Y:.*]] : tensor<?x2x4x4xf32>, tensor<?x2x4x4xf32>
// CHECK: %[[M:.*]] = onnx.average_pool
// CHECK: onnx.binary mul %[[A]], %{{.*}} : (tensor<?x2x4x4xf32>, tensor<?x2x1x1xf32>) -> tensor<?x2x4x4xf32>
// CHECK: onnx.transpose
// CHECK-NEXT: return
func.func @branches(%x: tensor<?x2x4x4xf32>) -> tensor<?x4x4x2xf32> {
  %0 = onnx.max_pool %x, kernel = [3, 3], strides = [1, 1], pads = [1, 1, 1, 1] : tensor<?x2x4x4xf32> -> tensor<?x2x4x4xf32>
  %1 = onnx.average_pool %x, kernel = [3, 3], strides = [1, 1], pads = [1, 1, 1, 1] : tensor<?x2x4x4xf32> -> tensor<?x2x4x4xf32>
  %2 = onnx.transpose %0, permutation = [0, 2, 3, 1] : tensor<?x2x4x4xf32> -> tensor<?x4x4x2xf32>
  %3 = onnx.transpose %1, permutation = [0, 2, 3, 1] : tensor<?x2x4x4xf32> -> tensor<?x4x4x2xf32>
  %4 = onnx.add %2, %3 : tensor<?x4x4x2xf32>, tensor<?x4x4x2xf32>
  %5 = onnx.average_pool %1, kernel = [4, 4], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<?x2x4x4xf32> -> tensor<?x2x1x1xf32>
  %6 = onnx.transpose %5, permutation = [0, 2, 3, 1] : tensor<?x2x1x1xf32> -> tensor<?x1x1x2xf32>
  %7 = onnx.unary sigmoid %6 : tensor<?x1x1x2xf32>
  %8 = onnx.binary mul %4, %7 : (tensor<?x4x4x2xf32>, tensor<?x1x1x2xf32>) -> tensor<?x4x4x2xf32>
  return %8 : tensor<?x4x4x2xf32>
}

// -----

// Near misses: a sum with what is not moved, softmax.
// CHECK-LABEL: @cares
// CHECK: onnx.transpose
// CHECK: onnx.add
// CHECK: onnx.softmax
func.func @cares(%x: tensor<?x2x2x2xf32>) -> tensor<?x2x2x2xf32> {
  %0 = onnx.max_pool %x, kernel = [3, 3], strides = [1, 1], pads = [1, 1, 1, 1] : tensor<?x2x2x2xf32> -> tensor<?x2x2x2xf32>
  %1 = onnx.transpose %0, permutation = [0, 2, 3, 1] : tensor<?x2x2x2xf32> -> tensor<?x2x2x2xf32>
  %2 = onnx.add %1, %0 : tensor<?x2x2x2xf32>, tensor<?x2x2x2xf32>
  %3 = onnx.softmax %2, axis = 3 : tensor<?x2x2x2xf32>
  return %3 : tensor<?x2x2x2xf32>
}

// -----

// Nor with a value of the same numbers under its own shape: neither has to move more than the other.
// CHECK-LABEL: @balanced
// CHECK: %[[R:.*]] = onnx.reshape %{{.*}} : tensor<?x2x1x1xf32> -> tensor<?x2xf32>
// CHECK: onnx.binary mul %[[R]], %{{.*}} : (tensor<?x2xf32>, tensor<?x2xf32>)
func.func @balanced(%x: tensor<?x2x2x2xf32>, %y: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %0 = onnx.max_pool %x, kernel = [2, 2], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<?x2x2x2xf32> -> tensor<?x2x1x1xf32>
  %1 = onnx.reshape %0 : tensor<?x2x1x1xf32> -> tensor<?x2xf32>
  %2 = onnx.softmax %y, axis = 1 : tensor<?x2xf32>
  %3 = onnx.binary mul %1, %2 : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  return %3 : tensor<?x2xf32>
}

// -----

// The input's own order stands in front of what is done to each of its numbers.
// CHECK-LABEL: @input
// CHECK: %[[T:.*]] = onnx.transpose %arg0, permutation = [0, 3, 1, 2] : tensor<?x4x4x3xui8>
// CHECK-NEXT: %[[C:.*]] = onnx.cast %[[T]]
// CHECK: onnx.binary add %[[C]], %{{.*}} : (tensor<?x3x4x4xf32>, tensor<1x3x1x1xf32>)
// CHECK: onnx.max_pool
func.func @input(%x: tensor<?x4x4x3xui8>) -> tensor<?x3x2x2xf32> {
  %m = onnx.constant "m", value = dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %0 = onnx.cast %x : tensor<?x4x4x3xui8> -> tensor<?x4x4x3xf32>
  %1 = onnx.binary add %0, %m : (tensor<?x4x4x3xf32>, tensor<3xf32>) -> tensor<?x4x4x3xf32>
  %2 = onnx.transpose %1, permutation = [0, 3, 1, 2] : tensor<?x4x4x3xf32> -> tensor<?x3x4x4xf32>
  %3 = onnx.max_pool %2, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<?x3x4x4xf32> -> tensor<?x3x2x2xf32>
  return %3 : tensor<?x3x2x2xf32>
}

// -----

// A border around the input stands behind its transpose, in the image's order.
// CHECK-LABEL: @padded_input
// CHECK-NEXT: %[[T:.*]] = onnx.transpose %arg0, permutation = [0, 3, 1, 2] : tensor<?x4x4x3xf32> -> tensor<?x3x4x4xf32>
// CHECK-NEXT: %[[P:.*]] = onnx.pad constant %[[T]], before = [0, 0, 1, 0], after = [0, 0, 2, 1], value = 0.000000e+00
// CHECK-NEXT: onnx.slice %[[P]], starts = [0, 1, 0, 0], steps = [1, 1, 1, 2] : tensor<?x3x7x5xf32> -> tensor<?x2x7x3xf32>
func.func @padded_input(%x: tensor<?x4x4x3xf32>) -> tensor<?x2x7x3xf32> {
  %0 = onnx.pad constant %x, before = [0, 1, 0, 0], after = [0, 2, 1, 0], value = 0.0 : tensor<?x4x4x3xf32> -> tensor<?x7x5x3xf32>
  %1 = onnx.transpose %0, permutation = [0, 3, 1, 2] : tensor<?x7x5x3xf32> -> tensor<?x3x7x5xf32>
  %2 = onnx.slice %1, starts = [0, 1, 0, 0], steps = [1, 1, 1, 2] : tensor<?x3x7x5xf32> -> tensor<?x2x7x3xf32>
  return %2 : tensor<?x2x7x3xf32>
}

// -----

// Dimensions of 1 come and go between layers over one dimension.
// CHECK-LABEL: @ones
// CHECK: %[[M:.*]] = onnx.max_pool
// CHECK-NEXT: %[[R:.*]] = onnx.relu %[[M]] : tensor<?x2x1x4xf32>
// CHECK-NEXT: onnx.max_pool %[[R]]
func.func @ones(%x: tensor<?x2x1x4xf32>) -> tensor<?x2x1x4xf32> {
  %0 = onnx.max_pool %x, kernel = [1, 3], strides = [1, 1], pads = [0, 1, 0, 1] : tensor<?x2x1x4xf32> -> tensor<?x2x1x4xf32>
  %1 = onnx.transpose %0, permutation = [0, 2, 3, 1] : tensor<?x2x1x4xf32> -> tensor<?x1x4x2xf32>
  %2 = onnx.reshape %1 : tensor<?x1x4x2xf32> -> tensor<?x4x2xf32>
  %3 = onnx.relu %2 : tensor<?x4x2xf32>
  %4 = onnx.transpose %3, permutation = [0, 2, 1] : tensor<?x4x2xf32> -> tensor<?x2x4xf32>
  %5 = onnx.reshape %4 : tensor<?x2x4xf32> -> tensor<?x2x1x4xf32>
  %6 = onnx.max_pool %5, kernel = [1, 3], strides = [1, 1], pads = [0, 1, 0, 1] : tensor<?x2x1x4xf32> -> tensor<?x2x1x4xf32>
  return %6 : tensor<?x2x1x4xf32>
}

// -----

// The axons of a Gemm follow the image's own order: channel 0 of all positions first.
// CHECK-LABEL: @gemm
// INFER-NOT: onnx.transpose
// INFER: onnx.constant "w", value = dense<{{\[}}[1.000000e+00], [3.000000e+00], [2.000000e+00], [4.000000e+00]]> : tensor<4x1xf32>
// TRAIN: onnx.transpose
// TRAIN: dense<{{\[}}[1.000000e+00], [2.000000e+00], [3.000000e+00], [4.000000e+00]]>
func.func @gemm(%x: tensor<?x2x1x2xf32>) -> tensor<?x1xf32> {
  %0 = onnx.transpose %x, permutation = [0, 2, 3, 1] : tensor<?x2x1x2xf32> -> tensor<?x1x2x2xf32>
  %1 = onnx.reshape %0 : tensor<?x1x2x2xf32> -> tensor<?x4xf32>
  %w = onnx.constant "w", value = dense<[[1.0], [2.0], [3.0], [4.0]]> : tensor<4x1xf32>
  %2 = onnx.gemm %1, %w : (tensor<?x4xf32>, tensor<4x1xf32>) -> tensor<?x1xf32>
  return %2 : tensor<?x1xf32>
}

// -----

// What has no numbers has no factors that could be moved with it.
// CHECK-LABEL: @empty
// CHECK: onnx.binary mul
// CHECK: onnx.transpose
func.func @empty(%x: tensor<?x3x0xf32>) -> tensor<?x0x3xf32> {
  %c = onnx.constant "c", value = dense<[[[1.0], [2.0], [3.0]]]> : tensor<1x3x1xf32>
  %0 = onnx.binary mul %x, %c : (tensor<?x3x0xf32>, tensor<1x3x1xf32>) -> tensor<?x3x0xf32>
  %1 = onnx.transpose %0, permutation = [0, 2, 1] : tensor<?x3x0xf32> -> tensor<?x0x3xf32>
  return %1 : tensor<?x0x3xf32>
}
