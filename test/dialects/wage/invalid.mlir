// Every labelled constraint refuses; the functions carry the labels.
// RUN: wage-opt %s -split-input-file -verify-diagnostics

func.func @encode_input_c1(%p: tensor<?x4xui8>) {
  // expected-error@+1 {{'wage.encode_input' op result must have exponent -7, got '!wage.grid<A, 8, -6>'}}
  %y = wage.encode_input %p : tensor<?x4xui8> -> tensor<?x4x!wage.grid<A, 8, -6>>
  return
}

// -----

func.func @encode_input_c2(%p: tensor<?x4xui8>) {
  // expected-error@+1 {{'wage.encode_input' op table must have 256 signless integers, or 256 for each channel of 'tensor<?x4xui8>', got 'tensor<3x256xi8>'}}
  %y = wage.encode_input %p, table = dense<0> : tensor<3x256xi8> : tensor<?x4xui8> -> tensor<?x4x!wage.grid<A, 8, -6>>
  return
}

// -----

func.func @encode_input_c2_type(%p: tensor<?x4xui8>) {
  // expected-error@+1 {{'wage.encode_input' op table must have 256 signless integers, or 256 for each channel of 'tensor<?x4xui8>', got 'tensor<256xui8>'}}
  %y = wage.encode_input %p, table = dense<0> : tensor<256xui8> : tensor<?x4xui8> -> tensor<?x4x!wage.grid<A, 8, -6>>
  return
}

// -----

func.func @encode_input_c3(%p: tensor<?x4xui8>) {
  // expected-error@+1 {{'wage.encode_input' op table entries must be at most 7 in magnitude, got -8}}
  %y = wage.encode_input %p, table = dense<-8> : tensor<256xi8> : tensor<?x4xui8> -> tensor<?x4x!wage.grid<A, 4, -3>>
  return
}

// -----

func.func @as_grid_c1(%i: tensor<3x4xi8>) {
  // expected-error@+1 {{'wage.as_grid' op result must have role W or G, got '!wage.grid<A, 8, -7>'}}
  %y = wage.as_grid %i : tensor<3x4xi8> -> tensor<3x4x!wage.grid<A, 8, -7>>
  return
}

// -----

func.func @as_grid_c2(%i: tensor<3x4xi8>) {
  // expected-error@+1 {{'wage.as_grid' op result has 9 bits, more than the 8-bit integers hold}}
  %y = wage.as_grid %i : tensor<3x4xi8> -> tensor<3x4x!wage.grid<G, 9, -8>>
  return
}

// -----

func.func @as_integers_c1(%x: tensor<?x4x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.as_integers' op input must have role W or G, got '!wage.grid<A, 8, -7>'}}
  %y = wage.as_integers %x : tensor<?x4x!wage.grid<A, 8, -7>> -> tensor<?x4xi8>
  return
}

// -----

func.func @as_integers_c2(%m: tensor<3x!wage.grid<G, 16, -15>>) {
  // expected-error@+1 {{'wage.as_integers' op input has 16 bits, more than the 8-bit integers hold}}
  %y = wage.as_integers %m : tensor<3x!wage.grid<G, 16, -15>> -> tensor<3xi8>
  return
}

// -----

func.func @quantize_weight_c1(%m: tensor<3x4x!wage.grid<G, 8, -6>>) {
  // expected-error@+1 {{'wage.quantize_weight' op input must have exponent -7, got '!wage.grid<G, 8, -6>'}}
  %y = wage.quantize_weight %m, rounding = half_even
       : tensor<3x4x!wage.grid<G, 8, -6>> -> tensor<3x4x!wage.grid<W, 2, -1>>
  return
}

// -----

func.func @quantize_weight_c1_result(%m: tensor<3x4x!wage.grid<G, 8, -7>>) {
  // expected-error@+1 {{'wage.quantize_weight' op result must have exponent -1, got '!wage.grid<W, 2, 0>'}}
  %y = wage.quantize_weight %m, rounding = half_even
       : tensor<3x4x!wage.grid<G, 8, -7>> -> tensor<3x4x!wage.grid<W, 2, 0>>
  return
}

// -----

func.func @quantize_weight_c2(%m: tensor<3x!wage.grid<G, 4, -3>>) {
  // expected-error@+1 {{'wage.quantize_weight' op input must have at least the 5 bits of the result, got 4}}
  %y = wage.quantize_weight %m, rounding = half_even
       : tensor<3x!wage.grid<G, 4, -3>> -> tensor<3x!wage.grid<W, 5, -4>>
  return
}

// -----

func.func @conv2d_c1(%x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.conv2d' op result must be 'tensor<?x2x6x6x!wage.grid<Z, 0, -9>>', got 'tensor<?x2x8x8x!wage.grid<Z, 0, -9>>'}}
  %y = wage.conv2d %x, %w, scale_log2 = [1, 1], strides = [1, 1], pads = [0, 0, 0, 0]
       : tensor<?x1x8x8x!wage.grid<A, 8, -7>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>> -> tensor<?x2x8x8x!wage.grid<Z,
       0, -9>>
  return
}

// -----

func.func @conv2d_c1_channels(%x: tensor<?x3x8x8x!wage.grid<A, 8, -7>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.conv2d' op weights take 1 channels, got input 'tensor<?x3x8x8x!wage.grid<A, 8, -7>>'}}
  %y = wage.conv2d %x, %w, scale_log2 = [1, 1], strides = [1, 1], pads = [1, 1, 1, 1]
       : tensor<?x3x8x8x!wage.grid<A, 8, -7>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>> -> tensor<?x2x8x8x!wage.grid<Z,
       0, -9>>
  return
}

// -----

func.func @conv2d_c1_too_small(%x: tensor<?x1x2x2x!wage.grid<A, 8, -7>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.conv2d' op a window of 3x3 does not fit input 'tensor<?x1x2x2x!wage.grid<A, 8, -7>>' with pads 0, 0, 0, 0}}
  %y = wage.conv2d %x, %w, scale_log2 = [1, 1], strides = [1, 1], pads = [0, 0, 0, 0]
       : tensor<?x1x2x2x!wage.grid<A, 8, -7>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>> -> tensor<?x2x8x8x!wage.grid<Z,
       0, -9>>
  return
}

// -----

func.func @conv2d_c1_dynamic(%x: tensor<?x1x?x8x!wage.grid<A, 8, -7>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.conv2d' op input must have a batch and be dynamic there only, got 'tensor<?x1x?x8x!wage.grid<A, 8, -7>>'}}
  %y = wage.conv2d %x, %w, scale_log2 = [1, 1], strides = [1, 1], pads = [1, 1, 1, 1]
       : tensor<?x1x?x8x!wage.grid<A, 8, -7>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>> -> tensor<?x2x8x8x!wage.grid<Z,
       0, -9>>
  return
}

