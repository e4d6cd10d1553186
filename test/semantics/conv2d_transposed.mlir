// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @conv2d_transposed__plain() {
  %c0 = arith.constant dense<[[[[49, 36, 88], [78, 122, 118]], [[101, -89, -117], [-5, -40, 101]], [[76, -20, 19], [23, 100, -121]]], [[[-3, 44, -12], [107, 115, 83]], [[-9, 98, -109], [41, -59, -65]], [[46, 68, 99], [-74, 95, 84]]]]> : tensor<2x3x2x3xi8>
  %c1 = arith.constant dense<[[[[0, 0, 1], [1, -1, 0], [1, -1, 0]], [[1, 0, 0], [1, 0, 1], [1, -1, -1]]], [[[0, 1, -1], [1, 1, 1], [1, -1, 0]], [[1, 0, -1], [0, -1, -1], [1, 1, 1]]], [[[1, 1, -1], [0, 0, -1], [1, -1, 1]], [[0, -1, 1], [0, 1, 1], [-1, 0, -1]]]]> : tensor<3x2x3x3xi8>
  %r0 = integer.conv2d_transposed %c0, %c1, strides = [1, 1], pads = [0, 0, 0, 0] : tensor<2x3x2x3xi8>, tensor<3x2x3x3xi8> -> tensor<2x2x4x5xi32>
  check.expect_eq %r0, dense<[[[[76, 157, -218, 47, 186], [173, 117, -130, -232, 2], [299, -300, 168, -167, 241], [96, 86, -61, 2, -121]], [[150, -129, -34, 50, 136], [122, 70, 328, 502, 2], [152, 169, 167, -270, -328], [50, -101, 72, -279, 104]]], [[[46, 105, 225, -132, -2], [-86, 198, 138, 31, -144], [182, 166, -227, -212, -50], [74, 77, -123, -7, 84]], [[-12, 96, -134, -129, 208], [145, 229, -182, 292, 345], [49, 68, 11, 307, 36], [222, -105, -232, -417, -232]]]]> : tensor<2x2x4x5xi32> : tensor<2x2x4x5xi32>
  return
}

func.func @conv2d_transposed__padded() {
  %c0 = arith.constant dense<[[[[-30, -121, 57], [1, 39, -87], [-18, 98, 94]], [[-47, 34, -106], [79, -59, -40], [119, 11, 96]]]]> : tensor<1x2x3x3xi8>
  %c1 = arith.constant dense<[[[[-1, -1, 1], [1, -1, 0], [0, 0, -1]]], [[[0, -1, 0], [0, 0, -1], [0, 0, 1]]]]> : tensor<2x1x3x3xi8>
  %r0 = integer.conv2d_transposed %c0, %c1, strides = [1, 1], pads = [1, 1, 1, 1] : tensor<1x2x3x3xi8>, tensor<2x1x3x3xi8> -> tensor<1x1x3x3xi32>
  check.expect_eq %r0, dense<[[[[-210, 333, 75], [-161, -443, 209], [116, -45, -203]]]]> : tensor<1x1x3x3xi32> : tensor<1x1x3x3xi32>
  return
}

func.func @conv2d_transposed__strided() {
  %c0 = arith.constant dense<[[[[-94, 106], [2, -57], [73, 117]], [[-52, 102], [69, 75], [7, 105]]], [[[-89, -105], [119, -3], [-25, 59]], [[-52, 35], [88, 77], [-96, 120]]]]> : tensor<2x2x3x2xi8>
  %c1 = arith.constant dense<[[[[1, 1, 1], [0, 0, 0]]], [[[-1, -1, 0], [0, -1, -1]]]]> : tensor<2x1x2x3xi8>
  %r0 = integer.conv2d_transposed %c0, %c1, strides = [2, 3], pads = [0, 1, 1, 0] : tensor<2x2x3x2xi8>, tensor<2x1x2x3xi8> -> tensor<2x1x5x6xi32>
  check.expect_eq %r0, dense<[[[[-42, -94, 4, 4, 106, 0], [52, 52, 0, -102, -102, 0], [-67, 2, -132, -132, -57, 0], [-69, -69, 0, -75, -75, 0], [66, 73, 12, 12, 117, 0]]], [[[-37, -89, -140, -140, -105, 0], [52, 52, 0, -35, -35, 0], [31, 119, -80, -80, -3, 0], [-88, -88, 0, -77, -77, 0], [71, -25, -61, -61, 59, 0]]]]> : tensor<2x1x5x6xi32> : tensor<2x1x5x6xi32>
  return
}

func.func @conv2d_transposed__one() {
  %c0 = arith.constant dense<[[[[21]], [[-28]]]]> : tensor<1x2x1x1xi8>
  %c1 = arith.constant dense<[[[[1]], [[0]], [[1]]], [[[-1]], [[-1]], [[1]]]]> : tensor<2x3x1x1xi8>
  %r0 = integer.conv2d_transposed %c0, %c1, strides = [1, 1], pads = [0, 0, 0, 0] : tensor<1x2x1x1xi8>, tensor<2x3x1x1xi8> -> tensor<1x3x1x1xi32>
  check.expect_eq %r0, dense<[[[[49]], [[28]], [[-7]]]]> : tensor<1x3x1x1xi32> : tensor<1x3x1x1xi32>
  return
}
