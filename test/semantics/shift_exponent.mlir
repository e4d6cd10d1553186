// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @shift_exponent__0() {
  %c0 = arith.constant dense<0> : tensor<i64>
  %r0 = integer.shift_exponent %c0
  check.expect_eq %r0, dense<0> : tensor<i32> : tensor<i32>
  return
}

func.func @shift_exponent__1() {
  %c0 = arith.constant dense<1> : tensor<i64>
  %r0 = integer.shift_exponent %c0
  check.expect_eq %r0, dense<0> : tensor<i32> : tensor<i32>
  return
}

func.func @shift_exponent__2() {
  %c0 = arith.constant dense<2> : tensor<i64>
  %r0 = integer.shift_exponent %c0
  check.expect_eq %r0, dense<1> : tensor<i32> : tensor<i32>
  return
}

func.func @shift_exponent__3() {
  %c0 = arith.constant dense<3> : tensor<i64>
  %r0 = integer.shift_exponent %c0
  check.expect_eq %r0, dense<2> : tensor<i32> : tensor<i32>
  return
}

func.func @shift_exponent__4() {
  %c0 = arith.constant dense<4> : tensor<i64>
  %r0 = integer.shift_exponent %c0
  check.expect_eq %r0, dense<2> : tensor<i32> : tensor<i32>
  return
}

func.func @shift_exponent__5() {
  %c0 = arith.constant dense<5> : tensor<i64>
  %r0 = integer.shift_exponent %c0
  check.expect_eq %r0, dense<2> : tensor<i32> : tensor<i32>
  return
}

func.func @shift_exponent__6() {
  %c0 = arith.constant dense<6> : tensor<i64>
  %r0 = integer.shift_exponent %c0
  check.expect_eq %r0, dense<3> : tensor<i32> : tensor<i32>
  return
}

func.func @shift_exponent__11() {
  %c0 = arith.constant dense<11> : tensor<i64>
  %r0 = integer.shift_exponent %c0
  check.expect_eq %r0, dense<3> : tensor<i32> : tensor<i32>
  return
}

func.func @shift_exponent__12() {
  %c0 = arith.constant dense<12> : tensor<i64>
  %r0 = integer.shift_exponent %c0
  check.expect_eq %r0, dense<4> : tensor<i32> : tensor<i32>
  return
}

func.func @shift_exponent__90() {
  %c0 = arith.constant dense<90> : tensor<i64>
  %r0 = integer.shift_exponent %c0
  check.expect_eq %r0, dense<6> : tensor<i32> : tensor<i32>
  return
}

func.func @shift_exponent__91() {
  %c0 = arith.constant dense<91> : tensor<i64>
  %r0 = integer.shift_exponent %c0
  check.expect_eq %r0, dense<7> : tensor<i32> : tensor<i32>
  return
}

func.func @shift_exponent__4294967296() {
  %c0 = arith.constant dense<4294967296> : tensor<i64>
  %r0 = integer.shift_exponent %c0
  check.expect_eq %r0, dense<32> : tensor<i32> : tensor<i32>
  return
}

func.func @shift_exponent__6074000999() {
  %c0 = arith.constant dense<6074000999> : tensor<i64>
  %r0 = integer.shift_exponent %c0
  check.expect_eq %r0, dense<32> : tensor<i32> : tensor<i32>
  return
}

func.func @shift_exponent__6074001000() {
  %c0 = arith.constant dense<6074001000> : tensor<i64>
  %r0 = integer.shift_exponent %c0
  check.expect_eq %r0, dense<33> : tensor<i32> : tensor<i32>
  return
}

func.func @shift_exponent__4611686018427387903() {
  %c0 = arith.constant dense<4611686018427387903> : tensor<i64>
  %r0 = integer.shift_exponent %c0
  check.expect_eq %r0, dense<62> : tensor<i32> : tensor<i32>
  return
}
