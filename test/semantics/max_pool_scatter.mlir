// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @max_pool_scatter__plain() {
  %c0 = arith.constant dense<[[[[-30, 112], [97, -122]], [[-102, -97], [37, -36]]], [[[-88, -104], [106, 25]], [[-119, -61], [40, -60]]]]> : tensor<2x2x2x2xi8>
  %c1 = arith.constant dense<[[[[3, 2], [0, 0]], [[1, 0], [1, 3]]], [[[0, 0], [0, 0]], [[0, 2], [1, 1]]]]> : tensor<2x2x2x2xi8>
  %r0 = integer.max_pool_scatter %c0, %c1, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<2x2x2x2xi8>, tensor<2x2x2x2xi8> -> tensor<2x2x4x4xi16>
  check.expect_eq %r0, dense<[[[[0, 0, 0, 0], [0, -30, 112, 0], [97, 0, -122, 0], [0, 0, 0, 0]], [[0, -102, -97, 0], [0, 0, 0, 0], [0, 37, 0, 0], [0, 0, 0, -36]]], [[[-88, 0, -104, 0], [0, 0, 0, 0], [106, 0, 25, 0], [0, 0, 0, 0]], [[-119, 0, 0, 0], [0, 0, -61, 0], [0, 40, 0, -60], [0, 0, 0, 0]]]]> : tensor<2x2x4x4xi16> : tensor<2x2x4x4xi16>
  return
}

func.func @max_pool_scatter__overlap() {
  %c0 = arith.constant dense<[[[[-93, -29], [-10, -41]], [[-8, 95], [-9, -21]]]]> : tensor<1x2x2x2xi8>
  %c1 = arith.constant dense<[[[[0, 2], [3, 2]], [[3, 6], [2, 4]]]]> : tensor<1x2x2x2xi8>
  %r0 = integer.max_pool_scatter %c0, %c1, kernel = [3, 3], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<1x2x2x2xi8>, tensor<1x2x2x2xi8> -> tensor<1x2x5x5xi16>
  check.expect_eq %r0, dense<[[[[-93, 0, 0, 0, -29], [0, 0, 0, 0, 0], [0, 0, 0, 0, -41], [-10, 0, 0, 0, 0], [0, 0, 0, 0, 0]], [[0, 0, 0, 0, 0], [-8, 0, 0, 0, 0], [0, 0, 86, 0, 0], [0, 0, 0, -21, 0], [0, 0, 0, 0, 0]]]]> : tensor<1x2x5x5xi16> : tensor<1x2x5x5xi16>
  return
}

func.func @max_pool_scatter__odd() {
  %c0 = arith.constant dense<[[[[30, 78], [102, 73], [-10, 106], [-119, 43]]]]> : tensor<1x1x4x2xi8>
  %c1 = arith.constant dense<[[[[5, 4], [2, 1], [3, 1], [0, 1]]]]> : tensor<1x1x4x2xi8>
  %r0 = integer.max_pool_scatter %c0, %c1, kernel = [2, 3], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<1x1x4x2xi8>, tensor<1x1x4x2xi8> -> tensor<1x1x5x4xi16>
  check.expect_eq %r0, dense<[[[[0, 0, 0, 0], [0, 0, 283, 0], [0, 0, 106, 0], [-129, 0, 43, 0], [0, 0, 0, 0]]]]> : tensor<1x1x5x4xi16> : tensor<1x1x5x4xi16>
  return
}

func.func @max_pool_scatter__padded() {
  %c0 = arith.constant dense<[[[[126, 65], [-20, -111]]]]> : tensor<1x1x2x2xi8>
  %c1 = arith.constant dense<[[[[7, 4], [5, 3]]]]> : tensor<1x1x2x2xi8>
  %r0 = integer.max_pool_scatter %c0, %c1, kernel = [3, 3], strides = [2, 2], pads = [1, 1, 1, 1] : tensor<1x1x2x2xi8>, tensor<1x1x2x2xi8> -> tensor<1x1x4x4xi16>
  check.expect_eq %r0, dense<[[[[0, 0, 65, 0], [126, 0, 0, 0], [0, -131, 0, 0], [0, 0, 0, 0]]]]> : tensor<1x1x4x4xi16> : tensor<1x1x4x4xi16>
  return
}

func.func @max_pool_scatter__ragged() {
  %c0 = arith.constant dense<[[[[15, 19], [31, -23]]]]> : tensor<1x1x2x2xi8>
  %c1 = arith.constant dense<[[[[0, 0], [2, 0]]]]> : tensor<1x1x2x2xi8>
  %r0 = integer.max_pool_scatter %c0, %c1, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<1x1x2x2xi8>, tensor<1x1x2x2xi8> -> tensor<1x1x5x5xi16>
  check.expect_eq %r0, dense<[[[[15, 0, 19, 0, 0], [0, 0, 0, 0, 0], [0, 0, -23, 0, 0], [31, 0, 0, 0, 0], [0, 0, 0, 0, 0]]]]> : tensor<1x1x5x5xi16> : tensor<1x1x5x5xi16>
  return
}

func.func @max_pool_scatter__ceil() {
  %c0 = arith.constant dense<[[[[-127, -55], [-34, -3]]]]> : tensor<1x1x2x2xi8>
  %c1 = arith.constant dense<[[[[2, 0], [1, 0]]]]> : tensor<1x1x2x2xi8>
  %r0 = integer.max_pool_scatter %c0, %c1, kernel = [2, 2], strides = [4, 3], pads = [0, 0, 3, 1] : tensor<1x1x2x2xi8>, tensor<1x1x2x2xi8> -> tensor<1x1x5x4xi16>
  check.expect_eq %r0, dense<[[[[0, 0, 0, -55], [-127, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, -34, 0, -3]]]]> : tensor<1x1x5x4xi16> : tensor<1x1x5x4xi16>
  return
}
