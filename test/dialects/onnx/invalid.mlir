// Every labelled constraint refuses; the functions carry the labels.
// RUN: wage-opt %s -split-input-file -verify-diagnostics

func.func @conv_c1(%x: tensor<?x2x8x8xf32>, %w: tensor<4x1x3x3xf32>) {
  // expected-error@+1 {{'onnx.conv' op weights 'tensor<4x1x3x3xf32>' need 1 input channels, got 'tensor<?x2x8x8xf32>'}}
  %y = onnx.conv %x, %w, strides = [1, 1], pads = [0, 0, 0, 0]
       : (tensor<?x2x8x8xf32>, tensor<4x1x3x3xf32>) -> tensor<?x4x6x6xf32>
  return
}

// -----

func.func @conv_c1_result(%x: tensor<?x1x8x8xf32>, %w: tensor<4x1x3x3xf32>) {
  // expected-error@+1 {{'onnx.conv' op result must be 'tensor<?x4x3x3xf32>', got 'tensor<?x4x4x4xf32>'}}
  %y = onnx.conv %x, %w, strides = [2, 2], pads = [0, 0, 0, 0]
       : (tensor<?x1x8x8xf32>, tensor<4x1x3x3xf32>) -> tensor<?x4x4x4xf32>
  return
}

// -----

func.func @conv_c1_bias(%x: tensor<?x1x8x8xf32>, %w: tensor<4x1x3x3xf32>, %b: tensor<3xf32>) {
  // expected-error@+1 {{'onnx.conv' op bias must be 'tensor<4xf32>', got 'tensor<3xf32>'}}
  %y = onnx.conv %x, %w bias %b, strides = [1, 1], pads = [0, 0, 0, 0]
       : (tensor<?x1x8x8xf32>, tensor<4x1x3x3xf32>, tensor<3xf32>) -> tensor<?x4x6x6xf32>
  return
}

// -----

func.func @conv_c1_kernel(%x: tensor<?x1x2x8xf32>, %w: tensor<4x1x3x3xf32>) {
  // expected-error@+1 {{'onnx.conv' op kernel 3x3 is larger than the padded input 'tensor<?x1x2x8xf32>'}}
  %y = onnx.conv %x, %w, strides = [1, 1], pads = [0, 0, 0, 0]
       : (tensor<?x1x2x8xf32>, tensor<4x1x3x3xf32>) -> tensor<?x4x1x6xf32>
  return
}

// -----

func.func @conv_c1_dynamic(%x: tensor<?x1x?x8xf32>, %w: tensor<4x1x3x3xf32>) {
  // expected-error@+1 {{'onnx.conv' op input must have a batch and no other dynamic dimension, got 'tensor<?x1x?x8xf32>'}}
  %y = onnx.conv %x, %w, strides = [1, 1], pads = [0, 0, 0, 0]
       : (tensor<?x1x?x8xf32>, tensor<4x1x3x3xf32>) -> tensor<?x4x?x6xf32>
  return
}

// -----

func.func @conv_c2(%x: tensor<?x1x8x8xf32>, %w: tensor<4x1x3x3xf32>) {
  // expected-error@+1 {{'onnx.conv' op strides must be at least 1, got 0}}
  %y = onnx.conv %x, %w, strides = [1, 0], pads = [0, 0, 0, 0]
       : (tensor<?x1x8x8xf32>, tensor<4x1x3x3xf32>) -> tensor<?x4x6x6xf32>
  return
}

// -----

func.func @conv_c2_pads(%x: tensor<?x1x8x8xf32>, %w: tensor<4x1x3x3xf32>) {
  // expected-error@+1 {{'onnx.conv' op pads must have 4 entries, got 2}}
  %y = onnx.conv %x, %w, strides = [1, 1], pads = [1, 1]
       : (tensor<?x1x8x8xf32>, tensor<4x1x3x3xf32>) -> tensor<?x4x6x6xf32>
  return
}

// -----

func.func @gemm_c1(%x: tensor<?x4xf32>, %w: tensor<3x4xf32>) {
  // expected-error@+1 {{'onnx.gemm' op input must be 'tensor<?x3xf32>', got 'tensor<?x4xf32>'}}
  %y = onnx.gemm %x, %w : (tensor<?x4xf32>, tensor<3x4xf32>) -> tensor<?x4xf32>
  return
}

// -----

