#!/usr/bin/env python3
"""Networks whose events are not the plain ones of a chain: events.py FOLDER

FOLDER/NAME.onnx is written and compiled, ties away from zero, without events and in each code that it can take; both
engines must give the bits of the dense program. One line per network and code.

  pool_and_relu   a pool whose output a Relu and an Add read; then a Relu whose output a layer and an Add read
  relayed         values that cores without weights pass on between two layers
  mean_first      neurons that fire by the mean of the image, on cores without weights
  table           a table whose entries are not negative, in front of a layer
  beside_image    a layer that takes an image without negative pixels, rounded anew, beside activations
"""
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from mapped_logits import run

folder = Path(sys.argv[1])
SIDE = 8


class Network:
    def __init__(self, name):
        self.name, self.nodes, self.weights = name, [], []
        self.random = np.random.default_rng(5)

    def node(self, operation, *inputs, **attributes):
        value = f"{operation.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, inputs, [value], name=value, **attributes))
        return value

    def layer(self, operation, value, *shape, **attributes):
        name = f"weight{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(self.random.uniform(-0.75, 0.75, shape).astype(np.float32), name))
        return self.node(operation, value, name, **attributes)

    def conv(self, value, channels, width):
        return self.layer("Conv", value, width, channels, 3, 3, kernel_shape=[3, 3], pads=[1] * 4)

    def pool(self, value, stride):
        return self.node("MaxPool", value, kernel_shape=[2, 2], strides=[stride, stride])

    def dense(self, value, inputs, width):
        return self.layer("Gemm", self.node("Flatten", value), width, inputs, transB=1)

    def reshape(self, value, *shape):
        self.weights.append(numpy_helper.from_array(np.array(shape, np.int64), "shape"))
        return self.node("Reshape", value, "shape")

    def save(self, value):
        images = helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", 1, SIDE, SIDE])
        logits = helper.make_tensor_value_info(value, TensorProto.FLOAT, ["batch", 5])
        model = helper.make_model(helper.make_graph(self.nodes, self.name, [images], [logits], self.weights),
                                  opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
        onnx.checker.check_model(model)
        onnx.save(model, folder / f"{self.name}.onnx")


def pool_and_relu(net):
    pooled = net.pool(net.conv("images", 1, 4), 2)
    first = net.node("Add", pooled, net.conv(net.node("Relu", pooled), 4, 4))
    kept = net.node("Relu", net.pool(first, 2))
    last = net.node("Add", kept, net.conv(kept, 4, 4))
    return net.dense(net.node("Relu", last), 16, 5)


def relayed(net):
    planes = net.reshape(net.node("Relu", net.dense("images", SIDE * SIDE, 64)), -1, 4, 4, 4)
    return net.dense(net.node("Relu", net.conv(net.pool(planes, 1), 4, 3)), 27, 5)


def mean_first(net):
    mean = net.node("AveragePool", "images", kernel_shape=[2, 2], strides=[2, 2])
    return net.dense(net.node("Relu", net.conv(mean, 1, 4)), 64, 5)


def table(net):
    return net.dense(net.node("Relu", net.conv(net.node("Sigmoid", net.conv("images", 1, 4)), 4, 3)), 192, 5)


def beside_image(net):
    both = net.node("Concat", "images", net.node("Relu", net.conv("images", 1, 3)), axis=1)
    return net.dense(net.node("Relu", net.conv(both, 4, 3)), 192, 5)


def logits_of(name, code, engine, *flags):
    binary, file = folder / f"{name}.{code}.wbin", folder / f"{name}.{code}.{engine}.npy"
    run("wage-translate", "--onnx-to-chip", folder / f"{name}.onnx", "--chip=generic-64", "--mode=infer", "--rounding=half-away",
        "--bits=3-5-8-8", f"--spike-code={code}", *flags, "-o", binary)
    run("wage-run", "infer", binary, f"--images={folder / 'images.npy'}", f"--engine={engine}", f"--logits={file}")
    return np.load(file)


np.save(folder / "images.npy", np.random.default_rng(6).integers(0, 256, (7, 1, SIDE, SIDE), dtype=np.uint8))
ALL, START = ("graded", "rate", "phase"), ["--init=model"]
for build, codes, flags in ((pool_and_relu, ALL, START), (relayed, ALL, START), (mean_first, ALL, START),
                            (table, ("graded",), START), (beside_image, ALL, ["--pixel-scale=1", "--pixel-offset=0"])):
    net = Network(build.__name__)
    net.save(build(net))
    dense = logits_of(net.name, "dense", "core", *flags)
    assert len(np.unique(dense)) > 5, (net.name, "has hardly any logits that differ")
    for code in codes:
        for engine in ("core", "fused"):
            assert np.array_equal(logits_of(net.name, code, engine, *flags), dense), (net.name, code, engine)
        print(f"{net.name}, {code}: {dense.size} logits equal on both engines")
