// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @shift_clip_by__ties_half_even() {
  %c0 = arith.constant dense<[0, 1, 2, 3, 5, 6, 7, 9, 10, -2, -6, -10, 509, -509]> : tensor<14xi64>
  %c1 = arith.constant dense<9> : tensor<i32>
  %r0 = integer.shift_clip_by %c0, %c1, offset = -7, bits = 8 : tensor<14xi64>, tensor<i32> -> tensor<14xi8>
  check.expect_eq %r0, dense<[0, 0, 0, 1, 1, 2, 2, 2, 2, 0, -2, -2, 127, -127]> : tensor<14xi8> : tensor<14xi8>
  return
}

func.func @shift_clip_by__ties_half_away() {
  %c0 = arith.constant dense<[0, 1, 2, 3, 5, 6, 7, 9, 10, -2, -6, -10, 509, -509]> : tensor<14xi64>
  %c1 = arith.constant dense<9> : tensor<i32>
  %r0 = integer.shift_clip_by %c0, %c1, offset = -7, bits = 8 half_away : tensor<14xi64>, tensor<i32> -> tensor<14xi8>
  check.expect_eq %r0, dense<[0, 0, 1, 1, 1, 2, 2, 2, 3, -1, -2, -3, 127, -127]> : tensor<14xi8> : tensor<14xi8>
  return
}

func.func @shift_clip_by__small_half_even() {
  %c0 = arith.constant dense<[0, 1, -1, 3, -2]> : tensor<5xi64>
  %c1 = arith.constant dense<2> : tensor<i32>
  %r0 = integer.shift_clip_by %c0, %c1, offset = -7, bits = 8 : tensor<5xi64>, tensor<i32> -> tensor<5xi8>
  check.expect_eq %r0, dense<[0, 32, -32, 96, -64]> : tensor<5xi8> : tensor<5xi8>
  return
}

func.func @shift_clip_by__small_half_away() {
  %c0 = arith.constant dense<[0, 1, -1, 3, -2]> : tensor<5xi64>
  %c1 = arith.constant dense<2> : tensor<i32>
  %r0 = integer.shift_clip_by %c0, %c1, offset = -7, bits = 8 half_away : tensor<5xi64>, tensor<i32> -> tensor<5xi8>
  check.expect_eq %r0, dense<[0, 32, -32, 96, -64]> : tensor<5xi8> : tensor<5xi8>
  return
}

func.func @shift_clip_by__zero_half_even() {
  %c0 = arith.constant dense<[0, 0, 0]> : tensor<3xi64>
  %c1 = arith.constant dense<0> : tensor<i32>
  %r0 = integer.shift_clip_by %c0, %c1, offset = -7, bits = 8 : tensor<3xi64>, tensor<i32> -> tensor<3xi8>
  check.expect_eq %r0, dense<[0, 0, 0]> : tensor<3xi8> : tensor<3xi8>
  return
}

func.func @shift_clip_by__zero_half_away() {
  %c0 = arith.constant dense<[0, 0, 0]> : tensor<3xi64>
  %c1 = arith.constant dense<0> : tensor<i32>
  %r0 = integer.shift_clip_by %c0, %c1, offset = -7, bits = 8 half_away : tensor<3xi64>, tensor<i32> -> tensor<3xi8>
  check.expect_eq %r0, dense<[0, 0, 0]> : tensor<3xi8> : tensor<3xi8>
  return
}

func.func @shift_clip_by__one_half_even() {
  %c0 = arith.constant dense<[0, 1, -1]> : tensor<3xi64>
  %c1 = arith.constant dense<0> : tensor<i32>
  %r0 = integer.shift_clip_by %c0, %c1, offset = -15, bits = 16 : tensor<3xi64>, tensor<i32> -> tensor<3xi16>
  check.expect_eq %r0, dense<[0, 32767, -32767]> : tensor<3xi16> : tensor<3xi16>
  return
}

func.func @shift_clip_by__one_half_away() {
  %c0 = arith.constant dense<[0, 1, -1]> : tensor<3xi64>
  %c1 = arith.constant dense<0> : tensor<i32>
  %r0 = integer.shift_clip_by %c0, %c1, offset = -15, bits = 16 half_away : tensor<3xi64>, tensor<i32> -> tensor<3xi16>
  check.expect_eq %r0, dense<[0, 32767, -32767]> : tensor<3xi16> : tensor<3xi16>
  return
}

func.func @shift_clip_by__wide_half_even() {
  %c0 = arith.constant dense<[4611686018427387903, -4611686018427387903, 36028797018963968, -27021597764222976, 1]> : tensor<5xi64>
  %c1 = arith.constant dense<62> : tensor<i32>
  %r0 = integer.shift_clip_by %c0, %c1, offset = -7, bits = 8 : tensor<5xi64>, tensor<i32> -> tensor<5xi8>
  check.expect_eq %r0, dense<[127, -127, 1, -1, 0]> : tensor<5xi8> : tensor<5xi8>
  return
}

func.func @shift_clip_by__wide_half_away() {
  %c0 = arith.constant dense<[4611686018427387903, -4611686018427387903, 36028797018963968, -27021597764222976, 1]> : tensor<5xi64>
  %c1 = arith.constant dense<62> : tensor<i32>
  %r0 = integer.shift_clip_by %c0, %c1, offset = -7, bits = 8 half_away : tensor<5xi64>, tensor<i32> -> tensor<5xi8>
  check.expect_eq %r0, dense<[127, -127, 1, -1, 0]> : tensor<5xi8> : tensor<5xi8>
  return
}

func.func @shift_clip_by__saturates_half_even() {
  %c0 = arith.constant dense<[1448, 1447, -1448, 1024]> : tensor<4xi64>
  %c1 = arith.constant dense<10> : tensor<i32>
  %r0 = integer.shift_clip_by %c0, %c1, offset = -7, bits = 8 : tensor<4xi64>, tensor<i32> -> tensor<4xi8>
  check.expect_eq %r0, dense<[127, 127, -127, 127]> : tensor<4xi8> : tensor<4xi8>
  return
}

func.func @shift_clip_by__saturates_half_away() {
  %c0 = arith.constant dense<[1448, 1447, -1448, 1024]> : tensor<4xi64>
  %c1 = arith.constant dense<10> : tensor<i32>
  %r0 = integer.shift_clip_by %c0, %c1, offset = -7, bits = 8 half_away : tensor<4xi64>, tensor<i32> -> tensor<4xi8>
  check.expect_eq %r0, dense<[127, 127, -127, 127]> : tensor<4xi8> : tensor<4xi8>
  return
}
