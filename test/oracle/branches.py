#!/usr/bin/python3
"""Random networks with branches, from the wage level to both engines, compared with NumPy.

    branches.py [--seed=N] [--count=N] [--chip=C,...] [--copies=N] [--engine=E,...] [--threads=N,...] [--keep=DIR]

Each network is drawn as operations of the wage level, computed with NumPy as it is drawn, compiled with wage-opt and
wage-translate for every chip, convolutions in as many position copies as asked for, and run with wage-run on every
engine and number of threads: the logits must be equal, and so must those of the interpreter on the wage and on the
integer level. A chip is a listed one, `crumbs` (cores of 12 axons and 3 neurons, sums of two), or `tight` (much the
same with hardly any memory). The last line is `N passed, N failed`.
"""
import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
BATCH, EXPONENT = 5, -7
TINY = {"crumbs": {"axons": 12, "neurons": 3, "synapse_bytes": 64, "reduce_fan_in": 2},
        "tight": {"axons": 12, "neurons": 5, "synapse_bytes": 64, "reduce_fan_in": 2, "data_bytes": 512}}


def limit(bits):
    return 2 ** (bits - 1) - 1


def round_shift(x, shift):
    """Ties to even."""
    if shift <= 0:
        return x << -shift
    floor, rest, half = x >> shift, x & ((1 << shift) - 1), 1 << (shift - 1)
    return floor + ((rest > half) | ((rest == half) & (floor & 1 == 1)))


class Value:
    """What an SSA name stands for: integers [batch, ...] on a grid, and a bound of their magnitude."""

    def __init__(self, name, array, bits, exponent, bound):
        self.name, self.array, self.bits, self.exponent, self.bound = name, array, bits, exponent, bound

    @property
    def shape(self):
        return self.array.shape[1:]

    @property
    def is_activation(self):
        return self.bits > 0

    def type_of(self, shape):
        role = f"A, {self.bits}" if self.bits else "Z, 0"
        return f"tensor<?x{''.join(f'{n}x' for n in shape)}!wage.grid<{role}, {self.exponent}>>"

    @property
    def type(self):
        return self.type_of(self.shape)


