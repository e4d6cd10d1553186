#!/usr/bin/env python3
"""A small convolutional network for digits whose pools overlap: pools.py OUT.onnx [--side=28] [--seed=1] [--width=4]

Maxima of 3x3 windows every second position, with padding and, right behind a convolution, without, and the
mean of the whole plane at the end. Images are --side pixels wide and high, of one channel.
"""
import argparse

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("file")
parser.add_argument("--side", type=int, default=28)
parser.add_argument("--width", type=int, default=4)
parser.add_argument("--seed", type=int, default=1)
arguments = parser.parse_args()
random = np.random.default_rng(arguments.seed)
nodes, weights = [], []


def layer(operation, name, value, shape, **attributes):
    weights.append(numpy_helper.from_array(random.uniform(-0.75, 0.75, shape).astype(np.float32), f"{name}.weight"))
    return node(operation, name, value, f"{name}.weight", **attributes)


def node(operation, name, *inputs, **attributes):
    nodes.append(helper.make_node(operation, inputs, [f"{name}.out"], name=name, **attributes))
    return f"{name}.out"


def conv(name, value, channels, width):
    return layer("Conv", name, value, (width, channels, 3, 3), kernel_shape=[3, 3], pads=[1] * 4)


width = arguments.width
value = node("Relu", "relu1", conv("conv1", "images", 1, width))
value = node("MaxPool", "pool1", value, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
value = conv("conv2", value, width, width + 1)
value = node("Relu", "relu2", node("MaxPool", "pool2", value, kernel_shape=[3, 3], strides=[2, 2]))
value = node("Relu", "relu3", conv("conv3", value, width + 1, width))
value = node("Flatten", "flat", node("GlobalAveragePool", "mean", value))
value = layer("Gemm", "fc", value, (10, width), transB=1)
graph = helper.make_graph(
    nodes, "network",
    [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", 1, arguments.side, arguments.side])],
    [helper.make_tensor_value_info(value, TensorProto.FLOAT, ["batch", 10])], weights)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
onnx.checker.check_model(model)
onnx.save(model, arguments.file)
