// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @max_pool__plain() {
  %c0 = arith.constant dense<[[[[-1, 0, -1, -1], [0, 1, 1, -1], [0, -1, 1, 1], [0, 0, 0, 1]], [[-1, 0, 1, 0], [0, -1, 1, -1], [0, 1, 0, 0], [0, -1, -1, 1]]], [[[1, -1, 1, 0], [1, -1, 1, 1], [1, -1, 0, -1], [-1, -1, 0, -1]], [[1, -1, 0, 0], [-1, 0, 1, 1], [-1, 1, -1, 1], [0, 1, 0, 1]]]]> : tensor<2x2x4x4xi32>
  %r0, %r1 = integer.max_pool %c0, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<2x2x4x4xi32> -> tensor<2x2x2x2xi32>, tensor<2x2x2x2xi8>
  check.expect_eq %r0, dense<[[[[1, 1], [0, 1]], [[0, 1], [1, 1]]], [[[1, 1], [1, 0]], [[1, 1], [1, 1]]]]> : tensor<2x2x2x2xi32> : tensor<2x2x2x2xi32>
  check.expect_eq %r1, dense<[[[[3, 2], [0, 0]], [[1, 0], [1, 3]]], [[[0, 0], [0, 0]], [[0, 2], [1, 1]]]]> : tensor<2x2x2x2xi8> : tensor<2x2x2x2xi8>
  return
}

func.func @max_pool__overlap() {
  %c0 = arith.constant dense<[[[[2, -1, 1, -3, 2], [2, 0, 1, -3, 1], [0, -3, -3, 0, 2], [1, -2, -2, -2, -1], [-3, -3, -1, -3, -2]], [[-2, -1, -1, -3, 0], [3, 3, -3, -1, 1], [-3, 1, 2, 2, -3], [-2, -3, 0, 3, 2], [2, 2, -1, 3, -3]]]]> : tensor<1x2x5x5xi32>
  %r0, %r1 = integer.max_pool %c0, kernel = [3, 3], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<1x2x5x5xi32> -> tensor<1x2x2x2xi32>, tensor<1x2x2x2xi8>
  check.expect_eq %r0, dense<[[[[2, 2], [1, 2]], [[3, 2], [2, 3]]]]> : tensor<1x2x2x2xi32> : tensor<1x2x2x2xi32>
  check.expect_eq %r1, dense<[[[[0, 2], [3, 2]], [[3, 6], [2, 4]]]]> : tensor<1x2x2x2xi8> : tensor<1x2x2x2xi8>
  return
}

func.func @max_pool__odd() {
  %c0 = arith.constant dense<[[[[28, -84, 79, 86], [-96, 25, 100, -77], [-70, -78, 84, -7], [92, -82, 38, 26], [7, 23, -75, -94]]]]> : tensor<1x1x5x4xi32>
  %r0, %r1 = integer.max_pool %c0, kernel = [2, 3], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<1x1x5x4xi32> -> tensor<1x1x4x2xi32>, tensor<1x1x4x2xi8>
  check.expect_eq %r0, dense<[[[[100, 100], [100, 100], [92, 84], [92, 38]]]]> : tensor<1x1x4x2xi32> : tensor<1x1x4x2xi32>
  check.expect_eq %r1, dense<[[[[5, 4], [2, 1], [3, 1], [0, 1]]]]> : tensor<1x1x4x2xi8> : tensor<1x1x4x2xi8>
  return
}

func.func @max_pool__padded() {
  %c0 = arith.constant dense<[[[[-50, -48, -46, -54], [-47, -55, -50, -55], [-53, -45, -51, -48], [-45, -45, -55, -52]]]]> : tensor<1x1x4x4xi32>
  %r0, %r1 = integer.max_pool %c0, kernel = [3, 3], strides = [2, 2], pads = [1, 1, 1, 1] : tensor<1x1x4x4xi32> -> tensor<1x1x2x2xi32>, tensor<1x1x2x2xi8>
  check.expect_eq %r0, dense<[[[[-47, -46], [-45, -45]]]]> : tensor<1x1x2x2xi32> : tensor<1x1x2x2xi32>
  check.expect_eq %r1, dense<[[[[7, 4], [5, 3]]]]> : tensor<1x1x2x2xi8> : tensor<1x1x2x2xi8>
  return
}

func.func @max_pool__ragged() {
  %c0 = arith.constant dense<[[[[0, -1, 1, -1, 0], [0, 0, 0, 1, 0], [0, 0, 1, 0, 0], [1, -1, 0, 1, 1], [0, -1, 0, 0, 1]]]]> : tensor<1x1x5x5xi32>
  %r0, %r1 = integer.max_pool %c0, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<1x1x5x5xi32> -> tensor<1x1x2x2xi32>, tensor<1x1x2x2xi8>
  check.expect_eq %r0, dense<[[[[0, 1], [1, 1]]]]> : tensor<1x1x2x2xi32> : tensor<1x1x2x2xi32>
  check.expect_eq %r1, dense<[[[[0, 0], [2, 0]]]]> : tensor<1x1x2x2xi8> : tensor<1x1x2x2xi8>
  return
}

func.func @max_pool__ceil() {
  %c0 = arith.constant dense<[[[[-5, 0, -2, 6], [8, -1, 3, -6], [2, -7, -8, -6], [-9, 7, -5, 8], [-7, 3, 9, -7]]]]> : tensor<1x1x5x4xi32>
  %r0, %r1 = integer.max_pool %c0, kernel = [2, 2], strides = [4, 3], pads = [0, 0, 3, 1] : tensor<1x1x5x4xi32> -> tensor<1x1x2x2xi32>, tensor<1x1x2x2xi8>
  check.expect_eq %r0, dense<[[[[8, 6], [3, -7]]]]> : tensor<1x1x2x2xi32> : tensor<1x1x2x2xi32>
  check.expect_eq %r1, dense<[[[[2, 0], [1, 0]]]]> : tensor<1x1x2x2xi8> : tensor<1x1x2x2xi8>
  return
}
