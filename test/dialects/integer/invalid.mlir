// Every labelled constraint refuses; the functions carry the labels.
// RUN: wage-opt %s -split-input-file -verify-diagnostics

func.func @table_c1(%x: tensor<2x4xui8>) {
  // expected-error@+1 {{'integer.table' op table must have 256 elements, or 256 for each channel, of the result's type 'i8', got 'tensor<255xi8>'}}
  %y = integer.table %x, table = dense<0> : tensor<255xi8> : tensor<2x4xui8> -> tensor<2x4xi8>
  return
}

// -----

func.func @table_c1_element_type(%x: tensor<2x4xui8>) {
  // expected-error@+1 {{'integer.table' op table must have 256 elements, or 256 for each channel, of the result's type 'i8', got 'tensor<256xi16>'}}
  %y = integer.table %x, table = dense<0> : tensor<256xi16> : tensor<2x4xui8> -> tensor<2x4xi8>
  return
}

// -----

func.func @table_c1_channels(%x: tensor<2x4xui8>) {
  // expected-error@+1 {{'integer.table' op table must have 256 elements, or 256 for each channel, of the result's type 'i8', got 'tensor<3x256xi8>'}}
  %y = integer.table %x, table = dense<0> : tensor<3x256xi8> : tensor<2x4xui8> -> tensor<2x4xi8>
  return
}

// -----

func.func @conv2d_c1(%x: tensor<?x1x8x8xi8>, %w: tensor<4x1x3x3xi8>) {
  // expected-error@+1 {{'integer.conv2d' op result must have shape [?, 4, 6, 6], got 'tensor<?x4x8x8xi32>'}}
  %z = integer.conv2d %x, %w, strides = [1, 1], pads = [0, 0, 0, 0]
       : tensor<?x1x8x8xi8>, tensor<4x1x3x3xi8> -> tensor<?x4x8x8xi32>
  return
}

// -----

func.func @conv2d_c1_channels(%x: tensor<?x2x8x8xi8>, %w: tensor<4x1x3x3xi8>) {
  // expected-error@+1 {{'integer.conv2d' op input has 2 channels but the weights take 1}}
  %z = integer.conv2d %x, %w, strides = [1, 1], pads = [0, 0, 0, 0]
       : tensor<?x2x8x8xi8>, tensor<4x1x3x3xi8> -> tensor<?x4x6x6xi32>
  return
}

// -----

func.func @conv2d_c1_too_small(%x: tensor<?x1x2x2xi8>, %w: tensor<4x1x5x5xi8>) {
  // expected-error@+1 {{'integer.conv2d' op a kernel of 5x5 does not fit input 'tensor<?x1x2x2xi8>'}}
  %z = integer.conv2d %x, %w, strides = [1, 1], pads = [1, 1, 1, 1]
       : tensor<?x1x2x2xi8>, tensor<4x1x5x5xi8> -> tensor<?x4x1x1xi32>
  return
}

// -----

func.func @conv2d_c1_dynamic_width(%x: tensor<?x1x8x?xi8>, %w: tensor<4x1x3x3xi8>) {
  // expected-error@+1 {{'integer.conv2d' op input may be dynamic in its batch dimension only, got 'tensor<?x1x8x?xi8>'}}
  %z = integer.conv2d %x, %w, strides = [1, 1], pads = [0, 0, 0, 0]
       : tensor<?x1x8x?xi8>, tensor<4x1x3x3xi8> -> tensor<?x4x6x6xi32>
  return
}

// -----

func.func @conv2d_c2(%x: tensor<?x1x8x8xi8>, %w: tensor<4x1x3x3xi8>) {
  // expected-error@+1 {{'integer.conv2d' op strides must be positive, got 0}}
  %z = integer.conv2d %x, %w, strides = [1, 0], pads = [1, 1, 1, 1]
       : tensor<?x1x8x8xi8>, tensor<4x1x3x3xi8> -> tensor<?x4x8x8xi32>
  return
}

// -----

func.func @conv2d_c2_pads(%x: tensor<?x1x8x8xi8>, %w: tensor<4x1x3x3xi8>) {
  // expected-error@+1 {{'integer.conv2d' op pads must have 4 entries, got 2}}
  %z = integer.conv2d %x, %w, strides = [1, 1], pads = [1, 1]
       : tensor<?x1x8x8xi8>, tensor<4x1x3x3xi8> -> tensor<?x4x8x8xi32>
  return
}

// -----

func.func @conv2d_c2_bounded(%x: tensor<?x1x8x8xi8>, %w: tensor<4x1x3x3xi8>) {
  // expected-error@+1 {{'integer.conv2d' op pads must be less than 2^31, got 9223372036854775807}}
  %z = integer.conv2d %x, %w, strides = [1, 1], pads = [0, 9223372036854775807, 0, 0]
       : tensor<?x1x8x8xi8>, tensor<4x1x3x3xi8> -> tensor<?x4x8x8xi32>
  return
}

