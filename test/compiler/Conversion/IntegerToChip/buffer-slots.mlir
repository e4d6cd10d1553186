// A value that skips three layers waits for them on its core, while the samples behind it need places there: as many as keep the
// slowest core busy, and no more. A place less, and samples wait for the buffer.
//
// RUN: wage-opt %s --wage-integer-to-chip-pipeline=chip=generic-64 -o %t.mlir && FileCheck %s < %t.mlir
// CHECK: chip.buffer @shift_clip.copy : i8 lifetime = "sample" slots = 4
// RUN: wage-translate --chip-to-binary %t.mlir -o %t.wbin && wage-run info %t.wbin | FileCheck %s --check-prefix=CORE
// CORE: forward {{.*}} 212 core
// RUN: wage-opt %s --wage-integer-to-chip-pipeline="chip=generic-64 buffer-slots=3" -o %t.few.mlir
// RUN: wage-translate --chip-to-binary %t.few.mlir -o %t.few.wbin
// RUN: wage-run info %t.few.wbin | FileCheck %s --check-prefix=BUFFER
// BUFFER: forward {{.*}} 246 buffer
// RUN: wage-opt %s --wage-integer-to-chip-pipeline="chip=generic-64 buffer-slots=9" | cmp - %t.mlir
module attributes {wage.config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 16>} {
  ml_program.global private @w0(dense<1> : tensor<4x1x3x3xi8>) : tensor<4x1x3x3xi8>
      {wage.layer = "conv0", wage.ordinal = 0 : i32, wage.scale_log2 = array<i32: 0, 0, 0, 0>}
  ml_program.global private @w1(dense<1> : tensor<4x4x3x3xi8>) : tensor<4x4x3x3xi8>
      {wage.layer = "conv1", wage.ordinal = 1 : i32, wage.scale_log2 = array<i32: 0, 0, 0, 0>}
  ml_program.global private @w2(dense<1> : tensor<4x4x3x3xi8>) : tensor<4x4x3x3xi8>
      {wage.layer = "conv2", wage.ordinal = 2 : i32, wage.scale_log2 = array<i32: 0, 0, 0, 0>}
  ml_program.global private @w3(dense<1> : tensor<4x4x3x3xi8>) : tensor<4x4x3x3xi8>
      {wage.layer = "conv3", wage.ordinal = 3 : i32, wage.scale_log2 = array<i32: 0, 0, 0, 0>}
  ml_program.global private @w4(dense<1> : tensor<4x4x3x3xi8>) : tensor<4x4x3x3xi8>
      {wage.layer = "conv4", wage.ordinal = 4 : i32, wage.scale_log2 = array<i32: 0, 0, 0, 0>}
  ml_program.global private @f(dense<1> : tensor<2x256xi8>) : tensor<2x256xi8>
      {wage.layer = "fc", wage.ordinal = 5 : i32, wage.scale_log2 = array<i32: 0, 0>}
  func.func @infer(%p: tensor<?x1x8x8xui8>) -> tensor<?x2xi32> {
    %x = integer.table %p, table = dense<0> : tensor<256xi8> : tensor<?x1x8x8xui8> -> tensor<?x1x8x8xi8>
    %w0 = ml_program.global_load_const @w0 : tensor<4x1x3x3xi8>
    %z0 = integer.conv2d %x, %w0, strides = [1, 1], pads = [1, 1, 1, 1]
         : tensor<?x1x8x8xi8>, tensor<4x1x3x3xi8> -> tensor<?x4x8x8xi32>
    %a0 = integer.shift_clip %z0, shift = 5, bits = 8 : tensor<?x4x8x8xi32> -> tensor<?x4x8x8xi8>
    %w1 = ml_program.global_load_const @w1 : tensor<4x4x3x3xi8>
    %z1 = integer.conv2d %a0, %w1, strides = [1, 1], pads = [1, 1, 1, 1]
         : tensor<?x4x8x8xi8>, tensor<4x4x3x3xi8> -> tensor<?x4x8x8xi32>
    %a1 = integer.shift_clip %z1, shift = 5, bits = 8 : tensor<?x4x8x8xi32> -> tensor<?x4x8x8xi8>
    %w2 = ml_program.global_load_const @w2 : tensor<4x4x3x3xi8>
    %z2 = integer.conv2d %a1, %w2, strides = [1, 1], pads = [1, 1, 1, 1]
         : tensor<?x4x8x8xi8>, tensor<4x4x3x3xi8> -> tensor<?x4x8x8xi32>
    %a2 = integer.shift_clip %z2, shift = 5, bits = 8 : tensor<?x4x8x8xi32> -> tensor<?x4x8x8xi8>
    %w3 = ml_program.global_load_const @w3 : tensor<4x4x3x3xi8>
    %z3 = integer.conv2d %a2, %w3, strides = [1, 1], pads = [1, 1, 1, 1]
         : tensor<?x4x8x8xi8>, tensor<4x4x3x3xi8> -> tensor<?x4x8x8xi32>
    %a3 = integer.shift_clip %z3, shift = 5, bits = 8 : tensor<?x4x8x8xi32> -> tensor<?x4x8x8xi8>
    %w4 = ml_program.global_load_const @w4 : tensor<4x4x3x3xi8>
    %z4 = integer.conv2d %a3, %w4, strides = [1, 1], pads = [1, 1, 1, 1]
         : tensor<?x4x8x8xi8>, tensor<4x4x3x3xi8> -> tensor<?x4x8x8xi32>
    %sum = integer.add %z4, %a0, shifts = [0, 3] : tensor<?x4x8x8xi32>, tensor<?x4x8x8xi8> -> tensor<?x4x8x8xi32>
    %a4 = integer.shift_clip %sum, shift = 5, bits = 8 : tensor<?x4x8x8xi32> -> tensor<?x4x8x8xi8>
    %flat = integer.reshape %a4 : tensor<?x4x8x8xi8> -> tensor<?x256xi8>
    %f = ml_program.global_load_const @f : tensor<2x256xi8>
    %out = integer.matmul %flat, %f : tensor<?x256xi8>, tensor<2x256xi8> -> tensor<?x2xi32>
    return %out : tensor<?x2xi32>
  }
}
