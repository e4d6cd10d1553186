// Every operation is printed as it is written, and parsed again.
// RUN: wage-opt %s | wage-opt | FileCheck %s
// RUN: wage-opt %s --emit-bytecode | wage-opt | FileCheck %s

// CHECK-LABEL: func.func @table(
// CHECK: integer.table {{%.*}}, table = dense<0> : tensor<256xi8> : tensor<?x1x8x8xui8> -> tensor<?x1x8x8xi8>
func.func @table(%x: tensor<?x1x8x8xui8>) -> tensor<?x1x8x8xi8> {
  %y = integer.table %x, table = dense<0> : tensor<256xi8> : tensor<?x1x8x8xui8> -> tensor<?x1x8x8xi8>
  return %y : tensor<?x1x8x8xi8>
}

// CHECK-LABEL: func.func @table_per_channel(
// CHECK: integer.table {{%.*}}, table = dense<0> : tensor<3x256xi8> : tensor<?x3xui8> -> tensor<?x3xi8>
func.func @table_per_channel(%x: tensor<?x3xui8>) -> tensor<?x3xi8> {
  %y = integer.table %x, table = dense<0> : tensor<3x256xi8> : tensor<?x3xui8> -> tensor<?x3xi8>
  return %y : tensor<?x3xi8>
}

// CHECK-LABEL: func.func @conv2d(
// CHECK: integer.conv2d {{%.*}}, {{%.*}}, strides = [1, 1], pads = [1, 1, 1, 1] : tensor<?x1x8x8xi8>, tensor<4x1x3x3xi8> -> tensor<?x4x8x8xi32>
func.func @conv2d(%x: tensor<?x1x8x8xi8>, %w: tensor<4x1x3x3xi8>) -> tensor<?x4x8x8xi32> {
  %z = integer.conv2d %x, %w, strides = [1, 1], pads = [1, 1, 1, 1]
       : tensor<?x1x8x8xi8>, tensor<4x1x3x3xi8> -> tensor<?x4x8x8xi32>
  return %z : tensor<?x4x8x8xi32>
}

// CHECK-LABEL: func.func @conv2d_groups(
// CHECK: integer.conv2d {{%.*}}, {{%.*}}, strides = [1, 1], pads = [1, 1, 1, 1] groups = 2 : tensor<?x4x8x8xi8>, tensor<6x2x3x3xi8> -> tensor<?x6x8x8xi32>
func.func @conv2d_groups(%x: tensor<?x4x8x8xi8>, %w: tensor<6x2x3x3xi8>) -> tensor<?x6x8x8xi32> {
  %z = integer.conv2d %x, %w, strides = [1, 1], pads = [1, 1, 1, 1] groups = 2
       : tensor<?x4x8x8xi8>, tensor<6x2x3x3xi8> -> tensor<?x6x8x8xi32>
  return %z : tensor<?x6x8x8xi32>
}

// What is the default is not printed.
// CHECK-LABEL: func.func @conv2d_dilations(
// CHECK: integer.conv2d {{%.*}}, {{%.*}}, strides = [1, 2], pads = [0, 0, 0, 0] dilations = [3, 2] : tensor<?x4x8x8xi8>, tensor<6x4x3x3xi8> -> tensor<?x6x2x2xi32>
func.func @conv2d_dilations(%x: tensor<?x4x8x8xi8>, %w: tensor<6x4x3x3xi8>) -> tensor<?x6x2x2xi32> {
  %z = integer.conv2d %x, %w, strides = [1, 2], pads = [0, 0, 0, 0] dilations = [3, 2] groups = 1
       : tensor<?x4x8x8xi8>, tensor<6x4x3x3xi8> -> tensor<?x6x2x2xi32>
  return %z : tensor<?x6x2x2xi32>
}

// CHECK-LABEL: func.func @conv2d_transposed(
// CHECK: integer.conv2d_transposed {{%.*}}, {{%.*}}, strides = [1, 1], pads = [1, 1, 1, 1] : tensor<?x4x8x8xi8>, tensor<4x1x3x3xi8> -> tensor<?x1x8x8xi32>
func.func @conv2d_transposed(%e: tensor<?x4x8x8xi8>, %w: tensor<4x1x3x3xi8>) -> tensor<?x1x8x8xi32> {
  %d = integer.conv2d_transposed %e, %w, strides = [1, 1], pads = [1, 1, 1, 1]
       : tensor<?x4x8x8xi8>, tensor<4x1x3x3xi8> -> tensor<?x1x8x8xi32>
  return %d : tensor<?x1x8x8xi32>
}

