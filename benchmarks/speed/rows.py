"""The rows of the tables: what is compared with what, and the bar."""
from dataclasses import dataclass
from typing import Callable

import numpy as np

import models

GRADIENT_BAR = "70 % of limit"


@dataclass(frozen=True)
class Side:
    """One side of a comparison: `start` starts its server, and may say in `about` what it chose."""
    label: str
    start: Callable
    about: str = ""


@dataclass(frozen=True)
class Row:
    """Ours and one other, on `threads` threads; a run of either is `samples` samples and `macs` multiply-accumulates."""
    name: str
    table: str
    work: str
    samples: int
    macs: int
    ours: Side
    other: Callable  # of the bench: a Side, or None where there is none
    bar: str = ""
    threads: int = 1
    part: float = 1  # of the seconds that a side runs


def engine(network, mode, batch, threads=1, **choices):
    label = " ".join(["wage", *(str(value) for value in choices.values())])
    return Side(label, lambda bench: bench.engine(network, mode, batch, threads, **choices))


def onnxruntime(network, batch, threads):
    def chosen(bench):
        form = bench.best_int8(network, batch, threads)
        about = " ".join(form[:2]) + (", by channel" if form[2] else "")
        return Side(f"ONNX Runtime int8 ({about})", lambda bench: bench.ort(network, batch, form, threads))
    return chosen


def always(side):
    return lambda bench: side


def name_of(network):
    return {"lenet": "LeNet", "vgg7": "VGG7", "alexnet": "AlexNet"}[network]


def inference_rows():
    bars = {("vgg7", 128): "1.05", ("vgg7", 1): "1.1", ("lenet", 128): "1.6", ("lenet", 1): "1.4", ("alexnet", 1): "2.0"}
    for (network, batch), bar in bars.items():
        for threads in (1, 2):
            form = ("float", "u8", False)
            peers = [("int8", onnxruntime(network, batch, threads), bar)]
            if threads == 1:
                peers.append(("float", always(Side("ONNX Runtime float", lambda bench, network=network, batch=batch:
                                                   bench.ort(network, batch, form))), ""))
            for peer, other, wanted in peers:
                yield Row(f"{network}-infer-{batch}{'-2-threads' * (threads == 2)}/{peer}", "Inference",
                          f"{name_of(network)}, batch {batch}" + ", 2 threads" * (threads == 2), batch,
                          batch * models.inference_macs(network), engine(network, "infer", batch, threads), other, wanted,
                          threads)


def training_rows():
    bars = {("vgg7", "wage"): "3.5", ("vgg7", "float"): "3", ("lenet", "wage"): "3", ("lenet", "float"): ""}
    labels = {"wage": "WAGE emulated in PyTorch", "float": "PyTorch float"}
    for (network, kind), bar in bars.items():
        for threads in (1, 2):
            side = Side(labels[kind], lambda bench, network=network, kind=kind, threads=threads:
                        bench.torch(kind, network, 128, threads))
            yield Row(f"{network}-train-128{'-2-threads' * (threads == 2)}/{kind}", "Training step",
                      f"{name_of(network)}, batch 128" + ", 2 threads" * (threads == 2), 128,
                      128 * models.training_macs(network), engine(network, "train", 128, threads), always(side), bar, threads)


def own_rows():
    """Comparisons of ours with ours: instruction sets, engines, threads."""
    def macs(network, mode):
        return 128 * (models.inference_macs if mode == "infer" else models.training_macs)(network)
    for network in ("vgg7", "lenet"):
        for mode, bar in (("infer", "0.35"), ("train", "0.22")):
            work = f"{name_of(network)} {'inference' if mode == 'infer' else 'training step'}, batch 128"
            plain = always(engine(network, mode, 128, isa="avx512-vnni"))
            yield Row(f"{network}-{mode}-128/avx2", "Instruction sets", work, 128, macs(network, mode),
                      engine(network, mode, 128, isa="avx2"), plain, bar)
            yield Row(f"{network}-{mode}-128/threads", "Two threads", work, 128, macs(network, mode),
                      Side("wage, 2 threads", lambda bench, network=network, mode=mode: bench.engine(network, mode, 128, 2)),
                      always(engine(network, mode, 128)), "1.85", 2)
            if mode == "train":
                yield Row(f"{network}-{mode}-128/core", "Engines", work, 128, macs(network, mode),
                          engine(network, mode, 128, engine="core"), always(engine(network, mode, 128, engine="fused")), "0.4")


def kernel_rows():
    """Each product of each layer beside oneDNN's; its gradient of weights has no integers, and bfloat16 is its fastest."""
    for network in ("vgg7", "lenet"):
        layers = models.NETWORKS[network]
        convolutions = sum(layer.kernel > 0 for layer in layers)
        for index, layer in enumerate(layers):
            name = f"{network}-" + (f"conv{index + 1}" if layer.kernel else f"fc{index + 1 - convolutions}")
            for product, kind in (("forward", "s8"), ("transposed", "s8"), ("outer", "bf16")):
                if product == "transposed" and index == 0:
                    continue
                bar = GRADIENT_BAR if network == "vgg7" and product != "forward" else ""
                ours = Side("wage", lambda bench, name=name, product=product: bench.kernel(name, product, 128))
                other = Side(f"oneDNN {kind}", lambda bench, layer=layer, product=product, kind=kind:
                             bench.onednn(layer, product, kind, 128))
                yield Row(f"kernels/{name}-{product}", "Kernels", f"{name.replace('-', ' ')}, {product}", 128, 128 * layer.macs,
                          ours, always(other), bar, part=0.4)


ROWS = [*inference_rows(), *training_rows(), *own_rows(), *kernel_rows()]


@dataclass(frozen=True)
class Process:
    """A whole process: seconds and peak memory."""
    name: str
    work: str
    command: Callable
    bar: str = ""
    runs: int = 3


def random_bytes(bench, name, limit, *shape):
    def write(path):
        with open(path, "wb") as file:
            np.save(file, np.random.default_rng(1).integers(0, limit, shape, np.uint8))
    return bench.made(name, write)


def small_inference(bench):
    return [bench.tool("wage-run"), "infer", bench.binary("lenet", "infer"),
            f"--images={random_bytes(bench, 'image.npy', 256, 1, 1, 28, 28)}"]


def small_training(bench):
    return [bench.tool("wage-run"), "train", bench.binary("vgg7", "train"), "--steps=2", "--lr-log2=0",
            f"--images={random_bytes(bench, 'images.npy', 256, 128, 3, 32, 32)}",
            f"--labels={random_bytes(bench, 'labels.npy', 10, 128)}"]


def compilation(network, mode, batch):
    return lambda bench: bench.compile_command(network, mode, batch, bench.folder / "compiled.wbin")


PROCESSES = [
    Process("start-up", "one LeNet inference", small_inference, "20 ms", 11),
    Process("memory", "two training steps of VGG7, batch 128", small_training, "400 MiB"),
    Process("compile/vgg7", "VGG7 to a training binary, batch 128", compilation("vgg7", "train", 128), "10 s, 1 GiB"),
    Process("compile/alexnet", "AlexNet to an inference binary, batch 1", compilation("alexnet", "infer", 1), "30 s, 2 GiB"),
]
