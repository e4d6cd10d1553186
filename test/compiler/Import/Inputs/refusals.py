"""Writes each broken model of the table into the folder given, and expects exactly its lines, exit status 1 and no file.

Every line stands behind `wage-translate: error: model.onnx: `.
"""
import subprocess
import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper
from onnxtext import changed, constants, lenet, model, node, tensor_changed, weights

FC = dict(w=weights(10, 64))
FLATTEN = node("Flatten", "x", "f")
LAYER = node("Gemm", "f w", "y", "fc", transB=1)
CONV = dict(w=weights(4, 1, 3, 3))


def fc(*, arrays=FC, **attributes):
    return model([FLATTEN, node("Gemm", "f w", "y", "fc", **attributes)], constants(**arrays))


def conv(arrays=CONV, inputs="x w", **attributes):
    return model([node("Conv", inputs, "y", "conv", **attributes)], constants(**arrays))


def pool(inputs="x", output="y", shape=("n", 1, 8, 8), **attributes):
    return model([node("MaxPool", inputs, output, "pool", **attributes)], shape=shape)


def reshape(shape, batch="n"):
    return model([node("Reshape", "x s", "y", "reshape")], constants(s=np.array(shape, np.int64)), shape=(batch, 1, 8, 8))


def add(array):
    return model([node("Add", "x b", "y", "add")], constants(b=array), shape=("n", 4, 8, 8))


def external(**entries):
    def change(tensor):
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in entries.items():
            tensor.external_data.add(key=key, value=value)
    return tensor_changed(change)


def huge(tensor):
    tensor.dims[:] = [1 << 20, 1 << 20, 1 << 20, 1 << 20]


