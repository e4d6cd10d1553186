// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @concat__planes() {
  %c0 = arith.constant dense<[[[[-38, -6, -17], [99, 11, 40]]], [[[34, -89, 68], [82, -17, 23]]]]> : tensor<2x1x2x3xi8>
  %c1 = arith.constant dense<[[[[-65, -62, 83], [-31, 68, 16]], [[-20, 31, -40], [-18, 14, 49]], [[-14, 7, -80], [95, -88, 71]]], [[[39, -70, -53], [-80, -52, 71]], [[97, 22, 6], [96, -50, -13]], [[33, -64, -98], [-93, 91, 54]]]]> : tensor<2x3x2x3xi8>
  %c2 = arith.constant dense<[[[[-48, -84, 13], [29, -13, 13]], [[-43, 48, 15], [89, -100, -53]]], [[[-91, -3, -79], [51, -64, -60]], [[51, -82, 15], [-73, 99, 87]]]]> : tensor<2x2x2x3xi8>
  %r0 = integer.concat %c0, %c1, %c2 : tensor<2x1x2x3xi8>, tensor<2x3x2x3xi8>, tensor<2x2x2x3xi8> -> tensor<2x6x2x3xi8>
  check.expect_eq %r0, dense<[[[[-38, -6, -17], [99, 11, 40]], [[-65, -62, 83], [-31, 68, 16]], [[-20, 31, -40], [-18, 14, 49]], [[-14, 7, -80], [95, -88, 71]], [[-48, -84, 13], [29, -13, 13]], [[-43, 48, 15], [89, -100, -53]]], [[[34, -89, 68], [82, -17, 23]], [[39, -70, -53], [-80, -52, 71]], [[97, 22, 6], [96, -50, -13]], [[33, -64, -98], [-93, 91, 54]], [[-91, -3, -79], [51, -64, -60]], [[51, -82, 15], [-73, 99, 87]]]]> : tensor<2x6x2x3xi8> : tensor<2x6x2x3xi8>
  return
}

func.func @concat__rows() {
  %c0 = arith.constant dense<[[5, -5], [0, 1]]> : tensor<2x2xi32>
  %c1 = arith.constant dense<[[1048576], [7]]> : tensor<2x1xi32>
  %r0 = integer.concat %c0, %c1 : tensor<2x2xi32>, tensor<2x1xi32> -> tensor<2x3xi32>
  check.expect_eq %r0, dense<[[5, -5, 1048576], [0, 1, 7]]> : tensor<2x3xi32> : tensor<2x3xi32>
  return
}
