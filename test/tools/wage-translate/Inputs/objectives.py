#!/usr/bin/env python3
"""The same network for every objective: objectives.py FOLDER, with digits and net.onnx in it.

Checked for inference and for training on two chips: the logits (of training those after three steps, and the saved masters with
them) are the same bits under every objective and on both engines; the cores stay within --cores; an objective has no more of what
it is to have least of than fewest cores have, and on a chip with room for it less.
"""
import json
import sys
from pathlib import Path

import numpy as np

from mapped_logits import logits_of, run

folder = Path(sys.argv[1])
CHIPS = {"generic-64": 120, "generic-256": 30} # and cores allowed


def compile_net(mode, chip, objective, cores):
    binary = folder / f"{mode}.{chip}.{objective}.wbin"
    run("wage-translate", "--onnx-to-chip", folder / "net.onnx", f"--chip={chip}", f"--mode={mode}", "--bits=2-8-8-8",
        "--batch=8", f"--objective={objective}", f"--cores={cores}", "-o", binary)
    return binary


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
                logits, _ = logits_of(folder, binary, mode == "train", engine)
                wanted = logits if wanted is None else wanted
                assert wanted.any() and np.array_equal(logits, wanted), (mode, chip, objective, engine)
        assert cores["cores"] == min(cores.values())
        for objective, cycles in (("latency", "latency_cycles"), ("throughput", "interval_cycles")):
            assert costs[objective][cycles] < costs["cores"][cycles], (mode, chip, objective, cycles)
            print(f"{mode} {chip} {objective}: {cores['cores']} to {cores[objective]} cores, "
                  f"{costs['cores'][cycles]} to {costs[objective][cycles]} cycles")
print("the same bits under every objective")
