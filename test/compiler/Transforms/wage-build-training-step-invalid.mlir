// What cannot be differentiated.
// RUN: wage-opt %s -split-input-file -verify-diagnostics --wage-build-training-step

// expected-error@+1 {{needs a wage.config to build a training step, got none}}
module {}

// -----

// expected-error@+1 {{needs mode = train to build a training step, got #wage.config<mode = infer,}}
module attributes {wage.config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {}

// -----

// expected-error@+1 {{needs a function @infer of one block, one argument and one result}}
module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {}

// -----

!a = tensor<?x4x!wage.grid<A, 8, -7>>
!m = tensor<3x4x!wage.grid<G, 8, -7>>
!w = tensor<3x4x!wage.grid<W, 2, -1>>
!z = tensor<?x3x!wage.grid<Z, 0, -8>>
module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  ml_program.global private mutable @w(dense<0> : tensor<3x4xi8>) : tensor<3x4xi8> {wage.ordinal = 0 : i32}
  func.func @infer(%p: tensor<?x4xui8>) -> !z {
    %iw = ml_program.global_load @w : tensor<3x4xi8>
    %mw = wage.as_grid %iw : tensor<3x4xi8> -> !m
    %w = wage.quantize_weight %mw, rounding = half_even : !m -> !w
    %x = wage.encode_input %p : tensor<?x4xui8> -> !a
    %z = wage.matmul %x, %w, scale_log2 = [0, 0, 0] : !a, !w -> !z
    return %z : !z
  }
  // expected-error@+1 {{has the name @train, which the training step is to take}}
  func.func private @train()
}

// -----

// A layer that leads nowhere.
!a = tensor<?x4x!wage.grid<A, 8, -7>>
!m = tensor<3x4x!wage.grid<G, 8, -7>>
!w = tensor<3x4x!wage.grid<W, 2, -1>>
!z = tensor<?x3x!wage.grid<Z, 0, -8>>
module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  ml_program.global private mutable @w(dense<0> : tensor<3x4xi8>) : tensor<3x4xi8> {wage.ordinal = 0 : i32}
  ml_program.global private mutable @v(dense<0> : tensor<3x4xi8>) : tensor<3x4xi8> {wage.ordinal = 1 : i32}
  func.func @infer(%p: tensor<?x4xui8>) -> !z {
    %iw = ml_program.global_load @w : tensor<3x4xi8>
    %mw = wage.as_grid %iw : tensor<3x4xi8> -> !m
    %w = wage.quantize_weight %mw, rounding = half_even : !m -> !w
    %iv = ml_program.global_load @v : tensor<3x4xi8>
    %mv = wage.as_grid %iv : tensor<3x4xi8> -> !m
    %v = wage.quantize_weight %mv, rounding = half_even : !m -> !w
    %x = wage.encode_input %p : tensor<?x4xui8> -> !a
    // expected-error@+1 {{'wage.matmul' op has a result that nothing uses, so that it gets no error}}
    %y = wage.matmul %x, %v, scale_log2 = [0, 0, 0] : !a, !w -> !z
    %z = wage.matmul %x, %w, scale_log2 = [0, 0, 0] : !a, !w -> !z
    return %z : !z
  }
}

// -----

// An op without a backward rule.
!a = tensor<?x4x!wage.grid<A, 8, -7>>
!m = tensor<3x4x!wage.grid<G, 8, -7>>
!w = tensor<3x4x!wage.grid<W, 2, -1>>
!z = tensor<?x3x!wage.grid<Z, 0, -8>>
module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  ml_program.global private mutable @w(dense<0> : tensor<3x4xi8>) : tensor<3x4xi8> {wage.ordinal = 0 : i32}
  func.func @infer(%p: tensor<?x4xui8>) -> !z {
    %l = call @labels() : () -> tensor<?xi32>
    %iw = ml_program.global_load @w : tensor<3x4xi8>
    %mw = wage.as_grid %iw : tensor<3x4xi8> -> !m
    %w = wage.quantize_weight %mw, rounding = half_even : !m -> !w
    %x = wage.encode_input %p : tensor<?x4xui8> -> !a
    %y = wage.matmul %x, %w, scale_log2 = [0, 0, 0] : !a, !w -> !z
    // expected-error@+1 {{'wage.output_error' op has no backward rule, but takes a value that needs an error}}
    %z = wage.output_error %y, %l : !z, tensor<?xi32>
    return %z : !z
  }
  func.func private @labels() -> tensor<?xi32>
}

// -----

