// Every labelled constraint refuses; the functions carry the labels.
// RUN: wage-opt %s -split-input-file -verify-diagnostics

func.func @conv_c1(%x: tensor<?x2x8x8xf32>, %w: tensor<4x1x3x3xf32>) {
  // expected-error@+1 {{'onnx.conv' op weights 'tensor<4x1x3x3xf32>' need 1 input channels, got 'tensor<?x2x8x8xf32>'}}
  %y = onnx.conv %x, %w, strides = [1, 1], pads = [0, 0, 0, 0]
       : (tensor<?x2x8x8xf32>, tensor<4x1x3x3xf32>) -> tensor<?x4x6x6xf32>
  return
}

// -----

func.func @conv_c1_result(%x: tensor<?x1x8x8xf32>, %w: tensor<4x1x3x3xf32>) {
  // expected-error@+1 {{'onnx.conv' op result must be 'tensor<?x4x3x3xf32>', got 'tensor<?x4x4x4xf32>'}}
  %y = onnx.conv %x, %w, strides = [2, 2], pads = [0, 0, 0, 0]
       : (tensor<?x1x8x8xf32>, tensor<4x1x3x3xf32>) -> tensor<?x4x4x4xf32>
  return
}

// -----

func.func @conv_c1_bias(%x: tensor<?x1x8x8xf32>, %w: tensor<4x1x3x3xf32>, %b: tensor<3xf32>) {
  // expected-error@+1 {{'onnx.conv' op bias must be 'tensor<4xf32>', got 'tensor<3xf32>'}}
  %y = onnx.conv %x, %w bias %b, strides = [1, 1], pads = [0, 0, 0, 0]
       : (tensor<?x1x8x8xf32>, tensor<4x1x3x3xf32>, tensor<3xf32>) -> tensor<?x4x6x6xf32>
  return
}

// -----

func.func @conv_c1_kernel(%x: tensor<?x1x2x8xf32>, %w: tensor<4x1x3x3xf32>) {
  // expected-error@+1 {{'onnx.conv' op kernel [3, 3] with pads [0, 0, 0, 0] is larger than its input [?, 1, 2, 8]}}
  %y = onnx.conv %x, %w, strides = [1, 1], pads = [0, 0, 0, 0]
       : (tensor<?x1x2x8xf32>, tensor<4x1x3x3xf32>) -> tensor<?x4x1x6xf32>
  return
}

// -----

func.func @conv_c1_dynamic(%x: tensor<?x1x?x8xf32>, %w: tensor<4x1x3x3xf32>) {
  // expected-error@+1 {{'onnx.conv' op input must have a batch and no other dynamic dimension, got 'tensor<?x1x?x8xf32>'}}
  %y = onnx.conv %x, %w, strides = [1, 1], pads = [0, 0, 0, 0]
       : (tensor<?x1x?x8xf32>, tensor<4x1x3x3xf32>) -> tensor<?x4x?x6xf32>
  return
}

// -----

func.func @conv_c2(%x: tensor<?x1x8x8xf32>, %w: tensor<4x1x3x3xf32>) {
  // expected-error@+1 {{'onnx.conv' op strides must be at least 1, got 0}}
  %y = onnx.conv %x, %w, strides = [1, 0], pads = [0, 0, 0, 0]
       : (tensor<?x1x8x8xf32>, tensor<4x1x3x3xf32>) -> tensor<?x4x6x6xf32>
  return
}

// -----

func.func @conv_c2_pads(%x: tensor<?x1x8x8xf32>, %w: tensor<4x1x3x3xf32>) {
  // expected-error@+1 {{'onnx.conv' op pads must have 4 entries, got 2}}
  %y = onnx.conv %x, %w, strides = [1, 1], pads = [1, 1]
       : (tensor<?x1x8x8xf32>, tensor<4x1x3x3xf32>) -> tensor<?x4x6x6xf32>
  return
}

// -----

