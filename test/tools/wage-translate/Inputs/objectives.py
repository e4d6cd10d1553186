#!/usr/bin/env python3
"""The same network for every objective: objectives.py FOLDER, with digits and net.onnx in it.

Checked for inference and for training on two chips: the logits (of training those after three steps, and the saved masters with
them) are the same bits under every objective and on both engines; the cores stay within --cores; an objective has no more of what
it is to have least of than fewest cores have, and on a chip with room for it less.
"""
import json
import subprocess
import sys
from pathlib import Path

import numpy as np

folder = Path(sys.argv[1])
CHIPS = {"generic-64": 120, "generic-256": 30} # and cores allowed


def run(*arguments):
    return subprocess.run(list(map(str, arguments)), check=True, capture_output=True, text=True).stdout


def compile_net(mode, chip, objective, cores):
    binary = folder / f"{mode}.{chip}.{objective}.wbin"
    run("wage-translate", "--onnx-to-chip", folder / "net.onnx", f"--chip={chip}", f"--mode={mode}", "--bits=2-8-8-8",
        "--batch=8", f"--objective={objective}", f"--cores={cores}", "-o", binary)
    return binary


def logits_of(binary, mode, engine):
    if mode == "train":
        trained = binary.with_suffix(f".{engine}.wbin")
        run("wage-run", "train", binary, f"--images={folder}/train-images", f"--labels={folder}/train-labels", "--steps=3",
            "--lr-log2=3", f"--engine={engine}", f"--save={trained}")
        binary = trained
    file = binary.with_suffix(f".{engine}.npy")
    run("wage-run", "infer", binary, f"--images={folder}/test-images", f"--engine={engine}", f"--logits={file}")
    return np.load(file)


for mode in ("infer", "train"):
    for chip, allowed in CHIPS.items():
        wanted, costs, cores = None, {}, {}
        for objective in ("cores", "latency", "throughput"):
            binary = compile_net(mode, chip, objective, allowed)
            info = json.loads(run("wage-run", "info", binary, "--json"))
            cost = info["cost"]["training" if mode == "train" else "inference"]
            costs[objective], cores[objective] = cost, len(info["core_table"]["x"])
            assert cores[objective] <= allowed, (objective, cores)
            for engine in ("core", "fused"):
                logits = logits_of(binary, mode, engine)
                wanted = logits if wanted is None else wanted
                assert wanted.any() and np.array_equal(logits, wanted), (mode, chip, objective, engine)
        assert cores["cores"] == min(cores.values())
        for objective, cycles in (("latency", "latency_cycles"), ("throughput", "interval_cycles")):
            assert costs[objective][cycles] < costs["cores"][cycles], (mode, chip, objective, cycles)
            print(f"{mode} {chip} {objective}: {cores['cores']} to {cores[objective]} cores, "
                  f"{costs['cores'][cycles]} to {costs[objective][cycles]} cycles")
print("the same bits under every objective")
