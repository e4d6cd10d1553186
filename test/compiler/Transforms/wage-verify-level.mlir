// What may stand at the wage level, and what may not.
// RUN: wage-opt %s -split-input-file -verify-diagnostics --wage-verify-level | FileCheck %s

!a = tensor<?x4x!wage.grid<A, 8, -7>>
!z = tensor<?x4x!wage.grid<Z, 0, -9>>
// CHECK: func.func @legal(
// CHECK: wage.quantize_activation
module attributes {wage.config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  ml_program.global private @b(dense<0> : tensor<4xi64>) : tensor<4xi64>
  func.func @legal(%z: !z) -> !a {
    %b = ml_program.global_load_const @b : tensor<4xi64>
    %y = wage.add_bias %z, %b : !z, tensor<4xi64>
    %r = wage.relu %y : !z
    %m = wage.within %r, bits = 8 : !z -> tensor<?x4xi1>
    %a = wage.quantize_activation %r, rounding = half_even : !z -> !a
    return %a : !a
  }
}

// -----

// expected-error@+1 {{has no wage.config, the wage level needs one}}
module {}

// -----

!a = tensor<?x4x!wage.grid<A, 8, -7>>
!z = tensor<?x4x!wage.grid<Z, 0, -9>>
module attributes {wage.config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_away, batch = 4>} {
  // expected-error@+1 {{'ml_program.global' op its value is 'tensor<2xf32>', the wage level needs tensors of integers or on a grid}}
  ml_program.global private @f(dense<0.5> : tensor<2xf32>) : tensor<2xf32>
  // expected-error@+1 {{'func.func' op its argument is 'index', the wage level needs tensors of integers or on a grid}}
  func.func @argument(%i: index) {
    return
  }
  func.func @level(%t: tensor<4xi8>) -> tensor<4xi8> {
    // expected-error@+1 {{'integer.relu' op does not belong to the wage level}}
    %r = integer.relu %t : tensor<4xi8>
    return %r : tensor<4xi8>
  }
  func.func @width(%p: tensor<?x4xui8>) -> tensor<?x4x!wage.grid<A, 4, -3>> {
    // expected-error@+1 {{'wage.encode_input' op result has 4 bits, wage.config says 8}}
    %x = wage.encode_input %p : tensor<?x4xui8> -> tensor<?x4x!wage.grid<A, 4, -3>>
    return %x : tensor<?x4x!wage.grid<A, 4, -3>>
  }
  func.func @rounding(%z: !z) -> !a {
    // expected-error@+1 {{'wage.quantize_activation' op rounding is half_even, wage.config says half_away}}
    %a = wage.quantize_activation %z, rounding = half_even : !z -> !a
    return %a : !a
  }
  func.func @relu(%z: !z) -> !z {
    // expected-error@+1 {{'wage.relu' op must be followed by wage.quantize_activation}}
    %r = wage.relu %z : !z
    // expected-note@+1 {{but is used here}}
    return %r : !z
  }
}
