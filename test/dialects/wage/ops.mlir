// Every operation is printed as it is written, and parsed again; so are the type and the attributes.
// RUN: wage-opt %s | wage-opt | FileCheck %s
// RUN: wage-opt %s --emit-bytecode | wage-opt | FileCheck %s

// CHECK: module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8, random = 16, rounding = half_even, batch = 128>}
module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 128>} {}

// CHECK: module attributes {wage.config = #wage.config<mode = infer, weights = 8, activations = 16, gradients = 16, errors = 2, random = 1, rounding = half_away, batch = 1>}
module attributes {wage.config = #wage.config<mode = infer, weights = 8, activations = 16, gradients = 16, errors = 2,
                                              random = 1, rounding = half_away, batch = 1>} {}

// CHECK: module attributes {wage.input = #wage.host_input<shape = [28, 28], batch = 10, step = 7.812500e-03 : f64, bits = 8, scale = [2.000000e+00], offset = [-1.000000e+00, 1.000000e-01], order = <sizes = [2, 28], from = [27, -1, 28], to = [0, 28, 1]>>, wage.output = #wage.host_output<shape = [], step = 1.000000e+00 : f64>} {
module attributes {
  wage.input = #wage.host_input<shape = [28, 28], batch = 10, step = 0.0078125, bits = 8, scale = [2.0], offset = [-1.0, 0.1],
                                order = <sizes = [2, 28], from = [27, -1, 28], to = [0, 28, 1]>>,
  wage.output = #wage.host_output<shape = [], step = 1.0>} {}

// CHECK: module attributes {wage.output = #wage.host_output<shape = [4, 10], batch = 1, step = 3.000000e-05 : f64, order = <sizes = [40], from = [0, 1], to = [0, 1]>, functions = [#wage.host_function<kind = log_softmax, axis = 2>, #wage.host_function<kind = arg_max, axis = 1, keep_dims = true, last = true>, #wage.host_function<kind = reshape, shape = [10]>]>} {
module attributes {
  wage.output = #wage.host_output<shape = [4, 10], batch = 1, step = 3.0e-05, order = <sizes = [40], from = [0, 1], to = [0, 1]>,
    functions = [#wage.host_function<kind = log_softmax, axis = 2>,
                 #wage.host_function<kind = arg_max, axis = 1, keep_dims = true, last = true>,
                 #wage.host_function<kind = reshape, shape = [10]>]>} {}

// CHECK-LABEL: @grids(
// CHECK-SAME: tensor<2x!wage.grid<W, 1, 0>>, tensor<2x!wage.grid<G, 16, -15>>, tensor<2x!wage.grid<E, 2, 0>>, tensor<2x!wage.grid<Z, 0, 5>>
func.func private @grids(tensor<2x!wage.grid<W, 1, 0>>, tensor<2x!wage.grid<G, 16, -15>>, tensor<2x!wage.grid<E, 2, 0>>,
                         tensor<2x!wage.grid<Z, 0, 5>>)

// CHECK: ml_program.global private mutable @w{{.*}} {wage.layer = "fc", wage.ordinal = 0 : i32, wage.scale_log2 = array<i32: 0, -1>}
ml_program.global private mutable @w(dense<0> : tensor<2x3xi8>) : tensor<2x3xi8>
    {wage.layer = "fc", wage.ordinal = 0 : i32, wage.scale_log2 = array<i32: 0, -1>}

// CHECK-LABEL: func.func @encode_input(
// CHECK: wage.encode_input {{%.*}} : tensor<?x1x8x8xui8> -> tensor<?x1x8x8x!wage.grid<A, 8, -7>>
func.func @encode_input(%p: tensor<?x1x8x8xui8>) -> tensor<?x1x8x8x!wage.grid<A, 8, -7>> {
  %x = wage.encode_input %p : tensor<?x1x8x8xui8> -> tensor<?x1x8x8x!wage.grid<A, 8, -7>>
  return %x : tensor<?x1x8x8x!wage.grid<A, 8, -7>>
}

// CHECK-LABEL: func.func @encode_input_with_tables(
// CHECK: wage.encode_input {{%.*}}, table = dense<7> : tensor<256xi8> : tensor<?x3xui8> -> tensor<?x3x!wage.grid<A, 4, -5>>
// CHECK: wage.encode_input {{%.*}}, table = dense<-7> : tensor<3x256xi32> : tensor<?x3xui8> -> tensor<?x3x!wage.grid<A, 4, 2>>
func.func @encode_input_with_tables(%p: tensor<?x3xui8>) {
  %x = wage.encode_input %p, table = dense<7> : tensor<256xi8> : tensor<?x3xui8> -> tensor<?x3x!wage.grid<A, 4, -5>>
  %y = wage.encode_input %p, table = dense<-7> : tensor<3x256xi32> : tensor<?x3xui8> -> tensor<?x3x!wage.grid<A, 4, 2>>
  return
}

// CHECK-LABEL: func.func @as_grid(
// CHECK: wage.as_grid {{%.*}} : tensor<5x64xi8> -> tensor<5x64x!wage.grid<G, 8, -7>>
func.func @as_grid(%i: tensor<5x64xi8>) -> tensor<5x64x!wage.grid<G, 8, -7>> {
  %m = wage.as_grid %i : tensor<5x64xi8> -> tensor<5x64x!wage.grid<G, 8, -7>>
  return %m : tensor<5x64x!wage.grid<G, 8, -7>>
}

// CHECK-LABEL: func.func @as_integers(
// CHECK: wage.as_integers {{%.*}} : tensor<5x64x!wage.grid<G, 8, -7>> -> tensor<5x64xi8>
func.func @as_integers(%m: tensor<5x64x!wage.grid<G, 8, -7>>) -> tensor<5x64xi8> {
  %i = wage.as_integers %m : tensor<5x64x!wage.grid<G, 8, -7>> -> tensor<5x64xi8>
  return %i : tensor<5x64xi8>
}

// CHECK-LABEL: func.func @quantize_weight(
// CHECK: wage.quantize_weight {{%.*}}, rounding = half_even : tensor<5x64x!wage.grid<G, 8, -7>> -> tensor<5x64x!wage.grid<W, 2, -1>>
func.func @quantize_weight(%m: tensor<5x64x!wage.grid<G, 8, -7>>) -> tensor<5x64x!wage.grid<W, 2, -1>> {
  %w = wage.quantize_weight %m, rounding = half_even
       : tensor<5x64x!wage.grid<G, 8, -7>> -> tensor<5x64x!wage.grid<W, 2, -1>>
  return %w : tensor<5x64x!wage.grid<W, 2, -1>>
}

// CHECK-LABEL: func.func @conv2d(
// CHECK: wage.conv2d {{%.*}}, {{%.*}}, scale_log2 = [1, 1], strides = [1, 1], pads = [1, 1, 1, 1] : tensor<?x1x8x8x!wage.grid<A, 8, -7>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>> -> tensor<?x2x8x8x!wage.grid<Z, 0, -9>>
func.func @conv2d(%x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>)
    -> tensor<?x2x8x8x!wage.grid<Z, 0, -9>> {
  %z = wage.conv2d %x, %w, scale_log2 = [1, 1], strides = [1, 1], pads = [1, 1, 1, 1]
       : tensor<?x1x8x8x!wage.grid<A, 8, -7>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>>
         -> tensor<?x2x8x8x!wage.grid<Z, 0, -9>>
  return %z : tensor<?x2x8x8x!wage.grid<Z, 0, -9>>
}

// CHECK-LABEL: func.func @conv2d_depthwise(
// CHECK: wage.conv2d {{%.*}}, {{%.*}}, scale_log2 = [1, 1], strides = [1, 1], pads = [2, 2, 2, 2] dilations = [2, 2] groups = 2 : tensor<?x2x8x8x!wage.grid<A, 8, -7>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>> -> tensor<?x2x8x8x!wage.grid<Z, 0, -9>>
func.func @conv2d_depthwise(%x: tensor<?x2x8x8x!wage.grid<A, 8, -7>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>)
    -> tensor<?x2x8x8x!wage.grid<Z, 0, -9>> {
  %z = wage.conv2d %x, %w, scale_log2 = [1, 1], strides = [1, 1], pads = [2, 2, 2, 2] dilations = [2, 2] groups = 2
       : tensor<?x2x8x8x!wage.grid<A, 8, -7>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>>
         -> tensor<?x2x8x8x!wage.grid<Z, 0, -9>>
  return %z : tensor<?x2x8x8x!wage.grid<Z, 0, -9>>
}

// CHECK-LABEL: func.func @matmul(
// CHECK: wage.matmul {{%.*}}, {{%.*}}, scale_log2 = [2, 2, 2] : tensor<?x64x!wage.grid<A, 8, -7>>, tensor<3x64x!wage.grid<W, 2, -1>> -> tensor<?x3x!wage.grid<Z, 0, -10>>
func.func @matmul(%x: tensor<?x64x!wage.grid<A, 8, -7>>, %w: tensor<3x64x!wage.grid<W, 2, -1>>)
    -> tensor<?x3x!wage.grid<Z, 0, -10>> {
  %z = wage.matmul %x, %w, scale_log2 = [2, 2, 2]
       : tensor<?x64x!wage.grid<A, 8, -7>>, tensor<3x64x!wage.grid<W, 2, -1>> -> tensor<?x3x!wage.grid<Z, 0, -10>>
  return %z : tensor<?x3x!wage.grid<Z, 0, -10>>
}

// CHECK-LABEL: func.func @matmul_axons_first(
// CHECK: wage.matmul {{%.*}}, {{%.*}}, scale_log2 = [-1, 0, 2] axons_first {wage.trace = "out"} : tensor<?x64x!wage.grid<A, 8, -7>>, tensor<64x3x!wage.grid<W, 2, -1>> -> tensor<?x3x!wage.grid<Z, 0, -10>>
func.func @matmul_axons_first(%x: tensor<?x64x!wage.grid<A, 8, -7>>, %w: tensor<64x3x!wage.grid<W, 2, -1>>)
    -> tensor<?x3x!wage.grid<Z, 0, -10>> {
  %z = wage.matmul %x, %w, scale_log2 = [-1, 0, 2] axons_first {wage.trace = "out"}
       : tensor<?x64x!wage.grid<A, 8, -7>>, tensor<64x3x!wage.grid<W, 2, -1>> -> tensor<?x3x!wage.grid<Z, 0, -10>>
  return %z : tensor<?x3x!wage.grid<Z, 0, -10>>
}

// CHECK-LABEL: func.func @add_bias(
// CHECK: wage.add_bias {{%.*}}, {{%.*}} : tensor<?x3x!wage.grid<Z, 0, -10>>, tensor<3xi64>
func.func @add_bias(%z: tensor<?x3x!wage.grid<Z, 0, -10>>, %b: tensor<3xi64>)
    -> tensor<?x3x!wage.grid<Z, 0, -10>> {
  %y = wage.add_bias %z, %b : tensor<?x3x!wage.grid<Z, 0, -10>>, tensor<3xi64>
  return %y : tensor<?x3x!wage.grid<Z, 0, -10>>
}

// CHECK-LABEL: func.func @relu(
// CHECK: wage.relu {{%.*}} : tensor<?x16x!wage.grid<Z, 0, -9>>
func.func @relu(%z: tensor<?x16x!wage.grid<Z, 0, -9>>) -> tensor<?x16x!wage.grid<Z, 0, -9>> {
  %y = wage.relu %z : tensor<?x16x!wage.grid<Z, 0, -9>>
  return %y : tensor<?x16x!wage.grid<Z, 0, -9>>
}

// CHECK-LABEL: func.func @quantize_activation(
// CHECK: wage.quantize_activation {{%.*}}, rounding = half_even : tensor<?x16x!wage.grid<Z, 0, -9>> -> tensor<?x16x!wage.grid<A, 8, -7>>
func.func @quantize_activation(%z: tensor<?x16x!wage.grid<Z, 0, -9>>) -> tensor<?x16x!wage.grid<A, 8, -7>> {
  %x = wage.quantize_activation %z, rounding = half_even
       : tensor<?x16x!wage.grid<Z, 0, -9>> -> tensor<?x16x!wage.grid<A, 8, -7>>
  return %x : tensor<?x16x!wage.grid<A, 8, -7>>
}

// CHECK-LABEL: func.func @quantize_activation_half_away(
// CHECK: wage.quantize_activation {{%.*}}, rounding = half_away : tensor<?x16x!wage.grid<A, 8, -7>> -> tensor<?x16x!wage.grid<A, 4, -3>>
func.func @quantize_activation_half_away(%z: tensor<?x16x!wage.grid<A, 8, -7>>) -> tensor<?x16x!wage.grid<A, 4, -3>> {
  %x = wage.quantize_activation %z, rounding = half_away
       : tensor<?x16x!wage.grid<A, 8, -7>> -> tensor<?x16x!wage.grid<A, 4, -3>>
  return %x : tensor<?x16x!wage.grid<A, 4, -3>>
}

// CHECK-LABEL: func.func @max_pool(
// CHECK: wage.max_pool {{%.*}}, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<?x4x8x8x!wage.grid<Z, 0, -9>> -> tensor<?x4x4x4x!wage.grid<Z, 0, -9>>, tensor<?x4x4x4xi8>
func.func @max_pool(%x: tensor<?x4x8x8x!wage.grid<Z, 0, -9>>)
    -> (tensor<?x4x4x4x!wage.grid<Z, 0, -9>>, tensor<?x4x4x4xi8>) {
  %y, %p = wage.max_pool %x, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
           : tensor<?x4x8x8x!wage.grid<Z, 0, -9>> -> tensor<?x4x4x4x!wage.grid<Z, 0, -9>>, tensor<?x4x4x4xi8>
  return %y, %p : tensor<?x4x4x4x!wage.grid<Z, 0, -9>>, tensor<?x4x4x4xi8>
}

// CHECK-LABEL: func.func @reshape(
// CHECK: wage.reshape {{%.*}} : tensor<?x4x4x4x!wage.grid<A, 8, -7>> -> tensor<?x64x!wage.grid<A, 8, -7>>
func.func @reshape(%x: tensor<?x4x4x4x!wage.grid<A, 8, -7>>) -> tensor<?x64x!wage.grid<A, 8, -7>> {
  %y = wage.reshape %x : tensor<?x4x4x4x!wage.grid<A, 8, -7>> -> tensor<?x64x!wage.grid<A, 8, -7>>
  return %y : tensor<?x64x!wage.grid<A, 8, -7>>
}

// CHECK-LABEL: func.func @output_error(
// CHECK: wage.output_error {{%.*}}, {{%.*}} : tensor<?x3x!wage.grid<Z, 0, -10>>, tensor<?xi32>
func.func @output_error(%z: tensor<?x3x!wage.grid<Z, 0, -10>>, %l: tensor<?xi32>)
    -> tensor<?x3x!wage.grid<Z, 0, -10>> {
  %e = wage.output_error %z, %l : tensor<?x3x!wage.grid<Z, 0, -10>>, tensor<?xi32>
  return %e : tensor<?x3x!wage.grid<Z, 0, -10>>
}

// CHECK-LABEL: func.func @quantize_error(
// CHECK: wage.quantize_error {{%.*}}, rounding = half_even : tensor<?x3x!wage.grid<Z, 0, -10>> -> tensor<?x3x!wage.grid<E, 8, 0>>
func.func @quantize_error(%e: tensor<?x3x!wage.grid<Z, 0, -10>>) -> (tensor<?x3x!wage.grid<E, 8, 0>>, tensor<i32>) {
  %q, %k = wage.quantize_error %e, rounding = half_even
           : tensor<?x3x!wage.grid<Z, 0, -10>> -> tensor<?x3x!wage.grid<E, 8, 0>>
  return %q, %k : tensor<?x3x!wage.grid<E, 8, 0>>, tensor<i32>
}

// CHECK-LABEL: func.func @within(
// CHECK: wage.within {{%.*}}, bits = 8 : tensor<?x16x!wage.grid<Z, 0, -9>> -> tensor<?x16xi1>
func.func @within(%z: tensor<?x16x!wage.grid<Z, 0, -9>>) -> tensor<?x16xi1> {
  %m = wage.within %z, bits = 8 : tensor<?x16x!wage.grid<Z, 0, -9>> -> tensor<?x16xi1>
  return %m : tensor<?x16xi1>
}

// CHECK-LABEL: func.func @positive(
// CHECK: wage.positive {{%.*}} : tensor<?x16x!wage.grid<Z, 0, -9>> -> tensor<?x16xi1>
func.func @positive(%z: tensor<?x16x!wage.grid<Z, 0, -9>>) -> tensor<?x16xi1> {
  %m = wage.positive %z : tensor<?x16x!wage.grid<Z, 0, -9>> -> tensor<?x16xi1>
  return %m : tensor<?x16xi1>
}

// CHECK-LABEL: func.func @apply_mask(
// CHECK: wage.apply_mask {{%.*}}, {{%.*}} : tensor<?x16x!wage.grid<E, 8, 0>>, tensor<?x16xi1>
func.func @apply_mask(%e: tensor<?x16x!wage.grid<E, 8, 0>>, %m: tensor<?x16xi1>)
    -> tensor<?x16x!wage.grid<E, 8, 0>> {
  %y = wage.apply_mask %e, %m : tensor<?x16x!wage.grid<E, 8, 0>>, tensor<?x16xi1>
  return %y : tensor<?x16x!wage.grid<E, 8, 0>>
}

// CHECK-LABEL: func.func @conv2d_transposed(
// CHECK: wage.conv2d_transposed {{%.*}}, {{%.*}}, scale_log2 = [1, 1], strides = [1, 1], pads = [1, 1, 1, 1] : tensor<?x2x8x8x!wage.grid<E, 8, 0>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>> -> tensor<?x1x8x8x!wage.grid<Z, 0, -2>>
func.func @conv2d_transposed(%e: tensor<?x2x8x8x!wage.grid<E, 8, 0>>, %w: tensor<2x1x3x3x!wage.grid<W, 2, -1>>)
    -> tensor<?x1x8x8x!wage.grid<Z, 0, -2>> {
  %d = wage.conv2d_transposed %e, %w, scale_log2 = [1, 1], strides = [1, 1], pads = [1, 1, 1, 1]
       : tensor<?x2x8x8x!wage.grid<E, 8, 0>>, tensor<2x1x3x3x!wage.grid<W, 2, -1>>
         -> tensor<?x1x8x8x!wage.grid<Z, 0, -2>>
  return %d : tensor<?x1x8x8x!wage.grid<Z, 0, -2>>
}

// CHECK-LABEL: func.func @conv2d_outer(
// CHECK: wage.conv2d_outer {{%.*}}, {{%.*}}, strides = [1, 1], pads = [1, 1, 1, 1] : tensor<?x2x8x8x!wage.grid<E, 8, 0>>, tensor<?x1x8x8x!wage.grid<A, 8, -7>> -> tensor<2x1x3x3x!wage.grid<Z, 0, 0>>
func.func @conv2d_outer(%e: tensor<?x2x8x8x!wage.grid<E, 8, 0>>, %x: tensor<?x1x8x8x!wage.grid<A, 8, -7>>)
    -> tensor<2x1x3x3x!wage.grid<Z, 0, 0>> {
  %g = wage.conv2d_outer %e, %x, strides = [1, 1], pads = [1, 1, 1, 1]
       : tensor<?x2x8x8x!wage.grid<E, 8, 0>>, tensor<?x1x8x8x!wage.grid<A, 8, -7>>
         -> tensor<2x1x3x3x!wage.grid<Z, 0, 0>>
  return %g : tensor<2x1x3x3x!wage.grid<Z, 0, 0>>
}

// CHECK-LABEL: func.func @matmul_transposed(
// CHECK: wage.matmul_transposed {{%.*}}, {{%.*}}, scale_log2 = [2, 2, 2] : tensor<?x3x!wage.grid<E, 8, 0>>, tensor<3x64x!wage.grid<W, 2, -1>> -> tensor<?x64x!wage.grid<Z, 0, -3>>
func.func @matmul_transposed(%e: tensor<?x3x!wage.grid<E, 8, 0>>, %w: tensor<3x64x!wage.grid<W, 2, -1>>)
    -> tensor<?x64x!wage.grid<Z, 0, -3>> {
  %d = wage.matmul_transposed %e, %w, scale_log2 = [2, 2, 2]
       : tensor<?x3x!wage.grid<E, 8, 0>>, tensor<3x64x!wage.grid<W, 2, -1>> -> tensor<?x64x!wage.grid<Z, 0, -3>>
  return %d : tensor<?x64x!wage.grid<Z, 0, -3>>
}

// CHECK-LABEL: func.func @matmul_transposed_axons_first(
// CHECK: wage.matmul_transposed {{%.*}}, {{%.*}}, scale_log2 = [2, 2, 2] axons_first : tensor<?x3x!wage.grid<Z, 0, 0>>, tensor<64x3x!wage.grid<W, 2, -1>> -> tensor<?x64x!wage.grid<Z, 0, -3>>
func.func @matmul_transposed_axons_first(%e: tensor<?x3x!wage.grid<Z, 0, 0>>, %w: tensor<64x3x!wage.grid<W, 2, -1>>)
    -> tensor<?x64x!wage.grid<Z, 0, -3>> {
  %d = wage.matmul_transposed %e, %w, scale_log2 = [2, 2, 2] axons_first
       : tensor<?x3x!wage.grid<Z, 0, 0>>, tensor<64x3x!wage.grid<W, 2, -1>> -> tensor<?x64x!wage.grid<Z, 0, -3>>
  return %d : tensor<?x64x!wage.grid<Z, 0, -3>>
}

// CHECK-LABEL: func.func @matmul_outer(
// CHECK: wage.matmul_outer {{%.*}}, {{%.*}} : tensor<?x3x!wage.grid<E, 8, 0>>, tensor<?x64x!wage.grid<A, 8, -7>> -> tensor<3x64x!wage.grid<Z, 0, 0>>
func.func @matmul_outer(%e: tensor<?x3x!wage.grid<E, 8, 0>>, %x: tensor<?x64x!wage.grid<A, 8, -7>>)
    -> tensor<3x64x!wage.grid<Z, 0, 0>> {
  %g = wage.matmul_outer %e, %x
       : tensor<?x3x!wage.grid<E, 8, 0>>, tensor<?x64x!wage.grid<A, 8, -7>> -> tensor<3x64x!wage.grid<Z, 0, 0>>
  return %g : tensor<3x64x!wage.grid<Z, 0, 0>>
}

// CHECK-LABEL: func.func @matmul_outer_axons_first(
// CHECK: wage.matmul_outer {{%.*}}, {{%.*}} axons_first : tensor<?x3x!wage.grid<E, 8, 0>>, tensor<?x64x!wage.grid<A, 8, -7>> -> tensor<64x3x!wage.grid<Z, 0, 0>>
func.func @matmul_outer_axons_first(%e: tensor<?x3x!wage.grid<E, 8, 0>>, %x: tensor<?x64x!wage.grid<A, 8, -7>>)
    -> tensor<64x3x!wage.grid<Z, 0, 0>> {
  %g = wage.matmul_outer %e, %x axons_first
       : tensor<?x3x!wage.grid<E, 8, 0>>, tensor<?x64x!wage.grid<A, 8, -7>> -> tensor<64x3x!wage.grid<Z, 0, 0>>
  return %g : tensor<64x3x!wage.grid<Z, 0, 0>>
}

// CHECK-LABEL: func.func @max_pool_scatter(
// CHECK: wage.max_pool_scatter {{%.*}}, {{%.*}}, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0] : tensor<?x4x4x4x!wage.grid<E, 8, 0>>, tensor<?x4x4x4xi8> -> tensor<?x4x8x8x!wage.grid<Z, 0, 0>>
func.func @max_pool_scatter(%e: tensor<?x4x4x4x!wage.grid<E, 8, 0>>, %p: tensor<?x4x4x4xi8>)
    -> tensor<?x4x8x8x!wage.grid<Z, 0, 0>> {
  %d = wage.max_pool_scatter %e, %p, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
       : tensor<?x4x4x4x!wage.grid<E, 8, 0>>, tensor<?x4x4x4xi8> -> tensor<?x4x8x8x!wage.grid<Z, 0, 0>>
  return %d : tensor<?x4x8x8x!wage.grid<Z, 0, 0>>
}

// CHECK-LABEL: func.func @quantize_gradient(
// CHECK: wage.quantize_gradient {{%.*}}, {{%.*}}, {{%.*}}, {{%.*}}, ordinal = 1, random_bits = 16 : tensor<3x64x!wage.grid<Z, 0, 0>> -> tensor<3x64x!wage.grid<G, 8, -7>>
func.func @quantize_gradient(%g: tensor<3x64x!wage.grid<Z, 0, 0>>, %lr: tensor<i32>, %step: tensor<i64>,
                             %seed: tensor<i64>) -> (tensor<3x64x!wage.grid<G, 8, -7>>, tensor<i32>) {
  %d, %k = wage.quantize_gradient %g, %lr, %step, %seed, ordinal = 1, random_bits = 16
           : tensor<3x64x!wage.grid<Z, 0, 0>> -> tensor<3x64x!wage.grid<G, 8, -7>>
  return %d, %k : tensor<3x64x!wage.grid<G, 8, -7>>, tensor<i32>
}

// CHECK-LABEL: func.func @update(
// CHECK: wage.update {{%.*}}, {{%.*}}, weight_bits = 2 : tensor<3x64x!wage.grid<G, 8, -7>>
func.func @update(%m: tensor<3x64x!wage.grid<G, 8, -7>>, %d: tensor<3x64x!wage.grid<G, 8, -7>>)
    -> tensor<3x64x!wage.grid<G, 8, -7>> {
  %n = wage.update %m, %d, weight_bits = 2 : tensor<3x64x!wage.grid<G, 8, -7>>
  return %n : tensor<3x64x!wage.grid<G, 8, -7>>
}

// CHECK-LABEL: func.func @add(
// CHECK: wage.add {{%.*}}, {{%.*}} : tensor<?x4x!wage.grid<Z, 0, -9>>, tensor<?x4x!wage.grid<A, 8, -7>> -> tensor<?x4x!wage.grid<Z, 0, -9>>
func.func @add(%a: tensor<?x4x!wage.grid<Z, 0, -9>>, %b: tensor<?x4x!wage.grid<A, 8, -7>>)
    -> tensor<?x4x!wage.grid<Z, 0, -9>> {
  %y = wage.add %a, %b : tensor<?x4x!wage.grid<Z, 0, -9>>, tensor<?x4x!wage.grid<A, 8, -7>>
                         -> tensor<?x4x!wage.grid<Z, 0, -9>>
  return %y : tensor<?x4x!wage.grid<Z, 0, -9>>
}

// CHECK-LABEL: func.func @average_pool(
// CHECK: wage.average_pool {{%.*}}, kernel = [3, 3], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<?x4x5x5x!wage.grid<A, 8, -7>> -> tensor<?x4x3x3x!wage.grid<Z, 0, -11>>
func.func @average_pool(%x: tensor<?x4x5x5x!wage.grid<A, 8, -7>>) -> tensor<?x4x3x3x!wage.grid<Z, 0, -11>> {
  %y = wage.average_pool %x, kernel = [3, 3], strides = [1, 1], pads = [0, 0, 0, 0]
       : tensor<?x4x5x5x!wage.grid<A, 8, -7>> -> tensor<?x4x3x3x!wage.grid<Z, 0, -11>>
  return %y : tensor<?x4x3x3x!wage.grid<Z, 0, -11>>
}

// CHECK-LABEL: func.func @average_pool_spread(
// CHECK: wage.average_pool_spread {{%.*}}, kernel = [3, 3], strides = [1, 1], pads = [0, 0, 0, 0] : tensor<?x4x3x3x!wage.grid<E, 8, 0>> -> tensor<?x4x5x5x!wage.grid<Z, 0, -4>>
func.func @average_pool_spread(%e: tensor<?x4x3x3x!wage.grid<E, 8, 0>>) -> tensor<?x4x5x5x!wage.grid<Z, 0, -4>> {
  %d = wage.average_pool_spread %e, kernel = [3, 3], strides = [1, 1], pads = [0, 0, 0, 0]
       : tensor<?x4x3x3x!wage.grid<E, 8, 0>> -> tensor<?x4x5x5x!wage.grid<Z, 0, -4>>
  return %d : tensor<?x4x5x5x!wage.grid<Z, 0, -4>>
}

// CHECK-LABEL: func.func @lookup(
// CHECK: wage.lookup {{%.*}}, tables = dense<{{.*}}> : tensor<1x4xi8> : tensor<?x16x!wage.grid<A, 2, -1>> -> tensor<?x16x!wage.grid<A, 8, -9>>
func.func @lookup(%x: tensor<?x16x!wage.grid<A, 2, -1>>) -> tensor<?x16x!wage.grid<A, 8, -9>> {
  %y = wage.lookup %x, tables = dense<[[0, 68, 127, 93]]> : tensor<1x4xi8>
       : tensor<?x16x!wage.grid<A, 2, -1>> -> tensor<?x16x!wage.grid<A, 8, -9>>
  return %y : tensor<?x16x!wage.grid<A, 8, -9>>
}

// CHECK-LABEL: func.func @multiply(
// CHECK: wage.multiply {{%.*}}, {{%.*}} : tensor<?x4x!wage.grid<A, 8, -7>>, tensor<?x4x!wage.grid<Z, 0, -9>> -> tensor<?x4x!wage.grid<Z, 0, -16>>
func.func @multiply(%a: tensor<?x4x!wage.grid<A, 8, -7>>, %b: tensor<?x4x!wage.grid<Z, 0, -9>>)
    -> tensor<?x4x!wage.grid<Z, 0, -16>> {
  %y = wage.multiply %a, %b : tensor<?x4x!wage.grid<A, 8, -7>>, tensor<?x4x!wage.grid<Z, 0, -9>>
                              -> tensor<?x4x!wage.grid<Z, 0, -16>>
  return %y : tensor<?x4x!wage.grid<Z, 0, -16>>
}

// CHECK-LABEL: func.func @concat(
// CHECK: wage.concat {{%.*}}, {{%.*}} : tensor<?x3x!wage.grid<Z, 0, -9>>, tensor<?x5x!wage.grid<Z, 0, -9>> -> tensor<?x8x!wage.grid<Z, 0, -9>>
func.func @concat(%a: tensor<?x3x!wage.grid<Z, 0, -9>>, %b: tensor<?x5x!wage.grid<Z, 0, -9>>)
    -> tensor<?x8x!wage.grid<Z, 0, -9>> {
  %y = wage.concat %a, %b : tensor<?x3x!wage.grid<Z, 0, -9>>, tensor<?x5x!wage.grid<Z, 0, -9>>
                            -> tensor<?x8x!wage.grid<Z, 0, -9>>
  return %y : tensor<?x8x!wage.grid<Z, 0, -9>>
}

// CHECK-LABEL: func.func @rearrange(
// CHECK: wage.rearrange {{%.*}}, sizes = [6, 2], from = [0, 1, 0], to = [0, 2, 1] : tensor<?x3x2x!wage.grid<A, 8, -7>> -> tensor<?x3x4x!wage.grid<A, 8, -7>>
func.func @rearrange(%x: tensor<?x3x2x!wage.grid<A, 8, -7>>) -> tensor<?x3x4x!wage.grid<A, 8, -7>> {
  %y = wage.rearrange %x, sizes = [6, 2], from = [0, 1, 0], to = [0, 2, 1]
       : tensor<?x3x2x!wage.grid<A, 8, -7>> -> tensor<?x3x4x!wage.grid<A, 8, -7>>
  return %y : tensor<?x3x4x!wage.grid<A, 8, -7>>
}
