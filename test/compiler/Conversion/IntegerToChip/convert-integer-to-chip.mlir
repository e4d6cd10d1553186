// What a layer's window is on the chip, and how a matrix that no core holds is cut and its sums put together again.
//
// RUN: wage-opt %s --convert-integer-to-chip=chip=generic-64 | FileCheck %s

// Every extent, stride, pad and dilation differs from top to bottom and from left to right; only pads in front are written.
// CHECK: chip.layer @conv weights = @w ordinal = 0 rows = 6 neurons = 3 input_plane [11, 47] kernel [2, 3] strides [2, 1]
// CHECK-SAME: pads [0, 2] output_plane [5, 47] scale_log2 [0, 0, 0] dilations [3, 1]

// 705 rows on cores of 64 axons: twelve blocks, as equal as they can be.
// CHECK: chip.core @fc.root layer = @fc rows [0, 58] neurons [0, 2]
// CHECK-COUNT-10: chip.core @fc.block layer = @fc rows [{{[0-9]+}}, {{[0-9]+}}] neurons [0, 2]
// CHECK: chip.core @fc.block layer = @fc rows [646, 705] neurons [0, 2]
// CHECK-NOT: chip.core

// Their sums climb a tree of which no node has more than the four children that a core of this chip adds.
// CHECK: chip.route from 2 to [1] carries 2 : i32
// CHECK-NEXT: chip.route from 3 to [1] carries
// CHECK-NEXT: chip.route from 4 to [1] carries
// CHECK-NEXT: chip.route from 5 to [1] carries
// CHECK-NEXT: chip.route from 6 to [2] carries
// CHECK-NEXT: chip.route from 7 to [2] carries
// CHECK-NEXT: chip.route from 8 to [2] carries
// CHECK-NEXT: chip.route from 9 to [2] carries
// CHECK-NEXT: chip.route from 10 to [3] carries
// CHECK-NEXT: chip.route from 11 to [3] carries
// CHECK-NEXT: chip.route from 12 to [3] carries
// CHECK-NEXT: chip.route from 1 to [-1] carries
module attributes {wage.config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  ml_program.global private @w(dense<1> : tensor<3x1x2x3xi8>) : tensor<3x1x2x3xi8>
      {wage.layer = "conv", wage.ordinal = 0 : i32, wage.scale_log2 = array<i32: 0, 0, 0>}
  ml_program.global private @f(dense<1> : tensor<2x705xi8>) : tensor<2x705xi8>
      {wage.layer = "fc", wage.ordinal = 1 : i32, wage.scale_log2 = array<i32: 0, 0>}
  func.func @infer(%p: tensor<?x1x11x47xui8>) -> tensor<?x2xi32> {
    %w = ml_program.global_load_const @w : tensor<3x1x2x3xi8>
    %f = ml_program.global_load_const @f : tensor<2x705xi8>
    %x = integer.table %p, table = dense<0> : tensor<256xi8> : tensor<?x1x11x47xui8> -> tensor<?x1x11x47xi8>
    %z = integer.conv2d %x, %w, strides = [2, 1], pads = [0, 2, 1, 0] dilations = [3, 1]
         : tensor<?x1x11x47xi8>, tensor<3x1x2x3xi8> -> tensor<?x3x5x47xi32>
    %a = integer.shift_clip %z, shift = 3, bits = 8 : tensor<?x3x5x47xi32> -> tensor<?x3x5x47xi8>
    %flat = integer.reshape %a : tensor<?x3x5x47xi8> -> tensor<?x705xi8>
    %out = integer.matmul %flat, %f : tensor<?x705xi8>, tensor<2x705xi8> -> tensor<?x2xi32>
    return %out : tensor<?x2xi32>
  }
}
