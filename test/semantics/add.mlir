// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @add__equal() {
  %c0 = arith.constant dense<[[55, 118, -108, 67, 26], [53, 22, 57, 57, 78]]> : tensor<2x5xi32>
  %c1 = arith.constant dense<[[-41, -58, -5, 32, -42], [77, 53, 99, 33, 103]]> : tensor<2x5xi32>
  %r0 = integer.add %c0, %c1, shifts = [0, 0] : tensor<2x5xi32>, tensor<2x5xi32> -> tensor<2x5xi64>
  check.expect_eq %r0, dense<[[14, 60, -113, 99, -16], [130, 75, 156, 90, 181]]> : tensor<2x5xi64> : tensor<2x5xi64>
  return
}

func.func @add__left() {
  %c0 = arith.constant dense<[[-18, 103, 47, -103, -50], [-32, 62, -11, -36, 100]]> : tensor<2x5xi8>
  %c1 = arith.constant dense<[[119, -21, -66, -60, -62], [-122, 17, -54, 32, 72]]> : tensor<2x5xi32>
  %r0 = integer.add %c0, %c1, shifts = [4, 0] : tensor<2x5xi8>, tensor<2x5xi32> -> tensor<2x5xi64>
  check.expect_eq %r0, dense<[[-169, 1627, 686, -1708, -862], [-634, 1009, -230, -544, 1672]]> : tensor<2x5xi64> : tensor<2x5xi64>
  return
}

func.func @add__right() {
  %c0 = arith.constant dense<[[-52, -122, 20, -85, 32], [-48, 90, 8, 45, -35]]> : tensor<2x5xi64>
  %c1 = arith.constant dense<[[-22, 98, 18, -75, -100], [16, 82, 71, -114, 110]]> : tensor<2x5xi16>
  %r0 = integer.add %c0, %c1, shifts = [0, 33] : tensor<2x5xi64>, tensor<2x5xi16> -> tensor<2x5xi64>
  check.expect_eq %r0, dense<[[-188978561076, 841813589894, 154618822676, -644245094485, -858993459168], [137438953424, 704374636634, 609885356040, -979252543443, 944892805085]]> : tensor<2x5xi64> : tensor<2x5xi64>
  return
}
