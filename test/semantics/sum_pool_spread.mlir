// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @sum_pool_spread__plain() {
  %c0 = arith.constant dense<[[[[31, 62], [0, -81]], [[-118, 0], [85, 19]]], [[[-114, -101], [84, -48]], [[80, -85], [108, -83]]]]> : tensor<2x2x2x2xi8>
  %r0 = integer.sum_pool_spread %c0, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<2x2x2x2xi8> -> tensor<2x2x4x4xi16>
  check.expect_eq %r0, dense<[[[[31, 31, 62, 62], [31, 31, 62, 62], [0, 0, -81, -81], [0, 0, -81, -81]], [[-118, -118, 0, 0], [-118, -118, 0, 0], [85, 85, 19, 19], [85, 85, 19, 19]]], [[[-114, -114, -101, -101], [-114, -114, -101, -101], [84, 84, -48, -48], [84, 84, -48, -48]], [[80, 80, -85, -85], [80, 80, -85, -85], [108, 108, -83, -83], [108, 108, -83, -83]]]]> : tensor<2x2x4x4xi16> : tensor<2x2x4x4xi16>
  return
}

func.func @sum_pool_spread__overlap() {
  %c0 = arith.constant dense<[[[[-6, -112], [36, 20], [-30, 64]], [[124, 108], [-24, 26], [-51, -105]]]]> : tensor<1x2x3x2xi8>
  %r0 = integer.sum_pool_spread %c0, kernel = [3, 3], strides = [1, 2], pads = [0, 0, 0, 0] : tensor<1x2x3x2xi8> -> tensor<1x2x5x5xi16>
  check.expect_eq %r0, dense<[[[[-6, -6, -118, -112, -112], [30, 30, -62, -92, -92], [0, 0, -28, -28, -28], [6, 6, 90, 84, 84], [-30, -30, 34, 64, 64]], [[124, 124, 232, 108, 108], [100, 100, 234, 134, 134], [49, 49, 78, 29, 29], [-75, -75, -154, -79, -79], [-51, -51, -156, -105, -105]]]]> : tensor<1x2x5x5xi16> : tensor<1x2x5x5xi16>
  return
}

func.func @sum_pool_spread__global() {
  %c0 = arith.constant dense<[[[[-7]], [[-57]], [[77]]], [[[-122]], [[36]], [[-118]]]]> : tensor<2x3x1x1xi8>
  %r0 = integer.sum_pool_spread %c0, kernel = [3, 4], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<2x3x1x1xi8> -> tensor<2x3x3x4xi16>
  check.expect_eq %r0, dense<[[[[-7, -7, -7, -7], [-7, -7, -7, -7], [-7, -7, -7, -7]], [[-57, -57, -57, -57], [-57, -57, -57, -57], [-57, -57, -57, -57]], [[77, 77, 77, 77], [77, 77, 77, 77], [77, 77, 77, 77]]], [[[-122, -122, -122, -122], [-122, -122, -122, -122], [-122, -122, -122, -122]], [[36, 36, 36, 36], [36, 36, 36, 36], [36, 36, 36, 36]], [[-118, -118, -118, -118], [-118, -118, -118, -118], [-118, -118, -118, -118]]]]> : tensor<2x3x3x4xi16> : tensor<2x3x3x4xi16>
  return
}

func.func @sum_pool_spread__padded() {
  %c0 = arith.constant dense<[[[[-94, -28], [55, -65]]]]> : tensor<1x1x2x2xi8>
  %r0 = integer.sum_pool_spread %c0, kernel = [3, 3], strides = [2, 2], pads = [1, 1, 1, 1] : tensor<1x1x2x2xi8> -> tensor<1x1x4x4xi16>
  check.expect_eq %r0, dense<[[[[-94, -122, -28, -28], [-39, -132, -93, -93], [55, -10, -65, -65], [55, -10, -65, -65]]]]> : tensor<1x1x4x4xi16> : tensor<1x1x4x4xi16>
  return
}

func.func @sum_pool_spread__ragged() {
  %c0 = arith.constant dense<[[[[50, -127], [80, -86]]]]> : tensor<1x1x2x2xi8>
  %r0 = integer.sum_pool_spread %c0, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<1x1x2x2xi8> -> tensor<1x1x5x5xi16>
  check.expect_eq %r0, dense<[[[[50, 50, -127, -127, 0], [50, 50, -127, -127, 0], [80, 80, -86, -86, 0], [80, 80, -86, -86, 0], [0, 0, 0, 0, 0]]]]> : tensor<1x1x5x5xi16> : tensor<1x1x5x5xi16>
  return
}

func.func @sum_pool_spread__ceil() {
  %c0 = arith.constant dense<[[[[57, 78], [-41, -58]]]]> : tensor<1x1x2x2xi8>
  %r0 = integer.sum_pool_spread %c0, kernel = [2, 2], strides = [4, 3], pads = [0, 0, 3, 1] : tensor<1x1x2x2xi8> -> tensor<1x1x5x4xi16>
  check.expect_eq %r0, dense<[[[[57, 57, 0, 78], [57, 57, 0, 78], [0, 0, 0, 0], [0, 0, 0, 0], [-41, -41, 0, -58]]]]> : tensor<1x1x5x4xi16> : tensor<1x1x5x4xi16>
  return
}
