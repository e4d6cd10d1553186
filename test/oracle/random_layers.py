#!/usr/bin/python3
"""Random networks of the integer level whose convolutions have groups, dilations and paddings of all kinds.

    random_layers.py OUT_DIR --chip=C,... [--copies=N] [--seed=S] [--count=N] [--engine=E,...] [--threads=N,...]

Every network is written as IR (OUT_DIR/SEED.mlir) while NumPy computes its output with the golden model's rounding,
then mapped to each chip with `wage-opt`, every convolution in as many position copies as asked for, encoded, and run by
`wage-run infer` on each engine with each number of threads; its logits must be NumPy's. Covered: groups from one to one
per channel, several neurons per group, groups larger than a core, dilations, strides larger than kernels, padding on
any side and more than a kernel needs, 1xk and kx1 kernels, scales per channel, biases, residual sums, pools with the
padding of ceil_mode, all weight widths, both roundings.

The last line is `N passed, N failed`, over all runs; exit code 0 if all passed. The tools are taken from PATH.
"""
import argparse
import subprocess
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
import wage_oracle  # noqa: E402

SAMPLES = 5


def convolve(x, w, strides, pads, dilations, groups):
    """The formula: neuron n at (y, x) sums over the channels of its group and the taps of the kernel."""
    x = np.pad(x, ((0, 0), (0, 0), (pads[0], pads[2]), (pads[1], pads[3])))
    neurons, seen, kh, kw = w.shape
    rows = (x.shape[2] - (kh - 1) * dilations[0] - 1) // strides[0] + 1
    columns = (x.shape[3] - (kw - 1) * dilations[1] - 1) // strides[1] + 1
    out = np.zeros((len(x), neurons, rows, columns), dtype=np.int64)
    for n, c, i, j in np.ndindex(w.shape):
        plane = x[:, n // (neurons // groups) * seen + c, i * dilations[0]:, j * dilations[1]:]
        out[:, n] += w[n, c, i, j] * plane[:, ::strides[0], ::strides[1]][:, :rows, :columns]
    return out


def pool(x, kernel, strides, pads, maximum):
    """Maxima or sums of windows; what is padding neither wins nor counts."""
    outside = np.iinfo(np.int64).min if maximum else 0
    x = np.pad(x, ((0, 0), (0, 0), (pads[0], pads[2]), (pads[1], pads[3])), constant_values=outside)
    view = np.lib.stride_tricks.sliding_window_view(x, kernel, (2, 3))[:, :, ::strides[0], ::strides[1]]
    return view.max((4, 5)) if maximum else view.sum((4, 5))


class Network:
    """Grows IR line by line, beside each value its numbers."""

    def __init__(self, seed):
        self.random = np.random.default_rng([seed, 2])
        self.lines, self.globals, self.layers, self.count = [], [], 0, 0
        self.bits, self.activations = self.integer(1, 8), [8, 8, 4, 12][self.integer(0, 3)]
        self.rounding = "half_away" if self.chance(0.3) else "half_even"
        shape = (self.integer(1, 6), self.integer(1, 11), self.integer(1, 11))
        self.images = self.random.integers(0, 256, (SAMPLES, *shape), dtype=np.uint8)
        table = wage_oracle.encode_pixels(np.arange(256, dtype=np.uint8), self.activations)
        kind = self.kind(self.activations)
        self.value, self.array = "%images", self.images
        self.emit(f"integer.table %images, table = dense<{table.tolist()}> : tensor<256x{kind}>", table[self.images], kind,
                  source_kind="ui8")

    def chance(self, probability):
        return self.random.random() < probability

    def integer(self, low, high):
        return int(self.random.integers(low, high + 1))

    @staticmethod
    def kind(bits):
        return "i8" if bits <= 8 else "i16"

    @staticmethod
    def type(array, kind):
        return f"tensor<?x{'x'.join(str(n) for n in array.shape[1:])}x{kind}>"

    def emit(self, line, array, kind, more="", source_kind=None, extra_result=""):
        """Appends `line`, which takes the value at the end and gives `array`."""
        name = f"%v{self.count}"
        self.count += 1
        operands = self.type(self.array, source_kind or self.element) + more
        self.lines.append(f"    {name}{':2' if extra_result else ''} = {line} : {operands} -> "
                          f"{self.type(array, kind)}{extra_result}")
        self.value, self.array, self.element = name + ("#0" if extra_result else ""), array, kind

    def constant(self, name, array, kind, attributes=""):
        text = f"tensor<{'x'.join(str(n) for n in array.shape)}x{kind}>"
        self.globals.append(f"  ml_program.global private @{name}(dense<{array.tolist()}> : {text}) : {text}{attributes}")
        self.lines.append(f"    %{name} = ml_program.global_load_const @{name} : {text}")
        return f"%{name}", text

    def weights(self, shape):
        """The global of a new layer, its numbers and the shifts of its channels."""
        limit = 2 ** (self.bits - 1) - 1
        w = self.random.choice([-1, 1], shape) if self.bits == 1 else self.random.integers(-limit, limit + 1, shape)
        scales = self.random.integers(0, 4, shape[0]) if self.chance(0.3) else np.zeros(shape[0], dtype=int)
        index, self.layers = self.layers, self.layers + 1
        name, text = self.constant(f"w{index}", w, "i8", f' {{wage.layer = "layer{index}", wage.ordinal = {index} : i32, '
                                   f"wage.scale_log2 = array<i32: {', '.join(map(str, scales))}>}}")
        return name, text, w, scales.max() - scales

    def finish_layer(self, shifts):
        """Scales and bias of the sum at the end."""
        spread = (1, -1) + (1,) * (self.array.ndim - 2)
        if shifts.any():
            self.emit(f"integer.align_channels {self.value}, shifts = {shifts.tolist()}",
                      self.array << shifts.reshape(spread), "i64")
        if self.chance(0.5):
            bias = self.random.integers(-5000, 5001, self.array.shape[1])
            name, text = self.constant(f"b{self.layers - 1}", bias, "i64")
            self.emit(f"integer.add_bias {self.value}, {name}", self.array + bias.reshape(spread), "i64", ", " + text)

    def window(self, extent):
        """Kernel, stride, dilation and pads along one axis: at least one window, at most 12."""
        while True:
            kernel, stride, dilation = self.integer(1, 4), self.integer(1, 2), 1
            if self.chance(0.25):
                stride = self.integer(3, 5)
            if self.chance(0.4):
                dilation = self.integer(2, 3)
            last = (kernel - 1) * dilation
            before, after = (self.integer(0, last + 2) if self.chance(0.6) else 0 for _ in range(2))
            room = extent + before + after - last - 1
            if room >= 0 and room // stride < 12:
                return kernel, stride, dilation, before, after

    def convolution(self):
        channels = self.array.shape[1]
        groups = int(self.random.choice([g for g in range(1, channels + 1) if channels % g == 0]))
        if self.chance(0.4):
            groups = channels
        neurons = groups * self.integer(1, max(1, min(20, 40 // groups)))
        rows, columns = self.window(self.array.shape[2]), self.window(self.array.shape[3])
        self.layer(neurons, groups, *zip(rows, columns))

    def layer(self, neurons, groups, kernel, strides, dilations, before, after):
        strides, dilations, pads = list(strides), list(dilations), [*before, *after]
        name, text, w, shifts = self.weights((neurons, self.array.shape[1] // groups, *kernel))
        form = f" dilations = {dilations}" * (dilations != [1, 1]) + f" groups = {groups}" * (groups != 1)
        self.emit(f"integer.conv2d {self.value}, {name}, strides = {strides}, pads = {pads}{form}",
                  convolve(self.array, w, strides, pads, dilations, groups), "i64", ", " + text)
        self.finish_layer(shifts)

    def add(self, other, shift):
        value, array, element = other
        self.emit(f"integer.add {self.value}, {value}, shifts = [0, {shift}]", self.array + (array << shift), "i64",
                  ", " + self.type(array, element))

    def pool(self):
        kernel, strides, pads = [], [], [0, 0, 0, 0]
        for axis in range(2):
            extent, size, stride = self.array.shape[2 + axis], self.integer(1, 3), self.integer(1, 4)
            pads[axis] = self.integer(0, size - 1)
            # As ceil_mode: as many windows as begin inside.
            count = max(1, -(-(extent + pads[axis]) // stride) - self.integer(0, 1))
            pads[axis + 2] = max(0, (count - 1) * stride + size - extent - pads[axis])
            if pads[axis + 2] >= size + stride:
                pads[axis + 2] = 0
            if extent + pads[axis] + pads[axis + 2] < size:
                return
            kernel.append(size), strides.append(stride)
        window = f"kernel = {kernel}, strides = {strides}, pads = {pads}"
        maximum = self.chance(0.5)
        result = pool(self.array, kernel, strides, pads, maximum)
        if maximum:
            self.emit(f"integer.max_pool {self.value}, {window}", result, self.element,
                      extra_result=", " + self.type(result, "i8"))
        else:
            self.emit(f"integer.sum_pool {self.value}, {window}", result, "i64")

    def quantize(self):
        if self.chance(0.6):
            relu = np.maximum(self.array, 0)
            self.value, self.array = self.elementwise("integer.relu", relu)
        largest = max(1, int(np.abs(self.array).max()))
        shift = max(0, largest.bit_length() - self.activations + self.integer(-1, 1))
        away = " half_away" * (self.rounding == "half_away")
        clipped = wage_oracle.clip(wage_oracle.round_shift(self.array, shift, self.rounding), self.activations)
        self.emit(f"integer.shift_clip {self.value}, shift = {shift}, bits = {self.activations}{away}", clipped,
                  self.kind(self.activations))

    def elementwise(self, op, array):
        name = f"%v{self.count}"
        self.count += 1
        self.lines.append(f"    {name} = {op} {self.value} : {self.type(self.array, self.element)}")
        return name, array

    def block(self):
        start = self.value, self.array, self.element
        self.convolution()
        if self.chance(0.4):
            self.residual(start)
        if self.chance(0.3):
            self.pool()
        self.quantize()

    def residual(self, start):
        """Adds a convolution of the block's input, or that itself where its shape is that of the sum."""
        main = self.value, self.array, self.element
        self.value, self.array, self.element = start
        if main[1].shape != start[1].shape:
            # A kernel of one with padding behind and strides gives any plane.
            strides = [max(1, -(-start[1].shape[2 + a] // main[1].shape[2 + a])) for a in range(2)]
            after = [(main[1].shape[2 + a] - 1) * strides[a] + 1 - start[1].shape[2 + a] for a in range(2)]
            after = [max(0, n) for n in after]
            self.layer(main[1].shape[1], 1, (1, 1), strides, (1, 1), (0, 0), after)
        elif self.chance(0.5):
            self.layer(main[1].shape[1], main[1].shape[1], (3, 3), (1, 1), (1, 1), (1, 1), (1, 1))
        if self.array.shape == main[1].shape:
            self.add(main, self.integer(0, 3))
        else:
            self.value, self.array, self.element = main

    def matmul(self, classes):
        flat = self.array.reshape(SAMPLES, -1)
        self.emit(f"integer.reshape {self.value}", flat, self.element)
        name, text, w, shifts = self.weights((classes, flat.shape[1]))
        self.emit(f"integer.matmul {self.value}, {name}", flat @ w.T, "i64", ", " + text)
        self.finish_layer(shifts)

    def grow(self):
        for _ in range(self.integer(1, 4)):
            self.block()
        self.matmul(self.integer(2, 10))
        return self

    def text(self):
        config = (f"mode = infer, weights = {self.bits}, activations = {self.activations}, gradients = {max(8, self.bits)}, "
                  f"errors = 8, random = 16, rounding = {self.rounding}, batch = 8")
        result = self.type(self.array, self.element)
        return "\n".join([f"module attributes {{wage.config = #wage.config<{config}>}} {{", *self.globals,
                          f"  func.func @infer(%images: {self.type(self.images, 'ui8')}) -> {result} {{", *self.lines,
                          f"    return {self.value} : {result}", "  }", "}", ""])


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    return None if done.returncode == 0 else f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stderr}"


def check(folder, seed, chip, copies, runs):
    """Yields (what, text of the difference or None) for each engine and number of threads."""
    network = Network(seed).grow()
    source, stem = folder / f"{seed}.mlir", folder / f"{seed}.{Path(chip).stem}"
    source.write_text(network.text())
    np.save(folder / f"{seed}.npy", network.images)
    problem = run(["wage-opt", source, "--integer-assign-widths", "--integer-verify-level",
                   f"--wage-integer-to-chip-pipeline=chip={chip} copies={copies}", "-o", f"{stem}.mlir"]) or \
        run(["wage-translate", "--chip-to-binary", f"{stem}.mlir", "-o", f"{stem}.wbin"])
    for engine, threads in runs:
        logits = Path(f"{stem}.{engine}.{threads}.npy")
        text = problem or run(["wage-run", "infer", f"{stem}.wbin", f"--images={folder / f'{seed}.npy'}",
                               f"--engine={engine}", f"--threads={threads}", f"--logits={logits}"])
        if not text:
            wrong = np.count_nonzero(np.load(logits) != network.array)
            text = f"{wrong} of {network.array.size} logits differ" if wrong else None
        yield f"network {seed} on {Path(chip).stem}, {engine} engine, {threads} threads", text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="OUT_DIR", type=Path)
    parser.add_argument("--chip", required=True)
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--engine", default="core,fused")
    parser.add_argument("--threads", default="1")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    runs = [(engine, threads) for engine in arguments.engine.split(",") for threads in arguments.threads.split(",")]
    passed = failed = 0
    for seed in range(arguments.seed, arguments.seed + arguments.count):
        for chip in arguments.chip.split(","):
            for what, text in check(arguments.folder, seed, chip, arguments.copies, runs):
                if text:
                    print(f"{what}: {text}", flush=True)
                passed, failed = passed + (not text), failed + bool(text)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