// -----

func.func @conv2d_c3(%x: tensor<?x1x8x8xi8>, %w: tensor<4x1x3x3xi8>) {
  // expected-error@+1 {{'integer.conv2d' op dilations must be positive, got 0}}
  %z = integer.conv2d %x, %w, strides = [1, 1], pads = [1, 1, 1, 1] dilations = [1, 0]
       : tensor<?x1x8x8xi8>, tensor<4x1x3x3xi8> -> tensor<?x4x8x8xi32>
  return
}

// -----

func.func @conv2d_c3_two(%x: tensor<?x1x8x8xi8>, %w: tensor<4x1x3x3xi8>) {
  // expected-error@+1 {{'integer.conv2d' op dilations must have 2 entries, got 1}}
  %z = integer.conv2d %x, %w, strides = [1, 1], pads = [1, 1, 1, 1] dilations = [2]
       : tensor<?x1x8x8xi8>, tensor<4x1x3x3xi8> -> tensor<?x4x8x8xi32>
  return
}

// -----

func.func @conv2d_c3_too_wide(%x: tensor<?x1x8x8xi8>, %w: tensor<4x1x3x3xi8>) {
  // expected-error@+1 {{'integer.conv2d' op a kernel of 3x3 does not fit input 'tensor<?x1x8x8xi8>'}}
  %z = integer.conv2d %x, %w, strides = [1, 1], pads = [0, 0, 0, 0] dilations = [4, 1]
       : tensor<?x1x8x8xi8>, tensor<4x1x3x3xi8> -> tensor<?x4x1x6xi32>
  return
}

// -----

func.func @conv2d_c4(%x: tensor<?x4x8x8xi8>, %w: tensor<6x1x3x3xi8>) {
  // expected-error@+1 {{'integer.conv2d' op groups must divide the 4 channels and the 6 neurons, got 4}}
  %z = integer.conv2d %x, %w, strides = [1, 1], pads = [1, 1, 1, 1] groups = 4
       : tensor<?x4x8x8xi8>, tensor<6x1x3x3xi8> -> tensor<?x6x8x8xi32>
  return
}

// -----

func.func @conv2d_c4_positive(%x: tensor<?x4x8x8xi8>, %w: tensor<4x1x3x3xi8>) {
  // expected-error@+1 {{'integer.conv2d' op groups must divide the 4 channels and the 4 neurons, got 0}}
  %z = integer.conv2d %x, %w, strides = [1, 1], pads = [1, 1, 1, 1] groups = 0
       : tensor<?x4x8x8xi8>, tensor<4x1x3x3xi8> -> tensor<?x4x8x8xi32>
  return
}

// -----

func.func @conv2d_c4_channels(%x: tensor<?x4x8x8xi8>, %w: tensor<4x4x3x3xi8>) {
  // expected-error@+1 {{'integer.conv2d' op input has 4 channels in 2 groups but the weights take 4}}
  %z = integer.conv2d %x, %w, strides = [1, 1], pads = [1, 1, 1, 1] groups = 2
       : tensor<?x4x8x8xi8>, tensor<4x4x3x3xi8> -> tensor<?x4x8x8xi32>
  return
}

// -----

func.func @conv2d_transposed_c1(%e: tensor<?x4x8x8xi8>, %w: tensor<4x1x3x3xi8>) {
  // expected-error@+1 {{'integer.conv2d_transposed' op error must have shape [?, 4, 5, 5], got 'tensor<?x4x8x8xi8>'}}
  %d = integer.conv2d_transposed %e, %w, strides = [1, 1], pads = [1, 1, 1, 1]
       : tensor<?x4x8x8xi8>, tensor<4x1x3x3xi8> -> tensor<?x1x5x5xi32>
  return
}

// -----

func.func @conv2d_transposed_c2(%e: tensor<?x4x8x8xi8>, %w: tensor<4x1x3x3xi8>) {
  // expected-error@+1 {{'integer.conv2d_transposed' op pads must not be negative, got -1}}
  %d = integer.conv2d_transposed %e, %w, strides = [1, 1], pads = [-1, 1, 1, 1]
       : tensor<?x4x8x8xi8>, tensor<4x1x3x3xi8> -> tensor<?x1x8x8xi32>
  return
}

// -----

