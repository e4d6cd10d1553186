// Grids chosen from samples, and what is refused.
// RUN: rm -rf %t && %python %S/Inputs/make_samples.py %t
// RUN: wage-opt %s --onnx-calibrate="input=%t/samples.npy method=max" | FileCheck %s --check-prefixes=CHECK,MAX
// RUN: wage-opt %s --onnx-calibrate="input=%t/samples.npy layer-bits=conv:4-6" | FileCheck %s --check-prefixes=CHECK,MSE
// RUN: wage-opt %s --onnx-calibrate="images=%t/images.npy pixel-scale=0.25,0.5 pixel-offset=0" | FileCheck %s --check-prefix=BYTES

// RUN: not wage-opt %s --onnx-calibrate="input=%t/nan.npy" 2>&1 | FileCheck %s --check-prefix=NAN
// RUN: not wage-opt %s --onnx-calibrate="input=%t/shape.npy" 2>&1 | FileCheck %s --check-prefix=SHAPE
// RUN: not wage-opt %s --onnx-calibrate="input=%t/none.npy" 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not wage-opt %s --onnx-calibrate="input=%t/samples.npy layer-bits=fc:4-8" 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not wage-opt %s --onnx-calibrate="input=%t/samples.npy layer-bits=conv:9-8" 2>&1 | FileCheck %s --check-prefix=WIDTH
// RUN: not wage-opt %s --onnx-calibrate="images=%t/images.npy pixel-scale=1,2,3" 2>&1 | FileCheck %s --check-prefix=PIXELS

// The input reaches 3: steps of 2^-5 hold 127 * 2^-5 = 3.97. Channel sums reach 3.5.
// CHECK-LABEL: func.func @main
// CHECK-SAME: wage.grid = !wage.grid<A, 8, -5>
// MAX: onnx.conv {{.*}}, wage.grid = !wage.grid<A, 8, -5>}
// MSE: onnx.conv {{.*}}, wage.grid = !wage.grid<A, 6, -3>, wage.weight_bits = 4 : i32}
// Behind a sigmoid all that matters lies between -3.5 and 3.5, and its result below 1.
// MAX: onnx.unary sigmoid {{.*}} {wage.grid = !wage.grid<A, 8, -7>}
// MSE: onnx.unary sigmoid {{.*}} {wage.grid = !wage.grid<A, 6, -5>}
// Bytes reach 248: 62 in the first channel, 124 in the second.
// BYTES: wage.grid = !wage.grid<A, 8, 0>

// NAN: nan.npy: samples must be finite, found infinite ones or what is no number
// SHAPE: shape.npy: samples have shape [4, 3, 2, 2], the network takes [?, 2, 2, 2]
// NONE: none.npy: No such file or directory
// NAME: layer bits are given for 'fc', which is no linear layer of the network
// WIDTH: layer bits 'conv:9-8' must be NODE:W-A with W of 1 to 8 and A of 2 to 16 bits
// PIXELS: pixel values are given for 3 channels, images have 2
func.func @main(%x: tensor<?x2x2x2xf32>) -> tensor<?x1x2x2xf32> {
  %w = onnx.constant "w", value = dense<1.0> : tensor<1x2x1x1xf32>
  %0 = onnx.conv %x, %w, strides = [1, 1], pads = [0, 0, 0, 0]
       : (tensor<?x2x2x2xf32>, tensor<1x2x1x1xf32>) -> tensor<?x1x2x2xf32> loc("conv")
  %1 = onnx.unary sigmoid %0 : tensor<?x1x2x2xf32> loc("gate")
  return %1 : tensor<?x1x2x2xf32>
}