// CHECK-LABEL: func.func @conv2d_outer(
// CHECK: integer.conv2d_outer {{%.*}}, {{%.*}}, strides = [1, 1], pads = [1, 1, 1, 1] : tensor<?x4x8x8xi8>, tensor<?x1x8x8xi8> -> tensor<4x1x3x3xi32>
func.func @conv2d_outer(%e: tensor<?x4x8x8xi8>, %x: tensor<?x1x8x8xi8>) -> tensor<4x1x3x3xi32> {
  %g = integer.conv2d_outer %e, %x, strides = [1, 1], pads = [1, 1, 1, 1]
       : tensor<?x4x8x8xi8>, tensor<?x1x8x8xi8> -> tensor<4x1x3x3xi32>
  return %g : tensor<4x1x3x3xi32>
}

// CHECK-LABEL: func.func @matmul(
// CHECK: integer.matmul {{%.*}}, {{%.*}} : tensor<?x64xi8>, tensor<5x64xi8> -> tensor<?x5xi32>
func.func @matmul(%x: tensor<?x64xi8>, %w: tensor<5x64xi8>) -> tensor<?x5xi32> {
  %z = integer.matmul %x, %w : tensor<?x64xi8>, tensor<5x64xi8> -> tensor<?x5xi32>
  return %z : tensor<?x5xi32>
}

// CHECK-LABEL: func.func @matmul_transposed(
// CHECK: integer.matmul_transposed {{%.*}}, {{%.*}} : tensor<?x5xi8>, tensor<5x64xi8> -> tensor<?x64xi32>
func.func @matmul_transposed(%e: tensor<?x5xi8>, %w: tensor<5x64xi8>) -> tensor<?x64xi32> {
  %d = integer.matmul_transposed %e, %w : tensor<?x5xi8>, tensor<5x64xi8> -> tensor<?x64xi32>
  return %d : tensor<?x64xi32>
}

// CHECK-LABEL: func.func @matmul_outer(
// CHECK: integer.matmul_outer {{%.*}}, {{%.*}} : tensor<?x5xi8>, tensor<?x64xi8> -> tensor<5x64xi32>
func.func @matmul_outer(%e: tensor<?x5xi8>, %x: tensor<?x64xi8>) -> tensor<5x64xi32> {
  %g = integer.matmul_outer %e, %x : tensor<?x5xi8>, tensor<?x64xi8> -> tensor<5x64xi32>
  return %g : tensor<5x64xi32>
}

// CHECK-LABEL: func.func @add_bias(
// CHECK: integer.add_bias {{%.*}}, {{%.*}} : tensor<?x5xi32>, tensor<5xi64> -> tensor<?x5xi32>
func.func @add_bias(%z: tensor<?x5xi32>, %b: tensor<5xi64>) -> tensor<?x5xi32> {
  %y = integer.add_bias %z, %b : tensor<?x5xi32>, tensor<5xi64> -> tensor<?x5xi32>
  return %y : tensor<?x5xi32>
}

// CHECK-LABEL: func.func @reshape(
// CHECK: integer.reshape {{%.*}} : tensor<?x4x4x4xi8> -> tensor<?x64xi8>
func.func @reshape(%x: tensor<?x4x4x4xi8>) -> tensor<?x64xi8> {
  %y = integer.reshape %x : tensor<?x4x4x4xi8> -> tensor<?x64xi8>
  return %y : tensor<?x64xi8>
}

// CHECK-LABEL: func.func @max_pool(
// CHECK: integer.max_pool {{%.*}}, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<?x4x8x8xi32> -> tensor<?x4x4x4xi32>, tensor<?x4x4x4xi8>
func.func @max_pool(%x: tensor<?x4x8x8xi32>) -> (tensor<?x4x4x4xi32>, tensor<?x4x4x4xi8>) {
  %y, %p = integer.max_pool %x, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
           : tensor<?x4x8x8xi32> -> tensor<?x4x4x4xi32>, tensor<?x4x4x4xi8>
  return %y, %p : tensor<?x4x4x4xi32>, tensor<?x4x4x4xi8>
}

// The padding behind that ceil_mode makes may reach beyond the kernel.
// CHECK-LABEL: func.func @max_pool_ceil(
// CHECK: integer.max_pool {{%.*}}, kernel = [2, 2], strides = [4, 4], pads = [0, 0, 3, 3] : tensor<?x4x5x5xi32> -> tensor<?x4x2x2xi32>, tensor<?x4x2x2xi8>
func.func @max_pool_ceil(%x: tensor<?x4x5x5xi32>) -> tensor<?x4x2x2xi32> {
  %y, %p = integer.max_pool %x, kernel = [2, 2], strides = [4, 4], pads = [0, 0, 3, 3]
           : tensor<?x4x5x5xi32> -> tensor<?x4x2x2xi32>, tensor<?x4x2x2xi8>
  return %y : tensor<?x4x2x2xi32>
}

