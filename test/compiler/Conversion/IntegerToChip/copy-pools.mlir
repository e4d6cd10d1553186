// Bands of a convolution behind which pools follow whose windows overlap, reach past the edge, or take the whole plane.
//
// RUN: wage-opt %s --integer-copy-positions="copies=2" | FileCheck %s

// CHECK: %[[Z0:.*]] = integer.conv2d
// CHECK: %[[Z1:.*]] = integer.conv2d {{.*}} {wage.copy = 1 : i32}
// Windows 0 and 1 begin in the first band, in front of its first row and at its second; window 2 takes the second band as it is.
// CHECK: %[[ROWS:.*]] = integer.join_rows %[[Z0]], %[[Z1]] begins = [0, 3] first = 0 {{.*}} -> tensor<?x2x4x6xi32>
// CHECK: %[[V0:.*]], %[[P0:.*]] = integer.max_pool %[[ROWS]], kernel = [3, 3], strides = [2, 2], pads = [1, 1, 0, 1]
// CHECK: %[[V1:.*]], %[[P1:.*]] = integer.max_pool %[[Z1]], kernel = [3, 3], strides = [2, 2], pads = [0, 1, 1, 1]
// CHECK: %[[A0:.*]] = integer.shift_clip %[[V0]]
// CHECK: %[[A1:.*]] = integer.shift_clip %[[V1]]
// Of the sums of 2x2 windows the last needs the second band only.
// CHECK: %[[JOINED:.*]] = integer.join_rows %[[A0]], %[[A1]] begins = [0, 2] first = 0
// CHECK: integer.sum_pool %[[JOINED]], kernel = [2, 2], strides = [1, 1], pads = [0, 0, 0, 1]
// CHECK: integer.sum_pool %[[A1]], kernel = [2, 2], strides = [1, 1], pads = [0, 0, 1, 1]
// CHECK: %[[C0:.*]] = integer.shift_clip
// CHECK: %[[C1:.*]] = integer.shift_clip
// The mean is formed once, and its error taken apart.
// CHECK: %[[ALL:.*]] = integer.join_rows %[[C0]], %[[C1]] begins = [0, 2] first = 0
// CHECK: integer.sum_pool %[[ALL]], kernel = [3, 3]
// CHECK: %[[MEAN:.*]] = integer.sum_pool_spread
// CHECK: %[[U0:.*]] = integer.join_rows %[[MEAN]] begins = [0] first = 0 {{.*}} -> tensor<?x2x2x3xi32>
// CHECK: %[[M0:.*]] = integer.apply_mask %[[U0]]
// CHECK: %[[M1:.*]] = integer.apply_mask
// Of the rows where its windows begin, a band of errors needs those of windows in front of them too.
// CHECK: %[[E0:.*]] = integer.sum_pool_spread %[[M0]], kernel = [2, 2], strides = [1, 1], pads = [0, 0, 1, 1]
// CHECK: %[[BOTH:.*]] = integer.join_rows %[[M0]], %[[M1]] begins = [0, 2] first = 1
// CHECK: %[[E1:.*]] = integer.sum_pool_spread %[[BOTH]], kernel = [2, 2], strides = [1, 1], pads = [1, 0, 1, 1]
// CHECK: %[[S0:.*]] = integer.max_pool_scatter %[[E0]], %[[P0]], kernel = [3, 3], strides = [2, 2], pads = [1, 1, 0, 1]
// CHECK-SAME: -> tensor<?x2x4x6xi32>
// CHECK: %[[S1:.*]] = integer.max_pool_scatter %[[E1]], %[[P1]], kernel = [3, 3], strides = [2, 2], pads = [0, 1, 1, 1]
// CHECK-SAME: -> tensor<?x2x3x6xi32>
// The second band's own errors are there already; those of its row that the first windows took come to it.
// CHECK: %[[R0:.*]] = integer.add_rows of %[[Z0]] : {{.*}} from %[[S0]] begins = [0] first = 0
// CHECK: %[[R1:.*]] = integer.add_rows of %[[Z1]] : {{.*}} from %[[S0]] begins = [0] first = 3
// CHECK: %[[B1:.*]] = integer.add %[[R1]], %[[S1]], shifts = [0, 0]
// CHECK: integer.max_abs %[[R0]], %[[B1]]
module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  ml_program.global private mutable @w(dense<64> : tensor<2x1x3x3xi8>) : tensor<2x1x3x3xi8>
      {wage.layer = "conv", wage.ordinal = 0 : i32, wage.scale_log2 = array<i32: 0, 0>}
  ml_program.global private @f(dense<1> : tensor<3x2xi8>) : tensor<3x2xi8>
      {wage.layer = "fc", wage.ordinal = 1 : i32, wage.scale_log2 = array<i32: 0, 0, 0>}
  func.func @train(%p: tensor<?x1x6x6xui8>, %labels: tensor<?xi32>, %lr: tensor<i32>, %step: tensor<i64>, %seed: tensor<i64>)
      -> (tensor<?x3xi32>, tensor<i32>) {
    %m = ml_program.global_load @w : tensor<2x1x3x3xi8>
    %w = integer.shift_clip %m, shift = 6, bits = 2 : tensor<2x1x3x3xi8> -> tensor<2x1x3x3xi8>
    %f = ml_program.global_load_const @f : tensor<3x2xi8>
    %x = integer.table %p, table = dense<0> : tensor<256xi8> : tensor<?x1x6x6xui8> -> tensor<?x1x6x6xi8>
    %z = integer.conv2d %x, %w, strides = [1, 1], pads = [1, 1, 1, 1]
         : tensor<?x1x6x6xi8>, tensor<2x1x3x3xi8> -> tensor<?x2x6x6xi32>
    %v, %at = integer.max_pool %z, kernel = [3, 3], strides = [2, 2], pads = [1, 1, 1, 1]
              : tensor<?x2x6x6xi32> -> tensor<?x2x3x3xi32>, tensor<?x2x3x3xi8>
    %a = integer.shift_clip %v, shift = 3, bits = 8 : tensor<?x2x3x3xi32> -> tensor<?x2x3x3xi8>
    %s = integer.sum_pool %a, kernel = [2, 2], strides = [1, 1], pads = [0, 0, 1, 1] : tensor<?x2x3x3xi8> -> tensor<?x2x3x3xi32>
    %c = integer.shift_clip %s, shift = 2, bits = 8 : tensor<?x2x3x3xi32> -> tensor<?x2x3x3xi8>
    %mean = integer.sum_pool %c, kernel = [3, 3], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<?x2x3x3xi8> -> tensor<?x2x1x1xi32>
    %b = integer.shift_clip %mean, shift = 2, bits = 8 : tensor<?x2x1x1xi32> -> tensor<?x2x1x1xi8>
    %flat = integer.reshape %b : tensor<?x2x1x1xi8> -> tensor<?x2xi8>
    %out = integer.matmul %flat, %f : tensor<?x2xi8>, tensor<3x2xi8> -> tensor<?x3xi32>
    %loss = integer.subtract_one_hot %out, %labels, shift = 4 : tensor<?x3xi32>, tensor<?xi32> -> tensor<?x3xi32>
    %le = integer.shift_clip %loss, shift = 2, bits = 8 : tensor<?x3xi32> -> tensor<?x3xi8>
    %d = integer.matmul_transposed %le, %f : tensor<?x3xi8>, tensor<3x2xi8> -> tensor<?x2xi32>
    %r = integer.reshape %d : tensor<?x2xi32> -> tensor<?x2x1x1xi32>
    %u = integer.sum_pool_spread %r, kernel = [3, 3], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<?x2x1x1xi32> -> tensor<?x2x3x3xi32>
    %ok = integer.within %s, limit = 100 : tensor<?x2x3x3xi32> -> tensor<?x2x3x3xi1>
    %masked = integer.apply_mask %u, %ok : tensor<?x2x3x3xi32>, tensor<?x2x3x3xi1>
    %t = integer.sum_pool_spread %masked, kernel = [2, 2], strides = [1, 1], pads = [0, 0, 1, 1] : tensor<?x2x3x3xi32> -> tensor<?x2x3x3xi32>
    %k = integer.max_pool_scatter %t, %at, kernel = [3, 3], strides = [2, 2], pads = [1, 1, 1, 1]
         : tensor<?x2x3x3xi32>, tensor<?x2x3x3xi8> -> tensor<?x2x6x6xi32>
    %most = integer.max_abs %k : tensor<?x2x6x6xi32>
    %n = integer.shift_exponent %most
    %e = integer.shift_clip_by %k, %n, offset = -7, bits = 8 : tensor<?x2x6x6xi32>, tensor<i32> -> tensor<?x2x6x6xi8>
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
