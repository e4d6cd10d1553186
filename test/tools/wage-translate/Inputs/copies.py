#!/usr/bin/env python3
"""The same network with one, two and four position copies of every convolution: copies.py FOLDER MODEL, with digits in the
folder.

Checked for inference and for training: the logits (of training those after three steps) are the same bits on both
engines, and the saved binaries of both engines are equal; a binary whose copies had drifted apart would be refused when
it is loaded. With four copies samples take fewer cycles.
"""
import json
import sys
from pathlib import Path

import numpy as np

from mapped_logits import logits_of, run

folder, model = Path(sys.argv[1]), Path(sys.argv[2])


for mode in ("infer", "train"):
    wanted, cycles, cores = None, {}, {}
    for copies in (1, 2, 4):
        binary = folder / f"{model.stem}.{mode}.{copies}.wbin"
        run("wage-translate", "--onnx-to-chip", model, "--chip=generic-64", f"--mode={mode}", "--bits=2-8-8-8",
            "--batch=8", f"--copies={copies}", "-o", binary)
        info = json.loads(run("wage-run", "info", binary, "--json"))
        cycles[copies] = info["cost"]["training" if mode == "train" else "inference"]["interval_cycles"]
        cores[copies] = info["cores"]
        saved = set()
        for engine in ("core", "fused"):
            logits, used = logits_of(folder, binary, mode == "train", engine)
            wanted = logits if wanted is None else wanted
            assert wanted.any() and np.array_equal(logits, wanted), (mode, copies, engine)
            saved.add(used.read_bytes())
        assert len(saved) == 1, (mode, copies)
    assert cores[1] < cores[2] < cores[4] and cycles[4] < cycles[1], (cores, cycles)
    print(f"{mode}: {cores[1]} to {cores[4]} cores, {cycles[1]} to {cycles[4]} cycles")
print("the same bits with any number of copies")
