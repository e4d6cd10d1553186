// Each wage op is written out as the shifts, clips and compares that its description states.
// RUN: wage-opt %s --convert-wage-to-integer --mlir-print-debuginfo | FileCheck %s

// CHECK-LABEL: func.func @forward(
// CHECK-SAME: %[[P:.*]]: tensor<?x1x4x4xui8>{{.*}}) -> (tensor<?x2x2x2xi8>, tensor<?x2x2x2xi8>) {
// CHECK: %[[X:.*]] = integer.table %[[P]], table = dense<"0x{{[0-9A-F]*}}"> : tensor<256xi8>
// CHECK: %[[Z:.*]] = integer.conv2d %[[X]], %{{.*}}, strides = [1, 1], pads = [1, 1, 1, 1] {wage.trace = "out"}
// CHECK-SAME: -> tensor<?x2x4x4xi64> loc(#[[$CONV:.*]])
// CHECK: %[[Y:.*]] = integer.add_bias %[[Z]], %{{.*}} : tensor<?x2x4x4xi64>, tensor<2xi64> -> tensor<?x2x4x4xi64>
// CHECK: %[[V:.*]], %[[POS:.*]] = integer.max_pool %[[Y]], kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
// CHECK-SAME: -> tensor<?x2x2x2xi64>, tensor<?x2x2x2xi8>
// CHECK: %[[R:.*]] = integer.relu %[[V]] : tensor<?x2x2x2xi64>
// CHECK: %[[A:.*]] = integer.shift_clip %[[R]], shift = 2, bits = 8 : tensor<?x2x2x2xi64> -> tensor<?x2x2x2xi8>
// CHECK: return %[[A]], %[[POS]]
!w = tensor<2x1x3x3x!wage.grid<W, 2, -1>>
!z = tensor<?x2x4x4x!wage.grid<Z, 0, -9>>
!v = tensor<?x2x2x2x!wage.grid<Z, 0, -9>>
func.func @forward(%p: tensor<?x1x4x4xui8>, %w: !w, %b: tensor<2xi64>)
    -> (tensor<?x2x2x2x!wage.grid<A, 8, -7>>, tensor<?x2x2x2xi8>) {
  %x = wage.encode_input %p : tensor<?x1x4x4xui8> -> tensor<?x1x4x4x!wage.grid<A, 8, -7>>
  %z = wage.conv2d %x, %w, scale_log2 = [1, 1], strides = [1, 1], pads = [1, 1, 1, 1] {wage.trace = "out"}
       : tensor<?x1x4x4x!wage.grid<A, 8, -7>>, !w -> !z loc("Conv_1")
  %y = wage.add_bias %z, %b : !z, tensor<2xi64>
  %v, %pos = wage.max_pool %y, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : !z -> !v, tensor<?x2x2x2xi8>
  %r = wage.relu %v : !v
  %a = wage.quantize_activation %r, rounding = half_even : !v -> tensor<?x2x2x2x!wage.grid<A, 8, -7>>
  return %a, %pos : tensor<?x2x2x2x!wage.grid<A, 8, -7>>, tensor<?x2x2x2xi8>
}

// CHECK-LABEL: func.func @weights(
// CHECK-SAME: %[[I:.*]]: tensor<3x4xi16>{{.*}}, %[[M:.*]]: tensor<3x4xi16>{{.*}})
// CHECK: %[[W:.*]] = integer.shift_clip %[[I]], shift = 6, bits = 4 half_away : tensor<3x4xi16> -> tensor<3x4xi8>
// CHECK: %[[S:.*]] = integer.sign %[[M]] : tensor<3x4xi16> -> tensor<3x4xi8>
// CHECK: return %[[W]], %[[S]], %[[I]]
!g = tensor<3x4x!wage.grid<G, 10, -9>>
func.func @weights(%i: tensor<3x4xi16>, %m: !g)
    -> (tensor<3x4x!wage.grid<W, 4, -3>>, tensor<3x4x!wage.grid<W, 1, 0>>, tensor<3x4xi16>) {
  %n = wage.as_grid %i : tensor<3x4xi16> -> !g
  %w = wage.quantize_weight %n, rounding = half_away : !g -> tensor<3x4x!wage.grid<W, 4, -3>>
  %s = wage.quantize_weight %m, rounding = half_even : !g -> tensor<3x4x!wage.grid<W, 1, 0>>
  %k = wage.as_integers %n : !g -> tensor<3x4xi16>
  return %w, %s, %k : tensor<3x4x!wage.grid<W, 4, -3>>, tensor<3x4x!wage.grid<W, 1, 0>>, tensor<3x4xi16>
}