// -----

func.func @conv2d_c2(%x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.conv2d' op strides must be at least 1, got 0}}
  %y = wage.conv2d %x, %w, scale_log2 = [1, 1], strides = [0, 1], pads = [1, 1, 1, 1]
       : tensor<?x1x8x8x!wage.grid<A, 8, -7>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>> -> tensor<?x2x8x8x!wage.grid<Z,
       0, -9>>
  return
}

// -----

func.func @conv2d_c2_pads(%x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.conv2d' op pads must have 4 entries, got 3}}
  %y = wage.conv2d %x, %w, scale_log2 = [1, 1], strides = [1, 1], pads = [1, 1, 1]
       : tensor<?x1x8x8x!wage.grid<A, 8, -7>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>> -> tensor<?x2x8x8x!wage.grid<Z,
       0, -9>>
  return
}

// -----

func.func @conv2d_c5(%x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.conv2d' op dilations must be at least 1, got 0}}
  %y = wage.conv2d %x, %w, scale_log2 = [1, 1], strides = [1, 1], pads = [1, 1, 1, 1] dilations = [0, 1]
       : tensor<?x1x8x8x!wage.grid<A, 8, -7>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>> -> tensor<?x2x8x8x!wage.grid<Z, 0, -9>>
  return
}

// -----

func.func @conv2d_c5_two(%x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.conv2d' op dilations must have 2 entries, got 3}}
  %y = wage.conv2d %x, %w, scale_log2 = [1, 1], strides = [1, 1], pads = [1, 1, 1, 1] dilations = [1, 1, 1]
       : tensor<?x1x8x8x!wage.grid<A, 8, -7>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>> -> tensor<?x2x8x8x!wage.grid<Z, 0, -9>>
  return
}

// -----

func.func @conv2d_c6(%x: tensor<?x3x8x8x!wage.grid<A, 8, -7>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.conv2d' op groups must divide the 3 channels and the 2 neurons, got 2}}
  %y = wage.conv2d %x, %w, scale_log2 = [1, 1], strides = [1, 1], pads = [1, 1, 1, 1] groups = 2
       : tensor<?x3x8x8x!wage.grid<A, 8, -7>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>> -> tensor<?x2x8x8x!wage.grid<Z, 0, -9>>
  return
}

// -----

func.func @conv2d_c6_positive(%x: tensor<?x2x8x8x!wage.grid<A, 8, -7>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.conv2d' op groups must divide the 2 channels and the 2 neurons, got -1}}
  %y = wage.conv2d %x, %w, scale_log2 = [1, 1], strides = [1, 1], pads = [1, 1, 1, 1] groups = -1
       : tensor<?x2x8x8x!wage.grid<A, 8, -7>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>> -> tensor<?x2x8x8x!wage.grid<Z, 0, -9>>
  return
}

// -----

func.func @conv2d_c6_channels(%x: tensor<?x2x8x8x!wage.grid<A, 8, -7>>, %w: tensor<2x2x3x3x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.conv2d' op weights take 2 channels, got input 'tensor<?x2x8x8x!wage.grid<A, 8, -7>>' in groups}}
  %y = wage.conv2d %x, %w, scale_log2 = [1, 1], strides = [1, 1], pads = [1, 1, 1, 1] groups = 2
       : tensor<?x2x8x8x!wage.grid<A, 8, -7>>, tensor<2x2x3x3x!wage.grid<W, 2, -1>> -> tensor<?x2x8x8x!wage.grid<Z, 0, -9>>
  return
}

// -----

func.func @conv2d_c3(%x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.conv2d' op scale_log2 must have an entry for each of the 2 output channels, got 1}}
  %y = wage.conv2d %x, %w, scale_log2 = [1], strides = [1, 1], pads = [1, 1, 1, 1]
       : tensor<?x1x8x8x!wage.grid<A, 8, -7>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>> -> tensor<?x2x8x8x!wage.grid<Z,
       0, -9>>
  return
}

// -----

func.func @conv2d_c3_range(%x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.conv2d' op scale_log2 must be -8 to 32, got 33}}
  %y = wage.conv2d %x, %w, scale_log2 = [1, 33], strides = [1, 1], pads = [1, 1, 1, 1]
       : tensor<?x1x8x8x!wage.grid<A, 8, -7>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>> -> tensor<?x2x8x8x!wage.grid<Z,
       0, -9>>
  return
}

// -----

func.func @conv2d_c4(%x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.conv2d' op result must have exponent -10, got '!wage.grid<Z, 0, -9>'}}
  %y = wage.conv2d %x, %w, scale_log2 = [1, 2], strides = [1, 1], pads = [1, 1, 1, 1]
       : tensor<?x1x8x8x!wage.grid<A, 8, -7>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>> -> tensor<?x2x8x8x!wage.grid<Z,
       0, -9>>
  return
}

// -----

func.func @conv2d_role(%x: tensor<?x1x8x8x!wage.grid<Z, 0, -9>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.conv2d' op operand #0 must be ranked tensor of activations (role A) values, but got 'tensor<?x1x8x8x!wage.grid<Z, 0, -9>>'}}
  %y = wage.conv2d %x, %w, scale_log2 = [1, 1], strides = [1, 1], pads = [1, 1, 1, 1]
       : tensor<?x1x8x8x!wage.grid<Z, 0, -9>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>> -> tensor<?x2x8x8x!wage.grid<Z,
       0, -9>>
  return
}

// -----

func.func @matmul_c1(%x: tensor<?x4x!wage.grid<A, 8, -7>>, %w: tensor<3x4x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.matmul' op input must be 'tensor<?x3x!wage.grid<A, 8, -7>>', got 'tensor<?x4x!wage.grid<A, 8, -7>>'}}
  %y = wage.matmul %x, %w, scale_log2 = [2, 2, 2] axons_first
       : tensor<?x4x!wage.grid<A, 8, -7>>, tensor<3x4x!wage.grid<W, 2, -1>> -> tensor<?x3x!wage.grid<Z, 0, -10>>
  return
}

// -----

func.func @matmul_c1_result(%x: tensor<?x4x!wage.grid<A, 8, -7>>, %w: tensor<3x4x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.matmul' op result must be 'tensor<?x3x!wage.grid<Z, 0, -10>>', got 'tensor<?x5x!wage.grid<Z, 0, -10>>'}}
  %y = wage.matmul %x, %w, scale_log2 = [2, 2, 2]
       : tensor<?x4x!wage.grid<A, 8, -7>>, tensor<3x4x!wage.grid<W, 2, -1>> -> tensor<?x5x!wage.grid<Z, 0, -10>>
  return
}

