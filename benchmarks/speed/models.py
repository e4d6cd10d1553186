#!/usr/bin/python3
"""The networks that speeds are compared on: as a list of layers, and as float ONNX models with random weights.

    models.py OUT.onnx --network=lenet|vgg7|alexnet [--seed=1]

LeNet is 32C5-MP2-64C5-MP2-512FC-10 on 28x28 images of one channel, VGG7
2x(128C3)-MP2-2x(256C3)-MP2-2x(512C3)-MP2-1024FC-10 on 32x32 of three, AlexNet the ImageNet network of 61 million
weights with its groups and without its normalisation. A pool stands between a product and its Relu, which computes the
same as behind it and leaves less to do. No biases. Weights are uniform in +-0.75, which two bits round to each of -1, 0
and 1.
"""
import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "mapping"))
from networks import Builder  # noqa: E402


@dataclass(frozen=True)
class Layer:
    """A convolution, or with kernel 0 a fully connected layer; then a pool, if its size is not 0; then a Relu."""
    channels: int
    width: int
    kernel: int = 0
    stride: int = 1
    pad: int = 0
    groups: int = 1
    pool: int = 0
    pool_stride: int = 2
    pool_end: int = 0  # padding below and to the right
    side: int = 1  # of the input plane

    @property
    def out_side(self):
        return (self.side + 2 * self.pad - self.kernel) // self.stride + 1 if self.kernel else 1

    @property
    def pooled_side(self):
        return (self.out_side + self.pool_end - self.pool) // self.pool_stride + 1 if self.pool else self.out_side

    @property
    def macs(self):
        """Multiply-accumulates of one sample's product."""
        return self.channels // self.groups * max(self.kernel, 1) ** 2 * self.width * self.out_side ** 2

    @property
    def weight_shape(self):
        return (self.width, self.channels // self.groups) + (self.kernel,) * (2 if self.kernel else 0)


def chain(side, channels, layers):
    """Layers one behind another; each a dict without what follows from the one before it."""
    made = []
    for wanted in layers:
        if "kernel" not in wanted:
            channels, side = channels * side * side, 1
        made.append(Layer(channels=channels, side=side, **wanted))
        side, channels = made[-1].pooled_side, made[-1].width
    return made


def conv(width, kernel, pad, pool=0, **more):
    return {"width": width, "kernel": kernel, "pad": pad, "pool": pool, **more}


def full(*widths):
    return [{"width": width} for width in widths]


NETWORKS = {
    "lenet": chain(28, 1, [conv(32, 5, 2, 2), conv(64, 5, 2, 2)] + full(512, 10)),
    "vgg7": chain(32, 3, [conv(128, 3, 1), conv(128, 3, 1, 2), conv(256, 3, 1), conv(256, 3, 1, 2), conv(512, 3, 1),
                          conv(512, 3, 1, 2)] + full(1024, 10)),
    "alexnet": chain(224, 3, [conv(96, 11, 0, 3, stride=4), conv(256, 5, 2, 3, groups=2), conv(384, 3, 1),
                              conv(384, 3, 1, groups=2), conv(256, 3, 1, 3, groups=2, pool_end=1)]
                    + full(4096, 4096, 1000)),
}


def inference_macs(network):
    """Multiply-accumulates of one image."""
    return sum(layer.macs for layer in NETWORKS[network])


def training_macs(network):
    """Of one image in a training step: three products of each layer, of the first two, since images get no error."""
    return 3 * inference_macs(network) - NETWORKS[network][0].macs


def float_model(network, seed=1):
    """Builder of the float model, and the name of its logits."""
    layers = NETWORKS[network]
    builder = Builder(layers[0].channels, layers[0].side, seed)
    value = "images"
    for index, layer in enumerate(layers):
        last = index + 1 == len(layers)
        name = builder.name("conv" if layer.kernel else "fc")
        weight = builder.weight(name, layer.weight_shape)
        if layer.kernel:
            value = builder.add("Conv", name, [value, weight], kernel_shape=[layer.kernel] * 2, pads=[layer.pad] * 4,
                                strides=[layer.stride] * 2, group=layer.groups)
        else:
            if layers[index - 1].kernel:
                value = builder.add("Flatten", "flat", [value])
            value = builder.add("Gemm", name, [value, weight], transB=1)
        if layer.pool:
            value = builder.add("MaxPool", builder.name("pool"), [value], kernel_shape=[layer.pool] * 2,
                                strides=[layer.pool_stride] * 2, pads=[0, 0, layer.pool_end, layer.pool_end])
        value = value if last else builder.relu(value)
    return builder, value


def write_float_model(network, path, seed=1):
    builder, logits = float_model(network, seed)
    builder.save(logits, path, NETWORKS[network][-1].width)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", metavar="OUT.onnx")
    parser.add_argument("--network", choices=NETWORKS, required=True)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    write_float_model(arguments.network, arguments.file, arguments.seed)


if __name__ == "__main__":
    main()