func.func @conv2d_outer_c1(%e: tensor<?x4x8x8xi8>, %x: tensor<?x1x8x8xi8>) {
  // expected-error@+1 {{'integer.conv2d_outer' op error must have shape [?, 5, 8, 8], got 'tensor<?x4x8x8xi8>'}}
  %g = integer.conv2d_outer %e, %x, strides = [1, 1], pads = [1, 1, 1, 1]
       : tensor<?x4x8x8xi8>, tensor<?x1x8x8xi8> -> tensor<5x1x3x3xi32>
  return
}

// -----

func.func @conv2d_outer_c2(%e: tensor<?x4x8x8xi8>, %x: tensor<?x1x8x8xi8>) {
  // expected-error@+1 {{'integer.conv2d_outer' op strides must have 2 entries, got 1}}
  %g = integer.conv2d_outer %e, %x, strides = [1], pads = [1, 1, 1, 1]
       : tensor<?x4x8x8xi8>, tensor<?x1x8x8xi8> -> tensor<4x1x3x3xi32>
  return
}

// -----

func.func @matmul_c1(%x: tensor<?x64xi8>, %w: tensor<64x5xi8>) {
  // expected-error@+1 {{'integer.matmul' op weights must have shape [5, 64], got 'tensor<64x5xi8>'}}
  %z = integer.matmul %x, %w : tensor<?x64xi8>, tensor<64x5xi8> -> tensor<?x5xi32>
  return
}

// -----

func.func @matmul_c1_axons_first(%x: tensor<?x64xi8>, %w: tensor<5x64xi8>) {
  // expected-error@+1 {{'integer.matmul' op weights must have shape [64, 5] (axons first), got 'tensor<5x64xi8>'}}
  %z = integer.matmul %x, %w axons_first : tensor<?x64xi8>, tensor<5x64xi8> -> tensor<?x5xi32>
  return
}

// -----

func.func @matmul_transposed_c1(%e: tensor<2x5xi8>, %w: tensor<5x64xi8>) {
  // expected-error@+1 {{'integer.matmul_transposed' op result and error must have one batch size, got 'tensor<3x64xi32>' and 'tensor<2x5xi8>'}}
  %d = integer.matmul_transposed %e, %w : tensor<2x5xi8>, tensor<5x64xi8> -> tensor<3x64xi32>
  return
}

// -----

func.func @matmul_outer_c1(%e: tensor<?x5xi8>, %x: tensor<?x4x16xi8>) {
  // expected-error@+1 {{'integer.matmul_outer' op input must have 2 dimensions, got 'tensor<?x4x16xi8>'}}
  %g = integer.matmul_outer %e, %x : tensor<?x5xi8>, tensor<?x4x16xi8> -> tensor<5x64xi32>
  return
}

// -----

func.func @add_bias_c1(%z: tensor<?x5xi32>, %b: tensor<4xi64>) {
  // expected-error@+1 {{'integer.add_bias' op bias must have one element per channel of the input, got 'tensor<4xi64>' for 'tensor<?x5xi32>'}}
  %y = integer.add_bias %z, %b : tensor<?x5xi32>, tensor<4xi64> -> tensor<?x5xi32>
  return
}

// -----

func.func @add_bias_c2(%z: tensor<?x5xi32>, %b: tensor<5xi64>) {
  // expected-error@+1 {{'integer.add_bias' op result must have shape [?, 5], got 'tensor<?x6xi32>'}}
  %y = integer.add_bias %z, %b : tensor<?x5xi32>, tensor<5xi64> -> tensor<?x6xi32>
  return
}

// -----

func.func @reshape_c1(%x: tensor<?x4x4x4xi8>) {
  // expected-error@+1 {{'integer.reshape' op result must have 64 elements per sample, got 63}}
  %y = integer.reshape %x : tensor<?x4x4x4xi8> -> tensor<?x63xi8>
  return
}

// -----

func.func @reshape_c2(%x: tensor<?x4x4x4xi8>) {
  // expected-error@+1 {{'integer.reshape' op element type must be kept, got 'tensor<?x4x4x4xi8>' and 'tensor<?x64xi16>'}}
  %y = integer.reshape %x : tensor<?x4x4x4xi8> -> tensor<?x64xi16>
  return
}

// -----

func.func @reshape_c2_batch(%x: tensor<?x4x4x4xi8>) {
  // expected-error@+1 {{'integer.reshape' op batch dimension must be kept, got 'tensor<?x4x4x4xi8>' and 'tensor<2x64xi8>'}}
  %y = integer.reshape %x : tensor<?x4x4x4xi8> -> tensor<2x64xi8>
  return
}

// -----

func.func @max_pool_c1(%x: tensor<?x4x8x8xi32>) {
  // expected-error@+1 {{'integer.max_pool' op values must have shape [?, 4, 4, 4], got 'tensor<?x4x3x4xi32>'}}
  %y, %p = integer.max_pool %x, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
           : tensor<?x4x8x8xi32> -> tensor<?x4x3x4xi32>, tensor<?x4x4x4xi8>
  return
}