// CHECK-LABEL: func.func @errors(
// CHECK-SAME: %[[Z:.*]]: tensor<?x3xi64>{{.*}}, %[[L:.*]]: tensor<?xi32>{{.*}}, %[[W:.*]]: tensor<4x3xi8>
// CHECK: %[[E:.*]] = integer.subtract_one_hot %[[Z]], %[[L]], shift = 10
// CHECK: %[[M:.*]] = integer.max_abs %[[E]] : tensor<?x3xi64>
// CHECK: %[[K:.*]] = integer.shift_exponent %[[M]]
// CHECK: %[[Q:.*]] = integer.shift_clip_by %[[E]], %[[K]], offset = -7, bits = 8 {wage.trace = "error.0"}
// CHECK: %[[I:.*]] = integer.within %[[Z]], limit = 1016
// CHECK: %[[P:.*]] = integer.positive %[[Z]]
// CHECK: %[[A:.*]] = integer.apply_mask %[[Q]], %[[I]] : tensor<?x3xi8>, tensor<?x3xi1>
// CHECK: %[[T:.*]] = integer.matmul_transposed %[[A]], %[[W]] axons_first
// CHECK: return %[[T]], %[[K]]
func.func @errors(%z: tensor<?x3x!wage.grid<Z, 0, -10>>, %l: tensor<?xi32>, %w: tensor<4x3x!wage.grid<W, 2, -1>>)
    -> (tensor<?x4x!wage.grid<Z, 0, -3>>, tensor<i32>) {
  %e = wage.output_error %z, %l : tensor<?x3x!wage.grid<Z, 0, -10>>, tensor<?xi32>
  %q, %k = wage.quantize_error %e, rounding = half_even {wage.trace = "error.0"}
           : tensor<?x3x!wage.grid<Z, 0, -10>> -> tensor<?x3x!wage.grid<E, 8, 0>>
  %i = wage.within %z, bits = 8 : tensor<?x3x!wage.grid<Z, 0, -10>> -> tensor<?x3xi1>
  %p = wage.positive %z : tensor<?x3x!wage.grid<Z, 0, -10>> -> tensor<?x3xi1>
  %a = wage.apply_mask %q, %i : tensor<?x3x!wage.grid<E, 8, 0>>, tensor<?x3xi1>
  %t = wage.matmul_transposed %a, %w, scale_log2 = [2, 2, 2] axons_first
       : tensor<?x3x!wage.grid<E, 8, 0>>, tensor<4x3x!wage.grid<W, 2, -1>> -> tensor<?x4x!wage.grid<Z, 0, -3>>
  return %t, %k : tensor<?x4x!wage.grid<Z, 0, -3>>, tensor<i32>
}

// CHECK-LABEL: func.func @update(
// CHECK-SAME: %[[G:.*]]: tensor<3x4xi64>{{.*}}, %[[M:.*]]: tensor<3x4xi8>{{.*}}, %[[LR:.*]]: tensor<i32>{{.*}}, %[[STEP:.*]]: tensor<i64>{{.*}}, %[[SEED:.*]]: tensor<i64>
// CHECK: %[[X:.*]] = integer.max_abs %[[G]] : tensor<3x4xi64>
// CHECK: %[[K:.*]] = integer.shift_exponent %[[X]]
// CHECK: %[[R:.*]] = integer.random_bits %[[SEED]], %[[STEP]], ordinal = 3, bits = 12 : tensor<3x4xi32>
// CHECK: %[[D:.*]] = integer.stochastic_step %[[G]], %[[K]], %[[LR]], %[[R]], bits = 8, random_bits = 12 {wage.trace = "delta.3"}
// CHECK: %[[S:.*]] = integer.sub %[[M]], %[[D]] : tensor<3x4xi8>, tensor<3x4xi8> -> tensor<3x4xi64>
// CHECK: %[[N:.*]] = integer.clip %[[S]], limit = 64 {wage.trace = "master.3"} : tensor<3x4xi64> -> tensor<3x4xi8>
// CHECK: return %[[N]], %[[K]]
!m = tensor<3x4x!wage.grid<G, 8, -7>>
func.func @update(%g: tensor<3x4x!wage.grid<Z, 0, 0>>, %m: !m, %lr: tensor<i32>, %step: tensor<i64>, %seed: tensor<i64>)
    -> (!m, tensor<i32>) {
  %d, %k = wage.quantize_gradient %g, %lr, %step, %seed, ordinal = 3, random_bits = 12 {wage.trace = "delta.3"}
           : tensor<3x4x!wage.grid<Z, 0, 0>> -> !m
  %n = wage.update %m, %d, weight_bits = 2 {wage.trace = "master.3"} : !m
  return %n, %k : !m, tensor<i32>
}

