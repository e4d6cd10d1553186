// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @matmul_transposed__narrow() {
  %c0 = arith.constant dense<[[-7800, -10250, -7766], [14013, 249, -31405]]> : tensor<2x3xi16>
  %c1 = arith.constant dense<[[-1, 0, 1, 1, 1], [-1, -1, 1, 1, 1], [1, 0, 1, 0, 0]]> : tensor<3x5xi8>
  %r0 = integer.matmul_transposed %c0, %c1 : tensor<2x3xi16>, tensor<3x5xi8> -> tensor<2x5xi64>
  check.expect_eq %r0, dense<[[10284, 10250, -25816, -18050, -18050], [-45667, -249, -17143, 14262, 14262]]> : tensor<2x5xi64> : tensor<2x5xi64>
  return
}

func.func @matmul_transposed__narrow_axons_first() {
  %c0 = arith.constant dense<[[-7800, -10250, -7766], [14013, 249, -31405]]> : tensor<2x3xi16>
  %c1 = arith.constant dense<[[-1, -1, 1], [0, -1, 0], [1, 1, 1], [1, 1, 0], [1, 1, 0]]> : tensor<5x3xi8>
  %r0 = integer.matmul_transposed %c0, %c1 axons_first : tensor<2x3xi16>, tensor<5x3xi8> -> tensor<2x5xi64>
  check.expect_eq %r0, dense<[[10284, 10250, -25816, -18050, -18050], [-45667, -249, -17143, 14262, 14262]]> : tensor<2x5xi64> : tensor<2x5xi64>
  return
}

func.func @matmul_transposed__single() {
  %c0 = arith.constant dense<[[-421]]> : tensor<1x1xi16>
  %c1 = arith.constant dense<[[-78]]> : tensor<1x1xi8>
  %r0 = integer.matmul_transposed %c0, %c1 : tensor<1x1xi16>, tensor<1x1xi8> -> tensor<1x1xi64>
  check.expect_eq %r0, dense<[[32838]]> : tensor<1x1xi64> : tensor<1x1xi64>
  return
}

func.func @matmul_transposed__single_axons_first() {
  %c0 = arith.constant dense<[[-421]]> : tensor<1x1xi16>
  %c1 = arith.constant dense<[[-78]]> : tensor<1x1xi8>
  %r0 = integer.matmul_transposed %c0, %c1 axons_first : tensor<1x1xi16>, tensor<1x1xi8> -> tensor<1x1xi64>
  check.expect_eq %r0, dense<[[32838]]> : tensor<1x1xi64> : tensor<1x1xi64>
  return
}

func.func @matmul_transposed__wide() {
  %c0 = arith.constant dense<[[-17463, 22875], [-18707, 6926], [-17221, 20056]]> : tensor<3x2xi16>
  %c1 = arith.constant dense<[[-30, -123, 74, -50], [-16, 127, -29, -61]]> : tensor<2x4xi8>
  %r0 = integer.matmul_transposed %c0, %c1 : tensor<3x2xi16>, tensor<2x4xi8> -> tensor<3x4xi64>
  check.expect_eq %r0, dense<[[157890, 5053074, -1955637, -522225], [450394, 3180563, -1585172, 512864], [195734, 4665295, -1855978, -362366]]> : tensor<3x4xi64> : tensor<3x4xi64>
  return
}

func.func @matmul_transposed__wide_axons_first() {
  %c0 = arith.constant dense<[[-17463, 22875], [-18707, 6926], [-17221, 20056]]> : tensor<3x2xi16>
  %c1 = arith.constant dense<[[-30, -16], [-123, 127], [74, -29], [-50, -61]]> : tensor<4x2xi8>
  %r0 = integer.matmul_transposed %c0, %c1 axons_first : tensor<3x2xi16>, tensor<4x2xi8> -> tensor<3x4xi64>
  check.expect_eq %r0, dense<[[157890, 5053074, -1955637, -522225], [450394, 3180563, -1585172, 512864], [195734, 4665295, -1855978, -362366]]> : tensor<3x4xi64> : tensor<3x4xi64>
  return
}
