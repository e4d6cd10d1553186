#!/usr/bin/env python3
"""Compares the parameters that convert-onnx-to-wage makes with the golden model's, over all weight widths.

    initial_weights.py GOLDEN_MODEL.py

Each network is one layer of random weights, among them ties, zeros of both signs and values far out of range. Checked are
master weights (from the model and drawn), weights in use, scale exponents and biases.
"""
import importlib.util
import re
import subprocess
import sys

import numpy as np

I64 = np.int64


def load(path):
    spec = importlib.util.spec_from_file_location("golden", path)
    golden = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(golden)
    return golden


def hexadecimal(array):
    """A dense attribute's elements, bit for bit."""
    return '"0x' + array.astype("<f4").tobytes().hex().upper() + '"'


def module(weights, bias):
    shape = "x".join(map(str, weights.shape))
    n = weights.shape[0]
    if weights.ndim == 4:
        c, kh, kw = weights.shape[1:]
        layer = (f"onnx.conv %x, %w bias %b, strides = [1, 1], pads = [0, 0, 0, 0] : (tensor<?x{c}x{kh}x{kw}xf32>, "
                 f"tensor<{shape}xf32>, tensor<{n}xf32>) -> tensor<?x{n}x1x1xf32>\n"
                 f"    %1 = onnx.flatten %0 : tensor<?x{n}x1x1xf32> -> tensor<?x{n}xf32>")
        argument, result = f"?x{c}x{kh}x{kw}", "%1"
    else:
        k = weights.shape[1]
        layer = (f"onnx.gemm %x, %w trans_b bias %b : (tensor<?x{k}xf32>, tensor<{shape}xf32>, tensor<{n}xf32>) "
                 f"-> tensor<?x{n}xf32>")
        argument, result = f"?x{k}", "%0"
    return f"""module {{
  func.func @main(%x: tensor<{argument}xf32>) -> tensor<?x{n}xf32> {{
    %w = onnx.constant "w", value = dense<{hexadecimal(weights)}> : tensor<{shape}xf32>
    %b = onnx.constant "b", value = dense<{hexadecimal(bias)}> : tensor<{n}xf32>
    %0 = {layer}
    return {result} : tensor<?x{n}xf32>
  }}
}}
"""


def two_layers(first, second):
    """Two matrices of these shapes, the second behind a Relu."""
    (n, k), (m, _) = first, second
    return f"""module {{
  func.func @main(%x: tensor<?x{k}xf32>) -> tensor<?x{m}xf32> {{
    %v = onnx.constant "v", value = dense<0.5> : tensor<{n}x{k}xf32>
    %w = onnx.constant "w", value = dense<0.5> : tensor<{m}x{n}xf32>
    %0 = onnx.gemm %x, %v trans_b : (tensor<?x{k}xf32>, tensor<{n}x{k}xf32>) -> tensor<?x{n}xf32>
    %1 = onnx.relu %0 : tensor<?x{n}xf32>
    %2 = onnx.gemm %1, %w trans_b : (tensor<?x{n}xf32>, tensor<{m}x{n}xf32>) -> tensor<?x{m}xf32>
    return %2 : tensor<?x{m}xf32>
  }}
}}
"""


def convert(text, **options):
    """The module's resources by name, each with the width of its elements, and the scale exponents."""
    flags = " ".join(f"{name.replace('_', '-')}={value}" for name, value in options.items())
    out = subprocess.run(["wage-opt", "-", f"--convert-onnx-to-wage={flags}"], input=text, capture_output=True, text=True,
                         check=True).stdout
    arrays = {}
    for name, data in re.findall(r'^ +(\w+): "0x([0-9A-F]+)"', out, re.M):
        width = re.search(rf"@{name}\(.*?xi(\d+)>", out).group(1)
        arrays[name] = np.frombuffer(bytes.fromhex(data)[4:], dtype=f"<i{int(width) // 8}").astype(I64)
    scale = re.search(r"wage.scale_log2 = array<i32: ([^>]*)>", out).group(1)
    return arrays, [int(x) for x in scale.split(",")]


def draw(golden, shape, gain, kw, seed, ordinal=0):
    """The uniform draw of init=wage, as Passes.td states it."""
    count, fan_in = int(np.prod(shape)), int(np.prod(shape[1:]))
    blocks = np.arange((count + 3) // 4)
    fill = lambda value: np.full(len(blocks), value)
    words = golden.philox4x32((blocks, fill(2**32 - 3), fill(ordinal), fill(0)), (seed & 0xFFFFFFFF, seed >> 32))
    unit = (np.stack(words, axis=1).reshape(-1)[:count].astype(np.float64) + 0.5) / 2.0**31 - 1
    return (unit * max(np.sqrt(gain / fan_in), 1.5 * 2.0 ** (1 - kw))).reshape(shape)


def main():
    golden = load(sys.argv[1])
    random = np.random.default_rng(5)
    passed, failed = 0, 0
    for kw in range(1, 9):
        for kg, ka, rounding, gain in ((max(kw, 2), 2, "half_even", 3), (8, 8, "half_away", 6), (16, 16, "half_even", 1)):
            for shape in ((3, 2, 3, 2), (5, 700)):
                w = random.normal(0, 0.6, shape).astype(np.float32)
                flat = w.reshape(-1)
                flat[:8] = [0.0, -0.0, 1e9, -1e9, 1.0, -1.0, 1e-40, -1e-40]
                flat[8:28] = np.resize((np.arange(-9, 10) + 0.5) / 2.0 ** (kw - 1), len(flat[8:28]))    # ties
                bias = random.normal(0, 2, shape[0]).astype(np.float32)
                bits, seed = {"w": kw, "a": ka, "g": kg, "e": 8, "r": 16}, int(random.integers(2**63))
                case = {"init_gain": gain, "rounding": rounding}
                options = dict(w=kw, a=ka, g=kg, rounding=rounding, init_gain=gain)
                text = module(w, bias)
                model = golden.Linear(w, bias, bits, 0, case)
                drawn = golden.Linear(draw(golden, shape, gain, kw, seed), bias, bits, 0, case)
                in_use = golden.quantize_weight(model.master, kw, kg, rounding)
                trained, scale = convert(text, mode="train", **options)
                wage, _ = convert(text, mode="train", init="wage", init_seed=seed, **options)
                inferred, _ = convert(text, mode="infer", **options)
                for what, got, want in (("masters", trained["w"], model.master), ("draw", wage["w"], drawn.master),
                                        ("weights", inferred["w"], in_use), ("bias", trained["b"], model.bias),
                                        ("scale", scale, model.scale_log2)):
                    good = np.array_equal(np.ravel(got), np.ravel(want))
                    passed, failed = passed + good, failed + (not good)
                    if not good:
                        print(f"{what} of {shape}, bits {bits}, gain {gain}, {rounding}: differ")
    # Each layer draws its own numbers.
    first, second, kw, seed = (6, 10), (4, 6), 8, 9
    wage, _ = convert(two_layers(first, second), mode="train", w=kw, a=8, g=8, init_gain=3, init="wage", init_seed=seed)
    for ordinal, (name, shape) in enumerate((("v", first), ("w", second))):
        bits = {"w": kw, "a": 8, "g": 8, "e": 8, "r": 16}
        drawn = golden.Linear(draw(golden, shape, 3, kw, seed, ordinal), None, bits, ordinal, {"init_gain": 3})
        good = np.array_equal(wage[name], np.ravel(drawn.master))
        passed, failed = passed + good, failed + (not good)
        if not good:
            print(f"draw of layer {ordinal}: differ")
    print(f"{passed} passed, {failed} failed")


main()