// -----

func.func @matmul_c2(%x: tensor<?x4x!wage.grid<A, 8, -7>>, %w: tensor<3x4x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.matmul' op scale_log2 must have an entry for each of the 3 output channels, got 2}}
  %y = wage.matmul %x, %w, scale_log2 = [2, 2]
       : tensor<?x4x!wage.grid<A, 8, -7>>, tensor<3x4x!wage.grid<W, 2, -1>> -> tensor<?x3x!wage.grid<Z, 0, -10>>
  return
}

// -----

func.func @matmul_c2_range(%x: tensor<?x4x!wage.grid<A, 8, -7>>, %w: tensor<3x4x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.matmul' op scale_log2 must be -8 to 32, got -9}}
  %y = wage.matmul %x, %w, scale_log2 = [2, -9, 2]
       : tensor<?x4x!wage.grid<A, 8, -7>>, tensor<3x4x!wage.grid<W, 2, -1>> -> tensor<?x3x!wage.grid<Z, 0, -10>>
  return
}

// -----

func.func @matmul_c3(%x: tensor<?x4x!wage.grid<A, 8, -7>>, %w: tensor<3x4x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.matmul' op result must have exponent -9, got '!wage.grid<Z, 0, -10>'}}
  %y = wage.matmul %x, %w, scale_log2 = [1, 1, 1]
       : tensor<?x4x!wage.grid<A, 8, -7>>, tensor<3x4x!wage.grid<W, 2, -1>> -> tensor<?x3x!wage.grid<Z, 0, -10>>
  return
}

// -----

func.func @add_bias_c1(%z: tensor<?x3x!wage.grid<Z, 0, -10>>, %b: tensor<4xi64>) {
  // expected-error@+1 {{'wage.add_bias' op bias must have one element per channel of the input, got 'tensor<4xi64>' for 'tensor<?x3x!wage.grid<Z, 0, -10>>'}}
  %y = wage.add_bias %z, %b : tensor<?x3x!wage.grid<Z, 0, -10>>, tensor<4xi64>
  return
}

// -----

func.func @quantize_activation_c1(%z: tensor<?x3x!wage.grid<Z, 0, -63>>) {
  // expected-error@+1 {{'wage.quantize_activation' op exponents must differ by less than 64, got '!wage.grid<Z, 0, -63>' and '!wage.grid<A, 8, 1>'}}
  %y = wage.quantize_activation %z, rounding = half_even
       : tensor<?x3x!wage.grid<Z, 0, -63>> -> tensor<?x3x!wage.grid<A, 8, 1>>
  return
}

// -----

func.func @max_pool_c1(%x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.max_pool' op values must be 'tensor<?x1x7x7x!wage.grid<A, 8, -7>>', got 'tensor<?x1x4x4x!wage.grid<A, 8, -7>>'}}
  %y, %k = wage.max_pool %x, kernel = [2, 2], strides = [1, 1], pads = [0, 0, 0, 0]
       : tensor<?x1x8x8x!wage.grid<A, 8, -7>> -> tensor<?x1x4x4x!wage.grid<A, 8, -7>>, tensor<?x1x4x4xi8>
  return
}

// -----

func.func @max_pool_c1_positions(%x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.max_pool' op positions must be 'tensor<?x1x4x4xi8>', got 'tensor<?x1x4x5xi8>'}}
  %y, %k = wage.max_pool %x, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
       : tensor<?x1x8x8x!wage.grid<A, 8, -7>> -> tensor<?x1x4x4x!wage.grid<A, 8, -7>>, tensor<?x1x4x5xi8>
  return
}

// -----

func.func @max_pool_c2(%x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.max_pool' op kernel must be at least 1, got 0}}
  %y, %k = wage.max_pool %x, kernel = [0, 2], strides = [2, 2], pads = [0, 0, 0, 0]
       : tensor<?x1x8x8x!wage.grid<A, 8, -7>> -> tensor<?x1x4x4x!wage.grid<A, 8, -7>>, tensor<?x1x4x4xi8>
  return
}

// -----

func.func @max_pool_c2_pads(%x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.max_pool' op pads in front must be smaller than the kernel, got pad 2 with kernel 2}}
  %y, %k = wage.max_pool %x, kernel = [2, 2], strides = [2, 2], pads = [0, 2, 0, 0]
       : tensor<?x1x8x8x!wage.grid<A, 8, -7>> -> tensor<?x1x4x4x!wage.grid<A, 8, -7>>, tensor<?x1x4x4xi8>
  return
}

// -----

func.func @max_pool_c2_behind(%x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.max_pool' op pads behind must be smaller than kernel and stride and leave no window outside the plane, got pad 2 with kernel 2 and stride 2}}
  %y, %k = wage.max_pool %x, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 2, 0]
       : tensor<?x1x8x8x!wage.grid<A, 8, -7>> -> tensor<?x1x5x4x!wage.grid<A, 8, -7>>, tensor<?x1x5x4xi8>
  return
}

// -----

func.func @max_pool_c3(%x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.max_pool' op positions must hold 131, got 8-bit elements}}
  %y, %k = wage.max_pool %x, kernel = [12, 11], strides = [1, 1], pads = [4, 4, 3, 2]
       : tensor<?x1x8x8x!wage.grid<A, 8, -7>> -> tensor<?x1x4x4x!wage.grid<A, 8, -7>>, tensor<?x1x4x4xi8>
  return
}

// -----

func.func @reshape_c1(%x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.reshape' op result must keep the batch and the elements per sample, got 'tensor<?x1x8x8x!wage.grid<A, 8, -7>>' and 'tensor<?x63x!wage.grid<A, 8, -7>>'}}
  %y = wage.reshape %x : tensor<?x1x8x8x!wage.grid<A, 8, -7>> -> tensor<?x63x!wage.grid<A, 8, -7>>
  return
}

// -----

func.func @reshape_c1_batch(%x: tensor<?x4x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.reshape' op result must keep the batch and the elements per sample, got 'tensor<?x4x!wage.grid<A, 8, -7>>' and 'tensor<2x4x!wage.grid<A, 8, -7>>'}}
  %y = wage.reshape %x : tensor<?x4x!wage.grid<A, 8, -7>> -> tensor<2x4x!wage.grid<A, 8, -7>>
  return
}

// -----

