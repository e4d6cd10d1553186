"""Random graphs of the integer level: ONNX Runtime's results of the exported graph against the interpreter's.

    compare_graphs.py RUNTIME_DIR [--seed=S] [--count=N] [--keep=DIR] [--optimization=all|disabled]

Networks that come from a float model keep to a few forms; these do not. Covered: activations of 2 to 16 bits, sums that need
64 bits, shifts of either sign and of more than 60, both roundings, ties, channels with grids of their own, biases that are and
are not multiples of them, groups and dilations, pools of bytes and of sums with padding on any side, tables, products,
concatenations, rearrangements, values used twice. The interpreter shares no
code with the export (nor with the runtime). The same seed gives the same graph.
"""
import argparse
import tempfile
from pathlib import Path

import numpy as np

from exported import Refused, Verdict, check_model, run, run_onnx

CONFIG = ("#wage.config<mode = infer, weights = 8, activations = 8, gradients = 8, errors = 8, random = 16, "
          "rounding = half_even, batch = 4>")
LARGEST = 2**61
# How often each of the steps between layers is taken, in the order of GraphMaker.make.
WEIGHTS = [.15, .1, .1, .1, .05, .15, .05, .05, .1, .05, .05, .05]


def tensor(shape, width):
    return f"tensor<?x{'x'.join(map(str, shape))}xi{width}>"


class Value:
    def __init__(self, name, shape, width, bound):
        self.name, self.shape, self.width, self.bound = name, tuple(shape), width, bound

    @property
    def type(self):
        return tensor(self.shape, self.width)


