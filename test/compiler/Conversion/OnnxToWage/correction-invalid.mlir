// Means of a layer's input so large that what rounding its weights takes from a sum is beyond 2^61 steps.
//
// RUN: not wage-opt %s --convert-onnx-to-wage="mode=infer init=pretrained w=2" 2>&1 | FileCheck %s
// CHECK: error: {{.*}}fc (onnx.gemm): what rounding the weights takes from a sum must be finite and at most 2^61 steps of 2^{{.*}} at element 1

ml_program.global private @w(dense<[[1.0, 1.0], [1.0, 0.3]]> : tensor<2x2xf32>) : tensor<2x2xf32>
func.func @main(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %w = ml_program.global_load_const @w : tensor<2x2xf32>
  %y = onnx.gemm %x, %w trans_b {onnx.input_mean = array<f64: 1.0, 1.0e30>} : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32> loc("fc")
  return %y : tensor<?x2xf32>
}
