#!/usr/bin/python3
"""Random golden cases: small networks that reach the corners of the arithmetic, with the oracle's numbers.

    make_cases.py OUT_DIR [--seed=S] [--count=N] [--residual]

Writes OUT_DIR/random-S/ to OUT_DIR/random-(S+N-1)/, each a case directory as wage_oracle.py describes it. The same seed
gives the same case. Covered: all bit widths, both roundings, batch 1, sets smaller than a batch, odd image shapes,
strides, one-sided padding, overlapping pools, Relu before, after, around and without pooling, Relu twice, quantisation
without Relu, biases, perceptrons, networks that end in a convolution, and layers wider than a core. With --residual:
sums of values that several nodes take, by identity and by a convolution, of accumulators and of activations, average and
global average pools, and starts from pretrained weights with a scale per channel.
"""
import argparse
import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(Path(__file__).resolve().parent))
import wage_oracle  # noqa: E402


class NetworkMaker:
    """Grows an ONNX graph node by node, keeping the shape of the value at its end."""

    def __init__(self, random, shape):
        self.random, self.shape, self.value = random, tuple(shape), "images"
        self.nodes, self.initializers = [], []
        self.opset = self.integer(7, 17)

    def chance(self, probability):
        return self.random.random() < probability

    def integer(self, low, high):
        """Uniform in low...high, both included."""
        return int(self.random.integers(low, high + 1))

    def add(self, op, inputs=(), **attributes):
        output = f"value{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, [self.value, *inputs], [output], name=f"{op}_{len(self.nodes)}",
                                           **attributes))
        self.value = output

    def parameter(self, kind, array):
        name = f"{kind}{len(self.initializers)}"
        array = array.astype(np.float32)
        if self.chance(0.5):
            tensor = numpy_helper.from_array(array, name)
        else:
            tensor = helper.make_tensor(name, TensorProto.FLOAT, array.shape, array.flatten().tolist())
        self.initializers.append(tensor)
        return name

    def weights(self, shape):
        """Weights that use the whole range, some of them exactly on ties."""
        w = self.random.normal(0, self.random.uniform(0.2, 1.2), shape)
        grid = np.rint(w * 64) / 64
        return np.where(self.random.random(shape) < 0.3, grid, w)

    def linear_inputs(self, shape, bias=None):
        """Weights, and a bias if `bias`; None lets chance say."""
        inputs = [self.parameter("weights", self.weights(shape))]
        if self.chance(0.4) if bias is None else bias:
            inputs.append(self.parameter("bias", self.random.normal(0, 1.5, shape[0])))
        return inputs

    def conv(self, channels):
        c, h, w = self.shape
        kernel = [self.integer(1, min(4, h + 1)), self.integer(1, min(4, w + 1))]
        if self.chance(0.5):
            kernel[1] = kernel[0] = min(kernel)
        pads = [self.integer(0, k - 1) if self.chance(0.5) else 0 for k in kernel * 2]
        stride = [1, 1] if self.chance(0.6) else [self.integer(1, 3), self.integer(1, 3)]
        # At least one position in each direction.
        pads[0] += max(0, kernel[0] - (h + pads[0] + pads[2]))
        pads[1] += max(0, kernel[1] - (w + pads[1] + pads[3]))
        attributes = {"kernel_shape": kernel}
        if any(pads) or self.chance(0.3):
            attributes["pads"] = pads
        if stride != [1, 1] or self.chance(0.3):
            attributes["strides"] = stride
        self.add("Conv", self.linear_inputs((channels, c, *kernel)), **attributes)
        self.shape = (channels, (h + pads[0] + pads[2] - kernel[0]) // stride[0] + 1,
                      (w + pads[1] + pads[3] - kernel[1]) // stride[1] + 1)

    def gemm(self, neurons):
        # The bias of Gemm is optional from opset 11 on.
        self.add("Gemm", self.linear_inputs((neurons, self.shape[0]), bias=True if self.opset < 11 else None), transB=1)
        self.shape = (neurons,)

    def pool(self):
        c, h, w = self.shape
        kernel = [self.integer(1, min(3, h)), self.integer(1, min(3, w))]
        stride = [self.integer(1, 3), self.integer(1, 3)]
        self.add("MaxPool", kernel_shape=kernel, **({} if stride == [1, 1] and self.chance(0.5) else {"strides": stride}))
        self.shape = (c, (h - kernel[0]) // stride[0] + 1, (w - kernel[1]) // stride[1] + 1)

    def between(self, may_pool):
        """What stands between two linear layers. Nothing at all is quantised without a Relu."""
        relu, pool = lambda: self.add("Relu"), self.pool
        choices = [[relu], [relu], [], [relu, relu]]
        if may_pool:
            choices += [[relu, pool], [pool, relu], [pool], [relu, pool, relu], [pool, pool, relu], [relu, pool, pool]]
        for step in choices[self.integer(0, len(choices) - 1)]:
            step()

    def flatten(self):
        self.add("Flatten", **({"axis": 1} if self.chance(0.5) else {}))
        self.shape = (int(np.prod(self.shape)),)

    def width(self):
        """Mostly narrow, at times more than one core of 64 or 96 neurons."""
        return self.integer(65, 140) if self.chance(0.08) else self.integer(1, 14)

    def model(self, input_shape):
        names = ["N", *input_shape]
        inputs = [helper.make_tensor_value_info("images", TensorProto.FLOAT, names)]
        if self.opset < 9 or self.chance(0.2):      # before IR version 4 initializers were inputs too
            inputs += [helper.make_tensor_value_info(t.name, t.data_type, list(t.dims)) for t in self.initializers]
        outputs = [helper.make_tensor_value_info(self.value, TensorProto.FLOAT, ["N", *self.shape])]
        graph = helper.make_graph(self.nodes, "random", inputs, outputs, self.initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)],
                                  ir_version=3 if self.opset < 9 else 8)
        onnx.checker.check_model(model)
        return model


