// A sample of more than three dimensions: what is behind the third is part of a row.
//
// RUN: wage-opt %s --convert-integer-to-chip="chip=generic-64" --chip-place --chip-allocate --chip-verify | FileCheck %s
// CHECK: chip.program @network input [2, 3, 8] : i8

module attributes {wage.config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  ml_program.global private @w(dense<1> : tensor<3x48xi8>) : tensor<3x48xi8>
      {wage.layer = "fc", wage.ordinal = 0 : i32, wage.scale_log2 = array<i32: 0, 0, 0>}
  func.func @infer(%p: tensor<?x2x3x4x2xui8>) -> tensor<?x3xi32> {
    %w = ml_program.global_load_const @w : tensor<3x48xi8>
    %x = integer.table %p, table = dense<0> : tensor<256xi8> : tensor<?x2x3x4x2xui8> -> tensor<?x2x3x4x2xi8>
    %r = integer.reshape %x : tensor<?x2x3x4x2xi8> -> tensor<?x48xi8>
    %z = integer.matmul %r, %w : tensor<?x48xi8>, tensor<3x48xi8> -> tensor<?x3xi32>
    return %z : tensor<?x3xi32>
  }
}
