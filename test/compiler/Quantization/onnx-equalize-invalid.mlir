// Both passes refuse the same options and samples, each by name.
// RUN: rm -rf %t && %python %S/Inputs/make_samples.py %t && split-file %s %t/parts
// RUN: not wage-opt %t/parts/main.mlir --onnx-equalize="input=%t/ramp.npy a=1" 2>&1 | FileCheck %s --check-prefix=THIN
// RUN: not wage-opt %t/parts/main.mlir --onnx-calibrate="input=%t/ramp.npy a=1" 2>&1 | FileCheck %s --check-prefix=THIN
// RUN: not wage-opt %t/parts/main.mlir --onnx-equalize="input=%t/ramp.npy a=17" 2>&1 | FileCheck %s --check-prefix=WIDE
// RUN: not wage-opt %t/parts/main.mlir --onnx-calibrate="input=%t/ramp.npy a=17" 2>&1 | FileCheck %s --check-prefix=WIDE
// RUN: not wage-opt %t/parts/main.mlir --onnx-equalize="input=%t/ramp.npy w=0" 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not wage-opt %t/parts/main.mlir --onnx-calibrate="input=%t/ramp.npy w=0" 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not wage-opt %t/parts/main.mlir --onnx-equalize="input=%t/ramp.npy w=9" 2>&1 | FileCheck %s --check-prefix=MANY
// RUN: not wage-opt %t/parts/main.mlir --onnx-calibrate="input=%t/ramp.npy w=9" 2>&1 | FileCheck %s --check-prefix=MANY
// RUN: not wage-opt %t/parts/main.mlir --onnx-equalize="input=%t/ramp.npy limit=0" 2>&1 | FileCheck %s --check-prefix=LIMIT
// RUN: not wage-opt %t/parts/main.mlir --onnx-calibrate="input=%t/ramp.npy limit=0" 2>&1 | FileCheck %s --check-prefix=LIMIT
// RUN: not wage-opt %t/parts/main.mlir --onnx-equalize="input=%t/ramp.npy layer-bits=nothing:4-8" 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not wage-opt %t/parts/main.mlir --onnx-calibrate="input=%t/ramp.npy layer-bits=nothing:4-8" 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not wage-opt %t/parts/main.mlir --onnx-equalize="input=%t/ramp.npy layer-bits=first:4" 2>&1 | FileCheck %s --check-prefix=FORM
// RUN: not wage-opt %t/parts/main.mlir --onnx-calibrate="input=%t/ramp.npy layer-bits=first:4" 2>&1 | FileCheck %s --check-prefix=FORM
// RUN: not wage-opt %t/parts/main.mlir --onnx-equalize="input=%t/ramp.npy layer-bits=first:4-8,first:4-8" 2>&1 | FileCheck %s --check-prefix=TWICE
// RUN: not wage-opt %t/parts/main.mlir --onnx-calibrate="input=%t/ramp.npy layer-bits=first:4-8,first:4-8" 2>&1 | FileCheck %s --check-prefix=TWICE
// RUN: not wage-opt %t/parts/main.mlir --onnx-equalize="input=%t/samples.npy" 2>&1 | FileCheck %s --check-prefix=SHAPE
// RUN: not wage-opt %t/parts/main.mlir --onnx-calibrate="input=%t/samples.npy" 2>&1 | FileCheck %s --check-prefix=SHAPE
// RUN: not wage-opt %t/parts/main.mlir --onnx-equalize="input=%t/nan.npy" 2>&1 | FileCheck %s --check-prefix=NAN
// RUN: not wage-opt %t/parts/main.mlir --onnx-calibrate="input=%t/nan.npy" 2>&1 | FileCheck %s --check-prefix=NAN
// RUN: not wage-opt %t/parts/main.mlir --onnx-equalize="input=%t/missing.npy" 2>&1 | FileCheck %s --check-prefix=FILE
// RUN: not wage-opt %t/parts/main.mlir --onnx-calibrate="input=%t/missing.npy" 2>&1 | FileCheck %s --check-prefix=FILE
// RUN: not wage-opt %t/parts/no-main.mlir --onnx-equalize="input=%t/ramp.npy" 2>&1 | FileCheck %s --check-prefix=MAIN
// RUN: not wage-opt %t/parts/no-main.mlir --onnx-calibrate="input=%t/ramp.npy" 2>&1 | FileCheck %s --check-prefix=MAIN
// RUN: not wage-opt %t/parts/two-inputs.mlir --onnx-equalize="input=%t/ramp.npy" 2>&1 | FileCheck %s --check-prefix=MAIN
// RUN: not wage-opt %t/parts/two-inputs.mlir --onnx-calibrate="input=%t/ramp.npy" 2>&1 | FileCheck %s --check-prefix=MAIN
// RUN: not wage-opt %t/parts/rank.mlir --onnx-equalize="input=%t/ramp.npy" 2>&1 | FileCheck %s --check-prefix=RANK
// RUN: not wage-opt %t/parts/rank.mlir --onnx-calibrate="input=%t/ramp.npy" 2>&1 | FileCheck %s --check-prefix=RANK
// RUN: not wage-opt %t/parts/empty.mlir --onnx-equalize="input=%t/ramp.npy" 2>&1 | FileCheck %s --check-prefix=EMPTY
// RUN: not wage-opt %t/parts/empty.mlir --onnx-calibrate="input=%t/ramp.npy" 2>&1 | FileCheck %s --check-prefix=EMPTY