func.func @gemm_c1(%x: tensor<?x4xf32>, %w: tensor<3x4xf32>) {
  // expected-error@+1 {{'onnx.gemm' op input must be 'tensor<?x3xf32>', got 'tensor<?x4xf32>'}}
  %y = onnx.gemm %x, %w : (tensor<?x4xf32>, tensor<3x4xf32>) -> tensor<?x4xf32>
  return
}

// -----

func.func @gemm_c1_bias(%x: tensor<?x4xf32>, %w: tensor<3x4xf32>, %b: tensor<3x1xf32>) {
  // expected-error@+1 {{'onnx.gemm' op bias must have shape [3] or [1, 3], got 'tensor<3x1xf32>'}}
  %y = onnx.gemm %x, %w trans_b bias %b
       : (tensor<?x4xf32>, tensor<3x4xf32>, tensor<3x1xf32>) -> tensor<?x3xf32>
  return
}

// -----

func.func @mat_mul_c1(%x: tensor<?x4xf32>, %w: tensor<4x3xf32>) {
  // expected-error@+1 {{'onnx.mat_mul' op result must be 'tensor<?x3xf32>', got 'tensor<?x4xf32>'}}
  %y = onnx.mat_mul %x, %w : (tensor<?x4xf32>, tensor<4x3xf32>) -> tensor<?x4xf32>
  return
}

// -----

func.func @add_c1(%x: tensor<?x4x8x8xf32>, %b: tensor<8xf32>) {
  // expected-error@+1 {{'onnx.add' op right side must be 'tensor<?x4x8x8xf32>' or hold one number per channel, got 'tensor<8xf32>'}}
  %y = onnx.add %x, %b : tensor<?x4x8x8xf32>, tensor<8xf32>
  return
}

// -----

func.func @max_pool_c1(%x: tensor<?x4x8x8xf32>) {
  // expected-error@+1 {{'onnx.max_pool' op result must be 'tensor<?x4x4x4xf32>', got 'tensor<?x4x5x5xf32>'}}
  %y = onnx.max_pool %x, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
       : tensor<?x4x8x8xf32> -> tensor<?x4x5x5xf32>
  return
}

// -----

func.func @max_pool_c2(%x: tensor<?x4x8x8xf32>) {
  // expected-error@+1 {{'onnx.max_pool' op pads must be smaller than the kernel, got pad 3 with kernel size 2}}
  %y = onnx.max_pool %x, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 3, 0]
       : tensor<?x4x8x8xf32> -> tensor<?x4x5x4xf32>
  return
}

// -----

func.func @average_pool_c1(%x: tensor<?x4x8x8xf32>) {
  // expected-error@+1 {{'onnx.average_pool' op result must be 'tensor<?x4x1x1xf32>', got 'tensor<?x4x2x2xf32>'}}
  %y = onnx.average_pool %x, kernel = [8, 8], strides = [1, 1], pads = [0, 0, 0, 0]
       : tensor<?x4x8x8xf32> -> tensor<?x4x2x2xf32>
  return
}

// -----

func.func @average_pool_c2(%x: tensor<?x4x8x8xf32>) {
  // expected-error@+1 {{'onnx.average_pool' op pads must be smaller than the kernel, got pad 2 with kernel size 2}}
  %y = onnx.average_pool %x, kernel = [2, 2], strides = [2, 2], pads = [2, 0, 0, 0] count_include_pad
       : tensor<?x4x8x8xf32> -> tensor<?x4x5x4xf32>
  return
}

// -----

func.func @average_pool_c2_strides(%x: tensor<?x4x8x8xf32>) {
  // expected-error@+1 {{'onnx.average_pool' op strides must have 2 entries, got 1}}
  %y = onnx.average_pool %x, kernel = [2, 2], strides = [2], pads = [0, 0, 0, 0]
       : tensor<?x4x8x8xf32> -> tensor<?x4x4x4xf32>
  return
}

// -----

func.func @flatten_c1(%x: tensor<?x4x4x4xf32>) {
  // expected-error@+1 {{'onnx.flatten' op result must be 'tensor<?x64xf32>', got 'tensor<?x16xf32>'}}
  %y = onnx.flatten %x : tensor<?x4x4x4xf32> -> tensor<?x16xf32>
  return
}

