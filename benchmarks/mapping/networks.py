#!/usr/bin/python3
"""Writes one of the benchmark's networks as a float ONNX model with random weights.

    networks.py OUT.onnx --network=lenet|vgg7|alexnet|resnet20|resnet18|vgg16 [--seed=1]

LeNet takes 28x28 images of one channel, the others 32x32 of three, with ten classes: AlexNet, ResNet-18 and VGG-16 are their
CIFAR-10 forms, with the channels and hidden layers of the ImageNet networks (AlexNet's of its form without groups, 64 to 384
channels). No biases and no normalisation, so that each of them can be trained as it stands. Weights only fill memory:
uniform in +-0.75.
"""
import argparse

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LIMIT = np.float32(0.75)


class Builder:
    """A graph in the making; every method adds nodes and returns the name of their result."""

    def __init__(self, channels, side, seed):
        self.random = np.random.default_rng(seed)
        self.nodes, self.initializers = [], []
        self.input = ["batch", channels, side, side]
        self.counts = {}

    def name(self, kind):
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return f"{kind}{self.counts[kind]}"

    def add(self, operation, name, inputs, **attributes):
        self.nodes.append(helper.make_node(operation, inputs, [f"{name}.out"], name=name, **attributes))
        return f"{name}.out"

    def weight(self, name, shape):
        values = self.random.random(shape, np.float32) * (2 * LIMIT) - LIMIT
        self.initializers.append(numpy_helper.from_array(values, f"{name}.weight"))
        return f"{name}.weight"

    def conv(self, value, channels, width, kernel, stride=1):
        name = self.name("conv")
        weights = self.weight(name, (width, channels, kernel, kernel))
        return self.add("Conv", name, [value, weights], kernel_shape=[kernel] * 2, pads=[kernel // 2] * 4,
                        strides=[stride] * 2)

    def linear(self, value, features, width):
        name = self.name("fc")
        return self.add("Gemm", name, [value, self.weight(name, (width, features))], transB=1)

    def relu(self, value):
        return self.add("Relu", self.name("relu"), [value])

    def pool(self, value, operation="MaxPool", size=2):
        return self.add(operation, self.name("pool"), [value], kernel_shape=[size] * 2, strides=[size] * 2)

    def classify(self, value, features, hidden):
        value = self.add("Flatten", "flat", [value])
        for width in hidden:
            value, features = self.relu(self.linear(value, features, width)), width
        return self.linear(value, features, 10)

    def save(self, logits, path, classes=10):
        graph = helper.make_graph(
            self.nodes, "network", [helper.make_tensor_value_info("images", TensorProto.FLOAT, self.input)],
            [helper.make_tensor_value_info(logits, TensorProto.FLOAT, ["batch", classes])], self.initializers)
        model = helper.make_model(graph, producer_name="wage benchmarks", opset_imports=[helper.make_opsetid("", 13)])
        model.ir_version = 7
        onnx.checker.check_model(model)
        onnx.save(model, path)


def make_plain(widths, hidden, side=32, channels=3, kernel=3, seed=1):
    """Convolutions with Relu; 0 among the widths halves the planes. Then layers that are fully connected."""
    builder = Builder(channels, side, seed)
    value = "images"
    for width in widths:
        if width == 0:
            value, side = builder.pool(value), side // 2
        else:
            value, channels = builder.relu(builder.conv(value, channels, width, kernel)), width
    return builder, builder.classify(value, channels * side * side, hidden)


def make_residual(widths, blocks, seed):
    """Basic blocks of two convolutions; the first of each width but the first halves the planes."""
    builder = Builder(3, 32, seed)
    channels, side = widths[0], 32
    value = builder.relu(builder.conv("images", 3, channels, 3))
    for stage, width in enumerate(widths):
        for block in range(blocks):
            stride = 2 if stage and block == 0 else 1
            inner = builder.relu(builder.conv(value, channels, width, 3, stride))
            inner = builder.conv(inner, width, width, 3)
            beside = builder.conv(value, channels, width, 1, stride) if stride == 2 else value
            value = builder.relu(builder.add("Add", builder.name("add"), [inner, beside]))
            channels, side = width, side // stride
    value = builder.pool(value, "AveragePool", side)
    return builder, builder.classify(value, channels, [])


NETWORKS = {
    "lenet": lambda seed: make_plain([32, 0, 64, 0], [512], side=28, channels=1, kernel=5, seed=seed),
    "vgg7": lambda seed: make_plain([128, 128, 0, 256, 256, 0, 512, 512, 0], [1024], seed=seed),
    "alexnet": lambda seed: make_plain([64, 0, 192, 0, 384, 256, 256, 0], [4096, 4096], seed=seed),
    "resnet20": lambda seed: make_residual([16, 32, 64], 3, seed),
    "resnet18": lambda seed: make_residual([64, 128, 256, 512], 2, seed),
    "vgg16": lambda seed: make_plain(
        [64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0], [4096, 4096], seed=seed),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", metavar="OUT.onnx")
    parser.add_argument("--network", choices=NETWORKS, required=True)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    builder, logits = NETWORKS[arguments.network](arguments.seed)
    builder.save(logits, arguments.file)


if __name__ == "__main__":
    main()
