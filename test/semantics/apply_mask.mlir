// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @apply_mask() {
  %c0 = arith.constant dense<[0, 1, -1, 4064, 4065, -4064, -4065, 4611686018427387903, -4611686018427387903]> : tensor<9xi64>
  %c1 = arith.constant dense<[true, false, true, false, true, false, true, false, true]> : tensor<9xi1>
  %r0 = integer.apply_mask %c0, %c1 : tensor<9xi64>, tensor<9xi1>
  check.expect_eq %r0, dense<[0, 0, -1, 0, 4065, 0, -4065, 0, -4611686018427387903]> : tensor<9xi64> : tensor<9xi64>
  return
}
