// Options out of range: all of them, beside what is wrong with the network.
// RUN: wage-opt %s -split-input-file -verify-diagnostics \
// RUN:   --convert-onnx-to-wage="w=9 a=17 g=1 e=0 r=17 batch=0 init-gain=0" | count 0
// RUN: not wage-opt %s --convert-onnx-to-wage="w=8 g=7" 2>&1 | FileCheck %s
// RUN: not wage-opt %s --convert-onnx-to-wage="rounding=up" 2>&1 | FileCheck %s --check-prefix=CHOICE

// CHECK: error: gradients must have at least as many bits as weights, got 7 and 8
// CHOICE: Cannot find option named 'up'!

// expected-error@+8 {{weights must be 1 to 8 bits, got 9}}
// expected-error@+7 {{activations must be 2 to 16 bits, got 17}}
// expected-error@+6 {{gradients must be 2 to 16 bits, got 1}}
// expected-error@+5 {{errors must be 2 to 16 bits, got 0}}
// expected-error@+4 {{random must be 1 to 16 bits, got 17}}
// expected-error@+3 {{batch must be at least 1, got 0}}
// expected-error@+2 {{init-gain must be at least 1, got 0}}
// expected-error@unknown {{last (onnx.relu): a Relu at the output is not supported: the output must be an accumulator}}
module {
  func.func @main(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
    %w = onnx.constant "w", value = dense<0.5> : tensor<2x2xf32>
    %0 = onnx.gemm %x, %w trans_b : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
    %1 = onnx.relu %0 : tensor<?x2xf32> loc("last")
    return %1 : tensor<?x2xf32>
  }
}
