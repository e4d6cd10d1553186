// A small network in which values branch, meet and move: tables per channel, a concatenation of a branch, the image and a slice,
// a squeeze that multiplies, padding on the roots, a transposition on cores of its own, and logits from two layers. Four-bit
// activations keep the tables small.
module attributes {wage.config = #wage.config<mode = infer, weights = 2, activations = 4, gradients = 4, errors = 4,
                                              random = 16, rounding = half_even, batch = 5>} {
  ml_program.global private @w0(dense<[[[[1, 1, 1], [0, 1, 1], [1, -1, 0]], [[0, -1, 0], [0, 1, 0], [-1, 1, 1]]], [[[-1, 0, 0], [1, -1, 0], [1, 0, -1]], [[1, 1, 1], [1, 0, 1], [1, 0, 1]]], [[[0, -1, 0], [0, -1, 1], [0, 1, -1]], [[0, -1, -1], [0, 0, 0], [0, 1, 0]]], [[[0, 1, 1], [0, -1, -1], [-1, 0, 0]], [[0, 1, 1], [0, 0, -1], [-1, 1, 1]]], [[[-1, 0, 0], [1, -1, 0], [0, -1, 1]], [[1, -1, 1], [0, -1, 0], [0, 0, 0]]]]> : tensor<5x2x3x3xi8>) : tensor<5x2x3x3xi8>
    {wage.layer = "layer0", wage.ordinal = 0 : i32, wage.scale_log2 = array<i32: 0, 0, 0, 0, 0>}
  ml_program.global private @w1(dense<[[[[0]], [[0]]], [[[1]], [[0]]], [[[0]], [[0]]]]> : tensor<3x2x1x1xi8>) : tensor<3x2x1x1xi8>
    {wage.layer = "layer1", wage.ordinal = 1 : i32, wage.scale_log2 = array<i32: 0, 0, 0>}
  ml_program.global private @w2(dense<[[[[-1, -1, -1], [-1, 1, -1], [0, 0, 1]], [[0, -1, -1], [1, 1, 1], [0, 0, 0]], [[0, 0, -1], [1, 0, 0], [1, -1, 0]], [[-1, 0, 1], [-1, -1, 0], [1, -1, 0]], [[0, 0, -1], [1, 1, -1], [1, -1, 0]], [[-1, -1, 0], [0, 1, 0], [1, 0, 1]], [[1, 0, 1], [-1, 1, -1], [1, 0, -1]], [[1, 1, 0], [0, 0, 1], [1, -1, 0]], [[-1, 1, 1], [0, 1, 0], [0, 0, 0]]], [[[0, 0, -1], [0, 1, 0], [1, 0, 1]], [[1, 0, -1], [0, 1, 1], [1, -1, -1]], [[1, 0, -1], [1, 1, 1], [-1, 1, 1]], [[1, -1, -1], [0, 1, 1], [-1, 1, -1]], [[1, -1, 1], [1, 0, -1], [1, 1, 0]], [[-1, 1, 0], [1, -1, 0], [0, 1, -1]], [[-1, 0, 1], [-1, 1, 1], [-1, 1, 0]], [[0, 1, -1], [0, 1, 1], [-1, 0, 0]], [[-1, 0, 0], [0, -1, 0], [0, -1, 1]]], [[[-1, 1, 1], [0, -1, 1], [0, 1, -1]], [[0, -1, -1], [1, 0, 1], [-1, -1, 1]], [[-1, 1, 0], [0, 1, 1], [0, -1, 0]], [[1, -1, -1], [0, 1, 0], [-1, -1, 0]], [[1, -1, -1], [-1, -1, 1], [1, 1, 0]], [[-1, 1, 0], [1, -1, 1], [1, 0, -1]], [[-1, 0, 0], [1, -1, 0], [1, 1, -1]], [[1, 1, 1], [1, 1, -1], [-1, 0, 1]], [[1, 0, 1], [1, -1, 1], [-1, 1, -1]]], [[[1, 1, -1], [1, 1, -1], [-1, -1, 1]], [[-1, -1, -1], [0, -1, -1], [0, 1, 1]], [[-1, 0, 0], [0, 1, 1], [0, 0, 1]], [[-1, 0, 1], [1, 0, 1], [0, 1, 0]], [[1, -1, -1], [-1, 0, -1], [1, 1, 1]], [[0, -1, -1], [-1, -1, -1], [-1, 0, 1]], [[-1, 0, 1], [-1, -1, -1], [1, 0, -1]], [[1, 1, -1], [-1, -1, -1], [-1, -1, -1]], [[1, -1, -1], [-1, -1, 0], [1, 1, 0]]], [[[-1, 0, -1], [0, 1, 0], [0, 1, 1]], [[-1, 1, 0], [1, 0, 0], [1, 1, 1]], [[1, -1, 1], [-1, 0, -1], [-1, 0, 1]], [[1, -1, 1], [1, 1, -1], [0, -1, 0]], [[-1, -1, -1], [1, 1, 1], [-1, 1, -1]], [[1, 1, 1], [0, 0, -1], [1, 0, -1]], [[1, 1, -1], [1, -1, 0], [1, 1, 1]], [[1, 1, -1], [-1, -1, 0], [-1, -1, -1]], [[0, 1, 0], [0, 1, 1], [-1, 1, 0]]], [[[1, 0, 1], [-1, 0, -1], [1, 0, 1]], [[1, 0, 1], [1, 1, 1], [0, -1, -1]], [[-1, 1, 0], [0, 1, 1], [0, -1, -1]], [[0, 1, 1], [0, -1, 0], [-1, -1, -1]], [[0, -1, 1], [0, 0, 1], [1, -1, 1]], [[0, -1, -1], [1, -1, -1], [1, 0, 1]], [[1, 0, 0], [1, 1, 1], [-1, -1, 0]], [[1, 1, 1], [0, 0, -1], [0, 1, 1]], [[-1, 0, -1], [0, 1, -1], [0, -1, -1]]]]> : tensor<6x9x3x3xi8>) : tensor<6x9x3x3xi8>
    {wage.layer = "layer2", wage.ordinal = 2 : i32, wage.scale_log2 = array<i32: 1, 0, 1, 0, 1, 1>}
  ml_program.global private @w3(dense<[[[[-1]], [[1]], [[0]], [[1]], [[-1]], [[-1]]], [[[-1]], [[1]], [[0]], [[-1]], [[1]], [[1]]], [[[1]], [[0]], [[-1]], [[-1]], [[1]], [[-1]]], [[[1]], [[0]], [[1]], [[0]], [[0]], [[0]]], [[[1]], [[0]], [[1]], [[-1]], [[-1]], [[-1]]], [[[-1]], [[-1]], [[-1]], [[1]], [[1]], [[-1]]]]> : tensor<6x6x1x1xi8>) : tensor<6x6x1x1xi8>
    {wage.layer = "layer3", wage.ordinal = 3 : i32, wage.scale_log2 = array<i32: 0, 0, 0, 0, 0, 0>}
  ml_program.global private @w4(dense<[[-1, 0, -1, -1, -1, 0, 1, 0, 0, 0, -1, 1, -1, -1, -1, 1, -1, 1, 1, 1, -1, 0, 0, 1, 1, 1, 0, -1, -1, 1], [1, 0, 0, 1, -1, -1, 1, -1, 0, 0, 1, 0, 1, 1, 0, -1, -1, -1, 1, 0, 0, -1, 1, 1, 1, -1, 0, -1, -1, 0], [1, -1, 0, 1, 1, -1, 1, 0, 0, 0, 1, 0, 0, -1, -1, 0, -1, -1, 0, -1, 1, 1, 0, -1, -1, -1, 1, -1, -1, 1]]> : tensor<3x30xi8>) : tensor<3x30xi8>
    {wage.layer = "layer4", wage.ordinal = 4 : i32, wage.scale_log2 = array<i32: 0, 0, 0>}
  ml_program.global private @w5(dense<[[1, 1, 0, 1, 0, 1, -1, -1, 1, 0, 1, 1, 1, -1, 1, 1, -1, 1, -1, 0, 1, 0, -1, -1, -1, 0, 1, -1, 0, 0, -1, 1, 1, 1, 1, -1, 1, 0, 1, -1, 0, 0, -1, 1, 1, -1, 0, 0, 0, 0, 0, 1, 1, 1], [-1, -1, -1, -1, -1, 0, 0, 1, -1, 1, -1, 0, -1, 1, 1, 0, 0, 1, -1, -1, -1, -1, 1, 1, 0, 1, 1, 0, 0, -1, -1, -1, -1, 1, 0, 0, 1, -1, 1, -1, 1, 0, 1, 1, 1, 0, 1, -1, -1, 1, -1, -1, 0, -1]]> : tensor<2x54xi8>) : tensor<2x54xi8>
    {wage.layer = "layer5", wage.ordinal = 5 : i32, wage.scale_log2 = array<i32: 0, 0>}
  func.func @infer(%p: tensor<?x2x4x4xui8>) -> tensor<?x5x!wage.grid<Z, 0, -4>> {
    %image = wage.encode_input %p : tensor<?x2x4x4xui8> -> tensor<?x2x4x4x!wage.grid<A, 4, -3>> loc("image")
    %i0 = ml_program.global_load_const @w0 : tensor<5x2x3x3xi8>
    %w0 = wage.as_grid %i0 : tensor<5x2x3x3xi8> -> tensor<5x2x3x3x!wage.grid<W, 2, -1>>
    %conv_a = wage.conv2d %image, %w0, scale_log2 = [0, 0, 0, 0, 0], strides = [1, 1], pads = [1, 1, 1, 1]
      : tensor<?x2x4x4x!wage.grid<A, 4, -3>>, tensor<5x2x3x3x!wage.grid<W, 2, -1>> -> tensor<?x5x4x4x!wage.grid<Z, 0, -4>> loc("conv_a")
    %a = wage.quantize_activation %conv_a, rounding = half_even : tensor<?x5x4x4x!wage.grid<Z, 0, -4>> -> tensor<?x5x4x4x!wage.grid<A, 4, -1>> loc("a")
    %table = wage.lookup %a, tables = dense<[[7, -5, 7, -4, 5, 7, -6, 6, -7, -2, 0, 4, -5, -7, -3, 6], [-3, 1, -6, 5, 7, -3, 5, -2, -3, -2, -5, 7, -6, -1, 2, 0], [-6, 7, 5, 6, -5, -2, -1, -3, -7, 5, 4, -6, -5, -2, 6, 6], [-6, 6, -3, -4, 7, -6, -7, 4, -4, 2, -2, -4, -1, 0, -5, -6], [7, 3, -2, 0, 7, 3, 1, -6, -7, 2, 2, -2, 1, 0, 5, -2]]> : tensor<5x16xi8>
      : tensor<?x5x4x4x!wage.grid<A, 4, -1>> -> tensor<?x5x4x4x!wage.grid<A, 4, -3>> loc("table")
    %i1 = ml_program.global_load_const @w1 : tensor<3x2x1x1xi8>
    %w1 = wage.as_grid %i1 : tensor<3x2x1x1xi8> -> tensor<3x2x1x1x!wage.grid<W, 2, -1>>
    %conv_b = wage.conv2d %image, %w1, scale_log2 = [0, 0, 0], strides = [1, 1], pads = [0, 0, 0, 0]
      : tensor<?x2x4x4x!wage.grid<A, 4, -3>>, tensor<3x2x1x1x!wage.grid<W, 2, -1>> -> tensor<?x3x4x4x!wage.grid<Z, 0, -4>> loc("conv_b")
    %b = wage.quantize_activation %conv_b, rounding = half_even : tensor<?x3x4x4x!wage.grid<Z, 0, -4>> -> tensor<?x3x4x4x!wage.grid<A, 4, -3>> loc("b")
    %b_tail = wage.rearrange %b, sizes = [32], from = [16, 1], to = [0, 1]
      : tensor<?x3x4x4x!wage.grid<A, 4, -3>> -> tensor<?x2x4x4x!wage.grid<A, 4, -3>> loc("b_tail")
    %fire = wage.concat %table, %image, %b_tail
      : tensor<?x5x4x4x!wage.grid<A, 4, -3>>, tensor<?x2x4x4x!wage.grid<A, 4, -3>>, tensor<?x2x4x4x!wage.grid<A, 4, -3>> -> tensor<?x9x4x4x!wage.grid<A, 4, -3>> loc("fire")
    %i2 = ml_program.global_load_const @w2 : tensor<6x9x3x3xi8>
    %w2 = wage.as_grid %i2 : tensor<6x9x3x3xi8> -> tensor<6x9x3x3x!wage.grid<W, 2, -1>>
    %conv_c = wage.conv2d %fire, %w2, scale_log2 = [1, 0, 1, 0, 1, 1], strides = [1, 1], pads = [0, 0, 0, 0]
      : tensor<?x9x4x4x!wage.grid<A, 4, -3>>, tensor<6x9x3x3x!wage.grid<W, 2, -1>> -> tensor<?x6x2x2x!wage.grid<Z, 0, -5>> loc("conv_c")
    %c = wage.quantize_activation %conv_c, rounding = half_even : tensor<?x6x2x2x!wage.grid<Z, 0, -5>> -> tensor<?x6x2x2x!wage.grid<A, 4, -1>> loc("c")
    %mean = wage.average_pool %c, kernel = [2, 2], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<?x6x2x2x!wage.grid<A, 4, -1>> -> tensor<?x6x1x1x!wage.grid<Z, 0, -3>> loc("mean")
    %squeezed = wage.quantize_activation %mean, rounding = half_even : tensor<?x6x1x1x!wage.grid<Z, 0, -3>> -> tensor<?x6x1x1x!wage.grid<A, 4, -3>> loc("squeezed")
    %i3 = ml_program.global_load_const @w3 : tensor<6x6x1x1xi8>
    %w3 = wage.as_grid %i3 : tensor<6x6x1x1xi8> -> tensor<6x6x1x1x!wage.grid<W, 2, -1>>
    %excite = wage.conv2d %squeezed, %w3, scale_log2 = [0, 0, 0, 0, 0, 0], strides = [1, 1], pads = [0, 0, 0, 0]
      : tensor<?x6x1x1x!wage.grid<A, 4, -3>>, tensor<6x6x1x1x!wage.grid<W, 2, -1>> -> tensor<?x6x1x1x!wage.grid<Z, 0, -4>> loc("excite")
    %gate = wage.quantize_activation %excite, rounding = half_even : tensor<?x6x1x1x!wage.grid<Z, 0, -4>> -> tensor<?x6x1x1x!wage.grid<A, 4, -3>> loc("gate")
    %spread = wage.rearrange %gate, sizes = [6, 4], from = [0, 1, 0], to = [0, 4, 1]
      : tensor<?x6x1x1x!wage.grid<A, 4, -3>> -> tensor<?x6x2x2x!wage.grid<A, 4, -3>> loc("spread")
    %scaled = wage.multiply %c, %spread : tensor<?x6x2x2x!wage.grid<A, 4, -1>>, tensor<?x6x2x2x!wage.grid<A, 4, -3>> -> tensor<?x6x2x2x!wage.grid<Z, 0, -4>> loc("scaled")
    %m = wage.quantize_activation %scaled, rounding = half_even : tensor<?x6x2x2x!wage.grid<Z, 0, -4>> -> tensor<?x6x2x2x!wage.grid<A, 4, -3>> loc("m")
    %padded = wage.rearrange %m, sizes = [6, 2, 2], from = [0, 4, 2, 1], to = [4, 9, 3, 1]
      : tensor<?x6x2x2x!wage.grid<A, 4, -3>> -> tensor<?x6x3x3x!wage.grid<A, 4, -3>> loc("padded")
    %turned = wage.rearrange %padded, sizes = [3, 3, 6], from = [0, 3, 1, 9], to = [0, 18, 6, 1]
      : tensor<?x6x3x3x!wage.grid<A, 4, -3>> -> tensor<?x3x3x6x!wage.grid<A, 4, -3>> loc("turned")
    %peak, %peak_at = wage.max_pool %turned, kernel = [2, 2], strides = [1, 1], pads = [0, 0, 0, 0]
      : tensor<?x3x3x6x!wage.grid<A, 4, -3>> -> tensor<?x3x2x5x!wage.grid<A, 4, -3>>, tensor<?x3x2x5xi8> loc("peak")
    %flat_peak = wage.reshape %peak : tensor<?x3x2x5x!wage.grid<A, 4, -3>> -> tensor<?x30x!wage.grid<A, 4, -3>> loc("flat_peak")
    %i4 = ml_program.global_load_const @w4 : tensor<3x30xi8>
    %w4 = wage.as_grid %i4 : tensor<3x30xi8> -> tensor<3x30x!wage.grid<W, 2, -1>>
    %head_a = wage.matmul %flat_peak, %w4, scale_log2 = [0, 0, 0] {wage.trace = "head"} : tensor<?x30x!wage.grid<A, 4, -3>>, tensor<3x30x!wage.grid<W, 2, -1>> -> tensor<?x3x!wage.grid<Z, 0, -4>> loc("head_a")
    %flat_padded = wage.reshape %padded : tensor<?x6x3x3x!wage.grid<A, 4, -3>> -> tensor<?x54x!wage.grid<A, 4, -3>> loc("flat_padded")
    %i5 = ml_program.global_load_const @w5 : tensor<2x54xi8>
    %w5 = wage.as_grid %i5 : tensor<2x54xi8> -> tensor<2x54x!wage.grid<W, 2, -1>>
    %head_b = wage.matmul %flat_padded, %w5, scale_log2 = [0, 0] : tensor<?x54x!wage.grid<A, 4, -3>>, tensor<2x54x!wage.grid<W, 2, -1>> -> tensor<?x2x!wage.grid<Z, 0, -4>> loc("head_b")
    %heads = wage.concat %head_a, %head_b
      : tensor<?x3x!wage.grid<Z, 0, -4>>, tensor<?x2x!wage.grid<Z, 0, -4>> -> tensor<?x5x!wage.grid<Z, 0, -4>> loc("heads")
    return %heads : tensor<?x5x!wage.grid<Z, 0, -4>>
  }
}
