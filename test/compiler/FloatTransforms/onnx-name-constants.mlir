// RUN: wage-opt %s --onnx-name-constants | FileCheck %s

// What nothing loads is gone; names are there once.
// CHECK-NOT: @unused
// CHECK: ml_program.global private @w
ml_program.global private @unused(dense<1.0> : tensor<2xf32>) : tensor<2xf32>
ml_program.global private @w(dense<1.0> : tensor<2xf32>) : tensor<2xf32>
// CHECK-LABEL: @main
func.func @main(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %w = ml_program.global_load_const @w : tensor<2xf32>
  // CHECK: onnx.constant "w_1"
  %1 = onnx.constant "w", value = dense<2.0> : tensor<2xf32>
  // CHECK: onnx.constant "w_1_1"
  %2 = onnx.constant "w_1", value = dense<3.0> : tensor<2xf32>
  // CHECK: onnx.constant "w_2"
  %3 = onnx.constant "w", value = dense<4.0> : tensor<2xf32>
  // CHECK: onnx.constant "alone"
  %4 = onnx.constant "alone", value = dense<5.0> : tensor<2xf32>
  %5 = onnx.add %x, %w : tensor<?x2xf32>, tensor<2xf32>
  %6 = onnx.add %5, %1 : tensor<?x2xf32>, tensor<2xf32>
  %7 = onnx.add %6, %2 : tensor<?x2xf32>, tensor<2xf32>
  %8 = onnx.add %7, %3 : tensor<?x2xf32>, tensor<2xf32>
  %9 = onnx.add %8, %4 : tensor<?x2xf32>, tensor<2xf32>
  return %9 : tensor<?x2xf32>
}
