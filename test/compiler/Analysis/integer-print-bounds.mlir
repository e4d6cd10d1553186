// Inference counts the weights themselves, per neuron, and each neuron's own bias; training the largest weight.
// RUN: wage-opt %s --integer-print-bounds -o /dev/null | FileCheck %s

// Neurons: |w| sums 6 and 2, so 6 * 127 + 100 = 862 and 2 * 127 + 5000 = 5254; not (6 * 127 + 5000).
// CHECK: @infer, batch 16
// CHECK-NEXT:   layer  role      bound  bits  type
// CHECK-NEXT:   fc1    forward   762    11    i32
// CHECK-NEXT:   fc1    forward   5254   14    i32
// CHECK-NEXT:   fc2    forward   762    11    i32
// Masters are at most 64, weights 1: 4 * 127.
// CHECK: @train, batch 16
// CHECK-NEXT:   layer  role      bound  bits  type
// CHECK-NEXT:   fc1    forward   508    10    i32
// CHECK-NEXT:   fc1    loss      1532   12    i32
// CHECK-NEXT:   fc1    gradient  258064 19    i32
// CHECK-NEXT:   fc1    error     254    9     i32
// CHECK-NEXT:   -      update    191    9     i16
module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 16>} {
  ml_program.global private @w(dense<[[1, -2, 3, 0], [1, 0, 0, -1]]> : tensor<2x4xi8>) : tensor<2x4xi8>
  ml_program.global private @b(dense<[100, -5000]> : tensor<2xi64>) : tensor<2xi64>
  ml_program.global private mutable @m(dense<[[64, -64, 0, 3], [1, 2, 3, 4]]> : tensor<2x4xi8>) : tensor<2x4xi8>
  func.func @infer(%p: tensor<?x4xi32>) {
    %x = integer.shift_clip %p, shift = 0, bits = 8 : tensor<?x4xi32> -> tensor<?x4xi8>
    %w = ml_program.global_load_const @w : tensor<2x4xi8>
    %b = ml_program.global_load_const @b : tensor<2xi64>
    %z = integer.matmul %x, %w : tensor<?x4xi8>, tensor<2x4xi8> -> tensor<?x2xi32> loc("fc1")
    %y = integer.add_bias %z, %b : tensor<?x2xi32>, tensor<2xi64> -> tensor<?x2xi32> loc("fc1")
    %x2 = integer.shift_clip %p, shift = 0, bits = 8 : tensor<?x4xi32> -> tensor<?x4xi8>
    %z2 = integer.matmul %x2, %w : tensor<?x4xi8>, tensor<2x4xi8> -> tensor<?x2xi32> loc("fc2")
    return
  }
  func.func @train(%p: tensor<?x4xi32>, %l: tensor<?xi32>, %lr: tensor<i32>, %r: tensor<2x4xi32>) {
    %x = integer.shift_clip %p, shift = 0, bits = 8 : tensor<?x4xi32> -> tensor<?x4xi8>
    %m = ml_program.global_load @m : tensor<2x4xi8>
    %w = integer.shift_clip %m, shift = 6, bits = 2 : tensor<2x4xi8> -> tensor<2x4xi8>
    %z = integer.matmul %x, %w : tensor<?x4xi8>, tensor<2x4xi8> -> tensor<?x2xi32> loc("fc1")
    %e = integer.subtract_one_hot %z, %l, shift = 10 : tensor<?x2xi32>, tensor<?xi32> -> tensor<?x2xi32> loc("fc1")
    %a = integer.max_abs %e : tensor<?x2xi32>
    %k = integer.shift_exponent %a
    %q = integer.shift_clip_by %e, %k, offset = -7, bits = 8 : tensor<?x2xi32>, tensor<i32> -> tensor<?x2xi8>
    %g = integer.matmul_outer %q, %x : tensor<?x2xi8>, tensor<?x4xi8> -> tensor<2x4xi32> loc("fc1")
    %t = integer.matmul_transposed %q, %w : tensor<?x2xi8>, tensor<2x4xi8> -> tensor<?x4xi32> loc("fc1")
    %d = integer.stochastic_step %g, %k, %lr, %r, bits = 8, random_bits = 16
         : tensor<2x4xi32>, tensor<2x4xi32> -> tensor<2x4xi8>
    %s = integer.sub %m, %d : tensor<2x4xi8>, tensor<2x4xi8> -> tensor<2x4xi16>
    %n = integer.clip %s, limit = 64 : tensor<2x4xi16> -> tensor<2x4xi8>
    ml_program.global_store @m = %n : tensor<2x4xi8>
    return
  }
}
