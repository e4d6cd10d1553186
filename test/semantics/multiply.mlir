// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @multiply() {
  %c0 = arith.constant dense<[[0, 5, -127], [-128, 127, 1]]> : tensor<2x3xi8>
  %c1 = arith.constant dense<[[7, -2147483648, 2147483647], [-2147483648, 2147483647, -1]]> : tensor<2x3xi32>
  %r0 = integer.multiply %c0, %c1 : tensor<2x3xi8>, tensor<2x3xi32> -> tensor<2x3xi64>
  check.expect_eq %r0, dense<[[0, -10737418240, -272730423169], [274877906944, 272730423169, -1]]> : tensor<2x3xi64> : tensor<2x3xi64>
  return
}
