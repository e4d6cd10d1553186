#!/usr/bin/env python3
"""Accuracy of lowered models on whole test sets, with ONNX Runtime's word on the integers.

    models.py --shared=FOLDER [--bits=8-8,4-8,2-8] [--models=NAME,...] [--bin=build/dev/bin]

For each classifier of FOLDER/models that has a data set in FOLDER/data: compiles it for inference at each width, grids chosen from 256
training images, classifies the whole test split on the fused engine and prints a row of a table: the float network's accuracy (by
`wage-translate --evaluate`'s program, see FOLDER/models/README.md), that of the integers, and what compiling took.
What the bytes of an image mean is each model's own; nothing else here depends on a model's name.
"""
import argparse
import gzip
import json
import lzma
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np


def normalized(mean, deviation):
    """x -> (x / 255 - mean) / deviation as scale and offset of a byte."""
    return ([1 / 255 / d for d in deviation], [-m / d for m, d in zip(mean, deviation)])


MNIST = normalized([0.1307], [0.3081])
IMAGENET = [0.485, 0.456, 0.406]
UNIT = ([1 / 255], [0.0])
MODELS = {
    "mnist_cntk": ("mnist", MNIST, 98.93), "mnist_lenet5": ("mnist", MNIST, 99.13),
    "mnist_mlp_256x4": ("mnist", UNIT, 97.64), "mnist_mlp_leakyrelu": ("mnist", UNIT, 94.51),
    "mnist_lenet_tanh_avgpool": ("mnist", MNIST, 98.78), "mnist_14x14_strided": ("mnist14", ([1.0], [0.0]), 93.60),
    "mnist_conv_bn": ("mnist", MNIST, 97.53),
    "cifar10_conv_base_kw": ("cifar10", normalized(IMAGENET, [0.225] * 3), 58.53),
    "cifar10_resnet20": ("cifar10", normalized(IMAGENET, [0.229, 0.224, 0.225]), 91.72),
    "cifar10_nhwc_large": ("cifar10", UNIT, 74.16), "cifar10_vgg_small": ("cifar10", ([1 / 127.5], [-1.0]), 65.77),
}


def halve(images):
    """28x28 bytes to 14x14 with a triangle filter over four pixels, rounded after each direction."""
    position = np.arange(28) + 0.5
    weights = np.array([np.maximum(0, 1 - np.abs((position - (2 * i + 1)) / 2)) for i in range(14)])
    weights /= weights.sum(axis=1, keepdims=True)
    rows = np.floor(np.einsum("ij,nkj->nki", weights, images) + 0.5).clip(0, 255)
    return np.floor(np.einsum("ij,njk->nik", weights, rows) + 0.5).clip(0, 255).astype(np.uint8)


def prepare(shared, scratch):
    """Images to test with, their labels (none where they are inside) and images to calibrate with, by data set."""
    data = shared / "data"
    mnist = [data / "mnist" / f"{part}-images-idx3-ubyte.gz" for part in ("t10k", "train")]
    labels = data / "mnist" / "t10k-labels-idx1-ubyte.gz"
    small = []
    for path in mnist:
        images = np.frombuffer(gzip.open(path).read(), np.uint8, offset=16).reshape(-1, 28, 28)
        small.append(scratch / f"{path.name}.14.npy")
        np.save(small[-1], halve(images[:10000])[:, None])
    cifar = []
    for part in ("test_batch", "data_batch_1"):
        cifar.append(scratch / f"{part}.bin")
        cifar[-1].write_bytes(lzma.open(data / "cifar10" / f"{part}.bin.xz").read())
    return {"mnist": (mnist[0], labels, mnist[1]), "mnist14": (small[0], labels, small[1]), "cifar10": (cifar[0], None, cifar[1])}


def accuracy(options, name, bits, sets, scratch):
    """(percent, seconds of compiling, peak MiB of compiling)."""
    (images, labels, samples), (scale, offset), _ = sets[MODELS[name][0]], MODELS[name][1], MODELS[name][2]
    binary = scratch / f"{name}.wbin"
    command = [f"{options.bin}/wage-translate", "--onnx-to-chip", str(options.shared / "models" / name / "model.onnx"),
               "--chip=generic-256", "--mode=infer", f"--bits={bits}", "--pixel-scale=" + ",".join(map(repr, scale)),
               "--pixel-offset=" + ",".join(map(repr, offset)), f"--calibrate-images={samples}", "-o", str(binary)]
    begin = time.monotonic()
    timed = subprocess.run(["/usr/bin/env", "python3", "-c", "import resource,subprocess,sys; r=subprocess.run(sys.argv[1:],"
                            "stdout=subprocess.DEVNULL).returncode; print(resource.getrusage(resource.RUSAGE_CHILDREN)"
                            ".ru_maxrss // 1024); sys.exit(r)", *command], check=True, capture_output=True, text=True)
    seconds = time.monotonic() - begin
    run = [f"{options.bin}/wage-run", "infer", str(binary), f"--images={images}", "--engine=fused", "--json"]
    result = json.loads(subprocess.run(run + ([f"--labels={labels}"] if labels else []), check=True, capture_output=True,
                                       text=True).stdout)
    return 100 - 100 * result["errors"] / result["images"], seconds, int(timed.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--bits", default="8-8")
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--bin", default="build/dev/bin")
    options = parser.parse_args()
    widths = options.bits.split(",")
    print("| model | float | " + " | ".join(widths) + " | seconds | MiB |\n" + "|---" * (len(widths) + 4) + "|")
    within = True
    with tempfile.TemporaryDirectory() as folder:
        sets = prepare(options.shared, Path(folder))
        for name in options.models.split(","):
            results = [accuracy(options, name, bits, sets, Path(folder)) for bits in widths]
            within &= all(MODELS[name][2] - percent <= 0.3 for bits, (percent, _, _) in zip(widths, results) if bits == "8-8")
            print(f"| {name} | {MODELS[name][2]:.2f} | " + " | ".join(f"{percent:.2f}" for percent, _, _ in results) +
                  f" | {max(s for _, s, _ in results):.1f} | {max(m for _, _, m in results)} |", flush=True)
    print("8-8 within 0.3 points of float: " + ("all" if within else "not all"))
    sys.exit(0 if within else 1)


if __name__ == "__main__":
    main()