// -----

func.func @flatten_c1_scalar(%x: tensor<f32>) {
  // expected-error@+1 {{'onnx.flatten' op input must have a batch and no other dynamic dimension, got 'tensor<f32>'}}
  %y = onnx.flatten %x : tensor<f32> -> tensor<?x1xf32>
  return
}

// -----

func.func @reshape_c1(%x: tensor<?x4x4x4xf32>) {
  // expected-error@+1 {{'onnx.reshape' op must keep the batch and the elements per sample, got 'tensor<?x4x4x4xf32>' -> 'tensor<?x4x8xf32>'}}
  %y = onnx.reshape %x : tensor<?x4x4x4xf32> -> tensor<?x4x8xf32>
  return
}

// -----

func.func @constant_type() {
  // expected-error@+1 {{'onnx.constant' op result #0 must be ranked tensor of 32-bit float or integer values, but got 'tensor<2xf64>'}}
  %y = onnx.constant "b", value = dense<0.0> : tensor<2xf64>
  return
}

// -----

func.func @conv_c3(%x: tensor<?x4x8x8xf32>, %w: tensor<4x1x3x3xf32>) {
  // expected-error@+1 {{'onnx.conv' op group must divide the channels of 'tensor<?x4x8x8xf32>' and the neurons of 'tensor<4x1x3x3xf32>', got 3}}
  %r = onnx.conv %x, %w, strides = [1, 1], pads = [0, 0, 0, 0] group = 3 : (tensor<?x4x8x8xf32>, tensor<4x1x3x3xf32>) -> tensor<?x4x6x6xf32>
  return
}

// -----

func.func @conv_c1_rank(%x: tensor<?x4x8x8xf32>, %w: tensor<4x4x3xf32>) {
  // expected-error@+1 {{'onnx.conv' op weights 'tensor<4x4x3xf32>' and input 'tensor<?x4x8x8xf32>' must have as many dimensions}}
  %r = onnx.conv %x, %w, strides = [1, 1], pads = [0, 0, 0, 0] : (tensor<?x4x8x8xf32>, tensor<4x4x3xf32>) -> tensor<?x4x6x6xf32>
  return
}

// -----

func.func @conv_c2_dilations(%x: tensor<?x1x8x8xf32>, %w: tensor<4x1x3x3xf32>) {
  // expected-error@+1 {{'onnx.conv' op dilations must be at least 1, got 0}}
  %r = onnx.conv %x, %w, strides = [1, 1], pads = [0, 0, 0, 0] dilations = [1, 0] : (tensor<?x1x8x8xf32>, tensor<4x1x3x3xf32>) -> tensor<?x4x6x6xf32>
  return
}

// -----

func.func @mat_mul_c1_batch(%x: tensor<?x4xf32>, %w: tensor<?x4xf32>) {
  // expected-error@+1 {{'onnx.mat_mul' op a matrix of shape [?, 4] on the right side of a product must not hold the batch}}
  %r = onnx.mat_mul %x, %w : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
  return
}

// -----

func.func @mat_mul_c1_vector(%x: tensor<?x4xf32>, %w: tensor<4xf32>) {
  // expected-error@+1 {{'onnx.mat_mul' op shapes [?, 4] and [4] are multiplied, needed two dimensions at least}}
  %r = onnx.mat_mul %x, %w : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?xf32>
  return
}

// -----

func.func @mat_mul_c1_stack(%x: tensor<?x4xf32>, %w: tensor<3x4x5xf32>) {
  // expected-error@+1 {{'onnx.mat_mul' op a batch of rows [?, 4] times a stack of matrices [3, 4, 5] leaves no batch in front}}
  %r = onnx.mat_mul %x, %w : (tensor<?x4xf32>, tensor<3x4x5xf32>) -> tensor<?x4x5xf32>
  return
}

// -----

