// Sums over windows reach as far as their kernels, errors as far as windows overlap, rounded values half a step further.
// RUN: wage-opt %s --integer-print-bounds -o /dev/null | FileCheck %s

// Weights of 21 in all times 127; shifted by 10 that is 2.6 at most, which becomes 3.
// CHECK: @infer, batch 16
// CHECK-NEXT:   layer  role      bound  bits  type
// CHECK-NEXT:   conv1  forward   2667   13    i32
// CHECK-NEXT:   conv2  forward   3      3     i32
// Of trained weights every one of a neuron's 1 x 2 x 3 may be 1.
// CHECK: @train, batch 16
// CHECK-NEXT:   layer  role      bound  bits  type
// CHECK-NEXT:   conv1  forward   762    11    i32
// Windows of 3 rows every 2 share a row, so that 2 errors of 127 come together; those of 2 columns every 2 share none.
// CHECK-NEXT:   pool1  pool      254    9     i16
// Of windows of 5 rows every 2 and 3 columns every 1, 3 x 3 share a place; times 2 neurons and 2 x 3 weights of 1.
// CHECK-NEXT:   conv1  error     13716  15    i32
module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 16>} {
  ml_program.global private @w(dense<[[[[1, -2, 3], [4, 5, -6]]], [[[1, 0, 0], [0, 0, 0]]]]> : tensor<2x1x2x3xi8>)
      : tensor<2x1x2x3xi8>
  ml_program.global private @one(dense<[[[[1]], [[0]]]]> : tensor<1x2x1x1xi8>) : tensor<1x2x1x1xi8>
  ml_program.global private mutable @m(dense<64> : tensor<2x1x2x3xi8>) : tensor<2x1x2x3xi8>
  func.func @infer(%p: tensor<?x1x7x9xi32>) {
    %x = integer.shift_clip %p, shift = 0, bits = 8 : tensor<?x1x7x9xi32> -> tensor<?x1x7x9xi8>
    %w = ml_program.global_load_const @w : tensor<2x1x2x3xi8>
    %one = ml_program.global_load_const @one : tensor<1x2x1x1xi8>
    %z = integer.conv2d %x, %w, strides = [1, 1], pads = [0, 0, 0, 0]
         : tensor<?x1x7x9xi8>, tensor<2x1x2x3xi8> -> tensor<?x2x6x7xi32> loc("conv1")
    %y = integer.shift_clip %z, shift = 10, bits = 8 : tensor<?x2x6x7xi32> -> tensor<?x2x6x7xi8>
    %z2 = integer.conv2d %y, %one, strides = [1, 1], pads = [0, 0, 0, 0]
          : tensor<?x2x6x7xi8>, tensor<1x2x1x1xi8> -> tensor<?x1x6x7xi32> loc("conv2")
    return
  }
  func.func @train(%p: tensor<?x1x7x9xi32>, %q: tensor<?x2x6x7xi32>, %d: tensor<?x2x1x5xi32>) {
    %x = integer.shift_clip %p, shift = 0, bits = 8 : tensor<?x1x7x9xi32> -> tensor<?x1x7x9xi8>
    %m = ml_program.global_load @m : tensor<2x1x2x3xi8>
    %w = integer.shift_clip %m, shift = 6, bits = 2 : tensor<2x1x2x3xi8> -> tensor<2x1x2x3xi8>
    %z = integer.conv2d %x, %w, strides = [1, 1], pads = [0, 0, 0, 0]
         : tensor<?x1x7x9xi8>, tensor<2x1x2x3xi8> -> tensor<?x2x6x7xi32> loc("conv1")
    %a = integer.shift_clip %q, shift = 0, bits = 8 : tensor<?x2x6x7xi32> -> tensor<?x2x6x7xi8>
    %v, %at = integer.max_pool %a, kernel = [3, 2], strides = [2, 2], pads = [0, 0, 0, 0]
              : tensor<?x2x6x7xi8> -> tensor<?x2x2x3xi8>, tensor<?x2x2x3xi8>
    %s = integer.max_pool_scatter %v, %at, kernel = [3, 2], strides = [2, 2], pads = [0, 0, 0, 0]
         : tensor<?x2x2x3xi8>, tensor<?x2x2x3xi8> -> tensor<?x2x6x7xi16> loc("pool1")
    %e = integer.shift_clip %d, shift = 0, bits = 8 : tensor<?x2x1x5xi32> -> tensor<?x2x1x5xi8>
    %u = integer.sum_pool_spread %e, kernel = [5, 3], strides = [2, 1], pads = [0, 0, 0, 0]
         : tensor<?x2x1x5xi8> -> tensor<?x2x6x7xi16>
    %t = integer.conv2d_transposed %u, %w, strides = [1, 1], pads = [0, 0, 0, 0]
         : tensor<?x2x6x7xi16>, tensor<2x1x2x3xi8> -> tensor<?x1x7x9xi32> loc("conv1")
    return
  }
}
