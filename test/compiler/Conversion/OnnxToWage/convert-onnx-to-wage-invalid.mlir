// Every refusal, by node name; all problems of one network at once.
// RUN: wage-opt %s -split-input-file -verify-diagnostics --convert-onnx-to-wage

// expected-error@+1 {{needs a function @main of one block, one argument and one result}}
module {}

// -----

// expected-error@+1 {{argument must be a tensor with a batch in front, got 'tensor<2xf32>'}}
func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  return %x : tensor<2xf32>
}

// -----

// A Relu at the output.
// expected-error@unknown {{last (onnx.relu): a Relu at the output is not supported: the output must be an accumulator}}
func.func @main(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x2xf32>
  %0 = onnx.gemm %x, %w trans_b : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32> loc("fc")
  %1 = onnx.relu %0 : tensor<?x2xf32> loc("last")
  return %1 : tensor<?x2xf32>
}

// -----

// Seen through Identity and Flatten as well.
// expected-error@unknown {{final (onnx.relu): a Relu at the output is not supported: the output must be an accumulator}}
func.func @main(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x2xf32>
  %0 = onnx.gemm %x, %w trans_b : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32> loc("fc")
  %1 = onnx.relu %0 : tensor<?x2xf32> loc("final")
  %2 = onnx.identity %1 : tensor<?x2xf32>
  %3 = onnx.flatten %2 : tensor<?x2xf32> -> tensor<?x2xf32>
  return %3 : tensor<?x2xf32>
}

// -----

// No linear layer at all.
// expected-error@+1 {{the network has no linear layer before its output}}
func.func @main(%x: tensor<?x1x2xf32>) -> tensor<?x2xf32> {
  %0 = onnx.flatten %x : tensor<?x1x2xf32> -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
}

// -----

// Windows in the padding that count fewer elements.
// expected-error@unknown {{mean (onnx.average_pool): windows that reach into the padding are averaged over fewer elements (count_include_pad = 0), which no power of two stands for}}
func.func @main(%x: tensor<?x1x2x2xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x4xf32>
  %0 = onnx.average_pool %x, kernel = [3, 3], strides = [1, 1], pads = [1, 1, 1, 1]
       : tensor<?x1x2x2xf32> -> tensor<?x1x2x2xf32> loc("mean")
  %1 = onnx.flatten %0 : tensor<?x1x2x2xf32> -> tensor<?x4xf32>
  %2 = onnx.gemm %1, %w trans_b : (tensor<?x4xf32>, tensor<2x4xf32>) -> tensor<?x2xf32> loc("fc")
  return %2 : tensor<?x2xf32>
}

// -----

// Forms of known operations that have none on the wage level, all at once.
// expected-error@unknown {{dilated (onnx.max_pool): dilations = [2, 2] is not supported, only dilations = [1, 1]}}
// expected-error@unknown {{ceiled (onnx.average_pool): ceil_mode with count_include_pad is not supported}}
// expected-error@unknown {{act (onnx.unary): tanh has no backward rule: a network with it can only infer}}
// expected-error@unknown {{stack (onnx.mat_mul): a product of shapes [?, 2, 2, 2] and [2, 2] is not supported, only of two matrices}}
func.func @main(%x: tensor<?x2x4x4xf32>) -> tensor<?x8xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x1x1x1xf32>
  %v = onnx.constant "v", value = dense<0.5> : tensor<2x2xf32>
  %0 = onnx.conv %x, %w, strides = [1, 1], pads = [0, 0, 0, 0] group = 2
       : (tensor<?x2x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<?x2x4x4xf32> loc("grouped")
  %1 = onnx.max_pool %0, kernel = [2, 2], strides = [1, 1], pads = [0, 0, 0, 0] dilations = [2, 2]
       : tensor<?x2x4x4xf32> -> tensor<?x2x2x2xf32> loc("dilated")
  %2 = onnx.average_pool %1, kernel = [1, 1], strides = [1, 1], pads = [0, 0, 0, 0] overhang = [0, 0] count_include_pad
       : tensor<?x2x2x2xf32> -> tensor<?x2x2x2xf32> loc("ceiled")
  %3 = onnx.unary tanh %2 : tensor<?x2x2x2xf32> loc("act")
  %4 = onnx.mat_mul %3, %v : (tensor<?x2x2x2xf32>, tensor<2x2xf32>) -> tensor<?x2x2x2xf32> loc("stack")
  %5 = onnx.flatten %4 : tensor<?x2x2x2xf32> -> tensor<?x8xf32> loc("flat")
  return %5 : tensor<?x8xf32>
}

// -----

// The batch that the file fixes does not do.
// expected-error@+1 {{argument must be a tensor with an open batch in front, got 'tensor<3x2xf32>'}}
func.func @main(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x2xf32>
  %0 = onnx.gemm %x, %w trans_b : (tensor<3x2xf32>, tensor<2x2xf32>) -> tensor<3x2xf32> loc("fc")
  return %0 : tensor<3x2xf32>
}

// -----

// The output has one number per class.
// expected-error@unknown {{conv: the output must have shape [batch, classes], got 'tensor<?x2x3x3xf32>'}}
func.func @main(%x: tensor<?x1x3x3xf32>) -> tensor<?x2x3x3xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x1x1x1xf32>
  %0 = onnx.conv %x, %w, strides = [1, 1], pads = [0, 0, 0, 0]
       : (tensor<?x1x3x3xf32>, tensor<2x1x1x1xf32>) -> tensor<?x2x3x3xf32> loc("conv")
  return %0 : tensor<?x2x3x3xf32>
}

// -----

