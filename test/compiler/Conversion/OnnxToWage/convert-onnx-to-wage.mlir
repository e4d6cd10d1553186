// Where grids, quantisers, biases and parameters come to stand.
// RUN: wage-opt %s -split-input-file --convert-onnx-to-wage="mode=train w=2 a=8 g=8 e=8 r=16 batch=4" \
// RUN:   --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s --check-prefixes=CHECK,TRAIN
// RUN: wage-opt %s -split-input-file --convert-onnx-to-wage="mode=infer w=2 a=8 g=8 e=8 r=16 batch=4" \
// RUN:   --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s --check-prefixes=CHECK,INFER

// Convolution, bias, pool before Relu; names become locations; nothing of the onnx level is left.
// CHECK-NOT: onnx
// TRAIN: module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8, random = 16, rounding = half_even, batch = 4>, wage.input = #wage.host_input<shape = [1, 4, 4], step = 7.812500e-03 : f64, bits = 8>, wage.output = #wage.host_output<shape = [3], step = 3.906250e-03 : f64>}
// INFER: module attributes {wage.config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8, random = 16, rounding = half_even, batch = 4>, {{.*}}}
// TRAIN: ml_program.global private mutable @w0(dense_resource<w0> : tensor<2x1x1x2xi8>) : tensor<2x1x1x2xi8>
// INFER: ml_program.global private @w0(dense_resource<w0> : tensor<2x1x1x2xi8>) : tensor<2x1x1x2xi8>
// CHECK-SAME: {wage.layer = "conv1", wage.ordinal = 0 : i32, wage.scale_log2 = array<i32: 0, 0>}
// TRAIN: ml_program.global private mutable @w1(dense_resource<w1> : tensor<3x8xi8>) : tensor<3x8xi8>
// CHECK: {wage.layer = "fc", wage.ordinal = 1 : i32, wage.scale_log2 = array<i32: 0, 0, 0>}
// CHECK: ml_program.global private @b0(dense_resource<b0> : tensor<2xi64>) : tensor<2xi64> {wage.layer = "conv1"}
// CHECK-LABEL: func.func @infer(
// CHECK-SAME: %[[P:.*]]: tensor<?x1x4x4xui8> loc("pixels")) -> tensor<?x3x!wage.grid<Z, 0, -8>>
// TRAIN: %[[I0:.*]] = ml_program.global_load @w0 : tensor<2x1x1x2xi8> loc("conv1")
// TRAIN: %[[M0:.*]] = wage.as_grid %[[I0]] : tensor<2x1x1x2xi8> -> tensor<2x1x1x2x!wage.grid<G, 8, -7>>
// TRAIN: %[[W0:.*]] = wage.quantize_weight %[[M0]], rounding = half_even : {{.*}} -> tensor<2x1x1x2x!wage.grid<W, 2, -1>>
// INFER: %[[I0:.*]] = ml_program.global_load_const @w0 : tensor<2x1x1x2xi8>
// INFER: %[[W0:.*]] = wage.as_grid %[[I0]] : tensor<2x1x1x2xi8> -> tensor<2x1x1x2x!wage.grid<W, 2, -1>>
// TRAIN: ml_program.global_load @w1
// CHECK: %[[X:.*]] = wage.encode_input %[[P]] : tensor<?x1x4x4xui8> -> tensor<?x1x4x4x!wage.grid<A, 8, -7>> loc("pixels")
// CHECK: %[[Z:.*]] = wage.conv2d %[[X]], %[[W0]], scale_log2 = [0, 0], strides = [1, 2], pads = [0, 0, 0, 0]
// CHECK-SAME: -> tensor<?x2x4x2x!wage.grid<Z, 0, -8>> loc("conv1")
// CHECK: %[[B:.*]] = ml_program.global_load_const @b0 : tensor<2xi64>
// CHECK: %[[Y:.*]] = wage.add_bias %[[Z]], %[[B]]
// CHECK: %[[V:.*]], %{{.*}} = wage.max_pool %[[Y]], kernel = [2, 1], strides = [2, 1], pads = [0, 0, 0, 0]
// CHECK-SAME: -> tensor<?x2x2x2x!wage.grid<Z, 0, -8>>, tensor<?x2x2x2xi8> loc("pool1")
// CHECK: %[[R:.*]] = wage.relu %[[V]] : {{.*}} loc("relu1")
// CHECK: %[[A:.*]] = wage.quantize_activation %[[R]], rounding = half_even : {{.*}} -> tensor<?x2x2x2x!wage.grid<A, 8, -7>> loc("relu1")
// CHECK: %[[F:.*]] = wage.reshape %[[A]] : {{.*}} -> tensor<?x8x!wage.grid<A, 8, -7>> loc("flatten1")
// CHECK: %[[O:.*]] = wage.matmul %[[F]], %{{.*}}, scale_log2 = [0, 0, 0] {wage.trace = "out"} : {{.*}} loc("fc")
// CHECK: return %[[O]]
module attributes {onnx.opset = 13 : i64, onnx.source = "m.onnx"} {
  ml_program.global private @w0(dense<[[[[0.5, -0.3]]], [[[0.25, 0.75]]]]> : tensor<2x1x1x2xf32>) : tensor<2x1x1x2xf32>
  ml_program.global private @b0(dense<[0.5, -2.0]> : tensor<2xf32>) : tensor<2xf32>
  ml_program.global private @w1(dense<0.5> : tensor<3x8xf32>) : tensor<3x8xf32>
  func.func @main(%x: tensor<?x1x4x4xf32> loc("pixels")) -> tensor<?x3xf32> {
    %w0 = ml_program.global_load_const @w0 : tensor<2x1x1x2xf32>
    %b0 = ml_program.global_load_const @b0 : tensor<2xf32>
    %0 = onnx.conv %x, %w0 bias %b0, strides = [1, 2], pads = [0, 0, 0, 0]
         : (tensor<?x1x4x4xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<?x2x4x2xf32> loc("conv1")
    %1 = onnx.max_pool %0, kernel = [2, 1], strides = [2, 1], pads = [0, 0, 0, 0]
         : tensor<?x2x4x2xf32> -> tensor<?x2x2x2xf32> loc("pool1")
    %2 = onnx.relu %1 : tensor<?x2x2x2xf32> loc("relu1")
    %3 = onnx.flatten %2 : tensor<?x2x2x2xf32> -> tensor<?x8xf32> loc("flatten1")
    %w1 = ml_program.global_load_const @w1 : tensor<3x8xf32>
    %4 = onnx.gemm %3, %w1 trans_b : (tensor<?x8xf32>, tensor<3x8xf32>) -> tensor<?x3xf32> loc("fc")
    return %4 : tensor<?x3xf32>
  }
}

// -----

// An accumulator that a linear layer takes is rounded where it is taken, behind Flatten and pool; an Add of a constant
// is a bias, Identity and Dropout vanish; MatMul and Gemm without trans_b keep their layout.
// CHECK-LABEL: func.func @infer(
// CHECK: %[[X:.*]] = wage.encode_input
// CHECK: %[[Z0:.*]] = wage.matmul %[[X]], %{{.*}}, scale_log2 = [0, 0] axons_first : {{.*}} -> tensor<?x2x!wage.grid<Z, 0, -8>> loc("a")
// CHECK-NEXT: %[[B:.*]] = ml_program.global_load_const @b : tensor<2xi64>
// CHECK-NEXT: %[[S:.*]] = wage.add_bias %[[Z0]], %[[B]] : {{.*}} loc("add")
// CHECK-NEXT: %[[F:.*]] = wage.reshape %[[S]]
// CHECK-NEXT: %[[A:.*]] = wage.quantize_activation %[[F]], rounding = half_even : {{.*}} loc("flatten")
// CHECK-NEXT: %[[Z1:.*]] = wage.matmul %[[A]], %{{.*}}, scale_log2 = [0, 0, 0] axons_first : {{.*}} loc("b")
// CHECK-NEXT: %[[B1:.*]] = ml_program.global_load_const @b_1 : tensor<3xi64>
// CHECK-NEXT: %[[S1:.*]] = wage.add_bias %[[Z1]], %[[B1]] {wage.trace = "out"}
// CHECK-NEXT: return %[[S1]]
module {
  ml_program.global private @w(dense<0.5> : tensor<4x2xf32>) : tensor<4x2xf32>
  ml_program.global private @b(dense<0.5> : tensor<1x2xf32>) : tensor<1x2xf32>
  func.func @main(%x: tensor<?x4xf32>) -> tensor<?x3xf32> {
    %b = ml_program.global_load_const @b : tensor<1x2xf32>
    %w = ml_program.global_load_const @w : tensor<4x2xf32>
    %0 = onnx.mat_mul %x, %w : (tensor<?x4xf32>, tensor<4x2xf32>) -> tensor<?x2xf32> loc("a")
    %1 = onnx.identity %0 : tensor<?x2xf32> loc("same")
    %2 = onnx.add %1, %b : tensor<?x2xf32>, tensor<1x2xf32> loc("add")
    %3 = onnx.flatten %2 : tensor<?x2xf32> -> tensor<?x2xf32> loc("flatten")
    %4 = onnx.dropout %3 : tensor<?x2xf32> loc("dropout")
    %v = onnx.constant "v", value = dense<1.0> : tensor<2x3xf32>
    %c = onnx.constant "b", value = dense<1.0> : tensor<3xf32>
    %5 = onnx.gemm %4, %v bias %c : (tensor<?x2xf32>, tensor<2x3xf32>, tensor<3xf32>) -> tensor<?x3xf32> loc("b")
    return %5 : tensor<?x3xf32>
  }
}

// -----

// Relu twice and on the input: a Q_A each; a pool on activations keeps their grid; wide windows have wide positions; a
// tensor named as a function of the level is given another name.
// CHECK: ml_program.global private {{.*}}@infer_1(
// CHECK-LABEL: func.func @infer(
// CHECK: %[[X:.*]] = wage.encode_input
// CHECK-NEXT: %[[R0:.*]] = wage.relu %[[X]] : tensor<?x1x20x20x!wage.grid<A, 8, -7>>
// CHECK-NEXT: %[[A0:.*]] = wage.quantize_activation %[[R0]]
// CHECK-NEXT: %[[R1:.*]] = wage.relu %[[A0]]
// CHECK-NEXT: %[[A1:.*]] = wage.quantize_activation %[[R1]]
// CHECK-NEXT: %[[V:.*]], %{{.*}} = wage.max_pool %[[A1]], kernel = [19, 20]
// CHECK-SAME: -> tensor<?x1x2x1x!wage.grid<A, 8, -7>>, tensor<?x1x2x1xi16>
// CHECK-NEXT: %[[F:.*]] = wage.reshape %[[V]]
// CHECK-NEXT: wage.matmul %[[F]]
module {
  ml_program.global private @infer(dense<0.5> : tensor<3x2xf32>) : tensor<3x2xf32>
  func.func @main(%x: tensor<?x1x20x20xf32>) -> tensor<?x3xf32> {
    %w = ml_program.global_load_const @infer : tensor<3x2xf32>
    %0 = onnx.relu %x : tensor<?x1x20x20xf32>
    %1 = onnx.relu %0 : tensor<?x1x20x20xf32>
    %2 = onnx.max_pool %1, kernel = [19, 20], strides = [1, 1], pads = [0, 0, 0, 0]
         : tensor<?x1x20x20xf32> -> tensor<?x1x2x1xf32>
    %3 = onnx.reshape %2 : tensor<?x1x2x1xf32> -> tensor<?x2xf32>
    %4 = onnx.gemm %3, %w trans_b : (tensor<?x2xf32>, tensor<3x2xf32>) -> tensor<?x3xf32>
    return %4 : tensor<?x3xf32>
  }
}
