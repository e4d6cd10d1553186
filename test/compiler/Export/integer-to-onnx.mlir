// Each form that the export chooses, by what is proved of the sum. That they compute the same: test/onnxruntime.
// RUN: rm -rf %t && split-file %s %t
// RUN: wage-translate --integer-to-onnx %t/bytes.mlir -o %t/a.onnx
// RUN: %python %S/Inputs/list_nodes.py %t/a.onnx | FileCheck %t/bytes.mlir
// RUN: wage-translate --integer-to-onnx %t/bytes.mlir -o %t/again.onnx && cmp %t/a.onnx %t/again.onnx
// RUN: wage-translate --integer-to-onnx %t/wide.mlir -o %t/b.onnx
// RUN: %python %S/Inputs/list_nodes.py %t/b.onnx | FileCheck %t/wide.mlir
// RUN: wage-translate --integer-to-onnx %t/large-sums.mlir -o %t/c.onnx
// RUN: %python %S/Inputs/list_nodes.py %t/c.onnx | FileCheck %t/large-sums.mlir

//--- bytes.mlir
// A layer with bias, Relu, a pool and the rounding behind it is one QLinearConv, whose Clip has the Relu's limit.
// CHECK: IR 7 opset {{\[}}('', 13)]
// CHECK: input input UINT8['batch', 1, 4, 4]
// CHECK: [[INDEX:.*]] = Cast(input) to=6
// CHECK: [[X:.*]] = Gather(int8[256], [[INDEX]]) axis=0
// CHECK: [[Y:.*]] = QLinearConv([[X]], 1.0, 0, {{\[\[\[\[3]]], \[\[\[-2]]]]}}, [0.0625, 0.25], [0, 0], 1.0, 0, [5, 2]) {{.*}}group=1
// CHECK: [[CLIP:.*]] = Clip([[Y]], 0, 127)
// CHECK: [[POOL:.*]] = MaxPool([[CLIP]]) {{.*}}kernel_shape=[2, 2]
// CHECK: [[FLAT:.*]] = Reshape([[POOL]], [0, 8])
// CHECK: [[SUM:.*]] = MatMulInteger([[FLAT]], {{\[\[1], .*}})
// CHECK: logits = Identity([[SUM]])
// CHECK: output logits INT32['batch', 1]
module attributes {wage.config = #wage.config<mode = infer, weights = 8, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  func.func @infer(%image: tensor<?x1x4x4xui8>) -> tensor<?x1xi32> {
    %x = integer.table %image, table = dense<3> : tensor<256xi8> : tensor<?x1x4x4xui8> -> tensor<?x1x4x4xi8>
    %w = arith.constant dense<[[[[3]]], [[[-2]]]]> : tensor<2x1x1x1xi8>
    %z = integer.conv2d %x, %w, strides = [1, 1], pads = [0, 0, 0, 0]
         : tensor<?x1x4x4xi8>, tensor<2x1x1x1xi8> -> tensor<?x2x4x4xi32>
    %aligned = integer.align_channels %z, shifts = [0, 2] : tensor<?x2x4x4xi32> -> tensor<?x2x4x4xi32>
    %b = arith.constant dense<[5, 8]> : tensor<2xi64>
    %biased = integer.add_bias %aligned, %b : tensor<?x2x4x4xi32>, tensor<2xi64> -> tensor<?x2x4x4xi32>
    %relu = integer.relu %biased : tensor<?x2x4x4xi32>
    %pool, %p = integer.max_pool %relu, kernel = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]
                : tensor<?x2x4x4xi32> -> tensor<?x2x2x2xi32>, tensor<?x2x2x2xi8>
    %a = integer.shift_clip %pool, shift = 4, bits = 8 : tensor<?x2x2x2xi32> -> tensor<?x2x2x2xi8>
    %flat = integer.reshape %a : tensor<?x2x2x2xi8> -> tensor<?x8xi8>
    %v = arith.constant dense<[[1, -1, 1, -1, 1, -1, 1, -1]]> : tensor<1x8xi8>
    %logits = integer.matmul %flat, %v : tensor<?x8xi8>, tensor<1x8xi8> -> tensor<?x1xi32>
    return %logits : tensor<?x1xi32>
  }
}