func.func @mat_mul_c1_dynamic(%x: tensor<?x?x4xf32>, %w: tensor<4x3xf32>) {
  // expected-error@+1 {{'onnx.mat_mul' op only the first dimension, the batch, may be dynamic, got 'tensor<?x?x4xf32>'}}
  %r = onnx.mat_mul %x, %w : (tensor<?x?x4xf32>, tensor<4x3xf32>) -> tensor<?x?x3xf32>
  return
}

// -----

func.func @unary_c1(%x: tensor<?x4xf32>) {
  // expected-error@+1 {{'onnx.unary' op leaky_relu must have alpha and no beta}}
  %r = onnx.unary leaky_relu %x : tensor<?x4xf32>
  return
}

// -----

func.func @unary_c1_both(%x: tensor<?x4xf32>) {
  // expected-error@+1 {{'onnx.unary' op clip must have alpha and beta}}
  %r = onnx.unary clip %x, alpha = 0.0 : tensor<?x4xf32>
  return
}

// -----

func.func @unary_c1_none(%x: tensor<?x4xf32>) {
  // expected-error@+1 {{'onnx.unary' op tanh must have neither alpha nor beta}}
  %r = onnx.unary tanh %x, alpha = 0.0 : tensor<?x4xf32>
  return
}

// -----

func.func @binary_c1(%x: tensor<?x4xf32>, %y: tensor<3xf32>) {
  // expected-error@+1 {{'onnx.binary' op shapes [?, 4] and [3] do not go together}}
  %r = onnx.binary mul %x, %y : (tensor<?x4xf32>, tensor<3xf32>) -> tensor<?x4xf32>
  return
}

// -----

func.func @binary_c1_batch(%x: tensor<?x4x4xf32>, %y: tensor<?x4xf32>) {
  // expected-error@+1 {{'onnx.binary' op shapes [?, 4, 4] and [?, 4] do not go together}}
  %r = onnx.binary mul %x, %y : (tensor<?x4x4xf32>, tensor<?x4xf32>) -> tensor<?x4x4xf32>
  return
}

// -----

func.func @cast_c1(%x: tensor<?x4xui8>) {
  // expected-error@+1 {{'onnx.cast' op result must be 'tensor<?x4xf32>', got 'tensor<?x5xf32>'}}
  %r = onnx.cast %x : tensor<?x4xui8> -> tensor<?x5xf32>
  return
}

// -----

func.func @batch_normalization_c1(%x: tensor<?x4xf32>, %p: tensor<3xf32>) {
  // expected-error@+1 {{'onnx.batch_normalization' op scale must be 'tensor<4xf32>', got 'tensor<3xf32>'}}
  %r = onnx.batch_normalization %x, scale %p, bias %p, mean %p, variance %p, epsilon = 1.0 : tensor<?x4xf32>, tensor<3xf32>
  return
}

// -----

func.func @average_pool_c3(%x: tensor<?x4x4xf32>) {
  // expected-error@+1 {{'onnx.average_pool' op overhang must come with count_include_pad}}
  %r = onnx.average_pool %x, kernel = [2], strides = [2], pads = [1, 1] overhang = [1] : tensor<?x4x4xf32> -> tensor<?x4x3xf32>
  return
}

// -----

func.func @average_pool_c3_most(%x: tensor<?x4x4xf32>) {
  // expected-error@+1 {{'onnx.average_pool' op overhang must be at most the padding behind, got 2 of 1}}
  %r = onnx.average_pool %x, kernel = [2], strides = [2], pads = [1, 1] overhang = [2] count_include_pad : tensor<?x4x4xf32> -> tensor<?x4x3xf32>
  return
}

// -----

func.func @lrn_c1(%x: tensor<?x4xf32>) {
  // expected-error@+1 {{'onnx.lrn' op needs channels in dimension 1 and a positive size, got 'tensor<?x4xf32>' and size 0}}
  %r = onnx.lrn %x, size = 0, alpha = 1.0, beta = 1.0, bias = 1.0 : tensor<?x4xf32>
  return
}

// -----

