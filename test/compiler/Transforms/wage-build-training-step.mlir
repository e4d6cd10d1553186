// The backward pass, written by the rules of the ops.
// RUN: wage-opt %s -split-input-file --convert-onnx-to-wage="w=2 a=8 g=8 e=6 r=12 batch=4 rounding=half_away" \
// RUN:   --wage-build-training-step --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s

// Convolution, bias, pool, Relu, Flatten, Gemm: masks beside their op, errors in reverse order, updates last and by
// ordinal, every name kept.
// CHECK-LABEL: func.func @infer(
// CHECK-NOT: wage.within
// CHECK-LABEL: func.func @train(
// CHECK-SAME: %[[P:[^:]*]]: tensor<?x1x4x4xui8>
// CHECK-SAME: %[[L:[^:]*]]: tensor<?xi32> loc("labels"), %[[LR:[^:]*]]: tensor<i32> loc("lr")
// CHECK-SAME: %[[T:[^:]*]]: tensor<i64> loc("step"), %[[S:[^:]*]]: tensor<i64> loc("seed"))
// CHECK-SAME: -> (tensor<?x3x!wage.grid<Z, 0, -8>>, tensor<i32>, tensor<i32>, tensor<i32>, tensor<i32>)
// CHECK: %[[I0:.*]] = ml_program.global_load @w0
// CHECK: %[[M0:.*]] = wage.as_grid %[[I0]]
// CHECK: %[[W0:.*]] = wage.quantize_weight %[[M0]]
// CHECK: %[[I1:.*]] = ml_program.global_load @w1
// CHECK: %[[M1:.*]] = wage.as_grid %[[I1]]
// CHECK: %[[W1:.*]] = wage.quantize_weight %[[M1]]
// CHECK: %[[X:.*]] = wage.encode_input %[[P]]
// CHECK: %[[Y:.*]] = wage.add_bias
// CHECK: %[[V:.*]], %[[POS:.*]] = wage.max_pool %[[Y]]
// CHECK: %[[POSITIVE:.*]] = wage.positive %[[V]] : {{.*}} -> tensor<?x2x2x2xi1> loc("relu")
// CHECK: %[[R:.*]] = wage.relu %[[V]]
// CHECK: %[[WITHIN:.*]] = wage.within %[[R]], bits = 8 : {{.*}} -> tensor<?x2x2x2xi1> loc("relu")
// CHECK: %[[A:.*]] = wage.quantize_activation %[[R]], rounding = half_away
// CHECK: %[[F:.*]] = wage.reshape %[[A]]
// CHECK: %[[O:.*]] = wage.matmul %[[F]], %[[W1]], scale_log2 = [0, 0, 0] {wage.trace = "out"}
// CHECK: %[[D:.*]] = wage.output_error %[[O]], %[[L]] : {{.*}} loc("fc")
// CHECK: %[[E0:.*]], %[[K0:.*]] = wage.quantize_error %[[D]], rounding = half_away {wage.trace = "error.0"} : {{.*}} -> tensor<?x3x!wage.grid<E, 6, 0>>
// CHECK: %[[G1:.*]] = wage.matmul_outer %[[E0]], %[[F]] {wage.trace = "grad.1"} : {{.*}} -> tensor<3x8x!wage.grid<Z, 0, 0>> loc("fc")
// CHECK: %[[EF:.*]] = wage.matmul_transposed %[[E0]], %[[W1]], scale_log2 = [0, 0, 0] : {{.*}} -> tensor<?x8x!wage.grid<Z, 0, -1>> loc("fc")
// CHECK: %[[EA:.*]] = wage.reshape %[[EF]] : {{.*}} -> tensor<?x2x2x2x!wage.grid<Z, 0, -1>> loc("flatten")
// CHECK: %[[EI:.*]] = wage.apply_mask %[[EA]], %[[WITHIN]]
// CHECK: %[[EQ:.*]], %[[K1:.*]] = wage.quantize_error %[[EI]], rounding = half_away : {{.*}} -> tensor<?x2x2x2x!wage.grid<E, 6, 0>> loc("relu")
// CHECK: %[[ER:.*]] = wage.apply_mask %[[EQ]], %[[POSITIVE]] {wage.trace = "error.1"}
// CHECK: %[[EP:.*]] = wage.max_pool_scatter %[[ER]], %[[POS]], kernel = [2, 1], strides = [2, 1], pads = [0, 0, 0, 0] : {{.*}} -> tensor<?x2x4x2x!wage.grid<Z, 0, 0>> loc("pool")
// CHECK: %[[G0:.*]] = wage.conv2d_outer %[[EP]], %[[X]], strides = [1, 2], pads = [0, 0, 0, 0] {wage.trace = "grad.0"} : {{.*}} -> tensor<2x1x1x2x!wage.grid<Z, 0, 0>> loc("conv")
// No error is formed for the input.
// CHECK-NOT: wage.conv2d_transposed
// CHECK: %[[S0:.*]], %[[KG0:.*]] = wage.quantize_gradient %[[G0]], %[[LR]], %[[T]], %[[S]], ordinal = 0, random_bits = 12 {wage.trace = "delta.0"} : {{.*}} -> tensor<2x1x1x2x!wage.grid<G, 8, -7>>
// CHECK: %[[N0:.*]] = wage.update %[[M0]], %[[S0]], weight_bits = 2 {wage.trace = "master.0"}
// CHECK: %[[J0:.*]] = wage.as_integers %[[N0]] : {{.*}} -> tensor<2x1x1x2xi8>
// CHECK: ml_program.global_store @w0 = %[[J0]]
// CHECK: %[[S1:.*]], %[[KG1:.*]] = wage.quantize_gradient %[[G1]], {{.*}} ordinal = 1, random_bits = 12 {wage.trace = "delta.1"}
// CHECK: %[[N1:.*]] = wage.update %[[M1]], %[[S1]], weight_bits = 2 {wage.trace = "master.1"}
// CHECK: ml_program.global_store @w1
// CHECK: return %[[O]], %[[K0]], %[[K1]], %[[KG0]], %[[KG1]]
module {
  func.func @main(%x: tensor<?x1x4x4xf32>) -> tensor<?x3xf32> {
    %w0 = onnx.constant "w0", value = dense<0.5> : tensor<2x1x1x2xf32>
    %b0 = onnx.constant "b0", value = dense<0.5> : tensor<2xf32>
    %0 = onnx.conv %x, %w0 bias %b0, strides = [1, 2], pads = [0, 0, 0, 0]
         : (tensor<?x1x4x4xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<?x2x4x2xf32> loc("conv")
    %1 = onnx.max_pool %0, kernel = [2, 1], strides = [2, 1], pads = [0, 0, 0, 0]
         : tensor<?x2x4x2xf32> -> tensor<?x2x2x2xf32> loc("pool")
    %2 = onnx.relu %1 : tensor<?x2x2x2xf32> loc("relu")
    %3 = onnx.flatten %2 : tensor<?x2x2x2xf32> -> tensor<?x8xf32> loc("flatten")
    %w1 = onnx.constant "w1", value = dense<0.5> : tensor<3x8xf32>
    %4 = onnx.gemm %3, %w1 trans_b : (tensor<?x8xf32>, tensor<3x8xf32>) -> tensor<?x3xf32> loc("fc")
    return %4 : tensor<?x3xf32>
  }
}

// -----

// Two convolutions without a Relu between them: Q_A alone, its error has no Relu mask. Axons-first weights keep their
// layout in the gradient.
// CHECK-LABEL: func.func @train(
// CHECK: %[[Z:.*]] = wage.matmul %{{.*}}, %{{.*}}, scale_log2 = [0, 0] axons_first
// CHECK-NOT: wage.positive
// CHECK: %[[M:.*]] = wage.within %[[Z]], bits = 8
// CHECK: %[[A:.*]] = wage.quantize_activation %[[Z]]
// CHECK: wage.quantize_error {{.*}} {wage.trace = "error.0"}
// CHECK: wage.matmul_outer %{{.*}}, %[[A]] {wage.trace = "grad.1"} : {{.*}} -> tensor<3x2x!wage.grid<Z, 0, 0>>
// CHECK: %[[E:.*]] = wage.matmul_transposed
// CHECK: %[[I:.*]] = wage.apply_mask %[[E]], %[[M]]
// CHECK: %[[Q:.*]], %{{.*}} = wage.quantize_error %[[I]], rounding = half_away {wage.trace = "error.1"}
// CHECK: wage.matmul_outer %[[Q]], %{{.*}} axons_first {wage.trace = "grad.0"} : {{.*}} -> tensor<4x2x!wage.grid<Z, 0, 0>>
module {
  func.func @main(%x: tensor<?x4xf32>) -> tensor<?x3xf32> {
    %w = onnx.constant "w", value = dense<0.5> : tensor<4x2xf32>
    %v = onnx.constant "v", value = dense<0.5> : tensor<3x2xf32>
    %0 = onnx.mat_mul %x, %w : (tensor<?x4xf32>, tensor<4x2xf32>) -> tensor<?x2xf32>
    %1 = onnx.gemm %0, %v trans_b : (tensor<?x2xf32>, tensor<3x2xf32>) -> tensor<?x3xf32>
    return %1 : tensor<?x3xf32>
  }
}

// -----

// A Relu on the input has its Q_E and mask like any other; nothing is sent on to the input. Relu twice: two of each.
// CHECK-LABEL: func.func @train(
// CHECK-SAME: -> (tensor<?x3x!wage.grid<Z, 0, -8>>, tensor<i32>, tensor<i32>, tensor<i32>, tensor<i32>)
// CHECK: %[[X:.*]] = wage.encode_input
// CHECK: %[[P1:.*]] = wage.positive %[[X]]
// CHECK: %[[W1:.*]] = wage.within
// CHECK: %[[A1:.*]] = wage.quantize_activation
// CHECK: %[[P2:.*]] = wage.positive %[[A1]]
// CHECK: %[[W2:.*]] = wage.within
// CHECK: wage.apply_mask %{{.*}}, %[[W2]]
// CHECK: wage.quantize_error
// CHECK: %[[E1:.*]] = wage.apply_mask %{{.*}}, %[[P2]] {wage.trace = "error.1"}
// CHECK: %[[E2:.*]] = wage.apply_mask %[[E1]], %[[W1]]
// CHECK: wage.quantize_error %[[E2]]
// CHECK: wage.apply_mask %{{.*}}, %[[P1]] {wage.trace = "error.2"}
// CHECK-NEXT: wage.quantize_gradient
module {
  func.func @main(%x: tensor<?x4xf32>) -> tensor<?x3xf32> {
    %v = onnx.constant "v", value = dense<0.5> : tensor<3x4xf32>
    %0 = onnx.relu %x : tensor<?x4xf32>
    %1 = onnx.relu %0 : tensor<?x4xf32>
    %2 = onnx.gemm %1, %v trans_b : (tensor<?x4xf32>, tensor<3x4xf32>) -> tensor<?x3xf32>
    return %2 : tensor<?x3xf32>
  }
}

// -----

// One layer behind Flatten and a pool: no error but the output's, and neither is walked back through.
// CHECK-LABEL: func.func @train(
// CHECK: wage.max_pool
// CHECK: wage.quantize_error
// CHECK-NEXT: wage.matmul_outer
// CHECK-NEXT: wage.quantize_gradient
module {
  func.func @main(%x: tensor<?x1x3x3xf32>) -> tensor<?x3xf32> {
    %v = onnx.constant "v", value = dense<0.5> : tensor<3x4xf32>
    %0 = onnx.max_pool %x, kernel = [2, 2], strides = [1, 1], pads = [0, 0, 0, 0]
         : tensor<?x1x3x3xf32> -> tensor<?x1x2x2xf32>
    %1 = onnx.flatten %0 : tensor<?x1x2x2xf32> -> tensor<?x4xf32>
    %2 = onnx.gemm %1, %v trans_b : (tensor<?x4xf32>, tensor<3x4xf32>) -> tensor<?x3xf32>
    return %2 : tensor<?x3xf32>
  }
}

// -----

// Errors that meet at a value are summed, and the sum goes on: that of the second layer, and that of the sum itself.
// CHECK-LABEL: func.func @train(
// CHECK: %[[SUM:.*]] = wage.add %{{.*}}, %[[A:.*]] : {{.*}} -> tensor<?x4x!wage.grid<Z, 0, -8>>
// CHECK: %[[E0:.*]], %{{.*}} = wage.quantize_error
// CHECK: %[[D:.*]] = wage.matmul_transposed %[[E1:.*]], %{{.*}}, scale_log2 = [0, 0, 0, 0] : {{.*}} -> tensor<?x4x!wage.grid<Z, 0, -1>>
// CHECK: wage.add %[[E1]], %[[D]] : tensor<?x4x!wage.grid<E, 6, 0>>, tensor<?x4x!wage.grid<Z, 0, -1>> -> tensor<?x4x!wage.grid<Z, 0, -1>>
module {
  func.func @main(%x: tensor<?x4xf32>) -> tensor<?x3xf32> {
    %u = onnx.constant "u", value = dense<0.5> : tensor<4x4xf32>
    %v = onnx.constant "v", value = dense<0.5> : tensor<4x4xf32>
    %w = onnx.constant "w", value = dense<0.5> : tensor<3x4xf32>
    %0 = onnx.gemm %x, %u trans_b : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
    %1 = onnx.relu %0 : tensor<?x4xf32>
    %2 = onnx.gemm %1, %v trans_b : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
    %3 = onnx.add %2, %1 : tensor<?x4xf32>, tensor<?x4xf32>
    %4 = onnx.relu %3 : tensor<?x4xf32>
    %5 = onnx.gemm %4, %w trans_b : (tensor<?x4xf32>, tensor<3x4xf32>) -> tensor<?x3xf32>
    return %5 : tensor<?x3xf32>
  }
}

// -----

// Where windows overlap, errors return by the kernel, not by the strides.
// CHECK-LABEL: func.func @train(
// CHECK: wage.max_pool_scatter {{.*}}, kernel = [3, 2], strides = [2, 1], pads = [0, 0, 0, 0] : {{.*}} -> tensor<?x2x5x3x
module {
  func.func @main(%x: tensor<?x1x5x3xf32>) -> tensor<?x3xf32> {
    %v = onnx.constant "v", value = dense<0.5> : tensor<2x1x1x1xf32>
    %w = onnx.constant "w", value = dense<0.5> : tensor<3x8xf32>
    %0 = onnx.conv %x, %v, strides = [1, 1], pads = [0, 0, 0, 0]
         : (tensor<?x1x5x3xf32>, tensor<2x1x1x1xf32>) -> tensor<?x2x5x3xf32>
    %1 = onnx.max_pool %0, kernel = [3, 2], strides = [2, 1], pads = [0, 0, 0, 0]
         : tensor<?x2x5x3xf32> -> tensor<?x2x2x2xf32>
    %2 = onnx.relu %1 : tensor<?x2x2x2xf32>
    %3 = onnx.flatten %2 : tensor<?x2x2x2xf32> -> tensor<?x8xf32>
    %4 = onnx.gemm %3, %w trans_b : (tensor<?x8xf32>, tensor<3x8xf32>) -> tensor<?x3xf32>
    return %4 : tensor<?x3xf32>
  }
}
