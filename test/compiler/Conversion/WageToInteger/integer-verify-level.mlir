// RUN: wage-opt %s --integer-verify-level -split-input-file -verify-diagnostics

module attributes {wage.config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 1>} {
  ml_program.global private @w(dense<1> : tensor<5x64xi8>) : tensor<5x64xi8>
  func.func @legal(%x: tensor<?x64xi8>) -> tensor<?x5xi32> {
    %w = ml_program.global_load_const @w : tensor<5x64xi8>
    %z = integer.matmul %x, %w : tensor<?x64xi8>, tensor<5x64xi8> -> tensor<?x5xi32>
    return %z : tensor<?x5xi32>
  }
}

// -----

module attributes {wage.config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 1>} {
  // expected-error@+1 {{'ml_program.global' op its value is 'tensor<2xf32>', the integer level needs tensors of integers}}
  ml_program.global private @f(dense<1.0> : tensor<2xf32>) : tensor<2xf32>
  // expected-error@+1 {{'func.func' op its argument is 'tensor<?x4x!wage.grid<A, 8, -7>>', the integer level needs tensors of integers}}
  func.func @grid(%x: tensor<?x4x!wage.grid<A, 8, -7>>) {
    // expected-error@+1 {{'wage.relu' op does not belong to the integer level}}
    %y = wage.relu %x : tensor<?x4x!wage.grid<A, 8, -7>>
    return
  }
}

// -----

module attributes {wage.config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 1>} {
  func.func @narrow(%x: tensor<?x64xi8>, %w: tensor<5x64xi8>) -> tensor<?x5xi16> {
    // expected-error@+1 {{'integer.matmul' op can reach 1048576, which needs 22 bits, its result has 16}}
    %z = integer.matmul %x, %w : tensor<?x64xi8>, tensor<5x64xi8> -> tensor<?x5xi16>
    return %z : tensor<?x5xi16>
  }
}

// -----

module attributes {wage.config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 1>} {
  func.func @lookup(%x: tensor<?x4xi8>) -> tensor<?x4xi8> {
    %a = integer.shift_clip %x, shift = 0, bits = 2 : tensor<?x4xi8> -> tensor<?x4xi8>
    %y = integer.lookup %a, tables = dense<1> : tensor<1x4xi8> : tensor<?x4xi8> -> tensor<?x4xi8>
    // expected-error@+1 {{'integer.lookup' op has an input that can reach 128, its tables are of 4 entries for 2 bits}}
    %z = integer.lookup %x, tables = dense<1> : tensor<1x4xi8> : tensor<?x4xi8> -> tensor<?x4xi8>
    return %z : tensor<?x4xi8>
  }
}

// -----

module attributes {wage.config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 1>} {
  func.func @beyond(%x: tensor<?x4xi64>) -> tensor<?x4xi64> {
    // expected-error@+1 {{'integer.multiply' op can reach 2^64 or more, which needs 65 bits, its result has 64}}
    %y = integer.multiply %x, %x : tensor<?x4xi64>, tensor<?x4xi64> -> tensor<?x4xi64>
    return %y : tensor<?x4xi64>
  }
}

// -----

// expected-error@+1 {{has no wage.config, the integer level needs one}}
module {
}
