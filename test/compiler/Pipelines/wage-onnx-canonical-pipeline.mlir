// The passes on float graphs one after another: an NHWC network with a padded convolution, its normalisation, a product of rows
// and a bias comes out as two layers between the input's transpose and a reshape. For training the weights keep their order.
// RUN: wage-opt %s --wage-onnx-canonical-pipeline | FileCheck %s --check-prefixes=CHECK,INFER
// RUN: wage-opt %s --wage-onnx-canonical-pipeline=training=true | FileCheck %s --check-prefixes=CHECK,TRAIN

// TRAIN: ml_program.global private @fc
// CHECK-NOT: @scale
ml_program.global private @conv(dense<1.0> : tensor<2x1x3x3xf32>) : tensor<2x1x3x3xf32>
ml_program.global private @scale(dense<[4.0, 2.0]> : tensor<2xf32>) : tensor<2xf32>
ml_program.global private @zero(dense<1.0> : tensor<2xf32>) : tensor<2xf32>
ml_program.global private @three(dense<3.0> : tensor<2xf32>) : tensor<2xf32>
ml_program.global private @fc(dense<1.0> : tensor<32x3xf32>) : tensor<32x3xf32>

// CHECK-LABEL: @main
// CHECK: %[[X:.*]] = onnx.{{transpose|reshape}} %arg0
// CHECK-NOT: onnx.batch_normalization
// CHECK-NOT: onnx.pad
// CHECK: %[[C:.*]] = onnx.conv %[[X]], %{{.*}} bias %{{.*}}, strides = [1, 1], pads = [1, 1, 1, 1]
// CHECK: %[[R:.*]] = onnx.relu %[[C]] : tensor<?x2x4x4xf32>
// TRAIN: onnx.transpose %[[R]], permutation = [0, 2, 3, 1]
// INFER-NOT: onnx.transpose
// CHECK: %[[F:.*]] = onnx.reshape %{{.*}} -> tensor<?x32xf32>
// CHECK: %[[B:.*]] = onnx.constant "bias", value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00]> : tensor<3xf32>
// CHECK: onnx.gemm %[[F]], %{{.*}} bias %[[B]]
// CHECK-NEXT: return
func.func @main(%x: tensor<?x4x4x1xf32>) -> tensor<?x3xf32> {
  %w = ml_program.global_load_const @conv : tensor<2x1x3x3xf32>
  %s = ml_program.global_load_const @scale : tensor<2xf32>
  %z = ml_program.global_load_const @zero : tensor<2xf32>
  %v = ml_program.global_load_const @three : tensor<2xf32>
  %f = ml_program.global_load_const @fc : tensor<32x3xf32>
  %bias = onnx.constant "bias", value = dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %0 = onnx.pad constant %x, before = [0, 1, 1, 0], after = [0, 1, 1, 0], value = 0.0 : tensor<?x4x4x1xf32> -> tensor<?x6x6x1xf32>
  %1 = onnx.transpose %0, permutation = [0, 3, 1, 2] : tensor<?x6x6x1xf32> -> tensor<?x1x6x6xf32>
  %2 = onnx.conv %1, %w, strides = [1, 1], pads = [0, 0, 0, 0] : (tensor<?x1x6x6xf32>, tensor<2x1x3x3xf32>) -> tensor<?x2x4x4xf32>
  %3 = onnx.batch_normalization %2, scale %s, bias %z, mean %z, variance %v, epsilon = 1.0 : tensor<?x2x4x4xf32>, tensor<2xf32>
  %4 = onnx.transpose %3, permutation = [0, 2, 3, 1] : tensor<?x2x4x4xf32> -> tensor<?x4x4x2xf32>
  %5 = onnx.relu %4 : tensor<?x4x4x2xf32>
  %6 = onnx.flatten %5 : tensor<?x4x4x2xf32> -> tensor<?x32xf32>
  %7 = onnx.mat_mul %6, %f : (tensor<?x32xf32>, tensor<32x3xf32>) -> tensor<?x3xf32>
  %8 = onnx.add %7, %bias : tensor<?x3xf32>, tensor<3xf32>
  return %8 : tensor<?x3xf32>
}
