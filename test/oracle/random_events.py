#!/usr/bin/python3
"""Random ONNX networks in every code: dense bits, or a refusal that the fit report knew.

    random_events.py OUT_DIR [--seed=S] [--count=N] [--threads=N,...]

Each network is a random graph of convolutions, pools, means, sums, products, concats, reshapes, tables and dense
layers, with random bits, pixels and widths. It is compiled without events for generic-256, and with events for chips
and codes drawn at random, some of them with fewer axons, neurons and narrower accumulators than the listed ones.
Checked: `--check` says that it fits exactly where it compiles; what is refused is refused by limits; and on both
engines the logits are those of the dense program.

The last line is `N passed, N failed`, over all compilations with events; the exit code is 0 if all passed. A failure
names the seed: with --seed=S --count=1 it alone is run again. The tools are taken from PATH.
"""
import argparse
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).resolve().parent
CODES = {"generic-64": ("graded", "rate", "phase"), "generic-96": ("graded", "rate", "phase"), "loihi1": ("rate", "phase"),
         "loihi2": ("graded", "rate", "phase"), "tianjic": ("graded", "rate"), "paicore2": ("rate",), "paicore2.5": ("rate",),
         "darwin3": ("rate",), "truenorth": ("rate", "phase")}
IMAGES = 3