// -----

func.func @max_pool_c2(%x: tensor<?x4x8x8xi32>) {
  // expected-error@+1 {{'integer.max_pool' op pads in front must be smaller than the kernel, got pad 2 with kernel 2}}
  %y, %p = integer.max_pool %x, kernel = [3, 2], strides = [2, 2], pads = [2, 2, 0, 0]
           : tensor<?x4x8x8xi32> -> tensor<?x4x4x4xi32>, tensor<?x4x4x4xi8>
  return
}

// -----

// Seven columns in steps of three: a fourth window would begin in the padding.
func.func @max_pool_c2_behind(%x: tensor<?x4x8x7xi32>) {
  // expected-error@+1 {{'integer.max_pool' op pads behind must be smaller than kernel and stride and leave no window outside the plane, got pad 4 with kernel 2 and stride 3}}
  %y, %p = integer.max_pool %x, kernel = [3, 2], strides = [2, 3], pads = [0, 0, 0, 4]
           : tensor<?x4x8x7xi32> -> tensor<?x4x3x4xi32>, tensor<?x4x3x4xi8>
  return
}

// -----

func.func @max_pool_c3(%x: tensor<?x1x16x16xi32>) {
  // expected-error@+1 {{'integer.max_pool' op positions must hold 255, got 8-bit elements}}
  %y, %p = integer.max_pool %x, kernel = [16, 16], strides = [1, 1], pads = [0, 0, 0, 0]
           : tensor<?x1x16x16xi32> -> tensor<?x1x1x1xi32>, tensor<?x1x1x1xi8>
  return
}

// -----

func.func @max_pool_scatter_c1(%e: tensor<?x4x4x4xi8>, %p: tensor<?x4x4x3xi8>) {
  // expected-error@+1 {{'integer.max_pool_scatter' op positions must have shape [?, 4, 4, 4], got 'tensor<?x4x4x3xi8>'}}
  %d = integer.max_pool_scatter %e, %p, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
       : tensor<?x4x4x4xi8>, tensor<?x4x4x3xi8> -> tensor<?x4x8x8xi8>
  return
}

// -----

func.func @max_pool_scatter_c2(%e: tensor<?x4x4x4xi8>, %p: tensor<?x4x4x4xi8>) {
  // expected-error@+1 {{'integer.max_pool_scatter' op kernel must be positive, got 0}}
  %d = integer.max_pool_scatter %e, %p, kernel = [0, 2], strides = [2, 2], pads = [0, 0, 0, 0]
       : tensor<?x4x4x4xi8>, tensor<?x4x4x4xi8> -> tensor<?x4x8x8xi8>
  return
}

// -----

func.func @shift_clip_c1(%z: tensor<?x16xi32>) {
  // expected-error@+1 {{'integer.shift_clip' op shift must be smaller than 64 in magnitude, got -64}}
  %y = integer.shift_clip %z, shift = -64, bits = 8 : tensor<?x16xi32> -> tensor<?x16xi8>
  return
}

// -----

func.func @shift_clip_c2(%z: tensor<?x16xi32>) {
  // expected-error@+1 {{'integer.shift_clip' op bits must be at most the width of the result's elements, got bits = 9 with 8-bit elements}}
  %y = integer.shift_clip %z, shift = 5, bits = 9 : tensor<?x16xi32> -> tensor<?x16xi8>
  return
}

// -----

func.func @shift_clip_by_c1(%e: tensor<?x16xi32>, %k: tensor<i32>) {
  // expected-error@+1 {{'integer.shift_clip_by' op result must have shape [?, 16], got 'tensor<?x15xi8>'}}
  %y = integer.shift_clip_by %e, %k, offset = -7, bits = 8 : tensor<?x16xi32>, tensor<i32> -> tensor<?x15xi8>
  return
}

// -----

func.func @shift_clip_by_c2(%e: tensor<?x16xi32>, %k: tensor<i32>) {
  // expected-error@+1 {{'integer.shift_clip_by' op bits must be at most the width of the result's elements, got bits = 16 with 8-bit elements}}
  %y = integer.shift_clip_by %e, %k, offset = -7, bits = 16 : tensor<?x16xi32>, tensor<i32> -> tensor<?x16xi8>
  return
}

// -----

func.func @clip_c1(%w: tensor<5x64xi16>) {
  // expected-error@+1 {{'integer.clip' op limit must fit the result's elements, got limit 128 with 8-bit elements}}
  %y = integer.clip %w, limit = 128 : tensor<5x64xi16> -> tensor<5x64xi8>
  return
}

// -----

