#!/usr/bin/python3
"""Small chip binaries for the unit tests of the file format and of the engines.

    make_programs.py WAGE_TRANSLATE CHIP.yaml OUT_DIR WAGE_OPT GROUPED.mlir

Writes OUT_DIR/NAME.wbin and OUT_DIR/NAME.infer.wbin for each network below, compiled for tiny versions of CHIP on which
every layer is cut: into a tree of partial sums where a layer has many inputs, into neuron ranges where it has many
outputs. OUT_DIR/spiking.CODE.wbin, for inference, exchanges events of each code, and OUT_DIR/shared.wbin graded ones of
which some go to two layers. And OUT_DIR/grouped.wbin of a network of the integer level whose layers have groups.
branches.mlir beside this script, which can only infer, is both.
"""
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

# What a tiny chip changes of the listed one it is made from.
TINY = {"name": "tiny", "columns": 8, "rows": 8, "axons": 7, "neurons": 4, "synapse_bytes": 64, "data_bytes": 4096,
        "reduce_fan_in": 2, "bytes": 1 << 20}


def make_chip(listed, path, chips=1, **changes):
    """Writes `listed` with the values of `changes` (and of TINY) in place of its own, and `chips` x `chips` chips."""
    text = listed
    for field, value in {**TINY, **changes}.items():
        if field == "name":
            text = re.sub(r"^name: .*$", f"name: {value}", text, flags=re.M)
        else:
            text = re.sub(rf"\b{field}: {{ value: [^,]*,", f"{field}: {{ value: {value},", text)
    path.write_text(re.sub(r"^(chips:.*\n.*value: )\d+(.*\n.*value: )\d+", rf"\g<1>{chips}\g<2>{chips}", text, flags=re.M))


class Network:
    """A chain of ONNX nodes; weights are drawn from a fixed seed."""

    def __init__(self, shape):
        self.random, self.shape, self.end = np.random.default_rng(5), shape, "images"
        self.nodes, self.weights = [], []

    def add(self, op, *parameters, **attributes):
        names = []
        for array in parameters:
            names.append(f"p{len(self.weights)}")
            self.weights.append(numpy_helper.from_array(array.astype(np.float32), names[-1]))
        output = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, [self.end, *names], [output], name=f"{op}{len(self.nodes)}", **attributes))
        self.end = output
        return self

    def sum_with(self, other):
        output = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node("Add", [self.end, other], [output], name=f"Add{len(self.nodes)}"))
        self.end = output
        return self

    def draw(self, *shape):
        return self.random.normal(0, 0.7, shape)

    def conv(self, outputs, inputs, kernel=3, pad=1, pads=None, stride=1):
        return self.add("Conv", self.draw(outputs, inputs, kernel, kernel), kernel_shape=[kernel] * 2,
                        pads=pads or [pad] * 4, strides=[stride] * 2)

    def gemm(self, outputs, inputs):
        return self.add("Gemm", self.draw(outputs, inputs), self.draw(outputs), transB=1)

    def save(self, path):
        graph = helper.make_graph(
            self.nodes, "network", [helper.make_tensor_value_info("images", 1, ["batch", *self.shape])],
            [helper.make_tensor_value_info(self.end, 1, None)], self.weights)
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]), path)


