// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @add__equal() {
  %c0 = arith.constant dense<[[45, -35, -22, 98, 18], [-75, -100, 16, 82, 71]]> : tensor<2x5xi32>
  %c1 = arith.constant dense<[[-114, 110, 52, 95, 124], [-93, -115, 74, 120, 45]]> : tensor<2x5xi32>
  %r0 = integer.add %c0, %c1, shifts = [0, 0] : tensor<2x5xi32>, tensor<2x5xi32> -> tensor<2x5xi64>
  check.expect_eq %r0, dense<[[-69, 75, 30, 193, 142], [-168, -215, 90, 202, 116]]> : tensor<2x5xi64> : tensor<2x5xi64>
  return
}

func.func @add__left() {
  %c0 = arith.constant dense<[[90, -20, 101, -121, -102], [-85, -51, 64, -49, -106]]> : tensor<2x5xi8>
  %c1 = arith.constant dense<[[107, -48, 110, -62, 50], [63, 31, -36, 36, -105]]> : tensor<2x5xi32>
  %r0 = integer.add %c0, %c1, shifts = [4, 0] : tensor<2x5xi8>, tensor<2x5xi32> -> tensor<2x5xi64>
  check.expect_eq %r0, dense<[[1547, -368, 1726, -1998, -1582], [-1297, -785, 988, -748, -1801]]> : tensor<2x5xi64> : tensor<2x5xi64>
  return
}

func.func @add__right() {
  %c0 = arith.constant dense<[[-35, -33, 92, -44, -84], [55, -6, -46, 88, 49]]> : tensor<2x5xi64>
  %c1 = arith.constant dense<[[-50, 10, 117, 99, 81], [60, 30, -23, -81, -4]]> : tensor<2x5xi16>
  %r0 = integer.add %c0, %c1, shifts = [0, 33] : tensor<2x5xi64>, tensor<2x5xi16> -> tensor<2x5xi64>
  check.expect_eq %r0, dense<[[-429496729635, 85899345887, 1005022347356, 850403524564, 695784701868], [515396075575, 257698037754, -197568495662, -695784701864, -34359738319]]> : tensor<2x5xi64> : tensor<2x5xi64>
  return
}