// Channels with scales of their own: the sum is aligned behind the product, the error in front of its transposed product. The
// trace is that of the aligned sum.
// CHECK-LABEL: func.func @scales(
// CHECK: %[[P:.*]] = integer.matmul
// CHECK-NOT: wage.trace
// CHECK: %[[Z:.*]] = integer.align_channels %[[P]], shifts = [1, 0] {wage.trace = "out"} : tensor<?x2xi64> -> tensor<?x2xi64>
// CHECK: %[[E:.*]] = integer.align_channels %{{.*}}, shifts = [1, 0] : tensor<?x2xi8> -> tensor<?x2xi64>
// CHECK: integer.matmul_transposed %[[E]]
func.func @scales(%x: tensor<?x4x!wage.grid<A, 8, -7>>, %w: tensor<2x4x!wage.grid<W, 2, -1>>,
                  %e: tensor<?x2x!wage.grid<E, 8, 0>>)
    -> (tensor<?x2x!wage.grid<Z, 0, -10>>, tensor<?x4x!wage.grid<Z, 0, -3>>) {
  %z = wage.matmul %x, %w, scale_log2 = [1, 2] {wage.trace = "out"}
       : tensor<?x4x!wage.grid<A, 8, -7>>, tensor<2x4x!wage.grid<W, 2, -1>> -> tensor<?x2x!wage.grid<Z, 0, -10>>
  %d = wage.matmul_transposed %e, %w, scale_log2 = [1, 2]
       : tensor<?x2x!wage.grid<E, 8, 0>>, tensor<2x4x!wage.grid<W, 2, -1>> -> tensor<?x4x!wage.grid<Z, 0, -3>>
  return %z, %d : tensor<?x2x!wage.grid<Z, 0, -10>>, tensor<?x4x!wage.grid<Z, 0, -3>>
}

// Sums bring the coarser operand to the finer grid; average pools become sums.
// CHECK-LABEL: func.func @sums(
// CHECK: %[[P:.*]] = integer.sum_pool %{{.*}}, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<?x4x8x8xi8> -> tensor<?x4x4x4xi64>
// CHECK: integer.add %[[P]], %{{.*}}, shifts = [0, 2]
// CHECK: integer.sum_pool_spread
func.func @sums(%x: tensor<?x4x8x8x!wage.grid<A, 8, -7>>, %y: tensor<?x4x4x4x!wage.grid<A, 8, -7>>,
                %e: tensor<?x4x4x4x!wage.grid<E, 8, 0>>)
    -> (tensor<?x4x4x4x!wage.grid<Z, 0, -9>>, tensor<?x4x8x8x!wage.grid<Z, 0, -2>>) {
  %p = wage.average_pool %x, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
       : tensor<?x4x8x8x!wage.grid<A, 8, -7>> -> tensor<?x4x4x4x!wage.grid<Z, 0, -9>>
  %z = wage.add %p, %y : tensor<?x4x4x4x!wage.grid<Z, 0, -9>>, tensor<?x4x4x4x!wage.grid<A, 8, -7>>
                         -> tensor<?x4x4x4x!wage.grid<Z, 0, -9>>
  %d = wage.average_pool_spread %e, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
       : tensor<?x4x4x4x!wage.grid<E, 8, 0>> -> tensor<?x4x8x8x!wage.grid<Z, 0, -2>>
  return %z, %d : tensor<?x4x4x4x!wage.grid<Z, 0, -9>>, tensor<?x4x8x8x!wage.grid<Z, 0, -2>>
}

// Tables take the elements of their result; products, concatenations and movement only drop their grids.
// CHECK-LABEL: func.func @branches(
// CHECK: %[[L:.*]] = integer.lookup %{{.*}}, tables = dense<{{\[}}[0, 1, -1, 0], [2, -7, 7, 3]]> : tensor<2x4xi16> : tensor<?x2xi8> -> tensor<?x2xi16>
// CHECK: %[[P:.*]] = integer.multiply %[[L]], %{{.*}} : tensor<?x2xi16>, tensor<?x2xi8> -> tensor<?x2xi64>
// CHECK: %[[C:.*]] = integer.concat %[[P]], %[[P]] : tensor<?x2xi64>, tensor<?x2xi64> -> tensor<?x4xi64>
// CHECK: integer.rearrange %[[C]], sizes = [4], from = [3, -1], to = [0, 1] : tensor<?x4xi64> -> tensor<?x4xi64>
func.func @branches(%x: tensor<?x2x!wage.grid<A, 2, -1>>) -> tensor<?x4x!wage.grid<Z, 0, -10>> {
  %l = wage.lookup %x, tables = dense<[[0, 1, -1, 0], [2, -7, 7, 3]]> : tensor<2x4xi32>
       : tensor<?x2x!wage.grid<A, 2, -1>> -> tensor<?x2x!wage.grid<A, 10, -9>>
  %p = wage.multiply %l, %x : tensor<?x2x!wage.grid<A, 10, -9>>, tensor<?x2x!wage.grid<A, 2, -1>>
                              -> tensor<?x2x!wage.grid<Z, 0, -10>>
  %c = wage.concat %p, %p : tensor<?x2x!wage.grid<Z, 0, -10>>, tensor<?x2x!wage.grid<Z, 0, -10>>
                            -> tensor<?x4x!wage.grid<Z, 0, -10>>
  %r = wage.rearrange %c, sizes = [4], from = [3, -1], to = [0, 1]
       : tensor<?x4x!wage.grid<Z, 0, -10>> -> tensor<?x4x!wage.grid<Z, 0, -10>>
  return %r : tensor<?x4x!wage.grid<Z, 0, -10>>
}

// CHECK: #[[$CONV]] = loc("Conv_1")
