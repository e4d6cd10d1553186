#!/usr/bin/python3
"""What events cost on real images: every network on every chip that speaks events, in every code, and dense beside.

    run.py --shared=FOLDER [--bin=build/dev/bin] [--images=N] [--work=FOLDER] [--output=FILE.md] [--networks=lenet,vgg]

Trains a LeNet on MNIST for two epochs and a VGG7 of a quarter of the widths on CIFAR-10 for one (ties round away from
zero, a black pixel is 0), puts the integers they have learned into their ONNX files, compiles these for inference on
each chip and in each code, and runs the first N test images one by one on the core engine. Each run's logits are
compared, element by element, with those of the dense program on the fused engine. What was counted becomes two tables:
by network, chip and code; and spikes per value by layer. FOLDER/data has the data sets in mnist and cifar10. With --work a
network that is trained there already is not trained again.
"""
import argparse
import json
import lzma
import subprocess
import sys
import tempfile
import time
import typing
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

ROOT = Path(__file__).resolve().parents[2]
UNIT_PIXELS = ["--pixel-scale=0.00392156862745098", "--pixel-offset=0"]
GRADIENT_BITS = 8
CHIPS = {"generic-64": ("dense", "graded", "rate", "phase"), "generic-256": ("dense", "graded", "rate", "phase"),
         "loihi1": ("rate", "phase"), "loihi2": ("dense", "graded", "rate", "phase"),
         "tianjic": ("dense", "graded", "rate"), "paicore2": ("dense", "rate"), "paicore2.5": ("dense", "rate"),
         "darwin3": ("dense", "rate"), "truenorth": ("rate", "phase")}


class Network(typing.NamedTuple):
    """A network of the examples, its data (no labels where the images' files hold them) and how many epochs it trains."""
    name: str
    make: list
    train: object  # a path, or several with commas between
    labels: Path
    test: Path
    test_labels: Path
    epochs: int


def data_flags(images, labels):
    return [f"--images={images}"] + ([f"--labels={labels}"] if labels else [])


def unpacked(source, name, folder):
    """A data file, plain or packed with xz, as a plain one."""
    folder.mkdir(exist_ok=True)
    if not (folder / name).exists():
        packed = source / (name + ".xz")
        (folder / name).write_bytes(lzma.open(packed).read() if packed.exists() else (source / name).read_bytes())
    return folder / name


def networks(data, folder):
    mnist, cifar = data / "mnist", folder / "cifar10"
    batches = ",".join(str(unpacked(data / "cifar10", f"data_batch_{i}.bin", cifar)) for i in range(1, 6))
    return [Network("lenet", ["make_lenet.py"], mnist / "train-images-idx3-ubyte.gz",
                    mnist / "train-labels-idx1-ubyte.gz", mnist / "t10k-images-idx3-ubyte.gz",
                    mnist / "t10k-labels-idx1-ubyte.gz", 2),
            Network("vgg", ["make_vgg7.py", "--widths=32,64,128", "--hidden=256"], batches, None,
                    unpacked(data / "cifar10", "test_batch.bin", cifar), None, 1)]


