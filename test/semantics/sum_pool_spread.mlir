// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @sum_pool_spread__plain() {
  %c0 = arith.constant dense<[[[[6, -45], [-5, -9]], [[10, 104], [-73, -21]]], [[[71, 104], [-57, 115]], [[105, -57], [4, 54]]]]> : tensor<2x2x2x2xi8>
  %r0 = integer.sum_pool_spread %c0, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<2x2x2x2xi8> -> tensor<2x2x4x4xi16>
  check.expect_eq %r0, dense<[[[[6, 6, -45, -45], [6, 6, -45, -45], [-5, -5, -9, -9], [-5, -5, -9, -9]], [[10, 10, 104, 104], [10, 10, 104, 104], [-73, -73, -21, -21], [-73, -73, -21, -21]]], [[[71, 71, 104, 104], [71, 71, 104, 104], [-57, -57, 115, 115], [-57, -57, 115, 115]], [[105, 105, -57, -57], [105, 105, -57, -57], [4, 4, 54, 54], [4, 4, 54, 54]]]]> : tensor<2x2x4x4xi16> : tensor<2x2x4x4xi16>
  return
}

func.func @sum_pool_spread__overlap() {
  %c0 = arith.constant dense<[[[[49, 8], [85, 106], [-36, -51]], [[113, 27], [80, -120], [122, -17]]]]> : tensor<1x2x3x2xi8>
  %r0 = integer.sum_pool_spread %c0, kernel = [3, 3], strides = [1, 2], pads = [0, 0, 0, 0] : tensor<1x2x3x2xi8> -> tensor<1x2x5x5xi16>
  check.expect_eq %r0, dense<[[[[49, 49, 57, 8, 8], [134, 134, 248, 114, 114], [98, 98, 161, 63, 63], [49, 49, 104, 55, 55], [-36, -36, -87, -51, -51]], [[113, 113, 140, 27, 27], [193, 193, 100, -93, -93], [315, 315, 205, -110, -110], [202, 202, 65, -137, -137], [122, 122, 105, -17, -17]]]]> : tensor<1x2x5x5xi16> : tensor<1x2x5x5xi16>
  return
}

func.func @sum_pool_spread__global() {
  %c0 = arith.constant dense<[[[[46]], [[-1]], [[-15]]], [[[-13]], [[-21]], [[8]]]]> : tensor<2x3x1x1xi8>
  %r0 = integer.sum_pool_spread %c0, kernel = [3, 4], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<2x3x1x1xi8> -> tensor<2x3x3x4xi16>
  check.expect_eq %r0, dense<[[[[46, 46, 46, 46], [46, 46, 46, 46], [46, 46, 46, 46]], [[-1, -1, -1, -1], [-1, -1, -1, -1], [-1, -1, -1, -1]], [[-15, -15, -15, -15], [-15, -15, -15, -15], [-15, -15, -15, -15]]], [[[-13, -13, -13, -13], [-13, -13, -13, -13], [-13, -13, -13, -13]], [[-21, -21, -21, -21], [-21, -21, -21, -21], [-21, -21, -21, -21]], [[8, 8, 8, 8], [8, 8, 8, 8], [8, 8, 8, 8]]]]> : tensor<2x3x3x4xi16> : tensor<2x3x3x4xi16>
  return
}

func.func @sum_pool_spread__padded() {
  %c0 = arith.constant dense<[[[[-20, -120], [-7, -57]]]]> : tensor<1x1x2x2xi8>
  %r0 = integer.sum_pool_spread %c0, kernel = [3, 3], strides = [2, 2], pads = [1, 1, 1, 1] : tensor<1x1x2x2xi8> -> tensor<1x1x4x4xi16>
  check.expect_eq %r0, dense<[[[[-20, -140, -120, -120], [-27, -204, -177, -177], [-7, -64, -57, -57], [-7, -64, -57, -57]]]]> : tensor<1x1x4x4xi16> : tensor<1x1x4x4xi16>
  return
}

func.func @sum_pool_spread__ragged() {
  %c0 = arith.constant dense<[[[[37, -20], [127, 106]]]]> : tensor<1x1x2x2xi8>
  %r0 = integer.sum_pool_spread %c0, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<1x1x2x2xi8> -> tensor<1x1x5x5xi16>
  check.expect_eq %r0, dense<[[[[37, 37, -20, -20, 0], [37, 37, -20, -20, 0], [127, 127, 106, 106, 0], [127, 127, 106, 106, 0], [0, 0, 0, 0, 0]]]]> : tensor<1x1x5x5xi16> : tensor<1x1x5x5xi16>
  return
}
