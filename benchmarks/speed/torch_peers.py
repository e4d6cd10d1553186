#!/usr/bin/python3
"""Trains the benchmark's networks in PyTorch: in float, and with the integers of WAGE emulated in float tensors.

    torch_peers.py float|wage NETWORK BATCH THREADS     answers `run N` with the seconds of one of N training steps
    torch_peers.py check CASE_DIR                       compares the emulation with a golden case

Both keep tensors channels-last. The float network is trained by plain gradient descent on the squared error against
one-hot targets, as WAGE is. The emulation holds integers in float32, which holds sums exactly below 2^24: activations,
errors and weights in use of a few bits, and sums that are rounded to them. It is tuned: quantisers are single autograd
functions that change tensors in place, masks are made on the way back, noise is drawn only for the gradients, and the
first layer forms no error. `check` draws the noise from Philox and computes in float64, so that everything must agree
bit for bit: the exponents of all Q_E and Q_G, the wrong predictions, the last weights.
"""
import itertools
import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import models

CLIP = {"a": 127.0, "e": 127.0, "g": 127.0}


def shift_exponent(largest):
    """k with 2^k = 2^round(log2 largest), of an integer that is at least 1."""
    fraction, exponent = math.frexp(largest)
    return exponent if fraction * fraction >= 0.5 else exponent - 1


def largest_of(tensor):
    """The largest absolute value. Of the plain view of a channels-last tensor, which aminmax would copy."""
    low, high = torch.aminmax(tensor.permute(0, 2, 3, 1) if tensor.dim() == 4 else tensor)
    return max(-low.item(), high.item())


def quantize_error(error, exponents):
    """Q_E: the integers of 8 bits that the largest error of the batch scales to; in place."""
    largest = largest_of(error)
    if largest == 0:
        exponents.append(0)
        return error
    exponents.append(shift_exponent(largest))
    return error.mul_(2.0 ** (7 - exponents[-1])).round_().clamp_(-CLIP["e"], CLIP["e"])


class Activation(torch.autograd.Function):
    """Relu and Q_A of sums; on the way back Q_A's clip mask, Q_E over the batch, and the Relu's mask."""

    @staticmethod
    def forward(context, sums, shift, exponents):
        context.save_for_backward(sums)
        context.limit, context.exponents = CLIP["a"] * 2.0 ** shift, exponents
        return sums.mul(2.0 ** -shift).round_().clamp_(0, CLIP["a"])

    @staticmethod
    def backward(context, error):
        # Both masks as derivatives that PyTorch has vectorised; products with truth values take several passes.
        sums, = context.saved_tensors
        error = torch.ops.aten.hardtanh_backward(error, sums, -math.inf, context.limit + 0.5)
        error = quantize_error(error, context.exponents)
        return torch.ops.aten.hardtanh_backward(error, sums, 0, math.inf), None, None


class Output(torch.autograd.Function):
    """The squared error's derivative against one-hot targets, and its Q_E."""

    @staticmethod
    def forward(context, sums, targets, exponents):
        context.save_for_backward(sums, targets)
        context.exponents = exponents
        return sums.sum()

    @staticmethod
    def backward(context, _):
        sums, targets = context.saved_tensors
        return quantize_error(sums - targets, context.exponents), None, None


def alpha_exponent(fan_in, gain=3):
    """log2 of the paper's scale of a layer with weights of two bits."""
    exponent = 0
    while 18 * fan_in >= gain * 16 * 4 ** (exponent + 1):
        exponent += 1
    return exponent


class Network:
    """A chain of layers in float: parameters, and the products with pools and Relus between them."""

    def __init__(self, layers, weights):
        self.layers = layers
        self.weights = [self.laid_out(weight) for weight in weights]

    @staticmethod
    def laid_out(weight):
        return weight.contiguous(memory_format=torch.channels_last) if weight.dim() == 4 else weight.contiguous()

    def sums(self, index, value, weight):
        layer = self.layers[index]
        if layer.kernel:
            value = F.conv2d(value, weight, stride=layer.stride, padding=layer.pad)
        else:
            value = F.linear(value.flatten(1), weight)
        return F.max_pool2d(value, layer.pool, layer.pool_stride) if layer.pool else value


class FloatNetwork(Network):
    """Plain gradient descent on the squared error."""

    def __init__(self, layers, weights):
        super().__init__(layers, weights)
        for weight in self.weights:
            weight.requires_grad_()

    def step(self, images, labels):
        value = images
        for index, weight in enumerate(self.weights):
            value = self.sums(index, value, weight)
            value = F.relu_(value) if index + 1 < len(self.weights) else value
        F.mse_loss(value, F.one_hot(labels, value.shape[1]).float(), reduction="sum").backward()
        with torch.no_grad():
            for weight in self.weights:
                weight.add_(weight.grad, alpha=-1e-6)
                weight.grad = None


