// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @add_bias__matrix() {
  %c0 = arith.constant dense<[[44, 26, -15], [-28, 90, 52]]> : tensor<2x3xi32>
  %c1 = arith.constant dense<[2305843009213693952, -2305843009213693952, -7]> : tensor<3xi64>
  %r0 = integer.add_bias %c0, %c1 : tensor<2x3xi32>, tensor<3xi64> -> tensor<2x3xi64>
  check.expect_eq %r0, dense<[[2305843009213693996, -2305843009213693926, -22], [2305843009213693924, -2305843009213693862, 45]]> : tensor<2x3xi64> : tensor<2x3xi64>
  return
}

func.func @add_bias__planes() {
  %c0 = arith.constant dense<[[[[-22, -95], [-75, -11]], [[-8, -26], [97, -5]], [[59, -75], [-25, -56]]], [[[-72, 12], [-72, -23]], [[37, 59], [12, 21]], [[-41, 73], [-63, 47]]]]> : tensor<2x3x2x2xi32>
  %c1 = arith.constant dense<[2305843009213693952, -2305843009213693952, -7]> : tensor<3xi64>
  %r0 = integer.add_bias %c0, %c1 : tensor<2x3x2x2xi32>, tensor<3xi64> -> tensor<2x3x2x2xi64>
  check.expect_eq %r0, dense<[[[[2305843009213693930, 2305843009213693857], [2305843009213693877, 2305843009213693941]], [[-2305843009213693960, -2305843009213693978], [-2305843009213693855, -2305843009213693957]], [[52, -82], [-32, -63]]], [[[2305843009213693880, 2305843009213693964], [2305843009213693880, 2305843009213693929]], [[-2305843009213693915, -2305843009213693893], [-2305843009213693940, -2305843009213693931]], [[-48, 66], [-70, 40]]]]> : tensor<2x3x2x2xi64> : tensor<2x3x2x2xi64>
  return
}
