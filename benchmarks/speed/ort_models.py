#!/usr/bin/python3
"""Writes a network of the benchmark for ONNX Runtime: in float, or quantised to 8 bits as a tool for it would.

    ort_models.py OUT.onnx --network=NAME --batch=N --form=float|qdq|qlinear [--activations=u8|s8] [--channels]

The images are bytes, as a camera gives them. `qdq` puts QuantizeLinear and DequantizeLinear around every layer, which
the runtime fuses; `qlinear` has QLinearConv and QLinearMatMul themselves. Activations are unsigned (a Relu is then the
quantiser's clip) or signed, weights signed, by layer or, with --channels, those of convolutions by output channel.
Weights are random and scales such that activations fill their range without clipping much.
"""
import argparse

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import models

PIXEL_SCALE = 1 / 255


class Writer:
    def __init__(self, network, batch, form, activations, channels, seed=1):
        self.layers, self.batch, self.form, self.channels = models.NETWORKS[network], batch, form, channels
        self.type = np.uint8 if activations == "u8" else np.int8
        self.random = np.random.default_rng(seed)
        self.nodes, self.tensors = [], []

    def tensor(self, name, values):
        self.tensors.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def node(self, operation, inputs, result, **attributes):
        self.nodes.append(helper.make_node(operation, inputs, [result], name=result, **attributes))
        return result

    def weights(self, name, layer):
        """Names of the weights, their scale and zero point; weights spread over the whole range of 8 bits."""
        values = self.random.integers(-127, 128, layer.weight_shape, np.int8)
        if not layer.kernel:
            values = np.ascontiguousarray(values.T)
        # Of a variance that keeps the mean square of activations behind a Relu.
        scale = np.float32(np.sqrt(6) / np.sqrt(layer.macs / layer.out_side ** 2 / layer.width) / 127)
        scales = np.full(layer.width if self.channels and layer.kernel else (), scale, np.float32)
        return (self.tensor(f"{name}.weight", values), self.tensor(f"{name}.weight.scale", scales),
                self.tensor(f"{name}.weight.zero", np.zeros(scales.shape, np.int8)))

    def grid(self, name, scale=1 / 64, last=False):
        """Scale and zero point of activations in 0 to 4, of the last sums in -4 to 4. Signed ones are symmetric."""
        zero = 128 if last and self.type == np.uint8 else 0
        scale = scale if self.type == np.uint8 and not last else 2 * scale
        return self.tensor(f"{name}.scale", np.float32(scale)), self.tensor(f"{name}.zero", self.type(zero))

    @staticmethod
    def window(layer):
        return dict(kernel_shape=[layer.kernel] * 2, pads=[layer.pad] * 4, strides=[layer.stride] * 2,
                    group=layer.groups)

    def pool(self, value, layer, name):
        if not layer.pool:
            return value
        end = layer.pool_end
        return self.node("MaxPool", [value], f"{name}.pool", kernel_shape=[layer.pool] * 2, pads=[0, 0, end, end],
                         strides=[layer.pool_stride] * 2)

    def flat(self, value, index):
        first = not self.layers[index].kernel and self.layers[index - 1].kernel
        return self.node("Flatten", [value], "flat") if first else value

    def quantise(self, value, grid, name):
        """Onto the grid and back; the runtime fuses the one with what stands before it, the other with what follows."""
        self.node("QuantizeLinear", [value, *grid], f"{name}.quantised")
        return self.node("DequantizeLinear", [f"{name}.quantised", *grid], f"{name}.real")

    def make_qdq(self):
        value = self.node("DequantizeLinear", ["images", *self.grid("images", PIXEL_SCALE)], "images.real")
        for index, layer in enumerate(self.layers):
            name, last = f"layer{index}", index + 1 == len(self.layers)
            weight, scale, zero = self.weights(name, layer)
            weight = self.node("DequantizeLinear", [weight, scale, zero], f"{name}.weight.real", axis=0)
            if self.flat(value, index) != value:
                value = self.quantise("flat", grid, "flat")
            if layer.kernel:
                value = self.node("Conv", [value, weight], f"{name}.product", **self.window(layer))
            else:
                value = self.node("Gemm", [value, weight], f"{name}.product")
            value = value if last else self.node("Relu", [value], f"{name}.relu")
            grid = self.grid(name, last=last)
            value = self.quantise(value, grid, name)
            if layer.pool:
                value = self.quantise(self.pool(value, layer, name), grid, f"{name}.pooled")
        return value

    def make_qlinear(self):
        value, before = "images", self.grid("images", PIXEL_SCALE)
        for index, layer in enumerate(self.layers):
            name, last = f"layer{index}", index + 1 == len(self.layers)
            weight, after, value = self.weights(name, layer), self.grid(name, last=last), self.flat(value, index)
            inputs = [value, *before, *weight, *after]
            if layer.kernel:
                value = self.node("QLinearConv", inputs, f"{name}.product", **self.window(layer))
            else:
                value = self.node("QLinearMatMul", inputs, f"{name}.product")
            if self.type == np.int8 and not last:
                value = self.node("Max", [value, self.tensor(f"{name}.least", np.int8(0))], f"{name}.relu")
            value, before = self.pool(value, layer, name), after
        return self.node("DequantizeLinear", [value, *before], "real")

    def make_float(self):
        real = self.node("Cast", ["images"], "images.real", to=TensorProto.FLOAT)
        value = self.node("Mul", [real, self.tensor("images.scale", np.float32(PIXEL_SCALE))], "images.scaled")
        for index, layer in enumerate(self.layers):
            name = f"layer{index}"
            limit = np.sqrt(6 / np.prod(layer.weight_shape[1:]))
            weight = self.random.uniform(-limit, limit, layer.weight_shape).astype(np.float32)
            weight, value = self.tensor(f"{name}.weight", weight), self.flat(value, index)
            if layer.kernel:
                value = self.node("Conv", [value, weight], f"{name}.product", **self.window(layer))
            else:
                value = self.node("Gemm", [value, weight], f"{name}.product", transB=1)
            if index + 1 < len(self.layers):
                value = self.pool(self.node("Relu", [value], f"{name}.relu"), layer, name)
        return value

    def save(self, path):
        logits = {"qdq": self.make_qdq, "qlinear": self.make_qlinear, "float": self.make_float}[self.form]()
        first = self.layers[0]
        images = TensorProto.INT8 if self.form != "float" and self.type == np.int8 else TensorProto.UINT8
        shapes = [self.batch, first.channels, first.side, first.side], [self.batch, self.layers[-1].width]
        graph = helper.make_graph(
            self.nodes, "network", [helper.make_tensor_value_info("images", images, shapes[0])],
            [helper.make_tensor_value_info(logits, TensorProto.FLOAT, shapes[1])], self.tensors)
        model = helper.make_model(graph, producer_name="wage benchmarks", opset_imports=[helper.make_opsetid("", 13)])
        model.ir_version = 7
        onnx.save(model, str(path))


def write_empty(path):
    """A network that does next to nothing, whose run takes what a call takes."""
    graph = helper.make_graph(
        [helper.make_node("Cast", ["images"], ["real"], to=TensorProto.FLOAT)], "empty",
        [helper.make_tensor_value_info("images", TensorProto.UINT8, [1])],
        [helper.make_tensor_value_info("real", TensorProto.FLOAT, [1])])
    model = helper.make_model(graph, producer_name="wage benchmarks", opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 7
    onnx.save(model, str(path))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", metavar="OUT.onnx")
    parser.add_argument("--network", choices=models.NETWORKS, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--form", choices=["float", "qdq", "qlinear"], required=True)
    parser.add_argument("--activations", choices=["u8", "s8"], default="u8")
    parser.add_argument("--channels", action="store_true")
    chosen = parser.parse_args()
    Writer(chosen.network, chosen.batch, chosen.form, chosen.activations, chosen.channels).save(chosen.file)


if __name__ == "__main__":
    main()
