// A sum that exact 64-bit arithmetic cannot hold is refused by the layer's name; one sample less is accepted.
// RUN: sed s/BATCH/67112960/ %s | wage-opt --integer-assign-widths -o /dev/null
// RUN: sed s/BATCH/67112961/ %s | not wage-opt --integer-assign-widths -o /dev/null 2>&1 | FileCheck %s

// CHECK: error: {{.*}}'integer.conv2d_outer' op of layer 'conv1' can reach 4611686074258030656, needs at most 2^62 - 1
module attributes {wage.config = #wage.config<mode = train, weights = 8, activations = 16, gradients = 16, errors = 16,
                                              random = 16, rounding = half_even, batch = BATCH>} {
  func.func @too_large(%e: tensor<?x1x8x8xi32>, %x: tensor<?x1x8x8xi32>) {
    %a = integer.shift_clip %e, shift = 0, bits = 16 : tensor<?x1x8x8xi32> -> tensor<?x1x8x8xi16>
    %b = integer.shift_clip %x, shift = 0, bits = 16 : tensor<?x1x8x8xi32> -> tensor<?x1x8x8xi16>
    %g = integer.conv2d_outer %a, %b, strides = [1, 1], pads = [0, 0, 0, 0]
         : tensor<?x1x8x8xi16>, tensor<?x1x8x8xi16> -> tensor<1x1x1x1xi64> loc("conv1")
    return
  }
}
