// VGG7's first two layers, 2-8-8-8: the weight gradient of both is at most 127 * 127 * batch * 32 * 32, which fits 32 bits
// up to batch 130 and needs 64 from 131 on. Source: arithmetic.md section 1.
// RUN: sed s/BATCH/130/ %s | wage-opt --convert-wage-to-integer --integer-assign-widths --integer-verify-level \
// RUN:   --integer-print-bounds -o %t.130.mlir | FileCheck %s --check-prefixes=TABLE,FITS
// RUN: FileCheck %s --check-prefixes=IR,IR-FITS < %t.130.mlir
// RUN: sed s/BATCH/131/ %s | wage-opt --convert-wage-to-integer --integer-assign-widths --integer-verify-level \
// RUN:   --integer-print-bounds -o %t.131.mlir | FileCheck %s --check-prefixes=TABLE,WIDE
// RUN: FileCheck %s --check-prefixes=IR,IR-WIDE < %t.131.mlir

// TABLE: layer  role      bound       bits  type
// TABLE-NEXT: conv1  forward   3429        13    i32
// TABLE-NEXT: conv2  forward   146304      19    i32
// TABLE-NEXT: conv2  pool      127         8     i8
// FITS-NEXT:  conv2  gradient  2147092480  32    i32
// WIDE-NEXT:  conv2  gradient  2163608576  33    i64
// TABLE-NEXT: conv2  error     146304      19    i32
// FITS-NEXT:  conv1  gradient  2147092480  32    i32
// WIDE-NEXT:  conv1  gradient  2163608576  33    i64
// TABLE-NEXT: conv1  update    191         9     i16

// IR: integer.conv2d {{.*}} -> tensor<?x128x32x32xi32>
// IR-FITS: integer.conv2d_outer {{.*}} -> tensor<128x128x3x3xi32>
// IR-WIDE: integer.conv2d_outer {{.*}} -> tensor<128x128x3x3xi64>
// IR: integer.conv2d_transposed {{.*}} -> tensor<?x128x32x32xi32>
// IR-FITS: integer.conv2d_outer {{.*}} -> tensor<128x3x3x3xi32>
// IR-WIDE: integer.conv2d_outer {{.*}} -> tensor<128x3x3x3xi64>

!a1 = tensor<?x128x32x32x!wage.grid<A, 8, -7>>
!e1 = tensor<?x128x32x32x!wage.grid<E, 8, 0>>
!m1 = tensor<128x3x3x3x!wage.grid<G, 8, -7>>
!w1 = tensor<128x3x3x3x!wage.grid<W, 2, -1>>
!w2 = tensor<128x128x3x3x!wage.grid<W, 2, -1>>
!z1 = tensor<?x128x32x32x!wage.grid<Z, 0, -9>>
!z2 = tensor<?x128x32x32x!wage.grid<Z, 0, -12>>
!d2 = tensor<?x128x32x32x!wage.grid<Z, 0, -5>>
module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = BATCH>} {
  ml_program.global private mutable @w1(dense<64> : tensor<128x3x3x3xi8>) : tensor<128x3x3x3xi8>
  ml_program.global private mutable @w2(dense<-64> : tensor<128x128x3x3xi8>) : tensor<128x128x3x3xi8>
  func.func @train(%images: tensor<?x3x32x32xui8>, %lr: tensor<i32>, %step: tensor<i64>, %seed: tensor<i64>) {
    %i1 = ml_program.global_load @w1 : tensor<128x3x3x3xi8>
    %m1 = wage.as_grid %i1 : tensor<128x3x3x3xi8> -> !m1
    %w1 = wage.quantize_weight %m1, rounding = half_even : !m1 -> !w1
    %i2 = ml_program.global_load @w2 : tensor<128x128x3x3xi8>
    %m2 = wage.as_grid %i2 : tensor<128x128x3x3xi8> -> tensor<128x128x3x3x!wage.grid<G, 8, -7>>
    %w2 = wage.quantize_weight %m2, rounding = half_even : tensor<128x128x3x3x!wage.grid<G, 8, -7>> -> !w2
    %x0 = wage.encode_input %images : tensor<?x3x32x32xui8> -> tensor<?x3x32x32x!wage.grid<A, 8, -7>>
    %z1 = wage.conv2d %x0, %w1, scale_log2 = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], strides = [1, 1], pads = [1, 1, 1, 1]
          : tensor<?x3x32x32x!wage.grid<A, 8, -7>>, !w1 -> !z1 loc("conv1")
    %r1 = wage.relu %z1 : !z1
    %x1 = wage.quantize_activation %r1, rounding = half_even : !z1 -> !a1
    %z2 = wage.conv2d %x1, %w2, scale_log2 = [4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4], strides = [1, 1], pads = [1, 1, 1, 1] : !a1, !w2 -> !z2 loc("conv2")
    %v2, %p2 = wage.max_pool %z2, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
               : !z2 -> tensor<?x128x16x16x!wage.grid<Z, 0, -12>>, tensor<?x128x16x16xi8>
    // In place of the layers above: any tensor of the right shape has the error's bound.
    %e2, %k2 = wage.quantize_error %v2, rounding = half_even
               : tensor<?x128x16x16x!wage.grid<Z, 0, -12>> -> tensor<?x128x16x16x!wage.grid<E, 8, 0>>
    %s2 = wage.max_pool_scatter %e2, %p2, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
          : tensor<?x128x16x16x!wage.grid<E, 8, 0>>, tensor<?x128x16x16xi8> -> tensor<?x128x32x32x!wage.grid<Z, 0, 0>>
          loc("conv2")
    %g2 = wage.conv2d_outer %s2, %x1, strides = [1, 1], pads = [1, 1, 1, 1]
          : tensor<?x128x32x32x!wage.grid<Z, 0, 0>>, !a1 -> tensor<128x128x3x3x!wage.grid<Z, 0, 0>> loc("conv2")
    %d1 = wage.conv2d_transposed %s2, %w2, scale_log2 = [4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4], strides = [1, 1], pads = [1, 1, 1, 1]
          : tensor<?x128x32x32x!wage.grid<Z, 0, 0>>, !w2 -> !d2 loc("conv2")
    %e1, %k1 = wage.quantize_error %d1, rounding = half_even : !d2 -> !e1
    %g1 = wage.conv2d_outer %e1, %x0, strides = [1, 1], pads = [1, 1, 1, 1]
          : !e1, tensor<?x3x32x32x!wage.grid<A, 8, -7>> -> tensor<128x3x3x3x!wage.grid<Z, 0, 0>> loc("conv1")
    %t1, %l1 = wage.quantize_gradient %g1, %lr, %step, %seed, ordinal = 0, random_bits = 16
               : tensor<128x3x3x3x!wage.grid<Z, 0, 0>> -> !m1
    %n1 = wage.update %m1, %t1, weight_bits = 2 : !m1 loc("conv1")
    %o1 = wage.as_integers %n1 : !m1 -> tensor<128x3x3x3xi8>
    ml_program.global_store @w1 = %o1 : tensor<128x3x3x3xi8>
    return
  }
}