BAD = "conv1 (Conv, opset 13): initializer 'conv.weight' "
CASES = {
    # Every problem of a file at once, in file order; what stands behind an unknown value is still checked.
    "all-at-once": (model([
        node("Conv", "x w", "a", "conv1", group=3, dilations=[2, 2], storage=1),
        node("Multinomial", "a", "b", ""),
        node("Conv", "b missing", "c", "conv2", auto_pad="MAYBE", strides=[1]),
        node("FusedConv", "c", "d", "fused", domain="com.microsoft"),
        node("Add", "d x", "e", "residual"),
        node("Loop", ["", "", "e"], "f", "loop"),
        node("Softmax", "f", "y", "soft", shares=1),
    ], constants(w=weights(3, 1, 3, 3))), [
        "conv1 (Conv, opset 13): attribute 'storage' is not supported",
        "b (Multinomial, opset 13): the operator is not supported",
        "conv2 (Conv, opset 13): input 'missing' is neither an initializer nor made by any node",
        "conv2 (Conv, opset 13): strides = [1] is not supported, only 2 numbers, none below 1",
        "conv2 (Conv, opset 13): auto_pad = 'MAYBE' is not supported, only NOTSET, SAME_UPPER, SAME_LOWER and VALID",
        "fused (FusedConv, opset 13): the operator of domain 'com.microsoft' is not supported",
        "loop (Loop, opset 13): the operator is not supported",
        "soft (Softmax, opset 13): attribute 'shares' is not supported"]),
    # Linear layers.
    "gemm-transposed": (fc(transB=1, transA=1),
                        ["fc (Gemm, opset 13): a transposed value of shape [?, 64] would not keep the batch in front"]),
    "gemm-shape": (fc(), ["fc (Gemm, opset 13): input has shape [?, 64], the weights need [?, 10]"]),
    "gemm-bias": (model([FLATTEN, node("Gemm", "f w b", "y", "fc", transB=1)], constants(w=FC["w"], b=weights(10, 1))),
                  ["fc (Gemm, opset 13): shapes [?, 10] and [10, 1] do not go together"]),
    "gemm-computed": (model([FLATTEN, node("Gemm", "f f", "y", "fc")]),
                      ["fc (Gemm, opset 13): a matrix of shape [?, 64] on the right side of a product must not hold the batch"]),
    "gemm-attribute-type": (fc(transB=1.5), ["fc (Gemm, opset 13): attribute 'transB' has type FLOAT, needed INT"]),
    "matmul-constant": (model([FLATTEN, node("MatMul", "w f", "y", "mm")], constants(**FC)),
                        ["mm (MatMul, opset 13): a matrix of shape [?, 64] on the right side of a product must not hold "
                         "the batch"]),
    "conv-channels": (conv(dict(w=weights(4, 2, 3, 3))),
                      ["conv (Conv, opset 13): weights [4, 2, 3, 3] need 2 input channels, the input has 1"]),
    "conv-rank": (conv(dict(w=weights(4, 1, 3))),
                  ["conv (Conv, opset 13): weights have shape [4, 1, 3], needed 4 dimensions"]),
    "conv-empty": (conv(dict(w=weights(0, 1, 3, 3))),
                   ["conv (Conv, opset 13): weights have shape [0, 1, 3, 3], needed known dimensions of one at least"]),
    "conv-kernel": (conv(kernel_shape=[5, 5]),
                    ["conv (Conv, opset 13): kernel_shape = [5, 5] disagrees with the weights [4, 1, 3, 3]"]),
    "conv-large": (conv(dict(w=weights(1, 1, 9, 9))), ["conv (Conv, opset 13): kernel [9, 9] with pads [0, 0, 0, 0] is "
                                                       "larger than its input [?, 1, 8, 8]"]),
    "conv-bias": (conv(dict(w=CONV["w"], b=weights(5)), "x w b"),
                  ["conv (Conv, opset 13): bias has shape [5], needed [4]"]),
    "conv-pads": (conv(pads=[1, -1, 0, 0]),
                  ["conv (Conv, opset 13): pads = [1, -1, 0, 0] is not supported, only 4 numbers, none below 0"]),
    "conv-pads-absurd": (conv(pads=[1 << 62, 0, 0, 0]), [
        f"conv (Conv, opset 13): pads = [{1 << 62}, 0, 0, 0] is not supported, only 4 numbers, none below 0"]),
    "conv-result-absurd": (conv(pads=[1 << 20, 1 << 20, 0, 0]), [
        f"conv (Conv, opset 13): its result has the shape [?, 4, {(1 << 20) + 6}, {(1 << 20) + 6}], needed at most {1 << 31} "
        "elements"]),
    "conv-both-pads": (conv(pads=[1, 1, 1, 1], auto_pad="VALID"),
                       ["conv (Conv, opset 13): pads = [1, 1, 1, 1] and auto_pad = VALID exclude each other"]),
    "add-shapes": (model([node("MaxPool", "x", "p", "pool", kernel_shape=[1, 1], strides=[2, 2]),
                          node("Add", "x p", "y", "add")]), [
        "add (Add, opset 13): shapes [?, 1, 8, 8] and [?, 1, 4, 4] do not go together"]),
    # An operator of two inputs has one type, and constants that are computed with must be numbers of float32.
    "add-mixed": (add(np.ones((4, 1, 1), np.int8)), ["add (Add, opset 13): inputs have different element types"]),
    "fold-rounded": (model([node("Transpose", "c", "t", "turn"), node("Gather", "x i", "y", "gather", axis=1)],
                           constants(c=np.array([[1, -(1 << 24) - 1]]), i=np.array([0]))),
                     ["turn (Transpose, opset 13): takes the constant -16777217, needed an integer that float32 holds"]),
    # Pooling and shapes.
    "pool-kernel": (pool(), ["pool (MaxPool, opset 13): attribute 'kernel_shape' is missing"]),
    "pool-pads": (pool(kernel_shape=[2, 2], pads=[0, 2, 0, 0]), ["pool (MaxPool, opset 13): pads = [0, 2, 0, 0] are not "
                                                                 "supported, only pads smaller than the kernel [2, 2]"]),
    "pool-rank": (pool(kernel_shape=[2, 2], shape=("n", 64)),
                  ["pool (MaxPool, opset 13): input has shape [?, 64], needed [batch, channels] and one to "
        "three dimensions of space"]),
    "pool-indices": (model([node("MaxPool", "x", "p i", "pool", kernel_shape=[2, 2]), node("Flatten", "i", "y", "f")]),
                     ["pool (MaxPool, opset 13): output Indices 'i' is used, only the first output is supported"]),
    "average-pads": (model([node("AveragePool", "x", "y", "mean", pads=[0, 0, 0, 3], kernel_shape=[3, 3])]), [
        "mean (AveragePool, opset 13): pads = [0, 0, 0, 3] are not supported, only pads smaller than the kernel [3, 3]"]),
    "average-global": (model([node("GlobalAveragePool", "x", "y", "mean", axes=[2])], shape=("n", 64)), [
        "mean (GlobalAveragePool, opset 13): attribute 'axes' is not supported",
        "mean (GlobalAveragePool, opset 13): input has shape [?, 64], needed [batch, channels] and one to "
        "three dimensions of space"]),
    "average-empty": (model([node("GlobalAveragePool", "x", "y", "mean")], shape=("n", 2, 0, 3)), [
        "graph input 'x' has shape [?, 2, ?, 3], needed a batch and known dimensions of at most 2147483648 elements"]),
    "flatten-axis": (model([node("Flatten", "x", "y", "flat", axis=3)]),
                     ["flat (Flatten, opset 13): axis = 3 is not supported, only axis = 1"]),
    "dropout-training": (model([node("Dropout", ["x", "", "t"], "y mask", "drop")], constants(t=np.array(True))),
                         ["drop (Dropout, opset 13): training_mode = true is not supported, only false"]),
    "dropout-ratio": (model([node("Dropout", "x ratio", "y", "drop")]),
                      ["drop (Dropout, opset 13): input 'ratio' is neither an initializer nor made by any node"]),
    "constant-string": (model([node("Constant", [], "s", "c", value_string="a"), node("Add", "x s", "y", "add")]), [
        "c (Constant, opset 13): has no value that is supported, only value, value_float, value_floats, value_int and "
        "value_ints", "c (Constant, opset 13): attribute 'value_string' is not supported"]),
    **{f"reshape{i}": (reshape(shape, batch), [
        f"reshape (Reshape, opset 13): shape {shape} on a value of shape [?, 1, 8, 8] is not supported, only one that "
        "keeps the batch in front and 64 elements per sample"])
       for i, (shape, batch) in enumerate([([-1], "n"), ([64, -1], "n"), ([1, -1], "n"), ([-1, 32], "n"), ([-1, -1], "n"),
                                           ([0, 65], "n"), ([0, 1, 8, 8, 0], "n"), ([0, -2, -32], "n"),
                                           ([0, 1 << 62, 4], "n"), ([], "n")])},
    "reshape-type": (model([node("Reshape", "x s", "y", "reshape")], constants(s=weights(2))),
                     ["reshape (Reshape, opset 13): shape 's' has element type float, needed integers or bool"]),
    # Where numbers stand. The batch is open, so nothing may move it, cut it or compute with it.
    "transpose": (model([node("Transpose", "x", "y", "t", perm=[1, 0, 2, 3])]), [
        "t (Transpose, opset 13): permutation [1, 0, 2, 3] must keep the batch of [?, 1, 8, 8] in front"]),
    "transpose-twice": (model([node("Transpose", "x", "y", "t", perm=[0, 1, 1, 3])]), [
        "t (Transpose, opset 13): permutation [0, 1, 1, 3] must hold each dimension of [?, 1, 8, 8] once"]),
    "concat": (model([node("Concat", "x x", "y", "c", axis=0)]), [
        "c (Concat, opset 13): axis 0 of [?, 1, 8, 8] is not one that values can stand along"]),
    "concat-shapes": (model([node("Concat", "x w", "y", "c", axis=1)], constants(w=weights(1, 1, 8, 8))), [
        "c (Concat, opset 13): shapes [?, 1, 8, 8] and [1, 1, 8, 8] do not go behind one another along axis 1"]),
    "split": (model([node("Split", "x", "y z", "s", axis=2)], shape=("n", 1, 7, 8)), [
        "s (Split, opset 13): split = [4, 3] does not cut 7 elements into 2 outputs"]),
    "slice": (model([node("Slice", "x b e", "y", "s")], constants(b=np.array([0]), e=np.array([1]))), [
        "s (Slice, opset 13): a part of the batch, which is left open, cannot be taken"]),
    "slice-steps": (model([node("Slice", "x a a a z", "y", "s")], constants(a=np.array([1]), z=np.array([0]))), [
        "s (Slice, opset 13): steps = [0] must not be 0"]),
    "pad-reflect": (model([node("Pad", "x p", "y", "p", mode="reflect")], constants(p=np.array([0, 0, 0, 8, 0, 0, 0, 0]))), [
        "p (Pad, opset 13): pads = [0, 0, 0, 8, 0, 0, 0, 0] need more elements than [?, 1, 8, 8] has"]),
    "pad-mode": (model([node("Pad", "x p", "y", "p", mode="mirror")], constants(p=np.array([0] * 8))), [
        "p (Pad, opset 13): mode = 'mirror' is not supported, only constant, reflect, edge and wrap"]),
    "gather": (model([node("Gather", "x i", "y", "g", axis=2)], constants(i=np.array([8]))), [
        "g (Gather, opset 13): index 8 is not in the 8 elements of axis 2"]),
    "gather-computed": (model([node("ArgMax", "x", "i", "a", axis=3), node("Gather", "x i", "y", "g", axis=2)]), [
        "g (Gather, opset 13): indices 'i' is computed, needed an initializer or a Constant"]),
    "resize": (model([node("Resize", ["x", "", "s"], "y", "r", mode="linear")], constants(s=weights(4))), [
        "r (Resize, opset 13): mode = 'linear' is not supported, only nearest"]),
    "resize-batch": (model([node("Resize", ["x", "", "s"], "y", "r")], constants(s=np.array([2, 1, 1, 1], np.float32))), [
        "r (Resize, opset 13): the batch, which is left open, cannot be resized"]),
    "squeeze": (model([node("Squeeze", "x a", "y", "s")], constants(a=np.array([2]))), [
        "s (Squeeze, opset 13): axes = [2] remove dimension 2 of [?, 1, 8, 8], needed dimensions of 1"]),
    "unsqueeze": (model([node("Unsqueeze", "x a", "y", "u")], constants(a=np.array([0]))), [
        "u (Unsqueeze, opset 13): axes = [0] put a dimension before the batch, which is left open"]),
    "axis": (model([node("Softmax", "x", "y", "s", axis=4)]), [
        "s (Softmax, opset 13): axis = 4 is none of the 4 dimensions"]),
    "axes-twice": (model([node("ReduceMean", "x", "y", "m", axes=[1, -3])]), [
        "m (ReduceMean, opset 13): axes = [1, -3] name a dimension twice"]),
    "batch-computed": (model([node("Shape", "x", "s", "shape"), node("Mul", "s s", "t", "square"),
                              node("Reshape", "x t", "y", "reshape")]), [
        "square (Mul, opset 13): computes with the batch, which is left open"]),
    "constant-absurd": (model([node("ConstantOfShape", "s", "c", "c", value=constants(v=np.array([1]))[0]),
                               node("Reshape", "x c", "y", "reshape")], constants(s=np.array([1 << 30]))), [
        "c (ConstantOfShape, opset 13): its result has the shape [1073741824], needed at most 16777216 elements"]),
    "folded-absurd": (model([node("ConstantOfShape", "s", "c", "c"), node("Neg", "c", "m", "minus"),
                             node("Add", "x m", "y", "add")], constants(s=np.array([1 << 30]))), [
        "c: constant 'c' holds [1073741824] numbers, needed at most 536870912"]),
    "resize-absurd": (model([node("Resize", ["x", "", "", "z"], "y", "r")], constants(z=np.array([2, 1, 8, 1 << 28])),
                            shape=(2, 1, 8, 8)), [
        "r (Resize, opset 13): its result would have the shape [2, 1, 8, 268435456]"]),
    "concat-axis": (model([node("Concat", "x x", "y", "c")]), ["c (Concat, opset 13): attribute 'axis' is missing"]),
    "batch-norm": (model([node("BatchNormalization", "x s s s s", "y", "bn", training_mode=1)], constants(s=weights(3)),
                         opset=14), [
        "bn (BatchNormalization, opset 14): training_mode = 1 is not supported, only training_mode = 0"]),
    "batch-norm-channels": (model([node("BatchNormalization", "x s s s s", "y", "bn")], constants(s=weights(3))), [
        "bn (BatchNormalization, opset 13): a parameter has shape [3], needed [1]"]),
    "cast": (model([node("Cast", "x", "y", "cast", to=TensorProto.STRING)]), [
        "cast (Cast, opset 13): to = string is not supported"]),
    "group": (conv(group=2), ["conv (Conv, opset 13): weights [4, 1, 3, 3] need 2 input channels, the input has 1"]),
    "cast-newer": (model([node("Cast", "x", "y", "cast", to=19)], opset=19), [
        "cast (Cast, opset 19): to = float8e5m2 is not supported"]),
    "gelu": (model([node("Gelu", "x", "y", "gelu", approximate="erf")], opset=20), [
        "gelu (Gelu, opset 20): approximate = 'erf' is not supported, only none and tanh"]),
    "mixed-types": (model([node("Cast", "x", "b", "cast", to=TensorProto.INT8), node("Add", "b x", "y", "add")]), [
        "add (Add, opset 13): inputs have different element types"]),
    # Operators that no integer network can hold, by their names.
    "named": (model([node("LayerNormalization", "x s", "a", "norm"), node("DynamicQuantizeLinear", "x", "b c d", "dynamic"),
                     node("If", "x", "e", "branch"), node("Attention", "x", "f", "look", domain="com.microsoft"),
                     node("Trunc", "x", "g", "cut", domain="qonnx.custom_op.general"), node("Add", "a e", "y", "add")],
                    opset=17), [
        "norm (LayerNormalization, opset 17): the operator is not supported",
        "dynamic (DynamicQuantizeLinear, opset 17): the operator is not supported",
        "branch (If, opset 17): the operator is not supported",
        "look (Attention, opset 17): the operator of domain 'com.microsoft' is not supported",
        "cut (Trunc, opset 17): the operator of domain 'qonnx.custom_op.general' is not supported"]),
    "domains": (model([node("Conv", "x", "a", "one", domain="org.other"), node("Relu", "a", "y", "two", domain="org.more")]), [
        "one (Conv, opset 13): operators of domain 'org.other' are not supported",
        "two (Relu, opset 13): operators of domain 'org.more' are not supported"]),
    # The graph.
    "cycle": (model([node("Relu", "b", "a", "first"), node("Relu", "a", "b", "second"), node("Relu", "a", "y", "third")]),
              ["first (Relu, opset 13): input 'b' is made by 'second', needed nodes in order and without a cycle"]),
    "self": (model([node("Relu", "y", "y", "loop")]), ["loop (Relu, opset 13): input 'y' is the node's own output"]),
    "unsorted": (model([node("Relu", "a", "y", "late"), node("Relu", "x", "a", "early")]),
                 ["late (Relu, opset 13): input 'a' is made by 'early', needed nodes in order and without a cycle"]),
    "twice": (model([node("Relu", "x", "y", "one"), node("Relu", "x", "y", "two")]),
              ["two (Relu, opset 13): output 'y' is made twice"]),
    "undefined-output": (model([node("Relu", "x", "a", "relu")]), ["graph output 'y' is made by no node"]),
    "constant-output": (model([node("Identity", "w", "y", "id")], constants(w=weights(4))),
                        ["graph output 'y' does not depend on the graph's input"]),
    "no-input": (changed(lambda p: p.graph.ClearField("input")),
                 ["conv1 (Conv, opset 13): input 'x' is neither an initializer nor made by any node"]),
    "no-output": (changed(lambda p: p.graph.ClearField("output")), ["the graph has no output"]),
    "batches": (changed(lambda p: p.graph.input.append(helper.make_tensor_value_info("z", 1, [1, 4, "n"]))),
                ["graph input 'z' has shape [1, 4, ?], needed a batch and known dimensions of at most 2147483648 elements"]),
    "input-sequence": (changed(lambda p: p.graph.input.append(helper.make_tensor_sequence_value_info("z", 1, [1]))),
                       ["graph input 'z' has the type of a sequence, needed a tensor of float, double, float16, "
                        "integers or bool"]),
    "input-twice": (changed(lambda p: p.graph.input.append(p.graph.input[0])),
                    ["graph input 'x' stands in the file twice"]),
    "input-type": (model([node("Exp", "x", "y")], element=TensorProto.UINT8),
                   ["exp (Exp, opset 13): input 'x' holds integers, needed float, double or float16"]),
    "input-shape": (model([node("Relu", "x", "y")], shape=("n", 1, "h", 8)),
                    ["graph input 'x' has shape [?, 1, ?, 8], needed a batch and known dimensions of at most 2147483648 "
                     "elements"]),
    "input-absurd": (model([node("Relu", "x", "y")], shape=("n", 1 << 40, 1 << 40)),
                     [f"graph input 'x' has shape [?, {1 << 40}, {1 << 40}], needed a batch and known dimensions of at "
                      "most 2147483648 elements"]),
    "arity": (model([node("Relu", "x x", "y", "relu")]), ["relu (Relu, opset 13): has 2 inputs, needed 1"]),
    "old": (lenet(0), ["opset 0 is not supported, only 1 to 21"]),
    "old-operator": (model([node("Relu", "x", "y", "relu")], opset=5), [
        "relu (Relu, opset 5): the operator is supported from opset 6 on"]),
    "young-operator": (model([node("HardSwish", "x", "y", "swish")], opset=13), [
        "swish (HardSwish, opset 13): the operator is supported from opset 14 on"]),
    "format": (changed(lambda p: setattr(p, "ir_version", 11)), ["IR version 11 is not supported, only up to 10"]),
    "new": (lenet(22), ["opset 22 is not supported, only 1 to 21"]),
    "no-opset": (changed(lambda p: p.ClearField("opset_import")), ["the model names no opset, needed 1 to 21"]),
    "no-graph": (changed(lambda p: p.ClearField("graph")), ["the model has no graph"]),
    # Names that would break a line of output.
    "name": (model([node("Tan", "x", "y", "a\nb")]), ["a\\nb (Tan, opset 13): the operator is not supported"]),
    # Tensors.
    "missing": (changed(lambda p: p.graph.initializer.pop(0)),
                ["conv1 (Conv, opset 13): input 'conv.weight' is neither an initializer nor made by any node"]),
    "duplicate": (changed(lambda p: p.graph.initializer.append(p.graph.initializer[0])),
                  ["initializer 'conv.weight' stands in the file twice"]),
    "nan": (conv(dict(w=np.where(CONV["w"] == 0, np.nan, CONV["w"]).astype(np.float32))),
            ["conv (Conv, opset 13): initializer 'w' element 31 is nan, needed a finite float32 number"]),
    "infinity": (conv(dict(w=np.where(CONV["w"] == 0, -np.inf, CONV["w"]).astype(np.float32))),
                 ["conv (Conv, opset 13): initializer 'w' element 31 is -inf, needed a finite float32 number"]),
    "double": (conv(dict(w=np.full((4, 1, 3, 3), 1e300))),
               ["conv (Conv, opset 13): initializer 'w' element 0 is 1e+300, needed a finite float32 number"]),
    "type": (tensor_changed(lambda t: setattr(t, "data_type", TensorProto.INT8)),
             [BAD + "has element type int8, needed float, double or float16"]),
    "type-unknown": (tensor_changed(lambda t: setattr(t, "data_type", 77)),
                     [BAD + "has element type undefined (77), needed float, double or float16"]),
    "bytes": (tensor_changed(lambda t: setattr(t, "raw_data", t.raw_data[:-1])),
              [BAD + "holds 143 bytes, its shape and element type need 144"]),
    "no-bytes": (tensor_changed(lambda t: t.ClearField("raw_data")),
                 [BAD + "holds 0 bytes, its shape and element type need 144"]),
    "typed": (tensor_changed(lambda t: (t.ClearField("raw_data"), t.float_data.extend([1.0] * 35))),
              [BAD + "holds 35 elements, its shape needs 36"]),
    "negative": (tensor_changed(lambda t: t.dims.__setitem__(0, -4)),
                 ["initializer 'conv.weight' has the shape [-4, 1, 3, 3], needed at most 2147483648 elements"]),
    "absurd": (tensor_changed(huge), ["initializer 'conv.weight' has the shape "
                                      "[1048576, 1048576, 1048576, 1048576], needed at most 2147483648 elements"]),
    "claimed": (tensor_changed(lambda t: t.dims.__setitem__(0, 1 << 25)),
                [BAD + f"holds 144 bytes, its shape and element type need {(1 << 25) * 36}"]),
    # Tensors outside the file; data.bin holds 144 bytes.
    "external-missing": (external(location="none.bin"),
                         [BAD + "external data 'none.bin' cannot be read: No such file or directory"]),
    "external-parent": (external(location="../data.bin"),
                        [BAD + "external data '../data.bin' must lie in the folder of the model or below"]),
    "external-absolute": (external(location="/etc/passwd"),
                          [BAD + "external data '/etc/passwd' must lie in the folder of the model or below"]),
    "external-link": (external(location="link.bin"),
                      [BAD + "external data 'link.bin' must lie in the folder of the model or below"]),
    "external-folder": (external(location="sub"), [BAD + "external data 'sub' is not a file"]),
    "external-nowhere": (external(), [BAD + "is stored outside the model but names no location"]),
    "external-short": (external(location="data.bin", offset="1"),
                       [BAD + "offset 1 + length 144 runs past the end of external data 'data.bin' (144 bytes)"]),
    "external-far": (external(location="data.bin", offset=str((1 << 64) - 1)),
                     [BAD + f"offset {(1 << 64) - 1} + length 144 runs past the end of external data 'data.bin' (144 "
                      "bytes)"]),
    "external-length": (external(location="data.bin", length="143"),
                        [BAD + "has the external length 143, its shape needs 144 bytes"]),
    "external-offset": (external(location="data.bin", offset="-1"),
                        [BAD + "has the external offset '-1', needed a number of bytes"]),
}