class Network:
    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        r = self.random
        self.bits, self.weight_bits = int(r.choice([8, 8, 6, 10])), 3
        self.lines, self.globals, self.values, self.layers = [], [], [], 0
        shape = (int(r.integers(1, 5)), int(r.integers(2, 8)), int(r.integers(2, 8)))
        self.images = r.integers(0, 256, (BATCH, *shape), dtype=np.uint8)
        self.shape = shape
        exponent = 1 - self.bits
        top = limit(self.bits)
        numerator = (2 * self.images.astype(np.int64) - 255) * (top + 1)
        encoded = np.clip(np.sign(numerator) * ((2 * np.abs(numerator) + 255) // 510), -top, top)
        self.image_type = f"tensor<?x{'x'.join(map(str, shape))}xui8>"
        self.add("encode_input %p", "", encoded, self.bits, exponent, top, head=f" : {self.image_type}")

    def __len__(self):
        return len(self.lines)

    def add(self, op, types, array, bits, exponent, bound, head=""):
        value = Value(f"%v{len(self.lines)}", array.astype(np.int64), bits, exponent, int(bound))
        assert bound < 2 ** 62 and np.abs(array).max(initial=0) <= bound
        self.lines.append(f'{value.name} = wage.{op}{head or (" : " + types)} -> {value.type} loc("n{len(self.lines)}")')
        self.values.append(value)
        return value

    def draw(self, low, high):
        return int(self.random.integers(low, high + 1))

    def pick(self, wanted=lambda value: True):
        """A value, rather one of the latest."""
        found = [value for value in self.values if wanted(value)]
        if not found:
            return None
        return found[-1 - min(int(self.random.exponential(2)), len(found) - 1)]

    def codes(self, value):
        """`value`, rounded if it is a sum."""
        if value.is_activation:
            return value
        if self.draw(0, 2) == 0:
            array = np.maximum(value.array, 0)
            self.lines.append(f'%r{len(self.lines)} = wage.relu {value.name} : {value.type} loc("n{len(self.lines)}")')
            value = Value(f"%r{len(self.lines) - 1}", array, 0, value.exponent, value.bound)
#Two bits below the largest, so that little is clipped and little is lost.
        shift = max(0, int(np.abs(value.array).max(initial=1)).bit_length() - self.bits + self.draw(0, 1))
        return self.rounded(value, shift)

    def rounded(self, value, shift):
        array = np.clip(round_shift(value.array, shift), -limit(self.bits), limit(self.bits))
        return self.add(f"quantize_activation {value.name}, rounding = half_even", value.type, array, self.bits,
                        value.exponent + shift, limit(self.bits))

#-- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- layers

    def weights(self, shape, neurons, exponent):
        w = self.random.integers(-limit(self.weight_bits), limit(self.weight_bits) + 1, shape)
        scale = [0] * neurons if self.draw(0, 1) else [self.draw(0, 2) for _ in range(neurons)]
        index = self.layers
        self.layers += 1
        kind = f"tensor<{'x'.join(map(str, shape))}xi8>"
        self.globals.append(f"ml_program.global private @w{index}(dense<{w.tolist()}> : {kind}) : {kind} {{wage.layer = "
                            f'"layer{index}", wage.ordinal = {index} : i32, wage.scale_log2 = array<i32: {str(scale)[1:-1]}>}}')
        grid = kind.replace("xi8>", f"x!wage.grid<W, {self.weight_bits}, {exponent}>>")
        self.lines.append(f'%i{index} = ml_program.global_load_const @w{index} : {kind} loc("layer{index}")')
        self.lines.append(f'%w{index} = wage.as_grid %i{index} : {kind} -> {grid} loc("layer{index}")')
        return w, f"%w{index}", grid, scale

    def layer(self, op, value, neurons, shape, attributes, products):
#The weights' exponent is free, so that grids do not drift.
        w, name, grid, scale = self.weights(shape, neurons, -self.draw(2, 6))
        align = np.array([max(scale) - x for x in scale])
        z = products(w)
        bound = int(np.abs(w).reshape(neurons, -1).sum(1).max()) * value.bound << max(align)
        z = z << align.reshape(1, -1, *[1] * (z.ndim - 2))
        exponent = value.exponent + int(re.search(r", (-\d+)>>$", grid)[1]) - max(scale)
        result = self.add(f"{op} {value.name}, {name}, scale_log2 = {scale}{attributes}", f"{value.type}, {grid}", z, 0,
                          exponent, bound)
        if self.draw(0, 1):
            bias = self.random.integers(-500, 500, neurons)
            index = self.layers - 1
            kind = f"tensor<{neurons}xi64>"
            self.globals.append(f"ml_program.global private @b{index}(dense<{bias.tolist()}> : {kind}) : {kind}")
            self.lines.append(f'%b{index} = ml_program.global_load_const @b{index} : {kind} loc("layer{index}")')
            array = z + bias.reshape(1, -1, *[1] * (z.ndim - 2))
            self.values.pop()
            result = Value(f"%v{len(self.lines)}", array, 0, exponent, bound + 500)
            self.lines.append(f'{result.name} = wage.add_bias %v{len(self.lines) - 2}, %b{index} : {result.type}, {kind} '
                              f'loc("layer{index}")')
            self.values.append(result)
        return result

    def conv(self):
        value = self.pick(lambda v: len(v.shape) == 3)
        if value is None:
            return
        value = self.codes(value)
        c, h, w = value.shape
        kh, kw = self.draw(1, min(3, h)), self.draw(1, min(3, w))
        strides = [self.draw(1, 2), self.draw(1, 2)]
        pads = [self.draw(0, kh - 1), self.draw(0, kw - 1), self.draw(0, kh - 1), self.draw(0, kw - 1)]
        neurons = self.draw(1, 8)
        padded = np.pad(value.array, ((0, 0), (0, 0), (pads[0], pads[2]), (pads[1], pads[3])))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), (2, 3))[:, :, ::strides[0], ::strides[1]]
        self.layer("conv2d", value, neurons, (neurons, c, kh, kw), f", strides = {strides}, pads = {pads}",
                   lambda q: np.einsum("bcyxij,ncij->bnyx", windows, q))

    def matmul(self, value=None):
        value = value or self.pick()
        value = self.codes(value)
        if len(value.shape) > 1:
            value = self.reshaped(value, (int(np.prod(value.shape)),))
        neurons = self.draw(2, 9)
        return self.layer("matmul", value, neurons, (neurons, value.shape[0]), "", lambda q: value.array @ q.T)

