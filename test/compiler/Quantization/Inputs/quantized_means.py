#!/usr/bin/env python3
"""Compiles small networks on samples of their input and compares what the chip computes with the floats.

    quantized_means.py means    with weights of 2 bits, each layer's sums are right on average, to half a step
    quantized_means.py odd      networks and samples that are odd: refused by name, or right
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Network:
    """A chain of nodes from `x`, the shapes of samples without their batch."""

    def __init__(self, seed, shape):
        self.rng, self.shape, self.last, self.nodes, self.constants = np.random.default_rng(seed), shape, "x", [], {}

    def constant(self, name, array):
        self.constants[name] = numpy_helper.from_array(np.asarray(array, np.float32), name)
        return name

    def node(self, op, *constants, name=None, **attributes):
        result = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, [self.last, *constants], [result], name=name or result, **attributes))
        self.last = result
        return self

    def layer(self, op, weights, bias, name=None, **attributes):
        i = len(self.nodes)
        return self.node(op, self.constant(f"w{i}", weights), self.constant(f"b{i}", bias), name=name, **attributes)

    def conv(self, channels, neurons, scale=0.3, **attributes):
        return self.layer("Conv", self.rng.normal(0.1, scale, (neurons, channels, 3, 3)), self.rng.normal(0, 1, neurons),
                          pads=[1] * 4, **attributes)

    def save(self, path, result):
        graph = helper.make_graph(self.nodes, "network",
                                  [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", *self.shape])],
                                  [helper.make_tensor_value_info(self.last, TensorProto.FLOAT, ["n", *result])],
                                  list(self.constants.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
        model.ir_version = 8
        onnx.checker.check_model(model)
        path.write_bytes(model.SerializeToString())


def run(*command):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True)


def compile_and_run(folder, samples, *flags):
    """The integers' results, the floats' and the step of the output; or the first line of a refusal."""
    np.save(folder / "x.npy", samples.astype(np.float32))
    compiled = run("wage-translate", "--onnx-to-chip", folder / "m.onnx", "--chip=generic-256", "--mode=infer",
                   "--init=pretrained", f"--calibrate-input={folder / 'x.npy'}", "-o", folder / "m.wbin", *flags)
    if compiled.returncode == 1 and compiled.stderr.startswith("wage-translate: error: "):
        return compiled.stderr.splitlines()[0]
    for command in (compiled,
                    run("wage-run", "infer", folder / "m.wbin", f"--input={folder / 'x.npy'}", f"--outputs={folder / 'y.npy'}"),
                    run("wage-translate", "--evaluate", folder / "m.onnx", f"--input={folder / 'x.npy'}", "-o",
                        folder / "f.npy")):
        if command.returncode:
            sys.exit(f"{command.args}: exit code {command.returncode}\n{command.stdout}{command.stderr}")
    step = float(re.search(r"\bsum\s+(\S+)", compiled.stdout).group(1))
    return np.load(folder / "y.npy").astype(np.float64), np.load(folder / "f.npy").astype(np.float64), step


def check_means(folder):
    """Every layer is the last of a network of its own."""
    samples = np.random.default_rng(1).normal(0, 1, (48, 2, 6, 6))
    for depth in (1, 2, 3):
        network = Network(7, [2, 6, 6])
        for i in range(depth):
            if i:
                network.node("Relu")
            network.conv(4 if i else 2, 4)
        network.save(folder / "m.onnx", [4, 6, 6])
        found, expected, step = compile_and_run(folder, samples, "--bits=2-8-8-8")
        off = np.abs((found - expected).mean(axis=(0, 2, 3))) / step
        spread = np.abs(found - expected).max() / step
        print(f"depth {depth}: means off by {off.max():.3f} steps, single sums by {spread:.0f}")
        if off.max() > 0.505 or spread < 2:
            sys.exit("means must be off by half a step at most, while weights of 2 bits change single sums")


def odd_networks(folder):
    """Name, samples and what is expected: a part of the refusal, or the least ratio of signal to noise in dB."""
    normal = np.random.default_rng(1).normal(0, 1, (16, 2, 4, 4))

    def two_layers(change=lambda network: None, names=("first", "second"), **scales):
        network = Network(3, [2, 4, 4]).conv(2, 4, name=names[0], **scales).node("Relu").conv(4, 3, name=names[1])
        change(network)
        network.save(folder / "m.onnx", [4 if len(network.nodes) > 3 else 3, 4, 4])

    def with_weight(number):
        def change(network):
            weights = numpy_helper.to_array(network.constants["w0"]).copy()
            weights[1, 1, 1, 1] = number
            network.constant("w0", weights)
        return change

    def with_dead_channels(network):
        network.constant("w0", numpy_helper.to_array(network.constants["w0"]) * np.array([0, 1, 1, 1])[:, None, None, None])
        network.constant("b0", [-1, 0, -1000, 0])

    def share_bias(network):
        network.constant("b0", [1, -1, 0.5, 0.25])
        network.conv(3, 4, name="third")
        network.nodes[-1].input[2] = "b0"

    two_layers()
    yield "as it should be", normal, 25
    yield "one sample", normal[:1], 25
    yield "nothing but zeros", 0 * normal, 25
    yield "samples of 1e6", 1e6 * normal, 25
    for odd in (np.inf, np.nan):
        two_layers(with_weight(odd))
        yield f"weight {odd}", normal, f"initializer 'w0' element 31 is {odd}, needed a finite float32 number"
    two_layers(with_dead_channels)
    yield "dead channels", normal, 25
    two_layers(scale=1e-6)
    yield "tiny weights", normal, 20
    two_layers(share_bias)
    yield "a bias for two layers", normal, 25
    network = Network(3, [2, 4, 4])
    weights, bias = network.constant("w", network.rng.normal(0, 0.3, (2, 2, 3, 3))), network.constant("b", [0.5, -2])
    for i in range(3):
        network.node("Conv", weights, bias, pads=[1] * 4, name=f"conv{i}").node("Relu")
    network.node("Conv", weights, bias, pads=[1] * 4, name="conv3").save(folder / "m.onnx", [2, 4, 4])
    yield "constants of four layers", normal, 20


def check_odd(folder):
    for name, samples, expected in odd_networks(folder):
        result = compile_and_run(folder, samples, "--bits=8-8-8-8")
        if isinstance(result, str):
            print(f"{name}: {result}")
            if not (isinstance(expected, str) and expected in result):
                sys.exit(f"{name}: expected {expected}")
            continue
        found, floats, _ = result
        noise = np.mean((found - floats)**2) + 1e-300
        ratio = 10 * np.log10(np.mean(floats**2) / noise)
        print(f"{name}: {ratio:.1f} dB")
        if isinstance(expected, str) or not np.isfinite(found).all() or not ratio >= expected:
            sys.exit(f"{name}: expected {expected}")


with tempfile.TemporaryDirectory() as scratch:
    {"means": check_means, "odd": check_odd}[sys.argv[1]](Path(scratch))