func.func @output_error_c1(%z: tensor<?x3x!wage.grid<Z, 0, -10>>, %l: tensor<4xi32>) {
  // expected-error@+1 {{'wage.output_error' op labels must be 'tensor<?xi32>', got 'tensor<4xi32>'}}
  %y = wage.output_error %z, %l : tensor<?x3x!wage.grid<Z, 0, -10>>, tensor<4xi32>
  return
}

// -----

func.func @output_error_c1_rank(%z: tensor<?x2x8x8x!wage.grid<Z, 0, -9>>, %l: tensor<?xi32>) {
  // expected-error@+1 {{'wage.output_error' op logits must have 2 dimensions, got 'tensor<?x2x8x8x!wage.grid<Z, 0, -9>>'}}
  %y = wage.output_error %z, %l : tensor<?x2x8x8x!wage.grid<Z, 0, -9>>, tensor<?xi32>
  return
}

// -----

func.func @output_error_c2(%z: tensor<?x3x!wage.grid<Z, 0, -62>>, %l: tensor<?xi32>) {
  // expected-error@+1 {{'wage.output_error' op logits must have an exponent of -61 to 0, got '!wage.grid<Z, 0, -62>'}}
  %y = wage.output_error %z, %l : tensor<?x3x!wage.grid<Z, 0, -62>>, tensor<?xi32>
  return
}

// -----

func.func @quantize_error_c1(%e: tensor<?x3x!wage.grid<Z, 0, -10>>) {
  // expected-error@+1 {{'wage.quantize_error' op result must be 'tensor<?x3x!wage.grid<E, 8, 0>>', got 'tensor<?x4x!wage.grid<E, 8, 0>>'}}
  %y, %k = wage.quantize_error %e, rounding = half_even
       : tensor<?x3x!wage.grid<Z, 0, -10>> -> tensor<?x4x!wage.grid<E, 8, 0>>
  return
}

// -----

func.func @quantize_error_c2(%e: tensor<?x3x!wage.grid<Z, 0, -10>>) {
  // expected-error@+1 {{'wage.quantize_error' op result must have exponent 0, got '!wage.grid<E, 8, -7>'}}
  %y, %k = wage.quantize_error %e, rounding = half_even
       : tensor<?x3x!wage.grid<Z, 0, -10>> -> tensor<?x3x!wage.grid<E, 8, -7>>
  return
}

// -----

func.func @within_c1(%z: tensor<?x3x!wage.grid<Z, 0, -55>>) {
  // expected-error@+1 {{'wage.within' op grids must differ by a shift smaller than 48 in magnitude, got shift 48 from '!wage.grid<Z, 0, -55>'}}
  %y = wage.within %z, bits = 8 : tensor<?x3x!wage.grid<Z, 0, -55>> -> tensor<?x3xi1>
  return
}

// -----

func.func @apply_mask_c1(%e: tensor<?x3x!wage.grid<E, 8, 0>>, %m: tensor<?x4xi1>) {
  // expected-error@+1 {{'wage.apply_mask' op mask must be 'tensor<?x3xi1>', got 'tensor<?x4xi1>'}}
  %y = wage.apply_mask %e, %m : tensor<?x3x!wage.grid<E, 8, 0>>, tensor<?x4xi1>
  return
}

// -----

func.func @conv2d_transposed_c1(%e: tensor<?x2x8x8x!wage.grid<E, 8, 0>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.conv2d_transposed' op error must be 'tensor<?x2x6x6x!wage.grid<E, 8, 0>>', got 'tensor<?x2x8x8x!wage.grid<E, 8, 0>>'}}
  %y = wage.conv2d_transposed %e, %w, scale_log2 = [1, 1], strides = [1, 1], pads = [0, 0, 0, 0]
       : tensor<?x2x8x8x!wage.grid<E, 8, 0>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>> -> tensor<?x1x8x8x!wage.grid<Z,
       0, -2>>
  return
}

// -----

func.func @conv2d_transposed_c2(%e: tensor<?x2x8x8x!wage.grid<E, 8, 0>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.conv2d_transposed' op strides must have 2 entries, got 1}}
  %y = wage.conv2d_transposed %e, %w, scale_log2 = [1, 1], strides = [1], pads = [1, 1, 1, 1]
       : tensor<?x2x8x8x!wage.grid<E, 8, 0>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>> -> tensor<?x1x8x8x!wage.grid<Z,
       0, -2>>
  return
}

// -----

func.func @conv2d_transposed_c3(%e: tensor<?x2x8x8x!wage.grid<E, 8, 0>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.conv2d_transposed' op scale_log2 must have an entry for each of the 2 output channels, got 3}}
  %y = wage.conv2d_transposed %e, %w, scale_log2 = [1, 1, 1], strides = [1, 1], pads = [1, 1, 1, 1]
       : tensor<?x2x8x8x!wage.grid<E, 8, 0>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>> -> tensor<?x1x8x8x!wage.grid<Z,
       0, -2>>
  return
}

// -----

func.func @conv2d_transposed_c4(%e: tensor<?x2x8x8x!wage.grid<E, 8, 0>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.conv2d_transposed' op result must have exponent -4, got '!wage.grid<Z, 0, -2>'}}
  %y = wage.conv2d_transposed %e, %w, scale_log2 = [3, 1], strides = [1, 1], pads = [1, 1, 1, 1]
       : tensor<?x2x8x8x!wage.grid<E, 8, 0>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>> -> tensor<?x1x8x8x!wage.grid<Z,
       0, -2>>
  return
}

// -----

func.func @conv2d_outer_c1(%e: tensor<?x2x8x8x!wage.grid<E, 8, 0>>, %x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.conv2d_outer' op error must be 'tensor<?x2x6x6x!wage.grid<E, 8, 0>>', got 'tensor<?x2x8x8x!wage.grid<E, 8, 0>>'}}
  %y = wage.conv2d_outer %e, %x, strides = [1, 1], pads = [1, 1, 1, 1]
       : tensor<?x2x8x8x!wage.grid<E, 8, 0>>, tensor<?x1x8x8x!wage.grid<A, 8, -7>> -> tensor<2x1x5x5x!wage.grid<Z,
       0, 0>>
  return
}

// -----

func.func @conv2d_outer_c2(%e: tensor<?x2x8x8x!wage.grid<E, 8, 0>>, %x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.conv2d_outer' op pads must be at least 0, got -1}}
  %y = wage.conv2d_outer %e, %x, strides = [1, 1], pads = [-1, 1, 1, 1]
       : tensor<?x2x8x8x!wage.grid<E, 8, 0>>, tensor<?x1x8x8x!wage.grid<A, 8, -7>> -> tensor<2x1x3x3x!wage.grid<Z,
       0, 0>>
  return
}