// Groups are not trained through.
!a = tensor<?x2x3x3x!wage.grid<A, 8, -7>>
!m = tensor<2x1x3x3x!wage.grid<G, 8, -7>>
!w = tensor<2x1x3x3x!wage.grid<W, 2, -1>>
!z = tensor<?x2x1x1x!wage.grid<Z, 0, -8>>
module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  ml_program.global private mutable @w(dense<0> : tensor<2x1x3x3xi8>) : tensor<2x1x3x3xi8> {wage.ordinal = 0 : i32}
  func.func @infer(%p: tensor<?x2x3x3xui8>) -> tensor<?x2x!wage.grid<Z, 0, -8>> {
    %iw = ml_program.global_load @w : tensor<2x1x3x3xi8>
    %mw = wage.as_grid %iw : tensor<2x1x3x3xi8> -> !m
    %w = wage.quantize_weight %mw, rounding = half_even : !m -> !w
    %x = wage.encode_input %p : tensor<?x2x3x3xui8> -> !a
    // expected-error@+1 {{'wage.conv2d' op has no backward rule with groups = 2, but takes a value that needs an error}}
    %y = wage.conv2d %x, %w, scale_log2 = [0, 0], strides = [1, 1], pads = [0, 0, 0, 0] groups = 2 : !a, !w -> !z
    %z = wage.reshape %y : !z -> tensor<?x2x!wage.grid<Z, 0, -8>>
    return %z : tensor<?x2x!wage.grid<Z, 0, -8>>
  }
}

// -----

// Neither are dilations.
!a = tensor<?x1x3x3x!wage.grid<A, 8, -7>>
!m = tensor<2x1x2x3x!wage.grid<G, 8, -7>>
!w = tensor<2x1x2x3x!wage.grid<W, 2, -1>>
!z = tensor<?x2x1x1x!wage.grid<Z, 0, -8>>
module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  ml_program.global private mutable @w(dense<0> : tensor<2x1x2x3xi8>) : tensor<2x1x2x3xi8> {wage.ordinal = 0 : i32}
  func.func @infer(%p: tensor<?x1x3x3xui8>) -> tensor<?x2x!wage.grid<Z, 0, -8>> {
    %iw = ml_program.global_load @w : tensor<2x1x2x3xi8>
    %mw = wage.as_grid %iw : tensor<2x1x2x3xi8> -> !m
    %w = wage.quantize_weight %mw, rounding = half_even : !m -> !w
    %x = wage.encode_input %p : tensor<?x1x3x3xui8> -> !a
    // expected-error@+1 {{'wage.conv2d' op has no backward rule with dilations = [2, 1], but takes a value that needs an error}}
    %y = wage.conv2d %x, %w, scale_log2 = [0, 0], strides = [1, 1], pads = [0, 0, 0, 0] dilations = [2, 1] : !a, !w -> !z
    %z = wage.reshape %y : !z -> tensor<?x2x!wage.grid<Z, 0, -8>>
    return %z : tensor<?x2x!wage.grid<Z, 0, -8>>
  }
}

// -----

// An output that is not one accumulator per class.
!a = tensor<?x4x!wage.grid<A, 8, -7>>
!m = tensor<3x4x!wage.grid<G, 8, -7>>
!w = tensor<3x4x!wage.grid<W, 2, -1>>
!z = tensor<?x3x!wage.grid<Z, 0, -8>>
module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  ml_program.global private mutable @w(dense<0> : tensor<3x4xi8>) : tensor<3x4xi8> {wage.ordinal = 0 : i32}
  func.func @infer(%p: tensor<?x4xui8>) -> tensor<?x3x1x!wage.grid<Z, 0, -8>> {
    %iw = ml_program.global_load @w : tensor<3x4xi8>
    %mw = wage.as_grid %iw : tensor<3x4xi8> -> !m
    %w = wage.quantize_weight %mw, rounding = half_even : !m -> !w
    %x = wage.encode_input %p : tensor<?x4xui8> -> !a
    %z = wage.matmul %x, %w, scale_log2 = [0, 0, 0] : !a, !w -> !z
    // expected-error@+1 {{output must be accumulators (role Z) of shape [batch, classes], got 'tensor<?x3x1x!wage.grid<Z, 0, -8>>'}}
    %r = wage.reshape %z : !z -> tensor<?x3x1x!wage.grid<Z, 0, -8>>
    return %r : tensor<?x3x1x!wage.grid<Z, 0, -8>>
  }
}

// -----

!a = tensor<?x4x!wage.grid<A, 8, -7>>
!m = tensor<3x4x!wage.grid<G, 8, -7>>
!w = tensor<3x4x!wage.grid<W, 2, -1>>
!z = tensor<?x3x!wage.grid<Z, 0, -8>>
module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  func.func @infer(%p: tensor<?x4xui8>) -> !a {
    // expected-error@+1 {{output must be accumulators (role Z) of shape [batch, classes], got 'tensor<?x4x!wage.grid<A, 8, -7>>'}}
    %x = wage.encode_input %p : tensor<?x4xui8> -> !a
    return %x : !a
  }
}

// -----

// A tensor that is loaded to be trained but has no ordinal.
!a = tensor<?x4x!wage.grid<A, 8, -7>>
!m = tensor<3x4x!wage.grid<G, 8, -7>>
!w = tensor<3x4x!wage.grid<W, 2, -1>>
!z = tensor<?x3x!wage.grid<Z, 0, -8>>
module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  ml_program.global private mutable @w(dense<0> : tensor<3x4xi8>) : tensor<3x4xi8>
  func.func @infer(%p: tensor<?x4xui8>) -> !z {
    // expected-error@+1 {{'ml_program.global_load' op must load a mutable global with wage.ordinal for one wage.as_grid to role G, got @w}}
    %iw = ml_program.global_load @w : tensor<3x4xi8>
    %mw = wage.as_grid %iw : tensor<3x4xi8> -> !m
    %w = wage.quantize_weight %mw, rounding = half_even : !m -> !w
    %x = wage.encode_input %p : tensor<?x4xui8> -> !a
    %z = wage.matmul %x, %w, scale_log2 = [0, 0, 0] : !a, !w -> !z
    return %z : !z
  }
}