// THIN: needs activations of 2 to 16 bits, weights of 1 to 8 and a limit of at least 1, got 1, 8 and 256
// WIDE: needs activations of 2 to 16 bits, weights of 1 to 8 and a limit of at least 1, got 17, 8 and 256
// NONE: needs activations of 2 to 16 bits, weights of 1 to 8 and a limit of at least 1, got 8, 0 and 256
// MANY: needs activations of 2 to 16 bits, weights of 1 to 8 and a limit of at least 1, got 8, 9 and 256
// LIMIT: needs activations of 2 to 16 bits, weights of 1 to 8 and a limit of at least 1, got 8, 8 and 0
// NAME: layer bits are given for 'nothing', which is no linear layer of the network
// FORM: layer bits 'first:4' must be NODE:W-A with W of 1 to 8 and A of 2 to 16 bits
// TWICE: layer bits of 'first' are given twice
// SHAPE: samples.npy: samples have shape [4, 2, 2, 2], the network takes [?, 1, 4, 4]
// NAN: nan.npy: samples {{have shape|must be finite}}
// FILE: missing.npy: No such file or directory
// MAIN: needs a function @main of one block, one argument and one result
// RANK: argument must be a tensor with a batch in front, got 'tensor<4xf32>'
// EMPTY: argument must hold numbers, got 'tensor<?x1x0x4xf32>'

//--- main.mlir
func.func @main(%x: tensor<?x1x4x4xf32>) -> tensor<?x1x4x4xf32> {
  %w = onnx.constant "w", value = dense<1.0> : tensor<1x1x1x1xf32>
  %0 = onnx.conv %x, %w, strides = [1, 1], pads = [0, 0, 0, 0]
       : (tensor<?x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<?x1x4x4xf32> loc("first")
  return %0 : tensor<?x1x4x4xf32>
}
//--- no-main.mlir
func.func @other(%x: tensor<?x1x4x4xf32>) -> tensor<?x1x4x4xf32> {
  return %x : tensor<?x1x4x4xf32>
}
//--- two-inputs.mlir
func.func @main(%x: tensor<?x1x4x4xf32>, %y: tensor<?x1x4x4xf32>) -> tensor<?x1x4x4xf32> {
  return %x : tensor<?x1x4x4xf32>
}
//--- rank.mlir
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
//--- empty.mlir
func.func @main(%x: tensor<?x1x0x4xf32>) -> tensor<?x1x0x4xf32> {
  return %x : tensor<?x1x0x4xf32>
}
