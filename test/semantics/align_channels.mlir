// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

// x = [1, 3, 0]
func.func @align_channels__planes() {
  %c0 = arith.constant dense<[[[[-5, 32], [-42, 77]], [[53, 99], [33, 103]], [[-18, 103], [47, -103]]], [[[-50, -32], [62, -11]], [[-36, 100], [119, -21]], [[-66, -60], [-62, -122]]]]> : tensor<2x3x2x2xi8>
  %r0 = integer.align_channels %c0, shifts = [2, 0, 3] : tensor<2x3x2x2xi8> -> tensor<2x3x2x2xi64>
  check.expect_eq %r0, dense<[[[[-20, 128], [-168, 308]], [[53, 99], [33, 103]], [[-144, 824], [376, -824]]], [[[-200, -128], [248, -44]], [[-36, 100], [119, -21]], [[-528, -480], [-496, -976]]]]> : tensor<2x3x2x2xi64> : tensor<2x3x2x2xi64>
  return
}

// x = [0, 0, 24, -8]
func.func @align_channels__row() {
  %c0 = arith.constant dense<[[17, -54, 32, 72], [-52, -122, 20, -85], [32, -48, 90, 8]]> : tensor<3x4xi8>
  %r0 = integer.align_channels %c0, shifts = [24, 24, 0, 32] : tensor<3x4xi8> -> tensor<3x4xi64>
  check.expect_eq %r0, dense<[[285212672, -905969664, 32, 309237645312], [-872415232, -2046820352, 20, -365072220160], [536870912, -805306368, 90, 34359738368]]> : tensor<3x4xi64> : tensor<3x4xi64>
  return
}
