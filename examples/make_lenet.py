#!/usr/bin/python3
"""Writes LeNet as a float ONNX model with initial weights, ready for training with wage.

    make_lenet.py OUT.onnx [--inputs=1] [--channels=32,64] [--hidden=512] [--side=28] [--classes=10] [--seed=1]
                  [--opset=13]

The network is C1C5-MP2-C2C5-MP2-HFC-10: two 5x5 convolutions with padding 2, each with Relu and 2x2 max pooling, a fully
connected layer with Relu, and a fully connected output; no biases. Images have --inputs channels. With the default sizes
it is the MNIST network of Wu et al., "Training and Inference with Integers in Deep Neural Networks" (ICLR 2018). Weights
are uniform in +-max(L, Lmin), L = sqrt(6 / fan-in), Lmin = 0.75: that paper's start for weights of 2 bits, which are
-0.5, 0 and 0.5.
"""
import argparse

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SMALLEST_LIMIT = 0.75


def weight(name, shape, random):
    limit = max(np.sqrt(6 / np.prod(shape[1:])), SMALLEST_LIMIT)
    return numpy_helper.from_array(random.uniform(-limit, limit, shape).astype(np.float32), name)


def make_lenet(inputs, channels, hidden, side, classes, seed, opset):
    random = np.random.default_rng(seed)
    c1, c2 = channels
    features = c2 * (side // 4) ** 2
    initializers = [weight("conv1.weight", (c1, inputs, 5, 5), random), weight("conv2.weight", (c2, c1, 5, 5), random),
                    weight("fc1.weight", (hidden, features), random), weight("fc2.weight", (classes, hidden), random)]
    padded = {"kernel_shape": [5, 5], "pads": [2, 2, 2, 2]}
    halved = {"kernel_shape": [2, 2], "strides": [2, 2]}
    nodes = [
        helper.make_node("Conv", ["images", "conv1.weight"], ["conv1.out"], name="conv1", **padded),
        helper.make_node("Relu", ["conv1.out"], ["relu1.out"], name="relu1"),
        helper.make_node("MaxPool", ["relu1.out"], ["pool1.out"], name="pool1", **halved),
        helper.make_node("Conv", ["pool1.out", "conv2.weight"], ["conv2.out"], name="conv2", **padded),
        helper.make_node("Relu", ["conv2.out"], ["relu2.out"], name="relu2"),
        helper.make_node("MaxPool", ["relu2.out"], ["pool2.out"], name="pool2", **halved),
        helper.make_node("Flatten", ["pool2.out"], ["flat.out"], name="flat"),
        helper.make_node("Gemm", ["flat.out", "fc1.weight"], ["fc1.out"], name="fc1", transB=1),
        helper.make_node("Relu", ["fc1.out"], ["relu3.out"], name="relu3"),
        helper.make_node("Gemm", ["relu3.out", "fc2.weight"], ["logits"], name="fc2", transB=1),
    ]
    graph = helper.make_graph(
        nodes, "lenet", [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", inputs, side, side])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", classes])], initializers)
    model = helper.make_model(graph, producer_name="wage examples", opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = 7
    onnx.checker.check_model(model)
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", metavar="OUT.onnx")
    parser.add_argument("--inputs", type=int, default=1)
    parser.add_argument("--channels", default="32,64", type=lambda text: [int(part) for part in text.split(",")])
    parser.add_argument("--hidden", type=int, default=512)
    parser.add_argument("--side", type=int, default=28)
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--opset", type=int, default=13)
    arguments = parser.parse_args()
    if len(arguments.channels) != 2 or arguments.side % 4 != 0 or arguments.opset < 11:
        parser.error("two channel numbers, a side divisible by 4 and an opset from 11 on are needed")
    onnx.save(make_lenet(arguments.inputs, arguments.channels, arguments.hidden, arguments.side, arguments.classes,
                         arguments.seed, arguments.opset), arguments.file)


if __name__ == "__main__":
    main()
