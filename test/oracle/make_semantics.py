#!/usr/bin/env python3
"""Writes test/semantics/*.mlir: for every op of the integer level, constants in and the golden model's numbers out.

    make_semantics.py GOLDEN_MODEL.py OUTPUT_DIR

Every number after `check.expect_eq` is computed here with the golden model's own functions (padded pooling, which it
refuses, with NumPy). Inputs stand here because they are chosen: 0, the largest magnitudes, ties both ways, the widest
accumulators.
"""
import importlib.util
import sys
from pathlib import Path

import numpy as np

I64 = np.int64


def text(array) -> str:
    """A dense attribute's elements."""
    return str(np.asarray(array).tolist())


def tensor(array, kind: str) -> str:
    return "tensor<" + "".join(f"{n}x" for n in np.shape(array)) + kind + ">"


class Function:
    """One func.func without arguments: constants, one op, expectations."""

    def __init__(self, name: str, why: str = ""):
        self.lines, self.count = [], 0
        if why:
            self.lines.append(f"// {why}")
        self.lines.append(f"func.func @{name}() {{")

    def constant(self, array, kind: str):
        """Returns the SSA name and type of a constant."""
        name = f"%c{self.count}"
        self.count += 1
        self.lines.append(f"  {name} = arith.constant dense<{text(array)}> : {tensor(array, kind)}")
        return name, tensor(array, kind)

    def op(self, line: str, *expected):
        """`line` without its results; expected: (array, element type) per result."""
        names = [f"%r{i}" for i in range(len(expected))]
        self.lines.append(f"  {', '.join(names)} = {line}")
        for name, (array, kind) in zip(names, expected):
            kind_text = tensor(array, kind)
            values = text(array) if kind != "i1" else str(np.asarray(array, dtype=bool).tolist()).lower()
            self.lines.append(f"  check.expect_eq {name}, dense<{values}> : {kind_text} : {kind_text}")

    def finish(self) -> str:
        return "\n".join(self.lines + ["  return", "}", ""])


def unary(name, attributes, values, kind, expected, result_kind, why="", both_types=True):
    f = Function(name, why)
    x, t = f.constant(values, kind)
    result = f" -> {tensor(values, result_kind)}" if both_types else ""
    f.op(f"integer.{name.split('__')[0]} {x}{attributes} : {t}{result}", (expected, result_kind))
    return f.finish()