class WageNetwork(Network):
    """2-8-8-8: masters of 8 bits, weights in use of 2, activations, errors and steps of 8."""

    def __init__(self, layers, weights, gain=3):
        super().__init__(layers, weights)
        self.masters = [weight.mul(2).round_().clamp_(-1, 1).mul_(64) for weight in self.weights]
        self.shifts = [1 + alpha_exponent(weight[0].numel(), gain) for weight in self.weights]

    def forward(self, images, weights, exponents):
        value = images
        for index, weight in enumerate(weights):
            value = self.sums(index, value, weight)
            if index + 1 < len(weights):
                value = Activation.apply(value, self.shifts[index], exponents)
        return value

    def step(self, images, labels, rate_log2=3, noise=torch.rand_like):
        """Returns the exponents of Q_E, then of Q_G, and how many predictions were wrong."""
        errors, gradients = [], []
        weights = [master.mul(1 / 64).round_().clamp_(-1, 1).requires_grad_() for master in self.masters]
        sums = self.forward(images, weights, errors)
        targets = F.one_hot(labels, sums.shape[1]).to(sums.dtype).mul_(2.0 ** (7 + self.shifts[-1]))
        Output.apply(sums, targets, errors).backward()
        for master, weight in zip(self.masters, weights):
            gradients.append(self.update(master, weight.grad, rate_log2, noise))
        wrong = int((sums.argmax(1) != labels).sum())
        return errors + gradients + [wrong]

    @staticmethod
    def update(master, gradient, rate_log2, noise):
        """Q_G: stochastic rounding of the gradient, scaled by its largest; off the master, which is clipped."""
        largest = largest_of(gradient)
        if largest == 0:
            return 0
        exponent = shift_exponent(largest)
        steps = gradient.abs().mul_(2.0 ** (rate_log2 - exponent))
        whole = steps.floor()
        # 1 where the fraction is above the noise, else 0.
        whole.add_(steps.sub_(whole).sub_(noise(steps)).ceil_()).clamp_(max=CLIP["g"])
        master.sub_(whole.copysign_(gradient)).clamp_(-64, 64)
        return exponent


def encode(images):
    """Bytes to activations of 8 bits: p / 127.5 - 1 on their grid."""
    return ((2 * images.astype(np.int64) - 255) * 128 / 255).round().clip(-127, 127).astype(np.float32)


def serve(kind, name, batch, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    layers = models.NETWORKS[name]
    weights = [torch.rand(layer.weight_shape) * 1.5 - 0.75 for layer in layers]
    if kind == "float":
        weights = [weight * (2 / weight[0].numel() ** 0.5) for weight in weights]
    network = {"float": FloatNetwork, "wage": WageNetwork}[kind](layers, weights)
    random = np.random.default_rng(1)
    pixels = random.integers(0, 256, (batch, layers[0].channels, layers[0].side, layers[0].side), np.uint8)
    images = torch.from_numpy(encode(pixels)).contiguous(memory_format=torch.channels_last)
    if kind == "float":
        images /= 128
    labels = torch.from_numpy(random.integers(0, layers[-1].width, batch))
    network.step(images, labels)
    print(f"ready PyTorch {torch.__version__}", flush=True)
    for line in sys.stdin:
        count = int(line.split()[1])
        start, before = time.perf_counter(), time.process_time()
        for _ in range(count):
            network.step(images, labels)
        print((time.perf_counter() - start) / count, (time.process_time() - before) / count, flush=True)


def read_chain(path):
    """The layers and weights of a golden case's model: a chain, with every Relu behind a layer or its pool."""
    import onnx
    from onnx import helper, numpy_helper
    graph = onnx.load(str(path)).graph
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    layers, weights, before = [], [], None
    for node in graph.node:
        values = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
        if node.op_type in ("Conv", "Gemm") and len(node.input) == 2:
            weights.append(torch.from_numpy(tensors[node.input[1]].astype(np.float64)))
            layers.append(dict(channels=weights[-1].shape[1], width=weights[-1].shape[0]))
            if node.op_type == "Conv":
                layers[-1].update(kernel=weights[-1].shape[2], pad=values.get("pads", [0])[0],
                                  stride=values.get("strides", [1])[0])
        elif node.op_type == "MaxPool" and before == "Conv":
            layers[-1].update(pool=values["kernel_shape"][0], pool_stride=values["strides"][0])
        elif node.op_type not in ("Relu", "Flatten"):
            sys.exit(f"{path}: {node.op_type} behind {before} is not in the benchmark's networks")
        before = node.op_type
    return [models.Layer(**layer) for layer in layers], weights


def philox_noise(case, step):
    """What stands in for random numbers in one step: of each weight tensor in turn the golden model's."""
    from wage_oracle import rounding_bits
    ordinals = itertools.count()

    def noise(steps):
        # The fraction's first 16 bits must be above the number: the fraction itself above all that begin with it.
        bits = rounding_bits(steps.numel(), next(ordinals), step, case["seed"]).reshape(steps.shape)
        return torch.from_numpy((bits + 1) / 65536 - 2.0 ** -40)
    return noise


def check(folder):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "test/oracle"))
    case = json.loads((folder / "case.json").read_text())
    network = WageNetwork(*read_chain(folder / case["model"]), case["init_gain"])
    labels = torch.from_numpy(np.load(folder / case["labels"]).astype(np.int64))
    images = torch.from_numpy(encode(np.load(folder / case["images"]))).double().contiguous(memory_format=torch.channels_last)
    expected = np.load(folder / "expected/exponents_and_wrong.npy").tolist()
    for step, rate in enumerate(case["lr_log2"]):
        chosen = torch.arange(step * case["batch"], (step + 1) * case["batch"]) % len(labels)
        row = network.step(images[chosen], labels[chosen], rate, philox_noise(case, step))
        if row != expected[step]:
            sys.exit(f"step {step}: exponents and wrong predictions {row}, expected {expected[step]}")
    for index, master in enumerate(network.masters):
        if (differ := int((master.numpy() != np.load(folder / f"expected/final.{index}.npy")).sum())) > 0:
            sys.exit(f"weights {index}: {differ} of {master.numel()} differ after {len(expected)} steps")
    print(f"{len(expected)} steps, {len(network.masters)} weight tensors: equal")


if __name__ == "__main__":
    if sys.argv[1] == "check":
        check(Path(sys.argv[2]))
    else:
        serve(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
