// What the mapper refuses of the function that it maps: it must be there, take images, let the host encode them, and have tensors
// whose elements 32 bits count.
//
// RUN: wage-opt %s --convert-integer-to-chip="chip=generic-64" -split-input-file -verify-diagnostics
// RUN: not wage-opt %s --integer-copy-positions="copies=2" -split-input-file 2>&1 | FileCheck %s
// CHECK: error: needs a function @infer of one block

#config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8, random = 16,
                       rounding = half_even, batch = 4>
// expected-error@+1 {{needs a function @infer of one block}}
module attributes {wage.config = #config} {
  func.func private @infer(tensor<?x4xui8>) -> tensor<?x4xi8>
}

// -----

#config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8, random = 16,
                       rounding = half_even, batch = 4>
module attributes {wage.config = #config} {
  // expected-error@+1 {{needs images with an open batch in front as first argument of @infer}}
  func.func @infer() {
    return
  }
}

// -----

#config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8, random = 16,
                       rounding = half_even, batch = 4>
module attributes {wage.config = #config} {
  // expected-error@+1 {{needs images with an open batch in front as first argument of @infer}}
  func.func @infer(%x: tensor<2x4xui8>) -> tensor<2x4xi8> {
    %y = integer.table %x, table = dense<0> : tensor<256xi8> : tensor<2x4xui8> -> tensor<2x4xi8>
    return %y : tensor<2x4xi8>
  }
}

// -----

#config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8, random = 16,
                       rounding = half_even, batch = 4>
module attributes {wage.config = #config} {
  func.func @infer(%x: tensor<?x4xi8>) -> tensor<?x4xi8> {
    // expected-error@+1 {{takes argument 0 of @infer as it is, needs images that integer.table has encoded}}
    %y = integer.relu %x : tensor<?x4xi8>
    return %y : tensor<?x4xi8>
  }
}

// -----

#config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8, random = 16,
                       rounding = half_even, batch = 4>
module attributes {wage.config = #config} {
  ml_program.global private @w(dense<1> : tensor<3x4xi8>) : tensor<3x4xi8>
  func.func @infer(%x: tensor<?x4xui8>) -> tensor<i64> {
    %w = ml_program.global_load_const @w : tensor<3x4xi8>
    // expected-error@+1 {{takes the maximum of a value that no core has}}
    %m = integer.max_abs %w : tensor<3x4xi8>
    return %m : tensor<i64>
  }
}

// -----

#config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8, random = 16,
                       rounding = half_even, batch = 1>
module attributes {wage.config = #config} {
  ml_program.global private @w(dense<1> : tensor<2x1x1x1xi8>) : tensor<2x1x1x1xi8>
      {wage.layer = "conv", wage.ordinal = 0 : i32, wage.scale_log2 = array<i32: 0, 0>}
  func.func @infer(%p: tensor<?x1x65536x65536xui8>) -> tensor<?x2x32768x65536xi32> {
    %w = ml_program.global_load_const @w : tensor<2x1x1x1xi8>
    // expected-error@+1 {{has a result of 4294967296 elements per sample, needs at most 2147483648}}
    %x = integer.table %p, table = dense<0> : tensor<256xi8> : tensor<?x1x65536x65536xui8> -> tensor<?x1x65536x65536xi8>
    %z = integer.conv2d %x, %w, strides = [2, 1], pads = [0, 0, 0, 0]
         : tensor<?x1x65536x65536xi8>, tensor<2x1x1x1xi8> -> tensor<?x2x32768x65536xi32>
    return %z : tensor<?x2x32768x65536xi32>
  }
}
