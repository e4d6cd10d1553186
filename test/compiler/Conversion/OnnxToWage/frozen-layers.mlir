// What may stand in front of the layers that learn, and what is refused.
// RUN: wage-opt %s --convert-onnx-to-wage="batch=4 train-layers=fc" --wage-build-training-step | FileCheck %s
// RUN: not wage-opt %s --convert-onnx-to-wage="batch=4 train-layers=conv" -o /dev/null 2>&1 | FileCheck %s --check-prefix=BEHIND
// RUN: not wage-opt %s --convert-onnx-to-wage="batch=4 train-layers=fc,depthwise" --wage-build-training-step -o /dev/null 2>&1 \
// RUN:   | FileCheck %s --check-prefix=GROUPS
// RUN: not wage-opt %s --convert-onnx-to-wage="batch=4" -o /dev/null 2>&1 | FileCheck %s --check-prefix=BEHIND
// RUN: not wage-opt %s --convert-onnx-to-wage="batch=4 train-layers=head,fc,w9" -o /dev/null 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not wage-opt %s --convert-onnx-to-wage="batch=4 mode=infer train-layers=fc" -o /dev/null 2>&1 | FileCheck %s --check-prefix=INFER

// CHECK: func.func @train
// CHECK: wage.lookup
// CHECK: wage.concat
// CHECK: wage.conv2d {{.*}} groups = 2
// CHECK: wage.trace = "grad.2"

// BEHIND: sigmoid (onnx.unary): sigmoid has no backward rule: a network with it can only infer
// BEHIND: concat (onnx.concat): has no backward rule: a network with it can only infer

// GROUPS: has no backward rule with groups = 2

// UNKNOWN: error: train-layers names 'head', 'w9', which no linear layer is called; there are 'conv', 'depthwise', 'fc'
// UNKNOWN-NOT: error:

// INFER: train-layers is for mode=train, got mode=infer
func.func @main(%x: tensor<?x2x4x4xf32>) -> tensor<?x3xf32> {
  %w0 = onnx.constant "w0", value = dense<0.5> : tensor<2x2x1x1xf32>
  %0 = onnx.conv %x, %w0, strides = [1, 1], pads = [0, 0, 0, 0]
       : (tensor<?x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<?x2x4x4xf32> loc("conv")
  %s = onnx.unary sigmoid %0 : tensor<?x2x4x4xf32> loc("sigmoid")
  %c = onnx.concat %s, %x axis = 1 : (tensor<?x2x4x4xf32>, tensor<?x2x4x4xf32>) -> tensor<?x4x4x4xf32> loc("concat")
  %w1 = onnx.constant "w1", value = dense<0.5> : tensor<4x2x3x3xf32>
  %1 = onnx.conv %c, %w1, strides = [1, 1], pads = [0, 0, 0, 0] group = 2
       : (tensor<?x4x4x4xf32>, tensor<4x2x3x3xf32>) -> tensor<?x4x2x2xf32> loc("depthwise")
  %2 = onnx.relu %1 : tensor<?x4x2x2xf32> loc("relu")
  %3 = onnx.flatten %2 : tensor<?x4x2x2xf32> -> tensor<?x16xf32> loc("flatten")
  %w2 = onnx.constant "w2", value = dense<0.5> : tensor<3x16xf32>
  %4 = onnx.gemm %3, %w2 trans_b : (tensor<?x16xf32>, tensor<3x16xf32>) -> tensor<?x3xf32> loc("fc")
  return %4 : tensor<?x3xf32>
}