//--- wide.mlir
// A bias that is no multiple of its channel's step keeps the sum out of QLinearConv: int32, rounded in float64. Ties away from
// zero too, and 12 bits are convolved as two bytes.
// CHECK: [[Z:.*]] = ConvInteger({{.*}}
// CHECK: [[ALIGNED:.*]] = Mul([[Z]], {{\[\[\[4]], \[\[1]]]}})
// CHECK: [[BIASED:.*]] = Add([[ALIGNED]], {{\[\[\[5]], \[\[8]]]}})
// CHECK: [[WIDE:.*]] = Cast([[BIASED]]) to=11
// CHECK: [[SCALED:.*]] = Mul([[WIDE]], 0.5)
// CHECK: [[ABS:.*]] = Abs([[SCALED]])
// CHECK: [[HALF:.*]] = Add([[ABS]], 0.5)
// CHECK: [[FLOOR:.*]] = Floor([[HALF]])
// CHECK: [[SIGN:.*]] = Sign([[SCALED]])
// CHECK: [[ROUNDED:.*]] = Mul([[FLOOR]], [[SIGN]])
// CHECK: [[CLIPPED:.*]] = Clip([[ROUNDED]], -2047.0, 2047.0)
// CHECK: [[A:.*]] = Cast([[CLIPPED]]) to=6
// CHECK: [[RAISED:.*]] = Add([[A]], 32768)
// CHECK: ConvInteger({{.*}}, {{.*}}, 128, 128)
// CHECK: Mod([[RAISED]], 256)
// CHECK: ConvInteger({{.*}}, {{.*}}, 0, 128)
module attributes {wage.config = #wage.config<mode = infer, weights = 8, activations = 12, gradients = 8, errors = 8,
                                              random = 16, rounding = half_away, batch = 4>} {
  func.func @infer(%image: tensor<?x1x2x2xui8>) -> tensor<?x1x1x1xi32> {
    %x = integer.table %image, table = dense<127> : tensor<256xi8> : tensor<?x1x2x2xui8> -> tensor<?x1x2x2xi8>
    %w = arith.constant dense<[[[[3]]], [[[-2]]]]> : tensor<2x1x1x1xi8>
    %z = integer.conv2d %x, %w, strides = [1, 1], pads = [0, 0, 0, 0]
         : tensor<?x1x2x2xi8>, tensor<2x1x1x1xi8> -> tensor<?x2x2x2xi32>
    %aligned = integer.align_channels %z, shifts = [2, 0] : tensor<?x2x2x2xi32> -> tensor<?x2x2x2xi32>
    %b = arith.constant dense<[5, 8]> : tensor<2xi64>
    %biased = integer.add_bias %aligned, %b : tensor<?x2x2x2xi32>, tensor<2xi64> -> tensor<?x2x2x2xi32>
    %a = integer.shift_clip %biased, shift = 1, bits = 12 half_away : tensor<?x2x2x2xi32> -> tensor<?x2x2x2xi16>
    %v = arith.constant dense<1> : tensor<1x2x2x2xi8>
    %logits = integer.conv2d %a, %v, strides = [1, 1], pads = [0, 0, 0, 0]
              : tensor<?x2x2x2xi16>, tensor<1x2x2x2xi8> -> tensor<?x1x1x1xi32>
    return %logits : tensor<?x1x1x1xi32>
  }
}

//--- large-sums.mlir
// Sums of at most 127 * 127 * 1041 = 16790289, just above 2^24, are float32's to round with a shift of 17, not with one of 18.
// CHECK: QLinearMatMul({{.*}} 7.62939453125e-06
// CHECK: MatMulInteger
// CHECK: Mul({{.*}}, 3.814697265625e-06)
module attributes {wage.config = #wage.config<mode = infer, weights = 8, activations = 8, gradients = 8, errors = 8,
                                              random = 16, rounding = half_even, batch = 4>} {
  func.func @infer(%image: tensor<?x1041x1x1xui8>) -> tensor<?x1xi16> {
    %x = integer.table %image, table = dense<127> : tensor<256xi8> : tensor<?x1041x1x1xui8> -> tensor<?x1041x1x1xi8>
    %flat = integer.reshape %x : tensor<?x1041x1x1xi8> -> tensor<?x1041xi8>
    %w = arith.constant dense<127> : tensor<1x1041xi8>
    %z = integer.matmul %flat, %w : tensor<?x1041xi8>, tensor<1x1041xi8> -> tensor<?x1xi32>
    %a = integer.shift_clip %z, shift = 17, bits = 8 : tensor<?x1xi32> -> tensor<?x1xi8>
    %y = integer.matmul %flat, %w : tensor<?x1041xi8>, tensor<1x1041xi8> -> tensor<?x1xi32>
    %c = integer.shift_clip %y, shift = 18, bits = 8 : tensor<?x1xi32> -> tensor<?x1xi8>
    %logits = integer.add %a, %c, shifts = [0, 0] : tensor<?x1xi8>, tensor<?x1xi8> -> tensor<?x1xi16>
    return %logits : tensor<?x1xi16>
  }
}
