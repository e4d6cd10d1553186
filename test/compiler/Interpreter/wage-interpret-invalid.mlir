// What does not hold, or cannot be evaluated, is an error at its op; the functions after it are evaluated all the same.
// RUN: wage-opt %s --wage-interpret -split-input-file -verify-diagnostics

func.func @value() {
  %x = arith.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>
  // expected-error@+1 {{'check.expect_eq' op element [1, 0] is 3, expected 5}}
  check.expect_eq %x, dense<[[1, 2], [5, 4]]> : tensor<2x2xi8> : tensor<2x2xi8>
  return
}
func.func @next() {
  %x = arith.constant dense<1> : tensor<i64>
  // expected-error@+1 {{'check.expect_eq' op element [] is 1, expected 2}}
  check.expect_eq %x, dense<2> : tensor<i64> : tensor<i64>
  return
}

// -----

// Nothing wraps: a type too narrow for the sum is found, not worked around.
func.func @overflow() {
  %x = arith.constant dense<[[127, 127, 127]]> : tensor<1x3xi8>
  // expected-error@+1 {{element [0, 0] is 48387, which 'tensor<1x1xi16>' cannot hold}}
  %z = integer.matmul %x, %x : tensor<1x3xi8>, tensor<1x3xi8> -> tensor<1x1xi16>
  return
}

// -----

func.func @label() {
  %x = arith.constant dense<0> : tensor<1x3xi32>
  %l = arith.constant dense<3> : tensor<1xi32>
  // expected-error@+1 {{'integer.subtract_one_hot' op label 3 is no class, needs 0 to 2}}
  %e = integer.subtract_one_hot %x, %l, shift = 3 : tensor<1x3xi32>, tensor<1xi32> -> tensor<1x3xi32>
  return
}

// -----

func.func @learning_rate() {
  %g = arith.constant dense<1> : tensor<1xi32>
  %k = arith.constant dense<16> : tensor<i32>
  // expected-error@+1 {{'integer.stochastic_step' op learning rate is 2^16, needs 2^-32 to 2^15}}
  %d = integer.stochastic_step %g, %k, %k, %g, bits = 8, random_bits = 16 : tensor<1xi32>, tensor<1xi32> -> tensor<1xi8>
  return
}

// -----

func.func @position() {
  %e = arith.constant dense<1> : tensor<1x1x1x1xi8>
  %p = arith.constant dense<4> : tensor<1x1x1x1xi8>
  // expected-error@+1 {{'integer.max_pool_scatter' op has a position outside its window or in the padding}}
  %d = integer.max_pool_scatter %e, %p, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
       : tensor<1x1x1x1xi8>, tensor<1x1x1x1xi8> -> tensor<1x1x2x2xi8>
  return
}

// -----

func.func @level() {
  %x = arith.constant dense<1> : tensor<2xi8>
  // expected-error@+1 {{'arith.addi' op cannot be evaluated, needs the wage or the integer level}}
  %y = arith.addi %x, %x : tensor<2xi8>
  return
}

// -----

// Without the value of a global nothing is evaluated, least of all what loads it.
// expected-error@+1 {{'ml_program.global' op has no initial value that can be read, needs a tensor of integers}}
ml_program.global private @real(dense<1.0> : tensor<2xf32>) : tensor<2xf32>
func.func @loads() {
  %x = ml_program.global_load_const @real : tensor<2xf32>
  return
}
