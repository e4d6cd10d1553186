// RUN: wage-opt %s -split-input-file --onnx-merge-pads | FileCheck %s

// CHECK-LABEL: @conv
// CHECK-NOT: onnx.pad
// CHECK: onnx.conv %arg0, %{{.*}}, strides = [1, 1], pads = [2, 1, 0, 1]
func.func @conv(%x: tensor<?x1x4x4xf32>) -> tensor<?x1x4x4xf32> {
  %w = onnx.constant "w", value = dense<1.0> : tensor<1x1x3x3xf32>
  %0 = onnx.pad constant %x, before = [0, 0, 1, 1], after = [0, 0, 0, 1], value = 0.0 : tensor<?x1x4x4xf32> -> tensor<?x1x5x6xf32>
  %1 = onnx.conv %0, %w, strides = [1, 1], pads = [1, 0, 0, 0] : (tensor<?x1x5x6xf32>, tensor<1x1x3x3xf32>) -> tensor<?x1x4x4xf32>
  return %1 : tensor<?x1x4x4xf32>
}

// -----

// Near misses: another number, another mode, channels.
// CHECK-LABEL: @others
// CHECK-COUNT-3: onnx.pad
// CHECK: onnx.conv %{{.*}}, %{{.*}}, strides = [1, 1], pads = [0, 0, 0, 0]
func.func @others(%x: tensor<?x1x4x4xf32>) -> tensor<?x1x4x4xf32> {
  %w = onnx.constant "w", value = dense<1.0> : tensor<1x1x3x3xf32>
  %v = onnx.constant "v", value = dense<1.0> : tensor<1x2x3x3xf32>
  %0 = onnx.pad constant %x, before = [0, 0, 1, 1], after = [0, 0, 1, 1], value = 1.0 : tensor<?x1x4x4xf32> -> tensor<?x1x6x6xf32>
  %1 = onnx.conv %0, %w, strides = [1, 1], pads = [0, 0, 0, 0] : (tensor<?x1x6x6xf32>, tensor<1x1x3x3xf32>) -> tensor<?x1x4x4xf32>
  %2 = onnx.pad edge %1, before = [0, 0, 1, 1], after = [0, 0, 1, 1], value = 0.0 : tensor<?x1x4x4xf32> -> tensor<?x1x6x6xf32>
  %3 = onnx.conv %2, %w, strides = [1, 1], pads = [0, 0, 0, 0] : (tensor<?x1x6x6xf32>, tensor<1x1x3x3xf32>) -> tensor<?x1x4x4xf32>
  %4 = onnx.pad constant %3, before = [0, 1, 1, 1], after = [0, 0, 1, 1], value = 0.0 : tensor<?x1x4x4xf32> -> tensor<?x2x6x6xf32>
  %5 = onnx.conv %4, %v, strides = [1, 1], pads = [0, 0, 0, 0] : (tensor<?x2x6x6xf32>, tensor<1x2x3x3xf32>) -> tensor<?x1x4x4xf32>
  return %5 : tensor<?x1x4x4xf32>
}

// -----

// An average over zeros counts them; one that does not count its own padding keeps apart.
// CHECK-LABEL: @average
// CHECK: onnx.average_pool %arg0, kernel = [2, 2], strides = [2, 2], pads = [1, 1, 1, 1] count_include_pad
// CHECK: onnx.pad
// CHECK: onnx.average_pool %{{.*}}, kernel = [2, 2], strides = [1, 1], pads = [1, 0, 0, 0]
func.func @average(%x: tensor<?x1x4x4xf32>) -> tensor<?x1x5x4xf32> {
  %0 = onnx.pad constant %x, before = [0, 0, 1, 1], after = [0, 0, 1, 1], value = 0.0 : tensor<?x1x4x4xf32> -> tensor<?x1x6x6xf32>
  %1 = onnx.average_pool %0, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<?x1x6x6xf32> -> tensor<?x1x3x3xf32>
  %2 = onnx.pad constant %1, before = [0, 0, 1, 1], after = [0, 0, 1, 1], value = 0.0 : tensor<?x1x3x3xf32> -> tensor<?x1x5x5xf32>
  %3 = onnx.average_pool %2, kernel = [2, 2], strides = [1, 1], pads = [1, 0, 0, 0] : tensor<?x1x5x5xf32> -> tensor<?x1x5x4xf32>
  return %3 : tensor<?x1x5x4xf32>
}

// -----

// A zero never wins against what is never negative.
// CHECK-LABEL: @max
// CHECK: %[[R:.*]] = onnx.relu %arg0
// CHECK-NEXT: %[[M:.*]] = onnx.max_pool %[[R]], kernel = [3, 3], strides = [2, 2], pads = [1, 1, 1, 1]
// CHECK-NEXT: %[[T:.*]] = onnx.unary tanh %[[M]]
// CHECK-NEXT: %[[P:.*]] = onnx.pad constant %[[T]]
// CHECK-NEXT: onnx.max_pool %[[P]]
func.func @max(%x: tensor<?x1x4x4xf32>) -> tensor<?x1x2x2xf32> {
  %r = onnx.relu %x : tensor<?x1x4x4xf32>
  %0 = onnx.pad constant %r, before = [0, 0, 1, 1], after = [0, 0, 1, 1], value = 0.0 : tensor<?x1x4x4xf32> -> tensor<?x1x6x6xf32>
  %1 = onnx.max_pool %0, kernel = [3, 3], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<?x1x6x6xf32> -> tensor<?x1x2x2xf32>
  %2 = onnx.unary tanh %1 : tensor<?x1x2x2xf32>
  %3 = onnx.pad constant %2, before = [0, 0, 1, 1], after = [0, 0, 1, 1], value = 0.0 : tensor<?x1x2x2xf32> -> tensor<?x1x4x4xf32>
  %4 = onnx.max_pool %3, kernel = [3, 3], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<?x1x4x4xf32> -> tensor<?x1x2x2xf32>
  return %4 : tensor<?x1x2x2xf32>
}

// -----

// Padding as wide as the window: a window of zeros alone has no maximum without them.
// CHECK-LABEL: @too_wide
// CHECK: onnx.pad
func.func @too_wide(%x: tensor<?x1x4x4xf32>) -> tensor<?x1x4x4xf32> {
  %r = onnx.relu %x : tensor<?x1x4x4xf32>
  %0 = onnx.pad constant %r, before = [0, 0, 2, 2], after = [0, 0, 2, 2], value = 0.0 : tensor<?x1x4x4xf32> -> tensor<?x1x8x8xf32>
  %1 = onnx.max_pool %0, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<?x1x8x8xf32> -> tensor<?x1x4x4xf32>
  return %1 : tensor<?x1x4x4xf32>
}
