// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @conv2d__plain() {
  %c0 = arith.constant dense<[[[[-7, 3, 65, 115, -119], [-91, 82, 114, -64, -48], [94, -20, -58, 84, -62], [-23, 37, 13, -106, -120]], [[93, 65, 86, 10, 81], [-43, -12, 74, -96, -50], [-96, -12, 122, -93, -30], [-25, 103, -76, 1, -61]]], [[[-122, 64, -112, -56, 0], [-4, -98, 123, 64, 118], [-104, 57, -53, 11, 108], [-57, 58, -87, -45, 120]], [[-20, 4, -53, -98, -19], [31, -11, 71, -35, 29], [70, 106, -19, -117, 56], [7, 95, -10, -34, -112]]]]> : tensor<2x2x4x5xi8>
  %c1 = arith.constant dense<[[[[0, 0, 1], [1, -1, 0], [1, -1, 0]], [[1, 0, 0], [1, 0, 1], [1, -1, -1]]], [[[0, 1, -1], [1, 1, 1], [1, -1, 0]], [[1, 0, -1], [0, -1, -1], [1, 1, 1]]], [[[1, 1, -1], [0, 0, -1], [1, -1, 1]], [[0, -1, 1], [0, 1, 1], [-1, 0, -1]]]]> : tensor<3x2x3x3xi8>
  %r0 = integer.conv2d %c0, %c1, strides = [1, 1], pads = [0, 0, 0, 0] : tensor<2x2x4x5xi8>, tensor<3x2x3x3xi8> -> tensor<2x3x2x3xi32>
  check.expect_eq %r0, dense<[[[[-76, 37, 272], [99, 59, 79]], [[116, 214, 244], [-301, 291, 178]], [[-70, 146, -24], [185, -151, 219]]], [[[-114, 33, 84], [-149, 436, 256]], [[166, 179, 77], [-471, 430, -83]], [[-331, 67, -206], [-202, -253, 164]]]]> : tensor<2x3x2x3xi32> : tensor<2x3x2x3xi32>
  return
}

func.func @conv2d__padded() {
  %c0 = arith.constant dense<[[[[-47, -112, 69], [83, -10, -86], [-90, -32, 66]]]]> : tensor<1x1x3x3xi8>
  %c1 = arith.constant dense<[[[[-1, -1, 1], [1, -1, 0], [0, 0, -1]]], [[[0, -1, 0], [0, 0, -1], [0, 0, 1]]]]> : tensor<2x1x3x3xi8>
  %r0 = integer.conv2d %c0, %c1, strides = [1, 1], pads = [1, 1, 1, 1] : tensor<1x1x3x3xi8>, tensor<2x1x3x3xi8> -> tensor<1x2x3x3xi32>
  check.expect_eq %r0, dense<[[[[57, 151, -181], [-116, 255, 119], [-3, -217, -2]], [[102, -155, 0], [25, 264, -69], [-51, -56, 86]]]]> : tensor<1x2x3x3xi32> : tensor<1x2x3x3xi32>
  return
}

func.func @conv2d__strided() {
  %c0 = arith.constant dense<[[[[-77, 66, 127, -108, -65, -90], [-62, -48, -109, 101, -62, 107], [67, -84, 50, 70, -95, -94], [-32, -110, -20, -5, 42, 18], [-11, -71, 22, -11, 87, 51]]], [[[58, 18, -34, -56, -13, 18], [-34, -90, -100, -116, -76, -24], [-55, -82, -47, 55, -48, 107], [20, -92, 120, 97, 70, -87], [74, 51, 66, 54, 25, -40]]]]> : tensor<2x1x5x6xi8>
  %c1 = arith.constant dense<[[[[1, 1, 1], [0, 0, 0]]], [[[-1, -1, 0], [0, -1, -1]]]]> : tensor<2x1x2x3xi8>
  %r0 = integer.conv2d %c0, %c1, strides = [2, 3], pads = [0, 1, 1, 0] : tensor<2x1x5x6xi8>, tensor<2x1x2x3xi8> -> tensor<2x2x3x2xi32>
  check.expect_eq %r0, dense<[[[[-11, -46], [-17, 25], [-82, 98]], [[187, -58], [75, -157], [11, -11]]], [[[76, -103], [-137, -40], [125, 145]], [[66, 282], [127, -175], [-74, -120]]]]> : tensor<2x2x3x2xi32> : tensor<2x2x3x2xi32>
  return
}

func.func @conv2d__one() {
  %c0 = arith.constant dense<[[[[60]], [[51]], [[-80]]]]> : tensor<1x3x1x1xi8>
  %c1 = arith.constant dense<[[[[1]], [[0]], [[1]]], [[[-1]], [[-1]], [[1]]]]> : tensor<2x3x1x1xi8>
  %r0 = integer.conv2d %c0, %c1, strides = [1, 1], pads = [0, 0, 0, 0] : tensor<1x3x1x1xi8>, tensor<2x3x1x1xi8> -> tensor<1x2x1x1xi32>
  check.expect_eq %r0, dense<[[[[-20]], [[-191]]]]> : tensor<1x2x1x1xi32> : tensor<1x2x1x1xi32>
  return
}
