"""The rows of the tables: what is compared with what, and the bar."""
from dataclasses import dataclass
from typing import Callable

import numpy as np

import models

BATCH = 128


@dataclass(frozen=True)
class Side:
    """One side of a comparison: what it is, and what starts its server on a bench."""
    label: str
    start: Callable


@dataclass(frozen=True)
class Row:
    """Ours and one other, on `threads` threads; a run of either is `samples` samples and `macs` products."""
    name: str
    table: str
    work: str
    samples: int
    macs: int
    ours: Side
    other: Callable  # of the bench: a Side
    bar: str = ""
    threads: int = 1
    part: float = 1  # of the seconds that a side runs


def engine(network, mode, batch, threads=1, **choices):
    label = " ".join(["wage", *(str(value) for value in choices.values())])
    return Side(label, lambda bench: bench.engine(network, mode, batch, threads, **choices))


def onnxruntime_int8(network, batch, threads):
    """The fastest form, found when the row is measured."""
    def chosen(bench):
        form = bench.best_int8(network, batch, threads)
        about = " ".join(form[:2]) + (", by channel" if form[2] else "")
        return Side(f"ONNX Runtime int8 ({about})", lambda bench: bench.ort(network, batch, form, threads))
    return chosen


def onnxruntime_float(network, batch, threads):
    return always(Side("ONNX Runtime float", lambda bench: bench.ort(network, batch, ("float", "u8", False), threads)))


def torch(kind, network, threads):
    label = {"wage": "WAGE emulated in PyTorch", "float": "PyTorch float"}[kind]
    return always(Side(label, lambda bench: bench.torch(kind, network, BATCH, threads)))


def always(side):
    return lambda bench: side


def work_of(network, batch, threads=1):
    name = {"lenet": "LeNet", "vgg7": "VGG7", "alexnet": "AlexNet"}[network]
    return f"{name}, batch {batch}" + (f", {threads} threads" if threads > 1 else "")


def name_of(network, mode, batch, threads, peer):
    return f"{network}-{mode}-{batch}{f'-{threads}-threads' if threads > 1 else ''}/{peer}"


def inference_rows():
    for network, batch, bar in [("vgg7", BATCH, "1.05"), ("vgg7", 1, "1.1"), ("lenet", BATCH, "1.6"), ("lenet", 1, "1.4"),
                                ("alexnet", 1, "2.0")]:
        for threads in (1, 2):
            for peer, other, wanted in [("int8", onnxruntime_int8, bar), ("float", onnxruntime_float, "")]:
                yield Row(name_of(network, "infer", batch, threads, peer), "Inference", work_of(network, batch, threads),
                          batch, batch * models.inference_macs(network), engine(network, "infer", batch, threads),
                          other(network, batch, threads), wanted, threads)


def training_rows():
    for network, kind, bar in [("vgg7", "wage", "3.5; 60 % of limit"), ("vgg7", "float", "3"), ("lenet", "wage", "3"),
                               ("lenet", "float", "")]:
        for threads in (1, 2):
            yield Row(name_of(network, "train", BATCH, threads, kind), "Training step", work_of(network, BATCH, threads),
                      BATCH, BATCH * models.training_macs(network), engine(network, "train", BATCH, threads),
                      torch(kind, network, threads), bar, threads)


def own_rows():
    """Ours beside ours: instruction sets, engines, threads."""
    for network in ("vgg7", "lenet"):
        for mode, least_avx2, macs in [("infer", "0.35", models.inference_macs), ("train", "0.22", models.training_macs)]:
            def row(name, table, ours, other, bar, threads=1):
                title = f"{work_of(network, BATCH)}, {'inference' if mode == 'infer' else 'training step'}"
                return Row(name_of(network, mode, BATCH, 1, name), table, title, BATCH, BATCH * macs(network), ours,
                           always(other), bar, threads)

            def side(threads=1, **choices):
                return engine(network, mode, BATCH, threads, **choices)
            yield row("avx2", "Instruction sets", side(isa="avx2"), side(isa="avx512-vnni"), least_avx2)
            yield row("threads", "Two threads", side(2), side(), "1.85", threads=2)
            if mode == "train":
                yield row("core", "Engines", side(engine="core"), side(engine="fused"), "0.4")


def named_layers(network):
    """Each layer with its name in benchmarks/KernelWork.cpp."""
    layers = models.NETWORKS[network]
    convolutions = sum(layer.kernel > 0 for layer in layers)
    for index, layer in enumerate(layers):
        yield f"{network}-" + (f"conv{index + 1}" if layer.kernel else f"fc{index + 1 - convolutions}"), layer


def kernel_row(name, layer, product, kind, bar):
    return Row(f"kernels/{name}-{product}", "Kernels", f"{name.replace('-', ' ')}, {product}", BATCH, BATCH * layer.macs,
               Side("wage", lambda bench: bench.kernel(name, product, BATCH)),
               always(Side(f"oneDNN {kind}", lambda bench: bench.onednn(layer, product, kind, BATCH))), bar, part=0.4)


def kernel_rows():
    """Each product of each layer beside oneDNN's; its gradient of weights has no integers, and bfloat16 is its fastest.
    Images get no error."""
    for network in ("vgg7", "lenet"):
        for name, layer in named_layers(network):
            for product, kind in [("forward", "s8"), ("transposed", "s8"), ("outer", "bf16")]:
                if product != "transposed" or not name.endswith("conv1"):
                    gradient = network == "vgg7" and product != "forward"
                    yield kernel_row(name, layer, product, kind, "70 % of limit" if gradient else "")


ROWS = [*inference_rows(), *training_rows(), *own_rows(), *kernel_rows()]


@dataclass(frozen=True)
class Process:
    """A whole process: seconds and peak memory."""
    name: str
    work: str
    command: Callable
    bar: str = ""
    processors: int = 1
    runs: int = 3


def random_bytes(bench, name, limit, *shape):
    def write(path):
        with open(path, "wb") as file:
            np.save(file, np.random.default_rng(1).integers(0, limit, shape, np.uint8))
    return bench.made(name, write)


def small_inference(bench):
    return [bench.tool("wage-run"), "infer", bench.binary("lenet", "infer", 1),
            f"--images={random_bytes(bench, 'image.npy', 256, 1, 1, 28, 28)}"]


def small_training(bench):
    return [bench.tool("wage-run"), "train", bench.binary("vgg7", "train", 128), "--steps=2", "--lr-log2=0",
            f"--images={random_bytes(bench, 'images.npy', 256, 128, 3, 32, 32)}",
            f"--labels={random_bytes(bench, 'labels.npy', 10, 128)}"]


def compilation(network, mode, batch):
    return lambda bench: bench.compile_command(network, mode, batch, bench.folder / "compiled.wbin")


PROCESSES = [
    Process("start-up", "one LeNet inference", small_inference, "20 ms", runs=11),
    Process("memory", "two training steps of VGG7, batch 128", small_training, "400 MiB"),
    Process("compile/vgg7", "VGG7 to a training binary, batch 128", compilation("vgg7", "train", BATCH), "10 s, 1 GiB", 2),
    Process("compile/alexnet", "AlexNet to an inference binary", compilation("alexnet", "infer", 1), "30 s, 2 GiB", 2),
]
