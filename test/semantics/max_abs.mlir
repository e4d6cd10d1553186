// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @max_abs__0() {
  %c0 = arith.constant dense<[0, 0]> : tensor<2xi64>
  %r0 = integer.max_abs %c0 : tensor<2xi64>
  check.expect_eq %r0, dense<0> : tensor<i64> : tensor<i64>
  return
}

func.func @max_abs__1() {
  %c0 = arith.constant dense<[3, -5]> : tensor<2xi64>
  %r0 = integer.max_abs %c0 : tensor<2xi64>
  check.expect_eq %r0, dense<5> : tensor<i64> : tensor<i64>
  return
}

func.func @max_abs__2() {
  %c0 = arith.constant dense<[4611686018427387903, 0]> : tensor<2xi64>
  %r0 = integer.max_abs %c0 : tensor<2xi64>
  check.expect_eq %r0, dense<4611686018427387903> : tensor<i64> : tensor<i64>
  return
}

func.func @max_abs__3() {
  %c0 = arith.constant dense<[-4611686018427387903, 7]> : tensor<2xi64>
  %r0 = integer.max_abs %c0 : tensor<2xi64>
  check.expect_eq %r0, dense<4611686018427387903> : tensor<i64> : tensor<i64>
  return
}

func.func @max_abs__4() {
  %c0 = arith.constant dense<[-128, 127]> : tensor<2xi64>
  %r0 = integer.max_abs %c0 : tensor<2xi64>
  check.expect_eq %r0, dense<128> : tensor<i64> : tensor<i64>
  return
}

// The maximum of nothing is 0.
func.func @max_abs__empty() {
  %c0 = arith.constant dense<> : tensor<0x4xi32>
  %r0 = integer.max_abs %c0 : tensor<0x4xi32>
  check.expect_eq %r0, dense<0> : tensor<i64> : tensor<i64>
  return
}
