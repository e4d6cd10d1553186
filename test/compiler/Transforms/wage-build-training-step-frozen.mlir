// Three layers of which one learns: what the others cost, and which errors are formed.
// RUN: wage-opt %s --convert-onnx-to-wage="batch=4 train-layers=fc" --wage-build-training-step | FileCheck %s --check-prefix=LAST
// RUN: wage-opt %s --convert-onnx-to-wage="batch=4 train-layers=w1" --wage-build-training-step | FileCheck %s --check-prefix=MIDDLE
// RUN: wage-opt %s --convert-onnx-to-wage="batch=4 train-layers=conv" --wage-build-training-step | FileCheck %s --check-prefix=FIRST
// RUN: wage-opt %s --convert-onnx-to-wage="batch=4 train-layers=conv,hidden,w2" --wage-build-training-step -o %t.named
// RUN: wage-opt %s --convert-onnx-to-wage="batch=4" --wage-build-training-step -o %t.all
// RUN: cmp %t.named %t.all

// The last: no mask, no error but that of the output.
// LAST: ml_program.global private @w0(dense_resource<w0> : tensor<2x1x1x2xi8>) : tensor<2x1x1x2xi8> {wage.layer = "conv", wage.ordinal = 0 : i32
// LAST: ml_program.global private @w1(dense_resource<w1> : tensor<4x16xi8>)
// LAST: ml_program.global private mutable @w2
// LAST-SAME: wage.ordinal = 2 : i32
// LAST-LABEL: func.func @infer(
// LAST-LABEL: func.func @train(
// LAST-SAME: -> (tensor<?x3x!wage.grid<Z, 0, -8>>, tensor<i32>, tensor<i32>)
// LAST: %[[I0:.*]] = ml_program.global_load_const @w0
// LAST: wage.as_grid %[[I0]] : tensor<2x1x1x2xi8> -> tensor<2x1x1x2x!wage.grid<W, 2, -1>>
// LAST: ml_program.global_load_const @w1
// LAST: ml_program.global_load @w2
// LAST-NOT: wage.positive
// LAST-NOT: wage.within
// LAST: %[[E0:.*]], %[[K0:.*]] = wage.quantize_error {{.*}} {wage.trace = "error.0"}
// LAST-NOT: wage.quantize_error
// LAST-NOT: _transposed
// LAST: wage.matmul_outer %[[E0]], %{{.*}} {wage.trace = "grad.2"}
// LAST: %{{.*}}, %[[KG:.*]] = wage.quantize_gradient {{.*}} ordinal = 2, random_bits = 16 {wage.trace = "delta.2"}
// LAST-NOT: wage.quantize_gradient
// LAST: ml_program.global_store @w2
// LAST: return %{{.*}}, %[[K0]], %[[KG]]

// The middle: an error passes the last layer's constant weights, none is formed for the first layer.
// MIDDLE-LABEL: func.func @train(
// MIDDLE: %[[I2:.*]] = ml_program.global_load_const @w2
// MIDDLE: %[[W2:.*]] = wage.as_grid %[[I2]] : tensor<3x4xi8> -> tensor<3x4x!wage.grid<W, 2, -1>>
// MIDDLE: wage.conv2d
// MIDDLE-NOT: wage.positive
// MIDDLE: wage.matmul
// MIDDLE: wage.positive
// MIDDLE: %[[E0:.*]], %[[K0:.*]] = wage.quantize_error {{.*}} {wage.trace = "error.0"}
// MIDDLE: wage.matmul_transposed %[[E0]], %[[W2]]
// MIDDLE: %{{.*}}, %[[K1:.*]] = wage.quantize_error
// MIDDLE: %[[E1:.*]] = wage.apply_mask {{.*}} {wage.trace = "error.1"}
// MIDDLE-NEXT: wage.matmul_outer %[[E1]], %{{.*}} {wage.trace = "grad.1"}
// MIDDLE-NOT: wage.quantize_error
// MIDDLE: ordinal = 1, random_bits = 16 {wage.trace = "delta.1"}
// MIDDLE-NOT: wage.quantize_gradient
// MIDDLE: return %{{.*}}, %[[K0]], %[[K1]], %{{[^,]*}} :

// The first: errors pass both.
// FIRST-LABEL: func.func @train(
// FIRST: ml_program.global_load @w0
// FIRST: wage.quantize_weight
// FIRST-NOT: wage.quantize_weight
// FIRST: wage.matmul_transposed
// FIRST: wage.matmul_transposed
// FIRST: wage.trace = "error.2"
// FIRST: wage.conv2d_outer {{.*}} {wage.trace = "grad.0"}
// FIRST-NOT: wage.matmul_outer
// FIRST: ordinal = 0, random_bits = 16
// FIRST-NOT: wage.quantize_gradient
func.func @main(%x: tensor<?x1x4x4xf32>) -> tensor<?x3xf32> {
  %w0 = onnx.constant "w0", value = dense<0.5> : tensor<2x1x1x2xf32>
  %0 = onnx.conv %x, %w0, strides = [1, 2], pads = [0, 0, 0, 0]
       : (tensor<?x1x4x4xf32>, tensor<2x1x1x2xf32>) -> tensor<?x2x4x2xf32> loc("conv")
  %1 = onnx.relu %0 : tensor<?x2x4x2xf32> loc("relu")
  %2 = onnx.flatten %1 : tensor<?x2x4x2xf32> -> tensor<?x16xf32> loc("flatten")
  %w1 = onnx.constant "w1", value = dense<0.5> : tensor<4x16xf32>
  %3 = onnx.gemm %2, %w1 trans_b : (tensor<?x16xf32>, tensor<4x16xf32>) -> tensor<?x4xf32> loc("hidden")
  %4 = onnx.relu %3 : tensor<?x4xf32> loc("relu2")
  %w2 = onnx.constant "w2", value = dense<0.5> : tensor<3x4xf32>
  %5 = onnx.gemm %4, %w2 trans_b : (tensor<?x4xf32>, tensor<3x4xf32>) -> tensor<?x3xf32> loc("fc")
  return %5 : tensor<?x3xf32>
}
