// A depthwise layer, of whose groups two share a core of 20 axons and 3 neurons, and a layer of two groups, which such cores
// cut both ways. Used by attack.test.
module attributes {wage.config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  ml_program.global private @depthwise(dense<[[[[1, 0, 1], [1, 0, 1], [1, -1, -1]]], [[[-1, -1, 1], [1, -1, 0], [1, -1, 1]]], [[[-1, 0, 1], [-1, 0, -1], [1, -1, 1]]], [[[0, 0, 0], [0, 0, 0], [1, 1, 1]]]]> : tensor<4x1x3x3xi8>) : tensor<4x1x3x3xi8>
      {wage.layer = "depthwise", wage.ordinal = 0 : i32, wage.scale_log2 = array<i32: 0, 0, 0, 0>}
  ml_program.global private @grouped(dense<[[[[1, 0, 0, 1], [0, -1, 1, -1], [1, 0, -1, -1]], [[0, -1, -1, 0], [1, 0, 1, 1], [1, 0, 0, 0]]], [[[-1, 0, 0, -1], [1, -1, -1, -1], [1, 1, 1, -1]], [[1, 0, 0, -1], [0, 1, 0, -1], [0, -1, 1, 1]]], [[[-1, 0, 1, 1], [1, 0, -1, 1], [0, -1, -1, 0]], [[1, 0, 0, 1], [1, 0, 0, 0], [-1, -1, 0, 0]]], [[[0, -1, -1, -1], [0, 1, 0, 0], [0, 1, 0, 0]], [[0, 0, 0, 0], [0, 1, 1, -1], [0, 0, 0, -1]]], [[[-1, 0, 1, -1], [0, 1, 1, -1], [-1, 1, -1, -1]], [[0, 1, -1, 0], [0, -1, 1, 1], [0, 1, 0, 1]]], [[[1, 0, -1, -1], [0, -1, 1, 1], [-1, 0, -1, -1]], [[0, 1, 1, 0], [0, 0, -1, 0], [1, 0, -1, -1]]], [[[1, -1, 1, 1], [0, 0, 1, 0], [0, -1, 0, 1]], [[-1, -1, 1, 0], [1, -1, 1, -1], [0, 1, -1, 0]]], [[[1, 0, -1, 0], [0, 1, 1, 0], [-1, 0, -1, 1]], [[1, 0, 1, 0], [0, 1, 1, 1], [1, -1, 0, 1]]]]> : tensor<8x2x3x4xi8>) : tensor<8x2x3x4xi8>
      {wage.layer = "grouped", wage.ordinal = 1 : i32, wage.scale_log2 = array<i32: 0, 1, 0, 0, 0, 0, 2, 0>}
  ml_program.global private @dense(dense<[[-1, -1, 0, 1, 1, 1, 0, -1, 1, 0, 1, 1, 1, -1, 1, 0, 0, 1, 1, 0, -1, 1, -1, -1, -1, -1, 1, 0, -1, -1, 0, 0], [-1, 1, 1, 0, 1, 0, -1, -1, -1, 1, -1, 0, -1, 1, -1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 1], [-1, -1, -1, 0, -1, 0, 0, 1, 1, -1, 1, 1, 1, 1, -1, 1, -1, 0, 1, 1, -1, -1, 0, 0, 1, -1, -1, -1, 0, -1, -1, 1], [1, 1, 0, -1, 1, 0, 1, 0, -1, 0, 0, 0, 0, -1, -1, 1, 1, 0, -1, 0, 0, 0, -1, -1, 1, -1, 1, 0, -1, 1, 1, 1], [1, 1, 1, -1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, -1, -1, -1, -1, 0, -1, -1, -1, 1, -1, 1, -1, 1, 0, -1, -1, -1, 0]]> : tensor<5x32xi8>) : tensor<5x32xi8>
      {wage.layer = "dense", wage.ordinal = 2 : i32, wage.scale_log2 = array<i32: 0, 0, 0, 0, 0>}
  ml_program.global private @bias(dense<[100, -200, 300, -400, 50, 60, -70, 80]> : tensor<8xi64>) : tensor<8xi64>
  func.func @infer(%images: tensor<?x4x4x4xui8>) -> tensor<?x5xi64> {
    %x = integer.table %images, table = dense<[-127, -127, -126, -125, -124, -123, -122, -121, -120, -119, -118, -117, -116, -115, -114, -113, -112, -111, -110, -109, -108, -107, -106, -105, -104, -103, -102, -101, -100, -99, -98, -97, -96, -95, -94, -93, -92, -91, -90, -89, -88, -87, -86, -85, -84, -83, -82, -81, -80, -79, -78, -77, -76, -75, -74, -73, -72, -71, -70, -69, -68, -67, -66, -65, -64, -63, -62, -61, -60, -59, -58, -57, -56, -55, -54, -53, -52, -51, -50, -49, -48, -47, -46, -45, -44, -43, -42, -41, -40, -39, -38, -37, -36, -35, -34, -33, -32, -31, -30, -29, -28, -27, -26, -25, -24, -23, -22, -21, -20, -19, -18, -17, -16, -15, -14, -13, -12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 127]> : tensor<256xi8> : tensor<?x4x4x4xui8> -> tensor<?x4x4x4xi8>
    %w0 = ml_program.global_load_const @depthwise : tensor<4x1x3x3xi8>
    %z0 = integer.conv2d %x, %w0, strides = [1, 1], pads = [2, 2, 2, 2] dilations = [2, 2] groups = 4
          : tensor<?x4x4x4xi8>, tensor<4x1x3x3xi8> -> tensor<?x4x4x4xi64>
    %x0 = integer.shift_clip %z0, shift = 2, bits = 8 : tensor<?x4x4x4xi64> -> tensor<?x4x4x4xi8>
    %w1 = ml_program.global_load_const @grouped : tensor<8x2x3x4xi8>
    %z1 = integer.conv2d %x0, %w1, strides = [2, 2], pads = [1, 1, 1, 1] groups = 2
          : tensor<?x4x4x4xi8>, tensor<8x2x3x4xi8> -> tensor<?x8x2x2xi64>
    %y1 = integer.align_channels %z1, shifts = [2, 1, 2, 2, 2, 2, 0, 2] : tensor<?x8x2x2xi64> -> tensor<?x8x2x2xi64>
    %b1 = ml_program.global_load_const @bias : tensor<8xi64>
    %s1 = integer.add_bias %y1, %b1 : tensor<?x8x2x2xi64>, tensor<8xi64> -> tensor<?x8x2x2xi64>
    %x1 = integer.shift_clip %s1, shift = 4, bits = 8 : tensor<?x8x2x2xi64> -> tensor<?x8x2x2xi8>
    %flat = integer.reshape %x1 : tensor<?x8x2x2xi8> -> tensor<?x32xi8>
    %w2 = ml_program.global_load_const @dense : tensor<5x32xi8>
    %z2 = integer.matmul %flat, %w2 : tensor<?x32xi8>, tensor<5x32xi8> -> tensor<?x5xi64>
    return %z2 : tensor<?x5xi64>
  }
}