#-- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- values

    def reshaped(self, value, shape):
        return self.add(f"reshape {value.name}", value.type, value.array.reshape(BATCH, *shape), value.bits, value.exponent,
                        value.bound)

    def reshape(self):
        value = self.pick()
        n = int(np.prod(value.shape))
        first = int(self.random.choice([d for d in range(1, n + 1) if n % d == 0]))
        second = int(self.random.choice([d for d in range(1, n // first + 1) if n // first % d == 0]))
        self.reshaped(value, (first, second, n // first // second) if self.draw(0, 3) else (n,))

    def pool(self):
        value = self.pick(lambda v: len(v.shape) == 3)
        if value is None:
            return
        c, h, w = value.shape
        kh, kw = (h, w) if self.draw(0, 3) == 0 else (self.draw(1, min(3, h)), self.draw(1, min(3, w)))
        strides = [self.draw(1, 2), self.draw(1, 2)]
        windows = np.lib.stride_tricks.sliding_window_view(value.array, (kh, kw), (2, 3))[:, :, ::strides[0], ::strides[1]]
        attributes = f", kernel = [{kh}, {kw}], strides = {strides}, pads = [0, 0, 0, 0]"
        if self.draw(0, 1):
            array = windows.sum((4, 5))
            exponent = value.exponent - (kh * kw - 1).bit_length()
            self.add(f"average_pool {value.name}{attributes}", value.type, array, 0, exponent, value.bound * kh * kw)
            return
        array = windows.max((4, 5))
        result = Value(f"%v{len(self.lines)}", array, value.bits, value.exponent, value.bound)
        kind = f"tensor<?x{'x'.join(map(str, array.shape[1:]))}xi8>"
        self.lines.append(f'{result.name}, %q{len(self.lines)} = wage.max_pool {value.name}{attributes} : {value.type} -> '
                          f'{result.type}, {kind} loc("n{len(self.lines)}")')
        self.values.append(result)

    def lookup(self):
        value = self.codes(self.pick())
        count = value.shape[0] if self.draw(0, 1) else 1
        tables = self.random.integers(-limit(self.bits), limit(self.bits) + 1, (count, 2 ** self.bits))
        channel = np.arange(count).reshape(-1, *[1] * (len(value.shape) - 1)) if count > 1 else 0
        kind = f"tensor<{count}x{2 ** self.bits}xi16>"
        self.add(f"lookup {value.name}, tables = dense<{tables.tolist()}> : {kind}", value.type,
                 tables[channel, value.array + 2 ** (self.bits - 1)], self.bits, EXPONENT, limit(self.bits))

    def partner(self, value):
        """Another value of the shape, made by a broadcast or a product if there is none."""
        other = self.pick(lambda v: v.shape == value.shape and v is not value)
        if other is None and len(value.shape) == 3:
            gate = self.pick(lambda v: int(np.prod(v.shape)) == value.shape[0])
            if gate is not None:
                c, h, w = value.shape
                return self.moved(gate, value.shape, [c, h, w], [0, 1, 0, 0], [0, h * w, w, 1])
        return other if other is not None else value

    def binary(self):
        value = self.pick()
        other = self.partner(value)
        if self.draw(0, 1) or value.bound * other.bound >= 2 ** 40 or value.exponent + other.exponent < -40:
            exponent = min(value.exponent, other.exponent)
            a, b = value.exponent - exponent, other.exponent - exponent
            if max(value.bound << a, other.bound << b) < 2 ** 50:
                self.add(f"add {value.name}, {other.name}", f"{value.type}, {other.type}",
                         (value.array << a) + (other.array << b), 0, exponent, (value.bound << a) + (other.bound << b))
            return
        self.add(f"multiply {value.name}, {other.name}", f"{value.type}, {other.type}", value.array * other.array, 0,
                 value.exponent + other.exponent, value.bound * other.bound)

#-- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- movement

    def concat(self):
        value = self.pick()
        def fits(v):
            return v.shape[1:] == value.shape[1:] and (v.bits, v.exponent) == (value.bits, value.exponent)
        parts = [value] + [self.pick(fits) for _ in range(self.draw(0, 3))]
        self.random.shuffle(parts)
        if sum(p.array[0].size for p in parts) > 1500:
            return
        self.add(f"concat {', '.join(p.name for p in parts)}", ", ".join(p.type for p in parts),
                 np.concatenate([p.array for p in parts], axis=1), value.bits, value.exponent, max(p.bound for p in parts))

    def moved(self, value, shape, sizes, source, target):
        flat, result = value.array.reshape(BATCH, -1), np.zeros((BATCH, int(np.prod(shape))), np.int64)
        index = np.indices(sizes).reshape(len(sizes), -1)
        result[:, target[0] + np.array(target[1:]) @ index] = flat[:, source[0] + np.array(source[1:]) @ index]
        return self.add(f"rearrange {value.name}, sizes = {list(sizes)}, from = {list(source)}, to = {list(target)}",
                        value.type, result.reshape(BATCH, *shape), value.bits, value.exponent, value.bound)

    def rearrange(self):
        value = self.pick()
        if len(value.shape) != 3:
            n = int(np.prod(value.shape))
            begin, step = self.draw(0, n - 1), self.draw(1, 2)
            count = (n - begin - 1) // step + 1
            self.moved(value, (count + 1,), [count], [begin, step], [1, 1])
            return
        c, h, w = value.shape
        kind = self.draw(0, 7)
        if kind == 0:                                                       # transpose
            order = list(self.random.permutation(3))
            strides, shape = [h * w, w, 1], [value.shape[i] for i in order]
            to = [shape[1] * shape[2], shape[2], 1]
            self.moved(value, shape, shape, [0] + [strides[i] for i in order], [0] + to)
        elif kind == 1:                                                     # slice of the plane, with steps
            y, x, sy, sx = self.draw(0, h - 1), self.draw(0, w - 1), self.draw(1, 2), self.draw(1, 2)
            oh, ow = (h - y - 1) // sy + 1, (w - x - 1) // sx + 1
            self.moved(value, (c, oh, ow), (c, oh, ow), (y * w + x, h * w, sy * w, sx), (0, oh * ow, ow, 1))
        elif kind == 2:                                                     # slice of the channels
            begin = self.draw(0, c - 1)
            end = self.draw(begin + 1, c)
            self.moved(value, (end - begin, h, w), [(end - begin) * h * w], [begin * h * w, 1], [0, 1])
        elif kind == 3 and c * h * w < 300:                                 # padding, of channels too
            pads = [self.draw(0, 1) for _ in range(6)]
            shape = (c + pads[0] + pads[3], h + pads[1] + pads[4], w + pads[2] + pads[5])
            to = [shape[1] * shape[2], shape[2], 1]
            self.moved(value, shape, (c, h, w), (0, h * w, w, 1), [int(np.dot(pads[:3], to))] + to)
        elif kind == 4 and c * h * w < 200:                                 # nearest
            self.moved(value, (c, 2 * h, 2 * w), (c, h, 2, w, 2), (0, h * w, w, 0, 1, 0),
                       (0, 4 * h * w, 4 * w, 2 * w, 2, 1))
        elif kind == 5:                                                     # channel shuffle
            groups = int(self.random.choice([d for d in range(1, c + 1) if c % d == 0]))
            self.moved(value, value.shape, (c // groups, groups, h * w), (0, h * w, c // groups * h * w, 1),
                       (0, groups * h * w, h * w, 1))
        elif kind == 6:                                                     # upside down, to negative strides
            self.moved(value, value.shape, (c, h, w), (0, h * w, w, 1), (h * w - 1, h * w, -w, -1))
        else:                                                               # the plane of one channel for all
            self.moved(value, (c, h, w), (c, h * w), (self.draw(0, c - 1) * h * w, 0, 1), (0, h * w, 1))

    def quantize(self):
        value = self.pick(lambda v: not v.is_activation)
        if value is not None:
            self.rounded(value, self.draw(0, 12))

    def finish(self):
        kind = self.draw(0, 3)
        if kind < 2:
            return self.matmul(self.pick())
        value = self.pick()
        if kind == 3:                                                       # logits from several places
            flat = [self.reshaped(v, (int(np.prod(v.shape)),)) for v in
                    (value, self.pick(lambda v: (v.bits, v.exponent) == (value.bits, value.exponent)))]
            value = self.add(f"concat {flat[0].name}, {flat[1].name}", f"{flat[0].type}, {flat[1].type}",
                             np.concatenate([v.array for v in flat], axis=1), value.bits, value.exponent,
                             max(v.bound for v in flat))
        return value if len(value.shape) == 1 else self.reshaped(value, (int(np.prod(value.shape)),))

    def build(self):
        steps = [self.conv, self.conv, self.conv, self.matmul, self.reshape, self.pool, self.lookup, self.binary,
                 self.binary, self.concat, self.concat, self.concat, self.rearrange, self.rearrange, self.quantize]
        for _ in range(self.draw(4, 24)):
            steps[self.draw(0, len(steps) - 1)]()
            if max(v.array[0].size for v in self.values) > 2000:
                self.values = [v for v in self.values if v.array[0].size <= 2000]
        result = self.finish()
        text = "\n    ".join([*self.lines, f"return {result.name} : {result.type}"])
        module = (f"module attributes {{wage.config = #wage.config<mode = infer, weights = {self.weight_bits}, activations = "
                  f"{self.bits}, gradients = 8, errors = 8, random = 16, rounding = half_even, batch = {BATCH}>}} {{\n  "
                  + "\n  ".join(self.globals) + f"\n  func.func @infer(%p: {self.image_type}) -> {result.type} {{\n    "
                  + text + "\n  }\n}\n")
        return module, result.array.reshape(BATCH, -1)


def chip_file(name, folder):
    """The listed chip's name, or the path of a tiny one made from it."""
    if name not in TINY:
        return name
    text = (HERE.parents[1] / "targets/Chips/generic-64.yaml").read_text()
    text = re.sub(r"^name: .*$", f"name: {name}", text, flags=re.M)
    for field, number in TINY[name].items():
        text = re.sub(rf"\b{field}: {{ value: [^,]*,", f"{field}: {{ value: {number},", text)
    path = folder / f"{name}.yaml"
    path.write_text(text)
    return str(path)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    return None if done.returncode == 0 else f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stderr}"


def differs(path, expected):
    found = np.load(path)
    return None if np.array_equal(found, expected) else f"{(found != expected).sum()} of {expected.size} logits differ"


def check_network(seed, chips, copies, engines, threads, folder):
    """Yields (what, problem or None) for every run of the network of a seed."""
    network = Network(seed)
    text, expected = network.build()
    source, images = folder / f"{seed}.mlir", folder / f"{seed}.images.npy"
    source.write_text(text)
    np.save(images, network.images)
    integer = folder / f"{seed}.integer.mlir"
    problem = run("wage-opt", source, "--wage-to-integer-pipeline", "--mlir-print-debuginfo", "-o", integer)
    for level, module in ("wage", source), ("integer", integer):
        interpret = f"--wage-interpret=entry=infer images={images} batch={BATCH} trace-dir={folder}"
        wrong = problem or run("wage-opt", module, interpret, "-o", folder / "ignored.mlir")
        yield f"seed {seed} on the {level} level", wrong or differs(folder / "logits.npy", expected)
    for chip in chips:
        binary, program = folder / f"{seed}.{chip}.wbin", folder / f"{seed}.{chip}.mlir"
        mapping = f"chip={chip_file(chip, folder)} copies={copies}"
        failed = (problem or run("wage-opt", integer, f"--wage-integer-to-chip-pipeline={mapping}", "-o", program)
                  or run("wage-translate", "--chip-to-binary", program, "-o", binary))
        for engine in engines:
            for count in threads:
                logits = folder / "logits.npy"
                wrong = failed or run("wage-run", "infer", binary, f"--images={images}", f"--engine={engine}",
                                      f"--threads={count}", f"--logits={logits}")
                yield f"seed {seed} on {chip}, {engine} engine, {count} threads", wrong or differs(logits, expected)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--chip", default="generic-64,generic-256,crumbs,tight")
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--engine", default="core,fused")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="wage-branches-") as scratch:
        folder = arguments.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for seed in range(arguments.seed, arguments.seed + arguments.count):
            for what, problem in check_network(seed, arguments.chip.split(","), arguments.copies, arguments.engine.split(","),
                                               arguments.threads.split(","), folder):
                if problem:
                    print(f"{what}: {problem}", flush=True)
                passed, failed = passed + (problem is None), failed + (problem is not None)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