class Network:
    """A graph that grows node by node; values are (name, shape of a sample)."""

    def __init__(self, random):
        self.random, self.nodes, self.weights = random, [], []
        self.shape = (self.integer(1, 3), self.integer(3, 8), self.integer(3, 8))
        self.values = [("images", self.shape)]

    def integer(self, least, most):
        return int(self.random.integers(least, most + 1))

    def chance(self, of):
        return self.random.random() < of

    def recent(self):
        """Any value, rather a late one."""
        return self.values[max(self.integer(0, len(self.values) - 1), self.integer(0, len(self.values) - 1))]

    def node(self, operation, inputs, shape, **attributes):
        name = f"{operation.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, list(inputs), [name], name=name, **attributes))
        self.values.append((name, shape))

    def constant(self, array):
        name = f"weight{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def weight(self, *shape):
        return self.constant(self.random.uniform(-1, 1, shape).astype(np.float32))

    def windows(self, shape, most):
        kernel = [min(self.integer(1, most), side) for side in shape[1:]]
        stride = self.integer(1, 2)
        return kernel, stride, [(side - size) // stride + 1 for side, size in zip(shape[1:], kernel)]

    def conv(self):
        name, shape = self.recent()
        kernel, stride, out = self.windows(shape, 3)
        width = self.integer(1, 5)
        inputs = [name, self.weight(width, shape[0], *kernel)]
        if self.chance(0.3):
            inputs.append(self.weight(width))
        self.node("Conv", inputs, (width, *out), kernel_shape=kernel, strides=[stride] * 2)

    def pool(self):
        name, shape = self.recent()
        kernel, stride, out = self.windows(shape, 3)
        self.node("MaxPool" if self.chance(0.7) else "AveragePool", [name], (shape[0], *out), kernel_shape=kernel,
                  strides=[stride] * 2)

    def relu(self):
        name, shape = self.values[-1] if self.chance(0.6) else self.recent()
        self.node("Relu", [name], shape)

    def table(self):
        name, shape = self.recent()
        self.node("Sigmoid" if self.chance(0.6) else "Tanh", [name], shape)

    def pair(self):
        name, shape = self.recent()
        others = [other for other, of in self.values if of == shape and other != name]
        if others:
            self.node("Add" if self.chance(0.8) else "Mul", [name, str(self.random.choice(others))], shape)

    def concat(self):
        name, shape = self.recent()
        others = [(other, of) for other, of in self.values if of[1:] == shape[1:] and other != name and of[0] + shape[0] < 10]
        if others:
            other, of = others[self.integer(0, len(others) - 1)]
            self.node("Concat", [name, other], (shape[0] + of[0], *shape[1:]), axis=1)

    def reshape(self):
        name, (channels, rows, columns) = self.recent()
        shape = [(rows, channels, columns), (channels * rows, 1, columns), (1, rows, channels * columns)][self.integer(0, 2)]
        self.node("Reshape", [name, self.constant(np.array([-1, *shape], np.int64))], shape)

    def linear(self):
        name, shape = self.recent()
        width = self.integer(1, 4) * self.integer(1, 4)
        self.dense(name, shape, width)
        flat, _ = self.values.pop()
        shape = (width // 2, 2, 1) if width % 2 == 0 else (width, 1, 1)
        self.node("Reshape", [flat, self.constant(np.array([-1, *shape], np.int64))], shape)

    def dense(self, name, shape, width):
        inputs = int(np.prod(shape))
        self.node("Flatten", [name], (inputs,))
        flat, _ = self.values.pop()
        self.node("Gemm", [flat, self.weight(width, inputs)], (width,), transB=1)

    def grow(self):
        self.conv() if self.chance(0.8) else self.linear()
        for _ in range(self.integer(2, 8)):
            kinds, odds = zip(*((self.conv, 4), (self.relu, 4), (self.pool, 3), (self.pair, 3), (self.concat, 2),
                                (self.reshape, 1), (self.linear, 1), (self.table, 1)))
            kinds[int(self.random.choice(len(kinds), p=np.array(odds) / sum(odds)))]()
        self.dense(*self.values[-1], 4)

    def save(self, path):
        images = helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", *self.shape])
        logits = helper.make_tensor_value_info(self.values[-1][0], TensorProto.FLOAT, ["batch", 4])
        model = helper.make_model(helper.make_graph(self.nodes, "network", [images], [logits], self.weights),
                                  opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
        onnx.checker.check_model(model)
        onnx.save(model, path)


def run(*arguments):
    return subprocess.run(list(map(str, arguments)), capture_output=True, text=True)


def draw_chip(random, name, path):
    """A listed chip, or one like it with less of what codes need."""
    if random.random() < 0.5:
        return name
    text = (HERE.parents[1] / "targets" / "Chips" / f"{name}.yaml").read_text()
    for field, values in (("axons", (8, 12, 16, 24, 40)), ("neurons", (3, 8, 32)), ("accumulator_bits", (10, 14, 18))):
        if random.random() < 0.6:
            text = re.sub(rf"\b{field}: {{ value: [^,]*,", f"{field}: {{ value: {int(random.choice(values))},", text)
    path.write_text(text)
    return path


class Trial:
    """One seed: the network, what it computes without events, and its compilations with them."""

    def __init__(self, folder, seed, threads):
        self.folder, self.seed, self.threads = folder, seed, threads
        self.random = np.random.default_rng([seed, 9])
        net = Network(self.random)
        net.grow()
        net.save(folder / "net.onnx")
        np.save(folder / "images.npy", self.random.integers(0, 256, (IMAGES, *net.shape), dtype=np.uint8))
        bits = f"{net.integer(1, 4)}-{net.integer(3, 8)}-8-8"
        self.flags = ["--mode=infer", "--rounding=half-away", f"--bits={bits}", "--batch=2",
                      f"--init={'model' if net.chance(0.6) else 'pretrained'}"]
        if net.chance(0.4):
            self.flags += ["--pixel-scale=0.00390625", f"--pixel-offset={0 if net.chance(0.7) else -0.5}"]
        if net.chance(0.3):
            self.flags += ["--calibrate-images=" + str(folder / "images.npy")]

    def logits(self, binary, engine, threads):
        file = self.folder / "logits.npy"
        file.unlink(missing_ok=True)
        done = run("wage-run", "infer", binary, f"--images={self.folder / 'images.npy'}", f"--engine={engine}",
                   f"--threads={threads}", f"--logits={file}")
        if done.returncode:
            raise AssertionError(f"{engine} engine: {done.stderr.strip()}")
        return np.load(file)

    def dense(self):
        """The logits without events; None where the network is nothing for the compiler, events or not."""
        binary = self.folder / "dense.wbin"
        done = run("wage-translate", "--onnx-to-chip", self.folder / "net.onnx", "--chip=generic-256", *self.flags,
                   "--spike-code=dense", "-o", binary)
        return self.logits(binary, "fused", 1) if done.returncode == 0 else None

    def encoded(self, dense):
        """Compiles for a drawn chip and code; returns whether it fits."""
        listed = str(self.random.choice(list(CODES)))
        code = str(self.random.choice(CODES[listed]))
        chip = draw_chip(self.random, listed, self.folder / "chip.yaml")
        self.where = f"{chip if chip == listed else 'a chip like ' + listed}, {code}"
        flags = [self.folder / "net.onnx", f"--chip={chip}", *self.flags, f"--spike-code={code}"]
        if self.random.random() < 0.3:
            flags.append(f"--copies={int(self.random.integers(2, 4))}")
        if self.random.random() < 0.4:
            flags.append(f"--objective={self.random.choice(['latency', 'throughput'])}")
        binary = self.folder / "events.wbin"
        checked = run("wage-translate", "--check", *flags)
        compiled = run("wage-translate", "--onnx-to-chip", *flags, "-o", binary)
        if compiled.returncode not in (0, 1) or checked.returncode not in (0, 1):
            raise AssertionError(f"crashed: {compiled.stderr.strip()} {checked.stderr.strip()}")
        if checked.returncode != compiled.returncode:
            raise AssertionError(f"--check ends with {checked.returncode}, compiling with {compiled.returncode}: "
                                 f"{compiled.stderr.strip()}")
        if compiled.returncode:
            if "does not fit" not in compiled.stderr:
                raise AssertionError(f"refused, but by no limit: {compiled.stderr.strip()}")
            return False
        for engine in ("core", "fused"):
            for threads in self.threads if engine == "fused" else self.threads[:1]:
                found = self.logits(binary, engine, threads)
                if not np.array_equal(found, dense):
                    raise AssertionError(f"{engine} engine, {threads} threads: {np.sum(found != dense)} of {dense.size} "
                                         "logits differ")
        return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--threads", default="1,2", type=lambda text: text.split(","))
    arguments = parser.parse_args()
    ran = refused = failed = unsupported = 0
    for seed in range(arguments.seed, arguments.seed + arguments.count):
        folder = arguments.folder / str(seed)
        folder.mkdir(parents=True, exist_ok=True)
        trial = Trial(folder, seed, arguments.threads)
        dense = trial.dense()
        if dense is None:
            unsupported += 1
            continue
        for _ in range(3):
            try:
                fits = trial.encoded(dense)
                ran, refused = ran + fits, refused + (not fits)
            except AssertionError as problem:
                failed += 1
                print(f"seed {seed}, {trial.where}: {problem}\n  flags: {' '.join(trial.flags)}", flush=True)
    print(f"{ran} ran with the dense bits, {refused} refused as the fit report says, {unsupported} networks nothing to compile")
    print(f"{ran + refused} passed, {failed} failed")
    sys.exit(failed > 0 or ran == 0)


if __name__ == "__main__":
    main()
