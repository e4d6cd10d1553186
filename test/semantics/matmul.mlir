// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @matmul__narrow() {
  %c0 = arith.constant dense<[[31174, 31109, -32027, 8209, 20174], [12689, 6628, 1411, 2207, -12519]]> : tensor<2x5xi16>
  %c1 = arith.constant dense<[[-1, 0, 1, 1, 1], [-1, -1, 1, 1, 1], [1, 0, 1, 0, 0]]> : tensor<3x5xi8>
  %r0 = integer.matmul %c0, %c1 : tensor<2x5xi16>, tensor<3x5xi8> -> tensor<2x3xi64>
  check.expect_eq %r0, dense<[[-34818, -65927, -853], [-21590, -28218, 14100]]> : tensor<2x3xi64> : tensor<2x3xi64>
  return
}

func.func @matmul__narrow_axons_first() {
  %c0 = arith.constant dense<[[31174, 31109, -32027, 8209, 20174], [12689, 6628, 1411, 2207, -12519]]> : tensor<2x5xi16>
  %c1 = arith.constant dense<[[-1, -1, 1], [0, -1, 0], [1, 1, 1], [1, 1, 0], [1, 1, 0]]> : tensor<5x3xi8>
  %r0 = integer.matmul %c0, %c1 axons_first : tensor<2x5xi16>, tensor<5x3xi8> -> tensor<2x3xi64>
  check.expect_eq %r0, dense<[[-34818, -65927, -853], [-21590, -28218, 14100]]> : tensor<2x3xi64> : tensor<2x3xi64>
  return
}

func.func @matmul__single() {
  %c0 = arith.constant dense<[[-31672]]> : tensor<1x1xi16>
  %c1 = arith.constant dense<[[-78]]> : tensor<1x1xi8>
  %r0 = integer.matmul %c0, %c1 : tensor<1x1xi16>, tensor<1x1xi8> -> tensor<1x1xi64>
  check.expect_eq %r0, dense<[[2470416]]> : tensor<1x1xi64> : tensor<1x1xi64>
  return
}

func.func @matmul__single_axons_first() {
  %c0 = arith.constant dense<[[-31672]]> : tensor<1x1xi16>
  %c1 = arith.constant dense<[[-78]]> : tensor<1x1xi8>
  %r0 = integer.matmul %c0, %c1 axons_first : tensor<1x1xi16>, tensor<1x1xi8> -> tensor<1x1xi64>
  check.expect_eq %r0, dense<[[2470416]]> : tensor<1x1xi64> : tensor<1x1xi64>
  return
}

func.func @matmul__wide() {
  %c0 = arith.constant dense<[[6545, 30906, 18299, -14060], [912, 16267, 25225, -3749], [14167, -19052, -2635, 26542]]> : tensor<3x4xi16>
  %c1 = arith.constant dense<[[-30, -123, 74, -50], [-16, 127, -29, -61]]> : tensor<2x4xi8>
  %r0 = integer.matmul %c0, %c1 : tensor<3x4xi16>, tensor<2x4xi8> -> tensor<3x2xi64>
  check.expect_eq %r0, dense<[[-1940662, 4147331], [25899, 1548481], [396296, -4188923]]> : tensor<3x2xi64> : tensor<3x2xi64>
  return
}

func.func @matmul__wide_axons_first() {
  %c0 = arith.constant dense<[[6545, 30906, 18299, -14060], [912, 16267, 25225, -3749], [14167, -19052, -2635, 26542]]> : tensor<3x4xi16>
  %c1 = arith.constant dense<[[-30, -16], [-123, 127], [74, -29], [-50, -61]]> : tensor<4x2xi8>
  %r0 = integer.matmul %c0, %c1 axons_first : tensor<3x4xi16>, tensor<4x2xi8> -> tensor<3x2xi64>
  check.expect_eq %r0, dense<[[-1940662, 4147331], [25899, 1548481], [396296, -4188923]]> : tensor<3x2xi64> : tensor<3x2xi64>
  return
}