def byte_networks():
    """Rows of networks() that the fused engine runs in stages of bytes, and some that it just does not."""
    # Chains of 8-bit layers on larger cores: more lanes than a block, pools in front of Relu and behind it.
    chains = {"axons": 300, "neurons": 40, "synapse_bytes": 16384, "data_bytes": 1 << 16}
    by_bytes = (Network((3, 7, 8)).conv(70, 3).add("Relu").add("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
                .conv(20, 70, 2, 0).add("MaxPool", kernel_shape=[2, 1], strides=[2, 2]).add("Relu").add("Flatten")
                .gemm(66, 40).add("Relu").gemm(10, 66))
    # Strides and pads that differ from side to side; the second window covers more than its plane, the third part of it.
    strided = (Network((3, 9, 7)).conv(5, 3, stride=2).add("Relu").add("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
               .conv(18, 5, stride=2).add("Relu").conv(7, 18, 1, 0).add("Relu").add("Flatten").gemm(4, 7))
    # The window is as large as the plane, and stands a row and a column aside; the rounding is the other one.
    corner = (Network((2, 3, 3)).conv(5, 2).add("Relu").conv(6, 5, pads=[1, 1, 0, 0], stride=2).add("Relu")
              .add("Flatten").gemm(3, 6))
    away = (Network((1, 8, 9)).conv(6, 1, 3, pads=[0, 1, 2, 1], stride=2).conv(9, 6, 2, 0, stride=3).add("Relu")
            .add("Flatten").gemm(3, 18))
    # More than a second-level cache holds of a batch, and than a strip of sums holds of a sample; windows that overlap strips.
    roomy = {"axons": 1000, "neurons": 80, "synapse_bytes": 1 << 18, "data_bytes": 1 << 24}
    large = (Network((1, 60, 64)).conv(72, 1).add("Relu").conv(11, 72).add("Relu")
             .add("MaxPool", kernel_shape=[7, 7], strides=[8, 8]).add("Flatten").gemm(3, 616))
    overlaps = (Network((1, 31, 40)).conv(20, 1).add("Relu").add("MaxPool", kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
                .conv(4, 20, stride=4).add("Relu").add("Flatten").gemm(3, 80))
    # An output of planes, and pools of one pixel: what stages of bytes do not take.
    planes = Network((1, 4, 4)).conv(2, 1).add("Relu").conv(2, 2, 3, 0).add("Flatten")
    padded_pixel = (Network((1, 3, 3)).conv(5, 1, 3, 0).add("Relu").add("MaxPool", kernel_shape=[3, 3], pads=[1] * 4)
                    .add("Flatten").gemm(3, 5))
    strided_pixel = (Network((1, 3, 3)).conv(5, 1, 3, 0).add("Relu").add("MaxPool", kernel_shape=[1, 1], strides=[2, 2])
                     .add("Flatten").gemm(3, 5))
    return [("planes", planes, "2-8-8-8", 6, chains), ("padded_pixel", padded_pixel, "2-8-8-8", 6, chains),
            ("strided_pixel", strided_pixel, "2-8-8-8", 6, chains),
            ("large", large, "2-8-8-8", 17, roomy), ("overlaps", overlaps, "2-8-8-8", 5, roomy),
            ("bytes", by_bytes, "2-8-8-8", 13, chains), ("strided", strided, "2-8-8-8", 7, chains),
            ("corner", corner, "2-8-8-8", 6, chains), ("away", away, "3-6-8-7", 9, {"rounding": "half-away", **chains})]


def networks():
    """name, network, bits, largest batch, changes to the tiny chip. Over 32 samples the core engine takes several chunks."""
    flat = Network((1, 3, 3)).add("Flatten").gemm(3, 9)
    # Two layers of one core each: the smallest binary that learns, sends errors back and has a pool.
    small = Network((1, 4, 4)).conv(2, 1, 2, 0).add("Relu").add("MaxPool", kernel_shape=[2, 2]).add("Flatten").gemm(2, 8)
    # Both layers cut both ways, trees of depth 2, overlapping pool, bias, errors through mask and pool.
    deep = (Network((2, 5, 5)).conv(5, 2).add("Relu").add("MaxPool", kernel_shape=[3, 3], strides=[1, 1])
            .conv(6, 5, 2, 0).add("Relu").add("Flatten").gemm(7, 24))
    # An image that is pooled first gets cores without weights.
    pooled = (Network((5, 4, 4)).add("MaxPool", kernel_shape=[2, 2], strides=[2, 2]).add("Flatten").gemm(6, 20)
              .add("Relu").gemm(3, 6))
    wide = Network((1, 4, 4)).add("Flatten").gemm(5, 16).add("Relu").gemm(3, 5)
    # Sums by identity and by a convolution, an average pool, scales per channel: values and errors copied between stages.
    residual = Network((2, 4, 4)).conv(5, 2).add("Relu")
    start = residual.end
    residual.conv(5, 5).add("Relu").conv(5, 5).sum_with(start).add("Relu")
    start = residual.end
    residual.conv(6, 5)
    main, residual.end = residual.end, start
    residual.conv(6, 5, 1, 0).sum_with(main).add("Relu").add("AveragePool", kernel_shape=[2, 2], strides=[2, 2])
    residual.add("Flatten").gemm(3, 24)
    # Of three layers the one in the middle learns: errors pass a frozen layer, and none is formed for the first.
    frozen = (Network((2, 5, 5)).conv(5, 2).add("Relu").conv(6, 5, 2, 0).add("Relu").add("Flatten").gemm(7, 96))
    return [("frozen", frozen, "2-8-8-8", 5, {"learns": "Conv2"}), ("learning", frozen, "2-8-8-8", 5, {}),
            ("residual", residual, "3-8-8-8", 5, {"init": "pretrained"}), ("flat", flat, "2-8-8-8", 5, {}),
            ("small", small, "2-8-8-8", 40, {}), ("deep", deep, "2-8-8-8", 5, {}),
            ("pooled", pooled, "3-8-10-9-12", 5, {}), ("sign", wide, "1-8-8-8", 37, {}),
            ("wide", wide, "4-12-16-14-7", 5, {"synapse_bytes": 128}),
            ("spilled", deep, "2-8-8-8", 5, {"data_bytes": 1024, "columns": 3, "rows": 2, "chips": 2}),
            ("buffered", residual, "3-8-8-8", 5, {"init": "pretrained", "slots": 4}),
            ("recomputed", deep, "2-8-8-8", 5, {"recomputes": True}),
            # Activations, and the errors that a cut layer's blocks get, as signed events with payloads; two axons for each
            # that has a sign.
            ("events", deep, "2-8-8-8", 5, {"code": "graded", "axons": 14})] + byte_networks()


def make_grouped(translate, listed, out, opt, network):
    """Layers with groups are for inference only. On this chip two depthwise groups share a core, others are cut both ways."""
    chip, program = out / "grouped.yaml", out / "grouped.mlir"
    make_chip(listed.read_text(), chip, axons=20, neurons=3)
    subprocess.run([opt, network, "--integer-assign-widths",
                    f"--wage-integer-to-chip-pipeline=chip={chip} placer=raster buffer-slots=1", "-o", program],
                   check=True)
    subprocess.run([translate, "--chip-to-binary", program, "-o", out / "grouped.wbin"], check=True)


def main(translate, listed, out):
    out.mkdir(parents=True, exist_ok=True)
    for name, network, bits, batch, changes in networks():
        changes = dict(changes)
        chip, model, init = out / f"{name}.yaml", out / f"{name}.onnx", changes.pop("init", "model")
        learns, slots = changes.pop("learns", None), changes.pop("slots", 1)
        rounding = changes.pop("rounding", "half-even")
        flags = ["--recompute-gradients=all"] if changes.pop("recomputes", False) else []
        code = changes.pop("code", "dense")
        make_chip(listed.read_text(), chip, **changes)
        network.save(model)
        for mode, suffix in ("train", ".wbin"), ("infer", ".infer.wbin"):
            subprocess.run([translate, "--onnx-to-chip", model, f"--chip={chip}", "--placer=raster", f"--mode={mode}",
                            f"--bits={bits}", f"--init={init}", f"--batch={batch}", f"--buffer-slots={slots}",
                            f"--rounding={rounding}", f"--spike-code={code}", "-o", out / (name + suffix)] +
                           ([f"--train-layers={learns}"] if learns and mode == "train" else []) +
                           (flags if mode == "train" else []), check=True)


def make_spiking(translate, listed, out):
    chip, model = out / "spiking.yaml", out / "spiking.onnx"
    make_chip(listed.read_text(), chip, axons=300, neurons=40, synapse_bytes=16384, data_bytes=1 << 16)
    (Network((2, 6, 6)).conv(5, 2).add("Relu").add("MaxPool", kernel_shape=[2, 2], strides=[2, 2]).conv(6, 5, 2, 0).add("Relu")
     .add("Flatten").gemm(50, 24).add("Relu").gemm(3, 50)).save(model)
    cases = [("spiking." + code, model, code) for code in ("graded", "rate", "phase")]
    for name, network, code in cases + [("shared", out / "residual.onnx", "graded")]:
        subprocess.run([translate, "--onnx-to-chip", network, f"--chip={chip}", "--placer=raster", "--mode=infer",
                        "--bits=4-6-8-8", "--init=pretrained", "--batch=5", "--rounding=half-away", f"--spike-code={code}",
                        "-o", out / f"{name}.wbin"], check=True)


def make_branches(translate, listed, out):
    out.mkdir(parents=True, exist_ok=True)
    chip, program = out / "branches.yaml", out / "branches.mlir"
    make_chip(listed.read_text(), chip)
    subprocess.run([Path(translate).with_name("wage-opt"), Path(__file__).with_name("branches.mlir"), "-o", program,
                    "--wage-to-integer-pipeline",
                    f"--wage-integer-to-chip-pipeline=chip={chip} placer=raster buffer-slots=1"], check=True)
    for suffix in ".wbin", ".infer.wbin":
        subprocess.run([translate, "--chip-to-binary", program, "-o", out / ("branches" + suffix)], check=True)


if __name__ == "__main__":
    make_branches(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    make_spiking(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    make_grouped(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4], sys.argv[5])
