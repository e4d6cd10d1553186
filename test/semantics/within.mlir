// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

// Equal to the bound passes.
func.func @within() {
  %c0 = arith.constant dense<[0, 1, -1, 4064, 4065, -4064, -4065, 4611686018427387903, -4611686018427387903]> : tensor<9xi64>
  %r0 = integer.within %c0, limit = 4064 : tensor<9xi64> -> tensor<9xi1>
  check.expect_eq %r0, dense<[true, true, true, true, false, true, false, false, false]> : tensor<9xi1> : tensor<9xi1>
  return
}

func.func @within__zero() {
  %c0 = arith.constant dense<[0, 1, -1, 4064, 4065, -4064, -4065, 4611686018427387903, -4611686018427387903]> : tensor<9xi64>
  %r0 = integer.within %c0, limit = 0 : tensor<9xi64> -> tensor<9xi1>
  check.expect_eq %r0, dense<[true, false, false, false, false, false, false, false, false]> : tensor<9xi1> : tensor<9xi1>
  return
}
