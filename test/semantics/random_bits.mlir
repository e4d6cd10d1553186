// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @random_bits__0_16_21() {
  %c0 = arith.constant dense<0> : tensor<i64>
  %c1 = arith.constant dense<0> : tensor<i64>
  %r0 = integer.random_bits %c0, %c1, ordinal = 0, bits = 16 : tensor<3x7xi32>
  check.expect_eq %r0, dense<[[59605, 26151, 50573, 57705, 44108, 48215, 56280], [39680, 52388, 63716, 219, 23730, 29931, 45477], [65383, 2430, 41769, 1274, 12966, 20935, 5037]]> : tensor<3x7xi32> : tensor<3x7xi32>
  return
}

func.func @random_bits__3_16_8() {
  %c0 = arith.constant dense<7> : tensor<i64>
  %c1 = arith.constant dense<5> : tensor<i64>
  %r0 = integer.random_bits %c0, %c1, ordinal = 3, bits = 16 : tensor<2x1x2x2xi32>
  check.expect_eq %r0, dense<[[[[58237, 40157], [63825, 20529]]], [[[822, 37195], [60983, 33746]]]]> : tensor<2x1x2x2xi32> : tensor<2x1x2x2xi32>
  return
}

func.func @random_bits__1_16_9() {
  %c0 = arith.constant dense<1099511627781> : tensor<i64>
  %c1 = arith.constant dense<4294967305> : tensor<i64>
  %r0 = integer.random_bits %c0, %c1, ordinal = 1, bits = 16 : tensor<9xi32>
  check.expect_eq %r0, dense<[11863, 9978, 37332, 2335, 61173, 1543, 19392, 34792, 12157]> : tensor<9xi32> : tensor<9xi32>
  return
}

func.func @random_bits__2_1_17() {
  %c0 = arith.constant dense<9223372036854775807> : tensor<i64>
  %c1 = arith.constant dense<1> : tensor<i64>
  %r0 = integer.random_bits %c0, %c1, ordinal = 2, bits = 1 : tensor<17xi32>
  check.expect_eq %r0, dense<[0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 1, 0, 1, 1]> : tensor<17xi32> : tensor<17xi32>
  return
}

func.func @random_bits__2_7_16() {
  %c0 = arith.constant dense<99> : tensor<i64>
  %c1 = arith.constant dense<1> : tensor<i64>
  %r0 = integer.random_bits %c0, %c1, ordinal = 2, bits = 7 : tensor<4x4xi32>
  check.expect_eq %r0, dense<[[58, 119, 90, 14], [15, 4, 49, 59], [24, 16, 105, 51], [91, 105, 39, 54]]> : tensor<4x4xi32> : tensor<4x4xi32>
  return
}