def check(folder, name, content, expected):
    here = folder / name
    (here / "sub").mkdir(parents=True, exist_ok=True)
    (here / "data.bin").write_bytes(bytes(144))
    (here / "link.bin").unlink(missing_ok=True)
    (here / "out.mlir").unlink(missing_ok=True)  # of an earlier run
    (here / "link.bin").symlink_to("/etc/passwd")
    (here / "model.onnx").write_bytes(content)
    result = subprocess.run(["wage-translate", "--import-onnx", "model.onnx", "-o", "out.mlir"], cwd=here,
                            capture_output=True, text=True)
    lines = ["wage-translate: error: model.onnx: " + line for line in expected]
    problems = []
    if result.returncode != 1 or result.stdout or (here / "out.mlir").exists():
        problems.append(f"exit status {result.returncode}, output {result.stdout!r}")
    if result.stderr.splitlines() != lines:
        problems.append("\n  ".join(["expected:"] + lines + ["found:"] + result.stderr.splitlines()))
    return [f"{name}: {problem}" for problem in problems]


BYTES = {
    "empty": (b"", ["the model has no graph"]),
    "text": (b"This is no model.\n" * 20, ["not an ONNX file, or a truncated one"]),
    "truncated": (lenet().SerializeToString()[:1000], ["not an ONNX file, or a truncated one"]),
}


def main(cases):
    folder, problems = Path(sys.argv[1]), []
    for name, (content, lines) in cases.items():
        problems += check(folder, name, content, lines)
    print("\n".join(problems + [f"{len(cases)} cases, {len(problems)} problems"]))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main({name: (proto.SerializeToString(), lines) for name, (proto, lines) in CASES.items()} | BYTES)