// CHECK-LABEL: func.func @max_pool_scatter(
// CHECK: integer.max_pool_scatter {{%.*}}, {{%.*}}, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<?x4x4x4xi8>, tensor<?x4x4x4xi8> -> tensor<?x4x8x8xi8>
func.func @max_pool_scatter(%e: tensor<?x4x4x4xi8>, %p: tensor<?x4x4x4xi8>) -> tensor<?x4x8x8xi8> {
  %d = integer.max_pool_scatter %e, %p, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
       : tensor<?x4x4x4xi8>, tensor<?x4x4x4xi8> -> tensor<?x4x8x8xi8>
  return %d : tensor<?x4x8x8xi8>
}

// CHECK-LABEL: func.func @shift_clip(
// CHECK: integer.shift_clip {{%.*}}, shift = 5, bits = 8 : tensor<?x16xi32> -> tensor<?x16xi8>
func.func @shift_clip(%z: tensor<?x16xi32>) -> tensor<?x16xi8> {
  %y = integer.shift_clip %z, shift = 5, bits = 8 : tensor<?x16xi32> -> tensor<?x16xi8>
  return %y : tensor<?x16xi8>
}

// CHECK-LABEL: func.func @shift_clip_by(
// CHECK: integer.shift_clip_by {{%.*}}, {{%.*}}, offset = -7, bits = 8 : tensor<?x16xi32>, tensor<i32> -> tensor<?x16xi8>
func.func @shift_clip_by(%e: tensor<?x16xi32>, %k: tensor<i32>) -> tensor<?x16xi8> {
  %y = integer.shift_clip_by %e, %k, offset = -7, bits = 8 : tensor<?x16xi32>, tensor<i32> -> tensor<?x16xi8>
  return %y : tensor<?x16xi8>
}

// CHECK-LABEL: func.func @clip(
// CHECK: integer.clip {{%.*}}, limit = 64 : tensor<5x64xi16> -> tensor<5x64xi8>
func.func @clip(%w: tensor<5x64xi16>) -> tensor<5x64xi8> {
  %y = integer.clip %w, limit = 64 : tensor<5x64xi16> -> tensor<5x64xi8>
  return %y : tensor<5x64xi8>
}

// CHECK-LABEL: func.func @sign(
// CHECK: integer.sign {{%.*}} : tensor<5x64xi8> -> tensor<5x64xi8>
func.func @sign(%w: tensor<5x64xi8>) -> tensor<5x64xi8> {
  %y = integer.sign %w : tensor<5x64xi8> -> tensor<5x64xi8>
  return %y : tensor<5x64xi8>
}

// CHECK-LABEL: func.func @relu(
// CHECK: integer.relu {{%.*}} : tensor<?x16xi32>
func.func @relu(%z: tensor<?x16xi32>) -> tensor<?x16xi32> {
  %y = integer.relu %z : tensor<?x16xi32>
  return %y : tensor<?x16xi32>
}

// CHECK-LABEL: func.func @within(
// CHECK: integer.within {{%.*}}, limit = 4064 : tensor<?x16xi32> -> tensor<?x16xi1>
func.func @within(%z: tensor<?x16xi32>) -> tensor<?x16xi1> {
  %m = integer.within %z, limit = 4064 : tensor<?x16xi32> -> tensor<?x16xi1>
  return %m : tensor<?x16xi1>
}

// CHECK-LABEL: func.func @positive(
// CHECK: integer.positive {{%.*}} : tensor<?x16xi32> -> tensor<?x16xi1>
func.func @positive(%z: tensor<?x16xi32>) -> tensor<?x16xi1> {
  %m = integer.positive %z : tensor<?x16xi32> -> tensor<?x16xi1>
  return %m : tensor<?x16xi1>
}

// CHECK-LABEL: func.func @apply_mask(
// CHECK: integer.apply_mask {{%.*}}, {{%.*}} : tensor<?x16xi32>, tensor<?x16xi1>
func.func @apply_mask(%e: tensor<?x16xi32>, %m: tensor<?x16xi1>) -> tensor<?x16xi32> {
  %y = integer.apply_mask %e, %m : tensor<?x16xi32>, tensor<?x16xi1>
  return %y : tensor<?x16xi32>
}

