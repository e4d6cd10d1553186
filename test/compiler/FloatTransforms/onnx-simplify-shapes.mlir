// RUN: wage-opt %s -split-input-file --onnx-simplify-shapes | FileCheck %s

// What gives back what it takes is gone.
// CHECK-LABEL: @nothing
// CHECK-NEXT: return %arg0
func.func @nothing(%x: tensor<?x4x4x4xf32>) -> tensor<?x4x4x4xf32> {
  %0 = onnx.identity %x : tensor<?x4x4x4xf32>
  %1 = onnx.dropout %0 : tensor<?x4x4x4xf32>
  %2 = onnx.pad reflect %1, before = [0, 0, 0, 0], after = [0, 0, 0, 0], value = 0.0 : tensor<?x4x4x4xf32> -> tensor<?x4x4x4xf32>
  %3 = onnx.slice %2, starts = [0, 0, 0, 0], steps = [1, 1, 1, 1] : tensor<?x4x4x4xf32> -> tensor<?x4x4x4xf32>
  %4 = onnx.gather %3, axis = 2, indices = [0, 1, 2, 3] : tensor<?x4x4x4xf32> -> tensor<?x4x4x4xf32>
  %5 = onnx.max_pool %4, kernel = [1, 1], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<?x4x4x4xf32> -> tensor<?x4x4x4xf32>
  %6 = onnx.concat %5 axis = 1 : (tensor<?x4x4x4xf32>) -> tensor<?x4x4x4xf32>
  %7 = onnx.transpose %6, permutation = [0, 1, 2, 3] : tensor<?x4x4x4xf32> -> tensor<?x4x4x4xf32>
  return %7 : tensor<?x4x4x4xf32>
}

// -----

// Near misses: a mirror, another order, a stride.
// CHECK-LABEL: @something
// CHECK: onnx.slice %arg0, starts = [0, 3], steps = [1, -1]
// CHECK: onnx.gather %{{.*}}, axis = 1, indices = [0, 2, 1, 3]
// CHECK: onnx.reshape
// CHECK: onnx.max_pool
func.func @something(%x: tensor<?x4xf32>) -> tensor<?x1x2x1xf32> {
  %0 = onnx.slice %x, starts = [0, 3], steps = [1, -1] : tensor<?x4xf32> -> tensor<?x4xf32>
  %1 = onnx.gather %0, axis = 1, indices = [0, 2, 1, 3] : tensor<?x4xf32> -> tensor<?x4xf32>
  %2 = onnx.reshape %1 : tensor<?x4xf32> -> tensor<?x1x4x1xf32>
  %3 = onnx.max_pool %2, kernel = [1, 1], strides = [2, 1], pads = [0, 0, 0, 0] : tensor<?x1x4x1xf32> -> tensor<?x1x2x1xf32>
  return %3 : tensor<?x1x2x1xf32>
}

// -----

// Two behind one another are one; opposite transposes are none.
// CHECK-LABEL: @merge
// CHECK: %[[R:.*]] = onnx.reshape %arg0 : tensor<?x2x3x4xf32> -> tensor<?x6x4xf32>
// CHECK-NEXT: %[[S:.*]] = onnx.slice %[[R]], starts = [0, 5, 1], steps = [1, -2, 1] : tensor<?x6x4xf32> -> tensor<?x2x1xf32>
// CHECK-NEXT: return %[[S]]
func.func @merge(%x: tensor<?x2x3x4xf32>) -> tensor<?x2x1xf32> {
  %0 = onnx.transpose %x, permutation = [0, 2, 3, 1] : tensor<?x2x3x4xf32> -> tensor<?x3x4x2xf32>
  %1 = onnx.transpose %0, permutation = [0, 3, 1, 2] : tensor<?x3x4x2xf32> -> tensor<?x2x3x4xf32>
  %2 = onnx.flatten %1 : tensor<?x2x3x4xf32> -> tensor<?x24xf32>
  %3 = onnx.reshape %2 : tensor<?x24xf32> -> tensor<?x6x4xf32>
  %4 = onnx.gather %3, axis = 1, indices = [5, 4, 3] : tensor<?x6x4xf32> -> tensor<?x3x4xf32>
  %5 = onnx.slice %4, starts = [0, 0, 1], steps = [1, 2, 3] : tensor<?x3x4xf32> -> tensor<?x2x1xf32>
  return %5 : tensor<?x2x1xf32>
}

// -----

// A transpose that moves dimensions of 1 only is a reshape; the batch is not of 1.
// CHECK-LABEL: @ones
// CHECK-NEXT: onnx.reshape %arg0 : tensor<?x1x5x7xf32> -> tensor<?x5x7x1xf32>
func.func @ones(%x: tensor<?x1x5x7xf32>) -> tensor<?x5x7x1xf32> {
  %0 = onnx.transpose %x, permutation = [0, 2, 3, 1] : tensor<?x1x5x7xf32> -> tensor<?x5x7x1xf32>
  return %0 : tensor<?x5x7x1xf32>
}

// -----

// CHECK-LABEL: @concats
// CHECK-NEXT: onnx.concat %arg0, %arg1, %arg0 axis = 1
func.func @concats(%x: tensor<?x2xf32>, %y: tensor<?x3xf32>) -> tensor<?x7xf32> {
  %0 = onnx.concat %x, %y axis = 1 : (tensor<?x2xf32>, tensor<?x3xf32>) -> tensor<?x5xf32>
  %1 = onnx.concat %0, %x axis = 1 : (tensor<?x5xf32>, tensor<?x2xf32>) -> tensor<?x7xf32>
  return %1 : tensor<?x7xf32>
}

// -----

// The mean over the space of an NHWC image.
// CHECK-LABEL: @mean
// CHECK-NEXT: %[[T:.*]] = onnx.transpose %arg0, permutation = [0, 3, 1, 2]
// CHECK-NEXT: %[[P:.*]] = onnx.average_pool %[[T]], kernel = [4, 5], strides = [1, 1], pads = [0, 0, 0, 0]
// CHECK-NEXT: onnx.reshape %[[P]] : tensor<?x3x1x1xf32> -> tensor<?x3xf32>
func.func @mean(%x: tensor<?x4x5x3xf32>) -> tensor<?x3xf32> {
  %0 = onnx.reduce_mean %x, axes = [1, 2] : tensor<?x4x5x3xf32> -> tensor<?x3xf32>
  return %0 : tensor<?x3xf32>
}

// -----

// The mean over the last dimension needs no transpose.
// CHECK-LABEL: @mean_of_rows
// CHECK-NEXT: %[[R:.*]] = onnx.reshape %arg0 : tensor<?x4x5xf32> -> tensor<?x4x1x5xf32>
// CHECK-NEXT: %[[P:.*]] = onnx.average_pool %[[R]], kernel = [1, 5]
// CHECK-NEXT: onnx.reshape %[[P]] : tensor<?x4x1x1xf32> -> tensor<?x4x1xf32>
func.func @mean_of_rows(%x: tensor<?x4x5xf32>) -> tensor<?x4x1xf32> {
  %0 = onnx.reduce_mean %x, axes = [2] keep_dims : tensor<?x4x5xf32> -> tensor<?x4x1xf32>
  return %0 : tensor<?x4x1xf32>
}