func.func @reduce_mean_c1(%x: tensor<?x4x4xf32>) {
  // expected-error@+1 {{'onnx.reduce_mean' op result must be 'tensor<?x4xf32>', got 'tensor<?x1x4xf32>'}}
  %r = onnx.reduce_mean %x, axes = [1] : tensor<?x4x4xf32> -> tensor<?x1x4xf32>
  return
}

// -----

func.func @reduce_mean_c2(%x: tensor<?x4x4xf32>) {
  // expected-error@+1 {{'onnx.reduce_mean' op axes [0, 1] of [?, 4, 4] must be dimensions in ascending order, without an open batch}}
  %r = onnx.reduce_mean %x, axes = [0, 1] : tensor<?x4x4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @softmax_c1(%x: tensor<?x4xf32>) {
  // expected-error@+1 {{'onnx.softmax' op axis must be a dimension of 'tensor<?x4xf32>' other than an open batch, got 0}}
  %r = onnx.softmax %x, axis = 0 : tensor<?x4xf32>
  return
}

// -----

func.func @arg_max_c1(%x: tensor<?x4xf32>) {
  // expected-error@+1 {{'onnx.arg_max' op result must be 'tensor<?xi64>', got 'tensor<?x1xi64>'}}
  %r = onnx.arg_max %x, axis = 1 : tensor<?x4xf32> -> tensor<?x1xi64>
  return
}

// -----

func.func @arg_max_c2(%x: tensor<?x0xf32>) {
  // expected-error@+1 {{'onnx.arg_max' op axis must not be empty, got 'tensor<?x0xf32>'}}
  %r = onnx.arg_max %x, axis = 1 : tensor<?x0xf32> -> tensor<?xi64>
  return
}

// -----

func.func @transpose_c1(%x: tensor<?x4x3xf32>) {
  // expected-error@+1 {{'onnx.transpose' op result must be 'tensor<?x3x4xf32>', got 'tensor<?x4x3xf32>'}}
  %r = onnx.transpose %x, permutation = [0, 2, 1] : tensor<?x4x3xf32> -> tensor<?x4x3xf32>
  return
}

// -----

func.func @transpose_c2(%x: tensor<?x4x3xf32>) {
  // expected-error@+1 {{'onnx.transpose' op permutation [1, 0, 2] must keep the batch of [?, 4, 3] in front}}
  %r = onnx.transpose %x, permutation = [1, 0, 2] : tensor<?x4x3xf32> -> tensor<4x3x3xf32>
  return
}

// -----

func.func @slice_c1(%x: tensor<?x8xf32>) {
  // expected-error@+1 {{'onnx.slice' op must take an open batch whole, got 'tensor<?x8xf32>' -> 'tensor<2x8xf32>'}}
  %r = onnx.slice %x, starts = [0, 0], steps = [1, 1] : tensor<?x8xf32> -> tensor<2x8xf32>
  return
}

// -----

func.func @slice_c1_count(%x: tensor<?x8xf32>) {
  // expected-error@+1 {{'onnx.slice' op must have a start and a step per dimension of 'tensor<?x8xf32>'}}
  %r = onnx.slice %x, starts = [0], steps = [1, 1] : tensor<?x8xf32> -> tensor<?x8xf32>
  return
}

// -----

func.func @slice_c2(%x: tensor<?x8xf32>) {
  // expected-error@+1 {{'onnx.slice' op must take what is there, got 3 elements from 4 by 2 of 8}}
  %r = onnx.slice %x, starts = [0, 4], steps = [1, 2] : tensor<?x8xf32> -> tensor<?x3xf32>
  return
}

// -----

// 2 times the step is 0 in 64 bits.
func.func @slice_c2_step(%x: tensor<?x8xf32>) {
  // expected-error@+1 {{'onnx.slice' op must take what is there, got 3 elements from 4 by -9223372036854775808 of 8}}
  %r = onnx.slice %x, starts = [0, 4], steps = [1, -9223372036854775808] : tensor<?x8xf32> -> tensor<?x3xf32>
  return
}

// -----

func.func @concat_c1(%x: tensor<?x8xf32>, %y: tensor<?x8xi64>) {
  // expected-error@+1 {{'onnx.concat' op inputs must have the result's element type, got 'tensor<?x8xi64>'}}
  %r = onnx.concat %x, %y axis = 1 : (tensor<?x8xf32>, tensor<?x8xi64>) -> tensor<?x16xf32>
  return
}

// -----

func.func @concat_c2(%x: tensor<?x8xf32>) {
  // expected-error@+1 {{'onnx.concat' op axis 0 of [?, 8] is not one that values can stand along}}
  %r = onnx.concat %x, %x axis = 0 : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  return
}

// -----

func.func @pad_c1(%x: tensor<?x8xf32>) {
  // expected-error@+1 {{'onnx.pad' op result must be 'tensor<?x10xf32>', got 'tensor<?x9xf32>'}}
  %r = onnx.pad constant %x, before = [0, 1], after = [0, 1], value = 0.0 : tensor<?x8xf32> -> tensor<?x9xf32>
  return
}

// -----

func.func @pad_c2(%x: tensor<?x8xf32>) {
  // expected-error@+1 {{'onnx.pad' op pads [1, 0] and [0, 0] must not be negative, and 0 for an open batch}}
  %r = onnx.pad constant %x, before = [1, 0], after = [0, 0], value = 0.0 : tensor<?x8xf32> -> tensor<?x8xf32>
  return
}

// -----

func.func @pad_c2_reflect(%x: tensor<?x2xf32>) {
  // expected-error@+1 {{'onnx.pad' op needs more elements in dimension 1 to pad 2, got 'tensor<?x2xf32>'}}
  %r = onnx.pad reflect %x, before = [0, 2], after = [0, 0], value = 0.0 : tensor<?x2xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @gather_c1(%x: tensor<?x3xf32>) {
  // expected-error@+1 {{'onnx.gather' op result must be 'tensor<?x2xf32>', got 'tensor<?x3xf32>'}}
  %r = onnx.gather %x, axis = 1, indices = [0, 1] : tensor<?x3xf32> -> tensor<?x3xf32>
  return
}

// -----

func.func @gather_c2(%x: tensor<?x3xf32>) {
  // expected-error@+1 {{'onnx.gather' op axis must be a dimension of 'tensor<?x3xf32>' other than an open batch, got 2}}
  %r = onnx.gather %x, axis = 2, indices = [0] : tensor<?x3xf32> -> tensor<?x3xf32>
  return
}

// -----

func.func @gather_c3(%x: tensor<?x3xf32>) {
  // expected-error@+1 {{'onnx.gather' op indices must be from 0 to 2, got -1}}
  %r = onnx.gather %x, axis = 1, indices = [-1] : tensor<?x3xf32> -> tensor<?x1xf32>
  return
}

// -----

func.func @reshape_c1_batch(%x: tensor<?x4xf32>) {
  // expected-error@+1 {{'onnx.reshape' op must keep the batch and the elements per sample, got 'tensor<?x4xf32>' -> 'tensor<4xf32>'}}
  %r = onnx.reshape %x : tensor<?x4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @quantize_linear_c1(%x: tensor<?x3xf32>) {
  // expected-error@+1 {{'onnx.quantize_linear' op input and result must have one shape, got 'tensor<?x3xf32>' -> 'tensor<?x4xi8>'}}
  %r = onnx.quantize_linear %x, scales = [0.5], zero_points = [0], range = [-128, 127] : tensor<?x3xf32> -> tensor<?x4xi8>
  return
}

// -----

func.func @quantize_linear_c2(%x: tensor<?x3xf32>) {
  // expected-error@+1 {{'onnx.quantize_linear' op must have 3 scales and zero points, got 2 and 3}}
  %r = onnx.quantize_linear %x, scales = [0.5, 0.5], zero_points = [0, 0, 0], range = [-128, 127], axis = 1
       : tensor<?x3xf32> -> tensor<?x3xi8>
  return
}

// -----

func.func @quantize_linear_c2_axis(%x: tensor<?x3xf32>) {
  // expected-error@+1 {{'onnx.quantize_linear' op axis must be a dimension of 'tensor<?x3xf32>' other than an open batch, got 0}}
  %r = onnx.quantize_linear %x, scales = [0.5], zero_points = [0], range = [-128, 127], axis = 0
       : tensor<?x3xf32> -> tensor<?x3xi8>
  return
}

// -----

func.func @quantize_linear_c2_scale(%x: tensor<?x3xf32>) {
  // expected-error@+1 {{'onnx.quantize_linear' op scales must be positive, got 0.000000e+00}}
  %r = onnx.quantize_linear %x, scales = [0.0], zero_points = [0], range = [-128, 127] : tensor<?x3xf32> -> tensor<?x3xi8>
  return
}

// -----

func.func @quantize_linear_c3(%x: tensor<?x3xf32>) {
  // expected-error@+1 {{'onnx.quantize_linear' op range must be in 'tensor<?x3xui8>', got -1}}
  %r = onnx.quantize_linear %x, scales = [0.5], zero_points = [0], range = [-1, 127] : tensor<?x3xf32> -> tensor<?x3xui8>
  return
}

// -----

func.func @quantize_linear_c3_zero(%x: tensor<?x3xf32>) {
  // expected-error@+1 {{'onnx.quantize_linear' op zero points must be in 'tensor<?x3xi8>', got 128}}
  %r = onnx.quantize_linear %x, scales = [0.5], zero_points = [128], range = [-1, 127] : tensor<?x3xf32> -> tensor<?x3xi8>
  return
}

// -----

func.func @quantize_linear_c3_empty(%x: tensor<?x3xf32>) {
  // expected-error@+1 {{'onnx.quantize_linear' op range must not be empty, got [3, 3]}}
  %r = onnx.quantize_linear %x, scales = [0.5], zero_points = [0], range = [3, 3] : tensor<?x3xf32> -> tensor<?x3xi8>
  return
}

// -----

func.func @quantize_linear_c3_width(%x: tensor<?x3xf32>) {
  // expected-error@+1 {{'onnx.quantize_linear' op needs integers of at most 32 bits, got 'tensor<?x3xi64>'}}
  %r = onnx.quantize_linear %x, scales = [0.5], zero_points = [0], range = [0, 3] : tensor<?x3xf32> -> tensor<?x3xi64>
  return
}

// -----

func.func @dequantize_linear_c1(%x: tensor<?x3xi8>) {
  // expected-error@+1 {{'onnx.dequantize_linear' op input and result must have one shape, got 'tensor<?x3xi8>' -> 'tensor<3xf32>'}}
  %r = onnx.dequantize_linear %x, scales = [0.5], zero_points = [0] : tensor<?x3xi8> -> tensor<3xf32>
  return
}

// -----

func.func @dequantize_linear_c2(%x: tensor<?x3xi8>) {
  // expected-error@+1 {{'onnx.dequantize_linear' op must have 1 scales and zero points, got 1 and 2}}
  %r = onnx.dequantize_linear %x, scales = [0.5], zero_points = [0, 0] : tensor<?x3xi8> -> tensor<?x3xf32>
  return
}

// -----

func.func @dequantize_linear_c2_scale(%x: tensor<?x3xi8>) {
  // expected-error@+1 {{'onnx.dequantize_linear' op scales must be finite, got}}
  %r = onnx.dequantize_linear %x, scales = [1.0e60], zero_points = [0] : tensor<?x3xi8> -> tensor<?x3xf32>
  return
}

// -----

func.func @dequantize_linear_c3(%x: tensor<?x3xui8>) {
  // expected-error@+1 {{'onnx.dequantize_linear' op zero points must be in 'tensor<?x3xui8>', got -3}}
  %r = onnx.dequantize_linear %x, scales = [0.5], zero_points = [-3] : tensor<?x3xui8> -> tensor<?x3xf32>
  return
}