// -----

func.func @conv2d_outer_c3(%e: tensor<?x2x8x8x!wage.grid<E, 8, 0>>, %x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.conv2d_outer' op result must have exponent 0, got '!wage.grid<Z, 0, -7>'}}
  %y = wage.conv2d_outer %e, %x, strides = [1, 1], pads = [1, 1, 1, 1]
       : tensor<?x2x8x8x!wage.grid<E, 8, 0>>, tensor<?x1x8x8x!wage.grid<A, 8, -7>> -> tensor<2x1x3x3x!wage.grid<Z,
       0, -7>>
  return
}

// -----

func.func @matmul_transposed_c1(%e: tensor<?x3x!wage.grid<E, 8, 0>>, %w: tensor<3x4x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.matmul_transposed' op result must be 'tensor<?x4x!wage.grid<Z, 0, -3>>', got 'tensor<?x5x!wage.grid<Z, 0, -3>>'}}
  %y = wage.matmul_transposed %e, %w, scale_log2 = [2, 2, 2]
       : tensor<?x3x!wage.grid<E, 8, 0>>, tensor<3x4x!wage.grid<W, 2, -1>> -> tensor<?x5x!wage.grid<Z, 0, -3>>
  return
}

// -----

func.func @matmul_transposed_c2(%e: tensor<?x3x!wage.grid<E, 8, 0>>, %w: tensor<3x4x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.matmul_transposed' op scale_log2 must have an entry for each of the 3 output channels, got 1}}
  %y = wage.matmul_transposed %e, %w, scale_log2 = [2]
       : tensor<?x3x!wage.grid<E, 8, 0>>, tensor<3x4x!wage.grid<W, 2, -1>> -> tensor<?x4x!wage.grid<Z, 0, -3>>
  return
}

// -----

func.func @matmul_transposed_c3(%e: tensor<?x3x!wage.grid<E, 8, 0>>, %w: tensor<3x4x!wage.grid<W, 2, -1>>) {
  // expected-error@+1 {{'wage.matmul_transposed' op result must have exponent -3, got '!wage.grid<Z, 0, -10>'}}
  %y = wage.matmul_transposed %e, %w, scale_log2 = [2, 2, 2]
       : tensor<?x3x!wage.grid<E, 8, 0>>, tensor<3x4x!wage.grid<W, 2, -1>> -> tensor<?x4x!wage.grid<Z, 0, -10>>
  return
}

// -----

func.func @matmul_outer_c1(%e: tensor<?x3x!wage.grid<E, 8, 0>>, %x: tensor<?x4x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.matmul_outer' op input must be 'tensor<?x3x!wage.grid<A, 8, -7>>', got 'tensor<?x4x!wage.grid<A, 8, -7>>'}}
  %y = wage.matmul_outer %e, %x axons_first
       : tensor<?x3x!wage.grid<E, 8, 0>>, tensor<?x4x!wage.grid<A, 8, -7>> -> tensor<3x4x!wage.grid<Z, 0, 0>>
  return
}

// -----

func.func @matmul_outer_c2(%e: tensor<?x3x!wage.grid<E, 8, 0>>, %x: tensor<?x4x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.matmul_outer' op result must have exponent 0, got '!wage.grid<Z, 0, 1>'}}
  %y = wage.matmul_outer %e, %x
       : tensor<?x3x!wage.grid<E, 8, 0>>, tensor<?x4x!wage.grid<A, 8, -7>> -> tensor<3x4x!wage.grid<Z, 0, 1>>
  return
}

// -----

func.func @max_pool_scatter_c1(%e: tensor<?x1x4x4x!wage.grid<E, 8, 0>>, %p: tensor<?x1x4x4xi8>) {
  // expected-error@+1 {{'wage.max_pool_scatter' op error must be 'tensor<?x1x3x4x!wage.grid<E, 8, 0>>', got 'tensor<?x1x4x4x!wage.grid<E, 8, 0>>'}}
  %y = wage.max_pool_scatter %e, %p, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
       : tensor<?x1x4x4x!wage.grid<E, 8, 0>>, tensor<?x1x4x4xi8> -> tensor<?x1x6x8x!wage.grid<Z, 0, 0>>
  return
}

// -----

func.func @max_pool_scatter_c2(%e: tensor<?x1x4x4x!wage.grid<E, 8, 0>>, %p: tensor<?x1x4x4xi8>) {
  // expected-error@+1 {{'wage.max_pool_scatter' op kernel must have 2 entries, got 1}}
  %y = wage.max_pool_scatter %e, %p, kernel = [2], strides = [2, 2], pads = [0, 0, 0, 0]
       : tensor<?x1x4x4x!wage.grid<E, 8, 0>>, tensor<?x1x4x4xi8> -> tensor<?x1x8x8x!wage.grid<Z, 0, 0>>
  return
}

// -----

func.func @max_pool_scatter_c3(%e: tensor<?x1x4x4x!wage.grid<E, 8, 0>>, %p: tensor<?x1x4x4xi8>) {
  // expected-error@+1 {{'wage.max_pool_scatter' op result must have exponent 0, got '!wage.grid<Z, 0, -1>'}}
  %y = wage.max_pool_scatter %e, %p, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
       : tensor<?x1x4x4x!wage.grid<E, 8, 0>>, tensor<?x1x4x4xi8> -> tensor<?x1x8x8x!wage.grid<Z, 0, -1>>
  return
}

// -----

func.func @quantize_gradient_c1(%g: tensor<3x4x!wage.grid<Z, 0, 0>>, %lr: tensor<i32>, %t: tensor<i64>,
                                %s: tensor<i64>) {
  // expected-error@+1 {{'wage.quantize_gradient' op result must be 'tensor<3x4x!wage.grid<G, 8, -7>>', got 'tensor<4x3x!wage.grid<G, 8, -7>>'}}
  %y, %k = wage.quantize_gradient %g, %lr, %t, %s, ordinal = 0, random_bits = 16
       : tensor<3x4x!wage.grid<Z, 0, 0>> -> tensor<4x3x!wage.grid<G, 8, -7>>
  return
}

// -----

func.func @quantize_gradient_c1_dynamic(%g: tensor<?x4x!wage.grid<Z, 0, 0>>, %lr: tensor<i32>, %t: tensor<i64>,
                                        %s: tensor<i64>) {
  // expected-error@+1 {{'wage.quantize_gradient' op gradient must have a static shape, got 'tensor<?x4x!wage.grid<Z, 0, 0>>'}}
  %y, %k = wage.quantize_gradient %g, %lr, %t, %s, ordinal = 0, random_bits = 16
       : tensor<?x4x!wage.grid<Z, 0, 0>> -> tensor<?x4x!wage.grid<G, 8, -7>>
  return
}

