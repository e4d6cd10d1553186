#!/usr/bin/env python3
"""The same network however blocks share cores and kinds of cores: sharing.py FOLDER, with digits and net.onnx in it.

Writes descriptions of chips of 8 x 8 cores: `narrow.yaml`, of which six work, and `mixed.yaml`, on which cores of the
first two columns learn, with half the axons, and all others only infer. Checked are, for inference, training, and
training of single layers: the logits (of training those after three steps) are the same bits wherever blocks stand and
on both engines; packed programs take fewer cores; layers stand on cores that learn where their instructions need it,
and a frozen layer beside them.
"""
import copy
import json
import sys
from pathlib import Path

import numpy as np
import yaml

from mapped_logits import logits_of, run

folder, listed = Path(sys.argv[1]), Path(sys.argv[2])
RUNS = {"infer": ["--mode=infer"], "train": ["--mode=train"], "last": ["--mode=train", "--train-layers=fc2"],
        "middle": ["--mode=train", "--train-layers=fc1"]}


def write_chip(name, change):
    chip = yaml.safe_load(listed.read_text())
    chip["name"] = name
    for part in chip["grid"], chip["groups"][0]:
        part["columns"]["value"] = part["rows"]["value"] = 8
    chip["groups"][0]["axons"]["value"] = 64
    change(chip)
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(chip, sort_keys=False))


def mix(chip):
    learning, = chip["groups"]
    inference = copy.deepcopy(learning)
    learning["name"], inference["name"] = "learning", "inference"
    learning["columns"]["value"] = inference["first_x"]["value"] = 2
    inference["columns"]["value"] = 6
    learning["axons"]["value"] = 32
    for ability in inference["learning"].values():
        ability["value"] = type(ability["value"])(0)
    chip["groups"].append(inference)


def narrow(chip):
    chip["faulty_cores"]["value"] = [core for core in range(64) if core not in (0, 1, 2, 8, 9, 16)]


def compile_net(name, chip, flags):
    binary = folder / f"{name}.wbin"
    run("wage-translate", "--onnx-to-chip", folder / "net.onnx", f"--chip={chip}", "--bits=2-8-8-8", "--batch=4", *flags,
        "-o", binary)
    return binary


def cores_of(info):
    """By layer, the positions of its blocks."""
    table, stages = info["core_table"], [stage["stage"] for stage in info["cost"]["stages"]]
    cores = {}
    for x, y, stage in zip(table["x"], table["y"], table["stage"]):
        cores.setdefault(stages[stage], set()).add((x, y))
    return cores


write_chip("wide", lambda chip: None)
write_chip("mixed", mix)
write_chip("narrow", narrow)
CASES = [("wide", "off"), ("wide", "on"), ("mixed", "off"), ("mixed", "on"), ("narrow", "fit")]
for mode, flags in RUNS.items():
    wanted, counts = None, {}
    for chip, pack in CASES:
        if chip == "narrow" and mode != "infer":
            continue
        binary = compile_net(f"{mode}.{chip}.{pack}", folder / f"{chip}.yaml", [*flags, f"--pack={pack}"])
        info = json.loads(run("wage-run", "info", binary, "--json"))
        cores = cores_of(info)
        counts[chip, pack] = info["cores"]
        assert info["cores"] == len(set.union(*cores.values())), (mode, chip, pack)
        assert info.get("blocks", info["cores"]) == len(info["core_table"]["x"])
        for engine in ("core", "fused"):
            logits, _ = logits_of(folder, binary, mode != "infer", engine)
            wanted = logits if wanted is None else wanted
            assert wanted.any() and np.array_equal(logits, wanted), (mode, chip, pack, engine)
        learns = {"last": {"fc2"}, "middle": {"fc1", "fc2"}, "train": set(cores) - {"host"}, "infer": set()}[mode]
        for layer, stand in cores.items() if chip == "mixed" else ():
            assert layer not in learns or all(x < 2 for x, y in stand), (mode, layer, stand)
        if chip == "mixed" and mode in ("last", "middle"):
            assert any(x >= 2 for x, y in cores["conv2"]), (mode, cores)
    assert counts["wide", "on"] < counts["wide", "off"] and counts.get(("narrow", "fit"), 6) <= 6, counts
    print(f"{mode}: {counts['wide', 'off']} cores, packed {counts['wide', 'on']}; on two kinds {counts['mixed', 'off']}, "
          f"packed {counts['mixed', 'on']}")
print("the same bits on shared and on mixed cores")
