// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @positive() {
  %c0 = arith.constant dense<[0, 1, -1, 4064, 4065, -4064, -4065, 4611686018427387903, -4611686018427387903]> : tensor<9xi64>
  %r0 = integer.positive %c0 : tensor<9xi64> -> tensor<9xi1>
  check.expect_eq %r0, dense<[false, true, false, true, true, false, false, true, false]> : tensor<9xi1> : tensor<9xi1>
  return
}