def run(command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError((done.stderr.strip() or done.stdout.strip()).splitlines())
    return done.stdout


def trained_model(network, tools, folder):
    """The network's ONNX file with the master weights it has learned."""
    model, out, trace = folder / f"{network.name}.onnx", folder / f"{network.name}-trained.onnx", folder / network.name
    if out.exists():
        return out
    run([ROOT / "examples" / network.make[0], model, *network.make[1:]])
    binary = folder / f"{network.name}.wbin"
    run([tools / "wage-translate", "--onnx-to-chip", model, "--chip=generic-256", "--mode=train", "--init=wage",
         "--rounding=half-away", "--batch=64", *UNIT_PIXELS, "-o", binary])
    print(run([tools / "wage-run", "train", binary, *data_flags(network.train, network.labels),
               f"--epochs={network.epochs}", "--lr-log2=3", "--shuffle=1", f"--trace-dir={trace}", "--json"])[:300],
          file=sys.stderr)
    graph = onnx.load(str(model))
    for i, tensor in enumerate(t for t in graph.graph.initializer if len(t.dims) > 1):
        learned = np.load(trace / f"final.{i}.npy").astype(np.float32) / 2 ** (GRADIENT_BITS - 1)
        tensor.CopyFrom(numpy_helper.from_array(learned.reshape(tuple(tensor.dims)), tensor.name))
    onnx.save(graph, str(out))
    return out


def compile_for(tools, model, chip, code, binary):
    run([tools / "wage-translate", "--onnx-to-chip", model, f"--chip={chip}", f"--spike-code={code}", "--mode=infer",
         "--init=model", "--bits=2-8-8-8", "--rounding=half-away", "--batch=1", "--watch-ticks", *UNIT_PIXELS, "-o", binary])


def infer(tools, network, binary, engine, images, logits):
    begin = time.monotonic()
    found = json.loads(run([tools / "wage-run", "infer", binary, *data_flags(network.test, network.test_labels),
                            f"--limit={images}", f"--engine={engine}", "--threads=1", "--json", f"--logits={logits}"]))
    found["wall"] = time.monotonic() - begin
    return found, np.load(logits)


def row_of(tools, network, model, chip, code, images, folder, dense):
    """One line of the first table and the counts by layer; or why there is none."""
    binary = folder / "x.wbin"
    try:
        compile_for(tools, model, chip, code, binary)
        found, logits = infer(tools, network, binary, "core", images, folder / "x.npy")
    except RuntimeError as problem:
        lines = [line for line in problem.args[0] if "needed" in line] or problem.args[0]
        return f"| {network.name} | {chip} | {code} | refused: {lines[0].split('.onnx: ')[-1]} | | | | | | | | |", None
    static = json.loads(run([tools / "wage-run", "info", binary, "--json"]))["cost"]
    clock = static["clock_megahertz"]
    cycles = found["cycles"] / images
    most = static["inference"]["cycles"]
    equal = int((logits == dense).sum())
    speed = found.get("synaptic_events", 0) / found["wall"] / 1e6
    return (f"| {network.name} | {chip} | {code} | {equal} of {dense.size} | {found.get('ticks', 0) // images} "
            f"| {found.get('spikes', 0) / images:.0f} | {found['packets'] / images:.0f} | {found['macs'] / images:.4g} "
            f"| {cycles:.4g} | {most:.4g} | {cycles / clock:.4g} | {found['energy_pj'] / images * 1e-6:.4g} "
            f"| {f'{speed:.0f}' if speed else '-'} |"), found.get("spikes_by_layer")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--bin", type=Path, default=ROOT / "build/dev/bin")
    parser.add_argument("--images", type=int, default=16)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks/spikes/results.md")
    parser.add_argument("--networks", default="lenet,vgg")
    arguments = parser.parse_args()
    if set(arguments.networks.split(",")) != {"lenet", "vgg"} and arguments.output == parser.get_default("output"):
        parser.error("the page holds both networks: one of them alone needs --output=FILE")
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.work or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        write_page(arguments, folder)


def write_page(arguments, folder):
    rows, rates = [], []
    for network in networks(arguments.shared / "data", folder):
        if network.name not in arguments.networks.split(","):
            continue
        model = trained_model(network, arguments.bin, folder)
        compile_for(arguments.bin, model, "generic-256", "dense", folder / "dense.wbin")
        found, dense = infer(arguments.bin, network, folder / "dense.wbin", "fused", arguments.images, folder / "dense.npy")
        print(f"{network.name}: {found.get('errors')} errors of {arguments.images}", file=sys.stderr)
        for chip, codes in CHIPS.items():
            for code in codes:
                row, layers = row_of(arguments.bin, network, model, chip, code, arguments.images, folder, dense)
                rows.append(row)
                print(row, file=sys.stderr)
                if layers and chip == "loihi2":  # whose cores hold whole layers, so that every value is sent once
                    for layer in layers:
                        rates.append(f"| {network.name} | {layer['layer']} | {code} | "
                                     f"{layer['values'] // arguments.images} | {layer['spikes'] / layer['values']:.4f} |")
    page = [f"<!-- written by benchmarks/spikes/run.py --shared=FOLDER --images={arguments.images} -->",
            "# Events on real images, measured", "",
            f"The first {arguments.images} test images, one by one, on the core engine; figures of chips are per image. "
            "`at most` is what",
            "`wage-run info` says before anything runs; `equal` compares logits with those of the dense program on the "
            "fused engine.",
            "`host` is the simulator's own speed on one thread, start of the process included.", "",
            "| network | chip | code | equal | ticks | spikes | packets | synaptic events or macs | cycles | at most | us "
            "| uJ | host, M synaptic events/s |",
            "|---|---|---|---|---|---|---|---|---|---|---|---|---|", *rows, "", "## Spikes per value", "",
            "| network | values of | code | values per image | spikes per value |", "|---|---|---|---|---|",
            *dict.fromkeys(rates), ""]
    arguments.output.write_text("\n".join(page))


if __name__ == "__main__":
    main()