// -----

func.func @quantize_gradient_c2(%g: tensor<3x4x!wage.grid<Z, 0, 0>>, %lr: tensor<i32>, %t: tensor<i64>,
                                %s: tensor<i64>) {
  // expected-error@+1 {{'wage.quantize_gradient' op random_bits must be 1 to 16, got 17}}
  %y, %k = wage.quantize_gradient %g, %lr, %t, %s, ordinal = 0, random_bits = 17
       : tensor<3x4x!wage.grid<Z, 0, 0>> -> tensor<3x4x!wage.grid<G, 8, -7>>
  return
}

// -----

func.func @quantize_gradient_c3(%g: tensor<3x4x!wage.grid<Z, 0, 0>>, %lr: tensor<i32>, %t: tensor<i64>,
                                %s: tensor<i64>) {
  // expected-error@+1 {{'wage.quantize_gradient' op result must have exponent -7, got '!wage.grid<G, 8, 0>'}}
  %y, %k = wage.quantize_gradient %g, %lr, %t, %s, ordinal = 0, random_bits = 16
       : tensor<3x4x!wage.grid<Z, 0, 0>> -> tensor<3x4x!wage.grid<G, 8, 0>>
  return
}

// -----

func.func @update_c1(%m: tensor<3x4x!wage.grid<G, 8, -7>>, %d: tensor<3x4x!wage.grid<G, 8, -7>>) {
  // expected-error@+1 {{'wage.update' op weight_bits must be 1 to 8 and at most the 8 bits of the master, got 9}}
  %y = wage.update %m, %d, weight_bits = 9 : tensor<3x4x!wage.grid<G, 8, -7>>
  return
}

// -----

func.func @update_c1_master(%m: tensor<3x!wage.grid<G, 4, -3>>, %d: tensor<3x!wage.grid<G, 4, -3>>) {
  // expected-error@+1 {{'wage.update' op weight_bits must be 1 to 8 and at most the 4 bits of the master, got 5}}
  %y = wage.update %m, %d, weight_bits = 5 : tensor<3x!wage.grid<G, 4, -3>>
  return
}

// -----

func.func @update_c2(%m: tensor<3x!wage.grid<G, 4, 0>>, %d: tensor<3x!wage.grid<G, 4, 0>>) {
  // expected-error@+1 {{'wage.update' op master must have exponent -3, got '!wage.grid<G, 4, 0>'}}
  %y = wage.update %m, %d, weight_bits = 2 : tensor<3x!wage.grid<G, 4, 0>>
  return
}

// -----

// grid_c1
// expected-error@+1 {{role A needs 2 to 16 bits, got 17}}
func.func private @grid_c1(tensor<?x!wage.grid<A, 17, -7>>)

// -----

// grid_c1_weights
// expected-error@+1 {{role W needs 1 to 8 bits, got 9}}
func.func private @grid_c1_weights(tensor<?x!wage.grid<W, 9, -8>>)

// -----

// grid_c1_accumulator
// expected-error@+1 {{role Z is exact and needs bits = 0, got 32}}
func.func private @grid_c1_accumulator(tensor<?x!wage.grid<Z, 32, 0>>)

// -----

// grid_c2
// expected-error@+1 {{exponent must be smaller than 64 in magnitude, got -64}}
func.func private @grid_c2(tensor<?x!wage.grid<Z, 0, -64>>)

// -----

// config_c1: all that is wrong is listed
// expected-error@+6 {{weights must be 1 to 8 bits, got 0}}
// expected-error@+5 {{activations must be 2 to 16 bits, got 1}}
// expected-error@+4 {{gradients must be 2 to 16 bits, got 17}}
// expected-error@+3 {{errors must be 2 to 16 bits, got 1}}
// expected-error@+2 {{random must be 1 to 16 bits, got 0}}
// expected-error@+1 {{batch must be at least 1, got 0}}
#c = #wage.config<mode = train, weights = 0, activations = 1, gradients = 17, errors = 1, random = 0,
                  rounding = half_even, batch = 0>

// -----

// config_c2
// expected-error@+1 {{gradients must have at least as many bits as weights, got 7 and 8}}
#c = #wage.config<mode = train, weights = 8, activations = 8, gradients = 7, errors = 8, random = 16,
                  rounding = half_even, batch = 4>

// -----

// host_order_c1
// expected-error@+1 {{from and to must have 2 entries, got 2 and 1}}
#c = #wage.host_order<sizes = [3], from = [0, 1], to = [0]>

// -----

// host_order_c2
// expected-error@+1 {{sizes must have extents of 1 to 16777216, got 0}}
#c = #wage.host_order<sizes = [0], from = [0, 1], to = [0, 1]>

// -----

// host_order_c2
// expected-error@+1 {{sizes must have at most 8 extents, got 9}}
#c = #wage.host_order<sizes = [1, 1, 1, 1, 1, 1, 1, 1, 1], from = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
                      to = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]>

// -----

// host_function_c1
// expected-error@+1 {{softmax needs an axis of 1 or more, got 0}}
#c = #wage.host_function<kind = softmax>

// -----

// host_function_c1
// expected-error@+1 {{exp has no axis, got 1}}
#c = #wage.host_function<kind = exp, axis = 1>

// -----

// host_function_c2
// expected-error@+1 {{softmax has no keep_dims and no last}}
#c = #wage.host_function<kind = softmax, axis = 1, last = true>

// -----

// host_function_c3
// expected-error@+1 {{reshape needs a shape}}
#c = #wage.host_function<kind = reshape>

// -----

// host_function_c3
// expected-error@+1 {{relu has no shape}}
#c = #wage.host_function<kind = relu, shape = [4]>

// -----

// host_function_c3
// expected-error@+1 {{shape must have extents of 1 to 16777216, got -1}}
#c = #wage.host_function<kind = reshape, shape = [-1]>

// -----

// host_input_c1
// expected-error@+1 {{shape must have extents of 1 to 16777216, got 16777217}}
#c = #wage.host_input<shape = [16777217], step = 1.0, bits = 8>

// -----

// host_input_c1
// expected-error@+1 {{batch must be 0 to 16777216, got -1}}
#c = #wage.host_input<shape = [4], batch = -1, step = 1.0, bits = 8>

// -----

// host_input_c2
// expected-error@+1 {{step must be a positive f64, got 0.000000e+00 : f64}}
#c = #wage.host_input<shape = [4], step = 0.0, bits = 8>

