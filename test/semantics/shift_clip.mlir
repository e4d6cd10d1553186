// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

// Ties go both ways: 2 and 6, -2 and -6 are halves of 4.
func.func @shift_clip__ties_half_even() {
  %c0 = arith.constant dense<[0, 1, 2, 3, 4, 5, 6, 7, 10, 12, -1, -2, -3, -5, -6, -7, -10, -12, 255, -255, 254, -254, 256]> : tensor<23xi64>
  %r0 = integer.shift_clip %c0, shift = 2, bits = 8 : tensor<23xi64> -> tensor<23xi8>
  check.expect_eq %r0, dense<[0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 0, 0, -1, -1, -2, -2, -2, -3, 64, -64, 64, -64, 64]> : tensor<23xi8> : tensor<23xi8>
  return
}

func.func @shift_clip__ties_half_away() {
  %c0 = arith.constant dense<[0, 1, 2, 3, 4, 5, 6, 7, 10, 12, -1, -2, -3, -5, -6, -7, -10, -12, 255, -255, 254, -254, 256]> : tensor<23xi64>
  %r0 = integer.shift_clip %c0, shift = 2, bits = 8 half_away : tensor<23xi64> -> tensor<23xi8>
  check.expect_eq %r0, dense<[0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 0, -1, -1, -1, -2, -2, -3, -3, 64, -64, 64, -64, 64]> : tensor<23xi8> : tensor<23xi8>
  return
}

// A shift of one: every odd integer is a tie.
func.func @shift_clip__one_half_even() {
  %c0 = arith.constant dense<[0, 1, 2, 3, 4, 5, 6, 7, 10, 12, -1, -2, -3, -5, -6, -7, -10, -12, 255, -255, 254, -254, 256]> : tensor<23xi64>
  %r0 = integer.shift_clip %c0, shift = 1, bits = 4 : tensor<23xi64> -> tensor<23xi8>
  check.expect_eq %r0, dense<[0, 0, 1, 2, 2, 2, 3, 4, 5, 6, 0, -1, -2, -2, -3, -4, -5, -6, 7, -7, 7, -7, 7]> : tensor<23xi8> : tensor<23xi8>
  return
}

func.func @shift_clip__one_half_away() {
  %c0 = arith.constant dense<[0, 1, 2, 3, 4, 5, 6, 7, 10, 12, -1, -2, -3, -5, -6, -7, -10, -12, 255, -255, 254, -254, 256]> : tensor<23xi64>
  %r0 = integer.shift_clip %c0, shift = 1, bits = 4 half_away : tensor<23xi64> -> tensor<23xi8>
  check.expect_eq %r0, dense<[0, 1, 1, 2, 2, 3, 3, 4, 5, 6, -1, -1, -2, -3, -3, -4, -5, -6, 7, -7, 7, -7, 7]> : tensor<23xi8> : tensor<23xi8>
  return
}

// No shift: only the clip.
func.func @shift_clip__none_half_even() {
  %c0 = arith.constant dense<[0, 1, 2, 3, 4, 5, 6, 7, 10, 12, -1, -2, -3, -5, -6, -7, -10, -12, 255, -255, 254, -254, 256]> : tensor<23xi64>
  %r0 = integer.shift_clip %c0, shift = 0, bits = 8 : tensor<23xi64> -> tensor<23xi8>
  check.expect_eq %r0, dense<[0, 1, 2, 3, 4, 5, 6, 7, 10, 12, -1, -2, -3, -5, -6, -7, -10, -12, 127, -127, 127, -127, 127]> : tensor<23xi8> : tensor<23xi8>
  return
}

func.func @shift_clip__none_half_away() {
  %c0 = arith.constant dense<[0, 1, 2, 3, 4, 5, 6, 7, 10, 12, -1, -2, -3, -5, -6, -7, -10, -12, 255, -255, 254, -254, 256]> : tensor<23xi64>
  %r0 = integer.shift_clip %c0, shift = 0, bits = 8 half_away : tensor<23xi64> -> tensor<23xi8>
  check.expect_eq %r0, dense<[0, 1, 2, 3, 4, 5, 6, 7, 10, 12, -1, -2, -3, -5, -6, -7, -10, -12, 127, -127, 127, -127, 127]> : tensor<23xi8> : tensor<23xi8>
  return
}

// A negative shift is exact, and clips.
func.func @shift_clip__left_half_even() {
  %c0 = arith.constant dense<[0, 1, 2, 3, 4, 5, 6, 7, 10, 12, -1, -2, -3, -5, -6, -7, -10, -12, 255, -255, 254, -254, 256]> : tensor<23xi64>
  %r0 = integer.shift_clip %c0, shift = -3, bits = 8 : tensor<23xi64> -> tensor<23xi8>
  check.expect_eq %r0, dense<[0, 8, 16, 24, 32, 40, 48, 56, 80, 96, -8, -16, -24, -40, -48, -56, -80, -96, 127, -127, 127, -127, 127]> : tensor<23xi8> : tensor<23xi8>
  return
}

func.func @shift_clip__left_half_away() {
  %c0 = arith.constant dense<[0, 1, 2, 3, 4, 5, 6, 7, 10, 12, -1, -2, -3, -5, -6, -7, -10, -12, 255, -255, 254, -254, 256]> : tensor<23xi64>
  %r0 = integer.shift_clip %c0, shift = -3, bits = 8 half_away : tensor<23xi64> -> tensor<23xi8>
  check.expect_eq %r0, dense<[0, 8, 16, 24, 32, 40, 48, 56, 80, 96, -8, -16, -24, -40, -48, -56, -80, -96, 127, -127, 127, -127, 127]> : tensor<23xi8> : tensor<23xi8>
  return
}