func.func @clip_c1_zero(%w: tensor<5x64xi16>) {
  // expected-error@+1 {{'integer.clip' op limit must be at least 1, got 0}}
  %y = integer.clip %w, limit = 0 : tensor<5x64xi16> -> tensor<5x64xi8>
  return
}

// -----

func.func @within_c1(%z: tensor<?x16xi32>) {
  // expected-error@+1 {{'integer.within' op limit must not be negative, got -1}}
  %m = integer.within %z, limit = -1 : tensor<?x16xi32> -> tensor<?x16xi1>
  return
}

// -----

func.func @apply_mask_c1(%e: tensor<?x16xi32>, %m: tensor<?x15xi1>) {
  // expected-error@+1 {{'integer.apply_mask' op mask must have shape [?, 16], got 'tensor<?x15xi1>'}}
  %y = integer.apply_mask %e, %m : tensor<?x16xi32>, tensor<?x15xi1>
  return
}

// -----

func.func @subtract_one_hot_c1(%z: tensor<3x5xi32>, %l: tensor<2xi32>) {
  // expected-error@+1 {{'integer.subtract_one_hot' op labels must have shape [3], got 'tensor<2xi32>'}}
  %e = integer.subtract_one_hot %z, %l, shift = 10 : tensor<3x5xi32>, tensor<2xi32> -> tensor<3x5xi32>
  return
}

// -----

func.func @subtract_one_hot_c2(%z: tensor<?x5xi32>, %l: tensor<?xi32>) {
  // expected-error@+1 {{'integer.subtract_one_hot' op shift must be 0 to 61, got 62}}
  %e = integer.subtract_one_hot %z, %l, shift = 62 : tensor<?x5xi32>, tensor<?xi32> -> tensor<?x5xi32>
  return
}

// -----

func.func @random_bits_c1(%seed: tensor<i64>, %step: tensor<i64>) {
  // expected-error@+1 {{'integer.random_bits' op bits must be 1 to 16, got 17}}
  %r = integer.random_bits %seed, %step, ordinal = 1, bits = 17 : tensor<5x64xi32>
  return
}

// -----

func.func @stochastic_step_c1(%g: tensor<5x64xi32>, %k: tensor<i32>, %lr: tensor<i32>, %r: tensor<64x5xi32>) {
  // expected-error@+1 {{'integer.stochastic_step' op random must have shape [5, 64], got 'tensor<64x5xi32>'}}
  %d = integer.stochastic_step %g, %k, %lr, %r, bits = 8, random_bits = 16
       : tensor<5x64xi32>, tensor<64x5xi32> -> tensor<5x64xi8>
  return
}

// -----

func.func @stochastic_step_c2(%g: tensor<5x64xi32>, %k: tensor<i32>, %lr: tensor<i32>, %r: tensor<5x64xi32>) {
  // expected-error@+1 {{'integer.stochastic_step' op random_bits must be 1 to 16, got 0}}
  %d = integer.stochastic_step %g, %k, %lr, %r, bits = 8, random_bits = 0
       : tensor<5x64xi32>, tensor<5x64xi32> -> tensor<5x64xi8>
  return
}

// -----

func.func @sub_c1(%w: tensor<5x64xi8>, %d: tensor<64x5xi8>) {
  // expected-error@+1 {{'integer.sub' op rhs must have shape [5, 64], got 'tensor<64x5xi8>'}}
  %y = integer.sub %w, %d : tensor<5x64xi8>, tensor<64x5xi8> -> tensor<5x64xi16>
  return
}

// -----

func.func @align_channels_c1(%z: tensor<?x3xi32>) {
  // expected-error@+1 {{'integer.align_channels' op shifts must have one entry per channel of the input, got 2 for 'tensor<?x3xi32>'}}
  %y = integer.align_channels %z, shifts = [0, 2] : tensor<?x3xi32> -> tensor<?x3xi32>
  return
}

// -----

func.func @align_channels_c1_range(%z: tensor<?x3xi32>) {
  // expected-error@+1 {{'integer.align_channels' op shifts must be 0 to 40, got -1}}
  %y = integer.align_channels %z, shifts = [0, 2, -1] : tensor<?x3xi32> -> tensor<?x3xi32>
  return
}

// -----

func.func @align_channels_c2(%z: tensor<?x3xi32>) {
  // expected-error@+1 {{'integer.align_channels' op result must have shape [?, 3], got 'tensor<?x4xi32>'}}
  %y = integer.align_channels %z, shifts = [0, 2, 1] : tensor<?x3xi32> -> tensor<?x4xi32>
  return
}

// -----

func.func @add_c1(%a: tensor<?x3xi32>, %b: tensor<?x4xi8>) {
  // expected-error@+1 {{'integer.add' op rhs must have shape [?, 3], got 'tensor<?x4xi8>'}}
  %y = integer.add %a, %b, shifts = [0, 5] : tensor<?x3xi32>, tensor<?x4xi8> -> tensor<?x3xi32>
  return
}

