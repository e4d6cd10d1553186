#!/usr/bin/env python3
"""The same network with its gradients kept and formed from the batch: recompute.py FOLDER, with digits and net.onnx in it.

Checked on several chips: the logits after three steps, and the saved masters, are the same bits on both engines; blocks take less
memory, more products; static costs are those that the core engine counts, of whole and of short batches.
"""
import json
import sys
from pathlib import Path

import numpy as np

from mapped_logits import logits_of, run

folder = Path(sys.argv[1])


def compile_net(chip, name, *flags):
    binary = folder / f"{chip}.{name}.wbin"
    run("wage-translate", "--onnx-to-chip", folder / "net.onnx", f"--chip={chip}", "--bits=2-8-8-8", "--batch=8", *flags, "-o",
        binary)
    return binary, json.loads(run("wage-run", "info", binary, "--json"))


for chip in ("generic-64", "generic-256"):
    wanted, products, memory = None, {}, {}
    for name, flags in {"kept": [], "fc1": ["--recompute-gradients=fc1"], "all": ["--recompute-gradients=all"],
                        "shared": ["--recompute-gradients=all", "--pack=on"]}.items():
        binary, info = compile_net(chip, name, *flags)
        products[name] = sum(phase["macs"] * (8 if phase["per_sample"] else 1) for phase in info["phases"])
        table, stages = info["core_table"], [stage["stage"] for stage in info["cost"]["stages"]]
        memory[name] = max(used for used, stage in zip(table["data_bytes"], table["stage"]) if stages[stage] == "fc1")
        for engine in ("core", "fused"):
            logits, _ = logits_of(folder, binary, True, engine)
            wanted = logits if wanted is None else wanted
            assert wanted.any() and np.array_equal(logits, wanted), (chip, name, engine)
        for batch in (1, 3, 8):
            cost = json.loads(run("wage-run", "info", binary, "--json", f"--batch={batch}"))["cost"]["training"]
            output = run("wage-run", "train", binary, f"--images={folder / 'train-images'}",
                         f"--labels={folder / 'train-labels'}", f"--batch={batch}", "--steps=1", "--lr-log2=3",
                         "--engine=core", "--json")
            counted = json.loads(output.strip().split("\n")[-1])
            assert cost["cycles"] == counted["cycles"], (chip, name, batch, cost["cycles"], counted["cycles"])
    assert products["kept"] < products["fc1"] < products["all"] == products["shared"], products
    assert 2 * memory["fc1"] < memory["kept"], memory
    print(f"{chip}: {products['kept']} to {products['all']} products, "
          f"memory of a core of fc1 {memory['kept']} to {memory['fc1']} bytes")
print("the same bits with gradients kept and recomputed")