// -----

// host_input_c2
// expected-error@+1 {{step must be a positive f64, got 1.000000e+00 : f32}}
#c = #wage.host_input<shape = [4], step = 1.0 : f32, bits = 8>

// -----

// host_input_c2
// expected-error@+1 {{bits must be 2 to 16, got 17}}
#c = #wage.host_input<shape = [4], step = 1.0, bits = 17>

// -----

// host_input_c3
// expected-error@+1 {{scale must hold finite numbers other than 0, got array<f64: 1.000000e+00, 0.000000e+00>}}
#c = #wage.host_input<shape = [4], step = 1.0, bits = 8, scale = [1.0, 0.0]>

// -----

// host_input_c3
// expected-error@+1 {{scale must have an entry}}
#c = #wage.host_input<shape = [4], step = 1.0, bits = 8, scale = []>

// -----

// host_input_c3
// expected-error@+1 {{offset must hold finite numbers, got array<f64: 0x7FF0000000000000>}}
#c = #wage.host_input<shape = [4], step = 1.0, bits = 8, offset = [0x7FF0000000000000]>

// -----

// host_output_c1
// expected-error@+1 {{shape must have extents of 1 to 16777216, got 0}}
#c = #wage.host_output<shape = [0], step = 1.0>

// -----

// host_output_c2
// expected-error@+1 {{step must be a positive f64, got -1.000000e+00 : f64}}
#c = #wage.host_output<shape = [4], step = -1.0>

// -----

// host_output_c3
// expected-error@+1 {{functions must be #wage.host_function attributes, got ["softmax"]}}
#c = #wage.host_output<shape = [4], step = 1.0, functions = ["softmax"]>

// -----

// The attributes of the level.
// expected-error@+1 {{'func.func' op 'wage.config' must be a #wage.config on a module, got 2 : i64}}
func.func private @config_place() attributes {wage.config = 2}

// -----

// expected-error@+1 {{'func.func' op 'wage.input' must be a #wage.host_input on a module, got 2 : i64}}
func.func private @input_place() attributes {wage.input = 2}

// -----