// -----

func.func @add_c2(%a: tensor<?x3xi32>, %b: tensor<?x3xi8>) {
  // expected-error@+1 {{'integer.add' op shifts must be two numbers of 0 to 63, one of them 0, got [1, 5]}}
  %y = integer.add %a, %b, shifts = [1, 5] : tensor<?x3xi32>, tensor<?x3xi8> -> tensor<?x3xi32>
  return
}

// -----

func.func @sum_pool_c1(%x: tensor<?x4x8x8xi8>) {
  // expected-error@+1 {{'integer.sum_pool' op kernel must have 2 entries, got 1}}
  %y = integer.sum_pool %x, kernel = [2], strides = [2, 2], pads = [0, 0, 0, 0]
       : tensor<?x4x8x8xi8> -> tensor<?x4x4x4xi16>
  return
}

// -----

func.func @sum_pool_c2(%x: tensor<?x4x8x8xi8>) {
  // expected-error@+1 {{'integer.sum_pool' op result must have shape [?, 4, 4, 4], got 'tensor<?x4x5x4xi16>'}}
  %y = integer.sum_pool %x, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
       : tensor<?x4x8x8xi8> -> tensor<?x4x5x4xi16>
  return
}

// -----

func.func @sum_pool_spread_c1(%e: tensor<?x4x4x4xi8>) {
  // expected-error@+1 {{'integer.sum_pool_spread' op strides must be positive, got 0}}
  %d = integer.sum_pool_spread %e, kernel = [2, 2], strides = [0, 2], pads = [0, 0, 0, 0]
       : tensor<?x4x4x4xi8> -> tensor<?x4x8x8xi8>
  return
}

// -----

func.func @sum_pool_spread_c2(%e: tensor<?x4x4x4xi8>) {
  // expected-error@+1 {{'integer.sum_pool_spread' op error must have shape [?, 4, 3, 4], got 'tensor<?x4x4x4xi8>'}}
  %d = integer.sum_pool_spread %e, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
       : tensor<?x4x4x4xi8> -> tensor<?x4x6x8xi8>
  return
}

// -----

func.func @lookup_c1(%x: tensor<?x2x3xi8>) {
  // expected-error@+1 {{'integer.lookup' op tables must have shape [1 or 2, 2^k] with k = 2 to 16, got 'tensor<3x4xi8>'}}
  %y = integer.lookup %x, tables = dense<0> : tensor<3x4xi8> : tensor<?x2x3xi8> -> tensor<?x2x3xi8>
  return
}

// -----

func.func @lookup_c2(%x: tensor<?x2x3xi8>) {
  // expected-error@+1 {{'integer.lookup' op tables must have at most 2^8 entries for the input's elements, got 'tensor<1x512xi8>'}}
  %y = integer.lookup %x, tables = dense<0> : tensor<1x512xi8> : tensor<?x2x3xi8> -> tensor<?x2x3xi8>
  return
}

// -----

func.func @lookup_c3(%x: tensor<?x2x3xi8>) {
  // expected-error@+1 {{'integer.lookup' op tables must have the result's element type 'i16', got 'tensor<1x4xi8>'}}
  %y = integer.lookup %x, tables = dense<0> : tensor<1x4xi8> : tensor<?x2x3xi8> -> tensor<?x2x3xi16>
  return
}

// -----

func.func @concat_c1(%x: tensor<?xi8>) {
  // expected-error@+1 {{'integer.concat' op operands must have a batch and channels, got 'tensor<?xi8>'}}
  %y = integer.concat %x : tensor<?xi8> -> tensor<?xi8>
  return
}

// -----

func.func @concat_c2(%x: tensor<?x2x3xi8>, %z: tensor<?x2x4xi8>) {
  // expected-error@+1 {{'integer.concat' op operands must agree in all dimensions but the channels, got 'tensor<?x2x3xi8>' and 'tensor<?x2x4xi8>'}}
  %y = integer.concat %x, %z : tensor<?x2x3xi8>, tensor<?x2x4xi8> -> tensor<?x4x3xi8>
  return
}

// -----

func.func @concat_c3(%x: tensor<?x2x3xi8>, %z: tensor<?x2x3xi16>) {
  // expected-error@+1 {{'integer.concat' op operands must have the result's element type 'i16', got 'tensor<?x2x3xi8>'}}
  %y = integer.concat %x, %z : tensor<?x2x3xi8>, tensor<?x2x3xi16> -> tensor<?x4x3xi16>
  return
}

// -----

