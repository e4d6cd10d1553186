// A layer whose channels have different scales is refused by name, not computed without them.
// RUN: wage-opt %s --convert-wage-to-integer -verify-diagnostics

func.func @scales(%x: tensor<?x4x!wage.grid<A, 8, -7>>, %w: tensor<2x4x!wage.grid<W, 2, -1>>)
    -> tensor<?x2x!wage.grid<Z, 0, -10>> {
  // expected-error@+1 {{'wage.matmul' op scales its output channels by 2^-1 to 2^-2, needs one scale for all channels of a layer}}
  %z = wage.matmul %x, %w, scale_log2 = [1, 2]
       : tensor<?x4x!wage.grid<A, 8, -7>>, tensor<2x4x!wage.grid<W, 2, -1>> -> tensor<?x2x!wage.grid<Z, 0, -10>>
  return %z : tensor<?x2x!wage.grid<Z, 0, -10>>
}