class Maker:
    def __init__(self, golden, out: Path):
        self.golden, self.out = golden, out
        self.random = np.random.default_rng(1)

    def write(self, name: str, *functions: str):
        head = "// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.\n" \
               "// RUN: wage-opt %s --wage-interpret -o /dev/null\n\n"
        (self.out / f"{name}.mlir").write_text(head + "\n".join(functions))

    def draw(self, limit: int, *shape):
        return self.random.integers(-limit, limit + 1, shape)

    # ------------------------------------------------------------ elementwise

    def shift_clip(self):
        g, functions = self.golden, []
        top = 2 ** 62 - 1
        ties = [0, 1, 2, 3, 4, 5, 6, 7, 10, 12, -1, -2, -3, -5, -6, -7, -10, -12, 255, -255, 254, -254, 256]
        wide = [0, 1, -1, top, -top, 2 ** 61, -2 ** 61, 3 * 2 ** 60, -3 * 2 ** 60, 2 ** 61 + 1]
        cases = [("ties", ties, 2, 8, "Ties go both ways: 2 and 6, -2 and -6 are halves of 4."),
                 ("one", ties, 1, 4, "A shift of one: every odd integer is a tie."),
                 ("none", ties, 0, 8, "No shift: only the clip."),
                 ("left", ties, -3, 8, "A negative shift is exact, and clips."),
                 ("wide", wide, 61, 4, "The widest accumulators that the level admits."),
                 ("wide_none", wide, 0, 16, ""), ("wide_beyond", wide, 63, 8, "All is less than half a step."),
                 ("sixteen", wide, 46, 16, "")]
        for name, values, shift, bits, why in cases:
            for away in (False, True):
                rounding = "half_away" if away else "half_even"
                want = g.clip(g.round_shift(np.array(values), shift, rounding), bits)
                kind = "i8" if bits <= 8 else "i16"
                functions.append(unary(f"shift_clip__{name}_{rounding}",
                                       f", shift = {shift}, bits = {bits}" + (" half_away" if away else ""),
                                       values, "i64", want, kind, why if not away else ""))
        functions.append(unary("shift_clip__left_saturates", ", shift = -63, bits = 8", [0, 1, -1, top, -top], "i64",
                               [0, 127, -127, 127, -127], "i8",
                               "A left shift past 64 bits saturates, as exact arithmetic would."))
        self.write("shift_clip", *functions)

    def shift_clip_by(self):
        g, functions = self.golden, []
        cases = [("ties", [0, 1, 2, 3, 5, 6, 7, 9, 10, -2, -6, -10, 509, -509], 8),
                 ("small", [0, 1, -1, 3, -2], 8), ("zero", [0, 0, 0], 8), ("one", [0, 1, -1], 16),
                 ("wide", [2 ** 62 - 1, -(2 ** 62 - 1), 2 ** 55, -3 * 2 ** 53, 1], 8),
                 ("saturates", [1448, 1447, -1448, 1024], 8)]
        for name, values, bits in cases:
            for away in (False, True):
                rounding = "half_away" if away else "half_even"
                want, k = g.quantize_error(np.array(values, dtype=I64), bits, rounding)
                f = Function(f"shift_clip_by__{name}_{rounding}")
                x, t = f.constant(values, "i64")
                e, s = f.constant(k, "i32")
                kind = "i8" if bits <= 8 else "i16"
                f.op(f"integer.shift_clip_by {x}, {e}, offset = {1 - bits}, bits = {bits}"
                     + (" half_away" if away else "") + f" : {t}, {s} -> {tensor(values, kind)}", (want, kind))
                functions.append(f.finish())
        self.write("shift_clip_by", *functions)

    def elementwise(self):
        g = self.golden
        masters = [0, 1, -1, 31, 32, 33, -31, -32, -33, 64, -64, 127, -127]
        self.write("clip", unary("clip__eight", ", limit = 64", masters, "i16", g.clip_master(np.array(masters), 2, 8), "i8"),
                   unary("clip__widest", f", limit = {2 ** 62 - 1}", [0, 2 ** 62 - 1, -2 ** 62, 2 ** 62, -5], "i64",
                         np.clip([0, 2 ** 62 - 1, -2 ** 62, 2 ** 62, -5], -(2 ** 62 - 1), 2 ** 62 - 1), "i64"))
        self.write("sign", unary("sign", "", masters, "i8", g.quantize_weight(np.array(masters), 1, 8), "i8",
                                 "The sign of 0 is +1."))
        wide = [0, 1, -1, 4064, 4065, -4064, -4065, 2 ** 62 - 1, -(2 ** 62 - 1)]
        self.write("relu", unary("relu", "", wide, "i64", np.maximum(wide, 0), "i64", both_types=False))
        self.write("within", unary("within", ", limit = 4064", wide, "i64", np.abs(wide) <= 4064, "i1",
                                   "Equal to the bound passes."),
                   unary("within__zero", ", limit = 0", wide, "i64", np.abs(wide) <= 0, "i1"))
        self.write("positive", unary("positive", "", wide, "i64", np.array(wide) > 0, "i1"))
        f = Function("apply_mask")
        x, t = f.constant(wide, "i64")
        m, s = f.constant([True, False] * 4 + [True], "i1")
        f.lines[-1] = f.lines[-1].replace("True", "true").replace("False", "false")
        f.op(f"integer.apply_mask {x}, {m} : {t}, {s}", (np.where([True, False] * 4 + [True], wide, 0), "i64"))
        self.write("apply_mask", f.finish())
        f = Function("sub", "The result's type holds the difference.")
        x, t = f.constant([64, -64, 0, 127, -127], "i8")
        d, s = f.constant([-127, 127, 0, -127, 127], "i8")
        f.op(f"integer.sub {x}, {d} : {t}, {s} -> tensor<5xi16>", ([191, -191, 0, 254, -254], "i16"))
        self.write("sub", f.finish())

    def table(self):
        functions = []
        for bits in (2, 6, 8, 16):
            kind = "i8" if bits <= 8 else "i16"
            entries = self.golden.encode_pixels(np.arange(256, dtype=np.uint8), bits)
            pixels = np.array([[0, 1, 63, 64, 127], [128, 191, 192, 254, 255]], dtype=np.uint8)
            f = Function(f"table__encoder_{bits}_bits")
            x, t = f.constant(pixels, "ui8")
            f.op(f"integer.table {x}, table = dense<{text(entries)}> : tensor<256x{kind}> : {t} -> {tensor(pixels, kind)}",
                 (self.golden.encode_pixels(pixels, bits), kind))
            functions.append(f.finish())
        for shape in ((2, 3), (1, 3, 2, 2)):
            entries = np.stack([np.arange(256) // 4 - 32, 100 - np.arange(256) // 2, np.full(256, -127)])
            pixels = (np.arange(np.prod(shape)).reshape(shape) * 53 % 256).astype(np.uint8)
            channel = np.arange(3).reshape((1, 3) + (1,) * (len(shape) - 2))
            f = Function(f"table__per_channel_{len(shape)}d", "Each channel has a table of its own.")
            x, t = f.constant(pixels, "ui8")
            f.op(f"integer.table {x}, table = dense<{text(entries)}> : tensor<3x256xi8> : {t} -> {tensor(pixels, 'i8')}",
                 (entries[channel, pixels], "i8"))
            functions.append(f.finish())
        self.write("table", *functions)

    # ------------------------------------------------------------ scalars

    def scalars(self):
        g, functions = self.golden, []
        for i, values in enumerate(([0, 0], [3, -5], [2 ** 62 - 1, 0], [-(2 ** 62 - 1), 7], [-128, 127])):
            f = Function(f"max_abs__{i}")
            x, t = f.constant(values, "i64")
            f.op(f"integer.max_abs {x} : {t}", (np.abs(values).max(), "i64"))
            functions.append(f.finish())
        f = Function("max_abs__empty", "The maximum of nothing is 0.")
        f.lines.append("  %c0 = arith.constant dense<> : tensor<0x4xi32>")
        f.op("integer.max_abs %c0 : tensor<0x4xi32>", (I64(0), "i64"))
        self.write("max_abs", *functions, f.finish())

        functions = []
        for m in (0, 1, 2, 3, 4, 5, 6, 11, 12, 90, 91, 2 ** 32, 6074000999, 6074001000, 2 ** 62 - 1):
            f = Function(f"shift_exponent__{m}")
            x, _ = f.constant(I64(m), "i64")
            f.op(f"integer.shift_exponent {x}", (g.shift_exponent(m) if m else 0, "i32"))
            functions.append(f.finish())
        self.write("shift_exponent", *functions)

    # ------------------------------------------------------------ update

    def update(self):
        g, functions = self.golden, []
        for ordinal, step, seed, bits, shape in ((0, 0, 0, 16, (3, 7)), (3, 5, 7, 16, (2, 1, 2, 2)),
                                                 (1, 2 ** 32 + 9, 2 ** 40 + 5, 16, (9,)),
                                                 (2, 1, 2 ** 63 - 1, 1, (17,)), (2, 1, 99, 7, (4, 4))):
            count = int(np.prod(shape))
            f = Function(f"random_bits__{ordinal}_{bits}_{count}")
            s, _ = f.constant(I64(seed), "i64")
            t, _ = f.constant(I64(step), "i64")
            want = (g.rounding_bits(count, ordinal, step, seed) >> (16 - bits)).reshape(shape)
            f.op(f"integer.random_bits {s}, {t}, ordinal = {ordinal}, bits = {bits} : {tensor(want, 'i32')}", (want, "i32"))
            functions.append(f.finish())
        self.write("random_bits", *functions)

        functions = []
        wide = np.array([0, 1, -1, 2 ** 62 - 1, -(2 ** 62 - 1), 2 ** 61, -3 * 2 ** 59, 2 ** 54 + 1], dtype=I64)
        narrow = np.array([0, 1, -1, 2, -3, 5, 100, -100, 77, -64, 33, 12], dtype=I64)
        zero = np.zeros(5, dtype=I64)
        for name, values, lr, bits, width in (("narrow", narrow, 3, 8, 16), ("narrow_none", narrow, 7, 8, 16),
                                              ("narrow_up", narrow, 15, 16, 16), ("narrow_down", narrow, -20, 8, 16),
                                              ("lowest_rate", narrow, -32, 8, 16), ("few_bits", narrow, 0, 4, 1),
                                              ("wide", wide, 3, 8, 16), ("wide_down", wide, -32, 8, 12),
                                              ("wide_up", wide, 15, 8, 16), ("zero", zero, 3, 8, 16)):
            b = {"r": width, "g": bits}
            want, k = g.quantize_gradient(values, lr, b, 4, 11, 5)
            noise = g.rounding_bits(values.size, 4, 11, 5) >> (16 - width)
            f = Function(f"stochastic_step__{name}")
            x, t = f.constant(values, "i64")
            e, _ = f.constant(np.int32(k), "i32")
            rate, _ = f.constant(np.int32(lr), "i32")
            r, rt = f.constant(noise, "i32")
            kind = "i8" if bits <= 8 else "i16"
            f.op(f"integer.stochastic_step {x}, {e}, {rate}, {r}, bits = {bits}, random_bits = {width} : {t}, {rt} "
                 f"-> {tensor(values, kind)}", (want, kind))
            functions.append(f.finish())
        self.write("stochastic_step", *functions)

        f = Function("subtract_one_hot")
        z = np.array([[5, -3, 2 ** 40], [0, 0, 0], [-2 ** 61, 1, 7]], dtype=I64)
        labels = np.array([2, 0, 1])
        want = z.copy()
        want[np.arange(3), labels] -= 1 << 10
        x, t = f.constant(z, "i64")
        l, s = f.constant(labels, "i32")
        f.op(f"integer.subtract_one_hot {x}, {l}, shift = 10 : {t}, {s} -> {t}", (want, "i64"))
        self.write("subtract_one_hot", f.finish())

    # ------------------------------------------------------------ layers

    def convolution(self):
        g, forward, back, outer = self.golden, [], [], []
        for name, (n, c, h, w), (m, kh, kw), stride, pads in (
                ("plain", (2, 2, 4, 5), (3, 3, 3), [1, 1], [0, 0, 0, 0]),
                ("padded", (1, 1, 3, 3), (2, 3, 3), [1, 1], [1, 1, 1, 1]),
                ("strided", (2, 1, 5, 6), (2, 2, 3), [2, 3], [0, 1, 1, 0]),
                ("one", (1, 3, 1, 1), (2, 1, 1), [1, 1], [0, 0, 0, 0])):
            x, q = self.draw(127, n, c, h, w), self.draw(1, m, c, kh, kw)
            cols, oh, ow = g.im2col(x, kh, kw, stride, pads)
            e = self.draw(127, n, m, oh, ow)
            e2 = e.reshape(n, m, -1).transpose(0, 2, 1)
            flat = q.reshape(m, -1)
            z = g.exact_matmul(cols, flat.T).transpose(0, 2, 1).reshape(n, m, oh, ow)
            d = g.col2im(g.exact_matmul(e2, flat), x.shape, kh, kw, stride, pads, oh, ow)
            grad = g.exact_matmul(e2.reshape(-1, m).T, cols.reshape(-1, cols.shape[2])).reshape(q.shape)
            window = f"strides = {stride}, pads = {pads}"
            for functions, op, a, b, want in ((forward, "conv2d", x, q, z), (back, "conv2d_transposed", e, q, d),
                                              (outer, "conv2d_outer", e, x, grad)):
                f = Function(f"{op}__{name}")
                (v0, t0), (v1, t1) = f.constant(a, "i8"), f.constant(b, "i8")
                f.op(f"integer.{op} {v0}, {v1}, {window} : {t0}, {t1} -> {tensor(want, 'i32')}", (want, "i32"))
                functions.append(f.finish())
        self.write("conv2d", *forward, *self.grouped())
        self.write("conv2d_transposed", *back)
        self.write("conv2d_outer", *outer)

    def grouped(self):
        """Groups and dilations: the golden model's convolution, group by group, of kernels with zeros between."""
        g, functions, draw = self.golden, [], np.random.default_rng(2)
        for name, (n, c, h, w), (m, kh, kw), groups, dilations, stride, pads in (
                ("dilated", (1, 2, 5, 6), (2, 2, 3), 1, [3, 2], [1, 1], [1, 2, 1, 0]),
                ("grouped", (2, 4, 3, 3), (6, 2, 2), 2, [1, 1], [1, 1], [0, 0, 0, 0]),
                ("depthwise", (1, 3, 4, 4), (3, 3, 3), 3, [1, 1], [2, 1], [1, 1, 1, 1]),
                ("depthwise_multiplied", (1, 2, 1, 7), (4, 1, 3), 2, [1, 2], [1, 2], [0, 2, 0, 2]),
                ("padded_behind", (1, 1, 3, 2), (1, 2, 1), 1, [1, 1], [2, 3], [0, 1, 3, 4])):
            x = draw.integers(-127, 128, (n, c, h, w))
            q = draw.integers(-7, 8, (m, c // groups, kh, kw))
            spread = np.zeros((*q.shape[:2], (kh - 1) * dilations[0] + 1, (kw - 1) * dilations[1] + 1), dtype=q.dtype)
            spread[:, :, ::dilations[0], ::dilations[1]] = q
            parts = []
            for group in range(groups):
                seen = x[:, group * c // groups:(group + 1) * c // groups]
                kernel = spread[group * m // groups:(group + 1) * m // groups]
                cols, oh, ow = g.im2col(np.ascontiguousarray(seen), *kernel.shape[2:], stride, pads)
                sums = g.exact_matmul(cols, kernel.reshape(len(kernel), -1).T)
                parts.append(sums.transpose(0, 2, 1).reshape(n, -1, oh, ow))
            z = np.concatenate(parts, axis=1)
            f = Function(f"conv2d__{name}")
            (v0, t0), (v1, t1) = f.constant(x, "i8"), f.constant(q, "i8")
            form = f" dilations = {dilations}" * (dilations != [1, 1]) + f" groups = {groups}" * (groups > 1)
            f.op(f"integer.conv2d {v0}, {v1}, strides = {stride}, pads = {pads}{form} : {t0}, {t1} -> {tensor(z, 'i32')}",
                 (z, "i32"))
            functions.append(f.finish())
        return functions

    def matrix(self):
        g, forward, back, outer = self.golden, [], [], []
        for name, n, k, m, limit in (("narrow", 2, 5, 3, 1), ("single", 1, 1, 1, 127), ("wide", 3, 4, 2, 127)):
            x, q, e = self.draw(32767, n, k), self.draw(limit, m, k), self.draw(32767, n, m)
            for first in (False, True):
                w, suffix = (q.T, " axons_first") if first else (q, "")
                grad = g.exact_matmul(e.T, x)
                for functions, op, a, b, kinds, want in (
                        (forward, "matmul", x, w, ("i16", "i8"), g.exact_matmul(x, q.T)),
                        (back, "matmul_transposed", e, w, ("i16", "i8"), g.exact_matmul(e, q)),
                        (outer, "matmul_outer", e, x, ("i16", "i16"), grad.T if first else grad)):
                    f = Function(f"{op}__{name}{'_axons_first' if first else ''}")
                    (v0, t0), (v1, t1) = f.constant(a, kinds[0]), f.constant(b, kinds[1])
                    f.op(f"integer.{op} {v0}, {v1}{suffix} : {t0}, {t1} -> {tensor(want, 'i64')}", (want, "i64"))
                    functions.append(f.finish())
        self.write("matmul", *forward)
        self.write("matmul_transposed", *back)
        self.write("matmul_outer", *outer)

    def shape(self):
        x = np.arange(12).reshape(2, 3, 2, 1)
        f = Function("reshape")
        v, t = f.constant(x, "i8")
        f.op(f"integer.reshape {v} : {t} -> tensor<2x6xi8>", (x.reshape(2, 6), "i8"))
        self.write("reshape", f.finish())
        functions = []
        for name, z in (("matrix", self.draw(100, 2, 3)), ("planes", self.draw(100, 2, 3, 2, 2))):
            bias = np.array([2 ** 61, -2 ** 61, -7])
            f = Function(f"add_bias__{name}")
            (v, t), (b, s) = f.constant(z, "i32"), f.constant(bias, "i64")
            f.op(f"integer.add_bias {v}, {b} : {t}, {s} -> {tensor(z, 'i64')}",
                 (z + bias.reshape(1, -1, *[1] * (z.ndim - 2)), "i64"))
            functions.append(f.finish())
        self.write("add_bias", *functions)

    def pooling(self):
        g, forward, back = self.golden, [], []
        lowest = -2 ** 31
        for name, shape, kernel, stride, pads, limit in (
                ("plain", (2, 2, 4, 4), [2, 2], [2, 2], [0, 0, 0, 0], 1),
                ("overlap", (1, 2, 5, 5), [3, 3], [2, 2], [0, 0, 0, 0], 3),
                ("odd", (1, 1, 5, 4), [2, 3], [1, 1], [0, 0, 0, 0], 100),
                ("padded", (1, 1, 4, 4), [3, 3], [2, 2], [1, 1, 1, 1], 5),
                ("ragged", (1, 1, 5, 5), [2, 2], [2, 2], [0, 0, 0, 0], 1),
                ("ceil", (1, 1, 5, 4), [2, 2], [4, 3], [0, 0, 3, 1], 9)):
            x = self.draw(limit, *shape)
            if name == "padded":
                x -= 50                                   # all negative: zero padding would win
            padded = np.pad(x, ((0, 0), (0, 0), (pads[0], pads[2]), (pads[1], pads[3])), constant_values=lowest)
            pool = g.MaxPool(kernel, stride)
            values = pool.forward(padded)
            e = self.draw(127, *values.shape)
            d = pool.backward(e)[:, :, pads[0]:pads[0] + shape[2], pads[1]:pads[1] + shape[3]]
            window = f"kernel = {kernel}, strides = {stride}, pads = {pads}"
            f = Function(f"max_pool__{name}")
            v, t = f.constant(x, "i32")
            f.op(f"integer.max_pool {v}, {window} : {t} -> {tensor(values, 'i32')}, {tensor(values, 'i8')}",
                 (values, "i32"), (pool.arg, "i8"))
            forward.append(f.finish())
            f = Function(f"max_pool_scatter__{name}")
            (v, t), (p, s) = f.constant(e, "i8"), f.constant(pool.arg, "i8")
            f.op(f"integer.max_pool_scatter {v}, {p}, {window} : {t}, {s} -> {tensor(d, 'i16')}", (d, "i16"))
            back.append(f.finish())
        self.write("max_pool", *forward)
        self.write("max_pool_scatter", *back)

    def sums(self):
        g, forward, back = self.golden, [], []
        for name, shape, kernel, stride, pads in (
                ("plain", (2, 2, 4, 4), [2, 2], [2, 2], [0, 0, 0, 0]), ("overlap", (1, 2, 5, 5), [3, 3], [1, 2], [0, 0, 0, 0]),
                ("global", (2, 3, 3, 4), [3, 4], [1, 1], [0, 0, 0, 0]), ("padded", (1, 1, 4, 4), [3, 3], [2, 2], [1, 1, 1, 1]),
                ("ragged", (1, 1, 5, 5), [2, 2], [2, 2], [0, 0, 0, 0]), ("ceil", (1, 1, 5, 4), [2, 2], [4, 3], [0, 0, 3, 1])):
            x = self.draw(127, *shape)
            padded = np.pad(x, ((0, 0), (0, 0), (pads[0], pads[2]), (pads[1], pads[3])))
            pool = g.AveragePool(kernel, stride)
            values = pool.forward(padded)
            e = self.draw(127, *values.shape)
            d = pool.backward(e)[:, :, pads[0]:pads[0] + shape[2], pads[1]:pads[1] + shape[3]]
            window = f"kernel = {kernel}, strides = {stride}, pads = {pads}"
            f = Function(f"sum_pool__{name}")
            v, t = f.constant(x, "i8")
            f.op(f"integer.sum_pool {v}, {window} : {t} -> {tensor(values, 'i32')}", (values, "i32"))
            forward.append(f.finish())
            f = Function(f"sum_pool_spread__{name}")
            v, t = f.constant(e, "i8")
            f.op(f"integer.sum_pool_spread {v}, {window} : {t} -> {tensor(d, 'i16')}", (d, "i16"))
            back.append(f.finish())
        self.write("sum_pool", *forward)
        self.write("sum_pool_spread", *back)
        functions = []
        for name, shape, scale in (("planes", (2, 3, 2, 2), [1, 3, 0]), ("row", (3, 4), [0, 0, 24, -8])):
            x = self.draw(127, *shape)
            layer = g.Linear.__new__(g.Linear)
            layer.scale_log2, layer.finest = np.array(scale), max(scale)
            f = Function(f"align_channels__{name}", "x = " + str(scale))
            v, t = f.constant(x, "i8")
            want = layer.align(x)
            f.op(f"integer.align_channels {v}, shifts = {[max(scale) - x for x in scale]} : {t} -> {tensor(want, 'i64')}",
                 (want, "i64"))
            functions.append(f.finish())
        self.write("align_channels", *functions)
        functions = []
        for name, shifts, kinds in (("equal", [0, 0], ("i32", "i32")), ("left", [4, 0], ("i8", "i32")),
                                    ("right", [0, 33], ("i64", "i16"))):
            a, b = self.draw(127, 2, 5), self.draw(127, 2, 5)
            f = Function(f"add__{name}")
            (v, t), (w, u) = f.constant(a, kinds[0]), f.constant(b, kinds[1])
            f.op(f"integer.add {v}, {w}, shifts = {shifts} : {t}, {u} -> {tensor(a, 'i64')}",
                 ((a << shifts[0]) + (b << shifts[1]), "i64"))
            functions.append(f.finish())
        self.write("add", *functions)

    # ------------------------------------------------------------ inference only

    def tables(self):
        functions = []
        for name, shape, bits, count, kinds in (("one_for_all", (2, 3, 2, 2), 8, 1, ("i8", "i8")),
                                                ("one_per_channel", (2, 3, 2), 4, 3, ("i8", "i16")),
                                                ("sixteen_bits", (2, 2), 10, 1, ("i16", "i8"))):
            half = 1 << (bits - 1)
            x, entries = self.random.integers(-half, half, shape), self.draw(127, count, 2 * half)
            x.flat[:2] = -half, half - 1
            channel = np.arange(shape[1]).reshape(-1, *[1] * (len(shape) - 2)) if count > 1 else 0
            f = Function(f"lookup__{name}")
            v, t = f.constant(x, kinds[0])
            want = entries[channel, x + half]
            f.op(f"integer.lookup {v}, tables = dense<{text(entries)}> : {tensor(entries, kinds[1])} : {t} -> "
                 f"{tensor(want, kinds[1])}", (want, kinds[1]))
            functions.append(f.finish())
        self.write("lookup", *functions)
        a = np.array([[0, 5, -127], [-128, 127, 1]])
        b = np.array([[7, -2 ** 31, 2 ** 31 - 1], [-2 ** 31, 2 ** 31 - 1, -1]])
        f = Function("multiply")
        (v, t), (w, u) = f.constant(a, "i8"), f.constant(b, "i32")
        f.op(f"integer.multiply {v}, {w} : {t}, {u} -> {tensor(a, 'i64')}", (a * b, "i64"))
        self.write("multiply", f.finish())

    def movement(self):
        parts, f = [self.draw(100, 2, n, 2, 3) for n in (1, 3, 2)], Function("concat__planes")
        names = [f.constant(part, "i8") for part in parts]
        want = np.concatenate(parts, axis=1)
        f.op(f"integer.concat {', '.join(n for n, _ in names)} : {', '.join(t for _, t in names)} -> {tensor(want, 'i8')}",
             (want, "i8"))
        one = Function("concat__rows")
        (v, t), (w, u) = one.constant([[5, -5], [0, 1]], "i32"), one.constant([[1 << 20], [7]], "i32")
        one.op(f"integer.concat {v}, {w} : {t}, {u} -> tensor<2x3xi32>", ([[5, -5, 1 << 20], [0, 1, 7]], "i32"))
        self.write("concat", f.finish(), one.finish())
        x, functions = self.draw(127, 2, 2, 3, 4), []
        for name, sizes, from_, to, want in (
                ("transpose", [3, 4, 2], [0, 4, 1, 12], [0, 8, 2, 1], x.transpose(0, 2, 3, 1)),
                ("slice", [2, 2, 2], [5, 12, 4, 2], [0, 4, 2, 1], x[:, :, 1:, 1::2]),
                ("reverse", [2, 3, 4], [3, 12, 4, -1], [0, 12, 4, 1], x[:, :, :, ::-1]),
                ("pad", [2, 3, 4], [0, 12, 4, 1], [7, 30, 6, 1], np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))),
                ("upsample", [2, 3, 2, 4, 2], [0, 12, 4, 0, 1, 0], [0, 48, 16, 8, 2, 1], x.repeat(2, 2).repeat(2, 3)),
                ("broadcast", [2, 3], [0, 12, 0], [0, 3, 1], np.broadcast_to(x[:, :, :1, 0], (2, 2, 3))),
                ("backwards", [24], [0, 1], [23, -1], x.reshape(2, -1)[:, ::-1]),
                ("one_element", [1], [17, 0], [0, 0], x[:, 1, 1, 1:2])):
            f = Function(f"rearrange__{name}")
            v, t = f.constant(x, "i8")
            f.op(f"integer.rearrange {v}, sizes = {sizes}, from = {from_}, to = {to} : {t} -> {tensor(want, 'i8')}",
                 (want, "i8"))
            functions.append(f.finish())
        self.write("rearrange", *functions)

    def make(self):
        for make in (self.shift_clip, self.shift_clip_by, self.elementwise, self.table, self.scalars, self.update,
                     self.convolution, self.matrix, self.shape, self.pooling, self.sums, self.tables, self.movement):
            make()


def main(argv):
    if len(argv) != 2:
        sys.exit(__doc__)
    spec = importlib.util.spec_from_file_location("wage_oracle", argv[0])
    golden = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(golden)
    Maker(golden, Path(argv[1])).make()


if __name__ == "__main__":
    main(sys.argv[1:])