func.func @rearrange_c1(%x: tensor<?x3x4xi8>) {
  // expected-error@+1 {{'integer.rearrange' op must keep the batch, which alone may be dynamic, got 'tensor<?x3x4xi8>' and 'tensor<2x4x3xi8>'}}
  %y = integer.rearrange %x, sizes = [4, 3], from = [0, 1, 4], to = [0, 3, 1] : tensor<?x3x4xi8> -> tensor<2x4x3xi8>
  return
}

// -----

func.func @rearrange_c2(%x: tensor<?x3x4xi8>) {
  // expected-error@+1 {{'integer.rearrange' op from must have 3 entries, got 2}}
  %y = integer.rearrange %x, sizes = [4, 3], from = [0, 1], to = [0, 3, 1] : tensor<?x3x4xi8> -> tensor<?x4x3xi8>
  return
}

// -----

func.func @rearrange_c3(%x: tensor<?x3x4xi8>) {
  // expected-error@+1 {{'integer.rearrange' op sizes must be positive, got 0}}
  %y = integer.rearrange %x, sizes = [4, 0], from = [0, 1, 4], to = [0, 3, 1] : tensor<?x3x4xi8> -> tensor<?x4x3xi8>
  return
}

// -----

func.func @rearrange_c4(%x: tensor<?x3x4xi8>) {
  // expected-error@+1 {{'integer.rearrange' op from reaches element 12, needs 0 to 11}}
  %y = integer.rearrange %x, sizes = [4, 3], from = [1, 1, 4], to = [0, 3, 1] : tensor<?x3x4xi8> -> tensor<?x4x3xi8>
  return
}

// -----

func.func @rearrange_c5(%x: tensor<?x3x4xi8>) {
  // expected-error@+1 {{'integer.rearrange' op to reaches element -8, needs 0 to 11}}
  %y = integer.rearrange %x, sizes = [4, 3], from = [0, 1, 4], to = [1, -3, 1] : tensor<?x3x4xi8> -> tensor<?x4x3xi8>
  return
}

// -----

func.func @rearrange_c6(%x: tensor<?x3x4xi8>) {
  // expected-error@+1 {{'integer.rearrange' op to must write no element twice: each stride must be larger than all that the smaller ones reach}}
  %y = integer.rearrange %x, sizes = [4, 3], from = [0, 1, 4], to = [0, 2, 1] : tensor<?x3x4xi8> -> tensor<?x4x3xi8>
  return
}

// -----

func.func @join_rows_c1(%x: tensor<?x2x3x4xi8>, %z: tensor<?x3x3x4xi8>) {
  // expected-error@+1 {{'integer.join_rows' op operand must have shape [?, 2, 3, 4], got 'tensor<?x3x3x4xi8>'}}
  %y = integer.join_rows %x, %z begins = [0, 3] first = 1 : tensor<?x2x3x4xi8>, tensor<?x3x3x4xi8> -> tensor<?x2x4x4xi8>
  return
}

// -----

func.func @join_rows_c2(%x: tensor<?x2x3x4xi8>) {
  // expected-error@+1 {{'integer.join_rows' op begins must have 1 entries, got 2}}
  %y = integer.join_rows %x begins = [0, 3] first = 0 : tensor<?x2x3x4xi8> -> tensor<?x2x3x4xi8>
  return
}

// -----

func.func @join_rows_c3(%x: tensor<?x2x3x4xi8>, %z: tensor<?x2x3x4xi8>) {
  // expected-error@+1 {{'integer.join_rows' op bands must stand one behind the other, each with a row of [1, 5), got rows [4, 7)}}
  %y = integer.join_rows %x, %z begins = [0, 4] first = 1 : tensor<?x2x3x4xi8>, tensor<?x2x3x4xi8> -> tensor<?x2x4x4xi8>
  return
}

// -----

func.func @join_rows_c3_filled(%x: tensor<?x2x3x4xi8>) {
  // expected-error@+1 {{'integer.join_rows' op bands must fill the rows [1, 5), got [0, 3)}}
  %y = integer.join_rows %x begins = [0] first = 1 : tensor<?x2x3x4xi8> -> tensor<?x2x4x4xi8>
  return
}

// -----

func.func @join_rows_c4(%x: tensor<?x2x3x4xi8>) {
  // expected-error@+1 {{'integer.join_rows' op operands must have the result's element type 'i16', got 'tensor<?x2x3x4xi8>'}}
  %y = integer.join_rows %x begins = [0] first = 0 : tensor<?x2x3x4xi8> -> tensor<?x2x3x4xi16>
  return
}

// -----

func.func @join_rows_begins_out_of_range(%x: tensor<?x2x3x4xi8>) {
  // expected-error@+1 {{'integer.join_rows' op begins must be less than 2^31, got 9223372036854775807}}
  %y = integer.join_rows %x begins = [9223372036854775807] first = 9223372036854775807
       : tensor<?x2x3x4xi8> -> tensor<?x2x3x4xi8>
  return
}

