// Every result gets the narrowest type that its bound proves.
// RUN: wage-opt %s --integer-assign-widths --integer-verify-level | FileCheck %s

module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 16, errors = 8,
                                              random = 16, rounding = half_even, batch = 128>} {
  ml_program.global private mutable @master(dense<[[100, -16384]]> : tensor<1x2xi16>) : tensor<1x2xi16>

  // 8-bit sums and their bias: 127 * 64 * 127 = 1032256, with 2^31 - 1032256 more it leaves 32 bits.
  // CHECK-LABEL: func.func @accumulators(
  // CHECK-SAME: -> (tensor<?x5xi32>, tensor<?x5xi32>, tensor<?x5xi64>)
  // CHECK: integer.matmul {{.*}} -> tensor<?x5xi32>
  // CHECK: integer.add_bias {{.*}} -> tensor<?x5xi32>
  // CHECK: integer.add_bias {{.*}} -> tensor<?x5xi64>
  func.func @accumulators(%x: tensor<?x64xi64>, %w: tensor<5x64xi64>)
      -> (tensor<?x5xi64>, tensor<?x5xi64>, tensor<?x5xi64>) {
    %a = integer.shift_clip %x, shift = 0, bits = 8 : tensor<?x64xi64> -> tensor<?x64xi16>
    %v = integer.shift_clip %w, shift = 0, bits = 8 : tensor<5x64xi64> -> tensor<5x64xi16>
    %z = integer.matmul %a, %v : tensor<?x64xi16>, tensor<5x64xi16> -> tensor<?x5xi64>
    %fits = arith.constant dense<2146451391> : tensor<5xi64>
    %wide = arith.constant dense<2146451392> : tensor<5xi64>
    %y = integer.add_bias %z, %fits : tensor<?x5xi64>, tensor<5xi64> -> tensor<?x5xi64>
    %t = integer.add_bias %z, %wide : tensor<?x5xi64>, tensor<5xi64> -> tensor<?x5xi64>
    return %z, %y, %t : tensor<?x5xi64>, tensor<?x5xi64>, tensor<?x5xi64>
  }

  // Windows of 3 with stride 2 overlap in 4: 4 * 127 needs 16 bits; with stride 3 nothing overlaps.
  // CHECK-LABEL: func.func @pools(
  // CHECK: integer.max_pool {{.*}} -> tensor<?x1x3x3xi8>, tensor<?x1x3x3xi8>
  // CHECK: integer.max_pool_scatter {{.*}} -> tensor<?x1x7x7xi16>
  // CHECK: integer.apply_mask {{.*}} : tensor<?x1x7x7xi16>
  // CHECK: integer.max_pool_scatter {{.*}} -> tensor<?x1x9x9xi8>
  // CHECK: integer.max_pool {{.*}} -> tensor<?x1x1x1xi8>, tensor<?x1x1x1xi16>
  func.func @pools(%x: tensor<?x1x7x7xi8>, %m: tensor<?x1x7x7xi1>, %big: tensor<?x1x16x16xi8>) {
    %a = integer.shift_clip %x, shift = 0, bits = 8 : tensor<?x1x7x7xi8> -> tensor<?x1x7x7xi8>
    %v, %p = integer.max_pool %a, kernel = [3, 3], strides = [2, 2], pads = [0, 0, 0, 0]
             : tensor<?x1x7x7xi8> -> tensor<?x1x3x3xi8>, tensor<?x1x3x3xi64>
    %s = integer.max_pool_scatter %v, %p, kernel = [3, 3], strides = [2, 2], pads = [0, 0, 0, 0]
         : tensor<?x1x3x3xi8>, tensor<?x1x3x3xi64> -> tensor<?x1x7x7xi64>
    %k = integer.apply_mask %s, %m : tensor<?x1x7x7xi64>, tensor<?x1x7x7xi1>
    %t = integer.max_pool_scatter %v, %p, kernel = [3, 3], strides = [3, 3], pads = [0, 0, 0, 0]
         : tensor<?x1x3x3xi8>, tensor<?x1x3x3xi64> -> tensor<?x1x9x9xi64>
    %c = integer.shift_clip %big, shift = 0, bits = 8 : tensor<?x1x16x16xi8> -> tensor<?x1x16x16xi8>
    %b, %q = integer.max_pool %c, kernel = [16, 16], strides = [1, 1], pads = [0, 0, 0, 0]
             : tensor<?x1x16x16xi8> -> tensor<?x1x1x1xi8>, tensor<?x1x1x1xi64>
    return
  }

  // A product of 8 bits by 8 bits needs 16; what is put together takes the width of the widest, and narrower operands grow.
  // CHECK-LABEL: func.func @branches(
  // CHECK: %[[L:.*]] = integer.lookup {{.*}} -> tensor<?x2xi8>
  // CHECK: %[[P:.*]] = integer.multiply %[[L]], %[[L]] : tensor<?x2xi8>, tensor<?x2xi8> -> tensor<?x2xi16>
  // CHECK: %[[Q:.*]] = integer.multiply %[[P]], %[[P]] : tensor<?x2xi16>, tensor<?x2xi16> -> tensor<?x2xi32>
  // CHECK: %[[R:.*]] = integer.reshape %[[P]] : tensor<?x2xi16> -> tensor<?x2x1x1xi16>
  // CHECK: %[[S:.*]] = integer.sum_pool %[[R]], kernel = [1, 1], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<?x2x1x1xi16> -> tensor<?x2x1x1xi32>
  // CHECK: %[[W:.*]] = integer.reshape %[[S]] : tensor<?x2x1x1xi32> -> tensor<?x2xi32>
  // CHECK: %[[C:.*]] = integer.concat %[[W]], %[[Q]] : tensor<?x2xi32>, tensor<?x2xi32> -> tensor<?x4xi32>
  // CHECK: integer.rearrange %[[C]], {{.*}} -> tensor<?x4xi32>
  func.func @branches(%x: tensor<?x2xi8>) {
    %a = integer.shift_clip %x, shift = 0, bits = 2 : tensor<?x2xi8> -> tensor<?x2xi8>
    %l = integer.lookup %a, tables = dense<[[127, -127, 0, 1]]> : tensor<1x4xi8> : tensor<?x2xi8> -> tensor<?x2xi8>
    %p = integer.multiply %l, %l : tensor<?x2xi8>, tensor<?x2xi8> -> tensor<?x2xi64>
    %q = integer.multiply %p, %p : tensor<?x2xi64>, tensor<?x2xi64> -> tensor<?x2xi64>
    %c = integer.concat %p, %q : tensor<?x2xi64>, tensor<?x2xi64> -> tensor<?x4xi64>
    %r = integer.rearrange %c, sizes = [4], from = [3, -1], to = [0, 1] : tensor<?x4xi64> -> tensor<?x4xi64>
    return
  }

  // A global's type stays; masters of 16 bits less a step of 16 bits need 32.
  // CHECK-LABEL: func.func @update(
  // CHECK: integer.sub {{.*}} -> tensor<1x2xi32>
  // CHECK: integer.clip {{.*}} -> tensor<1x2xi16>
  func.func @update(%g: tensor<1x2xi32>, %k: tensor<i32>, %lr: tensor<i32>, %r: tensor<1x2xi32>) {
    %m = ml_program.global_load @master : tensor<1x2xi16>
    %d = integer.stochastic_step %g, %k, %lr, %r, bits = 16, random_bits = 16
         : tensor<1x2xi32>, tensor<1x2xi32> -> tensor<1x2xi64>
    %s = integer.sub %m, %d : tensor<1x2xi16>, tensor<1x2xi64> -> tensor<1x2xi64>
    %n = integer.clip %s, limit = 16384 : tensor<1x2xi64> -> tensor<1x2xi16>
    ml_program.global_store @master = %n : tensor<1x2xi16>
    return
  }
}
