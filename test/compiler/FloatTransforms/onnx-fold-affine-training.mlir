// For training: the normalisation and the bias that an exporter would have folded, and nothing that scales weights else.
// RUN: wage-opt %s -split-input-file --onnx-fold-affine=training=true | FileCheck %s

// The bias keeps its name.
ml_program.global private @fc(dense<1.0> : tensor<2x2xf32>) : tensor<2x2xf32>
// CHECK-LABEL: @bias
// CHECK: %[[W:.*]] = ml_program.global_load_const @fc
// CHECK: %[[B:.*]] = onnx.constant "b", value = dense<[5.000000e-01, 1.500000e+00]> : tensor<2xf32>
// CHECK: onnx.gemm %arg0, %[[W]] bias %[[B]]
// CHECK-NOT: onnx.add
func.func @bias(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %w = ml_program.global_load_const @fc : tensor<2x2xf32>
  %b = onnx.constant "b", value = dense<[[0.5, 1.5]]> : tensor<1x2xf32>
  %0 = onnx.gemm %x, %w : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
  %1 = onnx.add %0, %b : tensor<?x2xf32>, tensor<1x2xf32>
  return %1 : tensor<?x2xf32>
}

// -----

// CHECK-LABEL: @normalization
// CHECK: onnx.constant "w", value = dense<2.000000e+00> : tensor<1x1x1x1xf32>
// CHECK: onnx.constant "bn.offset", value = dense<-5.000000e+00> : tensor<1xf32>
// CHECK: %[[C:.*]] = onnx.conv
// CHECK: onnx.binary mul %[[C]]
func.func @normalization(%x: tensor<?x1x2x2xf32>) -> tensor<?x1x2x2xf32> {
  %w = onnx.constant "w", value = dense<1.0> : tensor<1x1x1x1xf32>
  %s = onnx.constant "s", value = dense<4.0> : tensor<1xf32>
  %b = onnx.constant "b", value = dense<1.0> : tensor<1xf32>
  %m = onnx.constant "m", value = dense<3.0> : tensor<1xf32>
  %f = onnx.constant "f", value = dense<0.5> : tensor<f32>
  %0 = onnx.conv %x, %w, strides = [1, 1], pads = [0, 0, 0, 0] : (tensor<?x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<?x1x2x2xf32>
  %1 = onnx.batch_normalization %0, scale %s, bias %b, mean %m, variance %m, epsilon = 1.0 : tensor<?x1x2x2xf32>, tensor<1xf32> loc("bn")
  %2 = onnx.binary mul %1, %f : (tensor<?x1x2x2xf32>, tensor<f32>) -> tensor<?x1x2x2xf32>
  return %2 : tensor<?x1x2x2xf32>
}
