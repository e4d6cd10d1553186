// Bands of a convolution behind which a pool and another layer follow, and how their errors and gradients come together.
//
// RUN: wage-opt %s --integer-copy-positions="copies=conv:2" | FileCheck %s
// RUN: wage-opt %s --integer-copy-positions="copies=3,conv:1" | FileCheck %s --check-prefix=SAME
// RUN: not wage-opt %s --integer-copy-positions="copies=cnov:2" 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not wage-opt %s --integer-copy-positions="copies=0" 2>&1 | FileCheck %s --check-prefix=ZERO
// NAME: error: copies 'cnov:2': no layer 'cnov'
// ZERO: error: copies '0': needed N or LAYER:N with N from 1
// SAME-NOT: join_rows

// Of 6 rows of output the pool takes 2 at a time: bands of 2 and 4 rows, which need rows [0, 3) and [1, 6) of the input.
// CHECK: %[[TOP:.*]] = integer.join_rows %{{.*}} begins = [0] first = 0 : tensor<?x1x6x6xi8> -> tensor<?x1x3x6xi8>
// CHECK: %[[Z0:.*]] = integer.conv2d %[[TOP]], %{{.*}}, strides = [1, 1], pads = [1, 1, 0, 1]
// CHECK-SAME: -> tensor<?x2x2x6xi32>
// CHECK: %[[REST:.*]] = integer.join_rows %{{.*}} begins = [0] first = 1 : tensor<?x1x6x6xi8> -> tensor<?x1x5x6xi8>
// CHECK: %[[Z1:.*]] = integer.conv2d %[[REST]], %{{.*}}, strides = [1, 1], pads = [0, 1, 1, 1] {wage.copy = 1 : i32}
// CHECK-SAME: -> tensor<?x2x4x6xi32>
// CHECK: %[[V0:.*]], %[[P0:.*]] = integer.max_pool %[[Z0]]
// CHECK: %[[V1:.*]], %[[P1:.*]] = integer.max_pool %[[Z1]]
// CHECK: %[[A0:.*]] = integer.shift_clip %[[V0]]
// CHECK: %[[A1:.*]] = integer.shift_clip %[[V1]]
// CHECK: %[[ALL:.*]] = integer.join_rows %[[A0]], %[[A1]] begins = [0, 1] first = 0
// CHECK: %[[FLAT:.*]] = integer.reshape %[[ALL]]
// CHECK: integer.matmul %[[FLAT]]
// The vector's error returns to the bands that it was made of.
// CHECK: %[[D:.*]] = integer.matmul_transposed
// CHECK: %[[R:.*]] = integer.reshape %[[D]]
// CHECK: %[[E0:.*]] = integer.add_rows of %[[A0]] : {{.*}} from %[[R]] begins = [0] first = 0 : {{.*}} -> tensor<?x2x1x3xi32>
// CHECK: %[[E1:.*]] = integer.add_rows of %[[A1]] : {{.*}} from %[[R]] begins = [0] first = 1 : {{.*}} -> tensor<?x2x2x3xi32>
// CHECK: %[[S0:.*]] = integer.max_pool_scatter %[[E0]], %[[P0]]
// CHECK: %[[S1:.*]] = integer.max_pool_scatter %[[E1]], %[[P1]]
// CHECK: integer.max_abs %[[S0]], %[[S1]]
// CHECK: %[[Q0:.*]] = integer.shift_clip_by %[[S0]]
// CHECK: %[[Q1:.*]] = integer.shift_clip_by %[[S1]]
// CHECK: %[[G0:.*]] = integer.conv2d_outer %[[Q0]], %[[TOP]]
// CHECK: %[[G1:.*]] = integer.conv2d_outer %[[Q1]], %[[REST]], {{.*}} {wage.copy = 1 : i32}
// CHECK: %[[G:.*]] = integer.sum %[[G0]], %[[G1]]
// CHECK: integer.max_abs %[[G]]
module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  ml_program.global private mutable @w(dense<64> : tensor<2x1x3x3xi8>) : tensor<2x1x3x3xi8>
      {wage.layer = "conv", wage.ordinal = 0 : i32, wage.scale_log2 = array<i32: 0, 0>}
  ml_program.global private @f(dense<1> : tensor<3x18xi8>) : tensor<3x18xi8>
      {wage.layer = "fc", wage.ordinal = 1 : i32, wage.scale_log2 = array<i32: 0, 0, 0>}
  func.func @train(%p: tensor<?x1x6x6xui8>, %labels: tensor<?xi32>, %lr: tensor<i32>, %step: tensor<i64>, %seed: tensor<i64>)
      -> (tensor<?x3xi32>, tensor<i32>) {
    %m = ml_program.global_load @w : tensor<2x1x3x3xi8>
    %w = integer.shift_clip %m, shift = 6, bits = 2 : tensor<2x1x3x3xi8> -> tensor<2x1x3x3xi8>
    %f = ml_program.global_load_const @f : tensor<3x18xi8>
    %x = integer.table %p, table = dense<0> : tensor<256xi8> : tensor<?x1x6x6xui8> -> tensor<?x1x6x6xi8>
    %z = integer.conv2d %x, %w, strides = [1, 1], pads = [1, 1, 1, 1]
         : tensor<?x1x6x6xi8>, tensor<2x1x3x3xi8> -> tensor<?x2x6x6xi32>
    %v, %at = integer.max_pool %z, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
              : tensor<?x2x6x6xi32> -> tensor<?x2x3x3xi32>, tensor<?x2x3x3xi8>
    %a = integer.shift_clip %v, shift = 3, bits = 8 : tensor<?x2x3x3xi32> -> tensor<?x2x3x3xi8>
    %flat = integer.reshape %a : tensor<?x2x3x3xi8> -> tensor<?x18xi8>
    %out = integer.matmul %flat, %f : tensor<?x18xi8>, tensor<3x18xi8> -> tensor<?x3xi32>
    %loss = integer.subtract_one_hot %out, %labels, shift = 4 : tensor<?x3xi32>, tensor<?xi32> -> tensor<?x3xi32>
    %le = integer.shift_clip %loss, shift = 2, bits = 8 : tensor<?x3xi32> -> tensor<?x3xi8>
    %d = integer.matmul_transposed %le, %f : tensor<?x3xi8>, tensor<3x18xi8> -> tensor<?x18xi32>
    %r = integer.reshape %d : tensor<?x18xi32> -> tensor<?x2x3x3xi32>
    %s = integer.max_pool_scatter %r, %at, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
         : tensor<?x2x3x3xi32>, tensor<?x2x3x3xi8> -> tensor<?x2x6x6xi32>
    %most = integer.max_abs %s : tensor<?x2x6x6xi32>
    %k = integer.shift_exponent %most
    %e = integer.shift_clip_by %s, %k, offset = -7, bits = 8 : tensor<?x2x6x6xi32>, tensor<i32> -> tensor<?x2x6x6xi8>
    %g = integer.conv2d_outer %e, %x, strides = [1, 1], pads = [1, 1, 1, 1]
         : tensor<?x2x6x6xi8>, tensor<?x1x6x6xi8> -> tensor<2x1x3x3xi32>
    %gm = integer.max_abs %g : tensor<2x1x3x3xi32>
    %gk = integer.shift_exponent %gm
    %bits = integer.random_bits %seed, %step, ordinal = 0, bits = 16 : tensor<2x1x3x3xi32>
    %delta = integer.stochastic_step %g, %gk, %lr, %bits, bits = 8, random_bits = 16
             : tensor<2x1x3x3xi32>, tensor<2x1x3x3xi32> -> tensor<2x1x3x3xi16>
    %less = integer.sub %m, %delta : tensor<2x1x3x3xi8>, tensor<2x1x3x3xi16> -> tensor<2x1x3x3xi16>
    %new = integer.clip %less, limit = 127 : tensor<2x1x3x3xi16> -> tensor<2x1x3x3xi8>
    ml_program.global_store @w = %new : tensor<2x1x3x3xi8>
    return %out, %gk : tensor<?x3xi32>, tensor<i32>
  }
}