class ResidualMaker(NetworkMaker):
    """Adds blocks whose value is summed with an earlier one."""

    def same_conv(self, channels, stride=1):
        c, h, w = self.shape
        kernel = [2 * self.integer(0, 1) + 1] * 2
        pads = [k // 2 for k in kernel] * 2
        self.add("Conv", self.linear_inputs((channels, c, *kernel)), kernel_shape=kernel, pads=pads, strides=[stride] * 2)
        self.shape = (channels, (h - 1) // stride + 1, (w - 1) // stride + 1)

    def sum_with(self, other):
        output = f"value{len(self.nodes)}"
        pair = [self.value, other] if self.chance(0.5) else [other, self.value]
        self.nodes.append(helper.make_node("Add", pair, [output], name=f"Add_{len(self.nodes)}"))
        self.value = output

    def block(self):
        start, shape = self.value, self.shape
        identity = self.chance(0.5)
        channels = shape[0] if identity else self.width()
        stride = 1 if identity else self.integer(1, 2)
        self.same_conv(channels, stride)
        for _ in range(self.integer(0, 2)):
            if self.chance(0.7):
                self.add("Relu")
            self.same_conv(channels)
        if self.chance(0.3):
            self.add("Relu")
        if not identity:
            main, self.value, self.shape = (self.value, self.shape), start, shape
            self.same_conv(channels, stride)
            start, (self.value, self.shape) = self.value, main
        self.sum_with(start)
        if self.chance(0.2):
            self.sum_with(start)
        if self.chance(0.8):
            self.add("Relu")

    def average_pool(self):
        c, h, w = self.shape
        if self.chance(0.5):
            self.add("GlobalAveragePool")
            self.shape = (c, 1, 1)
            return
        kernel = [self.integer(1, min(3, h)), self.integer(1, min(3, w))]
        stride = [self.integer(1, 3), self.integer(1, 3)]
        self.add("AveragePool", kernel_shape=kernel, strides=stride)
        self.shape = (c, (h - kernel[0]) // stride[0] + 1, (w - kernel[1]) // stride[1] + 1)


def make_residual_network(random):
    """A random network of residual blocks: (model, input shape, number of classes)."""
    shape = (int(random.integers(1, 4)), int(random.integers(3, 9)), int(random.integers(3, 9)))
    net = ResidualMaker(random, shape)
    net.conv(net.width())
    net.add("Relu")
    for _ in range(net.integer(1, 3)):
        net.block()
        if net.chance(0.2):
            net.pool()
        elif net.chance(0.2):
            net.average_pool()
    if net.chance(0.6):
        net.average_pool()
    net.flatten()
    net.gemm(net.integer(2, 12))
    return net.model(shape), shape, net.shape[0]


def make_network(random):
    """A random chain network: (model, input shape, number of classes)."""
    shape = (int(random.integers(1, 4)), int(random.integers(3, 13)), int(random.integers(3, 13)))
    net = NetworkMaker(random, shape)
    for _ in range(net.integer(0, 3)):
        net.conv(net.width())
        net.between(may_pool=True)
    if net.nodes and net.chance(0.15):
        net.conv(net.integer(2, 6))            # the network ends in a convolution
        if net.chance(0.5):
            net.pool()
        net.flatten()
    else:
        net.flatten()
        for _ in range(net.integer(0, 2)):
            net.gemm(net.width())
            net.between(may_pool=False)
        net.gemm(net.integer(2, 12))
    return net.model(shape), shape, net.shape[0]


def draw_network(random, residual):
    """A random network: (model, input shape, number of classes)."""
    return (make_residual_network if residual else make_network)(random)


def draw_settings(random, residual):
    """How a case is trained, and on how many samples: (what case.json says of it, samples)."""
    pick = lambda low, high: int(random.integers(low, high + 1))
    usual = random.random() < 0.3
    w = 2 if usual else pick(1, 8)
    bits = {"w": w, "a": 8, "g": 8, "e": 8, "r": 16} if usual else \
        {"w": w, "a": pick(2, 16), "g": pick(max(2, w), 16), "e": pick(2, 16), "r": pick(1, 16)}
    batch = 1 if random.random() < 0.15 else pick(2, 9)
    samples = pick(1, 3 * batch)
    steps = pick(1, 4)
    settings = {
        "bits": bits, "init_gain": [3, 3, 6, 1][pick(0, 3)], "batch": batch,
        "lr_log2": [pick(-32, 15) if random.random() < 0.1 else pick(-3, 6) for _ in range(steps)],
        "seed": int(random.integers(0, 2 ** 64, dtype=np.uint64)),
        "rounding": "half_away" if random.random() < 0.3 else "half_even"}
    # Of one bit every scale fits alike, and the coarsest leaves no room for the one-hot target.
    if residual and bits["w"] > 1 and random.random() < 0.6:
        settings["init"] = "pretrained"
    return settings, samples


def write_case(root, model, settings, random, samples):
    """Writes a case directory with all steps traced, its samples drawn from `random`, without the golden model's numbers."""
    root.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(root / "model.onnx"))
    shape, classes = ([side.dim_value for side in value.type.tensor_type.shape.dim[1:]]
                      for value in (model.graph.input[0], model.graph.output[0]))
    images = random.integers(0, 256, (samples, *shape), dtype=np.uint8)
    images[random.random(images.shape) < 0.2] = 0
    np.save(root / "images.npy", images)
    np.save(root / "labels.npy", random.integers(0, classes[0], samples).astype(np.uint8))
    case = {"model": "model.onnx", "images": "images.npy", "labels": "labels.npy", **settings,
            "trace": list(range(len(settings["lr_log2"])))}
    (root / "case.json").write_text(json.dumps(case, indent=1) + "\n")
    return case


def make_case(root, seed, residual):
    random = np.random.default_rng([seed, 1] if residual else seed)
    model, _, _ = draw_network(random, residual)
    settings, samples = draw_settings(random, residual)
    write_case(root, model, settings, random, samples)
    wage_oracle.main(["make", str(root)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="OUT_DIR", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--residual", action="store_true")
    arguments = parser.parse_args()
    for seed in range(arguments.seed, arguments.seed + arguments.count):
        make_case(arguments.folder / f"random-{seed}", seed, arguments.residual)


if __name__ == "__main__":
    main()