func.func @gemm_c1_bias(%x: tensor<?x4xf32>, %w: tensor<3x4xf32>, %b: tensor<3x1xf32>) {
  // expected-error@+1 {{'onnx.gemm' op bias must have shape [3] or [1, 3], got 'tensor<3x1xf32>'}}
  %y = onnx.gemm %x, %w trans_b bias %b
       : (tensor<?x4xf32>, tensor<3x4xf32>, tensor<3x1xf32>) -> tensor<?x3xf32>
  return
}

// -----

func.func @mat_mul_c1(%x: tensor<?x4xf32>, %w: tensor<4x3xf32>) {
  // expected-error@+1 {{'onnx.mat_mul' op result must be 'tensor<?x3xf32>', got 'tensor<?x4xf32>'}}
  %y = onnx.mat_mul %x, %w : (tensor<?x4xf32>, tensor<4x3xf32>) -> tensor<?x4xf32>
  return
}

// -----

func.func @add_c1(%x: tensor<?x4x8x8xf32>, %b: tensor<8xf32>) {
  // expected-error@+1 {{'onnx.add' op right side must be 'tensor<?x4x8x8xf32>' or hold one number per channel, got 'tensor<8xf32>'}}
  %y = onnx.add %x, %b : tensor<?x4x8x8xf32>, tensor<8xf32>
  return
}

// -----

func.func @max_pool_c1(%x: tensor<?x4x8x8xf32>) {
  // expected-error@+1 {{'onnx.max_pool' op result must be 'tensor<?x4x4x4xf32>', got 'tensor<?x4x5x5xf32>'}}
  %y = onnx.max_pool %x, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
       : tensor<?x4x8x8xf32> -> tensor<?x4x5x5xf32>
  return
}

// -----

func.func @max_pool_c2(%x: tensor<?x4x8x8xf32>) {
  // expected-error@+1 {{'onnx.max_pool' op pads must be smaller than the kernel, got pad 2 with kernel size 2}}
  %y = onnx.max_pool %x, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 2, 0]
       : tensor<?x4x8x8xf32> -> tensor<?x4x5x4xf32>
  return
}

// -----

func.func @average_pool_c1(%x: tensor<?x4x8x8xf32>) {
  // expected-error@+1 {{'onnx.average_pool' op result must be 'tensor<?x4x1x1xf32>', got 'tensor<?x4x2x2xf32>'}}
  %y = onnx.average_pool %x, kernel = [8, 8], strides = [1, 1], pads = [0, 0, 0, 0]
       : tensor<?x4x8x8xf32> -> tensor<?x4x2x2xf32>
  return
}

// -----

func.func @average_pool_c2(%x: tensor<?x4x8x8xf32>) {
  // expected-error@+1 {{'onnx.average_pool' op pads must be smaller than the kernel, got pad 2 with kernel size 2}}
  %y = onnx.average_pool %x, kernel = [2, 2], strides = [2, 2], pads = [2, 0, 0, 0] count_include_pad
       : tensor<?x4x8x8xf32> -> tensor<?x4x5x4xf32>
  return
}

// -----

func.func @average_pool_c2_strides(%x: tensor<?x4x8x8xf32>) {
  // expected-error@+1 {{'onnx.average_pool' op strides must have 2 entries, got 1}}
  %y = onnx.average_pool %x, kernel = [2, 2], strides = [2], pads = [0, 0, 0, 0]
       : tensor<?x4x8x8xf32> -> tensor<?x4x4x4xf32>
  return
}

// -----

func.func @flatten_c1(%x: tensor<?x4x4x4xf32>) {
  // expected-error@+1 {{'onnx.flatten' op result must be 'tensor<?x64xf32>', got 'tensor<?x16xf32>'}}
  %y = onnx.flatten %x : tensor<?x4x4x4xf32> -> tensor<?x16xf32>
  return
}

// -----

func.func @flatten_c1_scalar(%x: tensor<f32>) {
  // expected-error@+1 {{'onnx.flatten' op input must have a batch and no other dynamic dimension, got 'tensor<f32>'}}
  %y = onnx.flatten %x : tensor<f32> -> tensor<?x1xf32>
  return
}

// -----

func.func @reshape_c1(%x: tensor<?x4x4x4xf32>) {
  // expected-error@+1 {{'onnx.reshape' op must keep the batch and the elements per sample, got 'tensor<?x4x4x4xf32>' -> 'tensor<?x4x8xf32>'}}
  %y = onnx.reshape %x : tensor<?x4x4x4xf32> -> tensor<?x4x8xf32>
  return
}

// -----

func.func @constant_type() {
  // expected-error@+1 {{'onnx.constant' op result #0 must be ranked tensor of 32-bit float values, but got 'tensor<2xi32>'}}
  %y = onnx.constant "b", value = dense<0> : tensor<2xi32>
  return
}