class GraphMaker:
    """Writes a graph op by op. Every method takes a value and returns a new one, or the same where its op does not fit."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.lines = []

    def pick(self, *choices):
        return choices[self.random.integers(len(choices))]

    def name(self):
        return f"%v{len(self.lines)}"

    def add(self, text, shape, width, bound, extra=""):
        name = self.name()
        self.lines.append(f"{name}{extra} = {text}")
        return Value(name, shape, width, int(bound))

    def constant(self, array, width):
        name = self.name()
        shape = "x".join(map(str, array.shape))
        self.lines.append(f"{name} = arith.constant dense<{array.tolist()}> : tensor<{shape}xi{width}>")
        return name, f"tensor<{shape}xi{width}>"

    def input(self, shape):
        bits = int(self.pick(2, 4, 7, 8, 8, 8, 9, 12, 15, 16))
        limit, width = 2**(bits - 1) - 1, 8 if bits <= 8 else 16
        table = self.random.integers(-limit, limit + 1, 256)
        table[0], table[255] = -limit, limit
        shape_text = "x".join(map(str, shape))
        return self.add(f"integer.table %x, table = dense<{table.tolist()}> : tensor<256xi{width}> : "
                        f"tensor<?x{shape_text}xui8> -> {tensor(shape, width)}", shape, width, limit)

    def layer(self, value):
        if value.bound >= 2**15:
            value = self.shift_clip(value)
        limit = int(self.pick(1, 3, 63, 127))
        if len(value.shape) == 1:
            return self.matmul(value, limit)
        c, h, w = value.shape
        groups = int(self.pick(*[g for g in range(1, c + 1) if c % g == 0]))
        n = groups * int(self.random.integers(1, 4))
        kh, kw = (int(self.random.integers(1, min(extent, 3) + 1)) for extent in (h, w))
        strides, dilations = self.random.integers(1, 3, 2).tolist(), self.random.integers(1, 3, 2).tolist()
        pads = self.random.integers(0, 3, 4).tolist()
        room = [h + pads[0] + pads[2] - dilations[0] * (kh - 1) - 1, w + pads[1] + pads[3] - dilations[1] * (kw - 1) - 1]
        if min(room) < 0:
            dilations, room = [1, 1], [h + pads[0] + pads[2] - kh, w + pads[1] + pads[3] - kw]
        weights = self.random.integers(-limit, limit + 1, (n, c // groups, kh, kw))
        shape = (n, room[0] // strides[0] + 1, room[1] // strides[1] + 1)
        name, type_ = self.constant(weights, 8)
        bound = value.bound * np.abs(weights).reshape(n, -1).sum(1).max()
        more = (f" dilations = {dilations}" if dilations != [1, 1] else "") + (f" groups = {groups}" if groups > 1 else "")
        return self.add(f"integer.conv2d {value.name}, {name}, strides = {strides}, pads = {pads}{more} : {value.type}, "
                        f"{type_} -> {tensor(shape, 64)}", shape, 64, bound)

    def matmul(self, value, limit):
        k, n = value.shape[0], int(self.random.integers(1, 12))
        axons_first = self.pick(True, False)
        weights = self.random.integers(-limit, limit + 1, (k, n) if axons_first else (n, k))
        name, type_ = self.constant(weights, 8)
        bound = value.bound * np.abs(weights).sum(0 if axons_first else 1).max()
        return self.add(f"integer.matmul {value.name}, {name}{' axons_first' if axons_first else ''} : {value.type}, {type_} "
                        f"-> {tensor([n], 64)}", [n], 64, bound)

    def align(self, value):
        most = int(self.pick(1, 3, 6, 40))
        shifts = self.random.integers(0, most + 1, value.shape[0])
        shifts[self.random.integers(len(shifts))] = 0
        bound = value.bound << int(shifts.max())
        if value.width != 64 or bound > LARGEST:
            return value
        aligned = self.add(f"integer.align_channels {value.name}, shifts = {shifts.tolist()} : {value.type} -> {value.type}",
                           value.shape, 64, bound)
        return self.bias(aligned, self.pick(shifts, 0 * shifts)) if self.pick(True, True, False) else aligned

    def bias(self, value, shifts=0):
        if value.width != 64:
            return value
        limit = int(self.pick(3, 1000, max(1, min(value.bound, 2**40))))
        elements = self.random.integers(-limit, limit + 1, value.shape[0]) // 2**shifts * 2**shifts
        name, type_ = self.constant(elements, 64)
        return self.add(f"integer.add_bias {value.name}, {name} : {value.type}, {type_} -> {value.type}", value.shape, 64,
                        value.bound + int(np.abs(elements).max()))

    def relu(self, value):
        return self.add(f"integer.relu {value.name} : {value.type}", value.shape, value.width, value.bound)

    def shift_clip(self, value, bits=None):
        bits = bits or int(self.pick(2, 5, 7, 8, 8, 8, 8, 8, 8, 11, 16))
        exact = value.bound.bit_length() - bits + 1
        shift = int(self.pick(exact, exact, exact - 1, exact - 2, exact // 2, 1, 0, -3, -63, 63,
                              int(self.random.integers(-20, 60))))
        width = 8 if bits <= 8 else 16
        away = self.pick("", "", " half_away")
        return self.add(f"integer.shift_clip {value.name}, shift = {shift}, bits = {bits}{away} : {value.type} -> "
                        f"{tensor(value.shape, width)}", value.shape, width, 2**(bits - 1) - 1)

    def pool(self, value, sums=False):
        if len(value.shape) != 3 or (sums and value.bound > LARGEST // 9):
            return value
        c, h, w = value.shape
        kernel = [int(self.random.integers(1, min(extent, 3) + 1)) for extent in (h, w)]
        if sums and self.pick(True, False):
            kernel = [h, w]
        strides = self.random.integers(1, 4, 2).tolist()
        before = [int(self.random.integers(0, k)) for k in kernel]
        behind = [int(self.random.integers(0, k + s)) for k, s in zip(kernel, strides)]
        if kernel == [h, w]:
            before, behind = [0, 0], [0, 0]
        extents = [(e + b + a - k) // s + 1 for e, b, a, k, s in zip((h, w), before, behind, kernel, strides)]
        # Every window begins before the plane ends.
        if any((o - 1) * s - b >= e for o, s, b, e in zip(extents, strides, before, (h, w))):
            return value
        shape, pads = (c, *extents), before + behind
        window = f"kernel = {kernel}, strides = {strides}, pads = {pads}"
        if sums:
            return self.add(f"integer.sum_pool {value.name}, {window} : {value.type} -> {tensor(shape, 64)}", shape, 64,
                            value.bound * kernel[0] * kernel[1])
        pooled = self.add(f"integer.max_pool {value.name}, {window} : {value.type} -> {tensor(shape, value.width)}, "
                          f"{tensor(shape, 8)}", shape, value.width, value.bound, extra=":2")
        pooled.name += "#0"
        return pooled

    def sum(self, value):
        """Adds an older value of the same shape, or the value itself."""
        other = self.pick(*[v for v in self.values + [value] if v.shape == value.shape])
        shifts = [int(self.random.integers(0, 12)), 0]
        if (value.bound << shifts[0]) + other.bound > LARGEST:
            return value
        return self.add(f"integer.add {value.name}, {other.name}, shifts = {shifts} : {value.type}, {other.type} -> "
                        f"{tensor(value.shape, 64)}", value.shape, 64, (value.bound << shifts[0]) + other.bound)

    def lookup(self, value):
        """A table for all channels or one each; behind a layer's rounding, which makes the activation."""
        if value.bound >= 2**11 or value.width > 16:
            value = self.shift_clip(value, bits=int(self.pick(2, 4, 8, 11)))
        entries = 2**(value.bound.bit_length() + 1)
        width, limit = self.pick((8, 127), (16, 32767))
        count = self.pick(1, value.shape[0])
        tables = self.random.integers(-limit, limit + 1, (count, entries))
        return self.add(f"integer.lookup {value.name}, tables = dense<{tables.tolist()}> : "
                        f"tensor<{count}x{entries}xi{width}> : {value.type} -> {tensor(value.shape, width)}", value.shape,
                        width, limit)

    def multiply(self, value):
        other = self.pick(*[v for v in self.values + [value] if v.shape == value.shape])
        if value.bound * other.bound > LARGEST:
            return value
        return self.add(f"integer.multiply {value.name}, {other.name} : {value.type}, {other.type} -> "
                        f"{tensor(value.shape, 64)}", value.shape, 64, value.bound * other.bound)

    def concat(self, value):
        others = [v for v in self.values + [value] if v.shape[1:] == value.shape[1:] and v.width == value.width]
        parts = [value, *(self.pick(*others) for _ in range(self.random.integers(0, 3)))]
        shape = (sum(part.shape[0] for part in parts), *value.shape[1:])
        if shape[0] > 12 and len(shape) > 1:
            return value
        return self.add(f"integer.concat {', '.join(part.name for part in parts)} : "
                        f"{', '.join(part.type for part in parts)} -> {tensor(shape, value.width)}", shape, value.width,
                        max(part.bound for part in parts))

    def rearrange(self, value):
        """A box of the input, its dimensions in another order, backwards or every so often, with zeros around it."""
        shape = value.shape
        strides = [int(np.prod(shape[d + 1:])) for d in range(len(shape))]
        sizes, source, steps = [], 0, []
        for extent, stride in zip(shape, strides):
            step = int(self.pick(1, 1, 1, 2, -1, 0))
            size = int(self.random.integers(1, extent + 1)) if step else 2
            size = max(1, (size - 1) // abs(step) + 1) if step else size
            reach = (size - 1) * abs(step)
            first = int(self.random.integers(0, extent - reach)) + (reach if step < 0 else 0)
            sizes.append(size)
            source += first * stride
            steps.append(step * stride)
        order = self.random.permutation(len(shape))
        pads = self.random.integers(0, 2, (len(shape), 2))
        sizes, steps, = [sizes[d] for d in order], [steps[d] for d in order]
        result = [size + int(pad.sum()) for size, pad in zip(sizes, pads)]
        targets = [int(np.prod(result[d + 1:])) for d in range(len(result))]
        target = int(sum(pad[0] * stride for pad, stride in zip(pads, targets)))
        return self.add(f"integer.rearrange {value.name}, sizes = {sizes}, from = {[source, *steps]}, "
                        f"to = {[target, *targets]} : {value.type} -> {tensor(result, value.width)}",
                        result, value.width, value.bound)

    def flatten(self, value):
        size = int(np.prod(value.shape))
        return self.add(f"integer.reshape {value.name} : {value.type} -> {tensor([size], value.width)}", [size], value.width,
                        value.bound)

    def make(self):
        """The text of a module, and images for it."""
        shape = [int(extent) for extent in self.random.integers([1, 3, 3], [4, 9, 9])]
        value = self.input(shape)
        self.values = [value]
        layer, rest = self.layer, [self.align, self.bias, self.relu, self.pool, self.sum, self.shift_clip,
                                   lambda v: self.pool(v, sums=True), self.flatten, self.lookup, self.multiply, self.concat,
                                   self.rearrange]
        for _ in range(self.random.integers(1, 5)):
            value = layer(value)
            for step in self.random.choice(len(rest), self.random.integers(0, 5), p=WEIGHTS):
                self.values.append(value)
                value = rest[step](value)
            if self.pick(True, True, False):
                value = self.shift_clip(value)
        if len(value.shape) > 1:  # the interpreter writes [images, classes]
            value = self.flatten(value)
        shape_text = "x".join(map(str, shape))
        body = "\n".join(f"    {line}" for line in self.lines)
        text = (f"module attributes {{wage.config = {CONFIG}}} {{\n"
                f"  func.func @infer(%x: tensor<?x{shape_text}xui8>) -> {value.type} {{\n{body}\n"
                f"    return {value.name} : {value.type}\n  }}\n}}\n")
        return text, self.random.integers(0, 256, (5, *shape), dtype=np.uint8)


def compare_graph(seed, arguments, folder, verdict):
    text, images = GraphMaker(seed).make()
    (folder / "wide.mlir").write_text(text)
    np.save(folder / "images.npy", images)
    run("wage-opt", folder / "wide.mlir", "--integer-assign-widths", "--integer-verify-level", "-o", folder / "graph.mlir")
    run("wage-opt", folder / "graph.mlir", "-o", "/dev/null",
        f"--wage-interpret=entry=infer images={folder / 'images.npy'} batch=4 trace-dir={folder}")
    run("wage-translate", "--integer-to-onnx", folder / "graph.mlir", "-o", folder / "graph.onnx")
    run_onnx(arguments.runtime, folder / "graph.onnx", folder / "images.npy", folder / "onnx.npy", "--batch=2",
             f"--optimization={arguments.optimization}")
    verdict.compare(f"graph {seed} ({check_model(folder / 'graph.onnx')})", folder / "onnx.npy", folder / "logits.npy")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runtime", metavar="RUNTIME_DIR", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--optimization", default="all")
    arguments = parser.parse_args()
    verdict = Verdict()
    with tempfile.TemporaryDirectory() as scratch:
        for seed in range(arguments.seed, arguments.seed + arguments.count):
            folder = (arguments.keep or Path(scratch)) / f"graph-{seed}"
            folder.mkdir(parents=True, exist_ok=True)
            try:
                compare_graph(seed, arguments, folder, verdict)
            except Refused as refusal:
                print(f"graph {seed}: refused: {refusal}", flush=True)
                verdict.count(False)
    verdict.finish()


if __name__ == "__main__":
    main()
