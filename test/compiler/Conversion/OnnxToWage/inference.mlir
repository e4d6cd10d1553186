// What only a network that infers may have: tables, copies, products, factors, and a host that reads and writes real numbers.
// RUN: wage-opt %s -split-input-file --convert-onnx-to-wage="mode=infer init=pretrained w=4 a=4" | FileCheck %s

// Chains of functions of one value are one table of 16 entries, whatever stands between: here x * sigmoid(x), at steps of 1/8.
// CHECK: func.func @infer
// CHECK: %[[X:.*]] = wage.encode_input
// CHECK-NEXT: %[[Z:.*]] = wage.matmul %[[X]]
// CHECK-NEXT: %[[A:.*]] = wage.quantize_activation %[[Z]]
// CHECK-NEXT: %[[Y:.*]] = wage.lookup %[[A]], tables = dense<{{\[\[}}-2, -2, -2, -2, -2, -1, -1, 0, 0, 1, 1, 2, 2, 3, 4, 5]]>
// CHECK-NEXT: wage.matmul %[[Y]]
// CHECK-NOT: wage.lookup
func.func @main(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x2xf32>
  %v = onnx.constant "v", value = dense<0.5> : tensor<2x2xf32>
  %0 = onnx.gemm %x, %w : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32> loc("fc")
  %1 = onnx.unary sigmoid %0 : tensor<?x2xf32> loc("gate")
  %2 = onnx.binary mul %0, %1 : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x2xf32> loc("silu")
  %3 = onnx.gemm %2, %v : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32> loc("last")
  return %3 : tensor<?x2xf32>
}

// -----

// A function with a number per channel has a table per channel.
// CHECK: func.func @infer
// CHECK: wage.lookup {{.*}} : tensor<2x16xi8>
func.func @main(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x2xf32>
  %v = onnx.constant "v", value = dense<0.5> : tensor<2x2xf32>
  %s = onnx.constant "s", value = dense<[[0.5, 0.25]]> : tensor<1x2xf32>
  %0 = onnx.gemm %x, %w : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32> loc("fc")
  %1 = onnx.binary p_relu %0, %s : (tensor<?x2xf32>, tensor<1x2xf32>) -> tensor<?x2xf32> loc("slopes")
  %2 = onnx.gemm %1, %v : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32> loc("last")
  return %2 : tensor<?x2xf32>
}

// -----

// A mean over 9 is the sum of 9 over 16, worth 16 / 9 more: the weights behind it are 16 / 9 larger. 0.5 * 16 / 9 = 0.889
// is 7 steps of 1/8.
// CHECK: ml_program.global private @v({{.*}}) {{.*}}wage.scale_log2 = array<i32: 0>
// CHECK: wage.average_pool
func.func @main(%x: tensor<?x1x3x3xf32>) -> tensor<?x1xf32> {
  %v = onnx.constant "v", value = dense<0.5> : tensor<1x1xf32>
  %0 = onnx.average_pool %x, kernel = [3, 3], strides = [1, 1], pads = [0, 0, 0, 0]
       : tensor<?x1x3x3xf32> -> tensor<?x1x1x1xf32> loc("mean")
  %1 = onnx.reshape %0 : tensor<?x1x1x1xf32> -> tensor<?x1xf32> loc("flat")
  %2 = onnx.gemm %1, %v : (tensor<?x1xf32>, tensor<1x1xf32>) -> tensor<?x1xf32> loc("last")
  return %2 : tensor<?x1xf32>
}

// -----

// The host turns [2, 2, 3] into [3, 2, 2], scales and shifts, and computes the softmax.
// CHECK: module attributes {{.*}}wage.input = #wage.host_input<shape = [2, 2, 3], {{.*}}scale = [5.000000e-01], offset = [-1.000000e+00], order = <sizes = [3, 2, 2], from = [0, 1, 6, 3], to = [0, 4, 2, 1]>>
// CHECK-SAME: wage.output = #wage.host_output<shape = [2], {{.*}}functions = [#wage.host_function<kind = softmax, axis = 1>]>
// CHECK: func.func @infer(%{{.*}}: tensor<?x3x2x2xui8>)
// CHECK-NOT: rearrange
func.func @main(%x: tensor<?x2x2x3xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x3x2x2xf32>
  %s = onnx.constant "s", value = dense<0.5> : tensor<f32>
  %o = onnx.constant "o", value = dense<-1.0> : tensor<f32>
  %0 = onnx.transpose %x, permutation = [0, 3, 1, 2] : tensor<?x2x2x3xf32> -> tensor<?x3x2x2xf32>
  %1 = onnx.binary mul %0, %s : (tensor<?x3x2x2xf32>, tensor<f32>) -> tensor<?x3x2x2xf32>
  %2 = onnx.binary add %1, %o : (tensor<?x3x2x2xf32>, tensor<f32>) -> tensor<?x3x2x2xf32>
  %3 = onnx.conv %2, %w, strides = [1, 1], pads = [0, 0, 0, 0]
       : (tensor<?x3x2x2xf32>, tensor<2x3x2x2xf32>) -> tensor<?x2x1x1xf32> loc("conv")
  %4 = onnx.reshape %3 : tensor<?x2x1x1xf32> -> tensor<?x2xf32>
  %5 = onnx.softmax %4, axis = 1 : tensor<?x2xf32>
  return %5 : tensor<?x2xf32>
}

// -----

// Concat along another dimension than the channels goes through copies; along the channels there are none.
// CHECK: func.func @infer
// CHECK: wage.concat
// CHECK-SAME: -> tensor<?x4x2x2x
// CHECK: wage.rearrange
// CHECK: wage.concat
// CHECK: wage.rearrange
func.func @main(%x: tensor<?x2x2x2xf32>) -> tensor<?x1xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<32x1xf32>
  %0 = onnx.relu %x : tensor<?x2x2x2xf32> loc("relu")
  %1 = onnx.concat %0, %0 axis = 1 : (tensor<?x2x2x2xf32>, tensor<?x2x2x2xf32>) -> tensor<?x4x2x2xf32> loc("channels")
  %2 = onnx.concat %1, %1 axis = 3 : (tensor<?x4x2x2xf32>, tensor<?x4x2x2xf32>) -> tensor<?x4x2x4xf32> loc("columns")
  %3 = onnx.reshape %2 : tensor<?x4x2x4xf32> -> tensor<?x32xf32>
  %4 = onnx.gemm %3, %w : (tensor<?x32xf32>, tensor<32x1xf32>) -> tensor<?x1xf32> loc("last")
  return %4 : tensor<?x1xf32>
}