// CHECK-LABEL: func.func @subtract_one_hot(
// CHECK: integer.subtract_one_hot {{%.*}}, {{%.*}}, shift = 10 : tensor<?x5xi32>, tensor<?xi32> -> tensor<?x5xi32>
func.func @subtract_one_hot(%z: tensor<?x5xi32>, %l: tensor<?xi32>) -> tensor<?x5xi32> {
  %e = integer.subtract_one_hot %z, %l, shift = 10 : tensor<?x5xi32>, tensor<?xi32> -> tensor<?x5xi32>
  return %e : tensor<?x5xi32>
}

// CHECK-LABEL: func.func @max_abs(
// CHECK: integer.max_abs {{%.*}} : tensor<?x16xi32>
func.func @max_abs(%e: tensor<?x16xi32>) -> tensor<i64> {
  %m = integer.max_abs %e : tensor<?x16xi32>
  return %m : tensor<i64>
}

// CHECK-LABEL: func.func @max_abs_of_bands(
// CHECK: integer.max_abs {{%.*}}, {{%.*}} : tensor<?x2x3x4xi32>, tensor<?x2x1x4xi32>
func.func @max_abs_of_bands(%a: tensor<?x2x3x4xi32>, %b: tensor<?x2x1x4xi32>) -> tensor<i64> {
  %m = integer.max_abs %a, %b : tensor<?x2x3x4xi32>, tensor<?x2x1x4xi32>
  return %m : tensor<i64>
}

// CHECK-LABEL: func.func @bands(
// CHECK: integer.join_rows {{%.*}}, {{%.*}} begins = [0, 3] first = 2 : tensor<?x4x3x8xi8>, tensor<?x4x5x8xi8> -> tensor<?x4x4x8xi8>
// CHECK: integer.add_rows of {{%.*}} : tensor<?x4x3x8xi8> from {{%.*}} begins = [2] first = 0 : tensor<?x4x4x8xi8> -> tensor<?x4x3x8xi8>
// CHECK: integer.sum {{%.*}}, {{%.*}} : tensor<?x4x3x8xi8>
func.func @bands(%a: tensor<?x4x3x8xi8>, %b: tensor<?x4x5x8xi8>) -> tensor<?x4x3x8xi8> {
  %x = integer.join_rows %a, %b begins = [0, 3] first = 2 : tensor<?x4x3x8xi8>, tensor<?x4x5x8xi8> -> tensor<?x4x4x8xi8>
  %e = integer.add_rows of %a : tensor<?x4x3x8xi8> from %x begins = [2] first = 0 : tensor<?x4x4x8xi8> -> tensor<?x4x3x8xi8>
  %y = integer.sum %a, %e : tensor<?x4x3x8xi8>
  return %y : tensor<?x4x3x8xi8>
}

// CHECK-LABEL: func.func @shift_exponent(
// CHECK: integer.shift_exponent {{%.*}}
func.func @shift_exponent(%m: tensor<i64>) -> tensor<i32> {
  %k = integer.shift_exponent %m
  return %k : tensor<i32>
}

// CHECK-LABEL: func.func @random_bits(
// CHECK: integer.random_bits {{%.*}}, {{%.*}}, ordinal = 1, bits = 16 : tensor<5x64xi32>
func.func @random_bits(%seed: tensor<i64>, %step: tensor<i64>) -> tensor<5x64xi32> {
  %r = integer.random_bits %seed, %step, ordinal = 1, bits = 16 : tensor<5x64xi32>
  return %r : tensor<5x64xi32>
}

// CHECK-LABEL: func.func @stochastic_step(
// CHECK: integer.stochastic_step {{%.*}}, {{%.*}}, {{%.*}}, {{%.*}}, bits = 8, random_bits = 16 : tensor<5x64xi32>, tensor<5x64xi32> -> tensor<5x64xi8>
func.func @stochastic_step(%g: tensor<5x64xi32>, %k: tensor<i32>, %lr: tensor<i32>, %r: tensor<5x64xi32>)
    -> tensor<5x64xi8> {
  %d = integer.stochastic_step %g, %k, %lr, %r, bits = 8, random_bits = 16
       : tensor<5x64xi32>, tensor<5x64xi32> -> tensor<5x64xi8>
  return %d : tensor<5x64xi8>
}

// CHECK-LABEL: func.func @sub(
// CHECK: integer.sub {{%.*}}, {{%.*}} : tensor<5x64xi8>, tensor<5x64xi8> -> tensor<5x64xi16>
func.func @sub(%w: tensor<5x64xi8>, %d: tensor<5x64xi8>) -> tensor<5x64xi16> {
  %y = integer.sub %w, %d : tensor<5x64xi8>, tensor<5x64xi8> -> tensor<5x64xi16>
  return %y : tensor<5x64xi16>
}

