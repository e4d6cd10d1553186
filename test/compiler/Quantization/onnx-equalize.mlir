// Channels of range 1 and 108 are scaled to one range, or as far as the weights behind them allow.
// RUN: rm -rf %t && %python %S/Inputs/make_samples.py %t
// RUN: wage-opt %s --onnx-equalize="input=%t/ramp.npy" | FileCheck %s --check-prefixes=CHECK,EIGHT
// RUN: wage-opt %s --onnx-equalize="input=%t/ramp.npy a=4" | FileCheck %s --check-prefixes=CHECK,FOUR
// RUN: wage-opt %s --onnx-equalize="input=%t/ramp.npy w=2" | FileCheck %s --check-prefixes=CHECK,WEIGHTS
// RUN: wage-opt %s --onnx-equalize="input=%t/zeros.npy" | FileCheck %s --check-prefix=ZEROS
// RUN: wage-opt %s --onnx-equalize="input=%t/ramp.npy" -o %t/once && wage-opt %s --onnx-equalize="input=%t/ramp.npy" -o %t/twice
// RUN: cmp %t/once %t/twice

// With 8 bits the grid that takes 108 ends at 127.5 (127 and half a step). The first channel is multiplied by 127.5, the second
// by 127.5 / 108, and so is its bias; behind them the weights are divided by the same.
// CHECK-LABEL: func.func @main
// EIGHT: %[[W:.*]] = onnx.constant "w", value = dense<{{\[\[\[\[}}1.275000e+02]]], {{\[\[\[}}118.055557]]]]>
// EIGHT: %[[B:.*]] = onnx.constant "b", value = dense<[0.000000e+00, 9.44444465]>
// EIGHT: onnx.conv %{{.*}}, %[[W]] bias %[[B]]
// EIGHT: onnx.constant "v", value = dense<{{\[\[\[\[}}1.000000e+00]], {{\[\[}}0.00999999977]]]]>
// EIGHT: onnx.constant "v", value = dense<{{\[\[\[\[}}0.00784313772]], {{\[\[}}0.00847058836]]]]>
// EIGHT: %[[V:.*]] = onnx.constant "v", value = dense<{{\[\[\[\[}}0.00784313772]], {{\[\[}}0.00847058836]]]]>
// EIGHT: onnx.conv %{{.*}}, %[[V]],
// With 4 bits it ends at 7.5 * 16 = 120.
// FOUR: dense<{{\[\[\[\[}}1.200000e+02]]], {{\[\[\[}}111.111115]]]]>
// With weights of 2 bits the first channel's 1 behind it must not become as small as the second's 0.01 / 1.18, which rounds to 0
// beside a 1: the sum of both errors is least where it is multiplied by about 2.7.
// WEIGHTS: dense<{{\[\[\[\[}}2.6{{[0-9]*}}]]], {{\[\[\[}}118.055557]]]]>
// WEIGHTS: dense<{{\[\[\[\[}}0.37{{[0-9]*}}]], {{\[\[}}0.00847058836]]]]>

// Where the input is 0 only the second channel shows, at 8; its grid ends at 15.9375. The first goes with it: of its size nothing
// is known.
// ZEROS: %[[W:.*]] = onnx.constant "w", value = dense<{{\[\[\[\[}}1.9921875]]], {{\[\[\[}}199.21875]]]]>
// ZEROS: %[[B:.*]] = onnx.constant "b", value = dense<[0.000000e+00, 1.593750e+01]>
// ZEROS: onnx.conv %{{.*}}, %[[W]] bias %[[B]]
func.func @main(%x: tensor<?x1x4x4xf32>) -> tensor<?x1x4x4xf32> {
  %w = onnx.constant "w", value = dense<[[[[1.0]]], [[[100.0]]]]> : tensor<2x1x1x1xf32>
  %b = onnx.constant "b", value = dense<[0.0, 8.0]> : tensor<2xf32>
  %0 = onnx.conv %x, %w bias %b, strides = [1, 1], pads = [0, 0, 0, 0]
       : (tensor<?x1x4x4xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<?x2x4x4xf32> loc("first")
  %1 = onnx.relu %0 : tensor<?x2x4x4xf32> loc("relu")
  %v = onnx.constant "v", value = dense<[[[[1.0]], [[0.01]]]]> : tensor<1x2x1x1xf32>
  %2 = onnx.conv %1, %v, strides = [1, 1], pads = [0, 0, 0, 0]
       : (tensor<?x2x4x4xf32>, tensor<1x2x1x1xf32>) -> tensor<?x1x4x4xf32> loc("second")
  return %2 : tensor<?x1x4x4xf32>
}
