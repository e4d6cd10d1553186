// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @sum_pool__plain() {
  %c0 = arith.constant dense<[[[[-64, 3, -26, 84], [114, -9, 38, -78], [22, -88, -111, -75], [-114, 93, -74, 106]], [[-92, 44, 123, -99], [-127, -55, -34, -3], [-113, -110, 36, -105], [-116, -30, -110, -90]]], [[[-107, -4, -58, 84], [19, -43, 78, -77], [-59, -92, -55, -23], [83, -35, 63, 88]], [[-95, 58, 78, -38], [84, 78, -82, -86], [32, -21, -77, 121], [-65, -84, -2, -34]]]]> : tensor<2x2x4x4xi8>
  %r0 = integer.sum_pool %c0, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<2x2x4x4xi8> -> tensor<2x2x2x2xi32>
  check.expect_eq %r0, dense<[[[[44, 18], [-87, -154]], [[-230, -13], [-369, -269]]], [[[-135, 27], [-103, 73]], [[125, -128], [-138, 8]]]]> : tensor<2x2x2x2xi32> : tensor<2x2x2x2xi32>
  return
}

func.func @sum_pool__overlap() {
  %c0 = arith.constant dense<[[[[-50, -71, -83, -9, -4], [57, -32, -2, 31, 62], [0, -81, -118, 0, 85], [19, -114, -101, 84, -48], [80, -85, 108, -83, 42]], [[-13, -87, -42, -15, -70], [-15, -96, 34, 116, -30], [-12, 45, 110, -76, -88], [-37, 117, 11, -111, -18], [121, -96, -68, 119, -114]]]]> : tensor<1x2x5x5xi8>
  %r0 = integer.sum_pool %c0, kernel = [3, 3], strides = [1, 2], pads = [0, 0, 0, 0] : tensor<1x2x5x5xi8> -> tensor<1x2x3x2xi32>
  check.expect_eq %r0, dense<[[[[-380, -38], [-372, -7], [-292, -31]], [[-76, -61], [157, -52], [191, -235]]]]> : tensor<1x2x3x2xi32> : tensor<1x2x3x2xi32>
  return
}

func.func @sum_pool__global() {
  %c0 = arith.constant dense<[[[[-77, 38, -6, 60], [-29, -53, 29, 107], [-64, 34, -102, -86]], [[-6, -112, 36, 20], [-30, 64, 124, 108], [-24, 26, -51, -105]], [[80, -25, -8, -23], [-58, 52, -54, -122], [114, 53, 118, 85]]], [[[37, 125, -56, -87], [54, 48, -72, 124], [-45, 122, 11, -81]], [[-25, -94, -38, 13], [121, 119, -84, 44], [29, -32, -118, 13]], [[-104, 81, -74, 71], [125, -2, 58, -23], [94, 50, -115, -31]]]]> : tensor<2x3x3x4xi8>
  %r0 = integer.sum_pool %c0, kernel = [3, 4], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<2x3x3x4xi8> -> tensor<2x3x1x1xi32>
  check.expect_eq %r0, dense<[[[[-149]], [[50]], [[212]]], [[[180]], [[-52]], [[130]]]]> : tensor<2x3x1x1xi32> : tensor<2x3x1x1xi32>
  return
}

func.func @sum_pool__padded() {
  %c0 = arith.constant dense<[[[[53, -54, -49, -1], [3, -2, -61, 55], [-28, 27, 8, 76], [-87, -87, -57, 120]]]]> : tensor<1x1x4x4xi8>
  %r0 = integer.sum_pool %c0, kernel = [3, 3], strides = [2, 2], pads = [1, 1, 1, 1] : tensor<1x1x4x4xi8> -> tensor<1x1x2x2xi32>
  check.expect_eq %r0, dense<[[[[0, -112], [-174, 79]]]]> : tensor<1x1x2x2xi32> : tensor<1x1x2x2xi32>
  return
}

func.func @sum_pool__ragged() {
  %c0 = arith.constant dense<[[[[77, -122, 36, -118, 16], [76, 94, -97, -77, -87], [-101, -121, -27, -11, -93], [87, 14, 74, 19, 10], [-94, -28, 55, -65, 14]]]]> : tensor<1x1x5x5xi8>
  %r0 = integer.sum_pool %c0, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<1x1x5x5xi8> -> tensor<1x1x2x2xi32>
  check.expect_eq %r0, dense<[[[[125, -256], [-121, 55]]]]> : tensor<1x1x2x2xi32> : tensor<1x1x2x2xi32>
  return
}
