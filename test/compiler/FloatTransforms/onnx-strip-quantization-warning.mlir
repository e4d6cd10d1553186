// One warning for the network, and only where integers cannot stay what they were.
// RUN: wage-opt %s --onnx-strip-quantization --split-input-file -verify-diagnostics | FileCheck %s

// CHECK-NOT: onnx.quantized

// expected-warning@+1 {{the network is quantised: 3 of its 5 scales are no powers of two and 1 of its zero points are not 0; its weights are dequantised and quantised again}}
module attributes {onnx.quantized = {not_power_of_two = 3 : i64, scales = 5 : i64, zero_points = 1 : i64}} {
}

// -----

module attributes {onnx.quantized = {not_power_of_two = 0 : i64, scales = 5 : i64, zero_points = 0 : i64}} {
}

// -----

module {
}
