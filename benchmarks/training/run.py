#!/usr/bin/python3
"""Trains a network of the WAGE paper on its data set, epoch by epoch, until its end or until the time is over.

    run.py mnist|cifar10 --data=DIR --out=DIR [--bin=DIR] [--minutes=M] [--epochs=E] [--lr-log2=L@EPOCH,...]
           [--batch=128] [--seed=1] [--shuffle=1] [--augment=...] [--chip=generic-256] [--engine=fused] [--threads=N]
           [--samples=N] [--test-samples=N]

mnist is LeNet, 32C5-MP2-64C5-MP2-512FC-10, at a learning rate of 8, then 1, then 1/8, 30 epochs; cifar10 is VGG7 with the
authors' augmentation (pad by 4, cut out, mirror) and schedule (8 for 200 epochs, then 1, then 1/8), for 90 minutes. Both
have weights of 2 bits, activations, gradients and errors of 8, and --init=wage: the authors' start.

--data holds the files under their usual names (train-images-idx3-ubyte and so on; data_batch_1.bin to data_batch_5.bin and
test_batch.bin), plain or packed (.gz, .xz). --samples and --test-samples take only the first N of them, to try things out.

--out gets the network, its binary, checkpoints/ after every epoch, trained.wbin, and log.jsonl: one line for each process of
`wage-run train --json`, which trains one epoch, with the time and the command beside. Called again it goes on where it was,
with the bits of a run never stopped; when the time is over, the step is finished and saved. table.py makes a table of the log.
The tools are those of --bin; without it those in PATH, or else those of build/dev.
"""
import argparse
import gzip
import json
import lzma
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RECORD = 3073  # bytes of an image of CIFAR-10 with its label
MNIST = {"images": ["train-images-idx3-ubyte"], "labels": ["train-labels-idx1-ubyte"],
         "eval-images": ["t10k-images-idx3-ubyte"], "eval-labels": ["t10k-labels-idx1-ubyte"]}
CIFAR10 = {"images": [f"data_batch_{i}.bin" for i in range(1, 6)], "eval-images": ["test_batch.bin"]}
RUNS = {"mnist": (["make_lenet.py"], MNIST, {"epochs": 30, "minutes": 0, "lr_log2": "3@0,0@20,-3@25", "augment": "none"}),
        "cifar10": (["make_vgg7.py"], CIFAR10,
                    {"epochs": 300, "minutes": 90, "lr_log2": "3@0,0@200,-3@250", "augment": "pad=4,flip"})}


def unpacked(folder, name):
    """The bytes of a file, whichever way it is packed."""
    for ending, opener in (("", open), (".gz", gzip.open), (".xz", lzma.open)):
        if (folder / (name + ending)).is_file():
            with opener(folder / (name + ending), "rb") as file:
                return file.read()
    sys.exit(f"run.py: error: {folder}: holds no '{name}', nor one with .gz or .xz behind")


def first_of_idx(data, count):
    """The first samples of an idx file: two zero bytes, type, number of sizes, the sizes, the first of which is cut."""
    sizes = [int.from_bytes(data[4 + 4 * i:8 + 4 * i], "big") for i in range(data[3])]
    each = 1
    for size in sizes[1:]:
        each *= size
    count = min(count, sizes[0])
    begin = 4 + 4 * len(sizes)
    return data[:4] + count.to_bytes(4, "big") + data[8:begin + count * each]


def prepare_data(folder, out, files, limits):
    """Writes the files as wage-run reads them, and returns its flags."""
    flags = []
    for flag, names in files.items():
        limit, paths = limits["eval" in flag], []
        for name in names:
            path = out / name
            data = unpacked(folder, name)
            if limit is not None:
                data = data[:limit * RECORD] if name.endswith(".bin") else first_of_idx(data, limit)
                limit -= len(data) // RECORD if name.endswith(".bin") else 0
            if data:
                path.write_bytes(data)
                paths.append(str(path))
        flags.append(f"--{flag}=" + ",".join(paths))
    return flags


def tool(name, folder):
    found = folder / name if folder else shutil.which(name)
    return str(found or ROOT / "build/dev/bin" / name)


def call(command):
    result = subprocess.run(command, stdin=subprocess.DEVNULL)
    if result.returncode != 0:
        sys.exit(f"run.py: error: {command[0]} ended with {result.returncode}")


def train(command, seconds):
    """Runs wage-run, ending it by a signal after so many seconds (None: never). Returns what it printed, and its exit code."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate()
    return output, process.returncode


def epochs_done(log):
    """Epochs that ended, by the log."""
    lines = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    return max((epoch["epoch"] for line in lines for epoch in line["epochs"] if "eval_errors" in epoch), default=0)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", choices=list(RUNS))
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--bin", type=Path)
    parser.add_argument("--minutes", type=float, help="0: no limit")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--lr-log2")
    parser.add_argument("--augment")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shuffle", default="1")
    parser.add_argument("--chip", default="generic-256")
    parser.add_argument("--engine", default="fused")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--samples", type=int)
    parser.add_argument("--test-samples", type=int)
    arguments = parser.parse_args()
    for name, value in RUNS[arguments.run][2].items():
        if getattr(arguments, name) is None:
            setattr(arguments, name, value)
    return arguments


def prepare(arguments):
    """Makes the network and the data, unless a call before did. Returns the command that trains, without its length."""
    maker, files, _ = RUNS[arguments.run]
    out, binary = arguments.out, arguments.out / "network.wbin"
    out.mkdir(parents=True, exist_ok=True)
    flags = prepare_data(arguments.data, out, files, (arguments.samples, arguments.test_samples))
    if not binary.exists():
        call([str(ROOT / "examples" / maker[0]), str(out / "network.onnx"), *maker[1:]])
        call([tool("wage-translate", arguments.bin), "--onnx-to-chip", str(out / "network.onnx"), f"--chip={arguments.chip}",
              "--mode=train", "--init=wage", f"--init-seed={arguments.seed}", "--bits=2-8-8-8", f"--batch={arguments.batch}",
              "-o", str(binary)])
    return [tool("wage-run", arguments.bin), "train", str(binary), *flags, f"--lr-log2={arguments.lr_log2}",
            f"--seed={arguments.seed}", f"--shuffle={arguments.shuffle}", f"--augment={arguments.augment}",
            f"--engine={arguments.engine}", f"--threads={arguments.threads}", f"--checkpoint={out / 'checkpoints'}",
            "--resume", f"--save={out / 'trained.wbin'}", "--json"]


def main():
    arguments = parse_arguments()
    command = prepare(arguments)
    log = arguments.out / "log.jsonl"
    end = time.monotonic() + 60 * arguments.minutes if arguments.minutes else None
    for epoch in range(epochs_done(log) + 1, arguments.epochs + 1):
        left = None if end is None else end - time.monotonic()
        if left is not None and left <= 0:
            break
        words = command + [f"--epochs={epoch}"]
        started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        output, code = train(words, left)
        if output:
            line = {"started": started, "command_line": words[1:], **json.loads(output)}
            with open(log, "a") as file:
                file.write(json.dumps(line) + "\n")
        if code in (128 + signal.SIGTERM, -signal.SIGTERM):  # in its steps; before them
            break
        if code != 0:
            sys.exit(f"run.py: error: wage-run ended with {code}")
    call([sys.executable, str(Path(__file__).resolve().parent / "table.py"), str(log), f"--run={arguments.run}"])


if __name__ == "__main__":
    main()