// A branch that leads nowhere.
// expected-error@unknown {{dead (onnx.relu): nothing takes its value and it is not the output}}
func.func @main(%x: tensor<?x2xf32> loc("pixels")) -> tensor<?x2xf32> {
  %dead = onnx.relu %x : tensor<?x2xf32> loc("dead")
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x2xf32>
  %0 = onnx.gemm %x, %w trans_b : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32> loc("fc")
  return %0 : tensor<?x2xf32>
}

// -----

// A constant is added behind a linear layer only, not behind a pool. On the input it is the host's.
// expected-error@unknown {{late (onnx.add): a constant can be added to a linear layer's result only}}
func.func @main(%x: tensor<?x1x2x1xf32>) -> tensor<?x2xf32> {
  %b = onnx.constant "b", value = dense<0.5> : tensor<1x1x1xf32>
  %c = onnx.constant "c", value = dense<0.5> : tensor<2x1x1xf32>
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x1x1x1xf32>
  %0 = onnx.add %x, %b : tensor<?x1x2x1xf32>, tensor<1x1x1xf32> loc("early")
  %1 = onnx.conv %0, %w, strides = [1, 1], pads = [0, 0, 0, 0]
       : (tensor<?x1x2x1xf32>, tensor<2x1x1x1xf32>) -> tensor<?x2x2x1xf32> loc("conv")
  %2 = onnx.max_pool %1, kernel = [2, 1], strides = [1, 1], pads = [0, 0, 0, 0]
       : tensor<?x2x2x1xf32> -> tensor<?x2x1x1xf32> loc("pool")
  %3 = onnx.add %2, %c : tensor<?x2x1x1xf32>, tensor<2x1x1xf32> loc("late")
  %4 = onnx.flatten %3 : tensor<?x2x1x1xf32> -> tensor<?x2xf32>
  return %4 : tensor<?x2xf32>
}

// -----

// Weights that are not a number or infinite; the bias beside them is looked at as well.
// expected-error@unknown {{a (onnx.gemm): weights 'w' must be finite, got nan at element 2}}
// expected-error@unknown {{b (onnx.gemm): weights 'v' must be finite, got -INF at element 0}}
// expected-error@unknown {{b (onnx.gemm): bias 'n' must be finite and at most 2^61 steps of 2^-8, got nan at element 1}}
func.func @main(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<[[0.5, 1.0], [0x7FC00000, 0x7FC00000]]> : tensor<2x2xf32>
  %v = onnx.constant "v", value = dense<0xFF800000> : tensor<2x2xf32>
  %n = onnx.constant "n", value = dense<[0.5, 0x7FC00000]> : tensor<2xf32>
  %0 = onnx.gemm %x, %w trans_b : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32> loc("a")
  %1 = onnx.gemm %0, %v trans_b bias %n : (tensor<?x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<?x2xf32> loc("b")
  return %1 : tensor<?x2xf32>
}

// -----

// 2^54 steps of 2^-8 are beyond 2^61; 2^53 are not.
// expected-error@unknown {{fc (onnx.gemm): bias 'b' must be finite and at most 2^61 steps of 2^-8, got 1.801440e+16 at element 1}}
func.func @main(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x2xf32>
  %b = onnx.constant "b", value = dense<[9007199254740992.0, 18014398509481984.0]> : tensor<2xf32>
  %0 = onnx.gemm %x, %w trans_b bias %b : (tensor<?x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<?x2xf32> loc("fc")
  return %0 : tensor<?x2xf32>
}

// -----

// Weights shared by layers.
// expected-error@unknown {{b (onnx.gemm): weights 'w' are those of 'a' too: weights shared by layers are not supported yet}}
func.func @main(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x2xf32>
  %0 = onnx.gemm %x, %w trans_b : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32> loc("a")
  %1 = onnx.gemm %0, %w trans_b : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32> loc("b")
  return %1 : tensor<?x2xf32>
}

// -----

// Weights that depend on the input.
// expected-error@unknown {{fc (onnx.mat_mul): weights must be an initializer or a constant, got a value that depends on the input}}
func.func @main(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %0 = onnx.reshape %x : tensor<2x2xf32> -> tensor<2x2xf32>
  %1 = onnx.constant "c", value = dense<0.5> : tensor<2x2xf32>
  %2 = onnx.mat_mul %1, %0 : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32> loc("fc")
  return %2 : tensor<2x2xf32>
}

// -----

// Weights without a weight, and a resource whose data is not there.
// expected-error@unknown {{fc (onnx.gemm): weights must have 1 to 2147483648 elements, got 'tensor<2x0xf32>'}}
// expected-error@unknown {{b (onnx.gemm): weights 'v' must be float32 with their data present, got 'tensor<2x2xf32>'}}
func.func @main(%x: tensor<?x0xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x0xf32>
  %v = onnx.constant "v", value = dense_resource<absent> : tensor<2x2xf32>
  %0 = onnx.gemm %x, %w trans_b : (tensor<?x0xf32>, tensor<2x0xf32>) -> tensor<?x2xf32> loc("fc")
  %1 = onnx.gemm %0, %v trans_b : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32> loc("b")
  return %1 : tensor<?x2xf32>
}

// -----

// An op of another level.
// expected-error@unknown {{other (arith.negf): has no form on the wage level}}
func.func @main(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %w = onnx.constant "w", value = dense<0.5> : tensor<2x2xf32>
  %0 = onnx.gemm %x, %w trans_b : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32> loc("fc")
  %1 = arith.negf %0 : tensor<?x2xf32> loc("other")
  return %1 : tensor<?x2xf32>
}
