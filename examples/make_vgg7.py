#!/usr/bin/python3
"""Writes the VGG-like CIFAR-10 network of the WAGE paper as a float ONNX model with initial weights.

    make_vgg7.py OUT.onnx [--widths=128,256,512] [--hidden=1024] [--side=32] [--classes=10] [--seed=1] [--opset=13]

The network is 2 x (128C3)-MP2-2 x (256C3)-MP2-2 x (512C3)-MP2-1024FC-10: three pairs of padded 3x3 convolutions with Relu,
each pair followed by 2x2 max pooling, a fully connected layer with Relu, and a fully connected output; no biases. With the
default sizes it is the CIFAR-10 network of Wu et al., "Training and Inference with Integers in Deep Neural Networks" (ICLR
2018): 12,973,440 weights. Weights are uniform in +-max(L, Lmin), L = sqrt(6 / fan-in), Lmin = 0.75: that paper's start for
weights of 2 bits, which are -0.5, 0 and 0.5.
"""
import argparse

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SMALLEST_LIMIT = 0.75


def weight(name, shape, random):
    limit = np.float32(max(np.sqrt(6 / np.prod(shape[1:])), SMALLEST_LIMIT))
    values = random.random(shape, np.float32) * (2 * limit) - limit
    return numpy_helper.from_array(values, name)


def make_vgg7(widths, hidden, side, classes, seed, opset):
    random = np.random.default_rng(seed)
    initializers, nodes = [], []
    value, channels = "images", 3

    def add(operation, name, inputs, **attributes):
        nodes.append(helper.make_node(operation, inputs, [f"{name}.out"], name=name, **attributes))
        return f"{name}.out"

    for stage, width in enumerate(widths, 1):
        for half in (1, 2):
            name = f"conv{2 * stage - 2 + half}"
            initializers.append(weight(f"{name}.weight", (width, channels, 3, 3), random))
            value = add("Conv", name, [value, f"{name}.weight"], kernel_shape=[3, 3], pads=[1, 1, 1, 1])
            value = add("Relu", f"relu{2 * stage - 2 + half}", [value])
            channels = width
        value = add("MaxPool", f"pool{stage}", [value], kernel_shape=[2, 2], strides=[2, 2])
    value = add("Flatten", "flat", [value])
    features = channels * (side // 8) ** 2
    initializers.append(weight("fc1.weight", (hidden, features), random))
    initializers.append(weight("fc2.weight", (classes, hidden), random))
    value = add("Relu", "relu7", [add("Gemm", "fc1", [value, "fc1.weight"], transB=1)])
    nodes.append(helper.make_node("Gemm", [value, "fc2.weight"], ["logits"], name="fc2", transB=1))
    graph = helper.make_graph(
        nodes, "vgg7", [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", 3, side, side])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", classes])], initializers)
    model = helper.make_model(graph, producer_name="wage examples", opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = 7
    onnx.checker.check_model(model)
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", metavar="OUT.onnx")
    parser.add_argument("--widths", default="128,256,512", type=lambda text: [int(part) for part in text.split(",")])
    parser.add_argument("--hidden", type=int, default=1024)
    parser.add_argument("--side", type=int, default=32)
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--opset", type=int, default=13)
    arguments = parser.parse_args()
    if len(arguments.widths) != 3 or arguments.side % 8 != 0 or arguments.opset < 11:
        parser.error("three channel numbers, a side divisible by 8 and an opset from 11 on are needed")
    onnx.save(make_vgg7(arguments.widths, arguments.hidden, arguments.side, arguments.classes, arguments.seed,
                        arguments.opset), arguments.file)


if __name__ == "__main__":
    main()