// -----

// Weights in use are no masters.
!a = tensor<?x4x!wage.grid<A, 8, -7>>
!w = tensor<3x4x!wage.grid<W, 2, -1>>
!z = tensor<?x3x!wage.grid<Z, 0, -8>>
module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  ml_program.global private mutable @w(dense<0> : tensor<3x4xi8>) : tensor<3x4xi8> {wage.ordinal = 0 : i32}
  func.func @infer(%p: tensor<?x4xui8>) -> !z {
    // expected-error@+1 {{'ml_program.global_load' op must load a mutable global with wage.ordinal for one wage.as_grid to role G, got @w}}
    %i = ml_program.global_load @w : tensor<3x4xi8>
    %w = wage.as_grid %i : tensor<3x4xi8> -> !w
    %x = wage.encode_input %p : tensor<?x4xui8> -> !a
    %z = wage.matmul %x, %w, scale_log2 = [0, 0, 0] : !a, !w -> !z
    return %z : !z
  }
}

// -----

!a = tensor<?x4x!wage.grid<A, 8, -7>>
!m = tensor<3x4x!wage.grid<G, 8, -7>>
!w = tensor<3x4x!wage.grid<W, 2, -1>>
!z = tensor<?x3x!wage.grid<Z, 0, -8>>
module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  ml_program.global private mutable @v(dense<0> : tensor<3x4xi8>) : tensor<3x4xi8> {wage.ordinal = 1 : i32}
  // expected-error@+1 {{'ml_program.global' op has wage.ordinal 1, needs one that no other weight tensor has, 0 or more}}
  ml_program.global private mutable @w(dense<0> : tensor<3x4xi8>) : tensor<3x4xi8> {wage.ordinal = 1 : i32}
  func.func @infer(%p: tensor<?x4xui8>) -> !z {
    %iv = ml_program.global_load @v : tensor<3x4xi8>
    %mv = wage.as_grid %iv : tensor<3x4xi8> -> !m
    %iw = ml_program.global_load @w : tensor<3x4xi8>
    %mw = wage.as_grid %iw : tensor<3x4xi8> -> !m
    %w = wage.quantize_weight %mw, rounding = half_even : !m -> !w
    %x = wage.encode_input %p : tensor<?x4xui8> -> !a
    %z = wage.matmul %x, %w, scale_log2 = [0, 0, 0] : !a, !w -> !z
    return %z : !z
  }
}

// -----

// What can only infer is refused where an error would have to pass it, by its name.
!a = tensor<?x4x!wage.grid<A, 8, -7>>
!b = tensor<?x3x!wage.grid<A, 2, -1>>
!m = tensor<3x4x!wage.grid<G, 8, -7>>
!w = tensor<3x4x!wage.grid<W, 2, -1>>
!z = tensor<?x3x!wage.grid<Z, 0, -8>>
!s = tensor<?x3x!wage.grid<Z, 0, -9>>
module attributes {wage.config = #wage.config<mode = train, weights = 2, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  ml_program.global private mutable @w(dense<0> : tensor<3x4xi8>) : tensor<3x4xi8> {wage.ordinal = 0 : i32}
  func.func @infer(%p: tensor<?x4xui8>) -> !s {
    %iw = ml_program.global_load @w : tensor<3x4xi8>
    %mw = wage.as_grid %iw : tensor<3x4xi8> -> !m
    %w = wage.quantize_weight %mw, rounding = half_even : !m -> !w
    %x = wage.encode_input %p : tensor<?x4xui8> -> !a
    // Of the image no error is wanted.
    %r = wage.rearrange %x, sizes = [4], from = [3, -1], to = [0, 1] : !a -> !a
    %z = wage.matmul %r, %w, scale_log2 = [0, 0, 0] : !a, !w -> !z
    %q = wage.quantize_activation %z, rounding = half_even : !z -> !b
    // expected-error@+1 {{'wage.lookup' op has no backward rule, but takes a value that needs an error}}
    %l = wage.lookup %q, tables = dense<[[0, 1, 0, 1]]> : tensor<1x4xi8> : !b -> !b
    // expected-error@+1 {{'wage.concat' op has no backward rule, but takes a value that needs an error}}
    %c = wage.concat %l : !b -> !b
    // expected-error@+1 {{'wage.rearrange' op has no backward rule, but takes a value that needs an error}}
    %v = wage.rearrange %c, sizes = [3], from = [2, -1], to = [0, 1] : !b -> !b
    // expected-error@+1 {{'wage.multiply' op has no backward rule, but takes a value that needs an error}}
    %y = wage.multiply %z, %v : !z, !b -> !s
    return %y : !s
  }
}
