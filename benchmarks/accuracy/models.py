#!/usr/bin/python3
"""Accuracy of lowered models on whole test sets, beside that of the float networks.

    models.py --shared=FOLDER [--bits=8-8,4-8,2-8] [--fine-tune] [--models=NAME,...] [--bin=build/dev/bin]

For each classifier of FOLDER/models that has a data set in FOLDER/data: compiles it for inference at each width, grids
chosen from 256 training images, classifies the whole test split on the fused engine and prints a row of a table: percent
that the float network gets right (FOLDER/models/README.md says how it was measured), that of the integers, and the most
seconds and MiB that compiling took. With --fine-tune each of them also goes on learning for three epochs with 2-8-8-8
bits, once on unit grids and once on grids from samples, each with learning rates that are the same for all models:
accuracy before and after, or why it cannot. What the bytes of an image mean is each model's own; nothing else here depends
on a model's name.

Where 8-8 is among the widths, the last line says whether it is within 0.3 points of float for all; the exit code is 1 if not.
"""
import argparse
import gzip
import json
import lzma
import subprocess
import sys
import tempfile
import time
import typing
from pathlib import Path

import numpy as np


def normalized(mean, deviation):
    """x -> (x / 255 - mean) / deviation as scale and offset of a byte."""
    return ([1 / 255 / d for d in deviation], [-m / d for m, d in zip(mean, deviation)])


MNIST = normalized([0.1307], [0.3081])
IMAGENET = [0.485, 0.456, 0.406]
UNIT = ([1 / 255], [0.0])
MODELS = {  # data set, what bytes mean, percent of the float network
    "mnist_cntk": ("mnist", MNIST, 98.93), "mnist_lenet5": ("mnist", MNIST, 99.13),
    "mnist_mlp_256x4": ("mnist", UNIT, 97.64), "mnist_mlp_leakyrelu": ("mnist", UNIT, 94.51),
    "mnist_lenet_tanh_avgpool": ("mnist", MNIST, 98.78), "mnist_14x14_strided": ("mnist14", ([1.0], [0.0]), 93.60),
    "mnist_conv_bn": ("mnist", MNIST, 97.53),
    "cifar10_conv_base_kw": ("cifar10", normalized(IMAGENET, [0.225] * 3), 58.53),
    "cifar10_resnet20": ("cifar10", normalized(IMAGENET, [0.229, 0.224, 0.225]), 91.72),
    "cifar10_nhwc_large": ("cifar10", UNIT, 74.16), "cifar10_vgg_small": ("cifar10", ([1 / 127.5], [-1.0]), 65.77),
}


# Runs a command, and prints the MiB that it had at most. In a process of its own, since a process begins with the most that the
# one it comes from had, and this one has held whole data sets.
MEASURED = """import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
sys.exit(code)"""


def halve(images):
    """28x28 bytes to 14x14 with a triangle filter over four pixels, rounded after each direction."""
    position = np.arange(28) + 0.5
    weights = np.array([np.maximum(0, 1 - np.abs((position - (2 * i + 1)) / 2)) for i in range(14)])
    weights /= weights.sum(axis=1, keepdims=True)
    rows = np.floor(np.einsum("ij,nkj->nki", weights, images) + 0.5).clip(0, 255)
    return np.floor(np.einsum("ij,njk->nik", weights, rows) + 0.5).clip(0, 255).astype(np.uint8)


class Set(typing.NamedTuple):
    """Files of a data set; labels are None where the images' files hold them."""
    test_images: Path
    test_labels: Path
    train_images: Path
    train_labels: Path


def prepare(shared, scratch):
    """The data sets by name."""
    data = shared / "data"
    mnist = [data / "mnist" / f"{part}-images-idx3-ubyte.gz" for part in ("t10k", "train")]
    labels, learned = [data / "mnist" / f"{part}-labels-idx1-ubyte.gz" for part in ("t10k", "train")]
    small = []
    for path in mnist:
        images = np.frombuffer(gzip.open(path).read(), np.uint8, offset=16).reshape(-1, 28, 28)
        small.append(scratch / f"{path.name}.14.npy")
        np.save(small[-1], halve(images)[:, None])
    cifar = []
    for parts in (["test_batch"], [f"data_batch_{i}" for i in range(1, 6)]):
        cifar.append(scratch / f"{parts[0]}.bin")
        cifar[-1].write_bytes(b"".join(lzma.open(data / "cifar10" / f"{part}.bin.xz").read() for part in parts))
    return {"mnist": Set(mnist[0], labels, mnist[1], learned), "mnist14": Set(small[0], labels, small[1], learned),
            "cifar10": Set(cifar[0], None, cifar[1], None)}


