// Each pipeline stops at its level; the choices are those of wage-translate.
// RUN: wage-opt %s --wage-onnx-to-wage-pipeline="bits=2-8-8-8 batch=4" | FileCheck %s --check-prefix=WAGE
// RUN: wage-opt %s --wage-onnx-to-wage-pipeline="mode=infer rounding=half-away bits=4-6-10-7-12" | FileCheck %s --check-prefix=INFER
// RUN: wage-opt %s --wage-onnx-to-wage-pipeline="batch=4" --wage-to-integer-pipeline | FileCheck %s --check-prefix=INTEGER
// RUN: wage-opt %s --wage-onnx-to-wage-pipeline="batch=4" --wage-to-integer-pipeline --wage-integer-to-chip-pipeline="chip=generic-64" -o %t.stages
// RUN: wage-opt %s --wage-onnx-to-chip-pipeline="batch=4 chip=generic-64" -o %t.whole
// RUN: cmp %t.stages %t.whole
// RUN: not wage-opt %s --wage-onnx-to-wage-pipeline="bits=2-8" 2>&1 | FileCheck %s --check-prefix=BITS
// RUN: not wage-opt %s --wage-onnx-to-wage-pipeline="mode=learn" 2>&1 | FileCheck %s --check-prefix=MODE

// WAGE: wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8, random = 16, rounding = half_even, batch = 4>
// WAGE: func.func @infer
// WAGE: func.func @train
// INFER: mode = infer, weights = 4, activations = 6, gradients = 10, errors = 7, random = 12, rounding = half_away, batch = 128
// INFER-NOT: func.func @train
// INTEGER-NOT: wage.grid
// INTEGER: integer.matmul
// BITS: found '2-8', needed weight-activation-gradient-error[-random] bits
// MODE: found 'learn', needed train or infer

module {
  ml_program.global private @fc.weight(dense<[[0.5, -0.3, 0.9], [0.1, 2.0, -1.0]]> : tensor<2x3xf32>) : tensor<2x3xf32>
  func.func @main(%x: tensor<?x3xf32> loc("x")) -> tensor<?x2xf32> {
    %w = ml_program.global_load_const @fc.weight : tensor<2x3xf32> loc("fc.weight")
    %y = onnx.gemm %x, %w trans_b : (tensor<?x3xf32>, tensor<2x3xf32>) -> tensor<?x2xf32> loc("fc")
    return %y : tensor<?x2xf32>
  }
}