// The widest accumulators that the level admits.
func.func @shift_clip__wide_half_even() {
  %c0 = arith.constant dense<[0, 1, -1, 4611686018427387903, -4611686018427387903, 2305843009213693952, -2305843009213693952, 3458764513820540928, -3458764513820540928, 2305843009213693953]> : tensor<10xi64>
  %r0 = integer.shift_clip %c0, shift = 61, bits = 4 : tensor<10xi64> -> tensor<10xi8>
  check.expect_eq %r0, dense<[0, 0, 0, 2, -2, 1, -1, 2, -2, 1]> : tensor<10xi8> : tensor<10xi8>
  return
}

func.func @shift_clip__wide_half_away() {
  %c0 = arith.constant dense<[0, 1, -1, 4611686018427387903, -4611686018427387903, 2305843009213693952, -2305843009213693952, 3458764513820540928, -3458764513820540928, 2305843009213693953]> : tensor<10xi64>
  %r0 = integer.shift_clip %c0, shift = 61, bits = 4 half_away : tensor<10xi64> -> tensor<10xi8>
  check.expect_eq %r0, dense<[0, 0, 0, 2, -2, 1, -1, 2, -2, 1]> : tensor<10xi8> : tensor<10xi8>
  return
}

func.func @shift_clip__wide_none_half_even() {
  %c0 = arith.constant dense<[0, 1, -1, 4611686018427387903, -4611686018427387903, 2305843009213693952, -2305843009213693952, 3458764513820540928, -3458764513820540928, 2305843009213693953]> : tensor<10xi64>
  %r0 = integer.shift_clip %c0, shift = 0, bits = 16 : tensor<10xi64> -> tensor<10xi16>
  check.expect_eq %r0, dense<[0, 1, -1, 32767, -32767, 32767, -32767, 32767, -32767, 32767]> : tensor<10xi16> : tensor<10xi16>
  return
}

func.func @shift_clip__wide_none_half_away() {
  %c0 = arith.constant dense<[0, 1, -1, 4611686018427387903, -4611686018427387903, 2305843009213693952, -2305843009213693952, 3458764513820540928, -3458764513820540928, 2305843009213693953]> : tensor<10xi64>
  %r0 = integer.shift_clip %c0, shift = 0, bits = 16 half_away : tensor<10xi64> -> tensor<10xi16>
  check.expect_eq %r0, dense<[0, 1, -1, 32767, -32767, 32767, -32767, 32767, -32767, 32767]> : tensor<10xi16> : tensor<10xi16>
  return
}

// All is less than half a step.
func.func @shift_clip__wide_beyond_half_even() {
  %c0 = arith.constant dense<[0, 1, -1, 4611686018427387903, -4611686018427387903, 2305843009213693952, -2305843009213693952, 3458764513820540928, -3458764513820540928, 2305843009213693953]> : tensor<10xi64>
  %r0 = integer.shift_clip %c0, shift = 63, bits = 8 : tensor<10xi64> -> tensor<10xi8>
  check.expect_eq %r0, dense<[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]> : tensor<10xi8> : tensor<10xi8>
  return
}

func.func @shift_clip__wide_beyond_half_away() {
  %c0 = arith.constant dense<[0, 1, -1, 4611686018427387903, -4611686018427387903, 2305843009213693952, -2305843009213693952, 3458764513820540928, -3458764513820540928, 2305843009213693953]> : tensor<10xi64>
  %r0 = integer.shift_clip %c0, shift = 63, bits = 8 half_away : tensor<10xi64> -> tensor<10xi8>
  check.expect_eq %r0, dense<[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]> : tensor<10xi8> : tensor<10xi8>
  return
}

func.func @shift_clip__sixteen_half_even() {
  %c0 = arith.constant dense<[0, 1, -1, 4611686018427387903, -4611686018427387903, 2305843009213693952, -2305843009213693952, 3458764513820540928, -3458764513820540928, 2305843009213693953]> : tensor<10xi64>
  %r0 = integer.shift_clip %c0, shift = 46, bits = 16 : tensor<10xi64> -> tensor<10xi16>
  check.expect_eq %r0, dense<[0, 0, 0, 32767, -32767, 32767, -32767, 32767, -32767, 32767]> : tensor<10xi16> : tensor<10xi16>
  return
}

func.func @shift_clip__sixteen_half_away() {
  %c0 = arith.constant dense<[0, 1, -1, 4611686018427387903, -4611686018427387903, 2305843009213693952, -2305843009213693952, 3458764513820540928, -3458764513820540928, 2305843009213693953]> : tensor<10xi64>
  %r0 = integer.shift_clip %c0, shift = 46, bits = 16 half_away : tensor<10xi64> -> tensor<10xi16>
  check.expect_eq %r0, dense<[0, 0, 0, 32767, -32767, 32767, -32767, 32767, -32767, 32767]> : tensor<10xi16> : tensor<10xi16>
  return
}

// A left shift past 64 bits saturates, as exact arithmetic would.
func.func @shift_clip__left_saturates() {
  %c0 = arith.constant dense<[0, 1, -1, 4611686018427387903, -4611686018427387903]> : tensor<5xi64>
  %r0 = integer.shift_clip %c0, shift = -63, bits = 8 : tensor<5xi64> -> tensor<5xi8>
  check.expect_eq %r0, dense<[0, 127, -127, 127, -127]> : tensor<5xi8> : tensor<5xi8>
  return
}