def compile_command(options, name, binary, *flags):
    scale, offset = MODELS[name][1]
    return [f"{options.bin}/wage-translate", "--onnx-to-chip", str(options.shared / "models" / name / "model.onnx"),
            "--chip=generic-256", "--pixel-scale=" + ",".join(map(repr, scale)),
            "--pixel-offset=" + ",".join(map(repr, offset)), "-o", str(binary), *flags]


def run_tool(options, *arguments):
    return json.loads(subprocess.run([f"{options.bin}/wage-run", *map(str, arguments), "--engine=fused", "--json"],
                                     check=True, capture_output=True, text=True).stdout)


def test(options, binary, data):
    """Percent of the test images that are classified as they should be."""
    labels = [f"--labels={data.test_labels}"] if data.test_labels else []
    result = run_tool(options, "infer", binary, f"--images={data.test_images}", *labels)
    return 100 - 100 * result["errors"] / result["images"]


def accuracy(options, name, bits, data, scratch):
    """(percent, seconds of compiling, peak MiB of compiling)."""
    binary = scratch / f"{name}.wbin"
    command = compile_command(options, name, binary, "--mode=infer", f"--bits={bits}",
                              f"--calibrate-images={data.train_images}")
    begin = time.monotonic()
    timed = subprocess.run([sys.executable, "-c", MEASURED, *command], check=True, capture_output=True, text=True)
    seconds = time.monotonic() - begin
    return test(options, binary, data), seconds, int(timed.stdout)


def fine_tune(options, name, data, scratch, rates, flags):
    """Percent before and after three epochs, or the compiler's first reason not to."""
    binary = scratch / f"{name}.train.wbin"
    compiled = subprocess.run(compile_command(options, name, binary, "--mode=train", "--init=pretrained",
                                              "--bits=2-8-8-8", *flags), capture_output=True, text=True)
    if compiled.returncode:
        errors = [line for line in compiled.stderr.splitlines() if "error: " in line]
        return errors[0].split("model.onnx: ")[-1][:60]
    before = test(options, binary, data)
    labels = ([f"--labels={data.train_labels}", f"--eval-labels={data.test_labels}"] if data.test_labels else [])
    trained = run_tool(options, "train", binary, f"--images={data.train_images}", f"--eval-images={data.test_images}",
                       *labels, "--epochs=3", f"--lr-log2={rates}", "--seed=1", "--shuffle=1", "--health=off")
    return f"{before:.2f} to {100 - 100 * trained['eval_errors'] / trained['eval_images']:.2f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--bits", default="8-8")
    parser.add_argument("--fine-tune", action="store_true")
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--bin", default="build/dev/bin")
    options = parser.parse_args()
    widths = options.bits.split(",")
    tuned = ["3 epochs, unit grids", "3 epochs, grids from samples"] if options.fine_tune else []
    columns = ["model", "float", *widths, "seconds", "MiB", *tuned]
    print("| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|", flush=True)
    within = True
    with tempfile.TemporaryDirectory() as folder:
        sets = prepare(options.shared, Path(folder))
        for name in options.models.split(","):
            data, exact = sets[MODELS[name][0]], MODELS[name][2]
            results = [accuracy(options, name, bits, data, Path(folder)) for bits in widths]
            within &= all(exact - percent <= 0.3 for bits, (percent, _, _) in zip(widths, results) if bits == "8-8")
            row = [name, f"{exact:.2f}", *(f"{percent:.2f}" for percent, _, _ in results),
                   f"{max(s for _, s, _ in results):.1f}", f"{max(m for _, _, m in results)}"]
            if options.fine_tune:
                samples = f"--calibrate-images={data.train_images}"
                row += [fine_tune(options, name, data, Path(folder), rates, flags)
                        for rates, flags in (("3@0,2@1,0@2", []), ("0@0,-2@1,-3@2", [samples]))]
            print("| " + " | ".join(row) + " |", flush=True)
    if "8-8" in widths:
        print("8-8 within 0.3 points of float: " + ("all" if within else "not all"))
    sys.exit(0 if within else 1)


if __name__ == "__main__":
    main()
