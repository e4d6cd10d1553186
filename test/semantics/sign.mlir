// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

// The sign of 0 is +1.
func.func @sign() {
  %c0 = arith.constant dense<[0, 1, -1, 31, 32, 33, -31, -32, -33, 64, -64, 127, -127]> : tensor<13xi8>
  %r0 = integer.sign %c0 : tensor<13xi8> -> tensor<13xi8>
  check.expect_eq %r0, dense<[1, 1, -1, 1, 1, 1, -1, -1, -1, 1, -1, 1, -1]> : tensor<13xi8> : tensor<13xi8>
  return
}