// -----

func.func @join_rows_rows_out_of_range(%x: tensor<?x2x4294967296x4xi8>) {
  // expected-error@+1 {{'integer.join_rows' op rows must be less than 2^31, got 4294967296}}
  %y = integer.join_rows %x begins = [0] first = 0 : tensor<?x2x4294967296x4xi8> -> tensor<?x2x3x4xi8>
  return
}

// -----

func.func @add_rows_first_out_of_range(%x: tensor<?x2x3x4xi8>, %e: tensor<?x2x3x4xi32>) {
  // expected-error@+1 {{'integer.add_rows' op first must not be negative, got -9223372036854775808}}
  %y = integer.add_rows of %x : tensor<?x2x3x4xi8> from %e begins = [0] first = -9223372036854775808
       : tensor<?x2x3x4xi32> -> tensor<?x2x3x4xi32>
  return
}

// -----

// An extent of 0 hides no product of the others.
func.func @elements_run_over(%x: tensor<?x0x4294967296x4294967296xi8>) {
  // expected-error@+1 {{'integer.reshape' op tensors must have less than 2^63 elements per sample, got 'tensor<?x0x4294967296x4294967296xi8>'}}
  %y = integer.reshape %x : tensor<?x0x4294967296x4294967296xi8> -> tensor<?x0xi8>
  return
}

// -----

func.func @random_bits_ordinal(%seed: tensor<i64>, %step: tensor<i64>) {
  // expected-error@+1 {{attribute 'ordinal' failed to satisfy constraint: 32-bit signless integer attribute whose value is non-negative}}
  %r = integer.random_bits %seed, %step, ordinal = -1, bits = 8 : tensor<5x64xi32>
  return
}

// -----

func.func @stochastic_step_no_bits(%g: tensor<5x64xi32>, %k: tensor<i32>, %lr: tensor<i32>, %r: tensor<5x64xi32>) {
  // expected-error@+1 {{attribute 'bits' failed to satisfy constraint: 32-bit signless integer attribute whose minimum value is 2}}
  %d = integer.stochastic_step %g, %k, %lr, %r, bits = 0, random_bits = 16
       : tensor<5x64xi32>, tensor<5x64xi32> -> tensor<5x64xi8>
  return
}

// -----

func.func @add_rows_c1(%x: tensor<?x2x3x4xi8>, %e: tensor<?x2x3x5xi32>) {
  // expected-error@+1 {{'integer.add_rows' op operand must have shape [?, 2, 3, 4], got 'tensor<?x2x3x5xi32>'}}
  %y = integer.add_rows of %x : tensor<?x2x3x4xi8> from %e begins = [0] first = 0 : tensor<?x2x3x5xi32> -> tensor<?x2x3x4xi32>
  return
}

// -----

func.func @add_rows_c2(%x: tensor<?x2x3x4xi8>, %e: tensor<?x2x3x4xi32>) {
  // expected-error@+1 {{'integer.add_rows' op begins must not be negative, got -1}}
  %y = integer.add_rows of %x : tensor<?x2x3x4xi8> from %e begins = [-1] first = 0 : tensor<?x2x3x4xi32> -> tensor<?x2x3x4xi32>
  return
}

// -----

func.func @add_rows_c3(%x: tensor<?x2x3x4xi8>, %e: tensor<?x2x3x4xi16>) {
  // expected-error@+1 {{'integer.add_rows' op operands must have the result's element type 'i32', got 'tensor<?x2x3x4xi16>'}}
  %y = integer.add_rows of %x : tensor<?x2x3x4xi8> from %e begins = [0] first = 0 : tensor<?x2x3x4xi16> -> tensor<?x2x3x4xi32>
  return
}

// -----

func.func @add_rows_c4(%x: tensor<?x2x2x4xi8>, %e: tensor<?x2x3x4xi32>) {
  // expected-error@+1 {{'integer.add_rows' op value must have shape [?, 2, 3, 4], got 'tensor<?x2x2x4xi8>'}}
  %y = integer.add_rows of %x : tensor<?x2x2x4xi8> from %e begins = [0] first = 0 : tensor<?x2x3x4xi32> -> tensor<?x2x3x4xi32>
  return
}

// -----

func.func @sum_c1() {
  // expected-error@+1 {{'integer.sum' op expected 1 or more operands, but found 0}}
  %y = "integer.sum"() : () -> tensor<4x3xi32>
  return
}

// -----

func.func @max_abs_c1() {
  // expected-error@+1 {{'integer.max_abs' op must have an operand, got none}}
  %m = "integer.max_abs"() : () -> tensor<i64>
  return
}
