// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @subtract_one_hot() {
  %c0 = arith.constant dense<[[5, -3, 1099511627776], [0, 0, 0], [-2305843009213693952, 1, 7]]> : tensor<3x3xi64>
  %c1 = arith.constant dense<[2, 0, 1]> : tensor<3xi32>
  %r0 = integer.subtract_one_hot %c0, %c1, shift = 10 : tensor<3x3xi64>, tensor<3xi32> -> tensor<3x3xi64>
  check.expect_eq %r0, dense<[[5, -3, 1099511626752], [-1024, 0, 0], [-2305843009213693952, -1023, 7]]> : tensor<3x3xi64> : tensor<3x3xi64>
  return
}
