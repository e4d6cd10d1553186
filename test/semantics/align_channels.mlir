// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

// x = [1, 3, 0]
func.func @align_channels__planes() {
  %c0 = arith.constant dense<[[[[31, 91], [75, -71]], [[-66, -85], [-99, 106]], [[-25, -87], [-53, 66]]], [[[-37, -48], [21, -35]], [[-20, 14], [-38, 109]], [[50, -127], [80, -86]]]]> : tensor<2x3x2x2xi8>
  %r0 = integer.align_channels %c0, shifts = [2, 0, 3] : tensor<2x3x2x2xi8> -> tensor<2x3x2x2xi64>
  check.expect_eq %r0, dense<[[[[124, 364], [300, -284]], [[-66, -85], [-99, 106]], [[-200, -696], [-424, 528]]], [[[-148, -192], [84, -140]], [[-20, 14], [-38, 109]], [[400, -1016], [640, -688]]]]> : tensor<2x3x2x2xi64> : tensor<2x3x2x2xi64>
  return
}

// x = [0, 0, 24, -8]
func.func @align_channels__row() {
  %c0 = arith.constant dense<[[10, 56, -65, -27], [103, -54, -97, 118], [-27, -60, 109, 55]]> : tensor<3x4xi8>
  %r0 = integer.align_channels %c0, shifts = [24, 24, 0, 32] : tensor<3x4xi8> -> tensor<3x4xi64>
  check.expect_eq %r0, dense<[[167772160, 939524096, -65, -115964116992], [1728053248, -905969664, -97, 506806140928], [-452984832, -1006632960, 109, 236223201280]]> : tensor<3x4xi64> : tensor<3x4xi64>
  return
}
