// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @reshape() {
  %c0 = arith.constant dense<[[[[0], [1]], [[2], [3]], [[4], [5]]], [[[6], [7]], [[8], [9]], [[10], [11]]]]> : tensor<2x3x2x1xi8>
  %r0 = integer.reshape %c0 : tensor<2x3x2x1xi8> -> tensor<2x6xi8>
  check.expect_eq %r0, dense<[[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]> : tensor<2x6xi8> : tensor<2x6xi8>
  return
}
