// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @sum_pool__plain() {
  %c0 = arith.constant dense<[[[[-113, -110, 36, -105], [-116, -30, -110, -90], [-107, -4, -58, 84], [19, -43, 78, -77]], [[-59, -92, -55, -23], [83, -35, 63, 88], [-95, 58, 78, -38], [84, 78, -82, -86]]], [[[32, -21, -77, 121], [-65, -84, -2, -34], [6, -45, -5, -9], [10, 104, -73, -21]], [[71, 104, -57, 115], [105, -57, 4, 54], [-50, -71, -83, -9], [-4, 57, -32, -2]]]]> : tensor<2x2x4x4xi8>
  %r0 = integer.sum_pool %c0, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<2x2x4x4xi8> -> tensor<2x2x2x2xi32>
  check.expect_eq %r0, dense<[[[[-369, -269], [-135, 27]], [[-103, 73], [125, -128]]], [[[-138, 8], [75, -108]], [[223, 116], [-68, -126]]]]> : tensor<2x2x2x2xi32> : tensor<2x2x2x2xi32>
  return
}

func.func @sum_pool__overlap() {
  %c0 = arith.constant dense<[[[[42, -13, -87, -42, -15], [-70, -15, -96, 34, 116], [-30, -12, 45, 110, -76], [-88, -37, 117, 11, -111], [-18, 121, -96, -68, 119]], [[-114, 49, 8, 85, 106], [-36, -51, 113, 27, 80], [-120, 122, -17, -77, 38], [-6, 60, -29, -53, 29], [107, -64, 34, -102, -86]]]]> : tensor<1x2x5x5xi8>
  %r0 = integer.sum_pool %c0, kernel = [3, 3], strides = [1, 2], pads = [0, 0, 0, 0] : tensor<1x2x5x5xi8> -> tensor<1x2x3x2xi32>
  check.expect_eq %r0, dense<[[[[-236, -11], [-186, 150], [2, 51]], [[-46, 363], [36, 111], [87, -263]]]]> : tensor<1x2x3x2xi32> : tensor<1x2x3x2xi32>
  return
}

func.func @sum_pool__global() {
  %c0 = arith.constant dense<[[[[80, -25, -8, -23], [-58, 52, -54, -122], [114, 53, 118, 85]], [[37, 125, -56, -87], [54, 48, -72, 124], [-45, 122, 11, -81]], [[-25, -94, -38, 13], [121, 119, -84, 44], [29, -32, -118, 13]]], [[[-104, 81, -74, 71], [125, -2, 58, -23], [94, 50, -115, -31]], [[46, -1, -15, -13], [-21, 8, 53, -54], [-49, -1, 3, -2]], [[-61, 55, -28, 27], [8, 76, -87, -87], [-57, 120, -20, -120]]]]> : tensor<2x3x3x4xi8>
  %r0 = integer.sum_pool %c0, kernel = [3, 4], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<2x3x3x4xi8> -> tensor<2x3x1x1xi32>
  check.expect_eq %r0, dense<[[[[212]], [[180]], [[-52]]], [[[130]], [[-46]], [[-174]]]]> : tensor<2x3x1x1xi32> : tensor<2x3x1x1xi32>
  return
}

func.func @sum_pool__padded() {
  %c0 = arith.constant dense<[[[[16, 76, 94, -97], [-77, -87, -101, -121], [-27, -11, -93, 87], [14, 74, 19, 10]]]]> : tensor<1x1x4x4xi8>
  %r0 = integer.sum_pool %c0, kernel = [3, 3], strides = [2, 2], pads = [1, 1, 1, 1] : tensor<1x1x4x4xi8> -> tensor<1x1x2x2xi32>
  check.expect_eq %r0, dense<[[[[-72, -236], [-114, -223]]]]> : tensor<1x1x2x2xi32> : tensor<1x1x2x2xi32>
  return
}

func.func @sum_pool__ragged() {
  %c0 = arith.constant dense<[[[[14, 37, -20, 127, 106], [31, 91, 75, -71, -66], [-85, -99, 106, -25, -87], [-53, 66, -37, -48, 21], [-35, -20, 14, -38, 109]]]]> : tensor<1x1x5x5xi8>
  %r0 = integer.sum_pool %c0, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<1x1x5x5xi8> -> tensor<1x1x2x2xi32>
  check.expect_eq %r0, dense<[[[[173, 111], [-171, -4]]]]> : tensor<1x1x2x2xi32> : tensor<1x1x2x2xi32>
  return
}

func.func @sum_pool__ceil() {
  %c0 = arith.constant dense<[[[[10, 56, -65, -27], [103, -54, -97, 118], [-27, -60, 109, 55], [55, 118, -108, 67], [26, 53, 22, 57]]]]> : tensor<1x1x5x4xi8>
  %r0 = integer.sum_pool %c0, kernel = [2, 2], strides = [4, 3], pads = [0, 0, 3, 1] : tensor<1x1x5x4xi8> -> tensor<1x1x2x2xi32>
  check.expect_eq %r0, dense<[[[[115, 91], [79, 57]]]]> : tensor<1x1x2x2xi32> : tensor<1x1x2x2xi32>
  return
}