// CHECK-LABEL: func.func @align_channels(
// CHECK: integer.align_channels {{%.*}}, shifts = [0, 2, 1] : tensor<?x3xi32> -> tensor<?x3xi32>
func.func @align_channels(%z: tensor<?x3xi32>) -> tensor<?x3xi32> {
  %y = integer.align_channels %z, shifts = [0, 2, 1] : tensor<?x3xi32> -> tensor<?x3xi32>
  return %y : tensor<?x3xi32>
}

// CHECK-LABEL: func.func @add(
// CHECK: integer.add {{%.*}}, {{%.*}}, shifts = [0, 5] : tensor<?x3xi32>, tensor<?x3xi8> -> tensor<?x3xi32>
func.func @add(%a: tensor<?x3xi32>, %b: tensor<?x3xi8>) -> tensor<?x3xi32> {
  %y = integer.add %a, %b, shifts = [0, 5] : tensor<?x3xi32>, tensor<?x3xi8> -> tensor<?x3xi32>
  return %y : tensor<?x3xi32>
}

// CHECK-LABEL: func.func @sum_pool(
// CHECK: integer.sum_pool {{%.*}}, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<?x4x8x8xi8> -> tensor<?x4x4x4xi16>
func.func @sum_pool(%x: tensor<?x4x8x8xi8>) -> tensor<?x4x4x4xi16> {
  %y = integer.sum_pool %x, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
       : tensor<?x4x8x8xi8> -> tensor<?x4x4x4xi16>
  return %y : tensor<?x4x4x4xi16>
}

// CHECK-LABEL: func.func @sum_pool_spread(
// CHECK: integer.sum_pool_spread {{%.*}}, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<?x4x4x4xi8> -> tensor<?x4x8x8xi8>
func.func @sum_pool_spread(%e: tensor<?x4x4x4xi8>) -> tensor<?x4x8x8xi8> {
  %d = integer.sum_pool_spread %e, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
       : tensor<?x4x4x4xi8> -> tensor<?x4x8x8xi8>
  return %d : tensor<?x4x8x8xi8>
}

// CHECK-LABEL: func.func @lookup(
// CHECK: integer.lookup {{%.*}}, tables = dense<{{.*}}> : tensor<2x4xi8> : tensor<?x2x3xi8> -> tensor<?x2x3xi8>
func.func @lookup(%x: tensor<?x2x3xi8>) -> tensor<?x2x3xi8> {
  %y = integer.lookup %x, tables = dense<[[0, 1, 2, 3], [4, 5, 6, 7]]> : tensor<2x4xi8>
       : tensor<?x2x3xi8> -> tensor<?x2x3xi8>
  return %y : tensor<?x2x3xi8>
}

// CHECK-LABEL: func.func @multiply(
// CHECK: integer.multiply {{%.*}}, {{%.*}} : tensor<?x3xi8>, tensor<?x3xi32> -> tensor<?x3xi64>
func.func @multiply(%a: tensor<?x3xi8>, %b: tensor<?x3xi32>) -> tensor<?x3xi64> {
  %y = integer.multiply %a, %b : tensor<?x3xi8>, tensor<?x3xi32> -> tensor<?x3xi64>
  return %y : tensor<?x3xi64>
}

// CHECK-LABEL: func.func @concat(
// CHECK: integer.concat {{%.*}}, {{%.*}} : tensor<?x3x4x4xi8>, tensor<?x5x4x4xi8> -> tensor<?x8x4x4xi8>
func.func @concat(%a: tensor<?x3x4x4xi8>, %b: tensor<?x5x4x4xi8>) -> tensor<?x8x4x4xi8> {
  %y = integer.concat %a, %b : tensor<?x3x4x4xi8>, tensor<?x5x4x4xi8> -> tensor<?x8x4x4xi8>
  return %y : tensor<?x8x4x4xi8>
}

// CHECK-LABEL: func.func @rearrange(
// CHECK: integer.rearrange {{%.*}}, sizes = [4, 3], from = [0, 1, 4], to = [0, 3, 1] : tensor<?x3x4xi8> -> tensor<?x4x3xi8>
func.func @rearrange(%x: tensor<?x3x4xi8>) -> tensor<?x4x3xi8> {
  %y = integer.rearrange %x, sizes = [4, 3], from = [0, 1, 4], to = [0, 3, 1] : tensor<?x3x4xi8> -> tensor<?x4x3xi8>
  return %y : tensor<?x4x3xi8>
}