// expected-error@+1 {{'builtin.module' op 'wage.output' must be a #wage.host_output on a module, got #wage.host_input<}}
module attributes {wage.output = #wage.host_input<shape = [4], step = 1.0, bits = 8>} {}

// -----

// trace
// expected-error@+1 {{'func.func' op 'wage.trace' must be a string, got 1 : i64}}
func.func private @trace_string() attributes {wage.trace = 1}

// -----

// ordinal
// expected-error@+1 {{'func.func' op 'wage.ordinal' must be a 32-bit integer that is not negative, got -1 : i32}}
func.func private @ordinal_sign() attributes {wage.ordinal = -1 : i32}

// -----

// scale
// expected-error@+1 {{'func.func' op 'wage.scale_log2' must be an array<i32: ...>, got array<i64: 1>}}
func.func private @scale_type() attributes {wage.scale_log2 = array<i64: 1>}

// -----

// unknown
// expected-error@+1 {{'func.func' op 'wage.colour' is not an attribute of the wage dialect}}
func.func private @unknown() attributes {wage.colour = "red"}

// -----

func.func @add_c2(%a: tensor<?x4x!wage.grid<Z, 0, -63>>, %b: tensor<?x4x!wage.grid<A, 8, -1>>) {
  // expected-error@+1 {{'wage.add' op operands' exponents must be less than 62 apart, got -63 and -1}}
  %y = wage.add %a, %b : tensor<?x4x!wage.grid<Z, 0, -63>>, tensor<?x4x!wage.grid<A, 8, -1>>
                         -> tensor<?x4x!wage.grid<Z, 0, -63>>
  return
}

// -----

func.func @add_c1(%a: tensor<?x4x!wage.grid<Z, 0, -9>>, %b: tensor<?x4x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.add' op result must have exponent -9, got '!wage.grid<Z, 0, -7>'}}
  %y = wage.add %a, %b : tensor<?x4x!wage.grid<Z, 0, -9>>, tensor<?x4x!wage.grid<A, 8, -7>>
                         -> tensor<?x4x!wage.grid<Z, 0, -7>>
  return
}

// -----

func.func @average_pool_c1(%x: tensor<?x4x5x5x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.average_pool' op result must be 'tensor<?x4x3x3x!wage.grid<Z, 0, -11>>', got 'tensor<?x4x2x2x!wage.grid<Z, 0, -11>>'}}
  %y = wage.average_pool %x, kernel = [3, 3], strides = [1, 1], pads = [0, 0, 0, 0]
       : tensor<?x4x5x5x!wage.grid<A, 8, -7>> -> tensor<?x4x2x2x!wage.grid<Z, 0, -11>>
  return
}

// -----

func.func @average_pool_c2(%x: tensor<?x4x5x5x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.average_pool' op pads in front must be smaller than the kernel, got pad 3 with kernel 3}}
  %y = wage.average_pool %x, kernel = [3, 3], strides = [1, 1], pads = [3, 0, 0, 0]
       : tensor<?x4x5x5x!wage.grid<A, 8, -7>> -> tensor<?x4x6x3x!wage.grid<Z, 0, -11>>
  return
}

// -----

// Nine elements count as sixteen.
func.func @average_pool_c3(%x: tensor<?x4x5x5x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.average_pool' op result must have exponent -11, got '!wage.grid<Z, 0, -10>'}}
  %y = wage.average_pool %x, kernel = [3, 3], strides = [1, 1], pads = [0, 0, 0, 0]
       : tensor<?x4x5x5x!wage.grid<A, 8, -7>> -> tensor<?x4x3x3x!wage.grid<Z, 0, -10>>
  return
}

// -----

func.func @average_pool_spread_c1(%e: tensor<?x4x2x2x!wage.grid<E, 8, 0>>) {
  // expected-error@+1 {{'wage.average_pool_spread' op error must be 'tensor<?x4x3x3x!wage.grid<E, 8, 0>>', got 'tensor<?x4x2x2x!wage.grid<E, 8, 0>>'}}
  %d = wage.average_pool_spread %e, kernel = [3, 3], strides = [1, 1], pads = [0, 0, 0, 0]
       : tensor<?x4x2x2x!wage.grid<E, 8, 0>> -> tensor<?x4x5x5x!wage.grid<Z, 0, -4>>
  return
}

// -----

func.func @average_pool_spread_c2(%e: tensor<?x4x3x3x!wage.grid<E, 8, 0>>) {
  // expected-error@+1 {{'wage.average_pool_spread' op kernel must have 2 entries, got 1}}
  %d = wage.average_pool_spread %e, kernel = [3], strides = [1, 1], pads = [0, 0, 0, 0]
       : tensor<?x4x3x3x!wage.grid<E, 8, 0>> -> tensor<?x4x5x5x!wage.grid<Z, 0, -4>>
  return
}

// -----

func.func @average_pool_spread_c3(%e: tensor<?x4x3x3x!wage.grid<E, 8, 0>>) {
  // expected-error@+1 {{'wage.average_pool_spread' op result must have exponent -4, got '!wage.grid<Z, 0, 0>'}}
  %d = wage.average_pool_spread %e, kernel = [3, 3], strides = [1, 1], pads = [0, 0, 0, 0]
       : tensor<?x4x3x3x!wage.grid<E, 8, 0>> -> tensor<?x4x5x5x!wage.grid<Z, 0, 0>>
  return
}

// -----

func.func @lookup_c1(%x: tensor<?x2x!wage.grid<A, 2, -1>>) {
  // expected-error@+1 {{'wage.lookup' op tables must have 2^2 entries for '!wage.grid<A, 2, -1>', got 'tensor<1x8xi8>'}}
  %y = wage.lookup %x, tables = dense<0> : tensor<1x8xi8> : tensor<?x2x!wage.grid<A, 2, -1>> -> tensor<?x2x!wage.grid<A, 8, -7>>
  return
}

// -----

func.func @lookup_c2(%x: tensor<?x2x!wage.grid<A, 2, -1>>) {
  // expected-error@+1 {{'wage.lookup' op entries must be at most 127 in magnitude for '!wage.grid<A, 8, -7>', got -128}}
  %y = wage.lookup %x, tables = dense<[[-128, 0, 0, 0]]> : tensor<1x4xi8> : tensor<?x2x!wage.grid<A, 2, -1>> -> tensor<?x2x!wage.grid<A, 8, -7>>
  return
}

// -----

func.func @multiply_c1(%x: tensor<?x2x!wage.grid<A, 8, -7>>, %z: tensor<?x2x!wage.grid<Z, 0, -9>>) {
  // expected-error@+1 {{'wage.multiply' op result must have exponent -16, got '!wage.grid<Z, 0, -9>'}}
  %y = wage.multiply %x, %z : tensor<?x2x!wage.grid<A, 8, -7>>, tensor<?x2x!wage.grid<Z, 0, -9>> -> tensor<?x2x!wage.grid<Z, 0, -9>>
  return
}

// -----

func.func @concat_c1(%x: tensor<?x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.concat' op operands must have a batch and channels, got 'tensor<?x!wage.grid<A, 8, -7>>'}}
  %y = wage.concat %x : tensor<?x!wage.grid<A, 8, -7>> -> tensor<?x!wage.grid<A, 8, -7>>
  return
}

// -----

func.func @concat_c2(%x: tensor<?x2x3x!wage.grid<A, 8, -7>>, %z: tensor<?x2x3x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.concat' op result must be 'tensor<?x4x3x!wage.grid<A, 8, -7>>', got 'tensor<?x5x3x!wage.grid<A, 8, -7>>'}}
  %y = wage.concat %x, %z : tensor<?x2x3x!wage.grid<A, 8, -7>>, tensor<?x2x3x!wage.grid<A, 8, -7>> -> tensor<?x5x3x!wage.grid<A, 8, -7>>
  return
}

// -----

func.func @concat_c3(%x: tensor<?x2x!wage.grid<A, 8, -7>>, %z: tensor<?x2x!wage.grid<Z, 0, -9>>) {
  // expected-error@+1 {{'wage.concat' op operands must be on the result's grid '!wage.grid<A, 8, -7>', got '!wage.grid<Z, 0, -9>'}}
  %y = wage.concat %x, %z : tensor<?x2x!wage.grid<A, 8, -7>>, tensor<?x2x!wage.grid<Z, 0, -9>> -> tensor<?x4x!wage.grid<A, 8, -7>>
  return
}

// -----

func.func @rearrange_c1(%x: tensor<?x3x4x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.rearrange' op must keep the batch, which alone may be dynamic, got 'tensor<?x3x4x!wage.grid<A, 8, -7>>' and 'tensor<2x4x3x!wage.grid<A, 8, -7>>'}}
  %y = wage.rearrange %x, sizes = [4, 3], from = [0, 1, 4], to = [0, 3, 1] : tensor<?x3x4x!wage.grid<A, 8, -7>> -> tensor<2x4x3x!wage.grid<A, 8, -7>>
  return
}

// -----

func.func @rearrange_c2(%x: tensor<?x3x4x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.rearrange' op from must have 3 entries, got 2}}
  %y = wage.rearrange %x, sizes = [4, 3], from = [0, 1], to = [0, 3, 1] : tensor<?x3x4x!wage.grid<A, 8, -7>> -> tensor<?x4x3x!wage.grid<A, 8, -7>>
  return
}

// -----

func.func @rearrange_c3(%x: tensor<?x3x4x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.rearrange' op sizes must be positive, got 0}}
  %y = wage.rearrange %x, sizes = [4, 0], from = [0, 1, 4], to = [0, 3, 1] : tensor<?x3x4x!wage.grid<A, 8, -7>> -> tensor<?x4x3x!wage.grid<A, 8, -7>>
  return
}

// -----

func.func @rearrange_c4(%x: tensor<?x3x4x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.rearrange' op from reaches element 12, needs 0 to 11}}
  %y = wage.rearrange %x, sizes = [4, 3], from = [1, 1, 4], to = [0, 3, 1] : tensor<?x3x4x!wage.grid<A, 8, -7>> -> tensor<?x4x3x!wage.grid<A, 8, -7>>
  return
}

// -----

func.func @rearrange_c5(%x: tensor<?x3x4x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.rearrange' op to reaches element -8, needs 0 to 11}}
  %y = wage.rearrange %x, sizes = [4, 3], from = [0, 1, 4], to = [1, -3, 1] : tensor<?x3x4x!wage.grid<A, 8, -7>> -> tensor<?x4x3x!wage.grid<A, 8, -7>>
  return
}

// -----

func.func @rearrange_c6(%x: tensor<?x3x4x!wage.grid<A, 8, -7>>) {
  // expected-error@+1 {{'wage.rearrange' op to must write no element twice: each stride must be larger than all that the smaller ones reach}}
  %y = wage.rearrange %x, sizes = [4, 3], from = [0, 1, 4], to = [0, 2, 1] : tensor<?x3x4x!wage.grid<A, 8, -7>> -> tensor<?x4x3x!wage.grid<A, 8, -7>>
  return
}
