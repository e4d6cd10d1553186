// What ONNX cannot say exactly is refused by name, all of it in one run, and nothing is written.
// RUN: rm -rf %t && split-file %s %t
// RUN: not wage-translate --integer-to-onnx %t/ops.mlir -o %t/out.onnx 2>&1 | FileCheck %t/ops.mlir
// RUN: not wage-translate --integer-to-onnx %t/level.mlir -o %t/out.onnx 2>&1 | FileCheck %t/level.mlir
// RUN: not wage-translate --integer-to-onnx %t/name.mlir -o %t/out.onnx 2>&1 | FileCheck %t/name.mlir
// RUN: not wage-translate --integer-to-onnx %t/arguments.mlir -o %t/out.onnx 2>&1 | FileCheck %t/arguments.mlir
// RUN: not wage-translate --integer-to-onnx %t/results.mlir -o %t/out.onnx 2>&1 | FileCheck %t/results.mlir
// RUN: not wage-translate --integer-to-onnx %t/weights.mlir -o %t/out.onnx 2>&1 | FileCheck %t/weights.mlir
// RUN: not wage-translate --integer-to-onnx %t/gathered.mlir -o %t/out.onnx 2>&1 | FileCheck %t/gathered.mlir
// RUN: not ls %t/out.onnx

//--- ops.mlir
// CHECK: ops.mlir: rounding (integer.shift_clip): rounds sums of up to 2305843009213693952 by 50 bits to 8, needed sums of up to 2^53 or at most 53 bits in all
// CHECK: ops.mlir: pool (integer.max_pool): compares sums of up to 2305843009213693952, needed at most 2^53, which float64 holds
// CHECK: ops.mlir: mask (integer.within): has no form in ONNX that wage writes
// CHECK: ops.mlir: conv (integer.conv2d): sums activations of up to 65536 to 65536, needed 16 bits and weights that sum to at most 8421504
// CHECK-NOT: error
module attributes {wage.config = #wage.config<mode = infer, weights = 8, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  func.func @infer(%image: tensor<?x1x2x2xui8>) -> tensor<?x1x2x2xi64> {
    %x = integer.table %image, table = dense<1> : tensor<256xi8> : tensor<?x1x2x2xui8> -> tensor<?x1x2x2xi8>
    %none = integer.align_channels %x, shifts = [0] : tensor<?x1x2x2xi8> -> tensor<?x1x2x2xi64>
    %sum = integer.add %none, %none, shifts = [0, 16] : tensor<?x1x2x2xi64>, tensor<?x1x2x2xi64> -> tensor<?x1x2x2xi64>
    %wide = integer.align_channels %x, shifts = [16] : tensor<?x1x2x2xi8> -> tensor<?x1x2x2xi64>
    %w = arith.constant dense<1> : tensor<1x1x1x1xi8>
    %z = integer.align_channels %wide, shifts = [40] : tensor<?x1x2x2xi64> -> tensor<?x1x2x2xi64>
    %large = integer.align_channels %z, shifts = [5] : tensor<?x1x2x2xi64> -> tensor<?x1x2x2xi64>
    %a = integer.shift_clip %large, shift = 50, bits = 8 : tensor<?x1x2x2xi64> -> tensor<?x1x2x2xi8> loc("rounding")
    %pool, %p = integer.max_pool %large, kernel = [1, 1], strides = [1, 1], pads = [0, 0, 0, 0]
                : tensor<?x1x2x2xi64> -> tensor<?x1x2x2xi64>, tensor<?x1x2x2xi8> loc("pool")
    %m = integer.within %x, limit = 3 : tensor<?x1x2x2xi8> -> tensor<?x1x2x2xi1> loc("mask")
    %c = integer.conv2d %wide, %w, strides = [1, 1], pads = [0, 0, 0, 0]
         : tensor<?x1x2x2xi64>, tensor<1x1x1x1xi8> -> tensor<?x1x2x2xi64> loc("conv")
    return %c : tensor<?x1x2x2xi64>
  }
}

//--- level.mlir
// CHECK: level.mlir{{.*}}has no wage.config, the integer level needs one
module {
  func.func @infer(%image: tensor<?x1x2x2xui8>) {
    return
  }
}

//--- name.mlir
// CHECK: needs @infer of the integer level and wage.config to be exported
module attributes {wage.config = #wage.config<mode = infer, weights = 8, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  func.func @other(%x: tensor<?x1xi8>) -> tensor<?x1xi8> {
    return %x : tensor<?x1xi8>
  }
}

//--- arguments.mlir
// CHECK: takes {{.*}}tensor<?x1xi8>{{.*}}, needed bytes
module attributes {wage.config = #wage.config<mode = infer, weights = 8, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  func.func @infer(%x: tensor<?x1xi8>) -> tensor<?x1xi8> {
    return %x : tensor<?x1xi8>
  }
}

//--- results.mlir
// CHECK: has 2 results, needed one, the logits
module attributes {wage.config = #wage.config<mode = infer, weights = 8, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  func.func @infer(%x: tensor<?x1xui8>) -> (tensor<?x1xui8>, tensor<?x1xui8>) {
    return %x, %x : tensor<?x1xui8>, tensor<?x1xui8>
  }
}

//--- weights.mlir
// CHECK: fc (integer.matmul): has weights that are not known when compiling
// CHECK: large (integer.matmul): has weights of up to 128, needed at most 127
module attributes {wage.config = #wage.config<mode = infer, weights = 8, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  func.func @infer(%image: tensor<1x1xui8>) -> tensor<1x1xi32> {
    %x = integer.table %image, table = dense<1> : tensor<256xi8> : tensor<1x1xui8> -> tensor<1x1xi8>
    %z = integer.matmul %x, %x : tensor<1x1xi8>, tensor<1x1xi8> -> tensor<1x1xi32> loc("fc")
    %w = arith.constant dense<-128> : tensor<1x1xi8>
    %y = integer.matmul %x, %w : tensor<1x1xi8>, tensor<1x1xi8> -> tensor<1x1xi32> loc("large")
    return %y : tensor<1x1xi32>
  }
}

//--- gathered.mlir
// CHECK: far (integer.rearrange): gathers 4294967296 elements or from so many, needed less than 2^31 - 1
module attributes {wage.config = #wage.config<mode = infer, weights = 8, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  func.func @infer(%image: tensor<?x65536x65536xui8>) -> tensor<?x1xi8> {
    %x = integer.table %image, table = dense<1> : tensor<256xi8> : tensor<?x65536x65536xui8> -> tensor<?x65536x65536xi8>
    %y = integer.rearrange %x, sizes = [1], from = [0, 1], to = [0, 1]
         : tensor<?x65536x65536xi8> -> tensor<?x1xi8> loc("far")
    return %y : tensor<?x1xi8>
  }
}
